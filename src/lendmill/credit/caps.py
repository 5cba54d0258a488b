"""The amounts a limit may not pass: by the policy's tables, by the product, by what the lender may stake on one.

Each sum is written once and worked out for one file (whole numbers) and for many (columns of them) alike; `about` says
whom a cap is about.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Generic

import polars as pl

from lendmill.credit.amounts import Amounts, whole_cents
from lendmill.credit.finding import Finding, not_applicable, unknown_figure
from lendmill.credit.ground import Ground
from lendmill.credit.policy import Policy
from lendmill.credit.provisions import LimitRules
from lendmill.credit.reasons import Reason
from lendmill.credit.sums import N, greater, lesser
from lendmill.credit.tables import ANY_SOURCE, LimitTable
from lendmill.credit.thin import is_thin
from lendmill.products.document import Product
from lendmill.terms.rates import BASIS_POINTS, Rate

NIGHTS_A_MONTH: Final = 30
PART_FOR_SHORT: Final = "part for a short record"


@dataclass(frozen=True, slots=True)
class Cap(Generic[N]):
    """One of the amounts the limit may not pass, and why."""

    rule: str
    cents: N
    reason: Reason
    about: bool | pl.Expr = True


@dataclass(frozen=True, slots=True)
class Sized(Generic[N]):
    """What caps are worked out from: the amounts, what is repaid, price and term, and two things about the file."""

    amounts: Amounts[N]
    repaid: N
    rate_num: N
    rate_den: N
    months: N
    thin: bool | pl.Expr
    grouped: bool | pl.Expr


def sized(ground: Ground, amounts: Amounts[int], rate: Rate | None = None, months: int | None = None) -> Sized[int]:
    """What one file's caps are worked out from; a count of repaid loans that is not known is none."""
    num, den = (rate.num, rate.den) if rate else (0, 1)
    repaid = whole_cents(ground.case.standing.loans_repaid) or 0
    return Sized(amounts, repaid, num, den, months or 0, is_thin(ground.case), ground.case.group is not None)


def about(table: LimitTable, product: Product) -> bool:
    """Whether a table caps this product."""
    return table.for_product(product.key) and (table.of != "open orders" or product.advance_rate_bp is not None)


def caps_by_tables(
    ground: Ground, amounts: Amounts[int], rate: Rate | None, months: int | None
) -> tuple[list[Cap[int]], list[Finding]]:
    """The cap of each table of the policy that is about this shop and product; what cannot be looked up is found.

    A short record counts for a part of what a full one would be granted. Without a rate, a term or the amounts every
    limit needs there are only findings.
    """
    policy, product = ground.policy, ground.product
    caps: list[Cap[int]] = []
    findings: list[Finding] = []
    on = sized(ground, amounts, rate, months)
    for table in policy.limit.tables or ():
        if not about(table, product):
            continue
        if table.source != ANY_SOURCE and table.source not in ground.sources:
            findings.append(not_applicable("limit", table.table, f"not covered by {table.source}"))
            continue
        figure = table.figure(ground.known)
        base_cents = base_of(table, amounts, figure)
        if figure is None or base_cents is None:
            findings.append(_not_known(table, figure, policy.limit))
        elif rate is not None and months is not None and amounts.owed_cents is not None:
            caps.append(cap_of(table, policy.limit, figure, base_cents, on))
    if policy.thin and caps and on.thin:
        least = min(cap.cents for cap in caps)
        caps.append(short_part(policy, least))
    return caps, findings


def short_part(policy: Policy, least: N, who: bool | pl.Expr = True) -> Cap[N]:
    """What a short record counts for, of the least that the tables give; no sum on the way is longer than that."""
    assert policy.thin
    whole, share_bp = least // BASIS_POINTS, policy.thin.share_bp
    cents = whole * share_bp + (least - whole * BASIS_POINTS) * share_bp // BASIS_POINTS
    return Cap(PART_FOR_SHORT, cents, Reason.SHORT_RECORD, who)


def base_of(table: LimitTable, amounts: Amounts[N], figure: N | None) -> N | None:
    """The amount a table's figure is a share of, or is itself."""
    if table.of == "amount":
        return figure
    if table.of == "open orders":
        return amounts.orders_cents
    return amounts.cash_flow_cents if table.of == "dues of cash flow" else amounts.sales_cents


def cap_of(table: LimitTable, rules: LimitRules, figure: N, base: N, on: Sized[N]) -> Cap[N]:
    """What a table's figure comes to."""
    reason = Reason.of(table.reason)
    if table.of == "amount":
        return Cap(table.table, figure, reason)
    base_cents = greater(base, 0)
    if table.of == "monthly sales":
        return Cap(table.table, base_cents * figure * _with_bonus(rules, on.repaid) // BASIS_POINTS**2, reason)
    if table.of == "open orders":
        return Cap(table.table, base_cents * figure // BASIS_POINTS, reason)
    return Cap(table.table, _room(base_cents * figure // BASIS_POINTS, on), reason)


def _room(budget_cents: N, on: Sized[N]) -> N:
    """What dues leave room for beside what counts already."""
    owed_cents = on.amounts.owed_cents
    assert owed_cents is not None
    return _affordable(budget_cents, on.rate_num, on.rate_den, on.months) - owed_cents


def _not_known(table: LimitTable, figure: int | None, rules: LimitRules) -> Finding:
    facts = table.axes if figure is None else _base_facts(table, rules)
    reason = Reason.FACTS_UNKNOWN if figure is None else Reason.SALES_UNKNOWN
    return unknown_figure("limit", table.table, ", ".join(facts), table.unknown, reason)


def _base_facts(table: LimitTable, rules: LimitRules) -> tuple[str, ...]:
    if table.of == "open orders":
        return (*rules.open_orders_plus, *rules.open_orders_minus)
    return (rules.cash_flow_facts or ()) if table.of == "dues of cash flow" else rules.monthly_sales_facts


def caps_before_tables(rules: LimitRules, share_bp: N, on: Sized[N]) -> list[Cap[N]]:
    """The two caps of a policy from before there were tables: a share of sales by grade, and room for dues."""
    assert on.amounts.sales_cents is not None
    sales_cents = greater(on.amounts.sales_cents, 0)
    by_sales_cents = sales_cents * share_bp * _with_bonus(rules, on.repaid) // BASIS_POINTS**2
    room_cents = _room(sales_cents * (rules.budget_share_bp or 0) // BASIS_POINTS, on)
    return [
        Cap("share of monthly sales", by_sales_cents, Reason.LIMIT_TOO_SMALL),
        Cap("what dues leave room for", room_cents, Reason.DEBTS_TOO_HIGH),
    ]


def caps_of_all(ground: Ground, amounts: Amounts[int]) -> list[Cap[int]]:
    """The caps every policy has, as far as they are about one file."""
    unasked = ground.case.stage == "offer"
    every = caps_for_all(ground.policy, ground.product, sized(ground, amounts), unasked=unasked)
    return [cap for cap in every if cap.about]


def caps_for_all(policy: Policy, product: Product, on: Sized[N], *, unasked: bool) -> Iterator[Cap[N]]:
    """The caps every policy has: the product's, one borrower's, one group's, and those shared with other products.

    Nothing is offered `unasked` that a person would have to look at.
    """
    rules, amounts, owed = policy.limit, on.amounts, on.amounts.owed_cents
    assert owed is not None
    assert amounts.net_assets_cents is not None
    assert amounts.joint_cents is not None
    nothing = owed - owed
    lender_cents = amounts.net_assets_cents * rules.borrower_share_of_net_assets_bp // BASIS_POINTS
    yield Cap("product's largest limit", nothing + product.limit_max_cents, Reason.LIMIT_TOO_SMALL)
    yield Cap("largest limit of one borrower", rules.borrower_limit_max_cents - owed, Reason.LENDER_LIMIT_REACHED)
    yield Cap("one borrower's share of the lender", lender_cents - owed, Reason.LENDER_LIMIT_REACHED)
    if product.joint_limit is not None:
        yield Cap("joint limit", product.joint_limit.max_cents - amounts.joint_cents, Reason.JOINT_LIMIT_USED)
    if product.advance_rate_bp is not None:
        assert amounts.orders_cents is not None
        advance_cents = amounts.orders_cents * product.advance_rate_bp // BASIS_POINTS
        yield Cap("advance on open orders", advance_cents, Reason.LIMIT_TOO_SMALL)
    if policy.group and on.grouped is not False:
        assert amounts.group_cents is not None
        held = greater(owed, amounts.group_cents)  # the group's own figure never tells less than the borrower's
        share_cents = amounts.net_assets_cents * policy.group.share_of_net_assets_bp // BASIS_POINTS
        yield Cap("a group's share of the lender", share_cents - held, Reason.GROUP_LIMIT_REACHED, on.grouped)
        most_cents = policy.group.limit_max_cents - held
        yield Cap("largest limit of a group", most_cents, Reason.GROUP_LIMIT_REACHED, on.grouped)
    if unasked and rules.tables:
        looked_at = nothing + rules.review_above_cents
        yield Cap("amount a person looks at", looked_at, Reason.AMOUNT_NEEDS_REVIEW)
        if policy.thin:
            thin_cents = nothing + policy.thin.review_above_cents
            yield Cap("amount on a short record", thin_cents, Reason.SHORT_RECORD, on.thin)


def _with_bonus(rules: LimitRules, repaid: N) -> N:
    """All of it, and what repaid loans add (履约激励)."""
    return rules.repaid_bonus_bp * lesser(repaid, rules.repaid_counted_max) + BASIS_POINTS


def affordable_cents(*, budget_cents: int, rate: Rate, months: int) -> int:
    """The debt whose monthly dues, principal in equal parts and 30 nights' interest on all of it, a budget can carry.

        debt / months + debt x 30 x rate <= budget

    >>> affordable_cents(budget_cents=100_000, rate=Rate(600, 1_000_000), months=12)
    986842
    """
    return _affordable(budget_cents, rate.num, rate.den, months)


def _affordable(budget_cents: N, rate_num: N, rate_den: N, months: N) -> N:
    return budget_cents * months * rate_den // (rate_den + NIGHTS_A_MONTH * rate_num * months)
