"""How much: the least of all caps, rounded down; asked for more, what can be had is offered instead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lendmill.credit.amounts import Amounts, amounts_of, whole_cents
from lendmill.credit.caps import Cap, caps_before_tables, caps_by_tables, caps_of_all, sized
from lendmill.credit.finding import Finding, at_least, at_most, judged, not_applicable, noted
from lendmill.credit.ground import Ground
from lendmill.credit.policy import Policy
from lendmill.credit.reasons import Reason
from lendmill.products.document import Product
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
        share_bp = (policy.limit.share_bp or {})[ground.grade or ""]
        caps = caps_before_tables(policy.limit, share_bp, sized(ground, amounts, rate, months))
    return _least(ground, findings, [*caps, *caps_of_all(ground, amounts)])


@dataclass(frozen=True, slots=True)
class Needed:
    """An amount without which there is no limit: the rule it is told by, where it stands, and what it is read from.

    `aside` says why it is not needed.
    """

    rule: str
    amount: str
    reason: Reason
    facts: tuple[str, ...] = ()
    aside: str = ""


GROUP_AMOUNT = "group_cents"


def needed_amounts(policy: Policy, product: Product) -> Iterator[Needed]:
    """Every amount a limit for this product needs; that of the group of those who belong to one."""
    rules = policy.limit
    yield Needed("monthly sales", "sales_cents", Reason.SALES_UNKNOWN, rules.monthly_sales_facts)
    yield Needed("limits granted already", "granted_cents", Reason.FACTS_UNKNOWN)
    yield Needed("limits that count together", "joint_cents", Reason.FACTS_UNKNOWN)
    yield Needed("the lender's net assets", "net_assets_cents", Reason.FACTS_UNKNOWN)
    yield Needed("debts with us", "debts_cents", Reason.FACTS_UNKNOWN)
    facts = (*rules.open_orders_plus, *rules.open_orders_minus)
    aside = "not an advance on orders" if product.advance_rate_bp is None else ""
    yield Needed("open orders", "orders_cents", Reason.SALES_UNKNOWN, facts, aside)
    if policy.group:
        yield Needed("granted to the group", GROUP_AMOUNT, Reason.FACTS_UNKNOWN)


def _needed_figures(ground: Ground, amounts: Amounts[int]) -> list[Finding]:
    """The figures without which there is no limit."""
    found = []
    for each in needed_amounts(ground.policy, ground.product):
        alone = each.amount == GROUP_AMOUNT and ground.case.group is None
        if each.aside or alone:
            found.append(not_applicable("limit", each.rule, each.aside or "belongs to no group"))
        else:
            found.append(_needed(each.rule, getattr(amounts, each.amount), each.reason, each.facts))
    return found


def _least(ground: Ground, known: list[Finding], caps: Sequence[Cap[int]]) -> Limit:
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


def _no_more_than(asked_cents: int | None, most_cents: int, tightest: Cap[int]) -> Finding:
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
