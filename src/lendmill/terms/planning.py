"""How principal is spread over instalments, from the exact interest of each period."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from lendmill.terms.interest import rounded

NOTHING: Final = Fraction(0)


def level_payment_over(
    principal_cents: int | Fraction, periods: Sequence[Fraction], multiple: int, direction: str
) -> int:
    """The one payment that brings the balance to nothing on the last day, rounded to a multiple of so many cents.

    payment = principal / sum of 1 / ((1 + f1) ... (1 + fk)),  fk = the exact interest of one cent over period k

    >>> level_payment_over(120_000, [Fraction(1, 100)] * 12, 1, "half-up")
    10662
    """
    worth, growth = Fraction(0), Fraction(1)
    for factor in periods:
        growth *= 1 + factor
        worth += 1 / growth
    exact = principal_cents / worth / multiple
    return rounded(exact.numerator, exact.denominator, direction) * multiple


def level_parts_over(
    principal_cents: int, periods: Sequence[Fraction], payment_cents: int, direction: str, accrued: Fraction = NOTHING
) -> tuple[int, ...]:
    """The principal in each level payment, interest billed row by row with what rounding leaves carried on.

    A payment larger than needed ends the loan early: the rows after that carry nothing. The last row takes the rest.
    """
    parts: list[int] = []
    left, rest = principal_cents, accrued
    for factor in periods[:-1]:
        rest += left * factor
        owed_cents = rounded(rest.numerator, rest.denominator, direction)
        rest -= owed_cents
        parts.append(level_part(left, payment_cents, owed_cents))
        left -= parts[-1]
    return (*parts, left)


def level_part(balance_cents: int, payment_cents: int, interest_cents: int) -> int:
    """The principal in a level payment: what it leaves after interest, never more than is out, never lent again.

    >>> level_part(50_000, 10_000, 400), level_part(5_000, 10_000, 40), level_part(50_000, 300, 400)
    (9600, 5000, 0)
    """
    return max(0, min(balance_cents, payment_cents - interest_cents))


def equal_part(principal_cents: int, count: int, multiple: int = 1, direction: str = "down") -> int:
    """One of so many equal parts of principal, in whole multiples; the last part takes what is left."""
    return rounded(principal_cents, count * multiple, direction) * multiple


def equal_parts(principal_cents: int, count: int, multiple: int = 1, direction: str = "down") -> tuple[int, ...]:
    """Principal in equal parts, rounded down to a multiple (DOMAIN section 4); the last takes the rest."""
    part, left, parts = equal_part(principal_cents, count, multiple, direction), principal_cents, list[int]()
    for _ in range(count - 1):
        parts.append(min(part, left))
        left -= parts[-1]
    return (*parts, left)
