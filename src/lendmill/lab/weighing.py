"""How sure one can be of figures where the same shop was looked at on several days: whole shops are drawn anew."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl

from lendmill.rating.measures import Flags, Floats, Measured, PdLevels, calibration

DRAWS: Final = 1000


class Weighed(msgspec.Struct, frozen=True):
    """One way of telling PDs: its figures with intervals, and by how much its AUC lies below that of another way."""

    auc: Measured
    ks: Measured
    brier: Measured
    calibration_slope: Measured
    calibration_start: Measured
    mean_pd: float
    auc_below: Measured


def weighed(
    shops: Sequence[str] | pl.Series,
    bad: Flags,
    told: Mapping[str, Sequence[Floats]],
    *,
    beside: str,
    seed: int = 0,
    draws: int = DRAWS,
) -> dict[str, Weighed]:
    """The figures of several ways of telling PDs on the same rows, each with the interval that holds it 95 in 100.

    `told`: for each way the PD of every row, once or several times (other seeds for the folds); figures are then means
    over the times. Intervals are percentiles over draws of as many shops with all their rows, the same draws for each
    way, so that `auc_below` compares like with like. A draw without a good or a bad row is drawn again.
    """
    chance = np.random.default_rng(seed)
    _, which = np.unique(np.asarray(shops), return_inverse=True)
    ways = {name: [_Ranked(bad, pd) for pd in pds] for name, pds in told.items()}
    whole = _figures(ways, np.ones(len(bad), dtype=np.int64))
    drawn: dict[str, list[Any]] = {name: [] for name in ways}
    below: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(draws):
        once = _figures(ways, _some_shops(which, bad, chance))
        for name, figures in once.items():
            drawn[name].append(figures)
            below[name].append(once[beside][0] - figures[0])
    found = {}
    for name, figures in whole.items():
        each = [_interval(value, [draw[n] for draw in drawn[name]]) for n, value in enumerate(figures)]
        auc, ks, brier, slope, start = each
        mean_pd = float(np.mean([pd.mean() for pd in told[name]]))
        found[name] = Weighed(
            auc, ks, brier, slope, start, mean_pd, _interval(whole[beside][0] - figures[0], below[name])
        )
    return found


def share_of_shops(shops: Sequence[str] | pl.Series, bad: Flags, *, seed: int = 0, draws: int = DRAWS) -> Measured:
    """The share of bad rows, with its interval over draws of whole shops."""
    chance = np.random.default_rng(seed)
    _, which = np.unique(np.asarray(shops), return_inverse=True)
    times = (_some_shops(which, bad, chance) for _ in range(draws))
    return _interval(float(bad.mean()), [float(each @ bad / each.sum()) for each in times])


def _some_shops(which: Any, bad: Flags, chance: np.random.Generator) -> Any:
    """How often each row is in a draw of as many shops as there are."""
    count = int(which.max()) + 1
    while True:
        times = np.bincount(chance.integers(0, count, count), minlength=count)[which]
        if times[bad].any() and times[~bad].any():
            return times


class _Ranked:
    """Rows ordered once by the PD they were told, so that a draw is a matter of counts."""

    def __init__(self, bad: Flags, pd: Floats) -> None:
        self.bad, self.pd = bad, pd
        self.levels, self.which = np.unique(pd, return_inverse=True)

    def figures(self, times: Any) -> tuple[float, float, float, float, float]:
        """AUC, KS, Brier score, slope and start of calibration with each row counted so many times."""
        bads = np.bincount(self.which, weights=times * self.bad, minlength=len(self.levels))
        goods = np.bincount(self.which, weights=times * ~self.bad, minlength=len(self.levels))
        counted = PdLevels(self.levels, bads, goods)
        auc = float(bads @ (np.cumsum(goods) - goods / 2) / (bads.sum() * goods.sum()))
        rows = np.repeat(np.arange(len(times)), times)
        start, slope = calibration(self.bad[rows], self.pd[rows])
        return auc, counted.ks(), counted.brier(), slope, start


def _figures(ways: Mapping[str, Sequence[_Ranked]], times: Any) -> dict[str, Any]:
    return {name: np.mean([each.figures(times) for each in several], axis=0) for name, several in ways.items()}


def _interval(value: float, drawn: Sequence[float]) -> Measured:
    low, high = np.quantile(np.array(drawn), [0.025, 0.975])
    return Measured(float(value), float(low), float(high))
