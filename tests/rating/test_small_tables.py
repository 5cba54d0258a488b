"""With few shops a boosted card keeps to what usually does well, is not taken in by lucky pairs, and draws straight."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

pytest.importorskip("lightgbm", reason="training extra not installed: LightGBM")

from lendmill.rating.measures import area, calibration, logistic
from lendmill.rating.scale import LOGIT_UNITS, Scale
from lendmill.rating.training import boosted, learners
from lendmill.rating.training.boosted import steadied
from lendmill.rating.training.grid import Column, cut_fine
from lendmill.rating.training.learners import Asked, boost, classic
from lendmill.rating.training.plain import plain_lines
from lendmill.rating.training.sharing import (
    AT_ONCE,
    CLASSIC,
    HOLD,
    IN_TURN,
    PLAIN,
    SINGLE,
    USUAL,
    blended,
    shared,
    shrunk,
)

QUICK = boosted.Recipe(1, 0.2, 10, patience=20, pairs=6, share=0.8, leaves=2, pace=boosted.FEW, plain=True, steady=True)


class Named:
    """A feature of either direction."""

    def __init__(self, name: str, higher_is: str | None = None) -> None:
        self.name, self.higher_is, self.block = name, higher_is, "b"


def drawn(rows: int, seed: int = 2) -> tuple[pl.DataFrame, Any, Any]:
    """Shops whose odds are a straight line of two numbers, a category and a gap; their bad ones; their true logit."""
    chance = np.random.default_rng(seed)
    size, age = chance.normal(size=rows), chance.exponential(size=rows)
    trade = chance.choice(list("ABCDEFGHJK"), rows)
    gap = chance.random(rows) < 0.3
    effect = dict(zip("ABCDEFGHJK", chance.normal(0, 0.8, 10), strict=True))
    logit = -0.4 + 0.9 * size + 0.5 * age + np.array([effect[each] for each in trade]) + 1.5 * gap
    age_known = pl.Series(age).set(pl.Series(gap), None)
    frame = pl.DataFrame({"size": size, "age": age_known, "trade": trade})
    return frame, chance.random(rows) < 1 / (1 + np.exp(-logit)), logit


def columns_of(frame: pl.DataFrame) -> list[Column]:
    return cut_fine(frame, frame.columns, {name: dtype == pl.String for name, dtype in frame.schema.items()})


def bags_of(bad: Any) -> list[Any]:
    return boosted.folded(bad, 5, 1, 0, None)


def told_out_of_fold(columns: list[Column], bad: Any, signs: list[int]) -> Any:
    bags = bags_of(bad)
    return boosted._Work(columns, bad, signs, 0, QUICK).out_of_fold(plain_lines(columns, bad, signs, bags), bags)


def test_a_few_shops_keep_to_the_usual_shares_and_many_find_their_own() -> None:
    chance = np.random.default_rng(0)
    true, noise = chance.normal(size=(2, 40_000))
    bad = chance.random(40_000) < 1 / (1 + np.exp(-true))
    told = {SINGLE: true, PLAIN: noise}
    _, few = shared({SINGLE: 0.1 * true[:60], PLAIN: 0.1 * (true + noise)[:60]}, bad[:60])
    _, many = shared(told, bad)
    assert few[PLAIN] / few[SINGLE] == pytest.approx(USUAL[PLAIN] / USUAL[SINGLE], abs=0.25)
    assert many[SINGLE] == pytest.approx(1.0, abs=0.03)
    assert many[PLAIN] < 0.03
    assert blended(told, bad)[1][SINGLE] == pytest.approx(1.0, abs=0.03)


def test_shares_are_where_log_loss_and_the_hold_on_them_are_least_together() -> None:
    chance = np.random.default_rng(1)
    told = dict(zip((SINGLE, IN_TURN, CLASSIC), chance.normal(size=(3, 200)), strict=True))
    bad = chance.random(200) < 1 / (1 + np.exp(-told[SINGLE]))

    def loss(start: float, weights: dict[str, float]) -> float:
        logit = start + sum(weights[name] * told[name] for name in told)
        scale = sum(weights[name] * USUAL[name] for name in told) / sum(USUAL[name] ** 2 for name in told)
        held = sum((weights[name] - scale * USUAL[name]) ** 2 for name in told)
        return float(np.logaddexp(0, np.where(bad, -logit, logit)).sum() + HOLD / 2 * held)

    start, weights = shared(told, bad)
    least = loss(start, weights)
    for name in told:
        assert loss(start, weights | {name: weights[name] + 0.01}) > least
        assert loss(start, weights | {name: max(0.0, weights[name] - 0.01)}) >= least
    assert loss(start + 0.01, weights) > least
    assert loss(start - 0.01, weights) > least


def test_a_part_that_would_be_turned_round_counts_nothing() -> None:
    chance = np.random.default_rng(2)
    true, noise = chance.normal(size=(2, 5000))
    bad = chance.random(5000) < 1 / (1 + np.exp(-true))
    _, weights = shared({SINGLE: true + noise, AT_ONCE: noise}, bad)
    assert weights[AT_ONCE] == 0.0
    assert weights[SINGLE] > 0.3


def total(weights: dict[str, float], told: dict[str, Any]) -> Any:
    return np.sum([weights[name] * told[name] for name in told], axis=0)


def test_what_parts_owe_to_luck_is_taken_off_their_weights() -> None:
    chance = np.random.default_rng(4)
    true = chance.normal(-1, 1, 30_000)
    bad = chance.random(30_000) < 1 / (1 + np.exp(-true))
    many = shrunk({SINGLE: true}, bad, {SINGLE: 1.0})[1]
    assert many[SINGLE] == pytest.approx(1.0, abs=0.01)
    told = {SINGLE: true} | {f"luck {n}": chance.normal(size=30_000) for n in range(9)}
    slopes = []
    for few in (slice(first, first + 400) for first in range(0, 8000, 400)):
        seen = {name: part[few] for name, part in told.items()}
        found = logistic(np.column_stack(list(seen.values())), bad[few].astype(float), 0.0)[1:]
        bold = dict(zip(told, found.tolist(), strict=True))
        start, timid = shrunk(seen, bad[few], bold)
        assert (1 / (1 + np.exp(-start - total(timid, seen)))).mean() == pytest.approx(bad[few].mean(), abs=1e-6)
        fresh = {name: part[8000:] for name, part in told.items()}
        slopes += [calibration(bad[8000:], 1 / (1 + np.exp(-total(each, fresh))))[1] for each in (bold, timid)]
    assert np.median(slopes[::2]) < 0.85 < 0.95 < np.median(slopes[1::2]) < 1.1
    assert shrunk({SINGLE: np.zeros(400)}, bad[:400], {SINGLE: 1.0})[1] == {SINGLE: 0.0}


def test_a_fold_is_not_stopped_by_the_shops_that_weigh_it(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(5)
    columns = columns_of(pl.DataFrame({f"f{n}": chance.normal(size=300) for n in range(6)}))
    bad = chance.random(300) < 0.5  # nothing tells anything
    bags = bags_of(bad)

    def loss() -> float:
        work = boosted._Work(columns, bad, [0] * 6, 0, QUICK)
        told = work.out_of_fold(work.mains(bags), bags)
        return float(np.logaddexp(0, np.where(bad, -told, told)).mean())

    honest = loss()
    monkeypatch.setattr(boosted, "steadied", lambda best, _: list(best))
    assert loss() < np.log(2) < honest
    assert steadied([10, 20, 30, 40, 100, 7, 7, 7, 7, 7], 5) == [48, 45, 42, 40, 25, 7, 7, 7, 7, 7]


def test_straight_lines_find_what_is_straight_from_a_few_hundred_shops() -> None:
    frame, bad, logit = drawn(600)
    told = told_out_of_fold(columns_of(frame), bad, [0, 0, 0])
    assert np.corrcoef(told, logit)[0, 1] > 0.93
    gap = frame["age"].is_null().to_numpy()
    blind = told_out_of_fold(columns_of(frame.with_columns(age=pl.col("age").fill_null(1.0))), bad, [0, 0, 0])
    assert np.corrcoef(told[gap], logit[gap])[0, 1] > 0.9
    assert told[gap].mean() - told[~gap].mean() > 0.5 + blind[gap].mean() - blind[~gap].mean()


def test_ranks_stand_beside_values_where_these_are_stretched() -> None:
    chance = np.random.default_rng(3)
    level = chance.normal(size=1000)
    bad = chance.random(1000) < 1 / (1 + np.exp(-1.5 * level))
    frame = pl.DataFrame({"turnover": np.exp(4 * level)})
    told = told_out_of_fold(columns_of(frame), bad, [0])
    assert np.corrcoef(told, level)[0, 1] > 0.9


def test_a_straight_line_never_turns_against_its_sign() -> None:
    frame, bad, _ = drawn(600)
    columns = columns_of(frame)
    [size, age, trade] = columns
    for signs, falls in (([-1, -1, 0], True), ([1, 1, 0], False)):
        for tables in plain_lines(columns, bad, signs, bags_of(bad)):
            for n, column in enumerate((size, age)):
                steps = np.diff(tables.get((n,), np.zeros(column.axis.size))[:-1])
                assert (steps <= 1e-12).all() if falls else (steps >= -1e-12).all()
            assert np.ptp(tables[2,]) > 0.3
    assert trade.category


def test_pairs_that_matter_by_luck_are_proven_on_shops_that_had_no_say_in_them() -> None:
    chance = np.random.default_rng(7)
    frame = pl.DataFrame({f"f{n}": chance.normal(size=300) for n in range(20)})
    bad = chance.random(300) < 0.5  # nothing tells anything
    columns, bags = columns_of(frame), bags_of(bad)
    work = boosted._Work(columns, bad, [0] * 20, 0, replace(QUICK, pairs=12))
    nothing, seen = [{(): np.zeros(())} for _ in bags], np.zeros(300)
    chosen = work.out_of_fold(work.of_pairs(bags, nothing, work.best_pairs(seen)), bags)
    proven = work.proven(bags, nothing, seen)
    assert area(bad, chosen).value > 0.62
    assert area(bad, proven[AT_ONCE]).value < 0.56
    assert set(proven) == {IN_TURN, AT_ONCE}


def test_the_card_of_few_shops_is_its_parts_by_their_shares() -> None:
    frame, bad, logit = drawn(500)
    asked = Asked([Named("size", "worse"), Named("age"), Named("trade")], ("trade",), "k", "bad", Scale(), recipe=QUICK)
    shops = np.arange(500)
    lesson = boost(frame, bad, shops, asked)
    columns = columns_of(frame)
    made = boosted.learn(columns, bad, [1, 0, 0], 0, QUICK, shops, learners._beside(frame, bad, shops, asked)[1])  # type: ignore[index]
    other = classic(frame, bad, shops, asked).card.logits(frame)[0] / LOGIT_UNITS
    said = np.full(500, -made.start)
    for features, values in made.tables.items():
        codes = [columns[n].codes if len(features) == 1 else columns[n].to_coarse[columns[n].codes] for n in features]
        said -= values[tuple(codes)]
    assert 0 < made.beside < 1
    assert (
        np.abs(lesson.card.logits(frame)[0] / LOGIT_UNITS - said - made.beside * other).max() < 1e-5
    )  # shares are written to a millionth
    assert all(name in lesson.notes[0] for name in (SINGLE, PLAIN, CLASSIC))
    assert np.corrcoef(said, -logit)[0, 1] > 0.9


def test_few_shops_are_steadied_middling_ones_get_plain_lines_and_many_neither() -> None:
    kinds = {rows: boosted.recipe(rows, rows // 5) for rows in (800, 5_000, 5_001, 20_000, 20_001, 150_000)}
    assert [(how.plain, how.steady) for how in kinds.values()] == [
        (True, True), (True, True), (True, False), (True, False), (False, False), (False, False),
    ]  # fmt: skip
    assert replace(kinds[20_000], plain=False) == kinds[20_001]


def test_what_the_classic_card_told_is_of_shops_held_back() -> None:
    frame, bad, _ = drawn(500)
    noise = pl.DataFrame({f"f{n}": np.random.default_rng(n).normal(size=500) for n in range(3)})
    bad = np.random.default_rng(9).random(500) < np.where(frame["size"].to_numpy() > 0, 0.55, 0.35)
    table = noise.with_columns(frame["size"])
    asked = Asked([Named(name) for name in table.columns], (), "k", "bad", Scale())
    for rows in (500, 360):  # with two hundred bad payers it comes of choosing, with fewer from folds
        card, told = learners._beside(table[:rows], bad[:rows], np.arange(rows), asked) or (None, None)
        assert card is not None
        assert told is not None
        within = area(bad[:rows], -card.logits(table[:rows])[0].astype(float)).value
        assert area(bad[:rows], told).value < within
        assert area(bad[:rows], told).value > 0.5
