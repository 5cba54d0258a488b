"""Where very many features are offered, those that tell most at first sight: only they are looked at closely."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from lendmill.rating.measures import Flags, Floats
from lendmill.rating.training.bins import Feature
from lendmill.rating.training.grid import edges_of

SCREENED: Final = 60  # as many as the classic card ever keeps
BINS: Final = 10
ROWS_MAX: Final = 20_000
DOUBT: Final = 10.0
SAME: Final = 0.99  # correlation from which on two features say one thing


def screened(features: Sequence[Feature], columns: Mapping[str, Any], bad: Flags) -> Sequence[Feature]:
    """At most so many of the features: those with the most information in ten bins, none that says what another says.

    Categories are all kept: cutting them costs nothing.
    """
    numbers = [feature for feature in features if not isinstance(columns[feature.name], pl.Series)]
    if len(numbers) <= SCREENED:
        return features
    some = slice(None, None, max(1, -(-len(bad) // ROWS_MAX)))
    told = {feature.name: _evidence(columns[feature.name][some], bad[some]) for feature in numbers}
    ordered = sorted(told, key=lambda name: (-told[name][0], name))
    kept: dict[str, Floats] = {}
    for name in ordered:
        spread = told[name][1]
        if len(kept) < SCREENED and not any(abs(float(spread @ other)) > SAME for other in kept.values()):
            kept[name] = spread
    left = told.keys() - kept.keys()
    return [feature for feature in features if feature.name not in left]


def _evidence(values: Floats, bad: Flags) -> tuple[float, Floats]:
    """The information of a feature beyond chance, and its evidence for each row about nought, with length one."""
    there = ~np.isnan(values)
    edges = np.array(edges_of(np.sort(values[there]), BINS) if there.any() else [])
    places = np.where(there, np.searchsorted(edges, values, side="right"), len(edges) + 1)
    counts = np.bincount(places, minlength=len(edges) + 2)
    bads = np.bincount(places[bad], minlength=len(edges) + 2)
    mean = float(bad.mean())
    share = (bads + DOUBT * mean) / (counts + DOUBT)
    evidence = np.log(share / (1 - share))
    told = evidence[places] - evidence[places].mean()
    chance = (int((counts > 0).sum()) - 1) / (len(bad) * mean * (1 - mean))
    information = float((bads / bad.sum() - (counts - bads) / (~bad).sum()) @ evidence) - chance
    return information, np.asarray(told / max(float(np.linalg.norm(told)), 1e-12), dtype=np.float64)
