"""Rating every shop in one pass, column by column, with the same answer as one at a time."""

from typing import Any, Final

import numpy as np
import polars as pl

from lendmill.rating.axes import READINGS, Ints
from lendmill.rating.lookup import Lookup
from lendmill.rating.scale import PD_DIGITS, probability
from lendmill.rating.tables import START

UNKNOWN: Final = "UNKNOWN"
ROWS_AT_ONCE: Final = 65_536
_DOUBTFUL: Final = np.array([reading.doubtful for reading in READINGS])


def rate_table(lookup: Lookup, frame: pl.DataFrame, key: str, told: bool) -> pl.DataFrame:
    """Add up the cells of every shop, and say what each table gave: see `Card.rate_table`."""
    pieces = [_rated(lookup, piece, key, told) for piece in frame.iter_slices(ROWS_AT_ONCE)]
    return pl.concat(pieces) if pieces else _rated(lookup, frame, key, told)


def bins_counted(rated: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Of a rated table, how many shops fell into each bin of each of the card's tables; of the UNKNOWN none did."""
    parts = rated.lazy().select(pl.col("contributions").explode()).unnest("contributions")
    counted = parts.filter(pl.col("feature") != START).group_by("feature", "bin").len()
    counts: dict[str, dict[str, int]] = {}
    for feature, name, shops in counted.sort("feature", "bin").collect().iter_rows():
        counts.setdefault(feature, {})[name] = shops
    return counts


def logits(lookup: Lookup, frame: pl.DataFrame) -> tuple[Ints, Any]:
    """The logit of every row, read with the nearest bin even where the card would say UNKNOWN, and which those are.

    For measuring only: nobody is served a PD that the card did not learn.
    """
    places, readings = lookup.placed_columns(frame)
    doubtful = np.zeros(frame.height, dtype=np.bool_)
    for each in readings:
        doubtful |= _DOUBTFUL[each]
    return _summed(lookup, places, frame.height), doubtful


def probabilities(logit: Ints) -> Any:
    """The PD of many logits: in binary where that is sure to round to the same digits, else by the exact rule.

    Binary arithmetic is right to 10^-8 of the last digit kept, so only what lies closer than 10^-6 of it to the middle
    between two digits is worked out in decimal.
    """
    scaled = 10.0**PD_DIGITS / (1 + np.exp(np.clip(logit / 1e15, -60, 60)))
    whole = np.floor(scaled + 0.5)
    pd = whole / 10.0**PD_DIGITS
    unsure = np.flatnonzero(np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6)
    pd[unsure] = [probability(int(each)) for each in logit[unsure]]
    return pd


def _summed(lookup: Lookup, places: list[Ints], rows: int) -> Ints:
    logit = np.full(rows, lookup.start, dtype=np.int64)
    for n, cells in enumerate(lookup.cells):
        logit += cells[lookup.cells_of(n, places)]
    return logit


def _rated(lookup: Lookup, frame: pl.DataFrame, key: str, told: bool) -> pl.DataFrame:
    places, readings = lookup.placed_columns(frame)
    scale, logit = lookup.scale, _summed(lookup, places, frame.height)
    unknown, asked = _unknown(lookup, readings, frame.height)
    points = np.asarray(scale.points(logit), dtype=np.int64)
    known = pl.Series("known", asked)
    rated = pl.DataFrame(
        [
            frame[key],
            pl.Series("points", points),
            pl.Series("pd", probabilities(logit)),
            pl.Series([grade.name for grade in scale.grades], dtype=pl.String)
            .gather(scale.grades_of(points))
            .alias("grade"),
            pl.Series("logit", logit),
            *([_contributions(lookup, places, points)] if told else []),
            unknown,
        ]
    )
    if not asked.all():
        none = [pl.when(known).then(pl.col(name)).alias(name) for name in ("points", "pd", "logit")]
        grade = pl.when(known).then("grade").otherwise(pl.lit(UNKNOWN)).alias("grade")
        nothing = pl.col("contributions").list.head(pl.when(known).then(len(lookup.tables) + 1).otherwise(0))
        rated = rated.with_columns(*none, grade, *([nothing] if told else []))
    return rated


def _unknown(lookup: Lookup, readings: list[Ints], rows: int) -> tuple[pl.Series, Any]:
    """For each shop the features the card cannot read, with the reason; and which shops have none."""
    known = np.ones(rows, dtype=np.bool_)
    found: dict[int, list[dict[str, str]]] = {}
    for reader, read in zip(lookup.readers, readings, strict=True):
        doubtful = _DOUBTFUL[read]
        if not doubtful.any():
            continue
        known &= ~doubtful
        for row in np.flatnonzero(doubtful).tolist():
            found.setdefault(row, []).append({"feature": reader.feature, "reason": READINGS[read[row]].value})
    dtype = pl.List(pl.Struct({"feature": pl.String, "reason": pl.String}))
    if not found:
        return pl.Series("unknown", [[]], dtype=dtype).new_from_index(0, rows), known
    return pl.Series("unknown", [found.get(row, []) for row in range(rows)], dtype=dtype), known


def _contributions(lookup: Lookup, places: list[Ints], points: Ints) -> pl.Series:
    """What each table gave to each shop, the start first, as a list of rows per shop."""
    tables = lookup.tables
    shape = (len(points), len(tables) + 1)
    worth, bins = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    names, missing = [""], [False]
    for n, table in enumerate(tables):
        cells = lookup.cells_of(n, places)
        worth[:, n + 1] = lookup.worths[n][cells]
        bins[:, n + 1] = cells + len(names)
        names.extend(table.names)
        last = [np.arange(axis.size) == axis.size - 1 for axis in table.axes]
        missing.extend((last[0] if len(last) == 1 else np.logical_or.outer(*last).ravel()).tolist())
    worth[:, 0] = points - worth.sum(axis=1)
    best = [0, *(lookup.scale.weight(table.best) for table in tables)]
    most = np.broadcast_to(np.array(best, dtype=np.int64), shape).copy()
    most[:, 0] = worth[:, 0]
    features = pl.Series([START, *(table.feature for table in tables)])
    blocks = pl.Series(["", *(table.block for table in tables)])
    which = np.tile(np.arange(shape[1], dtype=np.int64), len(points))
    given = pl.DataFrame(
        [
            features.gather(which).alias("feature"),
            pl.Series(names).gather(bins.ravel()).alias("bin"),
            pl.Series("points", worth.ravel()),
            pl.Series("points_max", most.ravel()),
            pl.Series(["missing" if each else "known" for each in missing]).gather(bins.ravel()).alias("reading"),
            blocks.gather(which).alias("block"),
        ]
    )
    return given.to_struct("contributions").reshape(shape).arr.to_list()
