"""How a card reads one fact: a number falls between edges, a category is a level it learned; or it is unknown."""

import math
import re
import sys
from bisect import bisect_right
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from lendmill.refusals import Refusal

FORBIDDEN: Final = frozenset({"rating", "bank_rating", "grade", "bank_grade", "credit_rating"})
OTHER: Final = "other"
MISSING: Final = "missing"
WHOLE_MAX: Final = 2**53 - 1  # from here on a number in floating point may stand for its neighbour
FLOAT_MAX: Final = sys.float_info.max

UNWRITABLE: Final = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]"
)  # no XML, so no picture

Ints = npt.NDArray[np.int64]


class InvalidCard(Refusal):
    """The card's {field} is {value}; allowed: {allowed}."""


class BankRatingOffered(Refusal):
    """{feature} is another lender's judgement, which gives the answer away: it is never an input of a card."""


class Reading(StrEnum):
    """How a value was read; all but the first two make the whole rating UNKNOWN, and say why."""

    KNOWN = "known"
    MISSING = "missing"
    NEVER_MISSING = "never-missing"  # missing now, never missing in training
    UNUSABLE = "unusable"  # infinite, or no number at all
    FAR_OUT = "far-out"  # beyond the training range by more than its width
    ABSENT = "absent"  # the record does not name it
    NOT_A_NUMBER = "not-a-number"  # text or a yes or no where a number was learned
    NEW_CATEGORY = "new-category"  # a category training never saw

    @property
    def doubtful(self) -> bool:
        """Whether the card was asked something it has not learned."""
        return self not in (Reading.KNOWN, Reading.MISSING)


READINGS: Final = tuple(Reading)
PLACE_OF: Final = {reading: place for place, reading in enumerate(READINGS)}


class Axis(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="number"):
    """A number cut into bins: below the first edge, between edges (the lower one included), from the last edge on; then
    missing.

    A value beyond the range seen in training is read with the end bin, if it is beyond by no more than the range's own
    width; farther out the card has learned nothing.
    """

    feature: str
    edges: tuple[float, ...]
    low: float
    high: float
    missing_seen: bool

    @property
    def size(self) -> int:
        """How many bins there are, the one for missing included."""
        return len(self.edges) + 2

    @property
    def reach(self) -> tuple[float, float]:
        """The least and the greatest value that the card reads; the infinite is never among them."""
        width = self.high - self.low
        return max(self.low - width, -FLOAT_MAX), min(self.high + width, FLOAT_MAX)

    def place(self, value: Any) -> tuple[int, Reading]:
        """The bin of one value, and how it was read."""
        if value is None:
            return self.size - 1, Reading.MISSING if self.missing_seen else Reading.NEVER_MISSING
        if isinstance(value, bool) or not isinstance(value, int | float):
            return 0, Reading.NOT_A_NUMBER
        try:
            number = float(value)
        except OverflowError:
            return 0, Reading.FAR_OUT
        if not math.isfinite(number):
            return 0, Reading.UNUSABLE
        least, most = self.reach
        return bisect_right(self.edges, number), Reading.KNOWN if least <= number <= most else Reading.FAR_OUT

    def places(self, column: pl.Series | None, rows: int) -> tuple[Ints, Ints]:
        """The bins of many values, and how each was read, as places in `READINGS`."""
        if column is None:
            return np.zeros(rows, dtype=np.int64), np.full(rows, PLACE_OF[Reading.ABSENT])
        if column.dtype == pl.Object:
            return _one_by_one(self, column)
        absent = Reading.MISSING if self.missing_seen else Reading.NEVER_MISSING
        if not (column.dtype.is_integer() or column.dtype.is_float() or column.dtype == pl.Null):
            missing = column.is_null().to_numpy()
            bins = np.where(missing, self.size - 1, 0).astype(np.int64)
            return bins, np.where(missing, PLACE_OF[absent], PLACE_OF[Reading.NOT_A_NUMBER])
        numbers = column.cast(pl.Float64)
        values = numbers.fill_null(self.low).to_numpy()
        least, most = self.reach
        bins = np.searchsorted(np.array(self.edges, dtype=np.float64), values, side="right").astype(np.int64)
        read = np.zeros(rows, dtype=np.int64)
        if not (within := (values >= least) & (values <= most)).all():
            read[~within] = PLACE_OF[Reading.FAR_OUT]
            unusable = ~np.isfinite(values)
            bins[unusable], read[unusable] = 0, PLACE_OF[Reading.UNUSABLE]
        if numbers.null_count():
            missing = numbers.is_null().to_numpy()
            bins[missing], read[missing] = self.size - 1, PLACE_OF[absent]
        return bins, read

    def names(self) -> list[str]:
        """What each bin is called.

        >>> Axis("months_active", (3.0, 12.0), 0.0, 40.0, True).names()
        ['< 3', '3 to < 12', '≥ 12', 'missing']
        """
        edges = [f"{edge:.6g}" for edge in self.edges]
        if len(set(edges)) < len(edges):
            edges = [f"{edge!r}" for edge in self.edges]
        if not edges:
            return ["any", MISSING]
        between = [f"{low} to < {high}" for low, high in pairwise(edges)]
        return [f"< {edges[0]}", *between, f"≥ {edges[-1]}", MISSING]

    def check(self) -> None:
        """Refuse edges that do not rise and ranges that are not numbers."""
        rising = all(a < b for a, b in pairwise(self.edges))
        if not rising or not all(map(math.isfinite, (*self.edges, self.low, self.high))) or self.low > self.high:
            raise InvalidCard(field=f"edges of {self.feature}", value=self.edges, allowed="rising finite numbers")
        _check_name(self.feature)


class Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="category"):
    """A category: one bin for each level, one for the rare levels where training pooled them; then missing.

    `pooled` are the rare levels that training saw: they are read as other. A level it never saw is unknown.
    """

    feature: str
    levels: tuple[str, ...]
    missing_seen: bool
    pooled: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many bins there are, those for other and missing included."""
        return len(self.levels) + bool(self.pooled) + 1

    def where(self) -> dict[str, int]:
        """The bin of each level that training saw."""
        found = {level: place for place, level in enumerate(self.levels)}
        return found | dict.fromkeys(self.pooled, len(self.levels))

    def place(self, value: Any) -> tuple[int, Reading]:
        """The bin of one value, and how it was read."""
        if value is None:
            return self.size - 1, Reading.MISSING if self.missing_seen else Reading.NEVER_MISSING
        if (level := level_of(value)) is None:
            return 0, Reading.UNUSABLE
        if level in self.levels:
            return self.levels.index(level), Reading.KNOWN
        if level in self.pooled:
            return len(self.levels), Reading.KNOWN
        return len(self.levels), Reading.NEW_CATEGORY  # measured, it counts with the rare, or the missing

    def places(self, column: pl.Series | None, rows: int) -> tuple[Ints, Ints]:
        """The bins of many values, and how each was read, as places in `READINGS`."""
        if column is None:
            return np.zeros(rows, dtype=np.int64), np.full(rows, PLACE_OF[Reading.ABSENT])
        if column.dtype == pl.Object:
            return _one_by_one(self, column)
        if not nameable(column.dtype):
            missing = column.is_null().to_numpy()
            absent = Reading.MISSING if self.missing_seen else Reading.NEVER_MISSING
            bins = np.where(missing, self.size - 1, 0).astype(np.int64)
            return bins, np.where(missing, PLACE_OF[absent], PLACE_OF[Reading.UNUSABLE])
        distinct = column.unique()
        words, names = column.cast(pl.String), distinct.cast(pl.String)
        if column.dtype.is_float():  # nought has one name, whatever its sign
            words, names = words.replace("-0.0", "0.0"), names.replace("-0.0", "0.0")
        told = dict(zip(names.to_list(), map(self.place, distinct.to_list()), strict=True))
        if not told:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        bins = words.replace_strict(list(told), [at for at, _ in told.values()], return_dtype=pl.Int64).to_numpy()
        read = words.replace_strict(list(told), [PLACE_OF[how] for _, how in told.values()], return_dtype=pl.Int64)
        return bins, read.to_numpy()

    def names(self) -> list[str]:
        """What each bin is called."""
        return [*self.levels, *([OTHER] if self.pooled else []), MISSING]

    def check(self) -> None:
        """Refuse levels that are named twice."""
        if len({*self.levels, *self.pooled}) != len(self.levels) + len(self.pooled) or not self.levels:
            raise InvalidCard(field=f"levels of {self.feature}", value=self.levels, allowed="each level once")
        _check_name(self.feature)
        for level in (*self.levels, *self.pooled):
            check_writable(f"levels of {self.feature}", level)


AnyAxis = Axis | Levels


def level_of(value: Any) -> str | None:
    """A value as the name of a level; whole numbers and yes or no have names too, as long as they are exact.

    >>> [level_of(each) for each in ("A11", True, 3, 3.0, 2.5, 2.0**53)]
    ['A11', 'true', '3', '3', None, None]
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        try:
            return str(value)
        except ValueError:  # more digits than Python writes
            return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) <= WHOLE_MAX else None


def nameable(dtype: pl.DataType) -> bool:
    """Whether values of a column can name levels at all."""
    words = (pl.String, pl.Categorical, pl.Enum, pl.Boolean, pl.Null)
    return dtype in words or dtype.is_integer() or dtype.is_float()


def _one_by_one(axis: AnyAxis, column: pl.Series) -> tuple[Ints, Ints]:
    """Where values of many kinds in one column fall."""
    found = [axis.place(value) for value in column.to_list()]
    bins = np.array([at for at, _ in found], dtype=np.int64)
    return bins, np.array([PLACE_OF[how] for _, how in found], dtype=np.int64)


def _check_name(feature: str) -> None:
    if feature in FORBIDDEN:
        raise BankRatingOffered(feature=feature)
    check_writable("feature", feature)


def check_writable(field: str, text: str) -> None:
    """Refuse a name with a sign that no picture and no file for other programs could show."""
    if UNWRITABLE.search(text):
        raise InvalidCard(field=field, value=repr(text[:60]), allowed="signs that can be written down")
