"""The figures a card is judged by are what their definitions say, worked out the slow way beside them."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lendmill.rating.measures import PdLevels, area, calibration, ks_and_brier, logistic, slope_between

PDS = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9])), min_size=4, max_size=30).filter(
    lambda rows: 2 <= sum(bad for bad, _ in rows) <= len(rows) - 2
)


@settings(deadline=None)
@given(PDS)
def test_the_area_is_how_often_a_bad_payer_stands_above_a_good_one(rows: list[tuple[bool, float]]) -> None:
    bads, goods = [pd for bad, pd in rows if bad], [pd for bad, pd in rows if not bad]
    wins = sum(1.0 if b > g else 0.5 if b == g else 0.0 for b, g in product(bads, goods))
    found = area(np.array([bad for bad, _ in rows]), np.array([pd for _, pd in rows]))
    assert found.value == pytest.approx(wins / len(bads) / len(goods), abs=1e-12)
    assert found.low <= found.value <= found.high


def test_the_areas_interval_is_delongs() -> None:
    bad = np.array([True, True, True, True, False, False, False, False, False])
    pd = np.array([0.9, 0.6, 0.5, 0.2, 0.7, 0.4, 0.3, 0.2, 0.1])
    above = [np.mean([1.0 if b > g else 0.5 if b == g else 0.0 for g in pd[~bad]]) for b in pd[bad]]
    below = [np.mean([1.0 if b > g else 0.5 if b == g else 0.0 for b in pd[bad]]) for g in pd[~bad]]
    spread = math.sqrt(np.var(above, ddof=1) / 4 + np.var(below, ddof=1) / 5)
    value = float(np.mean(above))
    wide = 1.959963984540054 * spread / value / (1 - value)
    found = area(bad, pd)
    assert found.value == pytest.approx(value, abs=1e-12)
    assert math.log(found.high / (1 - found.high)) - math.log(value / (1 - value)) == pytest.approx(wide, abs=1e-9)
    assert math.log(value / (1 - value)) - math.log(found.low / (1 - found.low)) == pytest.approx(wide, abs=1e-9)


def test_a_perfect_order_has_an_area_of_one_and_no_interval() -> None:
    found = area(np.array([True, True, False, False]), np.array([0.9, 0.8, 0.2, 0.1]))
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


@settings(deadline=None)
@given(PDS)
def test_ks_and_brier_are_what_their_definitions_say(rows: list[tuple[bool, float]]) -> None:
    bad, pd = np.array([bad for bad, _ in rows]), np.array([pd for _, pd in rows])
    levels = PdLevels.of(bad, pd)
    gaps = [abs((pd[bad] <= cut).mean() - (pd[~bad] <= cut).mean()) for cut in pd]
    assert levels.ks() == pytest.approx(max(gaps), abs=1e-12)
    assert levels.brier() == pytest.approx(((pd - bad) ** 2).mean(), abs=1e-12)


def test_the_same_seed_gives_the_same_interval_and_it_holds_the_value() -> None:
    chance = np.random.default_rng(1)
    pd = chance.random(400)
    bad = chance.random(400) < pd
    ks, brier = ks_and_brier(bad, pd, seed=3)
    assert (ks, brier) == ks_and_brier(bad, pd, seed=3)
    assert (ks, brier) != ks_and_brier(bad, pd, seed=4)
    assert ks.low < ks.value < ks.high
    assert brier.low < brier.value < brier.high


def test_the_logistic_regression_finds_what_sklearn_finds() -> None:
    linear = pytest.importorskip("sklearn.linear_model", reason="training extra not installed: scikit-learn")
    chance = np.random.default_rng(0)
    columns = chance.normal(size=(300, 4))
    good = (chance.random(300) < 1 / (1 + np.exp(-columns @ np.array([1.0, -0.5, 0.0, 2.0]) - 0.7))).astype(float)
    ours = logistic(columns, good, ridge=6.0)
    theirs = linear.LogisticRegression(C=1 / 6, solver="newton-cholesky", tol=1e-12).fit(columns, good)
    assert ours == pytest.approx([theirs.intercept_[0], *theirs.coef_[0]], abs=1e-6)


def test_calibration_knows_pds_that_are_right_from_pds_too_bold() -> None:
    chance = np.random.default_rng(5)
    logit = chance.normal(1.0, 1.2, 40_000)
    bad = chance.random(40_000) < 1 / (1 + np.exp(logit))
    start, slope = calibration(bad, 1 / (1 + np.exp(logit)))
    assert (start, slope) == (pytest.approx(0.0, abs=0.05), pytest.approx(1.0, abs=0.05))
    low, high = slope_between(bad, 1 / (1 + np.exp(logit)))
    assert (low + high) / 2 == pytest.approx(slope)
    assert low < 1 < high
    _, bold = calibration(bad, 1 / (1 + np.exp(2 * logit)))
    assert bold == pytest.approx(0.5, abs=0.03)
