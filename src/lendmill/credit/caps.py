"""The amounts a limit may not pass: by the policy's tables, by the product, by what the lender may stake on one."""

from dataclasses import dataclass
from typing import Final

from lendmill.credit.amounts import Amounts, whole_cents
from lendmill.credit.case import Case
from lendmill.credit.finding import Finding, not_applicable, unknown_figure
from lendmill.credit.ground import Ground
from lendmill.credit.policy import Policy
from lendmill.credit.provisions import LimitRules
from lendmill.credit.reasons import Reason
from lendmill.credit.tables import ANY_SOURCE, LimitTable
from lendmill.credit.thin import is_thin
from lendmill.terms.rates import BASIS_POINTS, Rate

NIGHTS_A_MONTH: Final = 30


@dataclass(frozen=True, slots=True)
class Cap:
    """One of the amounts the limit may not pass, and why."""

    rule: str
    cents: int
    reason: Reason


def caps_by_tables(
    ground: Ground, amounts: Amounts, rate: Rate | None, months: int | None
) -> tuple[list[Cap], list[Finding]]:
    """The cap of each table of the policy that is about this shop and product; what cannot be looked up is found.

    A short record counts for a part of what a full one would be granted. Without a rate, a term or the amounts every
    limit needs there are only findings.
    """
    policy, product = ground.policy, ground.product
    caps: list[Cap] = []
    findings: list[Finding] = []
    for table in policy.limit.tables or ():
        if not table.for_product(product.key) or (table.of == "open orders" and product.advance_rate_bp is None):
            continue
        if table.source != ANY_SOURCE and table.source not in ground.sources:
            findings.append(not_applicable("limit", table.table, f"not covered by {table.source}"))
            continue
        figure, base_cents = table.figure(ground.known), _base_cents(table, amounts)
        if figure is None or base_cents is None:
            findings.append(_not_known(table, figure, policy.limit))
        elif rate is not None and months is not None and amounts.owed_cents is not None:
            cents = _worked(ground, table, figure, max(0, base_cents), amounts.owed_cents, rate, months)
            caps.append(Cap(table.table, cents, Reason.of(table.reason)))
    if policy.thin and caps and is_thin(ground.case):
        least = min(cap.cents for cap in caps) * policy.thin.share_bp // BASIS_POINTS
        caps.append(Cap("part for a short record", least, Reason.SHORT_RECORD))
    return caps, findings


def _base_cents(table: LimitTable, amounts: Amounts) -> int | None:
    if table.of == "amount":
        return 0
    if table.of == "open orders":
        return amounts.orders_cents
    return amounts.cash_flow_cents if table.of == "dues of cash flow" else amounts.sales_cents


def _worked(
    ground: Ground, table: LimitTable, figure: int, base_cents: int, owed_cents: int, rate: Rate, months: int
) -> int:
    """What a table's figure comes to for this shop."""
    if table.of == "amount":
        return figure
    if table.of == "monthly sales":
        bonus_bp = _bonus_bp(ground.case, ground.policy.limit)
        return base_cents * figure * (BASIS_POINTS + bonus_bp) // BASIS_POINTS**2
    if table.of == "open orders":
        return base_cents * figure // BASIS_POINTS
    room_cents = affordable_cents(budget_cents=base_cents * figure // BASIS_POINTS, rate=rate, months=months)
    return room_cents - owed_cents


def _not_known(table: LimitTable, figure: int | None, rules: LimitRules) -> Finding:
    facts = table.axes if figure is None else _base_facts(table, rules)
    reason = Reason.FACTS_UNKNOWN if figure is None else Reason.SALES_UNKNOWN
    return unknown_figure("limit", table.table, ", ".join(facts), table.unknown, reason)


def _base_facts(table: LimitTable, rules: LimitRules) -> tuple[str, ...]:
    if table.of == "open orders":
        return (*rules.open_orders_plus, *rules.open_orders_minus)
    return (rules.cash_flow_facts or ()) if table.of == "dues of cash flow" else rules.monthly_sales_facts


def caps_before_tables(ground: Ground, amounts: Amounts, rate: Rate, months: int) -> list[Cap]:
    """The two caps of a policy from before there were tables: a share of sales by grade, and room for dues."""
    rules, bonus_bp = ground.policy.limit, _bonus_bp(ground.case, ground.policy.limit)
    assert ground.grade is not None
    assert amounts.owed_cents is not None
    sales_cents, share_bp = max(0, amounts.sales_cents or 0), (rules.share_bp or {})[ground.grade]
    by_sales_cents = sales_cents * share_bp * (BASIS_POINTS + bonus_bp) // BASIS_POINTS**2
    budget_cents = sales_cents * (rules.budget_share_bp or 0) // BASIS_POINTS
    room_cents = affordable_cents(budget_cents=budget_cents, rate=rate, months=months)
    return [
        Cap("share of monthly sales", by_sales_cents, Reason.LIMIT_TOO_SMALL),
        Cap("what dues leave room for", room_cents - amounts.owed_cents, Reason.DEBTS_TOO_HIGH),
    ]


def caps_of_all(ground: Ground, amounts: Amounts) -> list[Cap]:
    """The caps every policy has: the product's, one borrower's, one group's, and those shared with other products."""
    case, policy, product = ground.case, ground.policy, ground.product
    rules, owed = policy.limit, amounts.owed_cents
    assert owed is not None
    assert amounts.net_assets_cents is not None
    assert amounts.joint_cents is not None
    lender_cents = amounts.net_assets_cents * rules.borrower_share_of_net_assets_bp // BASIS_POINTS
    caps = [
        Cap("product's largest limit", product.limit_max_cents, Reason.LIMIT_TOO_SMALL),
        Cap("largest limit of one borrower", rules.borrower_limit_max_cents - owed, Reason.LENDER_LIMIT_REACHED),
        Cap("one borrower's share of the lender", lender_cents - owed, Reason.LENDER_LIMIT_REACHED),
    ]
    if product.joint_limit is not None:
        caps.append(Cap("joint limit", product.joint_limit.max_cents - amounts.joint_cents, Reason.JOINT_LIMIT_USED))
    if product.advance_rate_bp is not None:
        assert amounts.orders_cents is not None
        advance_cents = amounts.orders_cents * product.advance_rate_bp // BASIS_POINTS
        caps.append(Cap("advance on open orders", advance_cents, Reason.LIMIT_TOO_SMALL))
    if policy.group and case.group is not None:
        assert amounts.group_cents is not None
        held = max(owed, amounts.group_cents)  # the group's own figure never tells less than the borrower's
        share_cents = amounts.net_assets_cents * policy.group.share_of_net_assets_bp // BASIS_POINTS
        caps.append(Cap("a group's share of the lender", share_cents - held, Reason.GROUP_LIMIT_REACHED))
        caps.append(Cap("largest limit of a group", policy.group.limit_max_cents - held, Reason.GROUP_LIMIT_REACHED))
    if case.stage == "offer" and rules.tables:
        caps += _unasked(case, policy)
    return caps


def _unasked(case: Case, policy: Policy) -> list[Cap]:
    """Nothing is offered unasked that a person would have to look at."""
    caps = [Cap("amount a person looks at", policy.limit.review_above_cents, Reason.AMOUNT_NEEDS_REVIEW)]
    if policy.thin and is_thin(case):
        caps.append(Cap("amount on a short record", policy.thin.review_above_cents, Reason.SHORT_RECORD))
    return caps


def _bonus_bp(case: Case, rules: LimitRules) -> int:
    """What repaid loans add (履约激励); a count that is not known adds nothing."""
    repaid = whole_cents(case.standing.loans_repaid) or 0
    return rules.repaid_bonus_bp * min(repaid, rules.repaid_counted_max)


def affordable_cents(*, budget_cents: int, rate: Rate, months: int) -> int:
    """The debt whose monthly dues, principal in equal parts and 30 nights' interest on all of it, a budget can carry.

        debt / months + debt x 30 x rate <= budget

    >>> affordable_cents(budget_cents=100_000, rate=Rate(600, 1_000_000), months=12)
    986842
    """
    return budget_cents * months * rate.den // (rate.den + NIGHTS_A_MONTH * rate.num * months)
