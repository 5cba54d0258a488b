"""The straight part of a boosted card: a ridge regression on each feature's evidence and on its value, as tables."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from lendmill.rating.measures import Flags, Floats, logistic
from lendmill.rating.training.grid import Column
from lendmill.rating.training.trees import Tables

RIDGES: Final = (3.0, 30.0, 300.0)
ROWS_MAX: Final = 20_000
DOUBT: Final = 10.0


def lines(columns: Sequence[Column], bad: Flags, signs: Sequence[int], bags: Sequence[tuple[Any, Any]]) -> list[Tables]:
    """Each fold's straight part with the ridge that told most of the shops held out, by log loss."""
    found: dict[float, list[Tables]] = {ridge: [] for ridge in RIDGES}
    loss = dict.fromkeys(RIDGES, 0.0)
    for learned, held in bags:
        some = learned[:: max(1, -(-len(learned) // ROWS_MAX))]
        shapes = [shape for n, column in enumerate(columns) for shape in _shapes(column, n, bad, some, signs[n])]
        design = np.column_stack([shape[columns[n].codes[some]] for n, shape in shapes])
        tested = held[:: max(1, -(-len(held) // ROWS_MAX))]
        other = np.column_stack([shape[columns[n].codes[tested]] for n, shape in shapes])
        for ridge in RIDGES:
            start, *weights = _fitted(design, bad[some], ridge, [signs[n] != 0 for n, _ in shapes])
            tables: Tables = {(): np.asarray(start)}
            for (n, shape), weight in zip(shapes, weights, strict=True):
                tables[n,] = tables.get((n,), 0.0) + weight * shape
            found[ridge].append(tables)
            logit = start + other @ np.array(weights)
            loss[ridge] += float(np.logaddexp(0.0, np.where(bad[tested], -logit, logit)).sum())
    return found[min(RIDGES, key=lambda ridge: loss[ridge])]


def _shapes(column: Column, n: int, bad: Flags, rows: Any, sign: int) -> list[tuple[int, Floats]]:
    """The evidence of each coarse bin against the shop, and the value itself, each about nought with spread one."""
    codes = column.codes[rows]
    counts = np.bincount(codes, minlength=column.axis.size).astype(np.float64)
    coarse = np.bincount(column.to_coarse, weights=counts, minlength=column.coarse.size)
    bads = np.bincount(column.to_coarse[codes], weights=bad[rows], minlength=column.coarse.size)
    mean = float(bad[rows].mean())
    share = (bads + DOUBT * mean) / (coarse + DOUBT)
    evidence = (np.log(share / (1 - share)) - np.log(mean / (1 - mean)))[column.to_coarse]
    if sign and not column.category:
        inner = evidence[:-1] * sign
        evidence[:-1] = np.interp(np.arange(len(inner)), np.arange(len(inner)), rising(inner, counts[:-1])) * sign
    shapes = [evidence]
    if not column.category:
        known = np.repeat(column.centres[:-1], counts[:-1].astype(np.int64))
        low, high = np.quantile(known, [0.01, 0.99]) if len(known) else (0.0, 0.0)
        value = np.clip(column.centres, low, high) * (sign or 1)
        value[-1] = float(value[:-1] @ counts[:-1] / max(counts[:-1].sum(), 1))
        shapes.append(value)
    made = []
    for shape in shapes:
        centre = float(shape @ counts / counts.sum())
        spread = float(np.sqrt((shape - centre) ** 2 @ counts / counts.sum()))
        if spread > 1e-9:
            made.append((n, (shape - centre) / spread))
    return made


def rising(values: Floats, weights: Floats) -> Floats:
    """The nearest values that never fall, each weighed: neighbours that fall are pooled."""
    blocks: list[list[float]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append([value, max(weight, 1e-9), 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            later, before = blocks.pop(), blocks.pop()
            weight = before[1] + later[1]
            blocks.append([(before[0] * before[1] + later[0] * later[1]) / weight, weight, before[2] + later[2]])
    return np.repeat([block[0] for block in blocks], [int(block[2]) for block in blocks])


def _fitted(design: Floats, bad: Flags, ridge: float, signed: list[bool]) -> list[float]:
    """The regression's start and weights; a shape that must not be turned round is left out where it would be."""
    kept = list(range(design.shape[1]))
    while True:
        start, *weights = logistic(design[:, kept], bad.astype(np.float64), ridge).tolist()
        wrong = [n for n, weight in zip(kept, weights, strict=True) if signed[n] and weight < 0]
        if not wrong:
            found = dict(zip(kept, weights, strict=True))
            return [start, *(found.get(n, 0.0) for n in range(design.shape[1]))]
        kept = [n for n in kept if n not in wrong]
