"""The amounts a limit is worked out from, in cents: what the shop sells, what flows, what is granted already."""

import math
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Generic

import msgspec
import polars as pl

from lendmill.credit.case import Case, CaseGroup
from lendmill.credit.finding import known_number
from lendmill.credit.provisions import LimitRules
from lendmill.credit.sums import N, greater
from lendmill.money import CENTS_PER_YUAN, LARGEST_CENTS


@dataclass(frozen=True, slots=True)
class Amounts(Generic[N]):
    """Each amount, or None where it is not known; of many files the column of each, null where it is not known."""

    sales_cents: N | None
    orders_cents: N | None
    cash_flow_cents: N | None
    granted_cents: N | None
    joint_cents: N | None
    net_assets_cents: int | None
    group_cents: N | None
    debts_cents: N | None
    owed_cents: N | None
    """What counts of the borrower already: limits granted, or debts where they are more."""


def amounts_of(case: Case, rules: LimitRules) -> Amounts[int]:
    """Take every amount out of a case; one that is no whole number of cents, or below nothing, is not known."""
    group = case.group if isinstance(case.group, CaseGroup) else None
    flow_cents = _least(case, rules.cash_flow_facts or (), rules)
    granted_cents, reserved_cents = whole_cents(case.granted_cents), whole_cents(case.standing.reserved_cents)
    debts_cents = None if reserved_cents is None else whole_cents(case.standing.outstanding_cents)
    owed_cents = None
    if granted_cents is not None and debts_cents is not None:
        owed_cents = max(granted_cents, debts_cents + (reserved_cents or 0))
    return Amounts(
        sales_cents=_least(case, rules.monthly_sales_facts, rules),
        orders_cents=_open_orders(case, rules),
        cash_flow_cents=None if flow_cents is None else flow_cents // _months(rules),
        granted_cents=granted_cents,
        joint_cents=whole_cents(case.joint_granted_cents),
        net_assets_cents=whole_cents(case.net_assets_cents),
        group_cents=0 if case.group is None else whole_cents(group.granted_cents) if group else None,
        debts_cents=debts_cents,
        owed_cents=owed_cents,
    )


def whole_cents(value: object) -> int | None:
    """An amount that is one: whole, and not below nothing."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _least(case: Case, facts: tuple[str, ...], rules: LimitRules) -> int | None:
    """The least of the known figures in cents, rounded down; an impossible one counts as nothing known."""
    figures = [cents for fact in facts if (cents := _cents(case, fact, rules)) is not None]
    return min(figures, default=None)


def _open_orders(case: Case, rules: LimitRules) -> int | None:
    """What was sold and is not paid out yet; every part of the sum must be known."""
    plus = [_cents(case, fact, rules) for fact in rules.open_orders_plus]
    minus = [_cents(case, fact, rules) for fact in rules.open_orders_minus]
    if None in plus or None in minus:
        return None
    return max(0, sum(cents or 0 for cents in plus) - sum(cents or 0 for cents in minus))


def _cents(case: Case, fact: str, rules: LimitRules) -> int | None:
    number = known_number(case.facts.get(fact))
    if number is None:
        return None
    exact = number * CENTS_PER_YUAN if rules.facts_unit == "yuan" else number
    return math.floor(exact) if -LARGEST_CENTS <= exact <= LARGEST_CENTS else None


def _months(rules: LimitRules) -> int:
    return 1 if isinstance(rules.cash_flow_months, msgspec.UnsetType) else rules.cash_flow_months


def amounts_in(rules: LimitRules, net_assets_cents: int | None) -> Amounts[pl.Expr]:
    """The same amounts of a table of files, whose facts stand in `columns.readable` columns."""
    granted, reserved = _whole("granted_cents"), _whole("reserved_cents")
    debts = pl.when(reserved.is_not_null()).then(_whole("outstanding_cents"))
    return Amounts(
        sales_cents=_least_in(rules.monthly_sales_facts, rules),
        orders_cents=_open_orders_in(rules),
        cash_flow_cents=_least_in(rules.cash_flow_facts or (), rules) // _months(rules),
        granted_cents=granted,
        joint_cents=_whole("joint_granted_cents"),
        net_assets_cents=whole_cents(net_assets_cents),
        group_cents=pl.when(pl.col("groups") > 0).then(_whole("group_granted_cents")).otherwise(0),
        debts_cents=debts,
        owed_cents=pl.when(granted.is_not_null() & debts.is_not_null()).then(greater(granted, debts + reserved)),
    )


def _whole(name: str) -> pl.Expr:
    return pl.when(pl.col(name) >= 0).then(pl.col(name))


def _least_in(facts: tuple[str, ...], rules: LimitRules) -> pl.Expr:
    return pl.min_horizontal(_cents_in(fact, rules) for fact in facts) if facts else pl.lit(None, dtype=pl.Int64)


def _open_orders_in(rules: LimitRules) -> pl.Expr:
    """A sum of columns is null where one of them is."""
    plus, minus = (
        reduce(add, [_cents_in(fact, rules) for fact in facts], pl.lit(0, dtype=pl.Int64))
        for facts in (rules.open_orders_plus, rules.open_orders_minus)
    )
    asked = plus - minus
    return pl.when(asked.is_not_null()).then(greater(asked, 0))


def _cents_in(fact: str, rules: LimitRules) -> pl.Expr:
    exact = pl.col(fact) * CENTS_PER_YUAN if rules.facts_unit == "yuan" else pl.col(fact)
    return pl.when(exact.is_between(-LARGEST_CENTS, LARGEST_CENTS)).then(exact.floor().cast(pl.Int64, strict=False))
