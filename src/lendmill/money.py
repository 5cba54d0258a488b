"""Amounts of money are whole cents, and this is how they are read and written."""

from decimal import Decimal, InvalidOperation
from typing import Final, NewType

from lendmill.refusals import Refusal

Cents = NewType("Cents", int)

CENTS_PER_YUAN: Final = 100
LARGEST_CENTS: Final = 10**15  # ten trillion yuan: beyond any loan, and far inside 64 bits


class NotAnAmount(Refusal):
    """{text!r} is not an amount of money: write digits with at most two decimals, such as 7000 or 7000.50."""


def cents(text: str) -> int:
    """Read an amount as a person writes it, exactly; nothing is rounded away in silence.

    >>> cents("7,000.50")
    700050
    """
    try:
        scaled = Decimal(text.strip().replace(",", "").replace("¥", "")).scaleb(2)
    except InvalidOperation:
        raise NotAnAmount(text=text) from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value() or abs(scaled) > LARGEST_CENTS:
        raise NotAnAmount(text=text)
    return int(scaled)


def yuan(amount_cents: int) -> str:
    """Write an amount the way a statement shows it.

    >>> yuan(700050)
    '7,000.50'
    >>> yuan(-5)
    '-0.05'
    """
    sign = "-" if amount_cents < 0 else ""
    whole, part = divmod(abs(amount_cents), CENTS_PER_YUAN)
    return f"{sign}{whole:,}.{part:02d}"
