"""What is kept of a document on its way: drafts, versions that stand, proposals, and the steps of the log."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from lendmill.products.publishing.kind import KindName
from lendmill.products.publishing.stages import Logged, Stage
from lendmill.refusals import Refusal

Outcome = Literal["approved", "declined", "withdrawn"]
Verdict = Literal["approve", "decline", "withdraw"]
OUTCOMES: Final[dict[Verdict, Outcome]] = {"approve": "approved", "decline": "declined", "withdraw": "withdrawn"}
WAITS_DAYS: Final = 14
NOTE_LETTERS_MAX: Final = 400
TEXT_LETTERS_MAX: Final = 30_000  # what a cell of a spreadsheet holds, with room to spare


class NoSuchVersion(Refusal):
    """There is no version {version} of {key}, neither as a draft nor published."""


class NumberTaken(Refusal):
    """Version {version} of {key} stands and never changes: give what is to be different the number {free}."""


class NumberClosed(Refusal):
    """The draft {version} of {key} was given up: begin again with the number {free}."""


class InReview(Refusal):
    """{proposer} proposed version {version} of {key}, and it waits until {expires_on} for somebody else: only once it
    is withdrawn or declined can it be changed."""


class NoSuchPublication(Refusal):
    """There is no proposal {proposal_id} to publish anything."""


class WroteItYourself(Refusal):
    """You wrote this version yourself: another person must decide about it."""


class LiveVersionChanged(Refusal):
    """Since this was proposed on {proposed_on} another version of {key} went live: look at the difference again and
    propose anew."""


class CasesChanged(Refusal):
    """The cases kept with {key} are others than when this was proposed on {proposed_on}: look at them, and propose it
    anew."""


class TextTooLong(Refusal):
    """{field} has {letters} letters: at most {most} fit into a cell of a spreadsheet."""


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """One revision of a version that is being written."""

    kind: KindName
    document_key: str
    version: int
    revision: int
    body: str
    digest: str
    note: str
    written_by: UUID | None
    writer: str | None
    written_on: date
    made_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A version's text: the one that stands, or the last revision of a draft."""

    body: str
    digest: str
    stands: bool


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """One version in the list: where it stands today, and what it will become on a day that is agreed."""

    kind: KindName
    document_key: str
    version: int
    stage: Stage
    share_bp: int | None
    since_on: date | None
    digest: str
    stands: bool
    coming: Logged | None = None
    coming_on: date | None = None


@dataclass(frozen=True, slots=True)
class DocumentProposal:
    """One version proposed for a stage, with the decision where there is one."""

    proposal_id: UUID
    kind: KindName
    document_key: str
    version: int
    digest: str
    to_stage: Logged
    share_bp: int | None
    effective_on: date | None
    live_version: int | None
    reason: str
    command_key: str
    proposed_by: UUID
    proposer: str
    written_by: list[UUID]
    proposed_on: date
    expires_on: date
    made_at: datetime
    outcome: Outcome | None
    decided_by: UUID | None
    decider: str | None
    decided_on: date | None
    decided_why: str | None
    cases_digest: str | None

    def state(self, today: date) -> str:
        """Where it stands today: decided, still waiting, or over."""
        return self.outcome or ("waiting" if today <= self.expires_on else "expired")

    @property
    def asked(self) -> tuple[Any, ...]:
        """What was asked, by whom: the same again is the same proposal."""
        return (
            self.kind, self.document_key, self.version, self.to_stage, self.share_bp, self.effective_on, self.reason,
            self.proposed_by,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DocumentStep:
    """One row of the log: from which day a version stands where, by whom, and why."""

    kind: KindName
    document_key: str
    n: int
    version: int
    stage: Logged
    was: Stage
    share_bp: int | None
    effective_on: date
    reason: str
    changed_on: date
    changer: str | None
    proposer: str | None
    alone: str | None
    made_at: datetime


def last_day(proposed_on: date) -> date:
    """The last day on which a proposal can be approved."""
    return proposed_on + timedelta(days=WAITS_DAYS)
