"""The lender's calendar: months counted from the original day, nights counted between two days."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def nights(start: date, end: date) -> int:
    """How many nights lie between two days; interest counts nights.

    >>> nights(date(2026, 1, 31), date(2026, 2, 1))
    1
    """
    return (end - start).days


def months_after(day: date, months: int) -> date:
    """The same day some months on, clipped to the month's end.

    Count from the original day each time, never from the last due date: 31 January gives 28 February and then 31 March.

    >>> months_after(date(2026, 1, 31), 1), months_after(date(2026, 1, 31), 2)
    (datetime.date(2026, 2, 28), datetime.date(2026, 3, 31))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def each_day(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both counted."""
    day = first
    while day <= last:
        yield day
        day += ONE_DAY
