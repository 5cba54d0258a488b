"""With many bad payers a scorecard's bins are learned together, near their evidence, one way where that is known."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from lendmill.rating.training.refining import Binned, pooled, refined

pytest.importorskip("optbinning", reason="training extra not installed: OptBinning")

from dataclasses import dataclass

from lendmill.rating.crowd import probabilities
from lendmill.rating.measures import area, calibration
from lendmill.rating.scale import Scale
from lendmill.rating.training.bins import cut
from lendmill.rating.training.learners import Asked, NothingLearned, classic


@dataclass(frozen=True)
class Feature:
    """A feature as the catalogue describes one."""

    name: str
    higher_is: str | None = None
    block: str = ""


def lot(rows: int, seed: int, noise: int = 0) -> tuple[pl.DataFrame, Any]:
    """Shops whose risk rises with debt, whose size is good in the middle, and much that says nothing."""
    chance = np.random.default_rng(seed)
    size, debt = chance.normal(size=(2, rows))
    echo = size + 0.5 * chance.normal(size=rows)
    told = {"size": size, "debt": debt, "echo": echo} | {f"noise_{n}": chance.normal(size=rows) for n in range(noise)}
    bad = chance.random(rows) < 1 / (1 + np.exp(0.9 - size**2 - 0.9 * debt + 0.3 * echo))
    return pl.DataFrame(told), bad


def learned(frame: pl.DataFrame, bad: Any, signs: dict[str, str]) -> Any:
    """The classic card of some shops."""
    catalogue = [Feature(name, signs.get(name)) for name in frame.columns]
    return classic(frame, bad, np.arange(len(bad)), Asked(catalogue, (), "card", "bad", Scale())).card


def binned(seed: int = 3, sign: int = 0) -> tuple[list[Binned], Any]:
    """Two features whose evidence counts twice what they share, and who was good."""
    chance = np.random.default_rng(seed)
    first = chance.integers(0, 5, 2000)
    second = np.clip(first + chance.integers(-1, 2, 2000), 0, 4)
    good = (chance.random(2000) < 1 / (1 + np.exp(-0.6 * (first - 2)))).astype(float)
    told = 0.6 * (np.arange(6.0) - 2)
    return [Binned(first, told, True, sign), Binned(second, told, False, 0)], good


def loss(parts: list[Binned], start: float, bins: list[Any], good: Any, strength: float) -> float:
    """What is to be least, written out plainly."""
    logit = start + sum(each[part.places] for part, each in zip(parts, bins, strict=True))
    more = [each - part.told for part, each in zip(parts, bins, strict=True)]
    held = (
        0.05 * (more[0][:-1] ** 2).sum() + more[0][-1] ** 2 + (np.diff(more[0][:-1]) ** 2).sum() + (more[1] ** 2).sum()
    )
    return float(np.logaddexp(0, np.where(good > 0.5, -logit, logit)).sum() + strength / 2 * held)


@pytest.mark.parametrize("strength", [1000.0, 10.0])
def test_the_bins_found_are_those_with_the_least_loss(strength: float) -> None:
    parts, good = binned()
    start, bins = refined(parts, 0.1, good, [strength])[strength]
    least = loss(parts, start, bins, good, strength)
    for part in range(2):
        for place in range(6):
            for step in (-0.01, 0.01):
                moved = [each.copy() for each in bins]
                moved[part][place] += step
                assert loss(parts, start, moved, good, strength) > least
    assert loss(parts, start + 0.01, bins, good, strength) > least


def test_the_stronger_bins_are_held_the_nearer_they_stay_to_their_evidence() -> None:
    parts, good = binned()
    found = refined(parts, 0.0, good, [10.0, 100.0, 1000.0, 1e9])
    moved = [np.abs(found[strength][1][1] - parts[1].told).max() for strength in (10.0, 100.0, 1000.0, 1e9)]
    assert moved == sorted(moved, reverse=True)
    assert moved[0] > 0.3
    assert moved[-1] < 1e-5


def test_a_direction_to_keep_is_kept_where_the_shops_say_otherwise() -> None:
    parts, good = binned()
    free = refined(parts, 0.0, 1 - good, [1.0])[1.0][1][0]
    assert (np.diff(free[:-1]) < 0).any()
    parts, _ = binned(sign=1)
    kept = refined(parts, 0.0, 1 - good, [1.0])[1.0][1][0]
    assert (np.diff(kept[:-1]) >= 0).all()


def test_neighbours_are_pooled_where_nobody_would_miss_their_difference() -> None:
    weights = np.array([100.0, 100.0, 100.0, 2.0, 100.0])
    bins = np.array([0.0, 0.02, 0.2, 0.9, 0.6])
    assert pooled(bins, weights, 0.0).tolist() == pytest.approx([0.01, 0.01, 0.2, 0.9, 0.6])
    found = pooled(bins, weights, 0.5)
    assert found[:2].tolist() == pytest.approx([0.01, 0.01])
    assert found[3] == found[4] == pytest.approx((0.9 * 2 + 60) / 102)
    assert found[2] == 0.2


def test_very_many_bad_payers_teach_what_turns_in_the_middle_and_the_signs_hold() -> None:
    frame, bad = lot(12_000, seed=1)
    assert bad.sum() > 1_000
    card = learned(frame, bad, {"debt": "worse"})
    fresh, outcome = lot(40_000, seed=2)
    logit, unknown = card.logits(fresh)
    told = np.asarray(probabilities(logit))[~unknown]
    truth = fresh.select(0.9 - pl.col("size") ** 2 - 0.9 * pl.col("debt") + 0.3 * pl.col("echo")).to_series().to_numpy()
    best = area(outcome, -truth).value
    assert area(outcome[~unknown], told).value > best - 0.005
    assert abs(calibration(outcome[~unknown], told)[1] - 1) < 0.05
    tables = {table.feature: table for table in card.tables}
    debt = tables["debt"].cells[:-1]
    assert list(debt) == sorted(debt, reverse=True)
    assert max(len(table.cells) for table in card.tables) <= 21


def test_some_hundred_bad_payers_and_much_noise_make_no_card_bolder_than_it_may_be() -> None:
    frame, bad = lot(1_000, seed=11, noise=4)
    assert 200 <= bad.sum() < 1_000
    card = learned(frame, bad, {})
    fresh, outcome = lot(20_000, seed=12, noise=4)
    logit, unknown = card.logits(fresh)
    slope = calibration(outcome[~unknown], np.asarray(probabilities(logit))[~unknown])[1]
    assert 0.9 < slope < 1.15


def test_what_tells_nothing_of_shops_held_back_makes_no_card() -> None:
    chance = np.random.default_rng(8)
    frame = pl.DataFrame({f"noise_{n}": chance.normal(size=1500) for n in range(2)})
    bad = chance.random(1500) < 0.2
    try:
        card = learned(frame, bad, {})
    except NothingLearned:
        return
    fresh = pl.DataFrame({f"noise_{n}": chance.normal(size=1500) for n in range(2)})
    assert np.ptp(np.asarray(probabilities(card.logits(fresh)[0]))) < 0.2


def test_bins_of_very_many_shops_each_hold_enough_of_them_and_differ_by_more_than_chance() -> None:
    frame, bad = lot(12_000, seed=1, noise=1)
    made = cut(Feature("size"), frame["size"].to_numpy(), bad)
    assert made is not None
    assert made.size == 21
    assert made.counts[:-1].min() >= 50
    assert len(set(made.evidence)) > 8
    noise = cut(Feature("noise_0"), frame["noise_0"].to_numpy(), bad)
    assert noise is not None
    assert len(set(noise.evidence)) < 8
