"""A file at the desk: why it is there, who has it, by when it is to be decided, and what happened to it so far."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from lendmill.credit.review.priority import Priority, priority
from lendmill.refusals import Refusal

Why = Literal["referred", "asked"]
Status = Literal["open", "asked", "second", "decided"]
TieKind = Literal["relative", "introduced", "business"]
TIES: Final[tuple[TieKind, ...]] = ("relative", "introduced", "business")
WORDS_MAX: Final = 2_000


class NoSuchReview(Refusal):
    """There is no file {case_id} at the desk."""


class ReviewHeld(Refusal):
    """{holder} has this file until {until}: take another, or ask them to hand it back."""


class ReviewNotTaken(Refusal):
    """Take the file first: it is not with you, or your time with it is over."""


class ReviewDecided(Refusal):
    """This file is decided: nothing about it can be changed."""


class LookedAtAlready(Refusal):
    """A person is looking at an application for {product_key} already: it is answered by {due_on}."""


class ReviewWaits(Refusal):
    """This file waits for a second person until {until_on}."""


class ReviewedByPerson(Refusal):
    """A person has decided this already: if something has changed since, apply again."""


class OwnFile(Refusal):
    """You are tied to this borrower: somebody else decides about them."""


class NoSuchTie(Refusal):
    """{kind!r} is not a tie the house knows; choose one of {kinds}."""


class NothingWasAsked(Refusal):
    """Nobody asked you for anything about this application."""


class WordsMissing(Refusal):
    """Say it in words, in at most {letters_max} letters."""


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """A file at the desk, with who it is about and who has it now."""

    case_id: UUID
    borrower_id: UUID
    display_name: str
    why: Why
    product_key: str
    outcome: str
    asked_cents: int | None
    reasons: list[str]
    fast_lane: bool
    rank: int
    opened_on: date
    due_on: date
    status: Status
    waits_until_on: date | None
    held_by: UUID | None
    holder: str | None
    held_until_at: datetime | None
    answered: bool
    verdict_id: UUID | None
    verdict_outcome: str | None
    decided_on: date | None

    def priority(self, today: date) -> Priority:
        """What it weighs today, and from what."""
        return priority(
            asked_cents=self.asked_cents,
            reasons=self.reasons,
            fast_lane=self.fast_lane,
            why=self.why,
            days=max(0, (today - self.opened_on).days),
        )

    def waits_for(self, today: date) -> Literal["", "seller", "second"]:
        """Whom it waits for today; who was asked and has not answered in time is waited for no longer."""
        if self.waits_until_on is None or today > self.waits_until_on or (self.status == "asked" and self.answered):
            return ""
        return "seller" if self.status == "asked" else "second"

    def late(self, today: date) -> bool:
        """Whether it should have been decided by now."""
        return self.status != "decided" and today > self.due_on


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One thing that happened to a file."""

    event_id: UUID
    what: str
    by: str | None
    words: str
    happened_on: date
    made_at: datetime


def said(words: str, most: int = WORDS_MAX) -> str:
    """Words as they are kept: what a person typed, its lines kept, and something in them.

    >>> said("  the warehouse moved \\r\\n in May ")
    'the warehouse moved\\nin May'
    """
    lines = [" ".join(line.split()) for line in words.replace("\r\n", "\n").split("\n")]
    kept = "\n".join(lines).strip()
    if not kept or len(kept) > most or not kept.replace("\n", " ").isprintable():
        raise WordsMissing(letters_max=most)
    return kept
