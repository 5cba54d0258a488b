"""Shared devices: one phone or computer from which the keepers of several shops sign in."""

from typing import Final

import polars as pl

from lendmill.shops.signs.view import View

DAYS: Final = 90


def shared_devices(view: View) -> pl.DataFrame:
    """Devices from which more than one shop signed in, with how many others there are for each of its shops.

    Every shop's sign-ins are looked at, whichever shops are asked for; a shop sees only how many others there are.
    """
    pairs = view.everybody(("login",), DAYS).filter(pl.col("counterparty").is_not_null())
    pairs = pairs.select("counterparty", "shop_key").unique()
    if view.shop_keys is not None:
        own = pairs.filter(pl.col("shop_key").is_in(list(view.shop_keys))).select("counterparty").unique()
        pairs = pairs.join(own, on="counterparty", how="semi")
    shops = pairs.group_by("counterparty").agg((pl.len().cast(pl.Float64) - 1).alias("others"))
    return shops.filter(pl.col("others") > 0).collect(engine="streaming")


def device_shops(view: View, shared: pl.DataFrame) -> pl.LazyFrame:
    """At how many other shops the most shared of a shop's devices signed in; unknown of a shop without a device."""
    own = view.events(("login",), DAYS).filter(pl.col("counterparty").is_not_null())
    return (
        own.select(*view.by, "counterparty")
        .unique()
        .join(shared.lazy(), on="counterparty", how="left")
        .group_by(view.by)
        .agg(pl.col("others").fill_null(0).max().alias("shared_device_shops"))
    )
