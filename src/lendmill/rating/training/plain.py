"""The straight part of a card of few shops: a ridge regression on values, ranks, levels and what is missing, as tables.

Few shops say too much for themselves where evidence is counted in bins; a value and a level have one figure each.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from lendmill.rating.measures import Flags, Floats
from lendmill.rating.training.grid import Column
from lendmill.rating.training.straight import ROWS_MAX
from lendmill.rating.training.trees import Tables

RIDGES: Final = (100.0, 30.0, 10.0, 3.0, 1.0)  # the strongest first: each begins where the one before ended
STEPS_MAX: Final = 30
STEP_MIN: Final = 1e-7
BENT_ANEW: Final = 4
VALUE, RANK, FLAG = "value", "rank", "flag"
Shape = tuple[int, str, Floats]
"""The feature, what is said of it, and that for each place on its axis."""


def plain_lines(
    columns: Sequence[Column], bad: Flags, signs: Sequence[int], bags: Sequence[tuple[Any, Any]]
) -> list[Tables]:
    """Each fold's straight part; the ridge, and whether ranks stand beside values, as told most of the shops held out.

    Which is most is told by log loss.
    """
    found: dict[tuple[bool, float], list[Tables]] = {}
    loss: dict[tuple[bool, float], float] = {}
    for bag in bags:
        learned, held = (rows[:: max(1, -(-len(rows) // ROWS_MAX))] for rows in bag)
        every = [shape for n, column in enumerate(columns) for shape in _shapes(n, column, learned, signs[n])]
        for ranked in (False, True):
            shapes = [shape for shape in every if ranked or shape[1] != RANK]
            signed = [signs[n] != 0 and kind != FLAG for n, kind, _ in shapes]
            path = _path(_design(shapes, columns, learned), bad[learned].astype(np.float64), signed)
            other = _design(shapes, columns, held)
            for ridge, weights in zip(RIDGES, path, strict=True):
                logit = other @ weights
                missed = float(np.logaddexp(0.0, np.where(bad[held], -logit, logit)).sum())
                loss[ranked, ridge] = loss.get((ranked, ridge), 0.0) + missed
                found.setdefault((ranked, ridge), []).append(_tables(shapes, weights))
    return found[min(loss, key=lambda way: loss[way])]


def _shapes(n: int, column: Column, rows: Any, sign: int) -> list[Shape]:
    """What is said of one feature, each about nought in these rows; numbers with spread one."""
    counts = np.bincount(column.codes[rows], minlength=column.axis.size).astype(np.float64)
    shares = counts / counts.sum()
    if column.category:
        return [(n, FLAG, np.eye(column.axis.size)[level] - shares[level]) for level in np.flatnonzero(counts).tolist()]
    known = counts[:-1]
    if not known.any():
        return []
    value = np.clip(
        column.centres, *np.quantile(np.repeat(column.centres[:-1], known.astype(np.int64)), [0.005, 0.995])
    )
    rank = np.append((np.cumsum(known) - known / 2) / known.sum(), 0.5)
    found = []
    for kind, shape in ((VALUE, value), (RANK, rank)):
        shape[-1] = shape[:-1] @ known / known.sum()
        centred = shape - shape @ shares
        spread = float(np.sqrt(centred**2 @ shares))
        if spread > 1e-9:
            found.append((n, kind, centred / spread * (sign or 1)))
    if counts[-1]:
        found.append((n, FLAG, np.eye(column.axis.size)[-1] - shares[-1]))
    return found


def _design(shapes: Sequence[Shape], columns: Sequence[Column], rows: Any) -> Floats:
    return np.column_stack([np.ones(len(rows)), *(shape[columns[n].codes[rows]] for n, _, shape in shapes)])


def _tables(shapes: Sequence[Shape], weights: Floats) -> Tables:
    tables: Tables = {(): np.asarray(weights[0])}
    for (n, _, shape), weight in zip(shapes, weights[1:], strict=True):
        tables[n,] = tables.get((n,), 0.0) + weight * shape
    return tables


def _path(design: Floats, bad: Floats, signed: Sequence[bool]) -> list[Floats]:
    """For each ridge the start and the weights; a shape is left out that would turn against its sign."""
    at, found = np.zeros(design.shape[1]), []
    bound = np.flatnonzero([False, *signed])
    for ridge in RIDGES:
        kept = np.arange(design.shape[1])
        while True:
            weights = _fitted(design[:, kept], bad, ridge, at[kept])
            wrong = kept[np.isin(kept, bound) & (weights < 0)]
            if not len(wrong):
                break
            kept = np.setdiff1d(kept, wrong)
        at = np.zeros(design.shape[1])
        at[kept] = weights
        found.append(at)
    return found


def _fitted(design: Floats, bad: Floats, ridge: float, begun: Floats) -> Floats:
    """One ridge regression by Newton's method; how the log loss bends is worked out anew at every fourth step.

    The start is not shrunk.
    """
    shrunk = np.full(design.shape[1], ridge)
    shrunk[0] = 1e-9
    at = begun
    for n in range(STEPS_MAX):
        chance = 1 / (1 + np.exp(-np.clip(design @ at, -30, 30)))
        if n % BENT_ANEW == 0:
            curve = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(shrunk)
            inverse = np.linalg.inv(curve)
        step = inverse @ (design.T @ (bad - chance) - shrunk * at)
        at = at + step
        if np.abs(step).max() < STEP_MIN:
            break
    return np.asarray(at, dtype=np.float64)
