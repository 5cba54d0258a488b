"""The tables of a card: a feature cut into bins, each worth so much; missing and unusable have bins of their own."""

import math
from bisect import bisect_right
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from itertools import pairwise, product
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from lendmill.rating.scale import LOGIT_UNITS
from lendmill.refusals import Refusal

CELL_MAX: Final = 30 * LOGIT_UNITS
TABLES_MAX: Final = 100
START: Final = "start"
FORBIDDEN: Final = frozenset({"rating", "bank_rating", "grade", "bank_grade", "credit_rating"})

Ints = npt.NDArray[np.int64]


class InvalidCard(Refusal):
    """The card's {field} is {value}; allowed: {allowed}."""


class FeatureAbsent(Refusal):
    """The card reads {feature}, and the record does not name it: write the unknown as empty, do not leave it out."""


class NotANumber(Refusal):
    """{feature} is {value!r}, and the card reads numbers only: text is never taken for one."""


class BankRatingOffered(Refusal):
    """{feature} is another lender's judgement, which gives the answer away: it is never an input of a card."""


class Reading(StrEnum):
    """How a value was read; all but the first two are doubts that a policy should look at."""

    KNOWN = "known"
    MISSING = "missing"
    NEVER_MISSING = "never-missing"  # missing now, never missing in training: neutral points
    UNUSABLE = "unusable"  # not a number or infinite: the table's worst points
    FAR_OUT = "far-out"  # beyond the training range by more than its width: the edge bin's points

    @property
    def doubtful(self) -> bool:
        """Whether the card was asked something it has not learned."""
        return self not in (Reading.KNOWN, Reading.MISSING)


READINGS: Final = tuple(Reading)


class Axis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One feature cut into bins: below the first edge, between edges (the lower one included), from the last edge on,
    then missing, then unusable.
    """

    feature: str
    edges: tuple[float, ...]
    low: float
    high: float
    missing_seen: bool

    @property
    def size(self) -> int:
        """How many bins there are, those for missing and unusable values included."""
        return len(self.edges) + 3

    def place(self, value: Any) -> tuple[int, Reading]:
        """The bin of one value, and how it was read."""
        if value is None:
            return self.size - 2, Reading.MISSING if self.missing_seen else Reading.NEVER_MISSING
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise NotANumber(feature=self.feature, value=value)
        try:
            number = float(value)
        except OverflowError:
            raise NotANumber(feature=self.feature, value="a number too large to hold") from None
        if not math.isfinite(number):
            return self.size - 1, Reading.UNUSABLE
        width = self.high - self.low
        far = number < self.low - width or number > self.high + width
        return bisect_right(self.edges, number), Reading.FAR_OUT if far else Reading.KNOWN

    def places(self, values: npt.NDArray[np.float64], missing: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """The bins of many values, and how each was read, as places in `READINGS`."""
        width = self.high - self.low
        finite = np.isfinite(values)
        bins = np.searchsorted(np.array(self.edges, dtype=np.float64), values, side="right").astype(np.int64)
        far = (values < self.low - width) | (values > self.high + width)
        read = np.where(far, READINGS.index(Reading.FAR_OUT), READINGS.index(Reading.KNOWN))
        bins[~finite] = self.size - 1
        read[~finite] = READINGS.index(Reading.UNUSABLE)
        bins[missing] = self.size - 2
        read[missing] = READINGS.index(Reading.MISSING if self.missing_seen else Reading.NEVER_MISSING)
        return bins, read.astype(np.int64)

    def names(self) -> list[str]:
        """What each bin is called.

        >>> Axis("months_active", (3.0, 12.0), 0.0, 40.0, True).names()
        ['< 3', '3 to < 12', '≥ 12', 'missing', 'unusable']
        """
        edges = [f"{edge:.6g}" for edge in self.edges]
        if not edges:
            return ["any", "missing", "unusable"]
        between = [f"{low} to < {high}" for low, high in pairwise(edges)]
        return [f"< {edges[0]}", *between, f"≥ {edges[-1]}", "missing", "unusable"]

    def check(self) -> None:
        """Refuse edges that do not rise and ranges that are not numbers."""
        rising = all(a < b for a, b in pairwise(self.edges))
        if not rising or not all(map(math.isfinite, (*self.edges, self.low, self.high))) or self.low > self.high:
            raise InvalidCard(field=f"edges of {self.feature}", value=self.edges, allowed="rising finite numbers")
        if self.feature in FORBIDDEN:
            raise BankRatingOffered(feature=self.feature)


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What one feature, or two together, add to the log odds: a whole number of 10^-15 for each bin, row by row."""

    axes: tuple[Axis, ...]
    cells: tuple[int, ...]
    block: str = ""

    @property
    def feature(self) -> str:
        """The feature's name; two are joined by a times sign."""
        return " × ".join(axis.feature for axis in self.axes)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each cell is called, in the order of the cells."""
        return tuple(" × ".join(names) for names in product(*(axis.names() for axis in self.axes)))

    @cached_property
    def best(self) -> int:
        """The most this table can add."""
        return max(self.cells)

    def place(self, facts: Mapping[str, Any]) -> tuple[int, Reading]:
        """The cell of one shop, and the most doubtful reading among its values."""
        cell, worst = 0, Reading.KNOWN
        for axis in self.axes:
            if axis.feature not in facts:
                raise FeatureAbsent(feature=axis.feature)
            at, reading = axis.place(facts[axis.feature])
            cell, worst = cell * axis.size + at, max(worst, reading, key=READINGS.index)
        return cell, worst

    def check(self) -> None:
        """Refuse a table with the wrong number of cells or with cells that could overflow a sum."""
        for axis in self.axes:
            axis.check()
        wanted = math.prod(axis.size for axis in self.axes)
        if not 1 <= len(self.axes) <= 2 or len(self.cells) != wanted:
            allowed = f"{wanted} cells on one or two axes"
            raise InvalidCard(field=f"table of {self.feature}", value=f"{len(self.cells)} cells", allowed=allowed)
        largest = max(map(abs, self.cells))
        if largest > CELL_MAX:
            raise InvalidCard(field=f"cells of {self.feature}", value=largest, allowed=f"at most {CELL_MAX}")
