"""Amounts of money are whole cents, and this is how they are read and written."""

import re
from decimal import Decimal
from typing import Final

from lendmill.refusals import Refusal

CENTS_PER_YUAN: Final = 100
LETTERS_MAX: Final = 30
AMOUNT: Final = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d{1,2})?")  # a comma only where thousands end
LARGEST_CENTS: Final = 10**15  # ten trillion yuan: beyond any loan, and far inside 64 bits


class NotAnAmount(Refusal):
    """{text!r} is not an amount of money: write digits with at most two decimals, such as 7000 or 7000.50."""


def cents(text: str) -> int:
    """Read an amount as a person writes it, exactly; nothing is rounded away in silence.

    >>> cents("7,000.50")
    700050
    """
    plain = text.strip().removeprefix("¥").strip()
    if len(plain) > LETTERS_MAX or not AMOUNT.fullmatch(plain):
        raise NotAnAmount(text=text[:LETTERS_MAX])
    amount_cents = int(Decimal(plain.replace(",", "")).scaleb(2))
    if abs(amount_cents) > LARGEST_CENTS:
        raise NotAnAmount(text=text)
    return amount_cents


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
