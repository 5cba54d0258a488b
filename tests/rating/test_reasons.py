"""Reasons are the card's own points: four themes at most, each in the seller's hands, each with its figure."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from lendmill.features.catalogue import FEATURES
from lendmill.features.feature import Feature
from lendmill.rating.axes import Axis
from lendmill.rating.card import Card
from lendmill.rating.tables import Table
from lendmill.rating.telling import reasons as reasons_file
from lendmill.rating.telling.clauses import CLAUSES
from lendmill.rating.telling.figures import Range, beside
from lendmill.rating.telling.reasons import Against, Shown, may_be_told, reasons
from lendmill.rating.telling.sentences import SOURCES, advice, fact, sentence, unread
from lendmill.rating.telling.themes import OTHER, THEMES, theme_of

POINT = 34_657_359_027_997
BY_NAME = {feature.name: feature for feature in FEATURES}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def axis(feature: str, *edges: float, missing_seen: bool = True) -> Axis:
    return Axis(feature=feature, edges=edges, low=0.0, high=10_000.0, missing_seen=missing_seen)


def one(feature: str, edges: tuple[float, ...], *points: int) -> Table:
    return Table(axes=(axis(feature, *edges),), cells=tuple(p * POINT for p in points))


def told(facts: Mapping[str, Any], *tables: Table) -> list[Against]:
    card = Card(key="t", target="d", start=0, tables=tables)
    return list(reasons(card, card.rate(facts).contributions, facts))


REFUNDS = one("refund_rate_90", (0.04, 0.1), 10, 0, -12, 0)
REFUNDS_YEAR = one("refund_rate_365", (0.05,), 5, -4, 0)
SALES = one("sales_net_90", (1_000.0, 5_000.0), -9, 2, 6, 0)


def test_the_worst_theme_comes_first_and_is_told_once() -> None:
    found = told({"refund_rate_90": 0.12, "refund_rate_365": 0.2, "sales_net_90": 10.0}, SALES, REFUNDS_YEAR, REFUNDS)
    assert [(each.table, each.theme_points) for each in found] == [("refund_rate_90", -16), ("sales_net_90", -9)]
    assert found[0].shown[0].better == Range(None, 0.1), "the nearest better range, with all beyond it that is better"


def test_the_better_range_is_where_a_figure_stops_telling_against_a_shop_not_the_next_bin() -> None:
    fine = one("sales_net_90", (100.0, 101.0, 5_000.0, 9_000.0), -9, -8, -1, 0, 4, 0)
    assert told({"sales_net_90": 99.0}, fine)[0].shown[0].better == Range(5_000.0, None)
    never = one("sales_net_90", (100.0, 200.0), -9, -8, -2, 0)
    assert told({"sales_net_90": 99.0}, never)[0].shown[0].better == Range(200.0, None), "the best there is"


def test_a_theme_that_is_good_on_the_whole_is_no_reason() -> None:
    facts = {"refund_rate_90": 0.01, "refund_rate_365": 0.2}
    assert told(facts, REFUNDS_YEAR, REFUNDS) == []
    assert [each.table for each in told(facts, REFUNDS_YEAR)] == ["refund_rate_365"]


@pytest.mark.parametrize("points", [(3, 5, 0), (0, 5, 0), (-3, -3, -3)])
def test_what_is_not_below_neutral_or_already_at_its_best_is_no_reason(points: tuple[int, ...]) -> None:
    assert told({"sales_net_90": 10.0}, one("sales_net_90", (1_000.0,), *points)) == []


def test_nobody_is_told_to_have_less_of_a_good_thing_or_more_of_a_bad_one() -> None:
    odd = one("login_days_90", (56.0, 80.0), 9, -20, -5, 0)
    assert told({"login_days_90": 63.0}, odd)[0].shown[0].better == Range(80.0, None)
    assert told({"login_days_90": 85.0}, odd) == []
    assert told({"refund_rate_90": 0.02}, one("refund_rate_90", (0.1,), -9, 5, 0)) == []


def test_advice_is_left_out_where_the_better_way_is_the_card_s_alone_or_out_of_reach() -> None:
    (against,) = told({"sale_mean_90": 80.0}, one("sale_mean_90", (50.0,), 5, -9, 0))
    assert sentence(against, "en").endswith(
        "shops rated higher have under ¥50. Ask us if this figure looks wrong to you."
    )
    growth = {least: one("sales_growth_90", (least,), -9, 5, 0) for least in (0.05, 0.659)}
    (near,), (far,) = (told({"sales_growth_90": -0.00533}, table) for table in growth.values())
    assert advice(near, "en") == "A few months of level or rising sales change this."
    assert "by -0.5 % " in fact(far, "en")
    assert (fact(far, "en")[-16:], advice(far, "en")) == ("at least 65.9 %.", OTHER.en)


def test_a_loss_that_is_no_more_than_rounding_is_no_reason() -> None:
    assert told({"sales_net_90": 10.0}, one("sales_net_90", (1_000.0,), -1, 5, 0)) == []
    assert len(told({"sales_net_90": 10.0}, one("sales_net_90", (1_000.0,), -2, 5, 0))) == 1


def test_four_reasons_at_most() -> None:
    names = ["refund_rate_90", "sales_net_90", "login_days_30", "review_mean_90", "customers_90", "visits_90"]
    tables = [one(name, (5_000.0,), -3 - n, 1, 0) for n, name in enumerate(names)]
    found = told(dict.fromkeys(names, 1.0), *tables)
    assert [each.table for each in found] == ["visits_90", "customers_90", "review_mean_90", "login_days_30"]


def test_what_a_seller_cannot_change_or_is_protected_is_never_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told({"history_days": 10.0}, one("history_days", (100.0,), -30, 5, 0)) == []
    shielded = {**BY_NAME, "sales_net_90": _protected(BY_NAME["sales_net_90"])}
    monkeypatch.setattr(reasons_file, "BY_NAME", shielded)
    facts = {"sales_net_90": 10.0, "refund_rate_90": 0.5}
    pair = Table(
        axes=(axis("refund_rate_90", 0.1), axis("sales_net_90", 100.0)), cells=(1, 1, 0, -POINT * 9, 1, 0, 0, 0, 0)
    )
    assert told(facts, SALES, pair) == []
    assert not may_be_told(shielded["sales_net_90"])


def _protected(feature: Feature) -> Feature:
    from dataclasses import replace

    return replace(feature, protected=True)


def test_a_pair_is_told_by_both_and_moves_what_can_be_changed() -> None:
    cells = (5, 5, 0, -20, 5, 0, 0, 0, 0)
    table = Table(
        axes=(axis("refund_rate_90", 0.1), axis("history_days", 100.0)), cells=tuple(c * POINT for c in cells)
    )
    (against,) = told({"refund_rate_90": 0.5, "history_days": 40.0}, table)
    assert [(each.feature.name, each.better) for each in against.shown] == [
        ("refund_rate_90", Range(None, 0.1)), ("history_days", None),
    ]  # fmt: skip
    said = fact(against, "en")
    assert "50 %" in said
    assert "40 days" in said
    assert said.endswith("shops rated higher have under 10 % of the first.")
    assert "低于10%" in fact(against, "zh-Hans")


def test_what_is_not_known_is_a_reason_only_where_sharing_a_source_would_help() -> None:
    unknown = one("review_mean_90", (3.0,), -5, 5, -7)
    (against,) = told({"review_mean_90": None}, unknown)
    assert sentence(against, "en") == (
        "We do not know this of your shop, so it cannot count for you: average stars of 90 days. "
        "Share your shop's reviews."
    )
    assert told({"review_mean_90": None, "review_mean_365": 4.0}, unknown) == [], "the source is there: only time helps"


def _worst(feature: Feature) -> Against:
    """A reason made of one feature, with a figure that fits its unit."""
    value = {"share": 0.123, "yuan": 12_345.6, "1 or 0": 0.0, "stars": 3.9, "0 to 1": 0.4}.get(feature.unit, 7.0)
    better = Range(None, value / 2 + 0.001) if feature.higher_is == "worse" else Range(value * 2 + 0.01, None)
    return Against("t", -3, 3, (theme_of(feature.name).key,), (Shown(feature, value, better),), -3)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_feature_a_seller_can_change_has_a_sentence_that_reads_right(language: str) -> None:
    wrong = []
    for feature in filter(may_be_told, FEATURES):
        against = _worst(feature)
        said = sentence(against, language)
        figure, better = beside(float(against.shown[0].value), against.shown[0].better, feature.unit, language)
        foreign = (
            CHINESE.search(said.replace("刷单", "").replace("失信", ""))
            if language == "en"
            else re.search(r"[a-z]{4,}", said)
        )
        fine = figure in said and better in said and advice(against, language) in said
        ends = said.endswith("." if language == "en" else "。")
        if foreign or not fine or not ends or "{" in said or "  " in said or "nan" in said or not said[0].strip():
            wrong.append(f"{feature.name}: {said}")
        if language == "en" and said[0].islower():
            wrong.append(f"{feature.name}: {said}")
    assert wrong == []


def test_every_feature_a_seller_can_change_has_a_theme_of_its_own() -> None:
    assert [feature.name for feature in FEATURES if may_be_told(feature) and theme_of(feature.name) is OTHER] == []
    keys = [theme.key for theme in THEMES]
    assert len(set(keys)) == len(keys)
    starts = [start for theme in THEMES for start in theme.starts]
    assert len(set(starts)) == len(starts)


def test_every_source_a_feature_needs_can_be_asked_for() -> None:
    kinds = {kind for feature in FEATURES if may_be_told(feature) for need in feature.needs for kind in need.split("|")}
    assert sorted(kinds - set(SOURCES)) == []


def test_every_clause_belongs_to_a_feature() -> None:
    stems = {re.sub(r"_(7|30|60|90|180|365)$", "", feature.name) for feature in FEATURES}
    assert sorted(set(CLAUSES) - stems) == []


def test_protected_features_are_marked_as_such() -> None:
    assert [feature.name for feature in FEATURES if feature.protected] != []
    assert not any(may_be_told(feature) for feature in FEATURES if feature.protected)


@pytest.mark.parametrize(
    ("value", "better", "unit", "language", "said"),
    [
        (0.12, Range(None, 0.04), "share", "en", ("12 %", "under 4 %")),
        (0.0402, Range(None, 0.04), "share", "en", ("4.02 %", "under 4 %")),
        (0.040001, Range(None, 0.04), "share", "en", ("4.0001 %", "under 4 %")),
        (3.0, Range(12.5, None), "days", "en", ("3 days", "at least 13 days")),
        (3.0, Range(None, 0.5), "count", "en", ("3", "none")),
        (3.0, Range(0.0, 1.0), "count", "zh-Hans", ("3", "为0")),
        (-0.00533, Range(0.659, None), "share", "en", ("-0.5 %", "at least 65.9 %")),
        (1.0, Range(2.0, 4.0), "months", "zh-Hans", ("1个月", "2个月至4个月")),
        (-1_234.5, Range(0.0, None), "yuan", "en", ("-¥1,234", "at least ¥0")),
        (0.0, Range(0.5, None), "1 or 0", "en", ("no", "yes")),
        (1.0, Range(None, 0.5), "1 or 0", "zh-Hans", ("是", "否")),
    ],
)
def test_a_figure_and_the_better_range_never_look_the_same(
    value: float, better: Range, unit: str, language: str, said: tuple[str, str]
) -> None:
    assert beside(value, better, unit, language) == said


def test_what_could_not_be_read_is_named_with_why() -> None:
    assert unread(BY_NAME["visits_90"], "visits_90", "far-out", "en") == (
        "Page views in 90 days: it lies far outside anything seen before."
    )
    assert unread(None, "colour", "new-category", "zh-Hans") == "colour：属于从未见过的类别。"
