"""From events to a shop's days: each version of an event adds its figures, until it is corrected."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from lendmill.features.rolling.measures import (
    DAY_KEY,
    MEASURE_NAMES,
    MEASURES,
    MICRO,
    PARTNER_KEY,
    SAID,
    SIDES,
    summed,
)
from lendmill.shops.events import DONE
from lendmill.shops.versions import STORED

Range = tuple[str | None, str | None]  # from this shop's key, up to but not that one's
ALL_SHOPS: Final[Range] = (None, None)


def scanned(files: Sequence[Path], schema: pl.Schema, shops: Range = ALL_SHOPS) -> pl.LazyFrame:
    """Parquet files as one table, of some shops only; no files are an empty table, a column added since is null."""
    if not files:
        return pl.LazyFrame(schema=schema)
    rows = pl.scan_parquet(list(files), schema=schema, missing_columns="insert", hive_partitioning=False)
    first, until = shops
    if first is not None:
        rows = rows.filter(pl.col("shop_key") >= first)
    return rows if until is None else rows.filter(pl.col("shop_key") < until)


def versions(files: Sequence[Path], shops: Range = ALL_SHOPS) -> pl.LazyFrame:
    """Every version of every event that was ever in force at the end of a day."""
    until = pl.col("superseded_on")
    return scanned(files, STORED, shops).filter(until.is_null() | (until > pl.col("known_on")))


def _changes(files: Sequence[Path], shops: Range) -> pl.LazyFrame:
    """What each version adds on the day it becomes known, and takes back on the day another holds."""
    held = versions(files, shops)
    columns = ("shop_key", "source", "kind", "status", "subject", "counterparty", "amount_cents", "quantity")
    day = pl.col("happened_on").to_physical().alias("day")

    def signed(rows: pl.LazyFrame, since: str, sign: int) -> pl.LazyFrame:
        return rows.select(*columns, day, pl.col(since).to_physical().alias("known"), pl.lit(sign).alias("sign"))

    ended = held.filter(pl.col("superseded_on").is_not_null())
    return pl.concat([signed(held, "known_on", 1), signed(ended, "superseded_on", -1)])


def days_of(kind: str, files: Sequence[Path], shops: Range = ALL_SHOPS) -> pl.LazyFrame:
    """One kind's figures by shop, source, day and day of knowing; a day on which nothing counts is a row of noughts."""
    mine = [measure.summed() for measure in MEASURES if measure.kind == kind]
    return _changes(files, shops).group_by(DAY_KEY).agg(*mine)


def partners_of(kind: str, files: Sequence[Path], shops: Range = ALL_SHOPS) -> list[pl.LazyFrame]:
    """With whom a shop dealt, by day and day of knowing: how often and for how much; one table for each side."""
    found = []
    for side, column in SIDES.get(kind, ()):
        rows = _changes(files, shops).filter(pl.col("status") == DONE, pl.col(column).is_not_null())
        named = rows.with_columns(pl.lit(side).alias("side"), pl.col(column).alias("counterparty"))
        cents = summed(pl.col("amount_cents").fill_null(0) * pl.col("sign"))
        found.append(
            named.group_by(PARTNER_KEY).agg(pl.col("sign").sum().cast(pl.Int64).alias("n"), cents.alias("cents"))
        )
    return found


def words_of(kind: str, files: Sequence[Path], shops: Range = ALL_SHOPS) -> list[pl.LazyFrame]:
    """What was said, version by version, where the latest word counts and not the sum."""
    if kind not in SAID:
        return []
    rows = versions(files, shops).filter(pl.col("subject").is_not_null())
    return [
        rows.select(
            "shop_key",
            "kind",
            "subject",
            "event_id",
            pl.col("happened_at").to_physical().alias("happened"),
            pl.col("happened_on").to_physical().alias("day"),
            pl.col("known_at").to_physical().alias("known_at"),
            pl.col("known_on").to_physical().alias("known"),
            (pl.col("status") == DONE).cast(pl.Int64).alias("done"),
            pl.col("amount_cents").alias("cents"),
            (pl.col("quantity") * MICRO).round().cast(pl.Int64).alias("micro"),
        )
    ]


def put_together(tables: Sequence[pl.LazyFrame], schema: pl.Schema, key: Sequence[str]) -> pl.DataFrame:
    """Many tables of figures as one, each key once."""
    if not tables:
        return pl.DataFrame(schema=schema)
    told = dict.fromkeys(name for table in tables for name in table.collect_schema().names() if name not in key)
    missing = [pl.lit(0, dtype=pl.Int64).alias(name) for name in schema if name not in (*key, *told)]
    whole = pl.concat(tables, how="diagonal_relaxed").group_by(key).agg(*(pl.col(name).sum() for name in told))
    wide = whole.with_columns(*missing).select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    return wide.collect(engine="streaming").sort(key)


def taken_back(rolled: pl.LazyFrame, kinds: Sequence[str]) -> pl.LazyFrame:
    """What was rolled up of some kinds, to be taken off."""
    mine = [measure.name for measure in MEASURES if measure.kind in kinds]
    return rolled.select(*DAY_KEY, *(-pl.col(name) for name in mine))


def partners_taken_back(rolled: pl.LazyFrame, kinds: Sequence[str]) -> pl.LazyFrame:
    """The same of those with whom a shop dealt."""
    sides = [side for kind in kinds for side, _ in SIDES.get(kind, ())]
    return rolled.filter(pl.col("side").is_in(sides)).with_columns(-pl.col("n"), -pl.col("cents"))


def without_noughts(days: pl.DataFrame, rolled: pl.LazyFrame) -> pl.DataFrame:
    """Days without rows that change nothing; what was never heard of before stays, for it says when it was."""
    nothing = pl.all_horizontal(pl.col(name) == 0 for name in MEASURE_NAMES)
    before = rolled.select(DAY_KEY).unique()
    fresh = days.lazy().filter(nothing).join(before, on=list(DAY_KEY), how="anti").collect()
    return pl.concat([days.filter(~nothing), fresh]).sort(DAY_KEY)
