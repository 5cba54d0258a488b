"""How much: a share of monthly sales by grade, under every cap, rounded down."""

import math
from dataclasses import dataclass
from typing import Final

from lendmill.credit.case import Case
from lendmill.credit.finding import Finding, at_least, at_most, judged, known_number, not_applicable, noted
from lendmill.credit.policy import LimitRules, Policy
from lendmill.credit.reasons import Reason
from lendmill.money import CENTS_PER_YUAN, LARGEST_CENTS
from lendmill.products.document import Product
from lendmill.terms.rates import BASIS_POINTS, Rate

NIGHTS_A_MONTH: Final = 30


@dataclass(frozen=True, slots=True)
class Cap:
    """One of the amounts the limit may not pass, and why."""

    rule: str
    cents: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Limit:
    """What may be granted: nothing where a needed figure is unknown."""

    cents: int
    findings: tuple[Finding, ...]
    conditions: tuple[Finding, ...] = ()


def limit(case: Case, policy: Policy, product: Product, grade: str | None) -> Limit:
    """The least of all caps, rounded down; asked for less, no more than that is granted.

    limit = min(sales x share(grade) x (1 + bonus), product, joint limit, what the dues leave room for,
                one borrower's share of the lender, advance on open orders, amount asked), down to 100 yuan
    """
    rules = policy.limit
    sales_cents = _money(case, rules.monthly_sales_facts, rules)
    known = [
        _needed("monthly sales", sales_cents, Reason.SALES_UNKNOWN, rules.monthly_sales_facts),
        _needed("limits granted already", _count(case.granted_cents), Reason.FACTS_UNKNOWN),
        _needed("limits that count together", _count(case.joint_granted_cents), Reason.FACTS_UNKNOWN),
        _needed("the lender's net assets", _count(case.net_assets_cents), Reason.FACTS_UNKNOWN),
        _needed("debts with us", _count(case.standing.outstanding_cents), Reason.FACTS_UNKNOWN),
    ]
    orders_cents = None
    if product.advance_rate_bp is None:
        known.append(not_applicable("limit", "open orders", "not an advance on orders"))
    else:
        orders_cents = _open_orders(case, rules)
        facts = (*rules.open_orders_plus, *rules.open_orders_minus)
        known.append(_needed("open orders", orders_cents, Reason.SALES_UNKNOWN, facts))
    if grade not in rules.share_bp or any(found.verdict == "unknown" for found in known):
        return Limit(0, (*known, _no_limit()))
    assert sales_cents is not None
    caps = _caps(case, policy, product, grade, max(0, sales_cents), orders_cents)
    return _least(case, rules, product, known, caps)


def _least(case: Case, rules: LimitRules, product: Product, known: list[Finding], caps: list[Cap]) -> Limit:
    """The tightest cap decides, and its reason is the one told where nothing is left."""
    tightest = min(caps, key=lambda cap: cap.cents)
    most_cents = max(0, tightest.cents - tightest.cents % rules.round_down_to_cents)
    findings = [*known, *(noted("limit", cap.rule, cap.cents, unit="cents") for cap in caps)]
    findings.append(
        at_least(
            "limit",
            "smallest limit",
            most_cents,
            product.limit_min_cents,
            tightest.reason,
            unit="cents",
            fact=tightest.rule,
        )
    )
    granted_cents = most_cents
    if case.stage == "offer":
        findings.append(not_applicable("limit", "amount asked", "nobody has asked yet"))
    else:
        asked_cents = _count(case.asked_cents)
        findings.append(
            at_least(
                "limit", "amount asked", asked_cents, product.limit_min_cents, Reason.LIMIT_TOO_SMALL, unit="cents"
            )
        )
        granted_cents = min(most_cents, asked_cents or 0)
    looked_at = at_most(
        "conditions",
        "amount a person looks at",
        granted_cents,
        rules.review_above_cents,
        Reason.AMOUNT_NEEDS_REVIEW,
        otherwise="refer",
        unit="cents",
    )
    return Limit(granted_cents, tuple(findings), (looked_at,))


def _caps(
    case: Case, policy: Policy, product: Product, grade: str, sales_cents: int, orders_cents: int | None
) -> list[Cap]:
    rules, standing = policy.limit, case.standing
    granted_cents, joint_cents = _count(case.granted_cents), _count(case.joint_granted_cents)
    net_assets_cents = _count(case.net_assets_cents)
    assert granted_cents is not None
    assert joint_cents is not None
    assert net_assets_cents is not None
    bonus_bp = rules.repaid_bonus_bp * min(max(0, standing.loans_repaid), rules.repaid_counted_max)
    by_sales_cents = sales_cents * rules.share_bp[grade] * (BASIS_POINTS + bonus_bp) // BASIS_POINTS**2
    room_cents = affordable_cents(
        budget_cents=sales_cents * rules.budget_share_bp // BASIS_POINTS,
        rate=product.rate_for(grade),
        months=min(policy.months_by_grade[grade], product.months_max),
    )
    owed_cents = max(granted_cents, standing.outstanding_cents + standing.reserved_cents)
    lender_cents = net_assets_cents * rules.borrower_share_of_net_assets_bp // BASIS_POINTS
    caps = [
        Cap("share of monthly sales", by_sales_cents, Reason.LIMIT_TOO_SMALL),
        Cap("what dues leave room for", room_cents - owed_cents, Reason.DEBTS_TOO_HIGH),
        Cap("product's largest limit", product.limit_max_cents, Reason.LIMIT_TOO_SMALL),
        Cap("largest limit of one borrower", rules.borrower_limit_max_cents - owed_cents, Reason.LENDER_LIMIT_REACHED),
        Cap("one borrower's share of the lender", lender_cents - owed_cents, Reason.LENDER_LIMIT_REACHED),
    ]
    if product.joint_limit is not None:
        caps.append(Cap("joint limit", product.joint_limit.max_cents - joint_cents, Reason.JOINT_LIMIT_USED))
    if product.advance_rate_bp is not None:
        assert orders_cents is not None
        advance_cents = orders_cents * product.advance_rate_bp // BASIS_POINTS
        caps.append(Cap("advance on open orders", advance_cents, Reason.LIMIT_TOO_SMALL))
    return caps


def affordable_cents(*, budget_cents: int, rate: Rate, months: int) -> int:
    """The debt whose monthly dues, principal in equal parts and 30 nights' interest on all of it, a budget can carry.

        debt / months + debt x 30 x rate <= budget

    >>> affordable_cents(budget_cents=100_000, rate=Rate(600, 1_000_000), months=12)
    986842
    """
    return budget_cents * months * rate.den // (rate.den + NIGHTS_A_MONTH * rate.num * months)


def _needed(rule: str, value: int | None, reason: Reason, facts: tuple[str, ...] = ()) -> Finding:
    """A figure without which there is no limit; it cannot be a pass when it is not known."""
    return judged(
        "limit",
        rule,
        holds=None if value is None else True,
        value=value,
        op="noted",
        threshold=None,
        reason=reason,
        unknown_reason=reason,
        unit="cents",
        fact=", ".join(facts),
    )


def _no_limit() -> Finding:
    return not_applicable("limit", "smallest limit", "no limit can be worked out")


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _money(case: Case, facts: tuple[str, ...], rules: LimitRules) -> int | None:
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
