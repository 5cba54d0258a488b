"""What tonight's rules make of an open line: the worst of what speaks against it, or else the first of what rewards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import lcm
from typing import Any, Final
from uuid import UUID

import msgspec

from lendmill.credit.case import Case, CaseGroup
from lendmill.credit.changes.change import LineWeighed
from lendmill.credit.changes.reading import verdict
from lendmill.credit.decide import decide, facts_fresh
from lendmill.credit.lines.line import Line
from lendmill.credit.policy import Policy
from lendmill.credit.provisions import LineChangeRule
from lendmill.credit.rules.reading import facts_of
from lendmill.products.document import Product
from lendmill.terms.rates import BASIS_POINTS, Rate

MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class History:
    """What a line's own past says: when it was last changed, and by which rules; whether a change waits; its grade.

    `rules` and `rules_on` are the rules that ever changed it and the last day of each, in one order.
    """

    line_id: UUID
    changed_on: date | None
    waiting: bool
    grade_at_opening: str | None
    late_since_on: date | None
    rules: list[str] = field(default_factory=list)
    rules_on: list[date] = field(default_factory=list)

    def changed_by_on(self, rule: str) -> date | None:
        """The last day on which one rule changed the line."""
        return dict(zip(self.rules, self.rules_on, strict=True)).get(rule)


def case_without(case: Case, line: Line) -> Case:
    """The question what could be granted if this line were not there: its limit and its debt are left out."""
    amount_cents = line.granted_cents
    standing, group = case.standing, case.group
    if isinstance(group, CaseGroup) and group.granted_cents is not None:
        group = msgspec.structs.replace(group, granted_cents=max(0, group.granted_cents - amount_cents))
    return msgspec.structs.replace(
        case,
        granted_cents=None if case.granted_cents is None else max(0, case.granted_cents - amount_cents),
        joint_granted_cents=(
            None if case.joint_granted_cents is None else max(0, case.joint_granted_cents - amount_cents)
        ),
        standing=msgspec.structs.replace(
            standing,
            outstanding_cents=max(0, standing.outstanding_cents - line.used_cents),
            reserved_cents=max(0, standing.reserved_cents - line.reserved_cents),
        ),
        group=group,
    )


def weighed(line: Line, history: History, case: Case, policy: Policy, product: Product) -> LineWeighed | None:
    """The change of a line tonight, if any.

    What is worse for the borrower comes first, and of several the lowest limit. Nothing is raised while a rule cannot
    be known, nor above what a new decision would grant; nothing is cut below what is used and reserved.
    """
    known = known_of(line, history, case, policy)
    worse: list[LineWeighed] = []
    better: list[LineWeighed] = []
    doubt = False
    for rule in policy.changes or ():
        said, facts = verdict(rule.when, known)
        doubt = doubt or said == "unknown"
        if said != "hit" or _resting(rule, history, case.today):
            continue
        found = _made(rule, facts, line, product, policy, case.today)
        if found is not None:
            (worse if found.kind in ("cut", "dearer") else better).append(found)
    if worse:
        return min(worse, key=lambda each: (each.limit_cents, -each.rate.num * line.rate_den // each.rate.den))
    if doubt or history.waiting or not better:
        return None
    bare = msgspec.structs.replace(case_without(case, line), stage="offer", asked_cents=None, purpose=None)
    return _granted_now(better[0], bare, line, policy, product)


def known_of(line: Line, history: History, case: Case, policy: Policy) -> Mapping[str, Any]:
    """The facts a rule may read; those of a record out of date are not known."""
    if any(found.effect != "none" for found in facts_fresh(case, policy)):
        case = msgspec.structs.replace(case, facts={})
    late, used = history.late_since_on, line.used_cents + line.reserved_cents
    return {
        **facts_of(case),
        "line_product": line.product_key,
        "line_limit_cents": line.limit_cents,
        "line_used_share": used / line.limit_cents if line.limit_cents else 1.0,
        "line_open_days": (case.today - line.opened_on).days,
        "line_rest_days": (case.today - (history.changed_on or line.opened_on)).days,
        "late_days": 0 if late is None else (case.today - late).days,
        "grade_at_opening": history.grade_at_opening,
    }


def _resting(rule: LineChangeRule, history: History, today: date) -> bool:
    """Changed lately, or about to be: nothing more; an urgent rule waits for no other, but rests after itself."""
    if history.changed_on == today:
        return True
    if rule.urgent:
        own_on = history.changed_by_on(rule.change)
        return own_on is not None and (today - own_on).days < rule.rest_days
    rested = history.changed_on is None or (today - history.changed_on).days >= rule.rest_days
    return history.waiting or not rested


def _made(
    rule: LineChangeRule, facts: dict[str, Any], line: Line, product: Product, policy: Policy, today: date
) -> LineWeighed | None:
    limit_cents, rate, penalty = line.limit_cents, line.rate, line.penalty_rate
    if not isinstance(rule.limit_bp, msgspec.UnsetType):
        moved_cents = line.limit_cents * rule.limit_bp // BASIS_POINTS
        moved_cents -= moved_cents % policy.limit.round_down_to_cents
        limit_cents = max(moved_cents, line.used_cents + line.reserved_cents)
        kind = "raise" if limit_cents > line.limit_cents else "cut"
        moves = (rule.limit_bp > BASIS_POINTS) == (kind == "raise") and limit_cents != line.limit_cents
    else:
        assert not isinstance(rule.rate_bp, msgspec.UnsetType)
        rate, penalty = _repriced(line, product, rule.rate_bp)
        kind = "dearer" if rate.num * line.rate_den > line.rate_num * rate.den else "cheaper"
        moves = (rule.rate_bp > BASIS_POINTS) == (
            kind == "dearer"
        ) and rate.num * line.rate_den != line.rate_num * rate.den
    if not moves:
        return None
    waits = kind in ("cut", "dearer") and not rule.urgent
    return LineWeighed(
        kind=kind,  # type: ignore[arg-type]
        rule=rule.change,
        limit_cents=limit_cents,
        rate=rate,
        penalty=penalty,
        reason=rule.reason,
        urgent=rule.urgent,
        effective_on=today + timedelta(days=rule.notice_days if waits else 0),
        label_en=rule.label_en,
        label_zh=rule.label_zh,
        facts=facts,
    )


def _repriced(line: Line, product: Product, rate_bp: int) -> tuple[Rate, Rate]:
    """The rate moved within the product's band, in the product's own steps; without a band it stays."""
    if product.band is None:
        return line.rate, line.penalty_rate
    per = MILLION if product.priced_per == "millionths a day" else 365 * BASIS_POINTS
    steps = line.rate_num * per * rate_bp // (line.rate_den * BASIS_POINTS)
    low, high = product.band
    rate, penalty = product.priced(steps)
    if rate.num * low.den < low.num * rate.den:
        rate, penalty = product.at_band_end(upper=False)
    elif rate.num * high.den > high.num * rate.den:
        rate, penalty = product.at_band_end(upper=True)
    den = lcm(line.rate_den, rate.den, penalty.den)
    return rate.over(den), penalty.over(den)


def _granted_now(found: LineWeighed, case: Case, line: Line, policy: Policy, product: Product) -> LineWeighed | None:
    """A raise only as far as a new decision would grant it, and nothing better where that decision is no yes."""
    made = decide(case, policy, product)
    if made.outcome != "approve" or made.terms is None or made.conditions:
        return None
    if found.kind == "cheaper":
        return found
    limit_cents = min(found.limit_cents, made.terms.limit_cents)
    if limit_cents <= line.limit_cents:
        return None
    return LineWeighed(**{name: getattr(found, name) for name in LineWeighed.__slots__} | {"limit_cents": limit_cents})
