"""A condition of a decision: what must be there, for how much, and until when, before anything can be drawn."""

from dataclasses import dataclass
from typing import Final

import msgspec

from lendmill.credit.finding import Finding, not_applicable, noted, unknown_figure
from lendmill.credit.ground import Ground
from lendmill.credit.policy import Policy
from lendmill.credit.provisions import ConditionKind, ConditionRule
from lendmill.credit.rules.grammar import read
from lendmill.credit.rules.rows import value_of
from lendmill.credit.rules.vocabulary import vocabulary
from lendmill.terms.rates import BASIS_POINTS

BY_PERSON: Final[dict[ConditionKind, tuple[str, str]]] = {
    "guarantor": ("guarantor, asked for by a person", "审批人员要求的保证人"),
    "collateral": ("collateral, asked for by a person", "审批人员要求的抵质押物"),
}
"""What a person may ask for beside a grant, as it is kept and in Chinese."""


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Asked for with a decision: in one of the ways of `by`, for `cover_cents`, within so many days."""

    condition: str
    by: tuple[ConditionKind, ...]
    cover_cents: int
    days: int


def condition_names(policy: Policy) -> dict[str, tuple[str, str]]:
    """What conditions are called in English and in Chinese: those of a policy, and those a person asks for."""
    return {said[0]: said for said in BY_PERSON.values()} | dict(policy.labels)


@dataclass(frozen=True, slots=True)
class AskedConditions:
    """The conditions of a decision, and a finding for each the policy has."""

    asked: tuple[Condition, ...]
    findings: tuple[Finding, ...]


def asked_conditions(ground: Ground, limit_cents: int) -> AskedConditions:
    """Each condition of the policy held against the file: asked, not asked, or not known, which is looked at."""
    asked: list[Condition] = []
    findings: list[Finding] = []
    for rule in ground.policy.conditions or ():
        expression = rule.asked_when
        holds = value_of(expression, ground.known)
        facts = ", ".join(expression.names)
        if holds:
            cover_cents = limit_cents * rule.cover_bp // BASIS_POINTS
            asked.append(Condition(condition=rule.condition, by=rule.by, cover_cents=cover_cents, days=rule.days))
            findings.append(noted("conditions", rule.condition, cover_cents, unit="cents", fact=facts))
        elif holds is None or not _all_known(ground, rule):
            findings.append(unknown_figure("conditions", rule.condition, facts, rule.unknown))
        else:
            findings.append(not_applicable("conditions", rule.condition, "not about this file", fact=facts))
    return AskedConditions(tuple(asked), tuple(findings))


def _all_known(ground: Ground, rule: ConditionRule) -> bool:
    """A condition that is not asked, is not asked because everything it reads is known."""
    facts = vocabulary()
    return all(value_of(read(name, facts[name].kind), ground.known) is not None for name in rule.asked_when.names)
