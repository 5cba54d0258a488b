"""What moved a rating since the one before: the tables that gave more or less, the largest move first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lendmill.rating.card import Contribution
from lendmill.rating.tables import START, TIMES
from lendmill.rating.telling.clauses import meant
from lendmill.rating.telling.kept import BESIDE
from lendmill.rating.telling.reasons import BY_NAME, may_be_named
from lendmill.rating.telling.words import BESIDE_NAMES, called

MOVES_MAX: Final = 4


@dataclass(frozen=True)
class Move:
    """One thing that gives more or fewer points than it did."""

    table: str
    points_before: int
    points_now: int

    @property
    def points(self) -> int:
        """By how many points."""
        return self.points_now - self.points_before

    def named(self, language: str) -> str:
        """What it is, in a language."""
        if self.table in BESIDE_NAMES:
            return called(BESIDE_NAMES, self.table, language)
        names = [meant(BY_NAME[name], language) if name in BY_NAME else name for name in self.table.split(TIMES)]
        together = TIMES.join(names)
        return together[:1].upper() + together[1:]


def moves(before: Iterable[Contribution], now: Iterable[Contribution], most: int = MOVES_MAX) -> tuple[Move, ...]:
    """What moved between two ratings of one card; nothing protected is named, and rounding is no move."""
    earlier, later = ({each.feature: each.points for each in parts} for parts in (before, now))
    found = [Move(name, earlier.get(name, 0), later.get(name, 0)) for name in {**earlier, **later} if _told(name)]
    moved = [each for each in found if each.points]
    return tuple(sorted(moved, key=lambda m: (-abs(m.points), m.table))[:most])


def _told(table: str) -> bool:
    if table in BESIDE:
        return table != START
    return all(may_be_named(BY_NAME.get(name)) for name in table.split(TIMES))
