"""The tables of a card: what one feature, or two together, add to the log odds of paying back."""

import math
from functools import cached_property
from itertools import product
from typing import Final

import msgspec

from lendmill.rating.axes import FORBIDDEN as FORBIDDEN
from lendmill.rating.axes import READINGS as READINGS
from lendmill.rating.axes import AnyAxis as AnyAxis
from lendmill.rating.axes import Axis as Axis
from lendmill.rating.axes import BankRatingOffered as BankRatingOffered
from lendmill.rating.axes import Ints as Ints
from lendmill.rating.axes import InvalidCard as InvalidCard
from lendmill.rating.axes import Levels as Levels
from lendmill.rating.axes import Reading as Reading
from lendmill.rating.scale import LOGIT_UNITS

CELL_MAX: Final = 30 * LOGIT_UNITS
TABLES_MAX: Final = 300  # so many of the largest cells still fit into the integers of every machine
START: Final = "start"
TIMES: Final = " × "


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What one feature, or two together, add to the log odds: a whole number of 10^-15 for each bin, row by row."""

    axes: tuple[AnyAxis, ...]
    cells: tuple[int, ...]
    block: str = ""

    @property
    def feature(self) -> str:
        """The feature's name; two are joined by a times sign."""
        return TIMES.join(axis.feature for axis in self.axes)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each cell is called, in the order of the cells."""
        return tuple(TIMES.join(names) for names in product(*(axis.names() for axis in self.axes)))

    @cached_property
    def best(self) -> int:
        """The most this table can add."""
        return max(self.cells)

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
