"""In which order files are looked at: what is at stake, what is quickly settled, and how long somebody has waited."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

A_DAY: Final = 10
FIRST_DAY: Final = date(2020, 1, 1)
STEP_CENTS: Final = 5_000_000  # 50,000 yuan
STEPS_MAX: Final = 12
FAST_LANE: Final = 40  # stated figures that are those of the record: soon decided
ASKED: Final = 30  # somebody waits for a person, and the days are counted by law
BY_REASON: Final = {
    "amount-needs-review": 20,
    "facts-unknown": 10,
    "sales-unknown": 10,
    "stated-figures-differ": 5,
    "rating-needs-review": 5,
}


@dataclass(frozen=True, slots=True)
class Priority:
    """What a file weighs at the desk, and from what."""

    stake: int
    reason: int
    fast_lane: int
    asked: int
    days: int = 0

    @property
    def weight(self) -> int:
        """All of it together."""
        return self.stake + self.reason + self.fast_lane + self.asked + self.days * A_DAY


def priority(
    *, asked_cents: int | None, reasons: Collection[str], fast_lane: bool, why: str, days: int = 0
) -> Priority:
    """The weight of a file that has waited so many days.

    >>> priority(asked_cents=20_000_000, reasons=["facts-unknown"], fast_lane=True, why="referred", days=2)
    Priority(stake=20, reason=10, fast_lane=40, asked=0, days=2)
    """
    return Priority(
        stake=5 * min(STEPS_MAX, (asked_cents or 0) // STEP_CENTS),
        reason=max((BY_REASON.get(code, 0) for code in reasons), default=0),
        fast_lane=FAST_LANE if fast_lane else 0,
        asked=ASKED if why == "asked" else 0,
        days=days,
    )


def rank(weighed: Priority, opened_on: date) -> int:
    """The file's place for good: every day weighs the same for all, so that nobody has to be placed anew.

    >>> one = priority(asked_cents=None, reasons=[], fast_lane=False, why="referred")
    >>> rank(one, date(2026, 1, 1)) - rank(one, date(2026, 1, 3))
    20
    """
    return weighed.weight - A_DAY * (opened_on - FIRST_DAY).days
