"""A boosted card is its trees, to the last digit that is kept; it keeps to signs, and takes every table it is given."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rating_cards import rated_row

pytest.importorskip("lightgbm", reason="training extra not installed: LightGBM")

import lightgbm as lgb

from lendmill.rating.axes import Axis, Levels
from lendmill.rating.card import Card
from lendmill.rating.scale import Scale
from lendmill.rating.tables import TABLES_MAX, Table
from lendmill.rating.training import boosted, train
from lendmill.rating.training.grid import between, cut_fine, edges_of, placed
from lendmill.rating.training.learners import Asked, _counted, boost
from lendmill.rating.training.pairs import BRISK, SLOW, learned_pairs
from lendmill.rating.training.trees import centred, summed
from lendmill.rating.training.writing import added, tables_of


@dataclass(frozen=True)
class Told:
    """A feature as the catalogue describes one."""

    name: str
    higher_is: str | None = None
    block: str = "transactions"


TOLD = (Told("sales", "better"), Told("refunds", "worse"), Told("age"), Told("trade"), Told("flat"))
QUICK = boosted.Recipe(1, 0.1, 10, patience=20, pairs=3, share=0.8)


def lot(rows: int = 1200, seed: int = 4) -> tuple[pl.DataFrame, Any]:
    """Shops where sales matter the more the younger the shop, refunds are sometimes unknown, and toys are risky."""
    chance = np.random.default_rng(seed)
    sales, refunds, age = chance.normal(size=rows), chance.exponential(size=rows), chance.integers(0, 9, rows)
    trade = chance.choice(["food", "toys", "shoes", "gold"], rows, p=[0.5, 0.3, 0.197, 0.003])
    logit = 1.2 + sales * (1.5 - 0.15 * age) - 0.4 * refunds + np.where(trade == "toys", -1.0, 0.2)
    bad = chance.random(rows) < 1 / (1 + np.exp(logit))
    unknown = pl.Series(chance.random(rows) < 0.15)
    columns = {"sales": sales, "refunds": pl.Series(refunds).set(unknown, None), "age": age, "trade": trade}
    return pl.DataFrame(columns).with_columns(flat=pl.lit(1.0)), bad


def asked(frame: pl.DataFrame, **more: Any) -> Asked:
    known = [feature for feature in TOLD if feature.name in frame.columns]
    return Asked(known, ("trade",), "boosted", "bad", Scale(), recipe=QUICK, **more)


@pytest.fixture(scope="module")
def learned() -> Card:
    frame, bad = lot()
    return boost(frame, bad, np.arange(frame.height), asked(frame)).card


def test_tables_are_the_trees_they_were_summed_from() -> None:
    frame, bad = lot()
    columns = cut_fine(frame, ["sales", "refunds", "age"], dict.fromkeys(frame.columns, False))
    codes = np.column_stack([column.codes for column in columns]).astype(np.float64)
    for n, column in enumerate(columns):
        codes[column.codes == column.missing, n] = np.nan
    params = {"objective": "binary", "max_depth": 2, "learning_rate": 0.1, "verbosity": -1, "max_bin": 400, "seed": 1,
              "min_data_in_bin": 1, "num_threads": 1}  # fmt: skip
    model = lgb.train(params, lgb.Dataset(codes, bad.astype(float)), 300)
    tables = summed(model.dump_model(), [column.axis.size for column in columns])
    assert {len(features) for features in tables} >= {2}
    sums = sum(values[tuple(columns[n].codes for n in features)] for features, values in tables.items())
    raw = model.predict(codes, raw_score=True, num_threads=1)
    assert np.abs(sums - raw).max() < 1e-12
    shares = [np.bincount(column.codes, minlength=column.axis.size) / frame.height for column in columns]
    same = [np.arange(column.axis.size) for column in columns]
    start, apart = centred(tables, shares, shares, same)
    again = start + sum(values[tuple(columns[n].codes for n in features)] for features, values in apart.items())
    assert np.abs(again - raw).max() < 1e-12
    for features, values in apart.items():
        mean = shares[features[0]] @ values
        assert np.abs(mean).max() < 1e-12
        if len(features) == 2:
            assert np.abs(values @ shares[features[1]]).max() < 1e-12


def test_the_card_written_down_says_what_was_learned_on_every_row() -> None:
    frame, bad = lot()
    names = [name for name in frame.columns if name != "flat"]
    columns = cut_fine(frame, names, {name: name == "trade" for name in names})
    made = boosted.learn(columns, bad, [-1, 1, 0, 0], 0, QUICK)
    said = np.full(frame.height, made.start)
    for features, values in made.tables.items():
        codes = [columns[n].codes if len(features) == 1 else columns[n].to_coarse[columns[n].codes] for n in features]
        said += values[tuple(codes)]
    tables = tables_of(columns, made, dict.fromkeys(names, "b"))
    card = Card(key="k", target="t", start=round(-made.start * 1e15), tables=tables)
    logit, unknown = card.logits(frame)
    assert not unknown.any()
    assert np.abs(logit / 1e15 + said).max() < 1e-12
    assert any(len(table.axes) == 2 for table in card.tables)


def test_one_by_one_and_all_at_once_are_the_same_to_the_bit(learned: Card) -> None:
    frame, _ = lot()
    rated = Card.read(learned.written()).rate_table(frame.with_row_index("shop_key"))
    for row, facts in list(zip(rated.iter_rows(named=True), frame.iter_rows(named=True), strict=True))[:200]:
        alone = learned.rate(facts)
        assert rated_row(row) == alone
        assert sum(each.points for each in alone.contributions) == alone.points


def test_where_the_sign_is_known_points_never_turn(learned: Card) -> None:
    steps = np.linspace(-2.8, 2.8, 80)
    for age in (0, 4, 8):
        for trade in ("food", "toys", None):
            rows = pl.DataFrame({"shop_key": range(80), "sales": steps, "refunds": 1.0, "age": age, "trade": trade})
            logit, _ = learned.logits(rows)
            assert (np.diff(logit) >= -100).all()  # 10^-13: cells are rounded one by one
            worse, _ = learned.logits(rows.with_columns(refunds=pl.Series(np.linspace(0.0, 5.0, 80)), sales=0.0))
            assert (np.diff(worse) <= 100).all()


def test_a_card_of_categories_pools_the_rare_and_names_the_rest(learned: Card) -> None:
    axes = {axis.feature: axis for table in learned.tables for axis in table.axes}
    trade = axes["trade"]
    assert isinstance(trade, Levels)
    assert trade.levels == ("food", "shoes", "toys")
    assert trade.pooled == ("gold",)
    assert "flat" not in axes


def test_what_is_bad_for_a_boosted_card_is_unknown(learned: Card) -> None:
    good = {"sales": 0.1, "refunds": 1.0, "age": 3, "trade": "food"}
    assert learned.rate(good).grade != "UNKNOWN"
    assert learned.rate(good | {"refunds": None}).grade != "UNKNOWN"
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"sales": "0.1"}, "sales", "not-a-number"),
        ({"sales": float("inf")}, "sales", "unusable"),
        ({"sales": float("nan")}, "sales", "unusable"),
        ({"sales": 1e12}, "sales", "far-out"),
        ({"sales": None}, "sales", "never-missing"),
        ({"trade": None}, "trade", "never-missing"),
        ({"trade": "cars"}, "trade", "new-category"),
        ({"age": True}, "age", "not-a-number"),
    ]
    for change, feature, why in wrong:
        rated = learned.rate(good | change)
        assert (rated.points, rated.pd, rated.grade) == (None, None, "UNKNOWN")
        assert [(each.feature, each.reason.value) for each in rated.unknown] == [(feature, why)]
    renamed = {("turnover" if name == "sales" else name): value for name, value in good.items()}
    assert [each.reason.value for each in learned.rate(renamed).unknown] == ["absent"]


def test_the_same_shops_and_seed_give_the_same_card() -> None:
    frame, bad = lot(400)
    first, second = (boost(frame, bad, np.arange(400), asked(frame)).card.digest for _ in range(2))
    assert first == second


def test_a_card_with_a_share_of_another_adds_both_on_every_row() -> None:
    frame, _ = lot(300)
    columns = cut_fine(frame, ["sales", "age", "trade"], {"sales": False, "age": False, "trade": True})
    sales, age, trade = (column.coarse for column in columns)
    assert isinstance(sales, Axis)
    other = Axis(sales.feature, (-0.5, 0.25), sales.low, sales.high, sales.missing_seen)
    first = (Table((sales,), tuple(range(sales.size))), Table((age, trade), tuple(range(age.size * trade.size))))
    second = (Table((other,), (100, 200, 400, 0)), Table((trade,), tuple(range(0, 100 * trade.size, 100))))
    both = Card(key="k", target="t", start=0, tables=added(first, second, 250_000))
    logit, _ = both.logits(frame)
    parts = [Card(key="k", target="t", start=0, tables=tables).logits(frame)[0] for tables in (first, second)]
    assert (logit == parts[0] + parts[1] / 4).all()
    assert added(first, second, 0) == first


def test_however_many_pairs_are_allowed_a_card_has_room_for_its_tables() -> None:
    chance = np.random.default_rng(0)
    frame = pl.DataFrame({f"f{n}": chance.normal(size=60) for n in range(25)})  # 300 pairs, and 300 tables at most
    columns, bad = cut_fine(frame, frame.columns, dict.fromkeys(frame.columns, False), 4, 4), chance.random(60) < 0.4
    how = boosted.Recipe(1, 0.1, 5, patience=1, pairs=10_000, share=1.0)
    work = boosted._Work(columns, bad, [0] * 25, 0, how)
    assert len(work.best_pairs(np.zeros(60))) == TABLES_MAX - 25


def test_many_shops_are_asked_about_pairs_in_fewer_steps_and_tell_the_same() -> None:
    chance = np.random.default_rng(1)
    places = chance.integers(0, 4, (2000, 2)).astype(float)
    bad = chance.random(2000) < np.where((places[:, 0] > 1) == (places[:, 1] > 1), 0.6, 0.2)
    told = np.zeros(2000), (np.arange(1500), np.arange(1500, 2000)), [(0, 1)], [5, 5], [0, 0], 0
    (slow, steps), (brisk, fewer) = (learned_pairs(places, bad.astype(np.int64), *told, pace) for pace in (SLOW, BRISK))
    assert boosted.recipe(50_000, 3_000).pace == BRISK
    assert fewer < steps / 2
    assert np.abs(slow[0, 1] - brisk[0, 1])[:4, :4].max() < 0.1


def test_with_few_bad_payers_a_classic_card_is_learned_and_the_report_says_so() -> None:
    frame, bad = lot(300)
    keep = np.flatnonzero(~bad | (np.cumsum(bad) <= 40))
    table = frame[keep].with_columns(bad=pl.Series(bad[keep]))
    _, report = train(table, "bad", TOLD, kind="boosted", categories=("trade",))
    assert report.kind == "classic"
    assert "40 bad" in report.notes[0]


@settings(deadline=None)
@given(
    values=st.lists(st.one_of(st.floats(-1e9, 1e9), st.integers(-3, 3).map(float)), min_size=2, max_size=60),
    most=st.integers(2, 20),
)
def test_edges_rise_and_part_the_values_into_no_more_bins_than_asked(values: list[float], most: int) -> None:
    known = np.sort(np.array(values) + 0.0)
    edges = edges_of(known, most)
    assert edges == sorted(set(edges))
    assert all(known[0] < edge <= known[-1] for edge in edges)
    if len(np.unique(known)) <= most:
        assert len(edges) == len(np.unique(known)) - 1


@given(below=st.floats(-1e9, 1e9), above=st.floats(-1e9, 1e9))
def test_a_number_between_two_is_over_the_one_and_not_over_the_other(below: float, above: float) -> None:
    if below < above:
        assert below < between(below, above) <= above


def test_other_rows_fall_on_the_axes_that_were_learned() -> None:
    frame, _ = lot(500)
    names = ["sales", "refunds", "trade"]
    columns = cut_fine(frame, names, {name: name == "trade" for name in names})
    again = placed(columns, frame)
    assert all((mine == column.codes).all() for mine, column in zip(again, columns, strict=True))


def test_a_shop_in_many_rows_teaches_as_one() -> None:
    shops = np.repeat(np.arange(400), 10)
    assert _counted(shops, shops % 4 == 0) == (400, 100)
    assert boosted.recipe(*_counted(shops, shops % 4 == 0)) == boosted.recipe(400, 100)
    assert boosted.recipe(400, 100).pairs == 10
