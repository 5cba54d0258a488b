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
from lendmill.rating.learning import BoostedCard, NoColumnNames, NotFitted, Scorecard
from lendmill.rating.training.boosted import Recipe
from lendmill.rating.training.checking import UnusableForTraining


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
