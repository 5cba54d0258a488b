"""How much: the least of all caps, rounded down; asked for more, what can be had is offered instead."""

from collections.abc import Sequence
from dataclasses import dataclass

from lendmill.credit.amounts import Amounts, amounts_of, whole_cents
from lendmill.credit.caps import Cap, caps_before_tables, caps_by_tables, caps_of_all
from lendmill.credit.finding import Finding, at_least, at_most, judged, not_applicable, noted
from lendmill.credit.ground import Ground
from lendmill.credit.reasons import Reason
from lendmill.terms.rates import Rate


@dataclass(frozen=True, slots=True)
class Limit:
    """What may be granted: nothing where a needed figure is unknown."""

    cents: int
    findings: tuple[Finding, ...]
    conditions: tuple[Finding, ...] = ()


def limit(ground: Ground, *, rate: Rate | None, months: int | None) -> Limit:
    """The least of all caps, rounded down; asked for less, no more than that is granted.

    limit = min(tables: months of net sales, cover of dues, open orders, amounts by grade; product, joint limit,
                one borrower's and one group's share of the lender, what needs no person, amount asked)
    """
    policy, amounts = ground.policy, amounts_of(ground.case, ground.policy.limit)
    findings = _needed_figures(ground, amounts)
    granted = ground.grade in policy.grades
    caps, more = caps_by_tables(ground, amounts, rate, months) if granted else ([], [])
    findings += more
    unknown = any(found.verdict == "unknown" for found in findings)
    if not granted or unknown or rate is None or months is None:
        return Limit(0, (*findings, not_applicable("limit", "smallest limit", "no limit can be worked out")))
    if not policy.limit.tables:
        caps = caps_before_tables(ground, amounts, rate, months)
    return _least(ground, findings, [*caps, *caps_of_all(ground, amounts)])


def _needed_figures(ground: Ground, amounts: Amounts) -> list[Finding]:
    """The figures without which there is no limit."""
    case, rules = ground.case, ground.policy.limit
    found = [
        _needed("monthly sales", amounts.sales_cents, Reason.SALES_UNKNOWN, rules.monthly_sales_facts),
        _needed("limits granted already", amounts.granted_cents, Reason.FACTS_UNKNOWN),
        _needed("limits that count together", amounts.joint_cents, Reason.FACTS_UNKNOWN),
        _needed("the lender's net assets", amounts.net_assets_cents, Reason.FACTS_UNKNOWN),
        _needed("debts with us", amounts.debts_cents, Reason.FACTS_UNKNOWN),
    ]
    if ground.product.advance_rate_bp is None:
        found.append(not_applicable("limit", "open orders", "not an advance on orders"))
    else:
        facts = (*rules.open_orders_plus, *rules.open_orders_minus)
        found.append(_needed("open orders", amounts.orders_cents, Reason.SALES_UNKNOWN, facts))
    if ground.policy.group:
        if case.group is None:
            found.append(not_applicable("limit", "granted to the group", "belongs to no group"))
        else:
            found.append(_needed("granted to the group", amounts.group_cents, Reason.FACTS_UNKNOWN))
    return found


def _least(ground: Ground, known: list[Finding], caps: Sequence[Cap]) -> Limit:
    """The tightest cap decides, and its reason is the one told where nothing is left."""
    case, rules, product = ground.case, ground.policy.limit, ground.product
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
    granted_cents, reviewed_cents = most_cents, most_cents
    if case.stage == "offer":
        findings.append(not_applicable("limit", "amount asked", "nobody has asked yet"))
    else:
        asked_cents = whole_cents(case.asked_cents)
        findings.append(
            at_least(
                "limit", "amount asked", asked_cents, product.limit_min_cents, Reason.LIMIT_TOO_SMALL, unit="cents"
            )
        )
        granted_cents = reviewed_cents = min(most_cents, asked_cents or 0)
        if rules.counter and most_cents >= product.limit_min_cents:
            findings.append(_no_more_than(asked_cents, most_cents, tightest))
        if rules.tables:  # what is asked for does not depend on any cap: a lower one never saves a person's look
            reviewed_cents = asked_cents or 0
    looked_at = at_most(
        "conditions",
        "amount a person looks at",
        reviewed_cents,
        rules.review_above_cents,
        Reason.AMOUNT_NEEDS_REVIEW,
        otherwise="refer",
        unit="cents",
    )
    return Limit(granted_cents, tuple(findings), (looked_at,))


def _no_more_than(asked_cents: int | None, most_cents: int, tightest: Cap) -> Finding:
    """Asked for more than there is, the borrower is offered what there is."""
    return at_most(
        "limit", "asked within the limit", asked_cents, most_cents, Reason.LESS_THAN_ASKED, otherwise="counter",
        unit="cents", fact=tightest.rule,
    )  # fmt: skip


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
