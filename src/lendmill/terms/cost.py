"""What a loan costs, told as the yearly figures a borrower can compare."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Final

from lendmill.days import nights
from lendmill.refusals import Refusal
from lendmill.terms.rates import DAYS_A_YEAR

DIGITS: Final = 50
CLOSE_ENOUGH: Final = Decimal(10) ** -30
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

    Worked out with 50 digits by Newton's method from nought: the worth falls and is convex, so each step stays below
    the root.
    """
    start = min(flow.on for flow in flows)
    steps = [(nights(start, flow.on), Decimal(flow.amount_cents)) for flow in flows]
    out = -sum(amount for _, amount in steps if amount < 0)
    back = sum(amount for _, amount in steps if amount > 0)
    if not out or not back or min(day for day, amount in steps if amount > 0) == 0:
        raise NoRateOfReturn()
    with localcontext() as context:
        context.prec = DIGITS
        rate = Decimal(0)
        for _ in range(200):
            worth = sum(amount * (1 + rate) ** -day for day, amount in steps)
            slope = sum(-day * amount * (1 + rate) ** (-day - 1) for day, amount in steps)
            if slope == 0:
                raise NoRateOfReturn()
            step = worth / slope
            rate -= step
            if rate <= -1:
                raise NoRateOfReturn()
            if abs(step) < CLOSE_ENOUGH:
                return rate
    raise NoRateOfReturn()


def effective_annual(per_day: Decimal) -> Decimal:
    """The effective annual rate: (1 + IRR per day)^365 - 1, to six digits as it is shown."""
    with localcontext() as context:
        context.prec = DIGITS
        return ((1 + per_day) ** DAYS_A_YEAR - 1).quantize(SHOWN)


def all_in(per_day: Decimal) -> Decimal:
    """The all-in rate that the legal cap is held against: IRR per day times 365, not compounded, to six digits."""
    return (per_day * DAYS_A_YEAR).quantize(SHOWN)
