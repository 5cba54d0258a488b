"""A boosted model written down as a card: whole cells, no edge that changes nothing, and the shops behind each cell."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from lendmill.rating.axes import AnyAxis, Axis
from lendmill.rating.lookup import Reader
from lendmill.rating.measures import Flags, Floats
from lendmill.rating.scale import LOGIT_UNITS
from lendmill.rating.tables import CELL_MAX, Table
from lendmill.rating.training.boosted import Boosted
from lendmill.rating.training.grid import Column

MICRO: Final = 10**6
SPAN_MIN: Final = 1e-9  # of a logit: a table that never adds so much adds nothing


def tables_of(columns: Sequence[Column], made: Boosted, blocks: Mapping[str, str]) -> tuple[Table, ...]:
    """The tables of what was learned, the largest first; the card's logit is that of paying back, so signs turn."""
    found = []
    for features, values in made.tables.items():
        axes = [columns[n].axis if len(features) == 1 else columns[n].coarse for n in features]
        table = _written(axes, -values, blocks[columns[features[0]].name])
        if table is not None:
            found.append(table)
    return tuple(sorted(found, key=lambda table: (len(table.axes), min(table.cells) - max(table.cells))))


def whole(logit: float) -> int:
    """A logit as a whole number of 10^-15."""
    return int(np.clip(round(logit * LOGIT_UNITS), -CELL_MAX, CELL_MAX))


def _written(axes: Sequence[AnyAxis], values: Floats, block: str) -> Table | None:
    """One table, or None where it says nothing; what was never missing has no part in it."""
    for n, axis in enumerate(axes):
        if not axis.missing_seen:
            values = values.copy()
            values[(slice(None),) * n + (-1,)] = 0.0
    kept = []
    for n, axis in enumerate(axes):
        if isinstance(axis, Axis):
            axis, values = merged(axis, values, n)
        kept.append(axis)
    if float(np.ptp(values)) < SPAN_MIN:
        return None
    return Table(axes=tuple(kept), cells=tuple(whole(float(value)) for value in values.ravel()), block=block)


def merged(axis: Axis, values: Floats, n: int) -> tuple[Axis, Floats]:
    """The axis without the edges on whose two sides everything is the same."""
    along = np.moveaxis(values, n, 0)
    steps = along[1:-1] != along[:-2]
    changes = steps if steps.ndim == 1 else steps.any(axis=1)
    kept = np.concatenate([[True], changes, [True]])
    edges = tuple(np.array(axis.edges)[changes].tolist())
    return Axis(axis.feature, edges, axis.low, axis.high, axis.missing_seen), np.moveaxis(along[kept], 0, n)


def added(first: Sequence[Table], second: Sequence[Table], share: int) -> tuple[Table, ...]:
    """One card's tables with millionths of another's, whose tables are of one feature each; both's edges are kept."""
    others = {table.feature: _some(table, share) for table in second if share}
    found = [_sum(table, others.pop(table.feature, None)) for table in first] + list(others.values())
    return tuple(sorted(found, key=lambda table: (len(table.axes), min(table.cells) - max(table.cells))))


def _some(table: Table, share: int) -> Table:
    return Table(table.axes, tuple(cell * share // MICRO for cell in table.cells), table.block)


def _sum(table: Table, other: Table | None) -> Table:
    if other is None:
        return table
    reader = Reader([table.axes[0], other.axes[0]])
    one, two = (np.array(each.cells, dtype=np.int64)[reader.within(each.axes[0])] for each in (table, other))
    return Table((reader.axis,), tuple((one + two).clip(-CELL_MAX, CELL_MAX).tolist()), table.block)


def counted(table: Table, cells: Any, bad: Flags) -> list[tuple[str, int, int]]:
    """The goods and bads that training saw in each cell that it saw."""
    size = len(table.cells)
    bads = np.bincount(cells[bad], minlength=size)
    goods = np.bincount(cells[~bad], minlength=size)
    seen = np.flatnonzero(bads + goods)
    return [(table.names[n], int(goods[n]), int(bads[n])) for n in seen.tolist()]


def information(goods: Floats, bads: Floats) -> float:
    """How much a table tells, by its cells: sum of (share of goods - share of bads) times its evidence."""
    good, bad = (goods + 0.5) / (goods + 0.5).sum(), (bads + 0.5) / (bads + 0.5).sum()
    return float((good - bad) @ np.log(good / bad))
