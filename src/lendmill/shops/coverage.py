"""What each source has told of each shop: since when, on how many days, with which gaps, how fresh and how well."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from lendmill.shops.lake import Lake
from lendmill.shops.signs.silence import gaps, last_heard, source_outages
from lendmill.shops.signs.view import SALES, View, view

COVERAGE: Final = pl.Schema(
    {
        "shop_key": pl.String(),
        "source": pl.String(),
        "kinds": pl.List(pl.String()),
        "rows": pl.Int64(),
        "first_on": pl.Date(),
        "last_on": pl.Date(),
        "days_covered": pl.Int64(),
        "gap_days_365": pl.Int64(),
        "outage_days_365": pl.Int64(),
        "stale_days": pl.Int64(),
        "repeated_share": pl.Float64(),
        "rejected_share": pl.Float64(),
    }
)


def coverage(lake: Lake, on: date, shop_keys: Sequence[str] | None = None) -> pl.DataFrame:
    """One row per shop and source, as known at the end of a day.

    Days covered are days with anything told; gap days are those of the last year that the shop's own rhythm of sales
    leaves no room for (unknown without a rhythm); outage days those on which the whole source was silent. The shares of
    rows told again and of rows that could not be read are the source's: a row that could not be read names no shop.
    """
    whole = view(lake, on, shop_keys, by_source=True)
    outages, told = source_outages(whole), told_by_source(lake, on)
    found = [_of_some(part, outages, told) for part in whole.buckets(whole.days_known())]
    return pl.concat(found).sort("shop_key", "source")


def told_by_source(lake: Lake, on: date) -> pl.DataFrame:
    """How many rows each source's files had, how many of them had been told before or could not be read; and the last
    file that told of days after the one on which it was received. Files received later are not looked at."""
    rows = [
        (
            each.source,
            each.rows,
            each.good,
            each.repeated,
            each.rejected,
            *((each.received_on, each.last_on) if _ahead(each.received_on, each.last_on) else (None, None)),
        )
        for each in lake.imports()
        if each.received_on is None or each.received_on <= on
    ]
    names = {"rows": pl.Int64, "good": pl.Int64, "repeated": pl.Int64, "rejected": pl.Int64}
    schema = {"source": pl.String, **names, "received_on": pl.Date, "ahead_on": pl.Date}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    return table.group_by("source").agg(
        pl.col(list(names)).sum(), pl.col("received_on").drop_nulls().last(), pl.col("ahead_on").drop_nulls().last()
    )


def _ahead(received_on: date | None, last_on: date | None) -> bool:
    return received_on is not None and last_on is not None and last_on > received_on


def _of_some(part: View, outages: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The coverage of one bucket of shops."""
    stretches = gaps(part, outages).group_by(part.by)
    length = (pl.col("first") - pl.col("last") + 1).fill_null(0)
    rows, silent, heard = pl.collect_all(
        [_rows(part), stretches.agg(length.sum().cast(pl.Int64).alias("gap_days_365")), last_heard(part).lazy()]
    )
    days = outages.filter(pl.col("kind").is_in(SALES)).select("source", "on").unique()
    out = (
        rows.lazy()
        .join(days.lazy(), on="source")
        .filter(pl.col("on") >= pl.col("first_on"))
        .group_by(part.by)
        .agg(pl.len().cast(pl.Int64).alias("outage_days_365"))
    ).collect()
    stale = (pl.lit(part.on) - pl.col("heard_on")).dt.total_days().alias("stale_days")
    shares = told.select(
        "source",
        (pl.col("repeated") / pl.col("good")).fill_nan(None).alias("repeated_share"),
        (pl.col("rejected") / pl.col("rows")).fill_nan(None).alias("rejected_share"),
    )
    return (
        rows.join(silent, on=part.by, how="left")
        .join(out, on=part.by, how="left")
        .join(heard.select("source", stale), on="source", how="left")
        .join(shares, on="source", how="left")
        .with_columns(pl.col("outage_days_365").fill_null(0))
        .select(COVERAGE.names())
        .cast(COVERAGE)
    )


def _rows(part: View) -> pl.LazyFrame:
    """What stands there of each shop, of the whole record."""
    return (
        part.all_of_these()
        .group_by(part.by)
        .agg(
            pl.col("kind").unique().sort().alias("kinds"),
            pl.len().cast(pl.Int64).alias("rows"),
            pl.col("happened_on").min().alias("first_on"),
            pl.col("happened_on").max().alias("last_on"),
            pl.col("happened_on").n_unique().cast(pl.Int64).alias("days_covered"),
        )
    )
