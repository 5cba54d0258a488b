"""The best price of a grade, how flat its top is, from where on a rate pays at all, and what would move it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import msgspec
import numpy as np

from lendmill.credit.pricing.assumptions import Assumptions, check_in_force
from lendmill.credit.pricing.band import RateBand, bands
from lendmill.credit.pricing.profit import Cents, Expected, PricingGround, expected
from lendmill.products.document import GRADES, Product
from lendmill.terms.rates import BASIS_POINTS, DAYS_A_YEAR

WITHIN_BP: Final = 9_500  # as good as the best: within 5 % of it
LIMITS_TRIED: Final = 48
LIMIT_STEP_CENTS: Final = 10_000  # limits are whole hundreds of yuan


@dataclass(frozen=True, slots=True)
class TriedPrice:
    """A rate and a limit with what they are expected to bring from 1,000 borrowers who are shown them."""

    units: int
    yearly_rate: float
    limit_cents: int
    expected: Expected

    @property
    def profit_cents(self) -> int:
        """What is expected to be left, from 1,000 borrowers asked."""
        return int(self.expected.profit_cents)


@dataclass(frozen=True, slots=True)
class Shift:
    """One assumption moved: the best rate then, its profit, and that of the rate found best before."""

    what: str
    value: float
    best: TriedPrice
    stayed_cents: int

    @property
    def regret_cents(self) -> int:
        """What staying with the rate found best before would forgo."""
        return self.best.profit_cents - self.stayed_cents


@dataclass(frozen=True, slots=True)
class GradePrice:
    """All about one grade's price: the best, today's, the rates and limits as good as the best, the break-even rate.

    As good are those within 5 % of the best profit; a measured curve is rough, so they may lie apart.
    `less_one_units`: between which rates the best moves when any one point of the curve is left out.
    """

    grade: str
    band: RateBand
    ground: PricingGround
    limits_cents: Cents
    profits_cents: Cents
    best: TriedPrice
    today: TriedPrice | None
    flat_units: tuple[tuple[int, int], ...]
    flat_limits_cents: tuple[tuple[int, int], ...]
    break_even_units: int | None
    shifts: tuple[Shift, ...]
    less_one_units: tuple[int, int]

    @property
    def pays(self) -> bool:
        """Whether any rate and limit leaves something."""
        return self.best.profit_cents > 0

    @property
    def gentlest_units(self) -> int:
        """The lowest rate that is as good as the best: it drives fewest borrowers away."""
        return self.flat_units[0][0] if self.flat_units else self.best.units

    @property
    def limit_ends_by(self) -> str:
        """What ends the limit: the assumptions themselves, or only where the search ended, above or below."""
        at = self.best.limit_cents
        if len(self.limits_cents) == 1:
            return "one limit"
        return "highest" if at == self.limits_cents[-1] else "lowest" if at == self.limits_cents[0] else "inside"


def grade_prices(assumptions: Assumptions, product: Product, today: date) -> list[GradePrice]:
    """The price of every grade the assumptions speak of, best grade first; refuses assumptions not yet in force."""
    check_in_force(assumptions, today)
    rates = bands(product, assumptions, today)
    return [grade_price(assumptions, product, grade, rates[grade]) for grade in sorted(rates, key=GRADES.index)]


def grade_price(assumptions: Assumptions, product: Product, grade: str, rates: RateBand) -> GradePrice:
    """The best of every rate of the band with every limit tried; of equals the cheapest, then the smallest."""
    ground = ground_of(assumptions, product, grade)
    limits = limits_tried(assumptions, product, grade)
    all_prices = expected(ground, rates.spelling.night, rates.units, limits)
    profits = all_prices.profit_cents
    row, column = best_place(profits)
    best = _price(rates, ground, int(rates.units[row]), int(limits[column]))
    flat = best.profit_cents * WITHIN_BP // BASIS_POINTS if best.profit_cents > 0 else None
    return GradePrice(
        grade,
        rates,
        ground,
        limits,
        profits,
        best,
        _today(rates, ground),
        _flat(rates.units, profits[:, column], flat),
        _flat(limits, profits[row], flat),
        break_even(rates, ground, best.limit_cents),
        tuple(_shifts(ground, rates, limits, best)),
        _less_one(ground, rates, limits, best),
    )


def ground_of(assumptions: Assumptions, product: Product, grade: str) -> PricingGround:
    """What a grade's price stands on."""
    rate = product.rate_for(grade)
    yearly = float(rate.nominal_annual(DAYS_A_YEAR))
    return PricingGround(assumptions, assumptions.grades[grade], assumptions.curve_for(grade), yearly)


def limits_tried(assumptions: Assumptions, product: Product, grade: str) -> Cents:
    """Limits from the product's smallest to its largest or the grade's own, each about a tenth above the one before.

    The limit the PD was observed at is among them; all are whole hundreds of yuan but the ends.
    """
    own = assumptions.grades[grade]
    low, high = product.limit_min_cents, min(product.limit_max_cents, own.limit_max_cents or product.limit_max_cents)
    high = max(low, high)
    spread = np.geomspace(low, high, LIMITS_TRIED) // LIMIT_STEP_CENTS * LIMIT_STEP_CENTS
    tried = np.unique(np.concatenate([[low, high, own.limit_cents], spread]).astype(np.int64))
    return np.asarray(tried[(tried >= low) & (tried <= high)])


def best_place(profits: Cents) -> tuple[int, int]:
    """Where the most is left: of equals at the lowest rate, then at the smallest limit.

    >>> best_place(np.array([[1, 3], [3, 2]]))
    (0, 1)
    """
    row, column = np.unravel_index(int(np.argmax(profits)), profits.shape)
    return int(row), int(column)


def break_even(rates: RateBand, ground: PricingGround, limit_cents: int, pd: float | None = None) -> int | None:
    """The lowest rate of the band at which a borrower who stays brings no loss; None where no rate of it does.

    Who is driven away brings nothing and costs nothing, so the curve does not move it.
    """
    left = expected(ground, rates.spelling.night, rates.units, limit_cents, pd=pd, kept=1.0).profit_cents[:, 0]
    paying = np.flatnonzero(left >= 0)
    return int(rates.units[paying[0]]) if len(paying) else None


def _price(rates: RateBand, ground: PricingGround, units: int, limit_cents: int, pd: float | None = None) -> TriedPrice:
    found = expected(ground, rates.spelling.night, units, limit_cents, pd=pd).at(0, 0)
    return TriedPrice(units, float(rates.spelling.yearly_rate(units)), limit_cents, found)


def _today(rates: RateBand, ground: PricingGround) -> TriedPrice | None:
    """Today's rate at the limit observed, where the curve speaks of it."""
    units = round(ground.today_yearly_rate / float(rates.spelling.yearly_rate(1)))
    measured = ground.curve.yearly_rates
    if not measured[0] <= ground.today_yearly_rate <= measured[-1]:
        return None
    return _price(rates, ground, units, ground.grade.limit_cents)


def _flat(values: Cents, profits: Cents, least_cents: int | None) -> tuple[tuple[int, int], ...]:
    """The stretches, lowest first, in which no less than this is left."""
    if least_cents is None:
        return ()
    good = np.concatenate([[False], profits >= least_cents, [False]])
    first, behind = np.flatnonzero(good[1:] & ~good[:-1]), np.flatnonzero(good[:-1] & ~good[1:])
    return tuple((int(values[low]), int(values[high - 1])) for low, high in zip(first, behind, strict=True))


def _less_one(ground: PricingGround, rates: RateBand, limits: Cents, best: TriedPrice) -> tuple[int, int]:
    """Between which rates the best moves when one point of the curve after another is left out; its ends stay."""
    found = [best.units]
    for place in range(1, len(ground.curve.yearly_rates) - 1):
        without = replace(ground, curve=ground.curve.without(place))
        row, _ = best_place(expected(without, rates.spelling.night, rates.units, limits).profit_cents)
        found.append(int(rates.units[row]))
    return min(found), max(found)


def _shifts(ground: PricingGround, rates: RateBand, limits: Cents, best: TriedPrice) -> Any:
    """One assumption after another at its limits, or half and double; everything else as it was."""
    stated, own = ground.assumptions, ground.grade
    for what, pd in (("pd_low", own.pd_low), ("pd_high", own.pd_high), ("pd_double", min(2 * own.pd, 0.999_999))):
        yield _shifted(what, pd, msgspec.structs.replace(own, pd=pd), stated, ground, rates, limits, best)
    for field, values in (
        ("loss_given_default_bp", _around(stated.loss_given_default_bp, 2_000)),
        ("funding_yearly_bp", _around(stated.funding_yearly_bp, 100)),
    ):
        for value in values:
            moved = msgspec.structs.replace(stated, **{field: value})
            yield _shifted(field, value / BASIS_POINTS, own, moved, ground, rates, limits, best)


def _around(value: int, step: int) -> list[int]:
    return [each for each in (value - step, value + step) if 0 <= each <= BASIS_POINTS]


def _shifted(
    what: str,
    value: float,
    own: Any,
    stated: Assumptions,
    ground: PricingGround,
    rates: RateBand,
    limits: Cents,
    best: TriedPrice,
) -> Shift:
    moved = PricingGround(stated, own, ground.curve, ground.today_yearly_rate)
    row, column = best_place(expected(moved, rates.spelling.night, rates.units, limits).profit_cents)
    found = _price(rates, moved, int(rates.units[row]), int(limits[column]))
    stayed = _price(rates, moved, best.units, best.limit_cents).profit_cents
    return Shift(what, value, found, stayed)
