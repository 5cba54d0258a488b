"""Fees earned over a loan's life by its effective rate: what is earned with each payment, and what is not yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from math import ceil

from lendmill.refusals import Refusal
from lendmill.terms.cost import DIGITS, step_return
from lendmill.terms.interest import rounded


class PaymentsTooSmall(Refusal):
    """A share of {percent} % of {volume_cents} cents a year is no payment: it never brings the money back."""


@dataclass(frozen=True, slots=True)
class Earned:
    """After one payment: the balance (not rounded), what was earned with it and what is still unearned."""

    balance_cents: Decimal
    income_cents: int
    unearned_cents: int


def payments_from_volume(
    owed_cents: int, volume_cents: int, percent: Fraction, days_in_year: int
) -> tuple[int, tuple[int, ...]]:
    """Daily payments as a share of a year's sales: as many as bring in what is owed, the last one the rest.

    >>> payments_from_volume(120_00, 100_000_00, Fraction(18), 360)
    (5000, (5000, 5000, 2000))
    """
    each = rounded((volume_cents * percent).numerator, (volume_cents * percent).denominator * 100 * days_in_year, EVEN)
    if each <= 0:
        raise PaymentsTooSmall(percent=percent, volume_cents=volume_cents)
    count = ceil(Fraction(owed_cents, each))
    return each, (*[each] * (count - 1), owed_cents - each * (count - 1))


def earned(flows: Sequence[int | Decimal]) -> tuple[Decimal, tuple[Earned, ...]]:
    """The rate per step of money out and payments back, and what each payment earns by it.

        balance = balance before x (1 + i) - payment;  income = balance before x i, to the cent, half-even

    The last payment earns what is left of the whole fee, which is all that comes in less what went out.
    """
    rate = step_return(list(enumerate(flows)))
    with localcontext() as context:
        context.prec = DIGITS
        balance, unearned = -Decimal(flows[0]), to_the_cent(sum(map(Decimal, flows), Decimal(0)))
        found: list[Earned] = []
        for n, payment in enumerate(flows[1:], start=1):
            income = unearned if n == len(flows) - 1 else to_the_cent(balance * rate)
            balance, unearned = balance * (1 + rate) - payment, unearned - income
            found.append(Earned(balance, income, unearned))
    return rate, tuple(found)


def to_the_cent(exact: Decimal) -> int:
    """A number of cents, the halves to the even cent."""
    return int(exact.to_integral_value(ROUND_HALF_EVEN))


def discount_factors(rate: Decimal, count: int) -> tuple[Decimal, ...]:
    """What one paid after each step is worth today: (1 + i)^-k."""
    with localcontext() as context:
        context.prec = DIGITS
        return tuple((1 + rate) ** -k for k in range(1, count + 1))


EVEN = "half-even"
