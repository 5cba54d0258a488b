"""What pledged goods or securities are worth, and how much of a debt they leave uncovered."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Collateral:
    """So many units at a price; the lender counts on the value less a haircut."""

    units: Fraction
    price_cents: Fraction
    haircut: Fraction

    @property
    def value_cents(self) -> Fraction:
        """Units times price.

        >>> Collateral(Fraction(8000), Fraction(100_00), Fraction(1, 2)).value_cents
        Fraction(80000000, 1)
        """
        return self.units * self.price_cents

    def shortfall(self, outstanding_cents: int) -> Fraction:
        """What of a debt is not covered after the haircut, never below nothing; exact, in cents.

        >>> Collateral(Fraction(8000), Fraction(100_00), Fraction(1, 2)).shortfall(1_000_000_00)
        Fraction(60000000, 1)
        """
        return max(Fraction(0), outstanding_cents - self.value_cents * (1 - self.haircut))
