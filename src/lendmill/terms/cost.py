"""What a loan costs, told as the yearly figures a borrower can compare."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from math import ceil
from typing import Final

from lendmill.days import nights
from lendmill.refusals import Refusal
from lendmill.terms.rates import BASIS_POINTS, DAYS_A_YEAR

DIGITS: Final = 50
CLOSE_ENOUGH: Final = Decimal(10) ** -45
MOST_STEPS: Final = 1000
FARTHEST: Final = Decimal(10) ** -12
SHOWN: Final = Decimal("0.000001")


class NoRateOfReturn(Refusal):
    """These payments have no rate of return: money must go out first and come back later."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Money on a day: negative leaves the lender, positive comes back."""

    on: date
    amount_cents: int


def daily_return(flows: Sequence[Flow]) -> Decimal:
    """The rate per day at which what comes back is worth exactly what went out (internal rate of return).

    sum of amount / (1 + i)^nights = 0
    """
    start = min(flow.on for flow in flows)
    return step_return([(nights(start, flow.on), flow.amount_cents) for flow in flows])


def step_return(amounts: Sequence[tuple[int, int | Decimal]]) -> Decimal:
    """The rate of return per step of amounts at whole numbers of steps, also below zero and far above one.

    Amounts of one step count together; what goes out must go out first. Where several rates fit, because money goes
    out again later, it is the one nearest to nothing. Worked out with 50 digits.
    """
    with localcontext() as context:
        context.prec = DIGITS
        net: dict[int, Decimal] = {}
        for step, amount in amounts:
            net[step] = net.get(step, Decimal(0)) + Decimal(amount)
        steps = sorted((step, amount) for step, amount in net.items() if amount)
        if not steps or steps[0][1] > 0 or all(amount < 0 for _, amount in steps):
            raise NoRateOfReturn()
        return _rate(lambda factor: _worth(steps, factor))


def _worth(steps: Sequence[tuple[int, Decimal]], factor: Decimal) -> Decimal:
    """What amounts are worth at the first of their steps, from the last one backwards (Horner)."""
    worth, later = Decimal(0), steps[-1][0]
    for step, amount in reversed(steps):
        worth, later = worth * factor ** (later - step) + amount, step
    return worth


def _rate(worth: Callable[[Decimal], Decimal]) -> Decimal:
    """The rate i = 1 / factor - 1 at whose factor the worth is nothing: from 0 outwards, then in by secants."""
    if not worth(Decimal(1)):
        return Decimal(0)
    low, high = _bracket(worth)
    last, factor, last_worth, at = low, high, worth(low), worth(high)
    for _ in range(MOST_STEPS):
        slope = (at - last_worth) / (factor - last)
        closer = factor - at / slope if slope else low
        if abs(closer - factor) <= CLOSE_ENOUGH * factor:  # there, or on a slope so steep that a step says nothing
            beyond = worth(factor * (1 - 2 * CLOSE_ENOUGH if at > 0 else 1 + 2 * CLOSE_ENOUGH))
            if at * beyond <= 0 or high - low <= CLOSE_ENOUGH * high:
                return round(1 / closer - 1, DIGITS - 10)
            closer = low
        if not low < closer < high:
            closer = (low + high) / 2
        last, last_worth, factor = factor, at, closer
        at = worth(factor)
        low, high = (factor, high) if at < 0 else (low, factor)
    raise NoRateOfReturn()


def _bracket(worth: Callable[[Decimal], Decimal]) -> tuple[Decimal, Decimal]:
    """Two discount factors: at the lower one the flows are worth less than nothing, at the higher one more."""
    near, stride = Decimal(1), Decimal("1.0001")
    if worth(near) > 0:
        while near > FARTHEST:
            far = near / stride
            if worth(far) <= 0:
                return far, near
            near, stride = far, stride * stride
    while near < 1 / FARTHEST:
        far = near * stride
        if worth(far) >= 0:
            return near, far
        near, stride = far, stride * stride
    raise NoRateOfReturn()


def compounded(per_step: Decimal, steps: int) -> Decimal:
    """A rate per step over so many steps, each earning on what the one before earned.

    >>> compounded(Decimal("0.01"), 12).quantize(SHOWN)
    Decimal('0.126825')
    """
    with localcontext() as context:
        context.prec = DIGITS
        return (1 + per_step) ** steps - 1


def effective_annual(per_day: Decimal, days_a_year: int = DAYS_A_YEAR) -> Decimal:
    """The effective annual rate: (1 + IRR per day)^365 - 1, to six digits as it is shown."""
    with localcontext() as context:
        context.prec = DIGITS
        return compounded(per_day, days_a_year).quantize(SHOWN)


def all_in(per_day: Decimal) -> Decimal:
    """The all-in rate that the legal cap is held against: IRR per day times 365, not compounded, to six digits."""
    with localcontext() as context:
        context.prec = DIGITS
        return (per_day * DAYS_A_YEAR).quantize(SHOWN)


@dataclass(frozen=True, slots=True)
class Timed:
    """Money after whole units of time and a fraction of one: negative goes to the borrower, positive comes back."""

    units: int
    fraction: Fraction
    amount_cents: int


@dataclass(frozen=True, slots=True)
class YearlyRate:
    """How a regulator's yearly rate is made: from the rate per unit of time, compounded or not.

    Where a fraction of a unit is simple, money waits 1 + fraction x rate for it, else (1 + rate)^fraction.
    """

    compounds: bool
    simple_fraction: bool


# Directive 2008/48/EC, Annex I (and 2014/17/EU, Annex I): 1 / (1 + X)^t with t in years of 365 days, 52 weeks or 12
# equal months. Regulation Z, Appendix J: the rate of a unit period times its number in a year; the odd part is simple.
YEARLY_RATES: Final = {"eu": YearlyRate(True, False), "us": YearlyRate(False, True)}


def yearly_rate(flows: Sequence[Timed], units_a_year: int, convention: YearlyRate) -> Decimal:
    """The annual percentage rate by a regulator's convention, as a share of one, with 50 digits.

    >>> lent = [Timed(0, Fraction(0), -100_000), Timed(18, Fraction(0), 120_000)]  # months
    >>> round(yearly_rate(lent, 12, YEARLY_RATES["eu"]), 4)
    Decimal('0.1292')
    """

    def worth(factor: Decimal) -> Decimal:
        total = Decimal(0)
        for flow in flows:
            part = Decimal(flow.fraction.numerator) / flow.fraction.denominator
            waited = 1 / (1 + part * (1 / factor - 1)) if convention.simple_fraction else factor**part
            total += flow.amount_cents * factor**flow.units * waited
        return total

    with localcontext() as context:
        context.prec = DIGITS
        rate = _rate(worth)
        return compounded(rate, units_a_year) if convention.compounds else rate * units_a_year


def total_cost_cents(flows: Sequence[Flow]) -> int:
    """What the loan costs in money: all that comes back less all that went out."""
    return sum(flow.amount_cents for flow in flows)


def cap_excess_cents(flows: Sequence[Flow], cap_bp: int, on: date) -> int:
    """By how much what was charged passes an all-in cap: paid back on that day, IRR x 365 is at most the cap.

        excess = sum of amount x (1 + cap / 365)^nights(flow, on), at least 0, rounded up to the cent

    Exact: a cap that is just met leaves nothing to pay back.

    >>> lent = [Flow(date(2026, 1, 1), -1_000_000), Flow(date(2026, 1, 2), 1_000_658)]
    >>> cap_excess_cents(lent, 2400, date(2026, 1, 2))  # a night at 24 % costs 657.53 cents
    1
    """
    whole = BASIS_POINTS * DAYS_A_YEAR
    waits = [nights(flow.on, on) for flow in flows]
    shortest, longest = min(waits, default=0), max(waits, default=0)
    worth: int = sum(
        flow.amount_cents * (whole + cap_bp) ** (wait - shortest) * whole ** (longest - wait)
        for flow, wait in zip(flows, waits, strict=True)
    )
    a_night = Fraction(whole + cap_bp, whole)
    excess: int = ceil(worth * a_night**shortest / whole ** (longest - shortest))
    return max(0, excess)
