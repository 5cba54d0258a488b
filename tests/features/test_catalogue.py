"""The catalogue is complete, in both languages, and its page is what is printed."""

import re
from pathlib import Path

from lendmill.features.catalogue import FEATURES, NAMES, page
from lendmill.shops.events import KIND_NAMES

BLOCKS = {
    "transactions", "identity and registration", "behaviour trail", "customer interaction", "third party",
    "psychometrics", "soft information",
}  # fmt: skip


def served_by(kinds: set[str]) -> list[str]:
    return [f.name for f in FEATURES if all(set(need.split("|")) & kinds for need in f.needs)]


def test_there_are_enough_features_for_each_kind_of_record() -> None:
    assert len(FEATURES) == 324
    assert len(set(NAMES)) == len(NAMES)
    house = {"bureau", "registry", "stated", "questionnaire", "tax", "customs"}
    market = set(KIND_NAMES) - {"invoice-out", "invoice-in"} - house
    assert len(served_by(market)) >= 200
    assert len(served_by({"invoice-out", "invoice-in"})) >= 100
    assert {feature.block for feature in FEATURES} == BLOCKS


def test_every_measure_of_a_day_serves_some_feature() -> None:
    """What nobody asks for is not summed: each kind's figures are read by a feature that needs the kind."""
    kinds = {kind for feature in FEATURES for need in feature.needs for kind in need.split("|")}
    assert kinds | {"refund"} == set(KIND_NAMES)  # a shop without refunds has none given back


def test_what_may_be_told_as_a_reason_is_something_a_seller_can_act_on() -> None:
    told = [f for f in FEATURES if "reason" not in f.not_for and f.actionable and not f.protected]
    assert len(told) > 200
    assert {f.block for f in told} == BLOCKS - {"psychometrics"}
    assert [f.name for f in FEATURES if f.protected] == ["questionnaire_emotional_stability"]
    assert all({"reason", "fairness", "public index"} <= set(f.not_for) for f in FEATURES if f.block == "psychometrics")
    assert not [f.name for f in FEATURES if f.name.startswith(("bureau", "stated")) and "public index" not in f.not_for]


def test_each_feature_says_what_it_is() -> None:
    for feature in FEATURES:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", feature.name)
        assert feature.meaning
        assert feature.unit
        assert feature.formula
        assert re.search(r"[\u4e00-\u9fff]", feature.meaning_zh), feature.name
        assert feature.block in BLOCKS
        assert feature.higher_is in ("better", "worse", None)
        assert all(kind in KIND_NAMES for need in feature.needs for kind in need.split("|")), feature.name


def test_no_feature_is_made_of_a_verdict() -> None:
    """But for the tax office's own grade, which anybody may see."""
    assert [name for name in NAMES if re.search("rating|grade|default|label", name)] == ["tax_grade"]


def test_the_page_lists_every_feature_once() -> None:
    lines = page().splitlines()
    assert [len([line for line in lines if line.startswith(f"| `{name}` |")]) for name in NAMES] == [1] * len(NAMES)
    assert f"({'how they come in'}](import.md))"[1:-1] in page()


def test_the_printed_page_is_fresh() -> None:
    assert (Path(__file__).parents[2] / "docs" / "features.md").read_text(encoding="utf-8") == page()
