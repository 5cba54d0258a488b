"""What a lender may expect of borrowers who are shown a rate and a limit: one formula, for one price or for many."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lendmill.credit.pricing.assumptions import Assumptions, GradeAssumptions
from lendmill.credit.pricing.curve import ChurnCurve
from lendmill.terms.rates import BASIS_POINTS, DAYS_A_YEAR

Floats = npt.NDArray[np.float64]
Cents = npt.NDArray[np.int64]

ASKED: Final = 1_000  # figures are those of so many borrowers who are shown the price: fewer would round too coarsely


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of 1,000 borrowers who are shown a price, each part in whole cents; the parts sum to the profit.

    profit = interest - funding - loss - operating
    """

    kept_share: Floats
    default_share: Floats
    interest_cents: Cents
    funding_cents: Cents
    loss_cents: Cents
    operating_cents: Cents

    @property
    def profit_cents(self) -> Cents:
        """What is left."""
        return self.interest_cents - self.funding_cents - self.loss_cents - self.operating_cents

    def at(self, *place: int) -> "Expected":
        """The one of a grid of prices that stands at a place."""
        return Expected(
            self.kept_share[place],
            self.default_share[place],
            self.interest_cents[place],
            self.funding_cents[place],
            self.loss_cents[place],
            self.operating_cents[place],
        )


@dataclass(frozen=True, slots=True)
class PricingGround:
    """What stays the same while rate and limit are tried: the assumptions, one grade's own, its curve, and today's rate
    of that grade."""

    assumptions: Assumptions
    grade: GradeAssumptions
    curve: ChurnCurve
    today_yearly_rate: float

    def drawn_cents(self, limit_cents: Any) -> Floats:
        """What is drawn of a limit on average, straight between the limits stated; the share of the first below it, of
        the last above it.

        drawn = limit x share, by points (limit, limit x share)
        """
        steps = self.assumptions.utilisation
        limits = np.array([each.limit_cents for each in steps], dtype=np.float64)
        shares = np.array([each.share_bp / BASIS_POINTS for each in steps])
        limit = np.asarray(limit_cents, dtype=np.float64)
        inside = np.interp(limit, limits, limits * shares)
        outside = limit * np.where(limit < limits[0], shares[0], shares[-1])
        return np.asarray(np.where((limit < limits[0]) | (limit > limits[-1]), outside, inside), dtype=np.float64)

    def default_share(self, yearly_rate: Any, limit_cents: Any, pd: Any = None) -> Floats:
        """The PD over the days lent, at a rate and a limit; a PD of a year shortened or lengthened to these days.

        odds = pd / (1 - pd) x odds_per_rate_point ^ ((rate - today's rate) x 100)
                             x odds_per_limit_doubling ^ log2(limit / limit observed)
        default = 1 - (1 - odds / (1 + odds)) ^ (days / 365)
        """
        given = self.grade.pd if pd is None else pd
        rate, limit = np.asarray(yearly_rate, dtype=np.float64), np.asarray(limit_cents, dtype=np.float64)
        odds = given / (1 - given) * self.assumptions.odds_per_rate_point ** ((rate - self.today_yearly_rate) * 100)
        odds = odds * self.assumptions.odds_per_limit_doubling ** np.log2(limit / self.grade.limit_cents)
        return np.asarray(1 - (1 / (1 + odds)) ** (self.assumptions.days / DAYS_A_YEAR))


def expected(
    ground: PricingGround, night: Fraction, units: Any, limit_cents: Any, *, pd: Any = None, kept: Any = None
) -> Expected:
    """What 1,000 borrowers bring who are shown a rate of so many units and a limit; arrays give every pair of both.

        interest  = asked x kept x drawn x rate a night x days x (1 - default x (1 - interest paid before default))
        funding   = asked x kept x drawn x funding a year x days / 365
        loss      = asked x kept x drawn at default x default x loss given default
        operating = asked x kept x cost of a loan

    `night`: what one unit of rate costs per cent and night, exact. Kept are those the rate does not drive away, unless
    `kept` says otherwise. Each part is rounded half-even to the cent, once; each row is a rate, each column a limit.
    """
    stated = ground.assumptions
    a_night = np.asarray(units, dtype=np.float64).reshape(-1, 1) * float(night)
    yearly = a_night * DAYS_A_YEAR
    limit = np.asarray(limit_cents, dtype=np.float64).reshape(1, -1)
    drawn = ground.drawn_cents(limit)
    at_default = np.maximum(drawn, limit * (stated.drawn_at_default_bp / BASIS_POINTS))
    default = ground.default_share(yearly, limit, pd)
    share = np.asarray(1 - ground.curve.lost(yearly) if kept is None else kept, dtype=np.float64)
    many = ASKED * share
    unpaid = 1 - stated.interest_paid_before_default_bp / BASIS_POINTS
    funding = stated.funding_yearly_bp / BASIS_POINTS * stated.days / DAYS_A_YEAR
    return Expected(
        np.broadcast_to(share, default.shape),
        default,
        _cents(many * drawn * a_night * stated.days * (1 - default * unpaid)),
        _cents(many * drawn * funding),
        _cents(many * at_default * default * (stated.loss_given_default_bp / BASIS_POINTS)),
        _cents(many * np.broadcast_to(stated.operating_cents, default.shape)),
    )


def _cents(amount: Floats) -> Cents:
    return np.asarray(np.rint(amount)).astype(np.int64)
