"""How late a borrower is: days past due, grace and pauses, and in which range that falls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from lendmill.days import nights
from lendmill.refusals import Refusal

FirstDay = Literal["day-after", "due-date"]
FIRST_DAYS: Final[tuple[FirstDay, ...]] = ("day-after", "due-date")


class UnknownFirstDay(Refusal):
    """{first_day!r} does not say which day past due is the first; choose one of {first_days}."""


@dataclass(frozen=True, slots=True)
class Due:
    """An amount owed on a day, and what of it is still unpaid."""

    due_on: date
    unpaid_cents: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which lateness does not grow: the first counts, the last does not."""

    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Range:
    """A named range of days, both ends counted."""

    name: str
    from_days: int
    to_days: int | None = None

    def holds(self, days: int) -> bool:
        """Whether so many days fall in it."""
        return self.from_days <= days and (self.to_days is None or days <= self.to_days)


def days_late(due_on: date, as_of: date, first_day: str = "day-after") -> int:
    """The count of one due date: the day after it is day 1, or by the other convention the date itself.

    >>> days_late(date(2026, 8, 29), date(2026, 8, 30)), days_late(date(2026, 8, 29), date(2026, 8, 30), "due-date")
    (1, 2)
    """
    if first_day not in FIRST_DAYS:
        raise UnknownFirstDay(first_day=first_day, first_days=", ".join(FIRST_DAYS))
    if as_of < due_on:
        return 0
    return nights(due_on, as_of) + (first_day == "due-date")


def paid_oldest_first(dues: Iterable[Due], paid_cents: int) -> tuple[Due, ...]:
    """What is left of each due amount after a payment, the oldest first.

    >>> [due.unpaid_cents for due in paid_oldest_first([Due(date(2026, 1, 1), 100), Due(date(2026, 2, 1), 100)], 130)]
    [0, 70]
    """
    left: list[Due] = []
    for due in sorted(dues, key=lambda due: due.due_on):
        part_cents = min(paid_cents, due.unpaid_cents)
        paid_cents -= part_cents
        left.append(replace(due, unpaid_cents=due.unpaid_cents - part_cents))
    return tuple(left)


def past_due(dues: Sequence[Due], as_of: date, first_day: str = "day-after") -> tuple[Due, ...]:
    """What is unpaid on due dates whose own count is at least 1."""
    return tuple(due for due in dues if due.unpaid_cents and days_late(due.due_on, as_of, first_day) >= 1)


def days_past_due(dues: Sequence[Due], as_of: date, first_day: str = "day-after") -> int:
    """The count of the oldest due date still unpaid: a part payment does not reset it, full payment does at once."""
    return max((days_late(due.due_on, as_of, first_day) for due in past_due(dues, as_of, first_day)), default=0)


def delinquent_days(days: int, grace_days: int, pauses: Iterable[Pause], as_of: date) -> int:
    """Days past due less grace and the days paused so far, not below 0.

    >>> delinquent_days(25, 3, [Pause(date(2023, 10, 15), date(2023, 10, 25))], date(2023, 10, 26))
    12
    """
    return max(0, days - grace_days - _days_paused(pauses, as_of))


def _days_paused(pauses: Iterable[Pause], as_of: date) -> int:
    """Days under any pause; a day under two counts once."""
    paused, last_on = 0, date.min
    for pause in sorted(pauses, key=lambda pause: pause.from_on):
        from_on, to_on = max(pause.from_on, last_on), min(pause.to_on, as_of)
        paused, last_on = paused + max(0, nights(from_on, to_on)), max(last_on, to_on)
    return paused


def range_of(ranges: Iterable[Range], days: int) -> str:
    """The name of the range that holds so many days, `none` where none does."""
    return next((each.name for each in ranges if each.holds(days)), "none")


def by_age(dues: Sequence[Due], ranges: Sequence[Range], as_of: date, first_day: str = "day-after") -> dict[str, int]:
    """Unpaid past-due cents by the range of each due date's own count; grace and pauses do not count here."""
    found: dict[str, int] = {}
    for due in past_due(dues, as_of, first_day):
        name = range_of(ranges, days_late(due.due_on, as_of, first_day))
        found[name] = found.get(name, 0) + due.unpaid_cents
    return found
