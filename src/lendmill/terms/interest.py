"""What money earns overnight, exact, and how it is rounded once when it is billed."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Whole = TypeVar("Whole", int, "NDArray[np.int64]")


def interest(principal_cents: Whole, rate_num: int, days: Whole) -> Whole:
    """What a principal earns over a number of nights, as a numerator over the rate's denominator.

        interest = principal_cents * rate_num * days

    Works alike on ints and on int64 arrays of one shape. Nothing is rounded here: see `billed`.

    >>> billed(interest(700_000, 600, 30), 1_000_000)
    (12600, 0)
    """
    return principal_cents * rate_num * days


def billed(accrued: Whole, rate_den: int) -> tuple[Whole, Whole]:
    """Round an accrual half-up to cents, and keep what the rounding left over or took in advance.

        cents = floor(accrued / den + 1/2);  rest = accrued - cents * den

    So everything billed up to a day is the rounded sum of everything accrued up to that day, however often it was
    billed.

    >>> billed(2_500_000, 1_000_000)  # 2.5 cents: three are billed, half a cent is taken in advance
    (3, -500000)
    >>> billed(-500_000 + 2_500_000, 1_000_000)
    (2, 0)
    """
    cents = (2 * accrued + rate_den) // (2 * rate_den)
    return cents, accrued - cents * rate_den
