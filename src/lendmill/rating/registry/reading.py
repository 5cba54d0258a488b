"""A kept card as a person reads it: each table with its points, the shops behind each cell, and how many turned bad."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lendmill.rating.card import Card
from lendmill.rating.tables import Table
from lendmill.rating.training import Kept, Report
from lendmill.rating.watching.chance import share_interval


@dataclass(frozen=True, slots=True)
class CardCell:
    """One bin of a table, or one cell of two features together; no counts where training saw no shop there."""

    names: tuple[str, ...]
    points: int
    goods: int | None = None
    bads: int | None = None

    @property
    def name(self) -> str:
        """What the cell is called."""
        return " × ".join(self.names)

    @property
    def shops(self) -> int:
        """How many shops of training stood here."""
        return (self.goods or 0) + (self.bads or 0)

    @property
    def bad_share(self) -> float | None:
        """The share of them that turned bad."""
        return None if not self.shops or self.bads is None else self.bads / self.shops

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between which shares the true one lies 95 times in 100."""
        return None if not self.shops or self.bads is None else share_interval(self.bads, self.shops)


@dataclass(frozen=True, slots=True)
class CardTable:
    """One table of a card, of one feature or of two."""

    feature: str
    block: str
    features: tuple[str, ...]
    cells: tuple[CardCell, ...]
    kept: Kept | None = None

    @property
    def span(self) -> int:
        """How many points lie between its best and its worst cell."""
        return max(cell.points for cell in self.cells) - min(cell.points for cell in self.cells)


def card_tables(card: Card, report: Report | None) -> list[CardTable]:
    """Every table of a card, those of one feature first, with what training counted where there is a report."""
    kept = {each.feature: each for each in report.kept} if report else {}
    made = [_table(card, table, kept.get(table.feature)) for table in card.tables]
    return sorted(made, key=lambda table: len(table.features))


def _table(card: Card, table: Table, kept: Kept | None) -> CardTable:
    counted = {each.bin: each for each in kept.bins} if kept else {}
    axes = [axis.names() for axis in table.axes]
    ways = [(name,) for name in axes[0]] if len(axes) == 1 else [(a, b) for a in axes[0] for b in axes[1]]
    cells = []
    for names, whole, cell in zip(ways, table.names, table.cells, strict=True):
        seen = counted.get(whole)
        counts = (seen.goods, seen.bads) if seen else (None, None)
        cells.append(CardCell(names, card.scale.weight(cell), *counts))
    return CardTable(table.feature, table.block, tuple(axis.feature for axis in table.axes), tuple(cells), kept)


def drawn_together(cells: Sequence[CardCell]) -> list[CardCell]:
    """The bins of one feature with neighbours of the same points put together, for a picture that can be taken in.

    >>> bins = [CardCell(("< 3",), 5, 2, 1), CardCell(("3 to < 8",), 5, 4, 0), CardCell(("≥ 8",), 7)]
    >>> [(cell.name, cell.points, cell.shops) for cell in drawn_together(bins)]
    [('< 8', 5, 7), ('≥ 8', 7, 0)]
    """
    made: list[CardCell] = []
    for cell in cells:
        before = made[-1] if made else None
        if before is None or before.points != cell.points or not (_is_stretch(before.name) and _is_stretch(cell.name)):
            made.append(cell)
            continue
        known = [each for each in (before, cell) if each.goods is not None and each.bads is not None]
        counts = (sum(each.goods or 0 for each in known), sum(each.bads or 0 for each in known))
        made[-1] = CardCell((_joined(before.name, cell.name),), cell.points, *(counts if known else (None, None)))
    return made


def _is_stretch(name: str) -> bool:
    return name.startswith(("< ", "≥ ")) or " to < " in name


def _joined(first: str, last: str) -> str:
    """The stretch from the beginning of one bin to the end of another."""
    begins = "" if first.startswith("< ") else first.removeprefix("≥ ").split(" to < ")[0]
    if last.startswith("≥ "):
        return f"≥ {begins}"
    ends = last.removeprefix("< ").split(" to < ")[-1]
    return f"{begins} to < {ends}" if begins else f"< {ends}"


def report_of(kept: Mapping[str, Any]) -> Report | None:
    """What was measured in training; None for a card that was not trained here, but imported or made by hand."""
    try:
        return msgspec.convert(kept, Report)
    except msgspec.ValidationError:
        return None
