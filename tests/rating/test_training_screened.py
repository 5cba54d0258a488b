"""Very many features are looked through before they are looked at, and one that gives the answer away is told of."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pytest

pytest.importorskip("optbinning", reason="training extra not installed: OptBinning")

from lendmill.rating.scale import Scale
from lendmill.rating.training import boosted, train
from lendmill.rating.training.bins import PURE_LEAST, cut
from lendmill.rating.training.learners import Asked, classic
from lendmill.rating.training.screening import SCREENED, screened


@dataclass(frozen=True)
class Feature:
    """A feature as the catalogue describes one."""

    name: str
    higher_is: str | None = None
    block: str = ""


def lot(rows: int, noise: int, seed: int = 5) -> tuple[pl.DataFrame, Any]:
    """Shops of which two features tell, one of them in the middle; a twin; the rest is noise."""
    chance = np.random.default_rng(seed)
    debt, size = chance.normal(size=(2, rows))
    told = {f"noise_{n}": chance.normal(size=rows) for n in range(noise)}
    bad = chance.random(rows) < 1 / (1 + np.exp(2.0 - 1.2 * debt - 0.6 * size**2))
    unknown = pl.Series(chance.random(rows) < 0.1)
    frame = pl.DataFrame(told | {"size": size, "debt": debt, "debt_twice": 2 * debt})
    return frame.with_columns(size=frame["size"].set(unknown, None)), bad


def columns_of(frame: pl.DataFrame) -> dict[str, Any]:
    return {name: frame[name].cast(pl.Float64).to_numpy() for name in frame.columns}


def test_of_very_many_features_those_that_tell_are_looked_at_and_no_twin() -> None:
    frame, bad = lot(1500, 120)
    features = [Feature(name) for name in frame.columns]
    kept = [feature.name for feature in screened(features, columns_of(frame), bad)]
    assert len(kept) == SCREENED
    assert {"size", "debt"} <= set(kept)
    assert "debt_twice" not in kept
    assert kept == [name for name in frame.columns if name in set(kept)]


def test_of_few_features_all_are_looked_at_and_categories_always() -> None:
    frame, bad = lot(300, SCREENED - 3)
    features = [Feature(name) for name in frame.columns]
    assert screened(features, columns_of(frame), bad) is features
    more, bad = lot(300, 100)
    trade = Feature("trade")
    columns = columns_of(more) | {"trade": pl.Series(["food"] * 300)}
    assert trade in screened([*(Feature(name) for name in more.columns), trade], columns, bad)


def test_a_card_of_very_many_features_says_which_it_did_not_look_at() -> None:
    frame, bad = lot(400, 70)
    asked = Asked([Feature(name) for name in frame.columns], (), "card", "bad", Scale())
    lesson = classic(frame, bad, np.arange(len(bad)), asked)
    assert "debt" in lesson.card.features
    assert list(lesson.left_out.values()).count("tells less at first sight than others") == 73 - SCREENED
    assert boosted.recipe(2_000, 500).features_max == SCREENED


@pytest.mark.parametrize("direction", ["worse", None])
def test_a_bin_of_bad_payers_alone_stands_where_that_is_no_luck(direction: str | None) -> None:
    chance = np.random.default_rng(1)
    bad = chance.random(1000) < 0.2
    owed = np.where(bad, chance.integers(1, 900, 1000), 0).astype(float)
    made = cut(Feature("owed", direction), owed, bad)
    assert made is not None
    assert (made.edges[0], made.goods[0], made.bads[0]) == (owed[bad].min(), int((~bad).sum()), 0)
    assert sum(made.goods[1:]) == 0
    assert np.abs(made.told).max() < 12
    few = np.where(np.cumsum(bad) <= PURE_LEAST / 2, owed, chance.integers(0, 900, 1000))
    luck = cut(Feature("owed", direction), few, bad)
    assert luck is None or min(luck.goods) > 0


@pytest.mark.parametrize("rows", [300, 800])
def test_what_gives_the_answer_away_shows_and_is_called_suspicious(rows: int) -> None:
    frame, bad = lot(rows, 1)
    owed = np.where(bad, np.random.default_rng(2).integers(1, 900, rows), 0).astype(float)
    table = frame.with_columns(owed=pl.Series(owed), defaulted=pl.Series(bad)).drop("debt_twice")
    catalogue = [Feature(name) for name in table.columns if name != "defaulted"]
    _, report = train(table, "defaulted", catalogue)
    assert report.auc.value > 0.99
    assert [note.split(" alone")[0] for note in report.notes if "alone" in note] == ["Suspicious: owed"]
    _, honest = train(table.drop("owed"), "defaulted", [each for each in catalogue if each.name != "owed"])
    assert not any("Suspicious" in note for note in honest.notes)
