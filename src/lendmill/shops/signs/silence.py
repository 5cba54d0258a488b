"""Silence: days without any trade where the shop's own rhythm leaves no room for them, and sources that fell silent.

A shop's rhythm is the share of days with any sale between its first and last sale of the year. A stretch of days
without one is a gap when by that rhythm it had a chance below one in a thousand. A day on which every shop of a source
is silent, though many sell on such a weekday, is the source's outage, and no shop's gap.
"""

from collections import Counter
from datetime import date, timedelta
from math import log
from typing import Final

import polars as pl

from lendmill.days import each_day
from lendmill.shops.signs.view import SALES, View

DAYS: Final = 90
YEAR: Final = 365
RHYTHM_DAYS_MIN: Final = 20  # days with a sale, or a shop has no rhythm yet
CHANCE_MAX: Final = 0.001
OUTAGE: Final = pl.Schema({"source": pl.String, "kind": pl.String, "on": pl.Date})


def gaps(view: View, outages: pl.DataFrame, days: int = YEAR) -> pl.LazyFrame:
    """Every stretch without a sale that a shop's own rhythm leaves no room for, over the last so many days.

    Gives the ages in days of each stretch's first and last day; a shop with a rhythm and no such stretch has one row of
    nulls, and a shop without a rhythm has none.
    """
    sold = view.events(SALES, YEAR).select(*view.by, "age").unique()
    held = sold.filter(pl.len().over(view.by) >= RHYTHM_DAYS_MIN)
    span = pl.col("age").max() + 1 - pl.col("age").min()
    rhythm = held.group_by(view.by).agg((pl.len() / span).clip(0, 0.999).alias("rhythm"))
    excused = view.sources(YEAR).join(_excuses(outages, view), on="source").select(*view.by, "age").unique()
    known = pl.concat([held, excused.join(rhythm, on=view.by, how="semi")]).unique()
    quiet = (
        known.sort(*view.by, "age")
        .with_columns(pl.col("age").shift(1).over(view.by).fill_null(-1).alias("next"))
        .join(rhythm, on=view.by)
    )
    odd = (pl.col("age") - pl.col("next") - 1) * (1 - pl.col("rhythm")).log() < pl.lit(CHANCE_MAX).log()
    first, last = (pl.col("age") - 1).clip(None, days - 1), pl.col("next") + 1
    stretch = pl.struct(first.alias("first"), last.alias("last")).filter(odd & (last < days))
    found = quiet.group_by(view.by).agg(pl.col("rhythm").first(), stretch.alias("gaps"))
    return found.explode("gaps", empty_as_null=True).unnest("gaps")


def gap_days(view: View, outages: pl.DataFrame) -> pl.LazyFrame:
    """How many of the last 90 days lie in such stretches; unknown of a shop without a rhythm."""
    length = (pl.col("first") - pl.col("last") + 1).fill_null(0)
    return gaps(view, outages, DAYS).group_by(view.by).agg(length.sum().cast(pl.Float64).alias("gap_days_90"))


def last_heard(view: View) -> pl.DataFrame:
    """The day on which each source of sales last told of anything, of whichever shop; offices are asked when needed."""
    sells = pl.col("kind").is_in(SALES).any()
    heard = view.everybody_at_all(YEAR).group_by("source").agg(pl.col("known_on").max().alias("heard_on"), sells)
    return heard.filter("kind").drop("kind").collect(engine="streaming").sort("source")


def stale_days(view: View, heard: pl.DataFrame) -> pl.LazyFrame:
    """How long ago a shop's source last told of anything, of whichever shop; of several sources, the longest."""
    days = (pl.lit(view.on) - pl.col("heard_on")).dt.total_days().cast(pl.Float64)
    shops = view.sources(YEAR).join(heard.lazy(), on="source")
    return shops.group_by(view.by).agg(days.max().alias("source_stale_days"))


def source_outages(view: View) -> pl.DataFrame:
    """Days of the last year on which all shops of a source were silent in a kind that so many have on such a weekday
    that this had a chance below one in a thousand. The last days count only as far as the kind is usually known by now.
    """
    told = pl.concat([_shops_by_day(rows) for rows in view.pieces(YEAR)])
    whole = told.group_by("source", "kind").agg(
        pl.col("happened_on"), pl.col("shops"), pl.col("lag").median().ceil().cast(pl.Int64)
    )
    silent: list[tuple[str, str, date]] = []
    for source, kind, told_on, shops, lag in whole.iter_rows():
        until = view.on - timedelta(days=lag)
        silent += [(source, kind, day) for day in _unexpected(dict(zip(told_on, shops, strict=True)), until)]
    return pl.DataFrame(silent, schema=OUTAGE, orient="row").sort("source", "kind", "on")


def _unexpected(shops: dict[date, int], until: date) -> list[date]:
    """Days without any shop where usually many have something on such a weekday; a source may rest on Sundays."""
    days = [*each_day(min(shops), until)]
    seen, whole = Counter[int](), Counter(day.weekday() for day in days)
    for day in days:
        seen[day.weekday()] += shops.get(day, 0)
    return [day for day in days if day not in shops and seen[day.weekday()] > -log(CHANCE_MAX) * whole[day.weekday()]]


def _shops_by_day(rows: pl.LazyFrame) -> pl.DataFrame:
    """How many shops had something of each kind on each day, and how many days later it was known."""
    lag = (pl.col("known_on") - pl.col("happened_on")).dt.total_days()
    each = rows.group_by("source", "kind", "shop_key", "happened_on").agg(lag.min().alias("lag"))
    days = each.group_by("source", "kind", "happened_on").agg(pl.len().alias("shops"), pl.col("lag").median())
    return days.collect(engine="streaming")


def _excuses(outages: pl.DataFrame, view: View) -> pl.LazyFrame:
    age = (pl.lit(view.on) - pl.col("on")).dt.total_days().cast(pl.Int32)
    sales = outages.lazy().filter(pl.col("kind").is_in(SALES))
    return sales.select("source", age.alias("age")).unique()
