"""The part of a record that is looked at: as known at the end of a day, some shops, by shop or by shop and source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import polars as pl

from lendmill.days import months_after
from lendmill.shops.events import DONE, no_events
from lendmill.shops.lake import Lake

SALES: Final = ("order", "invoice-out")
BUCKET_ROWS: Final = 2_000_000  # rows of a window that are held at a time
FEW_SHOPS: Final = 1_000


@dataclass(frozen=True, slots=True)
class View:
    """What was known of some shops at the end of a day; `by` names the columns a sign is told for."""

    lake: Lake
    on: date
    shop_keys: tuple[str, ...] | None = None
    by: tuple[str, ...] = ("shop_key",)
    first: str | None = None
    below: str | None = None
    at_once: int = BUCKET_ROWS

    def events(self, kinds: tuple[str, ...], days: int) -> pl.LazyFrame:
        """Events that hold, of these shops and the last so many days, with their age in days."""
        return self._these(self.everybody(kinds, days))

    def everybody(self, kinds: tuple[str, ...], days: int) -> pl.LazyFrame:
        """Events that hold of every shop in the lake."""
        rows = self.lake.scan(self.on, kinds, self.on - timedelta(days=days - 1))
        return rows.filter(pl.col("status") == DONE).with_columns(
            (pl.lit(self.on) - pl.col("happened_on")).dt.total_days().cast(pl.Int32).alias("age")
        )

    def everybody_at_all(self, days: int) -> pl.LazyFrame:
        """Every row of every shop, of all kinds and in any state: what the sources told."""
        return self.lake.scan(self.on, None, self.on - timedelta(days=days - 1))

    def pieces(self, days: int) -> Iterator[pl.LazyFrame]:
        """Every row of every shop as `everybody_at_all`, month by month, and by kind where a month is large."""
        since = self.on - timedelta(days=days - 1)
        sizes: dict[str, dict[str, int]] = {}
        for part in self.lake.parts():
            if f"{since:%Y-%m}" <= part.month <= f"{self.on:%Y-%m}":
                of_month = sizes.setdefault(part.month, {})
                of_month[part.kind] = of_month.get(part.kind, 0) + part.rows
        for month, kinds in sorted(sizes.items()):
            first = date.fromisoformat(f"{month}-01")
            large = sum(kinds.values()) > self.at_once
            for some in ((kind,) for kind in sorted(kinds)) if large else (tuple(sorted(kinds)),):
                yield self.lake.scan(self.on, some, max(first, since), months_after(first, 1))
        if not sizes:
            yield no_events()

    def all_of_these(self) -> pl.LazyFrame:
        """Every row of these shops from their first day, of all kinds and in any state."""
        return self._these(self.lake.scan(self.on))

    def days_known(self) -> int:
        """How many days the whole lake's record is long, in whole months; one at the least."""
        first = min((part.month for part in self.lake.parts()), default=f"{self.on:%Y-%m}")
        return max((self.on - date.fromisoformat(f"{first}-01")).days + 1, 1)

    def corrected(self, days: int) -> pl.LazyFrame:
        """Every version of those events of these shops that were told otherwise later."""
        rows = self._these(self.lake.versions(self.on, self.on - timedelta(days=days - 1)))
        told_anew = rows.filter(pl.col("superseded_on") <= self.on).select("event_id").unique()
        return rows.join(told_anew, on="event_id", how="semi")

    def sources(self, days: int) -> pl.LazyFrame:
        """Which sources told of each of these shops: (shop_key, source)."""
        return self._these(self.everybody_at_all(days)).select("shop_key", "source").unique()

    def _these(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        if self.shop_keys is not None:
            rows = rows.filter(pl.col("shop_key").is_in(list(self.shop_keys)))
        if self.first is not None:
            rows = rows.filter(pl.col("shop_key") >= self.first)
        return rows if self.below is None else rows.filter(pl.col("shop_key") < self.below)

    def rows(self, days: int, kinds: tuple[str, ...] | None = None) -> int:
        """How many rows the lake's files hold of the last so many days, at most."""
        since, until = f"{self.on - timedelta(days=days - 1):%Y-%m}", f"{self.on:%Y-%m}"
        return sum(
            part.rows
            for part in self.lake.parts()
            if since <= part.month <= until and (kinds is None or part.kind in kinds)
        )

    def buckets(self, days: int) -> Iterator["View"]:
        """The same view in parts, each with the shops between two keys: memory stays flat in the size of the lake.

        Files are sorted by shop, so each part reads only its own stretches of them.
        """
        few = self.shop_keys is not None and len(self.shop_keys) <= FEW_SHOPS
        if few or self.rows(days) <= self.at_once:
            yield self
            return
        rows = self._these(self.everybody_at_all(days)).group_by("shop_key").agg(pl.len().alias("n"))
        whole = rows.collect(engine="streaming").sort("shop_key")
        part = ((pl.col("n").cum_sum() - pl.col("n")) // self.at_once).alias("part")
        firsts = whole.group_by(part, maintain_order=True).agg(pl.col("shop_key").first())["shop_key"].to_list()
        for first, below in zip([None, *firsts[1:]], [*firsts[1:], None], strict=True):
            yield replace(self, first=first, below=below)


def view(
    lake: Lake,
    on: date,
    shop_keys: Sequence[str] | None = None,
    *,
    by_source: bool = False,
    at_once: int = BUCKET_ROWS,
) -> View:
    """A view of the lake as known on a day."""
    by = ("shop_key", "source") if by_source else ("shop_key",)
    return View(lake, on, None if shop_keys is None else tuple(sorted(set(shop_keys))), by, at_once=at_once)
