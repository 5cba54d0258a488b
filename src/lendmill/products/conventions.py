"""The conventions of a product: how its nights are counted, when interest is rounded, what a prepayment does."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final, Literal

import msgspec

from lendmill.products.reading import Check
from lendmill.terms.day_counts import PRORATED, DayCount, Period, basis
from lendmill.terms.rates import Rate

FEE_MAX_BP: Final = 1_000
FEE_MAX_CENTS: Final = 1_000_00
MONTHLY: Final = tuple(Period(date(2027, 1, 1), date(2027, 1, 1) + timedelta(days=length)) for length in range(28, 32))


class Conventions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the lender counts; the defaults are this house's own (DOMAIN section 2)."""

    day_count: DayCount = "days"
    rounding: Literal["on-billing", "daily", "per-sub-period", "per-period"] = "on-billing"
    direction: Literal["half-up", "half-even"] = "half-up"
    instalment_multiple_cents: int = 1
    after_prepay: Literal["keep", "shorten", "lower-payment"] = "keep"
    penalty_on: Literal["overdue-principal", "overdue-interest"] = "overdue-principal"
    past_due_first_day: Literal["day-after", "due-date"] = "day-after"
    nonaccrual_from_days: int = 91
    business_days: Literal["unchanged", "following", "modified-following", "preceding"] = "unchanged"
    country: str = "CN"
    more_holidays: tuple[date, ...] = ()
    more_working_days: tuple[date, ...] = ()


class Fees(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is charged beside interest: once at the draw, with each instalment, and once for each late one."""

    origination_bp: int = 0
    service_cents: int = 0
    late_cents: int = 0

    @property
    def regular(self) -> bool:
        """Something is charged even when all goes to plan."""
        return bool(self.origination_bp or self.service_cents)


def day_basis(day_count: str) -> int:
    """What a night's weight is over, for instalments a month apart.

    >>> day_basis("days"), day_basis("actual/360"), day_basis("30/360-prorated-by-days-in-period")
    (1, 360, 4530960)
    """
    return basis(day_count, MONTHLY if day_count == PRORATED else ())


def usual_night(day_count: str) -> int:
    """What a usual night weighs over the basis: one of a year of 365 days, or of a month of 30."""
    if day_count == PRORATED:
        return day_basis(day_count) // (12 * 30)
    return 366 if day_count == "actual/actual" else 1


def dearest_night(day_count: str, rate: Rate) -> Rate:
    """The price of the night that weighs most, where `rate` is that of a usual one: in February, twelfths are dear."""
    if day_count != PRORATED:
        return rate
    return Rate(rate.num * 30, rate.den * 28)


def held(conventions: Conventions, fees: Fees, methods: Sequence[str]) -> Iterator[Check]:
    """What must hold of them beyond each field's own type."""
    multiple = conventions.instalment_multiple_cents
    yield 1 <= multiple <= 10_000, "conventions.instalment_multiple_cents", multiple, "from 1 to 10000"
    days = conventions.nonaccrual_from_days
    yield 0 <= days <= 361, "conventions.nonaccrual_from_days", days, "from 1 to 361, or 0 for never"
    if conventions.day_count == PRORATED:
        moves = conventions.business_days
        yield "on-demand" not in methods, "methods", tuple(methods), "due monthly: twelfths are shared out over a month"
        yield moves == "unchanged", "conventions.business_days", moves, "unchanged where twelfths are shared out"
    country = conventions.country
    yield len(country) == 2 and country.isupper(), "conventions.country", country, "a country's two letters, such as CN"
    share = fees.origination_bp
    yield 0 <= share <= FEE_MAX_BP, "fees.origination_bp", share, f"from 0 to {FEE_MAX_BP}"
    for field, cents in (("fees.service_cents", fees.service_cents), ("fees.late_cents", fees.late_cents)):
        yield 0 <= cents <= FEE_MAX_CENTS, field, cents, f"from 0 to {FEE_MAX_CENTS}"
