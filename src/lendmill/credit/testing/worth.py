"""What a limit granted at a rate is expected to lose and to earn: pricing's own formula under stated assumptions."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from lendmill.credit.pricing.assumptions import PD_MIN, Assumptions
from lendmill.credit.pricing.profit import ASKED, PricingGround, expected
from lendmill.terms.rates import BASIS_POINTS, DAYS_A_YEAR

Floats = npt.NDArray[np.float64]
PD_MAX: Final = 1 - PD_MIN

Rate = tuple[int, int]


class Grant(NamedTuple):
    """A limit as it is granted: to which PD and grade, how much, at which daily rate, and at which one before.

    A PD is that of a shop at the rate it had; where there was none, at this one.
    """

    pd: float
    grade: str
    limit_cents: int
    rate: Rate
    rate_before: Rate


class Expectation(NamedTuple):
    """Expected loss, profit, and interest that defaults leave unpaid, in cents of each grant.

    Not a number where nothing is granted or assumed.
    """

    loss: Floats
    profit: Floats
    unpaid: Floats


Worth = Callable[[Sequence[Grant | None]], Expectation]


def worth_under(assumptions: Assumptions) -> Worth:
    """The worth of grants under a lender's assumptions: `credit.pricing.profit.expected` of one who is shown the price.

    The days lent, how much is drawn, how many a rate drives away, what is lost at default: all as the assumptions say;
    beyond the rates a curve was measured at, as at the nearest of them. The PD is each file's own. A grade the
    assumptions leave out has no worth.
    """
    curves = {grade: assumptions.curve_for(grade) for grade in assumptions.grades}

    unpaid_share = 1 - assumptions.interest_paid_before_default_bp / BASIS_POINTS

    def worth(grants: Sequence[Grant | None]) -> Expectation:
        loss, profit, unpaid = (np.full(len(grants), np.nan) for _ in Expectation._fields)
        alike: dict[tuple[str, Rate, Rate], list[int]] = defaultdict(list)
        for place, each in enumerate(grants):
            if each is not None and each.grade in curves:
                alike[each.grade, each.rate, each.rate_before].append(place)
        for (grade, (num, den), (num_before, den_before)), places in alike.items():
            ground = PricingGround(
                assumptions, assumptions.grades[grade], curves[grade], num_before / den_before * DAYS_A_YEAR
            )
            picked = [grants[place] for place in places]
            limits = np.array([each.limit_cents for each in picked if each is not None], dtype=np.float64)
            pds = np.clip([each.pd for each in picked if each is not None], PD_MIN, PD_MAX)
            curve, yearly = curves[grade], num / den * DAYS_A_YEAR
            kept = 1 - curve.lost(np.clip(yearly, curve.yearly_rates[0], curve.yearly_rates[-1]))
            found = expected(ground, Fraction(1, den), num, limits, pd=pds, kept=kept)
            loss[places], profit[places] = found.loss_cents[0] / ASKED, found.profit_cents[0] / ASKED
            lost = found.default_share[0] * unpaid_share
            unpaid[places] = found.interest_cents[0] / ASKED * lost / (1 - lost)
        return Expectation(loss, profit, unpaid)

    return worth
