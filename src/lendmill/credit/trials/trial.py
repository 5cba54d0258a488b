"""The versions that decide on a day, and whom each of them decides."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from lendmill.credit.testing.arms import Arm, Spans, drawn
from lendmill.refusals import Refusal

D = TypeVar("D")
HOLD_OUT_MAX_BP = 5_000


class HoldOutTooLarge(Refusal):
    """The hold-out is {share} of all borrowers; it goes from 0 to {most}."""


class HoldOutAndShares(Refusal):
    """Hold-out and shares are all of all borrowers: on {on} the versions of {key} have {shares} and the hold-out would
    have {hold_out}, together more than 100 %. Lower a share first, or hold out fewer."""


class HoldOutBackDated(Refusal):
    """A hold-out begins today, {today}, or later, not on {from_on}."""


class NotHoldersWork(Refusal):
    """The role {role} may not set the hold-out; a risk officer or an administrator may."""


@dataclass(frozen=True, slots=True)
class Challenger(Generic[D]):
    """A version that is live for a share of all borrowers, under its trial's name, with the lots it has."""

    trial: str
    share_bp: int
    document: D
    spans: Spans


@dataclass(frozen=True, slots=True)
class Drawn(Generic[D]):
    """The version that decides one borrower, and the arm they are in of each trial that runs."""

    document: D
    arms: tuple[tuple[str, Arm], ...]


@dataclass(frozen=True, slots=True)
class Trials(Generic[D]):
    """The live version, the challengers beside it, the one begun first in front, and how many are in no trial."""

    champion: D
    challengers: tuple[Challenger[D], ...] = ()
    hold_out_bp: int = 0

    def drawn(self, borrower_id: UUID) -> Drawn[D]:
        """Which version decides a borrower: the same one as long as the trials run.

        Whoever is decided by the champion counts beside every challenger; whoever is in one trial counts in no other.
        """
        if not self.challengers:
            return Drawn(self.champion, ())
        spans = {each.trial: each.spans for each in self.challengers}
        trial, arm = drawn(borrower_id, spans, self.hold_out_bp)
        for each in self.challengers:
            if each.trial == trial:
                return Drawn(each.document, ((each.trial, arm),))
        return Drawn(self.champion, tuple((name, arm) for name in spans))
