"""When interest is rounded: each lender has a moment, and they differ by a cent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from lendmill.days import ONE_DAY, each_day
from lendmill.refusals import Refusal
from lendmill.terms.day_counts import Period, year_fraction
from lendmill.terms.interest import rounded

Moment = Literal["per-period", "per-sub-period", "daily", "cumulative-difference", "on-billing"]
MOMENTS: Final[tuple[Moment, ...]] = ("per-period", "per-sub-period", "daily", "cumulative-difference", "on-billing")


class UnknownMoment(Refusal):
    """{moment!r} is not a moment at which interest is rounded; choose one of {moments}."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Nights of one period between two changes of what bears interest."""

    period: Period
    starts_on: date
    ends_on: date
    principal_cents: int

    def interest(self, rate: Fraction, day_count: str) -> Fraction:
        """What the principal earns over the stretch, exact, in cents; the rate is a year's, or a night's under days."""
        return self.principal_cents * rate * year_fraction(day_count, self.period, self.starts_on, self.ends_on)

    def each_night(self) -> Iterable["Stretch"]:
        """The stretch night by night."""
        for ends_on in each_day(self.starts_on + ONE_DAY, self.ends_on):
            yield Stretch(self.period, ends_on - ONE_DAY, ends_on, self.principal_cents)


def stretches(period: Period, changes: Iterable[tuple[date, int]]) -> list[Stretch]:
    """A period cut where its principal changes: (day, principal from that day on), the days in order.

    >>> [(each.principal_cents, (each.ends_on - each.starts_on).days) for each in stretches(
    ...     Period(date(2024, 1, 1), date(2024, 2, 1)), [(date(2024, 1, 1), 100), (date(2024, 1, 8), 300)])]
    [(100, 7), (300, 24)]
    """
    found: list[Stretch] = []
    last_on, principal_cents = period.starts_on, 0
    for on, cents in (*changes, (period.ends_on, None)):
        on = min(max(on, period.starts_on), period.ends_on)
        if cents == principal_cents:
            continue
        if on > last_on and principal_cents:
            found.append(Stretch(period, last_on, on, principal_cents))
        last_on, principal_cents = on, cents or 0
    return found


@dataclass(frozen=True, slots=True)
class Accrued:
    """All interest of a plan so far: exact, and what of it was asked for in whole cents."""

    exact_cents: Fraction = Fraction(0)
    billed_cents: int = 0


NOTHING_YET: Final = Accrued()


@dataclass(frozen=True, slots=True)
class Pricing:
    """What money costs and how that is counted and rounded. The rate is a year's, or a night's under `days`."""

    rate: Fraction
    day_count: str = "days"
    moment: str = "on-billing"
    direction: str = "half-up"

    def __post_init__(self) -> None:
        if self.moment not in MOMENTS:
            raise UnknownMoment(moment=self.moment, moments=", ".join(MOMENTS))

    def fraction(self, period: Period) -> Fraction:
        """The rate of a whole period: the rate times its part of a year."""
        return self.rate * year_fraction(self.day_count, period, period.starts_on, period.ends_on)

    def exact(self, parts: Iterable[Stretch]) -> Fraction:
        """What stretches earn together, not rounded."""
        return sum((part.interest(self.rate, self.day_count) for part in parts), Fraction(0))

    def cents(self, exact: Fraction) -> int:
        """An exact number of cents, rounded as agreed."""
        return rounded(exact.numerator, exact.denominator, self.direction)

    def bill(self, before: Accrued, parts: Sequence[Stretch]) -> tuple[int, Accrued]:
        """The interest asked for at the end of a period, rounded at the moment agreed, and where that leaves it.

        >>> january = Period(date(2024, 1, 1), date(2024, 2, 1))
        >>> parts = stretches(january, [(date(2024, 1, 1), 100_00), (date(2024, 1, 8), 300_00)])
        >>> counted = Fraction("0.094822"), "30/360-prorated-by-days-in-period"
        >>> [Pricing(*counted, moment).bill(Accrued(), parts)[0] for moment in ("per-period", "per-sub-period")]
        [201, 202]
        """
        new = self.exact(parts)
        if self.moment == "per-period":
            cents = self.cents(new)
        elif self.moment == "per-sub-period":
            cents = sum(self.cents(self.exact([part])) for part in parts)
        elif self.moment == "daily":
            cents = sum(self.cents(self.exact([night])) for part in parts for night in part.each_night())
        elif self.moment == "cumulative-difference":
            cents = self.cents(before.exact_cents + new) - before.billed_cents
        else:
            cents = self.cents(before.exact_cents + new - before.billed_cents)
        return cents, Accrued(before.exact_cents + new, before.billed_cents + cents)
