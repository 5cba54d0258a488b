"""What a loan costs, told as the yearly figures a borrower can compare."""

from collections.abc import Sequence
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
FARTHEST: Final = Decimal(10) ** -30
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
        first = steps[0][0]
        return _root([(step - first, amount) for step, amount in steps])


def _root(steps: Sequence[tuple[int, Decimal]]) -> Decimal:
    """From 0 outwards to a change of sign, then in: by Newton's steps, halving where one leaves the bracket."""
    low, high = _bracket(steps)
    factor = (low + high) / 2
    for _ in range(1000):
        worth = sum(amount * factor**step for step, amount in steps)
        if not worth:
            break
        low, high = (factor, high) if worth < 0 else (low, factor)
        slope = sum(step * amount * factor ** (step - 1) for step, amount in steps if step)
        closer = factor - worth / slope if slope else low
        if not low < closer < high:
            closer = (low + high) / 2
        if abs(closer - factor) < CLOSE_ENOUGH * factor:
            factor = closer
            break
        factor = closer
    return 1 / factor - 1


def _bracket(steps: Sequence[tuple[int, Decimal]]) -> tuple[Decimal, Decimal]:
    """Two discount factors: at the lower one the flows are worth less than nothing, at the higher one more."""

    def worth(factor: Decimal) -> Decimal:
        return sum((amount * factor**step for step, amount in steps), Decimal(0))

    near, stride = Decimal(1), Decimal("1.0001")
    if worth(near) > 0:
        while near > FARTHEST:
            far = near / stride
            if worth(far) <= 0:
                return far, near
            near, stride = far, stride * stride
    elif worth(near) < 0:
        while near < 1 / FARTHEST:
            far = near * stride
            if worth(far) >= 0:
                return near, far
            near, stride = far, stride * stride
    else:
        return near / stride, near * stride
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
    a_night = 1 + Fraction(cap_bp, BASIS_POINTS * DAYS_A_YEAR)
    worth = sum((flow.amount_cents * a_night ** nights(flow.on, on) for flow in flows), Fraction(0))
    return max(0, ceil(worth))
