"""A policy that could not be kept, or whose rule could never strike, is refused when it is read."""

import msgspec
import pytest

from credit.credit_cases import POLICY
from lendmill.credit.policy import InvalidPolicy, policy_of


@pytest.mark.parametrize("threshold", [float("nan"), float("inf"), float("-inf")])
def test_a_threshold_that_nothing_passes_is_refused(threshold: float) -> None:
    old = {
        "rule": "trading now", "label_en": "days since the last sale", "label_zh": "距最近销售天数",
        "facts": ["days_since_sale"], "refer_above": threshold, "unknown": "decline", "reason": "inactive",
    }  # fmt: skip
    with pytest.raises(InvalidPolicy, match=r"knock_outs\[0\] is -?(nan|inf), but must be a number"):
        policy_of({**msgspec.to_builtins(POLICY), "knock_outs": [old]})


def test_a_version_beyond_the_databases_numbers_is_refused() -> None:
    with pytest.raises(InvalidPolicy, match="version is 2147483648, but must be at most 2147483647"):
        policy_of({**msgspec.to_builtins(POLICY), "version": 2**31})


@pytest.mark.parametrize("changed", [{"key": "\0"}, {"key": " "}, {"en": "x" * 121}, {"zh": "采购\n"}])
def test_a_purpose_without_a_name_that_can_be_shown_is_refused(changed: dict[str, str]) -> None:
    built = msgspec.to_builtins(POLICY)
    built["eligibility"]["purposes"][1].update(changed)
    with pytest.raises(InvalidPolicy, match=r"eligibility.purposes\[1\] is .*, but must be a name"):
        policy_of(built)
