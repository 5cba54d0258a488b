"""Somebody at a notebook goes from a table to a card that can be kept and served."""

from typing import Any

import numpy as np
import polars as pl
import pytest

pytest.importorskip("optbinning", reason="training extra not installed: OptBinning")
pytest.importorskip("lightgbm", reason="training extra not installed: LightGBM")

import pandas as pd

from lendmill.rating.axes import Levels
from lendmill.rating.card import Card
from lendmill.rating.handed_in import outcomes_of
from lendmill.rating.learning import (
    BoostedCard,
    NoColumnNames,
    NotFitted,
    OutcomesUnclear,
    Scorecard,
    TableUnclear,
)
from lendmill.rating.training.boosted import Recipe
from lendmill.rating.training.checking import TooFewBad, UnusableForTraining
from lendmill.rating.training.learners import NothingLearned


def shops(rows: int = 400, seed: int = 5) -> tuple[pl.DataFrame, Any]:
    """Shops whose trade tells, whose sales tell more, and of whom some do not say their sales."""
    chance = np.random.default_rng(seed)
    sales, trade = chance.normal(size=rows), chance.choice(["food", "toys", "shoes"], rows)
    unknown = chance.random(rows) < 0.2
    logit = 0.6 + 1.4 * sales + np.where(trade == "toys", -1.5, 0.4)
    bad = chance.random(rows) < 1 / (1 + np.exp(logit))
    frame = pl.DataFrame(
        {"sales": pl.Series(sales).set(pl.Series(unknown), None), "trade": trade, "open": sales > -9.0}
    )
    return frame, bad.astype(int)


QUICK = Recipe(1, 0.1, 10, patience=20, pairs=3, share=0.8)


@pytest.fixture(scope="module", params=["classic", "boosted"])
def fitted(request: pytest.FixtureRequest) -> Any:
    signs = {"sales": "better"}
    if request.param == "classic":
        return Scorecard(signs=signs, key="notebook").fit(*shops())
    return BoostedCard(signs=signs, key="notebook", recipe=QUICK).fit(*shops())


def test_a_fitted_learner_gives_a_card_that_is_served_as_it_is(fitted: Any) -> None:
    frame, _ = shops()
    card = Card.read(fitted.card.written())
    assert card == fitted.card
    rated = card.rate_table(frame.with_row_index("shop_key"))
    assert fitted.predict_proba(frame)[:, 1].tolist() == rated["pd"].to_list()
    assert fitted.score_points(frame).tolist() == rated["points"].to_list()
    assert fitted.predict_proba(frame).sum(axis=1).tolist() == pytest.approx([1.0] * 400)
    assert 0.75 < fitted.report.auc.value < 0.95
    assert fitted.report.kind == fitted.kind


def test_text_is_a_category_and_numbers_keep_to_their_sign(fitted: Any) -> None:
    axes = {axis.feature: axis for table in fitted.card.tables for axis in table.axes}
    assert isinstance(axes["trade"], Levels)
    assert axes["trade"].levels == ("food", "shoes", "toys")
    steps = pl.DataFrame({"sales": np.linspace(-2.5, 2.5, 60), "trade": ["toys"] * 60, "open": [True] * 60})
    assert (np.diff(fitted.score_points(steps)) >= 0).all()


def test_pandas_and_numpy_say_the_same_as_polars(fitted: Any) -> None:
    frame, bad = shops()
    other = pd.DataFrame({name: frame[name].to_list() for name in frame.columns})
    assert fitted.score_points(other).tolist() == fitted.score_points(frame).tolist()
    numbers = frame.select("sales").to_numpy()
    by_name = Scorecard(feature_names=["sales"]).fit(numbers, bad)
    assert by_name.score_points(numbers).tolist() == by_name.score_points(frame.select("sales")).tolist()
    with pytest.raises(NoColumnNames, match="1 columns and 0 names"):
        Scorecard().fit(numbers, bad)


def test_what_it_never_learned_has_no_probability_and_says_why(fitted: Any) -> None:
    strange = pl.DataFrame({"sales": [0.1, 1e12, None], "trade": ["cars", "toys", "toys"], "open": [True] * 3})
    told = fitted.predict_proba(strange)[:, 1]
    assert np.isnan(told).tolist() == [True, True, False]
    assert fitted.reasons(strange)[:2] == [["trade: new-category"], ["sales: far-out"]]
    assert np.isnan(fitted.score_points(strange.drop("trade"))).all()


def test_reasons_are_what_told_against_a_shop() -> None:
    fitted = Scorecard(signs={"sales": "better"}).fit(*shops())
    [weak] = fitted.reasons(pl.DataFrame({"sales": [-2.0], "trade": ["toys"], "open": [True]}))
    assert [each.split(" ")[0] for each in weak] == ["sales", "trade"]


def test_before_it_is_fitted_there_is_nothing_to_ask() -> None:
    with pytest.raises(NotFitted):
        Scorecard().predict_proba(shops()[0])


@pytest.mark.parametrize("learner", [Scorecard, BoostedCard])
@pytest.mark.parametrize("value", [float("inf"), 1e12])
def test_values_that_stand_for_something_else_are_refused_in_training(learner: Any, value: float) -> None:
    frame, bad = shops()
    spoilt = frame.with_columns(pl.when(pl.int_range(400) == 7).then(value).otherwise("sales").alias("sales"))
    with pytest.raises(UnusableForTraining, match="sales"):
        learner().fit(spoilt, bad)


def test_numbers_written_as_text_are_refused_where_numbers_were_asked_for() -> None:
    frame, bad = shops()
    with pytest.raises(UnusableForTraining, match="sales is a column of String"):
        Scorecard(categories=["trade"]).fit(frame.select(pl.col("sales").cast(pl.String), "trade"), bad)


def few(bads: int) -> Any:
    return np.arange(400) < bads


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda y: y * 2, "y holds 2 in row "),
        (lambda y: np.where(y == 1, "bad", "good"), "; write 1 where it turned bad and 0 elsewhere"),
        (lambda y: y.astype(str), "y holds '"),
        (lambda y: np.where(np.arange(400) < 7, np.nan, y), "y lacks the outcome of 7 rows"),
        (lambda y: [None, *y[1:]], "y lacks the outcome of 1 rows; leave these rows out of X and y"),
        (lambda y: pd.Series([pd.NA, *y[1:]], dtype="Int64"), "y lacks the outcome of 1 rows"),
        (lambda y: y[:-1], "X has 400 rows and y has 399"),
        (lambda y: np.column_stack([y, y]), r"y has the shape \(400, 2\)"),
        (lambda _: None, r"y has the shape \(\)"),
    ],
)
def test_outcomes_that_are_not_nought_and_one_for_each_row_are_refused(spoil: Any, said: str) -> None:
    frame, bad = shops()
    with pytest.raises(OutcomesUnclear, match=said):
        Scorecard().fit(frame, spoil(bad))


@pytest.mark.parametrize(
    "as_given",
    [lambda y: y == 1, lambda y: y.astype(float), pd.Series, pl.Series, lambda y: pd.DataFrame({"y": y}),
     lambda y: pd.Series(y, dtype="Int64"), lambda y: y.tolist()],
)  # fmt: skip
def test_outcomes_may_come_from_any_library(as_given: Any) -> None:
    _, bad = shops()
    assert outcomes_of(as_given(bad), 400).to_list() == bad.tolist()


@pytest.mark.parametrize("learner", [Scorecard, BoostedCard])
@pytest.mark.parametrize("bads", [0, 3, 400])
def test_with_too_few_of_either_there_is_no_card(learner: Any, bads: int) -> None:
    with pytest.raises(TooFewBad, match=f"{bads} bad and {400 - bads} good payers"):
        learner().fit(shops()[0], few(bads))


@pytest.mark.parametrize("learner", [Scorecard, BoostedCard])
def test_without_rows_or_without_a_telling_column_there_is_no_card(learner: Any) -> None:
    frame, bad = shops()
    with pytest.raises(TooFewBad, match="0 bad and 0 good"):
        learner().fit(frame[:0], bad[:0])
    for value in (1.0, None):
        with pytest.raises(NothingLearned):
            learner().fit(pl.DataFrame({"a": [value] * 400}), bad)


NUMBERS = np.arange(800.0).reshape(400, 2)


@pytest.mark.parametrize(
    ("learner", "table", "said"),
    [
        (Scorecard(), pd.DataFrame(NUMBERS, columns=["a", "a"]), "several columns are called a"),
        (Scorecard(), pd.DataFrame(NUMBERS, columns=[1, "1"]), "several columns are called 1"),
        (Scorecard(feature_names=["a", "a"]), NUMBERS, "several feature_names are called a"),
        (Scorecard(), pl.DataFrame({"bad": NUMBERS[:, 0]}), "a column is called bad"),
        (Scorecard(), pl.DataFrame({"start": NUMBERS[:, 0]}), "a column is called start"),
        (Scorecard(signs={"Sales": "better"}), shops()[0], "signs names Sales, and no column is called so"),
        (Scorecard(categories=["Trade"]), shops()[0], "categories names Trade"),
        (Scorecard(), shops()[0].with_columns(shop_key=pl.lit(None)), "400 rows have no shop_key"),
    ],
)
def test_a_table_that_could_be_read_in_two_ways_is_refused(learner: Any, table: Any, said: str) -> None:
    with pytest.raises(TableUnclear, match=said):
        learner.fit(table, shops()[1])


def test_a_direction_is_better_or_worse() -> None:
    with pytest.raises(TableUnclear, match="more sales is said to be 'up'"):
        Scorecard(signs={"sales": "up"})  # type: ignore[dict-item]


@pytest.mark.parametrize("table", [None, {"sales": 1.0}, [1.0, 2.0], np.ones(3), pd.Series([1.0]), np.ones((2, 3))])
def test_what_has_no_names_is_neither_learned_nor_rated(fitted: Any, table: Any) -> None:
    with pytest.raises(NoColumnNames):
        fitted.predict_proba(table)
    with pytest.raises(NoColumnNames):
        Scorecard().fit(table, [0, 1])


def test_a_column_missing_renamed_or_named_twice_is_never_guessed(fitted: Any) -> None:
    frame, _ = shops()
    renamed = frame.rename({"sales": "Sales"})
    for table in (frame.drop("sales"), renamed):
        assert np.isnan(fitted.predict_proba(table)).all()
        assert fitted.reasons(table[:1]) == [["sales: absent"]]
    twice = pd.concat([frame.to_pandas(), frame.select("sales").to_pandas()], axis=1)
    with pytest.raises(TableUnclear, match="several columns are called sales"):
        fitted.predict_proba(twice)
    assert fitted.predict_proba(frame.select(sorted(frame.columns, reverse=True))).tolist() == (
        fitted.predict_proba(frame).tolist()
    )
    assert [len(each) for each in (fitted.predict_proba(frame[:0]), fitted.reasons(frame[:0]))] == [0, 0]


def test_text_among_numbers_is_text_and_days_are_no_numbers(fitted: Any) -> None:
    mixed = pd.DataFrame({"sales": ["0.5", 0.5], "trade": ["toys"] * 2, "open": [True] * 2})
    assert fitted.reasons(mixed) == [["sales: not-a-number"]] * 2
    days = mixed.assign(sales=pd.Timestamp("2026-01-01"))
    assert fitted.reasons(days) == [["sales: not-a-number"]] * 2
    frame, bad = shops()
    with pytest.raises(UnusableForTraining, match="since is a column of Datetime"):
        Scorecard().fit(frame.to_pandas().assign(since=pd.Timestamp("2026-01-01")), bad)


def test_categories_of_pandas_are_categories_whatever_their_levels_are_called() -> None:
    frame, bad = shops()
    trade = frame["trade"].replace_strict({"food": 1, "shoes": 2, "toys": 3}, return_dtype=pl.Int64)
    table = frame.with_columns(trade).to_pandas().assign(trade=lambda each: each["trade"].astype("category"))
    axes = {axis.feature: axis for t in Scorecard().fit(table, bad).card.tables for axis in t.axes}
    assert isinstance(axes["trade"], Levels)
    assert axes["trade"].levels == ("1", "2", "3")
