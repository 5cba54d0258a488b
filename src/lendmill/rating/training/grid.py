"""A table to learn from, cut fine: numbers by rank with edges that read well, categories by level, rare ones pooled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from lendmill.rating.axes import AnyAxis, Axis, Levels, level_of
from lendmill.rating.measures import Floats

FINE_MAX: Final = 160  # bins of a feature on its own
COARSE_MAX: Final = 32  # and beside another, where each cell needs shops of its own
LEVELS_MAX: Final = 200
LEVEL_MIN: Final = 10  # shops a level needs to stand for itself
DIGITS_MAX: Final = 17

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Column:
    """One feature on its axis: where each row falls, and where each place falls on the coarse axis for pairs."""

    name: str
    axis: AnyAxis
    coarse: AnyAxis
    codes: Codes
    to_coarse: Codes
    centres: Floats

    @property
    def missing(self) -> int:
        """The place of missing values."""
        return self.axis.size - 1

    @property
    def category(self) -> bool:
        """Whether it is one of categories."""
        return isinstance(self.axis, Levels)


def cut_fine(
    frame: pl.DataFrame,
    names: Sequence[str],
    categories: Mapping[str, bool],
    fine: int = FINE_MAX,
    coarse: int = COARSE_MAX,
) -> list[Column]:
    """Every feature that is not the same throughout, on its axis."""
    columns = (_levels(frame[name]) if categories[name] else _numbers(frame[name], fine, coarse) for name in names)
    return [column for column in columns if column is not None]


def _numbers(series: pl.Series, fine: int, coarse_most: int) -> Column | None:
    values = series.cast(pl.Float64).to_numpy()
    there = ~np.isnan(values)
    known = np.sort(values[there])
    if not len(known) or (known[0] == known[-1] and there.all()):
        return None
    edges = edges_of(known, fine)
    low, high, absent = float(known[0]) + 0.0, float(known[-1]) + 0.0, not there.all()
    axis = Axis(series.name, tuple(edges), low, high, absent)
    codes = np.searchsorted(np.array(edges), values, side="right").astype(np.int32)
    codes[~there] = axis.size - 1
    few = _thinned(np.array(edges), codes[there], coarse_most)
    coarse = Axis(series.name, tuple(few), low, high, absent)
    lower = np.searchsorted(np.array(few), np.array(edges), side="right")
    to_coarse = np.concatenate([[0], lower, [coarse.size - 1]]).astype(np.int32)
    sums = np.bincount(codes[there], weights=values[there], minlength=axis.size)
    counts = np.bincount(codes[there], minlength=axis.size)
    return Column(series.name, axis, coarse, codes, to_coarse, sums / np.maximum(counts, 1))


def _levels(series: pl.Series) -> Column | None:
    words = pl.Series(series.name, [None if value is None else level_of(value) for value in series.to_list()])
    counts = words.drop_nulls().value_counts(sort=True)
    ordered = sorted(counts.iter_rows(), key=lambda row: (-row[1], row[0]))
    kept = [level for level, count in ordered[:LEVELS_MAX] if count >= LEVEL_MIN]
    pooled = sorted({level for level, _ in ordered} - set(kept))
    if not kept or (len(kept) + bool(pooled) == 1 and not words.null_count()):
        return None
    axis = Levels(series.name, tuple(sorted(kept)), bool(words.null_count()), tuple(pooled))
    where = axis.where()
    codes = np.array([axis.size - 1 if word is None else where[word] for word in words], dtype=np.int32)
    same = np.arange(axis.size, dtype=np.int32)
    return Column(series.name, axis, axis, codes, same, np.zeros(axis.size))


def edges_of(known: Floats, most: int) -> list[float]:
    """Edges that cut sorted values into at most so many bins of about as many each; what is frequent stands alone.

    Each edge is the shortest number that separates its two neighbours.
    """
    distinct, counts = np.unique(known, return_counts=True)
    if len(distinct) <= most:
        above = np.arange(1, len(distinct))
    else:
        frequent = np.flatnonzero(counts > len(known) / most)
        at = np.searchsorted(distinct, known[np.arange(1, most) * len(known) // most])
        above = np.unique(np.concatenate([at, frequent, frequent + 1]))
        above = above[(above > 0) & (above < len(distinct))]
    return sorted({between(float(distinct[n - 1]), float(distinct[n])) for n in above})


def between(below: float, above: float) -> float:
    """The number with the fewest digits that is over one and not over the other.

    >>> between(0.1234, 0.1311), between(2.0, 3.0), between(99.0, 1200.0)
    (0.13, 3.0, 1000.0)
    """
    for digits in range(1, DIGITS_MAX):
        found = float(f"{above:.{digits}g}")
        if below < found <= above:
            return found + 0.0
    return above


def _thinned(edges: Floats, codes: Codes, most: int) -> list[float]:
    """Some of the edges, so that the bins between them hold about as many values each."""
    if len(edges) < most:
        return [float(edge) for edge in edges]
    reached = np.cumsum(np.bincount(codes, minlength=len(edges) + 1))[:-1]
    wanted = np.arange(1, most) * reached[-1] / most if len(reached) else np.array([])
    kept = np.unique(np.searchsorted(reached, wanted).clip(0, len(edges) - 1))
    return [float(edge) for edge in edges[kept]]


def placed(columns: Sequence[Column], frame: pl.DataFrame) -> Any:
    """Where other rows fall on the same axes, each read with its nearest bin."""
    return [column.axis.places(frame[column.name], frame.height)[0].astype(np.int32) for column in columns]
