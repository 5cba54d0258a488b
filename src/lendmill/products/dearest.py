"""The dearest a product can be if all goes to plan: what is held against the caps before it is published."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from lendmill.products.caps import Caps
from lendmill.products.conventions import dearest_night
from lendmill.products.document import Product
from lendmill.refusals import Refusal
from lendmill.terms.cost import Flow, all_in, daily_return
from lendmill.terms.rates import BASIS_POINTS, DAYS_A_YEAR, Rate
from lendmill.terms.schedule import due_dates, planned_rows, principal_parts

SCALE: Final = 1_000_000  # cents are counted in millionths, so that no rounding hides or makes an excess
FEBRUARY: Final = date(2027, 1, 31)  # the shortest first period: to 28 February


class DearerThanAllowed(Refusal):
    """{product} would cost {found} a year ({how}), more than the {cap} allowed: {source}."""


def check_caps(product: Product, caps: Caps) -> None:
    """Hold a product to the dated caps: the all-in rate of every plan it can make, and its rate once it is late."""
    cap = min(product.all_in_cap_bp, caps.all_in_bp)
    for how, found in costs(product):
        if found > Decimal(cap) / BASIS_POINTS:
            raise DearerThanAllowed(
                product=product.key, found=_percent(found), how=how, cap=f"{cap / 100:g} %", source=caps.source
            )
    if caps.in_default_bp is None:
        return
    for _, penalty in product.all_prices:
        night = dearest_night(product.conventions.day_count, penalty)
        a_year = Fraction(night.num * DAYS_A_YEAR, night.den)
        if a_year > Fraction(caps.in_default_bp, BASIS_POINTS):
            raise DearerThanAllowed(
                product=product.key,
                found=_percent(Decimal(a_year.numerator) / a_year.denominator),
                how="in default",
                cap=f"{caps.in_default_bp / 100:g} %",
                source=caps.source,
            )


def costs(product: Product) -> Iterator[tuple[str, Decimal]]:
    """The all-in rate of the shortest and the longest plan of each method, for the smallest draw and the largest."""
    prices = {Fraction(rate.num, rate.den): rate for rate, _ in product.all_prices}
    night = dearest_night(product.conventions.day_count, prices[max(prices)])
    for method in product.methods:
        for months in sorted({1, product.months_max}):
            for amount_cents in sorted({product.draw_min_cents, product.limit_max_cents}):
                found = _all_in(product, night, method, months, amount_cents)
                yield f"{method}, {months} months, {amount_cents} cents", found


def _all_in(product: Product, rate: Rate, method: str, months: int, amount_cents: int) -> Decimal:
    fees, principal = product.fees, amount_cents * SCALE
    dues = due_dates(method, FEBRUARY, months)
    parts = principal_parts(method, principal, rate, FEBRUARY, dues)
    back = [
        Flow(row.due_on, row.due_cents + fees.service_cents * SCALE)
        for row in planned_rows(principal, rate, FEBRUARY, dues, parts)
    ]
    origination = principal * fees.origination_bp // BASIS_POINTS
    first = Flow(back[0].on, back[0].amount_cents + origination)
    return all_in(daily_return([Flow(FEBRUARY, -principal), first, *back[1:]]))


def _percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(Decimal('0.01'))} %"
