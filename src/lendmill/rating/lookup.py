"""A card made ready for look-up: each fact is placed once, and every table that reads it knows the cell."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl

from lendmill.rating.axes import AnyAxis, Axis, Ints, Reading
from lendmill.rating.scale import Scale
from lendmill.rating.tables import Table

_ABSENT: Final = object()


class Contribution(msgspec.Struct, frozen=True):
    """What one feature, or two together, added to the points, and the most it could have added."""

    feature: str
    bin: str
    points: int
    points_max: int
    reading: Reading
    block: str = ""


class Unknown(msgspec.Struct, frozen=True):
    """A feature that the card could not read, and why."""

    feature: str
    reason: Reading


class Reader:
    """Reads one feature for all the tables that use it, on an axis as fine as the finest of theirs needs."""

    def __init__(self, axes: Sequence[AnyAxis]) -> None:
        self.feature = axes[0].feature
        self.axis = axes[0]
        self.edges: tuple[float, ...] = ()
        self.least, self.most = 1.0, 0.0  # nothing lies between: a category is always looked up
        self.levels: dict[str, int] = {}
        if isinstance(self.axis, Axis):
            edges = sorted({edge for axis in axes if isinstance(axis, Axis) for edge in axis.edges})
            self.axis = msgspec.structs.replace(self.axis, edges=tuple(edges))
            self.edges, (self.least, self.most) = self.axis.edges, self.axis.reach
        else:
            self.levels = self.axis.where()

    def within(self, axis: AnyAxis) -> Ints:
        """For each place on this axis the bin of a table's own, coarser axis."""
        if not isinstance(axis, Axis):
            return np.arange(axis.size, dtype=np.int64)
        lower = np.searchsorted(np.array(axis.edges), np.array(self.edges), side="right")
        return np.concatenate([[0], lower, [axis.size - 1]]).astype(np.int64)


class Lookup:
    """A card's tables laid out so that a rating is a few look-ups: what one shop's rating and a million's share."""

    def __init__(self, tables: Sequence[Table], start: int, scale: Scale) -> None:
        self.tables, self.start, self.scale = tables, start, scale
        axes: dict[str, list[AnyAxis]] = {}
        for table in tables:
            for axis in table.axes:
                axes.setdefault(axis.feature, []).append(axis)
        self.readers = [Reader(some) for some in axes.values()]
        at = {reader.feature: n for n, reader in enumerate(self.readers)}
        self.features = tuple(tuple(at[axis.feature] for axis in table.axes) for table in tables)
        self.maps = [self._maps(table, where) for table, where in zip(tables, self.features, strict=True)]
        self.worths = [np.array([scale.weight(cell) for cell in table.cells], dtype=np.int64) for table in tables]
        self.cells = [np.array(table.cells, dtype=np.int64) for table in tables]
        self._quick = [
            (n, where[0], where[-1], maps[0].tolist(), maps[1].tolist(), table.cells, self.worths[n].tolist())
            for n, (table, where, maps) in enumerate(zip(tables, self.features, self.maps, strict=True))
        ]
        self._told: list[dict[int, Contribution]] = [{} for _ in tables]

    def _maps(self, table: Table, where: tuple[int, ...]) -> tuple[Ints, Ints]:
        """The cell as a sum: what the first axis gives, already times the other's size, and what the second gives."""
        first = self.readers[where[0]].within(table.axes[0])
        if len(where) == 1:
            return first, np.zeros_like(first)
        return first * table.axes[1].size, self.readers[where[1]].within(table.axes[1])

    def placed(self, facts: Mapping[str, Any]) -> tuple[list[int], list[Unknown]]:
        """Where each fact of one shop falls, and which the card cannot read."""
        places, unknown = [], []
        for reader in self.readers:
            value = facts.get(reader.feature, _ABSENT)
            if type(value) is float and reader.least <= value <= reader.most:
                places.append(bisect_right(reader.edges, value))
            elif type(value) is str and (level := reader.levels.get(value)) is not None:
                places.append(level)
            else:
                place, reading = (0, Reading.ABSENT) if value is _ABSENT else reader.axis.place(value)
                places.append(place)
                if reading.doubtful:
                    unknown.append(Unknown(reader.feature, reading))
        return places, unknown

    def added(self, places: list[int]) -> tuple[int, int, list[Contribution]]:
        """The logit, the points of all tables together, and what each gave."""
        logit, points, found = self.start, 0, []
        for n, first, second, rows, columns, cells, worths in self._quick:
            cell = rows[places[first]] + columns[places[second]]
            logit += cells[cell]
            points += worths[cell]
            found.append(self._told[n].get(cell) or self._tell(n, cell))
        return logit, points, found

    def _tell(self, n: int, cell: int) -> Contribution:
        table = self.tables[n]
        parts = np.unravel_index(cell, [axis.size for axis in table.axes])
        missing = any(part == axis.size - 1 for part, axis in zip(parts, table.axes, strict=True))
        reading = Reading.MISSING if missing else Reading.KNOWN
        most = self.scale.weight(table.best)
        told = Contribution(table.feature, table.names[cell], int(self.worths[n][cell]), most, reading, table.block)
        self._told[n][cell] = told
        return told

    def placed_columns(self, frame: pl.DataFrame) -> tuple[list[Ints], list[Ints]]:
        """Where the facts of many shops fall, column by column, and how each was read."""
        placed = [
            reader.axis.places(frame[reader.feature] if reader.feature in frame.columns else None, frame.height)
            for reader in self.readers
        ]
        return [places for places, _ in placed], [readings for _, readings in placed]

    def cells_of(self, n: int, places: list[Ints]) -> Ints:
        """The cell of one table for many shops."""
        first, second = self.features[n][0], self.features[n][-1]
        rows, columns = self.maps[n]
        if first == second:
            return rows[places[first]]
        return rows[places[first]] + columns[places[second]]
