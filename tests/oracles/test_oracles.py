"""Every case comes out to the last cent: our own, and those beside the repository where they are at hand."""

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from oracles.run import KINDS, outcome, outcomes

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHARED = ROOT.parent / "shared" / "oracles"
NAMES = ("schedule", "product", "account", "allocation", "accrual-posting", "recalculated-schedule", "days-past-due",
         "effective-rate", "collateral")  # fmt: skip


def cases(path: Path) -> list[Any]:
    """The cases of a file, each under its id."""
    return [pytest.param(case, id=case["id"]) for case in json.loads(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("raw", [case for path in sorted((HERE / "own").glob("*.json")) for case in cases(path)])
def test_our_own_case_comes_out(raw: dict[str, Any]) -> None:
    assert outcome(raw).said == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_cases_of_other_systems_come_out(name: str) -> None:
    path = SHARED / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"cases not here: ../shared/oracles/{name}.json")
    assert [str(each) for each in outcomes(path) if each.said] == []


def own(name: str) -> dict[str, Any]:
    """One of our own cases, to be spoilt."""
    found = [case for path in (HERE / "own").glob("*.json") for case in json.loads(path.read_text(encoding="utf-8"))]
    return deepcopy(next(case for case in found if case["id"] == name))


def test_every_kind_has_a_case_of_our_own() -> None:
    kinds = {case.values[0]["kind"] for path in (HERE / "own").glob("*.json") for case in cases(path)}
    assert kinds == set(KINDS)


def test_a_wrong_figure_is_told_with_what_was_found() -> None:
    case = own("PLAN-17")
    case["steps"][1]["schedule"][0]["interest"] = "10.01"
    case["steps"][1]["instalment_count"] = 5
    assert outcome(case).said == (
        "2024-01-01: instalment_count: expected 5, found 4",
        "2024-01-01: schedule 1 interest: expected 10.01, found 10",
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "mortgage"}, "there is no kind 'mortgage'"),
        ({"terms": {}}, "neither due_dates nor every says when anything falls due"),
        ({"steps": []}, "the case checks nothing"),
        ({"steps": [{"as_of": "2024-01-01"}]}, "nothing was drawn before this check"),
        ({"steps": [{"do": "draw", "amount": "1.00"}]}, "the event draw has no day"),
        ({"steps": [{"on": "2024-13-01", "do": "draw"}]}, "'2024-13-01' is not a date YYYY-MM-DD"),
        ({"terms": {"decimal": 2}}, "the format has no term decimal"),
    ],
)
def test_a_case_that_does_not_follow_the_format_is_a_sentence(change: dict[str, Any], said: str) -> None:
    assert outcome(own("PLAN-17") | change).said == (said,)


@pytest.mark.parametrize(
    "raw", [None, [], "case", 7, {"id": "X"}, {"id": "X", "kind": "schedule", "terms": 1, "steps": 2}]
)
def test_what_is_no_case_at_all_is_a_sentence_too(raw: object) -> None:
    assert len(outcome(raw).said) == 1


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"day_count": "30/365"}, "'30/365' is not a day count"),
        ({"method": "balloon"}, "'balloon' is not a way of repaying"),
        ({"every": {"n": 1, "unit": "year"}}, "every 1 'year'"),
        ({"rounding": {"moment": "weekly", "direction": "up"}}, "'weekly' is not a moment"),
        ({"level_payment": "1.00"}, "100 cents never brings"),
        ({"rounding": "up"}, "does not follow the format"),
    ],
)
def test_terms_that_the_engine_refuses_are_its_own_sentence(terms: dict[str, Any], said: str) -> None:
    case = own("PLAN-17")
    case["terms"] |= terms
    (sentence,) = outcome(case).said
    assert said in sentence


def test_figures_may_be_rounded_or_a_little_off_where_the_check_says_so() -> None:
    case = own("PLAN-17")
    check = case["steps"][1]
    check["total_interest"] = "22"
    assert outcome(case).said == ("2024-01-01: total_interest: expected 22, found 22.48",)
    check |= {"rounded_to": "1", "schedule": [{"n": 1, "principal": "290"}]}
    assert outcome(case).said == ()
    del check["rounded_to"]
    check["tolerance"] = "0.48"
    assert outcome(case).said == ()
    check["tolerance"] = "0.47"
    assert len(outcome(case).said) == 1


def test_the_command_counts_and_its_exit_code_tells(tmp_path: Path) -> None:
    wrong = own("COL-01")
    wrong["steps"][0]["value"] = "499.99"
    (tmp_path / "a.json").write_text(json.dumps([own("COL-01"), wrong]), encoding="utf-8")
    (tmp_path / "b.json").write_text("not json", encoding="utf-8")

    def run(*paths: Path) -> tuple[int, list[str]]:
        asked = [sys.executable, "-m", "tests.oracles", *map(str, paths)]
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.returncode, done.stdout.splitlines()

    code, lines = run(tmp_path)
    assert (code, lines[0], lines[-1]) == (1, "COL-01: ok", "1 passed, 2 failed")
    assert lines[1] == "COL-01: check 1: value: expected 499.99, found 500"
    code, lines = run(HERE / "own" / "returns.json")
    assert (code, lines[-1]) == (0, "5 passed, 0 failed")
    assert run(tmp_path / "none.json")[0] == 1
