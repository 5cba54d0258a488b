"""Reads roll-ups as the tables that windows are made of: of some shops, on Polars or on another engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import narwhals as nw
import polars as pl

from lendmill.features.rolling.measures import MEASURES, TABLES
from lendmill.features.rolling.pages import Page, RollUps
from lendmill.features.rolling.shelves import ranges
from lendmill.features.rolling.summing import ALL_SHOPS, Range, scanned
from lendmill.features.sums import OLDEST, YEAR, Rows
from lendmill.shops.events import KIND_NAMES
from lendmill.shops.lake import Lake

AT_ONCE: Final = 3_000_000  # rows that are worked on together
EPOCH: Final = date(1970, 1, 1)

Read = Callable[[str, Sequence[Path]], Rows]
"""How an engine reads files of one of the `TABLES` as one table."""
Own = Callable[[str, pl.DataFrame], Rows]
"""How an engine takes over a small table made here."""


@dataclass(frozen=True, slots=True)
class Record:
    """What was rolled up of some shops: their days, with whom they dealt, the latest words, and their sources."""

    whole: Rows
    recent: Rows
    partners: Rows
    words: Rows
    sources: Rows
    measures: tuple[str, ...]
    """The measures that some source delivers; the others are nought."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files of roll-ups that matter for features as of some days."""

    lake: Lake
    rollups: RollUps
    pages: tuple[Page, ...]
    first_on: date
    last_on: date

    def files(self, table: str, days: int | None = None) -> list[Path]:
        """The files that can hold what happened within so many days before the days asked for; of all days if none."""
        since = "" if days is None else (self.first_on - timedelta(days=days)).strftime("%Y-%m")
        until = self.last_on.strftime("%Y-%m")
        return self.rollups.files(table, [page for page in self.pages if since <= page.month <= until])

    def record(self, read: Read, own: Own) -> Record:
        """The tables, as an engine reads them."""
        kinds = set(self.lake.covered()["kind"])
        day, newest = nw.col("day"), number(self.last_on)

        def since(table: str, days: int) -> Rows:
            oldest = number(self.first_on) - days
            return read(table, self.files(table, days)).filter(day > oldest, day <= newest)

        return Record(
            whole=read("days", self.files("days")).filter(day <= newest),
            recent=since("days", OLDEST),
            partners=since("partners", YEAR),
            words=read("words", self.files("words")).filter(day <= newest),
            sources=own("sources", _sources(self.lake)),
            measures=tuple(measure.name for measure in MEASURES if measure.kind in kinds),
        )

    def portions(self, keys: Sequence[str] | None) -> list[Range]:
        """Ranges of shops whose rows fit in memory together; asked-for shops alone narrow them."""
        if keys is not None:
            return [(min(keys), f"{max(keys)}\0")] if keys else []
        return ranges([*self.files("days", OLDEST), *self.files("partners", YEAR)], AT_ONCE)


def number(day: date) -> int:
    """A day as roll-ups count it.

    >>> number(date(1970, 1, 2))
    1
    """
    return (day - EPOCH).days


def on_polars(shops: Range = ALL_SHOPS, keys: Sequence[str] | None = None) -> Read:
    """Read with Polars, some shops only."""

    def read(table: str, files: Sequence[Path]) -> Rows:
        rows = scanned(files, TABLES[table], shops)
        return nw.from_native(rows if keys is None else rows.filter(pl.col("shop_key").is_in(list(keys))))

    return read


def own_polars(_: str, table: pl.DataFrame) -> Rows:
    """A small table as Polars has it."""
    return nw.from_native(table.lazy())


def _sources(lake: Lake) -> pl.DataFrame:
    """Since when each source delivers each kind of event; never is null."""
    rows: dict[str, dict[str, int]] = {}
    for source, kind, known_on in lake.covered().iter_rows():
        rows.setdefault(source, {})[f"since {kind}"] = number(known_on)
    columns = [f"since {kind}" for kind in KIND_NAMES]
    schema = {"source": pl.String, **dict.fromkeys(columns, pl.Int32)}
    told = [(source, *(since.get(column) for column in columns)) for source, since in sorted(rows.items())]
    return pl.DataFrame(told, schema=schema, orient="row")
