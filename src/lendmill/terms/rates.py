"""The price of money per day, kept as an exact fraction."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Final

from lendmill.refusals import Refusal

BASIS_POINTS: Final = 10_000
DAYS_A_YEAR: Final = 365
INTEREST_CEILING: Final = 2**62


class NotARate(Refusal):
    """{text!r} is not a rate: write a percentage per day, such as 0.06 %."""


class DenominatorFixed(Refusal):
    """A rate of {rate} cannot be written over the loan's denominator {den}: the product must name all its rates before
    opening."""


class AmountsTooLarge(Refusal):
    """{principal_cents} cents at {rate} for {days} days is more than the books can hold exactly; lower the limit or
    the term."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A daily rate as an exact fraction: 0.05 % a day is 500/1,000,000. Never turned into a yearly rate and back.

    >>> Rate.parse("0.06 %")
    Rate(num=600, den=1000000)
    >>> str(Rate(600, 1_000_000))
    '0.06 %'
    """

    num: int
    den: int

    def __post_init__(self) -> None:
        assert self.den > 0, "a rate's denominator is positive"
        assert self.num >= 0, "a rate is never negative"

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """Read a percentage per day; the denominator is a million or the smallest power of ten above that holds it."""
        found = re.fullmatch(r"\s*(\d{1,3}(?:\.\d{1,12})?)\s*%\s*", text)
        if not found:
            raise NotARate(text=text)
        share = Fraction(found[1]) / 100
        den = 1_000_000
        while (share * den).denominator != 1:
            den *= 10
        return cls(int(share * den), den)

    @classmethod
    def yearly(cls, percent: str, basis: int = DAYS_A_YEAR) -> "Rate":
        """A yearly rate over a day count's basis: the smallest whole fraction whose denominator the basis divides.

        >>> Rate.yearly("18")  # 9/50 a year: 9/50/365 a night
        Rate(num=9, den=18250)
        """
        share = Fraction(percent) / 100
        return cls(share.numerator, share.denominator * basis)

    def times(self, multiple_bp: int) -> "Rate":
        """This rate at a multiple in basis points: overdue at 1.5 times is 15,000.

        >>> Rate(600, 1_000_000).times(15_000)
        Rate(num=900, den=1000000)
        """
        exact = Fraction(self.num, self.den) * multiple_bp / BASIS_POINTS
        den = lcm(self.den, exact.denominator)
        return Rate(int(exact * den), den)

    def over(self, den: int) -> "Rate":
        """The same rate over another denominator, refused where it does not come out whole."""
        if den * self.num % self.den:
            raise DenominatorFixed(rate=self, den=den)
        return Rate(self.num * den // self.den, den)

    def nominal_annual(self, days_a_year: int = DAYS_A_YEAR) -> Decimal:
        """The yearly rate a borrower compares: daily rate times 365, not compounded.

        >>> Rate(600, 1_000_000).nominal_annual()
        Decimal('0.219')
        """
        return Decimal(self.num * days_a_year) / Decimal(self.den)

    def __str__(self) -> str:
        return per_cent(Decimal(self.num) / Decimal(self.den))


def per_cent(share: Decimal) -> str:
    """A share in percent, without noughts at its end.

    >>> per_cent(Decimal("0.0006")), per_cent(Decimal("0.2"))
    ('0.06 %', '20 %')
    """
    return f"{(share * 100).normalize():f} %"


def common_den(*rates: Rate) -> int:
    """The one denominator a loan keeps for life, so that all its rates are whole numerators over it."""
    return lcm(*(rate.den for rate in rates))


def check_capacity(principal_cents: int, rate: Rate, days: int) -> None:
    """Make sure the largest accrual a product allows stays far inside 64 bits: 4 x principal x num x days < 2^62."""
    if 4 * principal_cents * rate.num * days >= INTEREST_CEILING:
        raise AmountsTooLarge(principal_cents=principal_cents, rate=rate, days=days)
