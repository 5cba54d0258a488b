"""Intervals of figures where shops come several times are those of so many shops, not of so many rows."""

import numpy as np
import pytest

from lendmill.lab.weighing import share_of_shops, weighed
from lendmill.rating import measures


def told(shops: int, times: int, seed: int = 0) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Shops that are each looked at so many times, with the same outcome and PD each time."""
    chance = np.random.default_rng(seed)
    pd = chance.uniform(0.05, 0.6, shops)
    bad = chance.random(shops) < pd
    return [f"s{n}" for n in range(shops) for _ in range(times)], np.repeat(bad, times), np.repeat(pd, times)


def test_the_figures_are_those_of_the_other_measures() -> None:
    shops, bad, pd = told(300, 1)
    pd = np.round(pd, 1)  # ties
    [found] = weighed(shops, bad, {"one": [pd]}, beside="one", draws=20).values()
    ks, brier = measures.ks_and_brier(bad, pd, 0)
    start, slope = measures.calibration(bad, pd)
    assert found.auc.value == pytest.approx(measures.area(bad, pd).value, abs=1e-12)
    assert (found.ks.value, found.brier.value) == pytest.approx((ks.value, brier.value), abs=1e-12)
    assert (found.calibration_slope.value, found.calibration_start.value) == pytest.approx((slope, start), abs=1e-9)
    assert found.mean_pd == pytest.approx(pd.mean())
    assert (found.auc_below.value, found.auc_below.low, found.auc_below.high) == (0.0, 0.0, 0.0)


def test_a_shop_looked_at_four_times_is_one_shop() -> None:
    once, often = told(300, 1), told(300, 4)
    [alone] = weighed(once[0], once[1], {"one": [once[2]]}, beside="one", draws=200).values()
    [four] = weighed(often[0], often[1], {"one": [often[2]]}, beside="one", draws=200).values()
    assert four.auc.value == pytest.approx(alone.auc.value)
    assert four.auc.high - four.auc.low == pytest.approx(alone.auc.high - alone.auc.low, rel=0.01)
    naive = measures.area(often[1], often[2])
    assert (four.auc.high - four.auc.low) > 1.8 * (naive.high - naive.low)
    share, delong = share_of_shops(often[0], often[1]), measures.area(once[1], once[2])
    assert share.high - share.low == pytest.approx(2 * 1.96 * (bad_spread := once[1].std() / 300**0.5), abs=bad_spread)
    assert alone.auc.high - alone.auc.low == pytest.approx(delong.high - delong.low, rel=0.2)


def test_ways_are_compared_on_the_same_draws_and_means_are_over_the_times() -> None:
    shops, bad, pd = told(300, 2)
    worse = np.clip(pd + np.random.default_rng(1).normal(0, 0.3, len(pd)), 0.01, 0.99)
    found = weighed(shops, bad, {"good": [pd], "poor": [worse], "both": [pd, worse]}, beside="good", draws=200)
    gap = found["poor"].auc_below
    assert gap.value == pytest.approx(found["good"].auc.value - found["poor"].auc.value)
    assert 0 < gap.low < gap.value < gap.high
    assert gap.high - gap.low < found["poor"].auc.high - found["poor"].auc.low
    assert found["both"].auc.value == pytest.approx((found["good"].auc.value + found["poor"].auc.value) / 2)


def test_a_draw_always_has_good_and_bad() -> None:
    shops, bad = ["a", "b", "c", "d"], np.array([True, False, False, False])
    [found] = weighed(shops, bad, {"one": [np.array([0.9, 0.1, 0.2, 0.3])]}, beside="one", draws=50).values()
    assert (found.auc.value, found.auc.low, found.auc.high) == (1.0, 1.0, 1.0)
