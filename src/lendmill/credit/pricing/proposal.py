"""A proposal of rates by grade, for an analyst to take up as a draft of a product's next version, or not."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from lendmill.credit.pricing.assumptions import Assumptions
from lendmill.credit.pricing.best import GradePrice
from lendmill.products.document import GRADES, Product


def rates_by_grade(prices: Sequence[GradePrice], *, gentlest: bool = False) -> dict[str, str]:
    """Each grade's rate as the product writes it: the best, or the lowest that is as good; none where no price pays."""
    return {
        each.grade: each.band.spelling.text(each.gentlest_units if gentlest else each.best.units)
        for each in prices
        if each.pays
    }


def out_of_order(prices: Sequence[GradePrice]) -> list[tuple[str, str]]:
    """Neighbours of which the better grade would pay more: nobody should be asked to understand that."""
    paying = sorted((each for each in prices if each.pays), key=lambda each: GRADES.index(each.grade))
    return [(better.grade, worse.grade) for better, worse in pairwise(paying) if better.best.units > worse.best.units]


def proposal(
    prices: Sequence[GradePrice], assumptions: Assumptions, product: Product, today: date, *, gentlest: bool = False
) -> str:
    """The table `rate_by_grade` of a product document in TOML, with where it comes from as comments.

    Pasted into the product's document it makes a draft, which goes the way of every draft: another person agrees.
    """
    chosen = rates_by_grade(prices, gentlest=gentlest)
    said = [
        f"Rates worked out on {today} for {product.key}, version {product.version}:",
        "the cheapest of each grade that is as good as the best." if gentlest else "the best expected profit of each.",
        f"Assumptions {assumptions.key}, in force on {assumptions.in_force_on}, said by {assumptions.said_by}.",
        f"Source: {assumptions.source}",
        "A proposal: it prices nobody until a version of the product with it goes live.",
    ]
    unpaid = [each.grade for each in prices if not each.pays]
    said += [f"No rate pays for grade {grade} under these assumptions; it is left out." for grade in unpaid]
    said += [f"Grade {better} would pay more than grade {worse}." for better, worse in out_of_order(prices)]
    lines = [f"# {' '.join(line.split())}" for line in said]
    lines += ["[rate_by_grade]", *(f'{grade} = "{rate}"' for grade, rate in chosen.items())]
    return "\n".join(lines) + "\n"


def policy_table(prices: Sequence[GradePrice], product: Product, *, gentlest: bool = False) -> str:
    """The same rates as a policy's table of prices in TOML, for a product whose band leaves the price to the policy.

    The figures are whole units of the product: millionths a day, or basis points a year.
    """
    per = "basis points a year" if product.yearly_rate else "millionths a day"
    rows = [(each.grade, each.gentlest_units if gentlest else each.best.units) for each in prices if each.pays]
    lines = [
        "[[price.tables]]",
        f'table = "price of {product.key} by grade"',
        f'label_en = "rate by grade, {product.name_en}"',
        f'label_zh = "{product.name_zh}分等级利率"',
        'axes = ["grade"]',
        f'products = ["{product.key}"]',
        f'per = "{per}"',
        "rows = [",
        *(f'  ["{grade}", {units}],' for grade, units in rows),
        "]",
    ]
    return "\n".join(lines) + "\n"
