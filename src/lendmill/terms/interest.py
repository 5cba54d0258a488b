"""What money earns overnight, exact, and how it is rounded once when it is billed."""

from typing import Final, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from lendmill.refusals import Refusal

Direction = Literal["half-up", "half-even", "up", "down"]
DIRECTIONS: Final[tuple[Direction, ...]] = ("half-up", "half-even", "up", "down")
Whole = TypeVar("Whole", int, "NDArray[np.int64]")


class UnknownDirection(Refusal):
    """{direction!r} is not a way of rounding; choose one of {directions}."""


def interest(principal_cents: Whole, rate_num: Whole | int, days: Whole) -> Whole:
    """What a principal earns over a number of nights, as a numerator over the rate's denominator.

        interest = principal_cents * rate_num * days

    Where nights weigh differently, `days` is their weight (`day_counts.weight`). Works alike on ints and on int64
    arrays of one shape. Nothing is rounded here: see `billed`.

    >>> billed(interest(700_000, 600, 30), 1_000_000)
    (12600, 0)
    """
    return principal_cents * rate_num * days


def rounded(exact: Whole, den: Whole | int, direction: str = "half-up") -> Whole:
    """A numerator over `den` as whole cents: x.5 goes up or to the even cent, or whatever is left goes up or down.

    All by floor arithmetic: half-up is floor(x + 1/2) below zero too, up is towards more and down towards less.

    >>> [rounded(25, 10, direction) for direction in DIRECTIONS]
    [3, 2, 3, 2]
    >>> [rounded(-25, 10, direction) for direction in DIRECTIONS]
    [-2, -2, -2, -3]
    """
    if direction == "half-up":
        return (2 * exact + den) // (2 * den)
    if direction == "half-even":
        nearest = (2 * exact + den) // (2 * den)
        halfway = nearest + -(2 * exact + den) // (2 * den) + 1  # 1 where x is just x.5, else 0
        even: Whole = nearest - (nearest % 2) * halfway
        return even
    if direction == "up":
        return -(-exact // den)
    if direction == "down":
        return exact // den
    raise UnknownDirection(direction=direction, directions=", ".join(DIRECTIONS))


def billed(accrued: Whole, rate_den: Whole | int, direction: str = "half-up") -> tuple[Whole, Whole]:
    """Round an accrual to cents, and keep what the rounding left over or took in advance.

        cents = floor(accrued / den + 1/2);  rest = accrued - cents * den

    So everything billed up to a day is the rounded sum of everything accrued up to that day, however often it was
    billed.

    >>> billed(2_500_000, 1_000_000)  # 2.5 cents: three are billed, half a cent is taken in advance
    (3, -500000)
    >>> billed(-500_000 + 2_500_000, 1_000_000)
    (2, 0)
    """
    cents = rounded(accrued, rate_den, direction)
    return cents, accrued - cents * rate_den
