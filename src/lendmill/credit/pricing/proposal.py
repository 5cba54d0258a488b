"""A proposal of rates by grade, for an analyst to take up as a draft of a product's next version, or not."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import msgspec

from lendmill.credit.policy import Policy
from lendmill.credit.policy_checks import granted_grades
from lendmill.credit.price import table_for
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


def all_rates(prices: Sequence[GradePrice], product: Product, *, gentlest: bool = False) -> dict[str, str]:
    """A rate for every grade, as a product that prices by grade must have: those worked out, today's for the others.

    A grade for which no rate pays has none.
    """
    chosen, today = rates_by_grade(prices, gentlest=gentlest), product.daily_rate or product.yearly_rate
    unpaid = {each.grade for each in prices if not each.pays}
    rates = {grade: chosen.get(grade) or product.rate_by_grade.get(grade, today) for grade in GRADES}
    return {grade: rate for grade, rate in rates.items() if grade not in unpaid}


def _dearer_than_the_next(rates: dict[str, str], product: Product) -> list[tuple[str, str]]:
    """Neighbours among all grades of which the better one would pay more."""
    priced = msgspec.structs.replace(product, rate_by_grade=rates)
    return [
        (better, worse) for better, worse in pairwise(rates) if priced.rate_for(better).num > priced.rate_for(worse).num
    ]


def proposal(
    prices: Sequence[GradePrice], assumptions: Assumptions, product: Product, today: date, *, gentlest: bool = False
) -> str:
    """The table `rate_by_grade` of a product document in TOML, with where it comes from as comments.

    In place of the table in the product's document it makes a draft, which goes the way of every draft: another person
    agrees.
    """
    worked_out, rates = rates_by_grade(prices, gentlest=gentlest), all_rates(prices, product, gentlest=gentlest)
    said = [
        f"Rates worked out on {today} for {product.key}, version {product.version}:",
        "the cheapest of each grade that is as good as the best." if gentlest else "the best expected profit of each.",
        f"Assumptions {assumptions.key}, in force on {assumptions.in_force_on}, said by {assumptions.said_by}.",
        f"Source: {assumptions.source}",
        "A proposal: it prices nobody until a version with it goes live.",
    ]
    unpaid = [each.grade for each in prices if not each.pays]
    said += [
        f"No rate pays for grade {grade} under these assumptions; it is left out: the policy must decline it first."
        for grade in unpaid
    ]
    turned = dict.fromkeys((*out_of_order(prices), *_dearer_than_the_next(rates, product)))
    said += [f"Grade {better} would pay more than grade {worse}." for better, worse in turned]
    lines = [f"# {' '.join(line.split())}" for line in said]
    lines += [f"[rate_by_grade]  # in place of this table in `lendmill products export {product.key} --toml FILE`"]
    lines += [f'{grade} = "{rate}"{"" if grade in worked_out else "  # as today"}' for grade, rate in rates.items()]
    return "\n".join(lines) + "\n"


def policy_table(
    prices: Sequence[GradePrice], product: Product, policy: Policy | None = None, *, gentlest: bool = False
) -> str:
    """The same rates as a policy's table of prices in TOML, for a product whose band leaves the price to the policy.

    The figures are whole units of the product: millionths a day, or basis points a year. A grade the policy grants and
    that was not worked out keeps its figure, where the policy prices by the grade alone.
    """
    per = product.priced_per
    figures = {each.grade: each.gentlest_units if gentlest else each.best.units for each in prices if each.pays}
    table = table_for(policy, product) if policy else None
    rows: list[tuple[str, str]] = [(grade, f"{figures[grade]}],") for grade in GRADES if grade in figures]
    if policy is not None and table is not None and table.axes == ("grade",):
        granted = [grade for grade in granted_grades(policy.rating) if grade not in {each.grade for each in prices}]
        rows += [(grade, f"{table.figure({'grade': grade})}],  # as today") for grade in granted]
    lines = [
        f"# For a draft of the policy, in place of the table that prices {product.key} alone, where it has one.",
        f"# Each other table in {per} must name its products, and not {product.key} among them.",
        *(
            ()
            if product.band
            else (f"# No policy prices {product.key} before its own document has rate_min and rate_max.",)
        ),
        "[[price.tables]]",
        f'table = "price of {product.key} by grade"',
        f'label_en = "rate by grade, {product.name_en}"',
        f'label_zh = "{product.name_zh}分等级利率"',
        'axes = ["grade"]',
        f'products = ["{product.key}"]',
        f'per = "{per}"',
        "rows = [",
        *(f'  ["{grade}", {figure}' for grade, figure in sorted(rows, key=lambda row: GRADES.index(row[0]))),
        "]",
    ]
    return "\n".join(lines) + "\n"
