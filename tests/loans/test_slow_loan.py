"""The slow loan that the engine is compared with is itself right: it gives the figures of the published cases."""

import json
from pathlib import Path
from typing import Any

import pytest
from account_cases import differences

ORACLES = Path(__file__).parents[3] / "shared" / "oracles"


def _cases() -> list[Any]:
    files = [ORACLES / "product.json", ORACLES / "account.json"]
    cases = [case for file in files if file.exists() for case in json.loads(file.read_text(encoding="utf-8"))]
    return [pytest.param(case, id=case["id"]) for case in cases]


def test_the_published_cases_are_all_here() -> None:
    if not ORACLES.exists():
        pytest.skip(f"cases not here: ../shared/{ORACLES.name}")
    assert len(_cases()) == 23


@pytest.mark.parametrize("case", _cases())
def test_the_slow_loan_gives_the_published_figures(case: dict[str, Any]) -> None:
    assert differences(case) == []
