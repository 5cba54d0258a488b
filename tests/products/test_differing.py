"""What differs between two versions is told whole, exactly, and in both languages."""

import json
from typing import Any

import pytest
from document_chances import QUICK, changed_once, contents
from hypothesis import given
from hypothesis import strategies as st

from lendmill.credit.policy import Policy
from lendmill.credit.publishing.policy_words import POLICY_LABELS
from lendmill.credit.queries import preset_policy
from lendmill.people.canonical import canonical
from lendmill.products.document import Product
from lendmill.products.publishing.differing import differences
from lendmill.products.publishing.fields import ways
from lendmill.products.publishing.product_words import PRODUCT_LABELS
from lendmill.products.publishing.telling import told
from lendmill.products.queries import preset
from lendmill.products.reading import content_of

LABELS = {Product: PRODUCT_LABELS, Policy: POLICY_LABELS}


def plain(document: Any) -> Any:
    return json.loads(canonical(content_of(document)))


def said(before: Any, after: Any, kind: Any, *, chinese: bool = False) -> list[str]:
    return told(differences(before, after), LABELS[kind], chinese)


@pytest.mark.parametrize("kind", [Product, Policy])
@QUICK
@given(data=st.data())
def test_nothing_is_told_exactly_where_two_versions_are_the_same(kind: Any, data: st.DataObject) -> None:
    before = data.draw(contents(kind))
    after = changed_once(before, data) if data.draw(st.booleans()) else data.draw(st.just(before) | contents(kind))
    found = differences(before, after)
    assert (found == []) == (canonical(before) == canonical(after))
    for chinese in (False, True):
        assert len(told(found, LABELS[kind], chinese)) == len(found)


@QUICK
@given(data=st.data())
def test_one_changed_figure_is_one_sentence_that_tells_both(data: st.DataObject) -> None:
    content = plain(preset_policy())
    tables = [table for part in ("limit", "price", "term") for table in content[part]["tables"]]
    table = data.draw(st.sampled_from(tables))
    row = data.draw(st.sampled_from(table["rows"]))
    after = json.loads(json.dumps(content))
    same = next(t for p in ("limit", "price", "term") for t in after[p]["tables"] if t["table"] == table["table"])
    figure = data.draw(st.integers(1, 10**6).filter(lambda figure: figure != row[-1]))
    same["rows"][table["rows"].index(row)][-1] = figure
    (sentence,) = said(content, after, Policy)
    assert "rises from" in sentence if figure > row[-1] else "falls from" in sentence
    assert sentence.split(" from ")[-1].split(" to ")[0] != sentence.split(" to ")[-1]


def test_a_policy_says_what_is_new_what_is_gone_and_what_changed() -> None:
    before, after = plain(preset_policy()), plain(preset_policy())
    rules = after["rules"]
    rules[0]["decline_when"] = "history_days < 100"
    rules.append({**rules.pop(1), "rule": "trades", "law": "x"})
    after["limit"]["review_above_cents"] += 100
    after["stated"]["matches_from"] = 0.95
    del after["thin"]["review_above_cents"]
    assert said(before, after, Policy)[1:-1] == [
        "The amount above which a person looks rises from 1,000,000.00 yuan to 1,000,001.00 yuan",
        "Rule record long enough now declines when history_days < 100 (was history_days < 90)",
        "Rule trading now is gone (was declines when days_since_sale > 90; label in English days since the last sale; "
        "label in Chinese 距最近销售天数; reason given The shop has had no trade for some time.; refers when "
        "days_since_sale > 30; rule trading now; for source sales; step what shuts the door; if unknown declined)",
        "New: rule trades: declines when days_since_sale > 90; label in English days since the last sale; label in "
        "Chinese 距最近销售天数; law x; reason given The shop has had no trade for some time.; refers when "
        "days_since_sale > 30; rule trades; for source sales; step what shuts the door; if unknown declined",
        "The closeness from which stated figures count as the record's rises from 90 % to 95 %",
    ] or said(before, after, Policy)
    assert "规则“经营记录天数”拒绝的条件改为 history_days < 100（原为 history_days < 90）" in said(
        before, after, Policy, chinese=True
    )
    gone, new = [each.split("：")[0] for each in said(before, after, Policy, chinese=True) if "days_since_sale" in each]
    assert (gone[:13], new) == ("取消规则“距最近销售天数”", "新增规则“距最近销售天数”")


def test_shares_and_thresholds_of_older_policies_are_told_in_their_units() -> None:
    rule = {
        "rule": "few refunds", "label_en": "a", "label_zh": "b", "facts": ["refund_rate_90"], "source": "any",
        "unit": "share", "refer_above": 0.3, "decline_above": 0.5, "refer_below": None, "decline_below": None,
        "unknown": "refer", "reason": "many-refunds",
    }  # fmt: skip
    before = {"limit": {"share_bp": {"B": 3_500}}, "knock_outs": [rule]}
    after = {"limit": {"share_bp": {"B": 3_000}}, "knock_outs": [{**rule, "decline_above": 0.4}]}
    assert said(before, after, Policy) == [
        "Rule few refunds now declines above 40 % (was 50 %)",
        "The share of monthly sales for grade B falls from 35 % to 30 %",
    ]
    assert said(before, after, Policy, chinese=True) == [
        "规则“b”拒绝的界限改为高于 40 %（原为 50 %）",
        "B级的月销售额授信比例由 35 % 降至 30 %",
    ]


def test_a_rule_may_be_called_what_looks_like_a_row() -> None:
    before, after = plain(preset_policy()), plain(preset_policy())
    for content in (before, after):
        content["rules"][0] |= {"rule": "[new]", "label_en": "[new]", "label_zh": "[新]"}
    after["rules"][0]["unknown"] = "refer" if before["rules"][0]["unknown"] == "decline" else "decline"
    assert [each.split(":")[0] for each in said(before, after, Policy)] == ["Rule [new]"]


def test_a_product_is_told_in_the_words_of_the_trade() -> None:
    before, after = plain(preset("credit-line")), plain(preset("credit-line"))
    after["grace_days"], after["daily_rate"], after["rate_by_grade"] = 5, "0.05 %", {"AAA": "0.04 %"}
    after["waterfall_stages"] = after["waterfall_stages"][::-1]
    after["joint_limit"] = None
    assert said(before, after, Product) == [
        "The daily rate changes from 0.06 % to 0.05 %",
        "The grace rises from 3 days to 5 days",
        "The joint limit changes from at most 1,000,000.00 yuan; products order-loan to nothing",
        "New: the rate for grade AAA: 0.04 %",
        "The stages of the order of settling: now in the order 91, 0",
    ]


@pytest.mark.parametrize("kind", [Product, Policy])
def test_every_field_has_its_words(kind: Any) -> None:
    labels = LABELS[kind]
    without = [
        ".".join(way)
        for way in ways(kind)
        if ".".join(way) not in labels.fields and not ("*" in way[:-1] and way[-1] in labels.parts)
    ]
    assert without == []
