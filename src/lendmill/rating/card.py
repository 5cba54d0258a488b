"""The card: tables of points that turn what a shop's record says into points, a PD and a grade, with reasons."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
import polars as pl

from lendmill.rating import crowd
from lendmill.rating.scale import Scale, probability
from lendmill.rating.tables import CELL_MAX, START, TABLES_MAX, InvalidCard, Reading, Table


class Contribution(msgspec.Struct, frozen=True):
    """What one feature added to the points, and the most it could have added."""

    feature: str
    bin: str
    points: int
    points_max: int
    reading: Reading
    block: str = ""


class Rated(msgspec.Struct, frozen=True):
    """A rating: points, PD and grade, with contributions that sum to the points exactly.

    The first contribution is the start every shop has; it also carries what rounding each feature to whole points
    left over.
    """

    points: int
    pd: float
    grade: str
    logit: int
    contributions: tuple[Contribution, ...]

    @property
    def doubts(self) -> tuple[str, ...]:
        """The features the card was given but had not learned to read."""
        return tuple(c.feature for c in self.contributions if c.reading.doubtful)

    @property
    def reasons(self) -> tuple[Contribution, ...]:
        """What told against the shop: all below neutral, the worst first, then what fell furthest short of its best."""
        against = [c for c in self.contributions if c.feature != START and c.points < 0]
        return tuple(sorted(against, key=lambda c: (c.points, c.points - c.points_max, c.feature)))

    @property
    def by_block(self) -> dict[str, int]:
        """The sub-score of each block of features; with the start they sum to the points."""
        blocks: dict[str, int] = {}
        for each in self.contributions:
            blocks[each.block] = blocks.get(each.block, 0) + each.points
        return blocks


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A model as a document: a start, tables to add up, and the scale that makes points of the sum.

        logit = start + sum of one cell per table

    All are whole numbers of 10^-15 of a logit, so any order of adding and any machine gives the same rating.
    """

    key: str
    target: str
    start: int
    tables: tuple[Table, ...]
    scale: Scale = msgspec.field(default_factory=Scale)

    def __post_init__(self) -> None:
        if not 1 <= len(self.tables) <= TABLES_MAX:
            raise InvalidCard(field="tables", value=len(self.tables), allowed=f"1 to {TABLES_MAX}")
        if abs(self.start) > CELL_MAX:
            raise InvalidCard(field="start", value=self.start, allowed=f"at most {CELL_MAX} either way")
        names = [table.feature for table in self.tables]
        if len(set(names)) != len(names) or START in names:
            raise InvalidCard(field="tables", value=names, allowed=f"each feature once, none called {START}")
        for table in self.tables:
            table.check()

    @property
    def features(self) -> tuple[str, ...]:
        """The features the card reads, each once."""
        return tuple(dict.fromkeys(axis.feature for table in self.tables for axis in table.axes))

    @property
    def digest(self) -> str:
        """The hash of the card's content: a decision names it, so that the same card can be found again."""
        return hashlib.sha256(self.written()).hexdigest()

    def written(self) -> bytes:
        """The card as JSON, always with the same bytes."""
        return msgspec.json.encode(self, order="deterministic")

    @classmethod
    def read(cls, body: bytes | str | Mapping[str, Any]) -> "Card":
        """The card a document describes; whole numbers written for edges are taken as such."""
        try:
            return msgspec.json.decode(body, type=cls) if isinstance(body, bytes | str) else msgspec.convert(body, cls)
        except msgspec.ValidationError as wrong:
            raise InvalidCard(field="document", value=str(wrong), allowed="see the model card") from None

    def rate(self, facts: Mapping[str, Any]) -> Rated:
        """Rate one shop; what is unknown must be there as None."""
        found: list[Contribution] = []
        logit = self.start
        for table in self.tables:
            cell, reading = table.place(facts)
            logit += table.cells[cell]
            found.append(self.contribution(table, cell, reading))
        points = self.scale.points(logit)
        start = points - sum(each.points for each in found)
        opening = Contribution(START, "", start, start, Reading.KNOWN)
        return Rated(points, probability(logit), self.scale.grade(points), logit, (opening, *found))

    def contribution(self, table: Table, cell: int, reading: Reading) -> Contribution:
        """What one cell of a table is worth in points."""
        weight = self.scale.weight
        points, most = weight(table.cells[cell]), weight(table.best)
        return Contribution(table.feature, table.names[cell], points, most, reading, table.block)

    def rate_table(self, frame: pl.DataFrame, key: str = "shop_key") -> pl.DataFrame:
        """Rate a table of shops: its key, then points, pd, grade, logit, contributions, doubts, in the table's order.

        Each row is what `rate` gives for it, to the bit.
        """
        return crowd.rate_table(self.tables, self.start, self.scale, frame, key)

    @staticmethod
    def rated_row(row: Mapping[str, Any]) -> Rated:
        """One row of the rated table, as the rating it is."""
        contributions = tuple(msgspec.convert(each, Contribution) for each in row["contributions"])
        return Rated(row["points"], row["pd"], row["grade"], row["logit"], contributions)
