"""At what price: the product's own rate, or the policy's for the grade within the product's band, under the cap."""

from dataclasses import dataclass
from fractions import Fraction

from lendmill.credit.finding import Finding, at_most, judged, not_applicable, noted, one_of, unknown_figure
from lendmill.credit.ground import Ground
from lendmill.credit.policy import Policy
from lendmill.credit.provisions import PriceTable
from lendmill.credit.reasons import Reason
from lendmill.products.document import Product
from lendmill.terms.rates import BASIS_POINTS, DAYS_A_YEAR, Rate

RULE = "price for the grade"


@dataclass(frozen=True, slots=True)
class Price:
    """The rate of a night and of a late one, over one denominator, where there is a price; and what was found."""

    rate: Rate | None
    penalty: Rate | None
    findings: tuple[Finding, ...]


def price(ground: Ground) -> Price:
    """The rate for a grade: by the policy's table for products with a band, else by the product itself.

    A price outside the band is never charged: a person looks, and the nearest rate of the band stands in the terms.
    """
    policy, product, grade = ground.policy, ground.product, ground.grade
    if grade is None:
        found = one_of("price", "a grade with a price", None, policy.grades, Reason.RATING_TOO_LOW)
        return Price(None, None, (found,))
    if grade in policy.rating.declined:
        return Price(None, None, (not_applicable("price", "a grade with a price", "no terms for a declined grade"),))
    table = table_for(policy, product)
    if table is None or product.band is None:
        rate, penalty = product.rate_for(grade), product.penalty_rate_for(grade)
        return Price(rate, penalty, _told(rate, product))
    figure = table.figure(ground.known)
    if figure is None:
        return Price(None, None, (unknown_figure("price", RULE, ", ".join(table.axes), table.unknown),))
    return _within(product, table, figure)


def table_for(policy: Policy, product: Product) -> PriceTable | None:
    """The table that prices a product, where one does."""
    if not policy.price:
        return None
    return next(
        (table for table in policy.price.tables if table.per == product.priced_per and table.for_product(product.key)),
        None,
    )


def _within(product: Product, table: PriceTable, figure: int) -> Price:
    assert product.band is not None
    low, high = (Fraction(each.num, each.den) for each in product.band)
    asked, _ = product.priced(figure)
    exact = Fraction(asked.num, asked.den)
    lowest, highest = product.band
    held = judged(
        "price", RULE, holds=low <= exact <= high, value=str(asked), op="between",
        threshold=(str(lowest), str(highest)), reason=Reason.PRICE_OUTSIDE_BAND, otherwise="refer", fact=table.table,
    )  # fmt: skip
    rate, penalty = product.priced(figure) if held.verdict == "pass" else product.at_band_end(upper=exact > high)
    return Price(rate, penalty, (held, *_told(rate, product)))


def _told(rate: Rate, product: Product) -> tuple[Finding, ...]:
    yearly_bp = -(-rate.num * DAYS_A_YEAR * BASIS_POINTS // rate.den)
    return (
        noted("price", "daily rate", str(rate)),
        at_most("price", "yearly rate", yearly_bp, product.all_in_cap_bp, Reason.LIMIT_TOO_SMALL, note="basis points"),
    )
