"""Rating every shop in one pass, column by column, with the same answer as one at a time."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from lendmill.rating.scale import Scale, probability
from lendmill.rating.tables import READINGS, START, Axis, FeatureAbsent, Ints, NotANumber, Table

_DOUBTFUL: Final = np.array([reading.doubtful for reading in READINGS])


def rate_table(tables: Sequence[Table], start: int, scale: Scale, frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """Add up the cells of every shop, and say what each table gave: see `Card.rate_table`."""
    shape = (frame.height, len(tables) + 1)
    logit = np.full(frame.height, start, dtype=np.int64)
    worth, bins, readings = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    names = [""]
    for n, table in enumerate(tables, start=1):
        cells, readings[:, n] = places(table, frame)
        logit += np.array(table.cells, dtype=np.int64)[cells]
        worth[:, n] = np.array([scale.weight(cell) for cell in table.cells], dtype=np.int64)[cells]
        bins[:, n] = cells + len(names)
        names.extend(table.names)

    points = scale.points(logit)
    worth[:, 0] = points - worth.sum(axis=1)
    most = np.broadcast_to(np.array([0, *(scale.weight(table.best) for table in tables)], dtype=np.int64), shape).copy()
    most[:, 0] = worth[:, 0]
    features = pl.Series([START, *(table.feature for table in tables)])
    blocks = pl.Series(["", *(table.block for table in tables)])
    which = np.tile(np.arange(shape[1], dtype=np.int64), frame.height)
    told = pl.DataFrame(
        [
            features.gather(which).alias("feature"),
            pl.Series(names).gather(bins.ravel()).alias("bin"),
            pl.Series("points", worth.ravel()),
            pl.Series("points_max", most.ravel()),
            pl.Series([reading.value for reading in READINGS]).gather(readings.ravel()).alias("reading"),
            blocks.gather(which).alias("block"),
        ]
    )
    doubtful = pl.Series("doubtful", _DOUBTFUL[readings.ravel()])
    doubts = told.select(pl.when(doubtful).then("feature").alias("doubts")).to_series()
    return pl.DataFrame(
        [
            frame[key],
            pl.Series("points", points),
            pl.Series("pd", _probabilities(logit)),
            pl.Series([grade.name for grade in scale.grades]).gather(scale.grades_of(points)).alias("grade"),
            pl.Series("logit", logit),
            _by_shop(told.to_struct("contributions"), shape),
            _by_shop(doubts, shape).list.drop_nulls(),
        ]
    )


def _by_shop(flat: pl.Series, shape: tuple[int, int]) -> pl.Series:
    """One list per shop out of the values of all shops on end."""
    return flat.reshape(shape).arr.to_list()


def places(table: Table, frame: pl.DataFrame) -> tuple[Ints, Ints]:
    """The cell of every shop, and the most doubtful reading among its values, as a place in `READINGS`."""
    cells = np.zeros(frame.height, dtype=np.int64)
    worst = np.zeros(frame.height, dtype=np.int64)
    for axis in table.axes:
        bins, readings = axis.places(*_numbers(axis, frame))
        cells = cells * axis.size + bins
        worst = np.maximum(worst, readings)
    return cells, worst


def _numbers(axis: Axis, frame: pl.DataFrame) -> tuple[Any, Any]:
    if axis.feature not in frame.columns:
        raise FeatureAbsent(feature=axis.feature)
    column = frame[axis.feature]
    if not (column.dtype.is_integer() or column.dtype.is_float() or column.dtype == pl.Null):
        raise NotANumber(feature=axis.feature, value=f"a column of {column.dtype}")
    numbers = column.cast(pl.Float64)
    return numbers.fill_null(0.0).to_numpy(), numbers.is_null().to_numpy()


def _probabilities(logit: Ints) -> Any:
    """Each distinct logit is worked out once, by the rule that serves a single shop."""
    distinct, which = np.unique(logit, return_inverse=True)
    return np.array([probability(int(each)) for each in distinct], dtype=np.float64)[which]
