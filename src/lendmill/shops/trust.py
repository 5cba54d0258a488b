"""How far a record can be believed: signs of brushing (刷单), of rows that cannot be right, and one figure of all.

    trust = product over the known signs of (1 - weight * how strong the sign is, from 0 to 1)

| sign | weight | as strong as |
| --- | --- | --- |
| ring buyers | 0.9 | their share of sales, times three |
| bursts of orders | 0.7 | bursts in 90 days, by nine |
| orders without page views | 0.5 | log10 of the odds |
| reviews in bursts of five stars | 0.4 | their share of reviews, times three |
| shared devices | 0.4 | other shops on one device, by five |
| repeated rows | 0.6 | their share, times ten |
| impossible figures | 0.8 | checks failed, by two |
| silence | 0.3 | gap days of 90, by 45 |

Each strength ends at 1. An unknown sign takes nothing away; where none is known, trust is unknown. How old the source's
last word is takes nothing away either: that is what coverage tells.
"""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from typing import Final, NamedTuple

import polars as pl

from lendmill.shops.lake import Lake
from lendmill.shops.signs.bursts import burst_days, five_star_bursts, order_days
from lendmill.shops.signs.devices import device_shops, shared_devices
from lendmill.shops.signs.impossible import impossible, impossible_count, repeated_rows
from lendmill.shops.signs.rings import ring_buyers, ring_shares
from lendmill.shops.signs.silence import YEAR, gap_days, last_heard, source_outages, stale_days
from lendmill.shops.signs.view import BUCKET_ROWS, View, view

SIGNS: Final = (
    "trust_share",
    "brushing_ring_share_90",
    "brushing_burst_days_90",
    "shared_device_shops",
    "five_star_burst_share_90",
    "orders_per_visit_odds_90",
    "duplicate_share",
    "impossible_count",
    "gap_days_90",
    "source_stale_days",
)
_COLUMN: Final = {name: pl.col(name) for name in SIGNS}
STRENGTHS: Final = {  # each sign's weight, and how strong it is
    "brushing_ring_share_90": (0.9, _COLUMN["brushing_ring_share_90"] * 3),
    "brushing_burst_days_90": (0.7, _COLUMN["brushing_burst_days_90"] / 9),
    "orders_per_visit_odds_90": (0.5, _COLUMN["orders_per_visit_odds_90"].log10()),
    "five_star_burst_share_90": (0.4, _COLUMN["five_star_burst_share_90"] * 3),
    "shared_device_shops": (0.4, _COLUMN["shared_device_shops"] / 5),
    "duplicate_share": (0.6, _COLUMN["duplicate_share"] * 10),
    "impossible_count": (0.8, _COLUMN["impossible_count"] / 2),
    "gap_days_90": (0.3, _COLUMN["gap_days_90"] / 45),
}


def signs(lake: Lake, on: date, shop_keys: Sequence[str] | None = None, *, at_once: int = BUCKET_ROWS) -> pl.DataFrame:
    """One row per shop, ordered by its key, with every sign as known at the end of a day; null is unknown.

    Shops of which anything happened within the year before, or those asked for. One shop alone has the figures it has
    among all: where a sign needs the other shops, they are looked at too. `at_once` is how many rows are held at
    a time.
    """
    found = _worked_out(view(lake, on, shop_keys, at_once=at_once))
    if shop_keys is not None:
        asked = pl.DataFrame({"shop_key": sorted(set(shop_keys))}, schema={"shop_key": pl.String})
        found = asked.join(found, on="shop_key", how="left")
    return found.sort("shop_key")


def signs_by_source(lake: Lake, on: date, shop_keys: Sequence[str] | None = None) -> pl.DataFrame:
    """The same signs told apart by where the record comes from: (shop_key, source, and the signs)."""
    return _worked_out(view(lake, on, shop_keys, by_source=True)).sort("shop_key", "source")


def trust() -> pl.Expr:
    """One figure from 0 to 1 of all known signs: see the formula above."""
    left = [1 - weight * strength.clip(0, 1) for weight, strength in STRENGTHS.values()]
    known = pl.any_horizontal(pl.col(name).is_not_null() for name in STRENGTHS)
    return pl.when(known).then(reduce(lambda a, b: a * b, (part.fill_null(1) for part in left)))


class OfAll(NamedTuple):
    """What must be known of all shops before any one can be told: rings, shared devices, outages, last words."""

    rings: pl.DataFrame
    devices: pl.DataFrame
    outages: pl.DataFrame
    heard: pl.DataFrame


def _worked_out(looked_at: View) -> pl.DataFrame:
    of_all = OfAll(ring_buyers(looked_at), shared_devices(looked_at), source_outages(looked_at), last_heard(looked_at))
    found = [_of_some(part, of_all) for part in looked_at.buckets(YEAR)]
    return pl.concat(found)


def _of_some(part: View, of_all: OfAll) -> pl.DataFrame:
    """Every sign of one bucket of shops."""
    tables = pl.collect_all(
        [
            part.sources(YEAR).select(part.by).unique(),
            ring_shares(part, of_all.rings),
            burst_days(part, order_days(part)),
            device_shops(part, of_all.devices),
            five_star_bursts(part),
            repeated_rows(part),
            impossible_count(impossible(part), part.by),
            gap_days(part, of_all.outages),
            stale_days(part, of_all.heard),
        ]
    )
    whole = reduce(lambda left, right: left.join(right, on=part.by, how="left"), tables)
    return whole.with_columns(trust_share=trust()).select(*part.by, *(pl.col(name).cast(pl.Float64) for name in SIGNS))
