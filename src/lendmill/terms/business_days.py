"""Which days are business days, and where a due date goes that falls on none."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from lendmill.days import ONE_DAY
from lendmill.refusals import Refusal

if TYPE_CHECKING:
    from holidays import HolidayBase

BusinessDays = Literal["unchanged", "following", "modified-following", "preceding"]
BUSINESS_DAYS: Final[tuple[BusinessDays, ...]] = ("unchanged", "following", "modified-following", "preceding")
HOME: Final = "CN"


class UnknownBusinessDays(Refusal):
    """{convention!r} is not a rule for due dates on holidays; choose one of {conventions}."""


class UnknownCountry(Refusal):
    """There is no calendar of holidays for {country!r}; write the country's two letters, such as CN."""


@dataclass(frozen=True)
class BusinessCalendar:
    """The holidays of a country, and what the lender knows better: holidays and working days of its own.

    A weekend worked in lieu of a holiday is a business day (调休). The yearly notice of the State Council comes in
    November; until the library knows it, the lender adds its days here.
    """

    country: str = HOME
    more_holidays: frozenset[date] = frozenset()
    more_working_days: frozenset[date] = frozenset()
    known: "HolidayBase" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        import holidays  # half a second, spent only by a lender whose due dates move
        from holidays.registry import COUNTRIES

        if not any(self.country in codes for codes in COUNTRIES.values()):
            raise UnknownCountry(country=self.country)
        object.__setattr__(self, "known", holidays.country_holidays(self.country))

    def is_business_day(self, day: date) -> bool:
        """Whether banks and the lender work on a day.

        >>> home = BusinessCalendar()
        >>> [home.is_business_day(date(2025, 9, day)) for day in (27, 28)]  # a Saturday; a Sunday worked in lieu
        [False, True]
        """
        if day in self.more_working_days:
            return True
        return day not in self.more_holidays and self.known.is_working_day(day)

    def moved(self, day: date, convention: str) -> date:
        """Where a due date goes that falls on no business day.

        >>> [BusinessCalendar().moved(date(2026, 1, 31), way).isoformat() for way in BUSINESS_DAYS]
        ['2026-01-31', '2026-02-02', '2026-01-30', '2026-01-30']
        """
        if convention not in BUSINESS_DAYS:
            raise UnknownBusinessDays(convention=convention, conventions=", ".join(BUSINESS_DAYS))
        if convention == "unchanged":
            return day
        if convention == "preceding":
            return self._next(day, -1)
        following = self._next(day, 1)
        if convention == "modified-following" and following.month != day.month:
            return self._next(day, -1)
        return following

    def moved_dates(self, days: Iterable[date], convention: str) -> tuple[date, ...]:
        """Due dates, each moved from its own day: what one moves does not move the next."""
        return tuple(self.moved(day, convention) for day in days)

    def _next(self, day: date, step: int) -> date:
        while not self.is_business_day(day):
            day += step * ONE_DAY
        return day
