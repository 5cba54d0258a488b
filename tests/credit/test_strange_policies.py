"""A policy that could not be kept, or whose rule could never strike, is refused when it is read."""

from typing import Any

import msgspec
import pytest

from credit.credit_cases import POLICY
from lendmill.credit.policy import InvalidPolicy, policy_of


@pytest.mark.parametrize("threshold", [float("nan"), float("inf"), float("-inf")])
def test_a_threshold_that_nothing_passes_is_refused(threshold: float) -> None:
    content: dict[str, Any] = msgspec.to_builtins(POLICY)
    first, *others = content["knock_outs"]
    with pytest.raises(InvalidPolicy, match=r"knock_outs\[0\] is -?(nan|inf), but must be a number"):
        policy_of({**content, "knock_outs": [{**first, "refer_below": threshold}, *others]})


def test_a_version_beyond_the_databases_numbers_is_refused() -> None:
    with pytest.raises(InvalidPolicy, match="version is 2147483648, but must be at most 2147483647"):
        policy_of({**msgspec.to_builtins(POLICY), "version": 2**31})
