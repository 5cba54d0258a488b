"""How nights are counted towards a yearly rate: lenders count differently, and all are right."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Final, Literal

from lendmill.days import ONE_DAY, each_day, nights
from lendmill.refusals import Refusal

DayCount = Literal[
    "days",
    "actual/365",
    "actual/360",
    "actual/364",
    "actual/actual",
    "30/360",
    "30E/360",
    "30/360-prorated-by-days-in-period",
]
PRORATED: Final = "30/360-prorated-by-days-in-period"


class UnknownDayCount(Refusal):
    """{day_count!r} is not a day count; choose one of {day_counts}."""


class PeriodMissing(Refusal):
    """The day count {day_count} shares a month out over a period, and this period names none: no whole months."""


@dataclass(frozen=True, slots=True)
class Period:
    """From one due date (or the start) to the next; its nights are those that end after `starts_on`, up to `ends_on`.

    `months` is what the period is called, whatever its length in days: a month is 1, a week 7/30.
    """

    starts_on: date
    ends_on: date
    months: Fraction | int = 1

    @property
    def nights(self) -> int:
        """How many nights the period has."""
        return nights(self.starts_on, self.ends_on)


Weight = Callable[[Period, date, date, int], int]
YEARS: Final = 365 * 366


def weight(day_count: str, period: Period | None, start: date, end: date, basis: int) -> int:
    """How much of a year lies between two days, as a whole number over `basis`.

        interest = principal_cents * rate_num * weight / rate_den,  rate_den = the yearly rate's own den * basis

    A period is what 30/360 counts from and what the prorated count shares out; without one the stretch itself is it.
    Splitting a stretch never gains or loses a night.

    >>> weight("actual/actual", None, date(2023, 12, 12), date(2024, 1, 12), 365 * 366)  # 19/365 + 12/366
    11334
    >>> weight("30/360", None, date(2025, 11, 29), date(2026, 3, 31), 360)
    122
    """
    return _counted(day_count).weight(period or Period(start, end), start, end, basis)


def basis(day_count: str, periods: Iterable[Period] = ()) -> int:
    """The number that makes every night's weight whole; only the prorated count needs to know the periods.

    >>> basis("actual/360"), basis("30/360-prorated-by-days-in-period", [Period(date(2024, 2, 1), date(2024, 3, 1))])
    (360, 348)
    """
    fixed = _counted(day_count).basis
    if fixed is not None:
        return fixed
    return 12 * lcm(*(Fraction(period.months, period.nights).denominator for period in periods))


def nights_alike(day_count: str) -> bool:
    """Whether every night weighs one, so that a stretch weighs as much as it has nights.

    >>> nights_alike("actual/360"), nights_alike("actual/actual")
    (True, False)
    """
    found = _counted(day_count)
    return found.basis is not None and found.turns is None


def year_fraction(day_count: str, period: Period | None, start: date, end: date) -> Fraction:
    """The fraction of a year from one day to the next, exact; under `days` the number of nights itself.

    >>> year_fraction("30/360-prorated-by-days-in-period", Period(date(2024, 2, 1), date(2024, 3, 1)),
    ...               date(2024, 2, 1), date(2024, 2, 15))
    Fraction(7, 174)
    """
    over = basis(day_count, [period or Period(start, end)] if start != end or period else ())
    return Fraction(weight(day_count, period, start, end, over), over)


def next_weight_change(day_count: str, period: Period | None, on: date, until: date) -> date | None:
    """The first day after `on` and before `until` whose coming night weighs differently from the night from `on`.

    >>> next_weight_change("actual/actual", None, date(2023, 6, 1), date(2024, 6, 1))
    datetime.date(2023, 12, 31)
    """
    turns = _counted(day_count).turns
    if turns is None:
        return None
    period = period or Period(on, until)
    first = _night(day_count, period, on)
    return next((day for day in turns(on, until) if _night(day_count, period, day) != first), None)


def _night(day_count: str, period: Period, on: date) -> int:
    return weight(day_count, period, on, on + ONE_DAY, basis(day_count))


def _actual(_period: Period, start: date, end: date, _basis: int) -> int:
    return nights(start, end)


def _by_calendar_year(_period: Period, start: date, end: date, basis: int) -> int:
    """Each night over the length of the calendar year of the day on which it ends."""
    total, last = 0, start
    for year in range(start.year, end.year + 1):
        new_year_eve = min(end, date(year, 12, 31))
        length = nights(date(year - 1, 12, 31), date(year, 12, 31))
        total, last = total + max(0, nights(last, new_year_eve)) * basis // length, max(last, new_year_eve)
    return total


def _bond_days(start: date, end: date) -> int:
    first = min(start.day, 30)
    return _thirties(start, end, first, 30 if end.day == 31 and first == 30 else end.day)


def _european_days(start: date, end: date) -> int:
    return _thirties(start, end, min(start.day, 30), min(end.day, 30))


def _thirties(start: date, end: date, first: int, last: int) -> int:
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def _bond(period: Period, start: date, end: date, _basis: int) -> int:
    return _bond_days(period.starts_on, end) - _bond_days(period.starts_on, start)


def _european(period: Period, start: date, end: date, _basis: int) -> int:
    return _european_days(period.starts_on, end) - _european_days(period.starts_on, start)


def _prorated(period: Period, start: date, end: date, basis: int) -> int:
    """A whole period of m months is m/12 of a year however long it is; part of it is its share of the nights."""
    if start == end:
        return 0
    if not period.months or not period.nights:
        raise PeriodMissing(day_count=PRORATED)
    share = Fraction(basis) * period.months * nights(start, end) / (12 * period.nights)
    assert share.denominator == 1, "the basis was made from other periods"
    return int(share)


def _year_ends(on: date, until: date) -> Iterator[date]:
    """The nights from 31 December end in another year."""
    ends = (date(year, 12, 31) for year in range(on.year, until.year + 1))
    return (day for day in ends if on < day < until)


def _days_after(on: date, until: date) -> Iterator[date]:
    return each_day(on + ONE_DAY, until - ONE_DAY)


@dataclass(frozen=True, slots=True)
class _Counted:
    """One way of counting: the weight of a stretch, what it is over, and where nights of one period may differ."""

    weight: Weight
    basis: int | None
    turns: Callable[[date, date], Iterator[date]] | None = None


DAY_COUNTS: Final[dict[str, _Counted]] = {
    "days": _Counted(_actual, 1),
    "actual/365": _Counted(_actual, 365),
    "actual/360": _Counted(_actual, 360),
    "actual/364": _Counted(_actual, 364),
    "actual/actual": _Counted(_by_calendar_year, YEARS, _year_ends),
    "30/360": _Counted(_bond, 360, _days_after),
    "30E/360": _Counted(_european, 360, _days_after),
    PRORATED: _Counted(_prorated, None),
}


def _counted(day_count: str) -> _Counted:
    """The day count of this name, refused where there is none."""
    if day_count not in DAY_COUNTS:
        raise UnknownDayCount(day_count=day_count, day_counts=", ".join(DAY_COUNTS))
    return DAY_COUNTS[day_count]
