"""When instalments fall due: every so many days, weeks or months, and the periods that lie between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import count, pairwise
from typing import Final, Literal

from lendmill.days import months_after
from lendmill.refusals import Refusal
from lendmill.terms.day_counts import Period, year_fraction

Unit = Literal["day", "week", "month"]
DAYS: Final[dict[str, int]] = {"day": 1, "week": 7}
LAST_YEAR: Final = 9990


class UnknownSpacing(Refusal):
    """Instalments cannot fall due every {n} {unit!r}: choose a whole number of days, weeks or months."""


class DueDatesOutOfOrder(Refusal):
    """Due dates must follow each other and come after the first day; {due_on} does not."""


@dataclass(frozen=True, slots=True)
class Every:
    """The spacing of due dates: every 2 weeks, every month."""

    n: int
    unit: str

    def __post_init__(self) -> None:
        if self.n < 1 or (self.unit not in DAYS and self.unit != "month"):
            raise UnknownSpacing(n=self.n, unit=self.unit)

    def after(self, day: date, steps: int) -> date:
        """So many steps on from a day (or back); months count from that day and are clipped to the month's end.

        >>> Every(1, "month").after(date(2026, 1, 31), 2), Every(2, "week").after(date(2026, 1, 31), -1)
        (datetime.date(2026, 3, 31), datetime.date(2026, 1, 17))
        """
        if self.unit == "month":
            return months_after(day, self.n * steps)
        return day + timedelta(days=self.n * DAYS[self.unit] * steps)

    @property
    def months(self) -> Fraction:
        """What one step is called in months of thirty days: a week is 7/30."""
        return Fraction(self.n) if self.unit == "month" else Fraction(self.n * DAYS[self.unit], 30)


def spaced(starts_on: date, every: Every, first_due_on: date | None = None) -> Iterator[date]:
    """Due dates without end: the first one, then each counted from it; or all counted from the first day."""
    for step in count():
        due_on = every.after(first_due_on, step) if first_due_on else every.after(starts_on, step + 1)
        if due_on.year > LAST_YEAR:
            return
        yield due_on


def periods_between(starts_on: date, dues: Sequence[date], every: Every | None = None) -> tuple[Period, ...]:
    """The periods of due dates; each is called one step of the spacing, also where a due date was moved.

    >>> [period.months for period in periods_between(date(2026, 1, 31), [date(2026, 2, 28), date(2026, 3, 15)])]
    [Fraction(1, 1), Fraction(17, 30)]
    """
    for before, due_on in pairwise((starts_on, *dues)):
        if due_on <= before:
            raise DueDatesOutOfOrder(due_on=due_on)
    return tuple(Period(a, b, every.months if every else _months(a, b)) for a, b in pairwise((starts_on, *dues)))


def _months(starts_on: date, ends_on: date) -> Fraction:
    """What a stretch is called when nobody says: whole months where it is that, else its days of thirty."""
    months = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month
    if months_after(starts_on, months) == ends_on:
        return Fraction(months)
    return 12 * year_fraction("30E/360", None, starts_on, ends_on)
