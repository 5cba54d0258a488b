"""The shipped cases hold every threshold of the shipped rules: moved by one step either way, a case fails."""

import re
from typing import Any

import msgspec
import pytest
from credit_cases import POLICY

from lendmill.credit.testing.unit_cases import shipped_cases, tried
from lendmill.products.queries import presets

CASES, PRODUCTS = shipped_cases(), presets()
FIGURE = re.compile(r"-?\d+(\.\d+)?$")
MOVED = [
    pytest.param(n, field, step, id=f"{rule.rule}, {field} {step:+g}")
    for n, rule in enumerate(POLICY.rules or ())
    for field in ("refer_when", "decline_when")
    if (said := getattr(rule, field))
    for step in ((1, -1) if "." not in said else (0.0001, -0.0001))
]


def test_the_shipped_policy_does_what_its_cases_say() -> None:
    assert [(each.name, each.wrong) for each in tried(CASES, POLICY, PRODUCTS) if each.wrong] == []
    assert len(MOVED) == 2 * (2 * len(POLICY.rules or ()) - 1)


@pytest.mark.parametrize(("n", "field", "step"), MOVED)
def test_a_threshold_moved_by_one_step_fails_a_case(n: int, field: str, step: float) -> None:
    rules: list[Any] = list(POLICY.rules or ())
    figure = FIGURE.search(getattr(rules[n], field))
    assert figure is not None
    moved = FIGURE.sub(f"{round(float(figure[0]) + step, 4):g}", getattr(rules[n], field))
    rules[n] = msgspec.structs.replace(rules[n], **{field: moved})
    results = tried(CASES, msgspec.structs.replace(POLICY, rules=tuple(rules)), PRODUCTS)
    assert [each.name for each in results if each.wrong and each.name.startswith(rules[n].rule)]
