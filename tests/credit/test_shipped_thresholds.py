"""The two examples beside every threshold of the shipped policy's rules, made from the rules themselves.

Just inside a rule passes, just outside it stops the file; so whoever moves a threshold moves both examples with it.
"""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from credit_cases import INVOICE_FACTS, MARKET_FACTS, POLICY, a_case, decided, finding

from lendmill.credit.rules.expression import Applied, Constant, Expression, Named
from lendmill.credit.rules.rule import ANY_SOURCE, Rule


def threshold(condition: Expression) -> tuple[str, str, float]:
    """The one fact, the comparison and the figure of a simple condition."""
    node = condition.node
    assert isinstance(node, Applied)
    fact, figure = node.on
    assert isinstance(fact, Named)
    assert isinstance(figure, Constant)
    assert isinstance(figure.value, float)
    return fact.name, node.op, figure.value


def beside(op: str, figure: float) -> tuple[float, float]:
    """The last value inside, and the first outside."""
    up, down = math.nextafter(figure, math.inf), math.nextafter(figure, -math.inf)
    return {">": (figure, up), ">=": (down, figure), "<": (figure, down), "<=": (up, figure)}[op]


def examples() -> Iterator[Any]:
    """Each condition of each rule, with the fact's values on both sides."""
    for rule in POLICY.rules or ():
        for effect, condition in rule.conditions:
            fact, op, figure = threshold(condition)
            inside, outside = beside(op, figure)
            yield pytest.param(rule, effect, fact, inside, outside, id=f"{rule.rule}, {effect}")


@pytest.mark.parametrize(("rule", "effect", "fact", "inside", "outside"), list(examples()))
def test_just_inside_passes_or_only_refers_and_just_outside_stops(
    rule: Rule, effect: str, fact: str, inside: float, outside: float
) -> None:
    facts = INVOICE_FACTS if rule.source == "invoices" else MARKET_FACTS
    assert rule.source == ANY_SOURCE or rule.source in (POLICY.sources)
    within = finding(decided(a_case(from_facts=facts, facts={fact: inside})), rule.rule)
    beyond = finding(decided(a_case(from_facts=facts, facts={fact: outside})), rule.rule)
    assert within.effect == ("refer" if effect == "decline" and rule.refer_when else "none")
    assert (beyond.verdict, beyond.effect, beyond.reason) == ("fail", effect, rule.reason)
