"""What no person may pass at the moment of the verdict: age, ban, identity, licence, law, the caps, what was asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from lendmill.credit.amounts import amounts_of, whole_cents
from lendmill.credit.caps import Cap, caps_by_tables, caps_of_all
from lendmill.credit.case import Case
from lendmill.credit.decide import Decision, known_grade
from lendmill.credit.eligibility import covering_sources
from lendmill.credit.finding import Finding
from lendmill.credit.ground import Ground
from lendmill.credit.policy import Policy
from lendmill.credit.price import Price, price
from lendmill.credit.review.verdict.review import UpTo, Verdict
from lendmill.credit.rules.reading import facts_of
from lendmill.credit.term import term
from lendmill.products.document import Product
from lendmill.refusals import Refusal

# What a person may see otherwise than the rule; everything else that holds an application back at its step stays.
MAY_BE_JUDGED: Final[Mapping[str, frozenset[str]]] = {
    "eligibility": frozenset({"record", "history"}),
    "price": frozenset({"a grade with a price", "price for the grade"}),
    "term": frozenset({"a grade with a term", "longest term"}),
    "limit": frozenset({"monthly sales", "smallest limit", "asked within the limit"}),
}
JUDGED_STEPS: Final = frozenset({"knock-outs", "rating", "conditions", "review"})


class NoPersonMayGrant(Refusal):
    """Nobody may grant this, whatever speaks for it: {rules}."""


class AmountOutOfBounds(Refusal):
    """From {least_cents} to {most_cents} cents can be granted here, not {amount_cents}."""


class MonthsOutOfBounds(Refusal):
    """From {months_min} to {months_max} months can be granted here, not {months}."""


class NothingCanBeGranted(Refusal):
    """The caps leave {most_cents} cents, less than the product's smallest limit of {least_cents} cents."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """From how much to how much a person may grant, for how long, at which grade's price; what stands against it."""

    ground: Ground
    grade: str
    priced: Price
    least_cents: int
    most_cents: int
    months_max: int
    standing: tuple[Finding, ...]

    @property
    def open(self) -> bool:
        """Whether a person may grant anything at all."""
        return not self.standing and self.priced.rate is not None and self.most_cents >= self.least_cents


def bounds(
    case: Case, policy: Policy, product: Product, automatic: Decision, *, up_to: UpTo | msgspec.UnsetType = "law"
) -> Bounds:
    """What a person may grant to this case today; where the grade is none that is granted, as to the last one that is.

    The tables of the policy (months of sales, cover of dues) may be passed with a second person; one that names a law,
    the product's limit, the joint limit, what the lender may stake on one borrower and on one group, and what was asked
    for never are. A decision is made again within what it was held to then, by `up_to`.
    """
    grade = priced_as(case, policy)
    known = {**facts_of(case), "grade": grade}
    ground = Ground(case, policy, product, grade, known, covering_sources(case, policy))
    priced, lasting = price(ground), term(ground)
    months = lasting.months or min(product.months_max, 1)
    legal = tuple(table.table for table in policy.limit.tables or () if table.law and up_to == "law")
    caps, looked_up = caps_by_tables(ground, amounts_of(case, policy.limit), priced.rate, months)
    most_cents = _most_cents(ground, [cap for cap in caps if cap.rule in legal])
    standing = tuple(found for found in automatic.findings if stands(found, policy, legal))
    for found in (*priced.findings, *(each for each in looked_up if each.rule in legal)):
        if stands(found, policy, legal) and found not in standing:
            standing += (found,)
    return Bounds(
        ground=ground,
        grade=grade,
        priced=priced,
        least_cents=product.limit_min_cents,
        most_cents=most_cents if up_to is msgspec.UNSET else min(most_cents, whole_cents(case.asked_cents) or 0),
        months_max=min(months, product.months_max),
        standing=standing,
    )


def priced_as(case: Case, policy: Policy) -> str:
    """The grade whose price and term count: the rating's, or the last one the policy grants where it is none."""
    grade = known_grade(case)
    return grade if grade is not None and grade in policy.grades else policy.grades[-1]


def stands(found: Finding, policy: Policy, legal: Collection[str]) -> bool:
    """Whether a finding that holds an application back does so for a person too; of limit tables the `legal` ones."""
    if found.effect in ("none", "counter"):
        return False
    if found.step == "limit" and found.rule in legal:
        return True
    if any(rule.rule == found.rule and rule.law for rule in policy.rules or ()):
        return True
    if found.step in JUDGED_STEPS:
        return False
    if found.step == "limit" and any(table.table == found.rule for table in policy.limit.tables or ()):
        return False
    return found.rule not in MAY_BE_JUDGED.get(found.step, ())


def _most_cents(ground: Ground, legal: list[Cap[int]]) -> int:
    """The least of the caps that hold for everybody, rounded down; nothing where one of them is not known."""
    amounts, advance = amounts_of(ground.case, ground.policy.limit), ground.product.advance_rate_bp
    needed: list[Any] = [amounts.owed_cents, amounts.net_assets_cents, amounts.joint_cents]
    if advance is not None:
        needed.append(amounts.orders_cents)
    if ground.policy.group and ground.case.group is not None:
        needed.append(amounts.group_cents)
    if any(amount is None for amount in needed):
        return 0
    least_cents = min(cap.cents for cap in (*caps_of_all(ground, amounts), *legal))
    return max(0, least_cents - least_cents % ground.policy.limit.round_down_to_cents)


def check_bounds(verdict: Verdict, within: Bounds) -> None:
    """Refuse a verdict that grants what no person may grant."""
    if verdict.outcome != "approve":
        return
    if within.standing or within.priced.rate is None:
        rules = dict.fromkeys(found.rule for found in within.standing)
        raise NoPersonMayGrant(rules=", ".join(rules) or "price for the grade")
    if within.most_cents < within.least_cents:
        raise NothingCanBeGranted(most_cents=within.most_cents, least_cents=within.least_cents)
    amount_cents, months = verdict.amount_cents, verdict.months_max
    if not _whole(amount_cents) or not within.least_cents <= (amount_cents or 0) <= within.most_cents:
        raise AmountOutOfBounds(least_cents=within.least_cents, most_cents=within.most_cents, amount_cents=amount_cents)
    if not _whole(months) or not 1 <= (months or 0) <= within.months_max:
        raise MonthsOutOfBounds(months_min=1, months_max=within.months_max, months=months)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
