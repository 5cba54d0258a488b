"""Which rates there are to choose from: those a product can count, inside the lender's band, the cap and the curve."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

import msgspec
import numpy as np

from lendmill.credit.pricing.assumptions import Assumptions
from lendmill.credit.pricing.profit import Cents
from lendmill.products.caps import Caps, caps_on
from lendmill.products.conventions import day_basis, usual_night
from lendmill.products.dearest import DearerThanAllowed, check_caps
from lendmill.products.document import Product
from lendmill.refusals import Refusal
from lendmill.terms.rates import BASIS_POINTS, DAYS_A_YEAR, per_cent

MILLION: Final = 1_000_000


class NoRateToChoose(Refusal):
    """Grade {grade} has no rate to choose from: from {low} on by {low_by}, but at most {high} by {high_by}."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a product writes its rates: so many units make one percent, and one unit costs so much a night."""

    yearly: bool
    night: Fraction

    def text(self, units: int) -> str:
        """A rate as the product's document writes it."""
        return per_cent(Decimal(units) / (BASIS_POINTS if self.yearly else MILLION))

    def yearly_rate(self, units: int) -> Fraction:
        """The rate of 365 nights, not compounded."""
        return self.night * units * DAYS_A_YEAR


@dataclass(frozen=True, slots=True)
class RateBand:
    """The rates a grade may be asked, in units, lowest first, and what ends the band on either side."""

    spelling: Spelling
    units: Cents
    low_by: str
    high_by: str


def spelling_of(product: Product) -> Spelling:
    """A product's units: a millionth a day, or a hundredth of a percent a year; finer ones no loan can count."""
    if product.daily_rate:
        return Spelling(False, Fraction(1, MILLION))
    count = product.conventions.day_count
    return Spelling(True, Fraction(usual_night(count), BASIS_POINTS * day_basis(count)))


def bands(product: Product, assumptions: Assumptions, today: date) -> dict[str, RateBand]:
    """The rates to choose from for each grade; refuses with `NoRateToChoose` where there is none.

    The lowest is the lender's, the product's or the curve's first; the highest the lender's, the product's, the curve's
    last, or what the dated caps leave, all fees and the penalty counted, as when the product is published.
    """
    spelling = spelling_of(product)
    cap = spelling.yearly_rate(dearest_units(product, caps_on(product.caps, today)))
    ends = product.band and tuple(Fraction(each.num * DAYS_A_YEAR, each.den) for each in product.band)
    return {grade: _band(spelling, assumptions, grade, cap, ends) for grade in assumptions.grades}


def _band(
    spelling: Spelling, assumptions: Assumptions, grade: str, cap: Fraction, ends: tuple[Fraction, ...] | None
) -> RateBand:
    curve = assumptions.curve_for(grade)
    lows = {
        "the lender's band": Fraction(assumptions.yearly_rate_min_bp, BASIS_POINTS),
        "the curve": Fraction(str(curve.yearly_rates[0])),
    }
    highs = {
        "the lender's band": Fraction(assumptions.yearly_rate_max_bp, BASIS_POINTS),
        "the curve": Fraction(str(curve.yearly_rates[-1])),
        "the cap": cap,
    }
    if ends is not None:
        lows["the product's band"], highs["the product's band"] = ends
    low_by, high_by = max(lows, key=lambda each: lows[each]), min(highs, key=lambda each: highs[each])
    unit = spelling.yearly_rate(1)
    first, last = ceil(lows[low_by] / unit), floor(highs[high_by] / unit)
    if last < first:
        low, high = (f"{float(each) * 100:.2f} %" for each in (lows[low_by], highs[high_by]))
        raise NoRateToChoose(grade=grade, low=low, low_by=low_by, high=high, high_by=high_by)
    return RateBand(spelling, np.arange(first, last + 1), low_by, high_by)


def dearest_units(product: Product, caps: Caps) -> int:
    """The dearest rate at which the product could still be published, in its units; 0 where even nothing is too dear.

    Found by halving: what is allowed at a rate is allowed at every lower one.
    """
    spelling = spelling_of(product)
    most = floor(Fraction(min(product.all_in_cap_bp, caps.all_in_bp), BASIS_POINTS) / spelling.yearly_rate(1))
    if _allowed(product, caps, most, spelling):
        return most
    allowed, refused = 0, most
    while refused - allowed > 1:
        middle = (allowed + refused) // 2
        if _allowed(product, caps, middle, spelling):
            allowed = middle
        else:
            refused = middle
    return allowed


def _allowed(product: Product, caps: Caps, units: int, spelling: Spelling) -> bool:
    text = spelling.text(units)
    rates: dict[str, Any] = {"yearly_rate": text} if spelling.yearly else {"daily_rate": text}
    rates |= {"rate_min": msgspec.UNSET, "rate_max": msgspec.UNSET, "rate_by_grade": {}}
    priced = msgspec.structs.replace(product, **rates)
    try:
        check_caps(priced, caps)
    except DearerThanAllowed:
        return False
    return True
