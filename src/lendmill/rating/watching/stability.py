"""Whether the shops rated today still look like those the card learned from: their points, and each table's bins."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from lendmill.rating.watching.alarms import AlarmLevel, level_of
from lendmill.rating.watching.chance import chi_square_quantile
from lendmill.rating.watching.figure import CSI, PSI, WatchFigure

HALF: Final = 0.5
COUNTED_MIN: Final = 30


def stability_index(then: Sequence[float], now: Sequence[float]) -> float:
    """The population stability index of two counts over the same bins.

        PSI = sum over bins of (now - then) * ln(now / then)

    with the shares of each bin, (count + 1/2) / (total + bins / 2): the half (Jeffreys) lets an empty bin count for
    little, not for infinity, and vanishes as counts grow. Zero where the shares are alike, and never below.
    Siddiqi, Credit Risk Scorecards (2006), chapter 9; it is the symmetric divergence of Kullback and Leibler (1951).

    >>> round(stability_index([100, 100], [100, 300]), 4)
    0.2731
    """
    before, after = (_shares(counts) for counts in (then, now))
    return math.fsum((b - a) * math.log(b / a) for a, b in zip(before, after, strict=True))


def _shares(counts: Sequence[float]) -> list[float]:
    total = math.fsum(counts) + HALF * len(counts)
    return [(count + HALF) / total for count in counts]


def chance_index(then: Sequence[float], now: Sequence[float]) -> float:
    """The PSI that two samples of one population pass 5 times in 100 by chance alone.

        (1 / total then + 1 / total now) * chi-square quantile of (bins - 1) degrees

    Yurdakul and Naranjo, Statistical properties of the population stability index (2020).
    """
    bins = sum(1 for a, b in zip(then, now, strict=True) if a or b)
    return (1 / math.fsum(then) + 1 / math.fsum(now)) * chi_square_quantile(bins - 1)


def points_figure(
    edges: Sequence[float], then: Sequence[float], points: Mapping[int, int], levels: Mapping[str, AlarmLevel]
) -> WatchFigure:
    """PSI of the points: how many shops stand between each pair of the edges in training, and today.

    `points` counts today's shops by their points; a shop at an edge stands above it.
    """
    now = np.zeros(len(edges) + 1)
    for each, count in points.items():
        now[int(np.searchsorted(edges, each, side="right"))] += count
    return _figure(PSI, "", then, [float(count) for count in now], levels)


def table_figure(
    feature: str, then: Mapping[str, float], now: Mapping[str, int], levels: Mapping[str, AlarmLevel]
) -> WatchFigure:
    """CSI of one table of the card (the PSI of a characteristic): its bins in training and today.

    A bin that is only on one side is empty on the other; shops the card could not read are not among them.
    """
    bins = list(dict.fromkeys((*then, *now)))
    return _figure(
        CSI, feature, [float(then.get(name, 0)) for name in bins], [float(now.get(name, 0)) for name in bins], levels
    )


def _figure(
    figure: str, about: str, then: Sequence[float], now: Sequence[float], levels: Mapping[str, AlarmLevel]
) -> WatchFigure:
    """The index with what chance would give; what chance could explain is no alarm."""
    counted = int(sum(now))
    if counted < COUNTED_MIN or not sum(then):
        return WatchFigure(figure, about, None, counted)
    index, chance = stability_index(then, now), chance_index(then, now)
    alarm = level_of(figure, levels).of(index) if index > chance else ""
    return WatchFigure(figure, about, index, counted, expected=0.0, chance=chance, alarm=alarm)
