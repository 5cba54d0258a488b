"""The item bank is whole: enough of each trait, both languages, honest about its sources; a wrong one is refused."""

import re
from collections import Counter

import pytest
from answer_sheets import BANK, bank_with
from msgspec import to_builtins

from lendmill.rating.psychometrics.item import STEPS_EN, STEPS_ZH, TRAITS, InvalidBank, Trait, bank_read


def test_there_are_over_eighty_items_and_enough_of_each_trait() -> None:
    statements = Counter(item.trait for item in BANK.items if not item.is_situation)
    situations = Counter(item.trait for item in BANK.items if item.is_situation)
    assert len(BANK.items) == 101
    assert all(statements[trait] >= 12 for trait in Trait)
    assert all(situations[trait] >= 4 for trait in TRAITS)


def test_every_trait_is_asked_in_both_directions() -> None:
    for trait in Trait:
        assert {item.keyed for item in BANK.of(trait, situations=False)} == {1, -1}


def test_every_text_is_there_in_both_languages() -> None:
    texts = [(item.en, item.zh) for item in BANK.items]
    texts += [(course.en, course.zh) for item in BANK.items for course in item.options]
    texts += list(zip(STEPS_EN, STEPS_ZH, strict=True))
    assert all(re.search("[a-z]", en) and not re.search("[\u4e00-\u9fff]", en) for en, _ in texts)
    assert all(re.search("[\u4e00-\u9fff]", zh) for _, zh in texts)
    assert len({en for en, _ in texts}) == len({zh for _, zh in texts}) == len(texts)


def test_every_item_says_where_it_is_from_and_situations_are_our_own() -> None:
    assert {item.source for item in BANK.items} == {"IPIP", "own"}
    assert {item.source for item in BANK.items if item.is_situation} == {"own"}
    assert BANK.origin == "design"


def test_a_denied_fault_and_a_claimed_virtue_score_alike() -> None:
    claimed, denied = BANK.by_key["imp-12"], BANK.by_key["imp-04"]
    assert claimed.scored(4) == denied.scored(0) == 4


def test_a_bank_reads_as_it_was_kept_to_the_same_fingerprint() -> None:
    again = bank_read(BANK.body)
    assert again == BANK
    assert again.digest == BANK.digest


def _items(**changed: object) -> list[object]:
    first, *others = to_builtins(BANK)["items"]
    return [{**first, **changed}, *others]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"items": _items(keyed=2)}, "con-01.keyed"),
        ({"items": _items(a=0.0)}, "con-01.a"),
        ({"items": _items(a=-1.0)}, "con-01.a"),
        ({"items": _items(b=[0.0, 0.0, 1.0, 2.0])}, "con-01.b"),
        ({"items": _items(b=[-1.0, 0.0, 1.0])}, "con-01.b"),
        ({"items": _items(zh=" ")}, "con-01.en, zh"),
        ({"items": _items(key="con-02")}, "items"),
        ({"items": _items(trait="luck")}, "the document"),
        ({"pairs": [*BANK.pairs, ["con-01", "emo-02"]]}, "pairs"),
        ({"pairs": [*BANK.pairs, ["con-01", "con-01"]]}, "pairs"),
        ({"pairs": [*BANK.pairs, ["sit-con-1", "sit-con-2"]]}, "pairs"),
        ({"pairs": [*BANK.pairs, ["nobody", "nowhere"]]}, "pairs"),
        ({"pairs": [["con-01", "con-02"], ["con-02", "con-03"]]}, "pairs"),
        ({"pairs": [["con-01", "con-02"]]}, "pairs"),
        ({"weights": {**to_builtins(BANK.weights), "concealment_gap": 0.5}}, "weights.concealment"),
        ({"rules": {**to_builtins(BANK.rules), "statements": 13}}, "items"),
        ({"rules": {**to_builtins(BANK.rules), "statements": 1}}, "rules.statements, rules.impressions"),
        ({"rules": {**to_builtins(BANK.rules), "situations": 4}}, "items"),
    ],
)
def test_a_wrong_bank_is_refused_by_the_field_that_is_wrong(changed: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidBank) as refused:
        bank_with(**changed)
    assert refused.value.facts["field"] == field
