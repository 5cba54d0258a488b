"""All features of many shops as of one day, in one pass over what was known on that day."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from lendmill.features.catalogue import FEATURES, NAMES
from lendmill.features.sums import concentrations, coverage, daily, gaps, histories, partners, totals, with_roles
from lendmill.shops.lake import Lake


def as_of(lake: Lake, on: date, shop_keys: Sequence[str] | None = None) -> pl.DataFrame:
    """One row per shop, ordered by its key, one column per feature; null is unknown.

    Reads only events that were known at the end of `on`. Shops asked for of which nothing was known have nulls
    throughout; without `shop_keys`, every shop of which anything was known.
    """
    events = lake.scan(until_known_on=on)
    if shop_keys is not None:
        events = events.filter(pl.col("shop_key").is_in(list(shop_keys)))
    days, since, with_whom = pl.collect_all([daily(events, on), histories(events, on), partners(events, on)])
    shops = coverage(since, lake.covered(until_known_on=on)).lazy()
    roles = with_roles(days.lazy(), shops).collect().lazy()
    facts = (
        shops.join(totals(roles), on="shop_key", how="left")
        .with_columns(pl.col("^.*(_cents|_n|_micro|_low|_days|_month|_week|busiest_day_n).*$").fill_null(0))
        .join(gaps(roles, shops), on="shop_key", how="left")
        .join(concentrations(with_whom.lazy(), shops), on="shop_key", how="left")
        .select("shop_key", *(feature.worked_out() for feature in FEATURES))
        .collect()
    )
    if shop_keys is not None:
        asked = pl.DataFrame({"shop_key": sorted(set(shop_keys))}, schema={"shop_key": pl.String})
        facts = asked.join(facts, on="shop_key", how="left")
    return facts.select("shop_key", *NAMES).sort("shop_key")
