"""A card is learned with every feature in its expected direction, and measured on shops it has not seen."""

import sys
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pytest

from lendmill.rating.measures import area
from lendmill.rating.tables import BankRatingOffered, Reading

pytest.importorskip("optbinning", reason="training extra not installed: OptBinning")

from lendmill.rating.card import Unknown
from lendmill.rating.scale import Scale
from lendmill.rating.training import Report, bins, train
from lendmill.rating.training.learners import Asked
from lendmill.rating.training.lessons import NothingLearned, TooFewBad, UnusableForTraining, _Lessons


@dataclass(frozen=True)
class Feature:
    """A feature as the catalogue describes one."""

    name: str
    higher_is: str | None = None
    block: str = "transactions"


CATALOGUE = (
    Feature("sales", "better"),
    Feature("sales_twin", "better"),
    Feature("refunds", "worse", "customer interaction"),
    Feature("reviews", "better", "customer interaction"),
    Feature("backwards", "worse"),
    Feature("noise_1", "better"),
    Feature("noise_2", None),
    Feature("elsewhere", "better"),
    Feature("never_known", "better"),
)


def market(shops: int = 600, seed: int = 7) -> pl.DataFrame:
    """Shops whose default depends on sales and refunds, and on reviews where there are any."""
    chance = np.random.default_rng(seed)
    sales, refunds, reviews = (chance.normal(size=shops) for _ in range(3))
    unreviewed = chance.random(shops) < 0.25
    logit = 1.6 + 1.1 * sales - 0.8 * refunds + np.where(unreviewed, -1.0, 0.7 * reviews)
    return pl.DataFrame(
        {
            "shop_key": [f"s{n:04}" for n in range(shops)],
            "defaulted": chance.random(shops) < 1 / (1 + np.exp(logit)),
            "sales": sales,
            "sales_twin": sales + chance.normal(size=shops) * 0.05,
            "refunds": refunds,
            "reviews": pl.Series(reviews).set(pl.Series(unreviewed), None),
            "backwards": sales + chance.normal(size=shops) * 0.5,
            "noise_1": chance.normal(size=shops),
            "noise_2": chance.normal(size=shops),
            "never_known": pl.Series([None] * shops, dtype=pl.Float64),
            "told_later": chance.random(shops),
        }
    )


@pytest.fixture(scope="module")
def learned() -> tuple[Any, Report]:
    return train(market(), "defaulted", CATALOGUE)


def test_features_that_tell_are_kept_and_the_rest_left_out_with_the_reason(learned: tuple[Any, Report]) -> None:
    card, report = learned
    spans = {table.feature: card.scale.weight(max(table.cells) - min(table.cells)) for table in card.tables}
    assert {name for name, points in spans.items() if points > 30} - {"sales", "sales_twin"} == {"refunds", "reviews"}
    left_out = report.left_out
    [twin] = {"sales", "sales_twin"} & set(left_out)
    assert left_out[twin].startswith("says what sales")
    assert left_out["backwards"] == "no cut in the expected direction"
    assert left_out["never_known"] == "hardly ever known"
    assert left_out["elsewhere"] == "not in the table"
    noise = {"noise_1", "noise_2"}
    assert set(left_out) - noise == {twin, "backwards", "never_known", "elsewhere"}


def test_points_go_the_way_they_are_expected_to(learned: tuple[Any, Report]) -> None:
    card, _ = learned
    expected = {feature.name: feature.higher_is for feature in CATALOGUE}
    for table in card.tables:
        values = list(table.cells[: len(table.axes[0].edges) + 1])
        assert len(values) >= 2
        if (direction := expected[table.feature]) is not None:
            assert values == sorted(values, reverse=direction == "worse")


def test_missing_has_the_points_its_record_earned_or_none(learned: tuple[Any, Report]) -> None:
    card, _ = learned
    known = dict.fromkeys(card.features, 0.0)
    rated = {c.feature: c for c in card.rate(known | {"reviews": None}).contributions}
    assert rated["reviews"].points < -5
    assert rated["reviews"].reading == Reading.MISSING
    assert card.rate(known | {"refunds": None}).unknown == (Unknown("refunds", Reading.NEVER_MISSING),)


def test_what_is_measured_out_of_fold_holds_on_new_shops(learned: tuple[Any, Report]) -> None:
    card, report = learned
    assert (report.shops, report.rows, report.bads) == (600, 600, int(market()["defaulted"].sum()))
    fresh = market(shops=20_000, seed=8)
    found = area(fresh["defaulted"].to_numpy(), card.rate_table(fresh)["pd"].to_numpy()).value
    assert report.auc.low < found < report.auc.high
    assert abs(report.mean_pd - report.bads / report.shops) < 0.02
    assert 0.8 < report.calibration_slope < 1.2
    assert report.calibration_slope_between is not None
    assert report.calibration_slope_between[0] < report.calibration_slope < report.calibration_slope_between[1]


def test_the_order_of_rows_and_columns_changes_nothing(learned: tuple[Any, Report]) -> None:
    shuffled = market().sample(fraction=1.0, shuffle=True, seed=3)
    card, report = train(shuffled.select(sorted(shuffled.columns)), "defaulted", tuple(reversed(CATALOGUE)))
    assert {t.feature: t.cells for t in card.tables} == {t.feature: t.cells for t in learned[0].tables}
    assert report.auc == learned[1].auc


def test_another_seed_for_the_folds_is_the_same_card(learned: tuple[Any, Report]) -> None:
    card, report = train(market(), "defaulted", CATALOGUE, seed=1, repeats=1)
    assert msgspec.structs.replace(card, bands=learned[0].bands) == learned[0]
    assert report.auc != learned[1].auc
    assert len(report.auc_by_seed) == 1


@pytest.mark.parametrize("name", ["rating", "bank_rating", "Bank_Rating"])
def test_the_banks_own_rating_is_refused_by_name(name: str) -> None:
    offered = market().with_columns(pl.lit(1.0).alias(name))
    with pytest.raises(BankRatingOffered, match=name):
        train(offered, "defaulted", CATALOGUE)


def test_columns_the_catalogue_does_not_know_are_never_read(learned: tuple[Any, Report]) -> None:
    leaking = market().with_columns(told_later=pl.col("defaulted").cast(pl.Float64))
    assert train(leaking, "defaulted", CATALOGUE)[0] == learned[0]


@pytest.mark.parametrize(
    "spoil",
    [
        pl.lit(float("nan")).alias("sales"),
        pl.lit(float("inf")).alias("sales"),
        pl.col("sales").cast(pl.String),
        pl.lit(2).alias("defaulted"),
    ],
)
def test_values_that_cannot_be_learned_from_are_refused(spoil: pl.Expr) -> None:
    with pytest.raises(UnusableForTraining):
        train(market(100).with_columns(spoil), "defaulted", CATALOGUE)


def test_too_few_bad_payers_are_refused() -> None:
    few = market(300).sort("defaulted", descending=True)
    bads = int(few["defaulted"].sum())
    with pytest.raises(TooFewBad, match="9 bad"):
        train(few.slice(bads - 9), "defaulted", CATALOGUE)


def test_where_nothing_tells_there_is_no_card() -> None:
    with pytest.raises(NothingLearned):
        train(market(200), "defaulted", (Feature("backwards", "worse"),))


def test_chance_is_not_taken_for_skill() -> None:
    chance = np.random.default_rng(11)
    nothing = pl.DataFrame({f"noise_{n}": chance.normal(size=150) for n in range(40)}).with_columns(
        defaulted=pl.Series(chance.random(150) < 0.25)
    )
    try:
        _, report = train(nothing, "defaulted", [Feature(f"noise_{n}", "better") for n in range(40)])
    except NothingLearned:
        return
    assert report.auc.low < 0.5
    assert report.auc.value < 0.65


def test_a_shop_seen_on_several_days_is_in_one_fold_and_counts_once() -> None:
    once = market(240)
    thrice = pl.concat([once.with_columns(as_of_on=date(2025, month, 28)) for month in (1, 2, 3)])
    card, report = train(thrice, "defaulted", CATALOGUE)
    assert (report.shops, report.rows, report.bads) == (240, 720, int(once["defaulted"].sum()))
    assert (report.by_day, report.bad_rows) == (True, 3 * report.bads)
    assert (report.as_of_from_on, report.as_of_to_on) == (date(2025, 1, 28), date(2025, 3, 28))
    alone, single = train(once, "defaulted", CATALOGUE)
    assert card.features == alone.features
    assert abs(report.auc.value - single.auc.value) < 0.05


def test_no_shop_is_learned_from_and_measured_in_one_fold() -> None:
    thrice = pl.concat([market(100).with_columns(as_of_on=date(2025, month, 28)) for month in (1, 2, 3)])
    rows = thrice.sort("shop_key", "as_of_on")
    asked = Asked([f for f in CATALOGUE if f.name in rows.columns], (), "card", "defaulted", Scale())
    lessons = _Lessons(rows, rows["defaulted"].to_numpy(), asked, "classic")
    held_before: set[int] = set()
    for learned, held in lessons._folds(0):
        assert set(rows["shop_key"][learned]).isdisjoint(rows["shop_key"][held])
        assert held_before.isdisjoint(held)
        held_before |= set(held)
    assert held_before == set(range(300))
    assert int(lessons.last.sum()) == 100
    assert set(rows["as_of_on"].to_numpy()[lessons.last].astype(str)) == {"2025-03-28"}


def test_a_feature_that_turns_against_its_own_evidence_beside_another_is_left_out() -> None:
    chance = np.random.default_rng(2)
    sales, other = chance.normal(size=3000), chance.normal(size=3000)
    echo = 0.6 * sales + 0.8 * other
    bad = chance.random(3000) < 1 / (1 + np.exp(1.6 + 1.6 * sales - 0.5 * echo))
    frame = pl.DataFrame({"sales": sales, "echo": echo, "defaulted": bad})
    both = (Feature("sales", "better"), Feature("echo", "better"))
    assert train(frame, "defaulted", both[1:])[0].features == ("echo",)
    card, report = train(frame, "defaulted", both)
    assert card.features == ("sales",)
    assert report.left_out == {"echo": "wrong sign beside the others"}


def test_without_optbinning_training_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optbinning", None)
    bins._optimal_binning.cache_clear()
    try:
        with pytest.raises(bins.TrainingNotInstalled, match=r"pip install 'lendmill\[train\]'"):
            train(market(200), "defaulted", CATALOGUE)
    finally:
        bins._optimal_binning.cache_clear()


def test_those_turned_away_are_learned_from_only_where_asked_and_the_report_says_what_that_assumes(
    learned: tuple[Any, Report],
) -> None:
    turned_away = market(300, seed=9).drop("defaulted").with_columns(sales=pl.col("sales") - 1.0)
    card, report = train(market(), "defaulted", CATALOGUE, turned_away=turned_away)
    assert learned[1].notes == ()
    assert any("Reject inference" in note for note in report.notes)
    assert report.shops == 600
    assert sum(each.goods + each.bads for each in report.kept[0].bins) == 600
    assert card.digest != learned[0].digest
    unreadable = turned_away.with_columns(sales=pl.lit(1e9), sales_twin=pl.lit(1e9))
    same, _ = train(market(), "defaulted", CATALOGUE, turned_away=unreadable)
    assert same.tables == learned[0].tables


def test_a_card_of_the_earlier_days_is_measured_on_the_later_ones() -> None:
    days = [date(2025, month, 28) for month in (1, 4, 7, 10)]
    several = pl.concat(
        market(250, seed=n).with_columns(as_of_on=day, shop_key=f"{n}-" + pl.col("shop_key"))
        for n, day in enumerate(days)
    )
    _, report = train(several, "defaulted", CATALOGUE)
    later = report.out_of_time
    assert later is not None
    assert (later.learned_to_on, later.measured_from_on, later.shops) == (days[2], days[3], 250)
    assert later.bads == int(market(250, seed=3)["defaulted"].sum())
    assert later.auc.low < report.auc.value < later.auc.high


def test_what_happened_later_teaches_the_card_that_is_measured_on_it_nothing() -> None:
    first, then = date(2025, 1, 28), date(2025, 10, 28)
    by_sales = market(400).with_columns(as_of_on=first, defaulted=pl.col("sales") < -0.8)
    by_refunds = market(800, seed=8).with_columns(
        as_of_on=then, defaulted=pl.col("refunds") > 0.8, shop_key="later-" + pl.col("shop_key")
    )
    card, report = train(pl.concat([by_sales, by_refunds]), "defaulted", CATALOGUE, later_from=then)
    assert "refunds" in card.features
    assert report.auc.value > 0.75
    assert report.out_of_time is not None
    assert (report.out_of_time.shops, report.out_of_time.learned_to_on) == (800, first)
    assert abs(report.out_of_time.auc.value - 0.5) < 0.08


def test_the_report_says_what_the_card_was_learned_from(learned: tuple[Any, Report]) -> None:
    card, report = learned
    assert report.digest == card.digest
    assert sum(band.shops for band in card.bands) == 600
    assert sum(band.bads for band in card.bands) == report.bads
    assert set(report.spreads) == set(card.features)
    assert len(report.points_quantiles) == 21
    assert report.versions["optbinning"] != "absent"
    for kept in report.kept:
        assert sum(each.goods + each.bads for each in kept.bins) == 600
