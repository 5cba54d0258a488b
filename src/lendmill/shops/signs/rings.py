"""Circular buyers: the few accounts that buy again and again so that a shop looks busy, and partners on both sides.

A buyer counts as one of a ring when, over the last 90 days, one of these holds (orders at one moment count once, so a
cart of many lines is one order):

- lone: they bought at no other shop, at least six times, and two and a half times or more on each day they came;
- shared: with two others or more they bought at the same two shops, at each four times and twice a day or more;
- back and forth: they are themselves a shop, and each of the two bought from the other twice or more; or a partner
  that invoices were written to and received from, for sums within a fifth of each other.
"""

from typing import Final

import polars as pl

from lendmill.shops.signs.view import SALES, View

DAYS: Final = 90
BUYERS_AT_ONCE: Final = 5  # so many times more of everybody's orders are held at a time: three columns of them
LONE_ORDERS_MIN: Final = 6
LONE_A_DAY_MIN: Final = 2.5
SHARED_ORDERS_MIN: Final = 4
SHARED_A_DAY_MIN: Final = 2
SHARED_BUYERS_MIN: Final = 3
SHOPS_MAX: Final = 20  # a buyer who comes back to more shops than this is a name for many people
PLACEHOLDER_ORDERS_MIN: Final = 50  # a name behind so many orders and more than half of them all is no buyer's name
ALIKE_SHARE: Final = 0.2

LONE: Final = "lone"
SHARED: Final = "shared"
BACK_AND_FORTH: Final = "back and forth"
RING: Final = pl.Schema(
    {"shop_key": pl.String, "counterparty": pl.String, "kind": pl.String, "why": pl.String, "with_shop": pl.String}
)


def ring_buyers(view: View) -> pl.DataFrame:
    """Every ring buyer of the shops looked at, why they count as one, and with which other shop."""
    edges = _edges(view)
    found = pl.concat([_lone(edges), _shared(edges), _both_ways(edges), _two_sided(view)])
    if view.shop_keys is not None:
        found = found.filter(pl.col("shop_key").is_in(list(view.shop_keys)))
    return found.unique().sort(RING.names())


def ring_shares(view: View, rings: pl.DataFrame) -> pl.LazyFrame:
    """The share of each shop's sales of the last 90 days that ring buyers paid; unknown where nothing was sold."""
    known = rings.lazy().select("shop_key", "counterparty", "kind", ring=True).unique()
    sales = view.events(SALES, DAYS).select(*view.by, "kind", "counterparty", "amount_cents")
    return (
        sales.join(known, on=["shop_key", "counterparty", "kind"], how="left")
        .group_by(view.by)
        .agg(
            pl.col("amount_cents").filter(pl.col("ring")).sum().alias("ring_cents"),
            pl.col("amount_cents").sum().alias("sales_cents"),
        )
        .filter(pl.col("sales_cents") > 0)
        .select(*view.by, (pl.col("ring_cents") / pl.col("sales_cents")).clip(0, 1).alias("brushing_ring_share_90"))
    )


def _edges(view: View) -> pl.DataFrame:
    """Who came back to which shop, on how many days, and at how many shops they bought at all.

    All shops of a buyer are looked at, also when only some shops are asked for: a ring shows in the others.
    """
    orders = view.everybody(("order",), DAYS).select("counterparty", "shop_key", "happened_at", "happened_on")
    whole = orders.group_by("shop_key").agg(pl.len().alias("whole"))
    orders = orders.filter(pl.col("counterparty").is_not_null())
    of = -(-view.rows(DAYS, ("order",)) // (BUYERS_AT_ONCE * view.at_once)) or 1
    if view.shop_keys is not None:
        of = 1
        asked = orders.filter(pl.col("shop_key").is_in(list(view.shop_keys))).select("counterparty")
        themselves = pl.LazyFrame({"counterparty": list(view.shop_keys)}, schema={"counterparty": pl.String})
        orders = orders.join(pl.concat([asked, themselves]).unique(), on="counterparty", how="semi")
    found = []
    for n in range(of):
        some = orders.filter(pl.col("counterparty").hash(seed=13) % of == n) if of > 1 else orders
        found.append(_came_back(some, whole).collect(engine="streaming"))
    return pl.concat(found)


def _came_back(orders: pl.LazyFrame, whole: pl.LazyFrame) -> pl.LazyFrame:
    """Buyers with two orders or more at a shop, each with the number of shops they bought at."""
    visits = orders.group_by("counterparty", "shop_key", "happened_on").agg(
        pl.col("happened_at").n_unique().alias("orders"), pl.len().alias("rows")
    )
    edges = visits.group_by("counterparty", "shop_key").agg(pl.col("orders", "rows").sum(), pl.len().alias("days"))
    shops = edges.group_by("counterparty").agg(pl.len().alias("shops"))
    placeholder = (pl.col("orders") >= PLACEHOLDER_ORDERS_MIN) & (pl.col("rows") * 2 > pl.col("whole"))
    return (
        edges.filter(pl.col("orders") >= 2)
        .join(shops, on="counterparty")
        .join(whole, on="shop_key")
        .filter(~placeholder)
        .select("counterparty", "shop_key", "orders", "days", "shops")
    )


def _told(rows: pl.DataFrame, kind: str, why: str) -> pl.DataFrame:
    given = rows if "with_shop" in rows.columns else rows.with_columns(with_shop=pl.lit(None, dtype=pl.String))
    return given.with_columns(kind=pl.lit(kind), why=pl.lit(why)).select(RING.names()).cast(RING)


def _lone(edges: pl.DataFrame) -> pl.DataFrame:
    often = (pl.col("orders") >= LONE_ORDERS_MIN) & (pl.col("orders") >= pl.col("days") * LONE_A_DAY_MIN)
    return _told(edges.filter((pl.col("shops") == 1) & often), "order", LONE)


def _shared(edges: pl.DataFrame) -> pl.DataFrame:
    often = (pl.col("orders") >= SHARED_ORDERS_MIN) & (pl.col("orders") >= pl.col("days") * SHARED_A_DAY_MIN)
    busy = edges.filter(often & (pl.col("shops") > 1)).select("counterparty", "shop_key")
    busy = busy.filter(pl.len().over("counterparty") <= SHOPS_MAX)
    pairs = busy.join(busy.rename({"shop_key": "with_shop"}), on="counterparty").filter(
        pl.col("shop_key") != pl.col("with_shop")
    )
    together = pairs.filter(pl.len().over("shop_key", "with_shop") >= SHARED_BUYERS_MIN)
    return _told(together, "order", SHARED)


def _both_ways(edges: pl.DataFrame) -> pl.DataFrame:
    there = edges.select("shop_key", "counterparty").filter(pl.col("shop_key") != pl.col("counterparty"))
    back = there.rename({"shop_key": "counterparty", "counterparty": "shop_key"})
    mutual = there.join(back, on=["shop_key", "counterparty"], how="semi")
    return _told(mutual.with_columns(with_shop="counterparty"), "order", BACK_AND_FORTH)


def _two_sided(view: View) -> pl.DataFrame:
    """Partners that invoices were written to and received from, for sums alike: paper that goes round in a circle."""
    papers = view.everybody(("invoice-out", "invoice-in"), DAYS)
    if view.shop_keys is not None:
        papers = papers.filter(pl.col("shop_key").is_in(list(view.shop_keys)))
    kinds = ("invoice-out", "invoice-in")
    sums = [pl.col("amount_cents").filter(pl.col("kind") == kind).sum().alias(kind) for kind in kinds]
    out, back = pl.col("invoice-out"), pl.col("invoice-in")
    alike = (out > 0) & (back > 0) & ((out - back).abs() <= ALIKE_SHARE * pl.max_horizontal(out, back))
    partners = papers.filter(pl.col("counterparty").is_not_null()).group_by("shop_key", "counterparty").agg(sums)
    return _told(partners.filter(alike).collect(engine="streaming"), "invoice-out", BACK_AND_FORTH)
