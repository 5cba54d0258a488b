"""Shared devices: one phone or computer from which the keepers of several shops sign in."""

from typing import Final

import polars as pl

from lendmill.shops.signs.view import View

DAYS: Final = 90


def shared_devices(view: View) -> pl.LazyFrame:
    """At how many other shops the most shared of a shop's devices of the last 90 days signed in; unknown without one.

    Every shop's sign-ins are looked at, whichever shops are asked for; a shop sees only how many others there are.
    """
    everybody = view.everybody(("login",), DAYS).filter(pl.col("counterparty").is_not_null())
    own = view.events(("login",), DAYS).select(*view.by, "counterparty").unique()
    shops = (
        everybody.select("counterparty", "shop_key")
        .unique()
        .group_by("counterparty")
        .agg((pl.len().cast(pl.Float64) - 1).alias("others"))
    )
    return (
        own.filter(pl.col("counterparty").is_not_null())
        .join(shops, on="counterparty")
        .group_by(view.by)
        .agg(pl.col("others").max().alias("shared_device_shops"))
    )
