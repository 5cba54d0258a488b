"""What came of asking a third party: one of seven states, and figures only where they were read and are believed."""

from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final, Literal

import msgspec

from lendmill.rating.parties.freshness import days_max
from lendmill.rating.parties.party import ThirdParty
from lendmill.shops.events import LARGEST_CENTS, QUANTITY_MAX, SUBJECTS

State = Literal["answered", "partial", "stale", "no record", "refused", "timed out", "unknown"]
STATES: Final[tuple[State, ...]] = ("answered", "partial", "stale", "no record", "refused", "timed out", "unknown")
COUNTED: Final[tuple[State, ...]] = ("answered", "partial")  # what the figures of may be used
ASKED_AGAIN: Final[tuple[State, ...]] = ("timed out", "unknown")  # nothing was learned: the carrier comes again
LETTERS_MAX: Final = 200
FIRST_ON: Final = date(1980, 1, 1)


class PartyFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a party says: money or a number, of a day, perhaps with the party's own number for it."""

    subject: str
    happened_on: date
    amount_cents: int | None = None
    quantity: float | None = None
    counterparty: str | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PartyAnswer:
    """What one exchange came to; `as_of_on` is the day the party's own data are of."""

    state: State
    as_of_on: date | None = None
    figures: tuple[PartyFigure, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""
    answered_by: str = ""
    body_digest: str | None = None

    @property
    def counts(self) -> bool:
        """Whether its figures may be used."""
        return self.state in COUNTED


def said_wrong(party: ThirdParty, figures: tuple[PartyFigure, ...], as_of_on: date) -> str:
    """Why figures cannot be believed, as a sentence without the figures; empty if they can."""
    seen = set()
    for figure in figures:
        if figure.subject not in SUBJECTS[party.name]:
            return f"a figure about {figure.subject[:40]!r}, which this party does not keep"
        if not FIRST_ON <= figure.happened_on <= as_of_on:
            return f"{figure.subject} is dated outside the time the answer is about"
        if (figure.subject in party.numbered) != bool(figure.reference):
            return f"{figure.subject} lacks its number, or has one too many"
        if (key := (figure.subject, figure.reference)) in seen:
            return f"{figure.subject} is said twice"
        seen.add(key)
        if not _believable(party, figure):
            return f"{figure.subject} is not a figure that can be"
    return ""


def _believable(party: ThirdParty, figure: PartyFigure) -> bool:
    for word in (figure.reference, figure.counterparty or ""):
        if len(word) > LETTERS_MAX or not word.isprintable():
            return False
    limits = SUBJECTS[party.name][figure.subject]
    if limits.money:
        most = QUANTITY_MAX.get(party.name, 0.0)
        whole = figure.amount_cents is not None and 0 <= figure.amount_cents <= LARGEST_CENTS
        return whole and (figure.quantity is None or 0 <= figure.quantity <= most)
    number = figure.quantity
    if figure.amount_cents is not None or number is None:
        return False
    if limits.yes_or_no and number not in (0, 1):
        return False
    return isfinite(number) and limits.least <= number <= limits.most


def judged(
    party: ThirdParty,
    figures: tuple[PartyFigure, ...],
    *,
    as_of_on: date,
    asked_on: date,
    missing: tuple[str, ...] = (),
    product_key: str = "any",
) -> PartyAnswer:
    """An answer that was read, held against what a whole one has and against how old it may be."""
    there = {figure.subject for figure in figures}
    lacks = tuple(dict.fromkeys([*(name for name in party.needed if name not in there), *missing]))
    old = (asked_on - as_of_on).days > days_max(party.name, product_key, asked_on)
    state: State = "stale" if old else "partial" if lacks else "answered"
    return PartyAnswer(state, as_of_on, figures, lacks)
