"""The amounts a limit is worked out from, in cents: what the shop sells, what flows, what is granted already."""

import math
from dataclasses import dataclass

import msgspec

from lendmill.credit.case import Case, CaseGroup
from lendmill.credit.finding import known_number
from lendmill.credit.provisions import LimitRules
from lendmill.money import CENTS_PER_YUAN, LARGEST_CENTS


@dataclass(frozen=True, slots=True)
class Amounts:
    """Each amount, or None where it is not known."""

    sales_cents: int | None
    orders_cents: int | None
    cash_flow_cents: int | None
    granted_cents: int | None
    joint_cents: int | None
    net_assets_cents: int | None
    group_cents: int | None
    debts_cents: int | None
    owed_cents: int | None
    """What counts of the borrower already: limits granted, or debts where they are more."""


def amounts_of(case: Case, rules: LimitRules) -> Amounts:
    """Take every amount out of a case; one that is no whole number of cents, or below nothing, is not known."""
    group = case.group if isinstance(case.group, CaseGroup) else None
    flow_cents = _least(case, rules.cash_flow_facts or (), rules)
    granted_cents, reserved_cents = whole_cents(case.granted_cents), whole_cents(case.standing.reserved_cents)
    debts_cents = None if reserved_cents is None else whole_cents(case.standing.outstanding_cents)
    owed_cents = None
    if granted_cents is not None and debts_cents is not None:
        owed_cents = max(granted_cents, debts_cents + (reserved_cents or 0))
    months = 1 if isinstance(rules.cash_flow_months, msgspec.UnsetType) else rules.cash_flow_months
    return Amounts(
        sales_cents=_least(case, rules.monthly_sales_facts, rules),
        orders_cents=_open_orders(case, rules),
        cash_flow_cents=None if flow_cents is None else flow_cents // months,
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
