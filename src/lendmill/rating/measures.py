"""How well a card tells good payers from bad ones, and how sure one can be of it."""

import math
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

Z_95: Final = 1.959963984540054
RESAMPLES: Final = 1000


class Measured(msgspec.Struct, frozen=True):
    """A figure with the interval that holds it 95 times in 100."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def area(bad: Flags, pd: Floats) -> Measured:
    """The AUC: how often a bad payer was given a higher PD than a good one, ties counting half.

    The interval is DeLong's (1988), worked out on the logit to stay between 0 and 1; it takes the card as given.
    """
    value, spread = _delong(bad, pd)
    if not 0 < value < 1:
        return Measured(value, value, value)
    wide = Z_95 * spread / (value * (1 - value))
    centre = math.log(value / (1 - value))
    low, high = (1 / (1 + math.exp(-(centre + side * wide))) for side in (-1, 1))
    return Measured(value, low, high)


def _delong(bad: Flags, pd: Floats) -> tuple[float, float]:
    """The AUC and its standard error, by mid-ranks (Sun and Xu, 2014)."""
    bads, goods = pd[bad], pd[~bad]
    together = _midranks(np.concatenate([bads, goods]))
    above = (together[: len(bads)] - _midranks(bads)) / len(goods)
    below = 1 - (together[len(bads) :] - _midranks(goods)) / len(bads)
    spread = math.sqrt(above.var(ddof=1) / len(bads) + below.var(ddof=1) / len(goods))
    return float(above.mean()), spread


def _midranks(values: Floats) -> Floats:
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[which]


class PdLevels(msgspec.Struct, frozen=True):
    """The borrowers counted by PD, from the lowest, so that a resample is a matter of counts."""

    pd: Any
    bads: Any
    goods: Any

    @classmethod
    def of(cls, bad: Flags, pd: Floats) -> "PdLevels":
        """Count the good and the bad at each PD."""
        levels, which = np.unique(pd, return_inverse=True)
        bads = np.bincount(which, weights=bad, minlength=len(levels))
        return cls(levels, bads, np.bincount(which, minlength=len(levels)) - bads)

    def ks(self) -> float:
        """The Kolmogorov-Smirnov distance: the widest gap between the shares of bad and good up to one PD."""
        bads, goods = np.cumsum(self.bads) / self.bads.sum(), np.cumsum(self.goods) / self.goods.sum()
        return float(np.abs(bads - goods).max())

    def brier(self) -> float:
        """The mean squared distance between the PD and what happened."""
        missed = self.bads @ (1 - self.pd) ** 2 + self.goods @ self.pd**2
        return float(missed / (self.bads.sum() + self.goods.sum()))

    def resample(self, chance: np.random.Generator) -> "PdLevels":
        """As many borrowers again, drawn with replacement from these."""
        counts = np.concatenate([self.bads, self.goods])
        drawn = chance.multinomial(int(counts.sum()), counts / counts.sum()).astype(np.float64)
        return PdLevels(self.pd, drawn[: len(self.pd)], drawn[len(self.pd) :])


def ks_and_brier(bad: Flags, pd: Floats, seed: int) -> tuple[Measured, Measured]:
    """KS and Brier score, with percentile intervals from a seeded bootstrap of the borrowers; the card is as given."""
    levels = PdLevels.of(bad, pd)
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(RESAMPLES):
        drawn = levels.resample(chance)
        if drawn.bads.any() and drawn.goods.any():
            found.append((drawn.ks(), drawn.brier()))
    low, high = np.quantile(np.array(found), [0.025, 0.975], axis=0)
    return (
        Measured(levels.ks(), float(low[0]), float(high[0])),
        Measured(levels.brier(), float(low[1]), float(high[1])),
    )


def logistic(columns: Floats, good: Floats, ridge: float) -> Floats:
    """The start and weights of a logistic regression, by Newton's method; the ridge shrinks the weights, not the start.

    minimise  sum(ln(1 + e ** -z)) over good, ln(1 + e ** z) over bad, + ridge / 2 * sum(weights ** 2)
    """
    design = np.column_stack([np.ones(len(columns)), columns])
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0.0
    weights = np.zeros(design.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (good - chance) - penalty * weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curve + 1e-9 * np.eye(len(curve)), slope)
        weights = weights + step
        if np.abs(step).max() < 1e-12:
            break
    return weights


def calibration(bad: Flags, pd: Floats) -> tuple[float, float]:
    """Start and slope of what happened against the log odds given: 0 and 1 where the PD is right throughout.

    A slope below 1 says the PDs are spread too far apart; a start above 0 that people paid better than told.
    """
    held = np.clip(pd, 1e-6, 1 - 1e-6)
    start, slope = logistic(np.log((1 - held) / held)[:, None], (~bad).astype(np.float64), ridge=0.0)
    return float(start), float(slope)


def slope_between(bad: Flags, pd: Floats) -> tuple[float, float]:
    """The bounds that hold the slope of `calibration` 95 times in 100: Wald's, from the curvature at the best fit."""
    held = np.clip(pd, 1e-6, 1 - 1e-6)
    odds = np.log((1 - held) / held)
    start, slope = calibration(bad, pd)
    good = 1 / (1 + np.exp(-np.clip(start + slope * odds, -30, 30)))
    weight = good * (1 - good)
    spread = float(weight @ (odds - (weight @ odds) / weight.sum()) ** 2)
    wide = Z_95 / math.sqrt(max(spread, 1e-12))
    return slope - wide, slope + wide
