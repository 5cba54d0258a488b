"""The card: tables of points that turn what a shop's record says into points, a PD and a grade, with reasons."""

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
import polars as pl

from lendmill.rating import crowd
from lendmill.rating.axes import Axis, Ints, Levels, check_writable
from lendmill.rating.crowd import UNKNOWN
from lendmill.rating.formats import FORMAT, as_first_written, upgraded
from lendmill.rating.lookup import Contribution as Contribution
from lendmill.rating.lookup import Lookup
from lendmill.rating.lookup import Unknown as Unknown
from lendmill.rating.scale import Scale, probability
from lendmill.rating.tables import CELL_MAX, START, TABLES_MAX, InvalidCard, Reading, Table


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shops that stood in a range of points when rated by a card that had not seen them, and how many turned bad.

    From `points_min` up to the next band; the lowest has no floor. The interval holds the share of bad ones 95 times in
    100 (Wilson).
    """

    points_min: int | None
    shops: int
    bads: int
    pd_low: float
    pd_high: float


class Rated(msgspec.Struct, frozen=True):
    """A rating: points, PD and grade, with contributions that sum to the points exactly.

    The first contribution is the start every shop has; it also carries what rounding each feature to whole points
    left over. Where the card could not read something, the grade is UNKNOWN, nothing is added up, and `unknown` says
    what it was and why.
    """

    points: int | None
    pd: float | None
    grade: str
    logit: int | None
    contributions: tuple[Contribution, ...]
    unknown: tuple[Unknown, ...] = ()
    pd_low: float | None = None
    pd_high: float | None = None

    @property
    def reasons(self) -> tuple[Contribution, ...]:
        """What told against the shop: all below neutral, the worst first, then what fell furthest short of its best."""
        against = [c for c in self.contributions if c.feature != START and c.points < 0]
        return tuple(sorted(against, key=lambda c: (c.points, c.points - c.points_max, c.feature)))


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """A model as a document: a start, tables to add up, and the scale that makes points of the sum.

        logit = start + sum of one cell per table

    All are whole numbers of 10^-15 of a logit, so any order of adding and any machine gives the same rating.
    """

    format: int = FORMAT
    key: str
    target: str
    start: int
    tables: tuple[Table, ...]
    scale: Scale = msgspec.field(default_factory=Scale)
    bands: tuple[Band, ...] = ()

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
        self._check_readings()
        for grade in self.scale.grades:
            check_writable("grades", grade.name)
            if grade.name in ("", UNKNOWN):
                raise InvalidCard(field="grades", value=repr(grade.name), allowed=f"a name, and not {UNKNOWN}")
        floors = [band.points_min for band in self.bands]
        known = [floor for floor in floors[1:] if floor is not None]
        if floors and (floors[0] is not None or len(known) < len(floors) - 1 or known != sorted(set(known))):
            raise InvalidCard(field="bands", value=floors, allowed="floors that rise from the lowest, which has none")

    def _check_readings(self) -> None:
        """Refuse tables that would read the same feature in different ways."""
        ways: dict[str, set[Any]] = {}
        for table in self.tables:
            for axis in table.axes:
                way = msgspec.structs.replace(axis, edges=()) if isinstance(axis, Axis) else axis
                ways.setdefault(axis.feature, set()).add(way)
        for feature, found in ways.items():
            if len(found) > 1:
                raise InvalidCard(field=f"axes of {feature}", value=len(found), allowed="one range for all tables")

    @property
    def features(self) -> tuple[str, ...]:
        """The features the card reads, each once."""
        return tuple(dict.fromkeys(axis.feature for table in self.tables for axis in table.axes))

    @property
    def categories(self) -> tuple[str, ...]:
        """The features among them that are categories."""
        kinds = {axis.feature: isinstance(axis, Levels) for table in self.tables for axis in table.axes}
        return tuple(name for name, category in kinds.items() if category)

    @cached_property
    def digest(self) -> str:
        """The hash of the card's content: a decision names it, so that the same card can be found again."""
        return hashlib.sha256(self.written()).hexdigest()

    @cached_property
    def lookup(self) -> Lookup:
        """The card made ready to rate."""
        return Lookup(self.tables, self.start, self.scale)

    def written(self) -> bytes:
        """The card as JSON, always with the same bytes."""
        if self.format == 1:
            return as_first_written(msgspec.to_builtins(self))
        return msgspec.json.encode(self, order="deterministic")

    @classmethod
    def read(cls, body: bytes | str | Mapping[str, Any]) -> "Card":
        """The card a document describes; whole numbers written for edges are taken as such."""
        try:
            document = msgspec.json.decode(body, type=dict[str, Any]) if isinstance(body, bytes | str) else body
            return msgspec.convert(upgraded(document), cls)
        except (msgspec.DecodeError, UnicodeDecodeError, AttributeError, KeyError, TypeError) as wrong:
            raise InvalidCard(field="document", value=str(wrong), allowed="see the model card") from None
        except RecursionError:
            raise InvalidCard(field="document", value="nested too deeply", allowed="see the model card") from None

    def rate(self, facts: Mapping[str, Any]) -> Rated:
        """Rate one shop; what is not known must be there as None. What the card never learned to read is UNKNOWN."""
        places, unknown = self.lookup.placed(facts)
        if unknown:
            return Rated(None, None, UNKNOWN, None, (), tuple(unknown))
        logit, worth, found = self.lookup.added(places)
        points = self.scale.points(logit)
        start = points - worth
        opening = Contribution(START, "", start, start, Reading.KNOWN)
        pd, band = probability(logit), self.band(points)
        low, high = (min(band.pd_low, pd), max(band.pd_high, pd)) if band is not None else (None, None)
        return Rated(points, pd, self.scale.grade(points), logit, (opening, *found), (), low, high)

    def band(self, points: int) -> Band | None:
        """The band of a number of points, where bands were measured."""
        found = None
        for band in self.bands:
            if band.points_min is None or points >= band.points_min:
                found = band
        return found

    def rate_table(self, frame: pl.DataFrame, key: str = "shop_key", *, told: bool = True) -> pl.DataFrame:
        """Rate a table of shops: its key, then points, pd, grade, logit, contributions, unknown, pd_low, pd_high.

        Each row is what `rate` gives for it, to the bit, in the table's order. Without `told` the contributions are
        left out, for who needs a million PDs and no reasons.
        """
        rated = crowd.rate_table(self.lookup, frame, key, told)
        return rated.with_columns(*self._bounds(rated))

    def _bounds(self, rated: pl.DataFrame) -> list[pl.Series]:
        """How sure the PDs are, by the band that the points fall into."""
        if not self.bands:
            return [pl.Series(name, [None] * rated.height, dtype=pl.Float64) for name in ("pd_low", "pd_high")]
        floors = np.array([band.points_min for band in self.bands[1:]], dtype=np.int64)
        at = np.searchsorted(floors, rated["points"].fill_null(0).to_numpy(), side="right")
        pd = rated["pd"]
        low, high = (
            pl.Series([getattr(band, name) for band in self.bands], dtype=pl.Float64).gather(at).alias(name)
            for name in ("pd_low", "pd_high")
        )
        return [
            pl.select(pl.when(pd.is_not_null()).then(pl.min_horizontal(low, pd))).to_series().alias("pd_low"),
            pl.select(pl.when(pd.is_not_null()).then(pl.max_horizontal(high, pd))).to_series().alias("pd_high"),
        ]

    def logits(self, frame: pl.DataFrame) -> tuple[Ints, Any]:
        """For measuring: the logit of every row by its nearest bins, and which rows would be UNKNOWN in serving."""
        return crowd.logits(self.lookup, frame)
