"""An adjustment of ratings: whom it concerns, for how long, how far it may go, and why one can be refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from lendmill.people.roles import Role
from lendmill.refusals import Refusal

POINTS_MAX: Final = 40  # two doublings of the odds at 20 points each: beyond that the card is wrong, not the times
DAYS_MAX: Final = 366  # a view that holds for longer than a year belongs into the card; until then it is renewed
LETTERS_MIN: Final = 10
LETTERS_MAX: Final = 500
PROPOSERS: Final = frozenset({Role.ANALYST, Role.RISK_OFFICER})
DECIDERS: Final = frozenset({Role.RISK_OFFICER, Role.ADMIN})

Outcome = Literal["approved", "declined", "withdrawn"]
State = Literal["waiting", "to come", "in force", "over", "ended", "declined", "withdrawn"]


class AdjustsEverybody(Refusal):
    """An adjustment concerns an industry, a region, or both: for everybody the card itself is set anew."""


class NobodyConcerned(Refusal):
    """No borrower here is of {whom}: see how industry and region are spelled on the borrowers' pages."""


class PointsOutOfReach(Refusal):
    """An adjustment adds or takes 1 to {points_max} points."""


class AdjustsThePast(Refusal):
    """An adjustment begins on {today} at the earliest: what is rated stays."""


class NoNearEnd(Refusal):
    """An adjustment ends within {days_max} days of its first: renew what still holds then."""


class NoSoonerEnd(Refusal):
    """The new last day is {today} or later, and before the one it has."""


class NotExplained(Refusal):
    """Reason and source are said in {letters_min} to {letters_max} letters each, so that another can check them."""


class NoSuchAdjustment(Refusal):
    """There is no adjustment {adjustment_id}."""


class NotYourAdjustment(Refusal):
    """That is not the work of the role {role}, but of {roles}."""


class AdjustmentOver(Refusal):
    """This adjustment is over or was ended already: there is nothing left to change."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points for or against the shops of an industry, a region or both, or the end of such an adjustment."""

    adjustment_id: UUID
    ends: UUID | None
    industry: str | None
    region: str | None
    points: int
    from_on: date
    until_on: date | None
    reason: str
    source: str
    proposed_by: UUID
    proposer: str
    proposed_on: date
    outcome: Outcome | None
    decided_by: UUID | None
    decider: str | None
    decided_on: date | None
    decided_why: str | None
    ended_until_on: date | None
    """The last day it counts, where its end was agreed since; before its first day it never counts."""

    @property
    def last_on(self) -> date | None:
        """The last day it counts; None while no end is set."""
        return min((day for day in (self.until_on, self.ended_until_on) if day is not None), default=None)

    def concerns(self, industry: str, region: str) -> bool:
        """Whether a shop of this industry and region is meant."""
        return self.industry in (None, industry) and self.region in (None, region)

    def state(self, today: date) -> State:
        """Where it stands today."""
        if self.outcome is None:
            return "waiting"
        if self.outcome != "approved":
            return self.outcome
        if self.last_on is not None and self.last_on < max(today, self.from_on):
            return "ended" if self.last_on == self.ended_until_on and self.last_on != self.until_on else "over"
        return "in force" if self.from_on <= today else "to come"


def together(found: Iterable[Adjustment]) -> int:
    """What several adjustments come to: their sum, held within the most that all may do together.

    The cap stands here once more, for rows are each within it and their sum need not be.
    """
    return max(-POINTS_MAX, min(POINTS_MAX, sum(each.points for each in found)))


def check(
    *, industry: str | None, region: str | None, points: int, from_on: date, until_on: date | None, today: date
) -> None:
    """Refuse an adjustment of everybody, of nothing, too large, of days that are over, or without a near end."""
    if industry is None and region is None:
        raise AdjustsEverybody()
    if points == 0 or abs(points) > POINTS_MAX:
        raise PointsOutOfReach(points_max=POINTS_MAX)
    if from_on < today:
        raise AdjustsThePast(today=today)
    if until_on is None or not 0 <= (until_on - from_on).days < DAYS_MAX:
        raise NoNearEnd(days_max=DAYS_MAX)


def in_words(text: str) -> str:
    """A reason or a source as it is kept: in words somebody can check.

    >>> in_words("  export duty of 25 %  on toys ")
    'export duty of 25 % on toys'
    """
    kept = " ".join(text.split())
    if not LETTERS_MIN <= len(kept) <= LETTERS_MAX or not kept.isprintable():
        raise NotExplained(letters_min=LETTERS_MIN, letters_max=LETTERS_MAX)
    return kept


def check_role(role: Role, allowed: frozenset[Role]) -> None:
    """Refuse whose work this is not."""
    if role not in allowed:
        raise NotYourAdjustment(role=role.value, roles=", ".join(sorted(each.value for each in allowed)))


def check_end(adjustment: Adjustment, until_on: date, today: date) -> None:
    """Refuse to end what is not in force or to come, or on a day that is over or later than its own end."""
    if adjustment.ends is not None or adjustment.state(today) not in ("in force", "to come"):
        raise AdjustmentOver()
    last_on = adjustment.last_on
    if until_on < today or (last_on is not None and until_on >= last_on):
        raise NoSoonerEnd(today=today)


def body_of(adjustment: Adjustment) -> dict[str, Any]:
    """An adjustment as it is kept beside each rating it touched."""
    return {
        "adjustment_id": str(adjustment.adjustment_id),
        "industry": adjustment.industry,
        "region": adjustment.region,
        "points": adjustment.points,
        "reason": adjustment.reason,
        "source": adjustment.source,
    }
