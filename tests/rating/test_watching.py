"""A card's figures: worked by hand, on both sides of every level, and quiet where only chance is at work."""

import math
from datetime import date

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rating_cards import SMALL

from lendmill.rating.card import Band, Card
from lendmill.rating.measures import Measured
from lendmill.rating.watching.alarms import DEFAULTS, LevelsCrossed, NoSuchLevel, level_of, new_level
from lendmill.rating.watching.chance import chi_square_quantile, ratio_interval, share_interval
from lendmill.rating.watching.fairness import (
    SegmentCount,
    SegmentOutcome,
    impact_figures,
    outcome_figures,
    protected_inputs,
)
from lendmill.rating.watching.reference import reference_of
from lendmill.rating.watching.ripening import MonthCount, RipeOutcome, month_figures, order_figures, ripe_on
from lendmill.rating.watching.stability import chance_index, points_figure, stability_index, table_figure

COUNTS = st.lists(st.integers(0, 5_000), min_size=2, max_size=12).filter(lambda counts: sum(counts) >= 30)


def test_the_stability_index_is_the_textbooks_for_full_bins() -> None:
    then, now = [100_000, 300_000, 600_000], [200_000, 300_000, 500_000]
    textbook = 0.1 * math.log(2) + 0.0 + (-0.1) * math.log(5 / 6)
    assert stability_index(then, now) == pytest.approx(textbook, abs=1e-5)


def test_an_empty_bin_counts_for_a_half_and_not_for_infinity() -> None:
    shares = [(10.5 / 21, 20.5 / 21), (10.5 / 21, 0.5 / 21)]
    worked = sum((b - a) * math.log(b / a) for a, b in shares)
    assert stability_index([10, 10], [20, 0]) == pytest.approx(worked)


@given(COUNTS, st.data())
def test_the_index_is_nought_for_the_same_shops_and_the_same_both_ways(then: list[int], data: st.DataObject) -> None:
    now = data.draw(st.lists(st.integers(0, 5_000), min_size=len(then), max_size=len(then)))
    assert stability_index(then, then) == 0
    assert stability_index(then, now) == pytest.approx(stability_index(now, then))
    assert stability_index(then, now) >= 0


def test_what_chance_alone_gives_is_passed_five_times_in_a_hundred() -> None:
    chance, shares = np.random.default_rng(0), [0.1] * 10
    passed = 0
    for _ in range(1_000):
        then, now = chance.multinomial(4_000, shares).tolist(), chance.multinomial(1_000, shares).tolist()
        passed += stability_index(then, now) > chance_index(then, now)
    assert 35 <= passed <= 65


@pytest.mark.parametrize(("degrees", "exact"), [(2, 5.991), (4, 9.488), (9, 16.919), (19, 30.144)])
def test_the_quantile_of_chi_square_is_within_one_in_a_hundred(degrees: int, exact: float) -> None:
    assert chi_square_quantile(degrees) == pytest.approx(exact, rel=0.01)
    assert chi_square_quantile(0) == 0


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert share_interval(0, 50) == pytest.approx((0.0, 0.0713), abs=1e-4)
    assert share_interval(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert share_interval(50, 50)[1] == 1.0


def test_points_are_counted_between_the_edges_of_training() -> None:
    same = points_figure((560, 600), (1_000, 2_000, 1_000), {559: 100, 560: 100, 599: 100, 600: 100}, DEFAULTS)
    assert (same.value, same.counted, same.alarm) == (pytest.approx(0, abs=1e-4), 400, "")
    moved = points_figure((560, 600), (1_000, 2_000, 1_000), {500: 300, 570: 100}, DEFAULTS)
    assert moved.value is not None
    assert (moved.value > 0.25, moved.alarm) == (True, "alarm")
    few = points_figure((560, 600), (1_000, 2_000, 1_000), {500: 29}, DEFAULTS)
    assert (few.value, few.counted, few.alarm) == (None, 29, "")


def test_a_table_is_compared_bin_by_bin_and_chance_is_no_alarm() -> None:
    then = {"< 3": 500, ">= 3": 500}
    assert table_figure("age", then, {">= 3": 400, "< 3": 600}, DEFAULTS).alarm == ""  # 0.04
    moved = table_figure("age", then, {"< 3": 330, ">= 3": 670}, DEFAULTS)
    assert (moved.figure, moved.about, moved.alarm) == ("csi", "age", "watch")  # 0.12
    assert table_figure("age", then, {"< 3": 260, ">= 3": 740}, DEFAULTS).alarm == "alarm"  # 0.25
    new = table_figure("age", then, {"< 3": 400, ">= 3": 400, "missing": 200}, DEFAULTS)
    assert (new.alarm, new.counted) == ("alarm", 1_000)
    by_chance = table_figure("age", {"< 3": 15, ">= 3": 15}, {"< 3": 20, ">= 3": 10}, DEFAULTS)
    assert by_chance.value is not None
    assert by_chance.chance is not None
    assert (by_chance.value > 0.1, by_chance.value < by_chance.chance, by_chance.alarm) == (True, True, "")


def test_a_ripe_month_alarms_on_both_sides_and_a_young_one_only_when_it_is_too_bad_already() -> None:
    today, month = date(2027, 2, 28), date(2026, 2, 1)

    def told(month_on: date, bads: int, mean_pd: float) -> tuple[str, str, str]:
        (figure,) = month_figures([MonthCount(month_on, 1_000, mean_pd, bads)], today)
        return figure.figure, figure.about, figure.alarm

    assert told(month, 50, 0.05) == ("calibration", "2026-02", "")
    assert told(month, 50, 0.066) == ("calibration", "2026-02", "watch")
    assert told(month, 50, 0.08) == ("calibration", "2026-02", "alarm")
    assert told(month, 50, 0.03) == ("calibration", "2026-02", "alarm")
    young = date(2026, 3, 1)
    assert told(young, 50, 0.08) == ("so far", "2026-03", "")
    assert told(young, 50, 0.037) == ("so far", "2026-03", "watch")
    assert told(young, 50, 0.03) == ("so far", "2026-03", "alarm")


def test_a_month_is_ripe_when_its_last_decision_is() -> None:
    month = [MonthCount(date(2026, 2, 1), 10, 0.1, 1)]
    assert [each.figure for each in month_figures(month, date(2027, 2, 27))] == ["so far"]
    assert [each.figure for each in month_figures(month, date(2027, 2, 28))] == ["calibration"]
    assert ripe_on(date(2024, 2, 29)) == date(2025, 3, 1)


def test_decisions_known_and_open_make_one_month() -> None:
    known, still = MonthCount(date(2026, 5, 1), 10, 0.4, 10), MonthCount(date(2026, 5, 1), 30, 0.2, 0)
    (figure,) = month_figures([known, still], date(2026, 9, 1))
    assert (figure.counted, figure.bads, figure.value, figure.expected) == (40, 10, 0.25, pytest.approx(0.25))


def followed(auc_like: float, count: int = 400) -> list[RipeOutcome]:
    """Borrowers of whom one in four defaults, told apart more or less well."""
    chance = np.random.default_rng(1)
    bad = np.arange(count) % 4 == 0
    pd = 1 / (1 + np.exp(-(chance.normal(size=count) + auc_like * bad)))
    return [RipeOutcome(float(p), bool(b)) for p, b in zip(pd, bad, strict=True)]


def test_the_order_is_measured_when_enough_outcomes_are_ripe() -> None:
    auc, ks, brier = order_figures(followed(2.0), Measured(0.9, 0.88, 0.92), DEFAULTS)
    assert auc.value is not None
    assert auc.low is not None
    assert (auc.low < auc.value, auc.expected, auc.counted, auc.bads) == (True, 0.9, 400, 100)
    assert [each.figure for each in (auc, ks, brier)] == ["auc", "ks", "brier"]
    few = [RipeOutcome(0.1 * n, n < 9) for n in range(30)]
    assert [each.value for each in order_figures(few, None, DEFAULTS)] == [None, None, None]
    assert order_figures([*few, RipeOutcome(0.5, True)], None, DEFAULTS)[0].value is not None


def test_the_auc_alarms_only_below_training_and_beyond_chance() -> None:
    outcomes = followed(1.0)
    value = order_figures(outcomes, None, DEFAULTS)[0]
    assert value.value is not None
    assert value.high is not None

    def alarm(trained: float) -> str:
        return order_figures(outcomes, Measured(trained, trained, trained), DEFAULTS)[0].alarm

    assert alarm(value.high - 0.001) == ""  # chance explains it
    assert alarm(0.5) == ""  # better than training said
    assert alarm(value.value + 0.2) == "alarm"
    outcomes = followed(1.0, 8_000)
    many = order_figures(outcomes, None, DEFAULTS)[0]
    assert many.value is not None
    assert alarm(many.value + 0.04) == "watch"


def test_impact_is_measured_against_the_best_placed_segment_and_small_ones_are_put_together() -> None:
    counts = [
        SegmentCount("region", "浙江", 1_000, 800),
        SegmentCount("region", "广东", 1_000, 500),
        SegmentCount("region", "四川", 1_000, 300),
        SegmentCount("region", "西藏", 29, 29),
        SegmentCount("region", "青海", 11, 0),
        SegmentCount("kind", "firm", 29, 29),
    ]
    found = list(impact_figures(counts, DEFAULTS))
    assert {each.about: (each.value, each.counted) for each in found if each.figure == "approval"} == {
        "region: 浙江": (0.8, 1_000),
        "region: 广东": (0.5, 1_000),
        "region: 四川": (0.3, 1_000),
        "region: others": (0.725, 40),
    }
    assert {each.about: (each.value, each.counted, each.alarm) for each in found if each.figure == "impact"} == {
        "region: 广东": (0.625, 1_000, "watch"),
        "region: 四川": (pytest.approx(0.375), 1_000, "alarm"),
        "region: others": (pytest.approx(0.725 / 0.8), 40, ""),
    }


def test_four_fifths_is_no_adverse_impact_and_a_difference_by_chance_is_no_alarm() -> None:
    def alarm(first: tuple[int, int], second: tuple[int, int]) -> str:
        counts = [SegmentCount("kind", "firm", *first), SegmentCount("kind", "person", *second)]
        return next(each.alarm for each in impact_figures(counts, DEFAULTS) if each.figure == "impact")

    assert alarm((10_000, 10_000), (10_000, 8_000)) == ""
    assert alarm((10_000, 10_000), (10_000, 7_999)) == "watch"
    assert alarm((40, 30), (40, 22)) == ""
    assert [each.figure for each in impact_figures([SegmentCount("kind", "firm", 50, 0)], DEFAULTS)] == ["approval"]


def test_the_interval_of_a_ratio_is_katzs_and_stands_where_a_share_is_nought() -> None:
    assert ratio_interval((80, 100), (90, 100)) == pytest.approx((0.791, 1.0), abs=1e-3)
    low, high = ratio_interval((0, 100), (50, 100))
    assert 0 < low < high < 0.2


def test_a_segment_that_pays_otherwise_than_told_is_told_of() -> None:
    outcomes = [
        SegmentOutcome("kind", "firm", 1_000, 0.05, 50),
        SegmentOutcome("kind", "person", 1_000, 0.05, 30),
        SegmentOutcome("region", "浙江", 1_000, 0.05, 36),
        SegmentOutcome("region", "西藏", 29, 0.05, 29),
    ]
    told = {each.about: each.alarm for each in outcome_figures(outcomes)}
    assert told == {"kind: firm": "", "kind: person": "alarm", "region: 浙江": "watch"}


def test_a_protected_feature_in_a_card_is_found() -> None:
    assert protected_inputs(("sales", "age"), ["age", "gender"]) == ("age",)
    assert protected_inputs(("sales",), ["age"]) == ()


@pytest.mark.parametrize(("figure", "value", "alarm"), [
    ("psi", 0.0999, ""), ("psi", 0.1, "watch"), ("psi", 0.2499, "watch"), ("psi", 0.25, "alarm"),
    ("impact", 0.8, ""), ("impact", 0.7999, "watch"), ("impact", 0.6, "watch"), ("impact", 0.5999, "alarm"),
    ("psi", None, ""),
])  # fmt: skip
def test_the_levels_on_both_sides(figure: str, value: float | None, alarm: str) -> None:
    assert level_of(figure, {}).of(value) == alarm


def test_a_house_may_have_levels_of_its_own_but_not_crossed_ones() -> None:
    assert new_level("psi", 0.05, 0.1).of(0.07) == "watch"
    assert level_of("psi", {"psi": new_level("psi", 0.05, 0.06)}).of(0.07) == "alarm"
    for figure, watch, alarm in (("psi", 0.2, 0.2), ("impact", 0.6, 0.8)):
        with pytest.raises(LevelsCrossed):
            new_level(figure, watch, alarm)
    with pytest.raises(NoSuchLevel, match="psi"):
        new_level("luck", 1, 2)


def test_a_card_is_compared_with_the_shops_it_learned_from() -> None:
    kept = [
        {"feature": "months_active", "bins": [{"bin": "< 3", "goods": 5, "bads": 2}]},
        {"feature": "gone", "bins": []},
    ]
    report = {"kept": kept, "auc": {"value": 0.8, "low": 0.7, "high": 0.9}}
    told = reference_of(banded(SMALL), report)
    assert (told.edges, told.shops) == ((560, 600), (30, 20, 10))
    assert (told.tables, told.auc) == ({"months_active": {"< 3": 7}}, Measured(0.8, 0.7, 0.9))
    by_day = reference_of(banded(SMALL), {**report, "rows": 60, "shops": 15})
    assert by_day.tables == {"months_active": {"< 3": 1.75}}  # seven rows of four days each
    nothing = reference_of(SMALL, {"made for": "measuring"})
    assert (nothing.edges, nothing.shops, nothing.tables, nothing.auc) == ((), (), {}, None)


def banded(card: Card) -> Card:
    """The card with the shops of three bands."""
    bands = tuple(Band(floor, shops, 1, 0.0, 0.5) for floor, shops in ((None, 30), (560, 20), (600, 10)))
    return msgspec.structs.replace(card, bands=bands)
