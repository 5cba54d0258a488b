"""What a shop's events add up to, over windows that end on one day: whole numbers only, divided later."""

from datetime import date
from typing import Final

import polars as pl

from lendmill.shops.events import DONE, KIND_NAMES, REVERSAL, VOID

WINDOWS: Final = (30, 90, 180, 365)
MONTH_DAYS: Final = 30
MONTHS: Final = 12
WEEKS: Final = 13
YEAR_AGO: Final = (365, 455)  # the same 90 days a year before
MICRO: Final = 1_000_000
OLDEST: Final = 455

_AGE: Final = pl.col("age")


def covers(kind: str) -> str:
    """The column that says whether a shop's sources deliver a kind of event."""
    return f"covers {kind}"


def daily(events: pl.LazyFrame, on: date) -> pl.LazyFrame:
    """Events by shop, kind, status and day: how many, how much, and the quantities in millionths."""
    day = pl.lit(on, dtype=pl.Date)
    return (
        events.with_columns((day - pl.col("happened_on")).dt.total_days().alias("age"))
        .filter(_AGE >= 0, _AGE < OLDEST)
        .group_by("shop_key", "kind", "status", "age")
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            pl.col("amount_cents").sum().alias("cents"),
            (pl.col("quantity") * MICRO).round().cast(pl.Int64).sum().alias("micro"),
            (pl.col("quantity") <= 2).sum().cast(pl.Int64).alias("low"),
        )
    )


def histories(events: pl.LazyFrame, on: date) -> pl.LazyFrame:
    """Since when each source has known each shop, and what its buyers have paid that the shop has not yet received."""
    day = pl.lit(on, dtype=pl.Date)
    signs = {"order": 1, "refund": -1, "settlement": -1}
    sign = pl.col("kind").replace_strict(signs, default=0, return_dtype=pl.Int64)
    return (
        events.filter(pl.col("happened_on") <= day)
        .group_by("shop_key", "source")
        .agg(
            (day - pl.col("happened_on").min()).dt.total_days().alias("age"),
            pl.when(pl.col("status") == DONE)
            .then(pl.col("amount_cents") * sign)
            .otherwise(0)
            .sum()
            .alias("open_cents"),
        )
    )


def partners(events: pl.LazyFrame, on: date) -> pl.LazyFrame:
    """What each counterparty bought or delivered within a year, by shop and side."""
    age = (pl.lit(on, dtype=pl.Date) - pl.col("happened_on")).dt.total_days()
    sides = {"order": "customer", "invoice-out": "customer paper", "invoice-in": "supplier"}
    recent = pl.col("age") < 90
    return (
        events.filter(pl.col("kind").is_in(list(sides)), pl.col("status") == DONE, pl.col("counterparty").is_not_null())
        .with_columns(age.alias("age"), pl.col("kind").replace_strict(sides, return_dtype=pl.String).alias("side"))
        .filter(pl.col("age") >= 0, pl.col("age") < 365)
        .group_by("shop_key", "side", "counterparty")
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            recent.sum().cast(pl.Int64).alias("n_90"),
            pl.col("amount_cents").sum().alias("cents"),
            pl.when(recent).then("amount_cents").otherwise(0).sum().alias("cents_90"),
            pl.col("age").max().alias("first_age"),
        )
    )


def coverage(histories: pl.DataFrame, covered: pl.DataFrame) -> pl.DataFrame:
    """Per shop: days of history, and for each kind whether one of its sources delivers it."""
    kinds = [pl.col("kinds").list.contains(kind).any().alias(covers(kind)) for kind in KIND_NAMES]
    by_source = covered.group_by("source").agg(pl.col("kind").alias("kinds"))
    return (
        histories.join(by_source, on="source", how="left")
        .group_by("shop_key")
        .agg(pl.col("age").max(), pl.col("open_cents").sum(), *kinds)
    )


def with_roles(days: pl.LazyFrame, shops: pl.LazyFrame) -> pl.LazyFrame:
    """Each day's figures in the role they play: sold, given back, bought, spent.

    A shop whose orders we see is judged by its orders; its invoices would count the same sales again.
    """
    seen = days.join(shops.select("shop_key", pl.col(covers("order")).alias("market")), on="shop_key", how="inner")
    kind, status = pl.col("kind"), pl.col("status")
    paper = (kind == "invoice-out") & ~pl.col("market")
    sale = ((kind == "order") | paper) & (status == DONE)
    back = ((kind == "refund") & (status == DONE)) | (paper & (status == REVERSAL))
    bought = (kind == "invoice-in") & (status != VOID)
    spent = (kind == "advertising") & (status == DONE)
    figures = {
        "sale_cents": pl.when(sale).then("cents"),
        "sale_n": pl.when(sale).then("n"),
        "back_cents": pl.when(back).then(pl.col("cents").abs()),
        "back_n": pl.when(back).then("n"),
        "net_cents": pl.when(sale).then("cents").when(back).then(-pl.col("cents").abs()),
        "out_cents": pl.when(bought | spent).then("cents"),
        "bought_cents": pl.when(bought).then("cents"),
        "bought_n": pl.when(bought & (status == DONE)).then("n"),
        "spent_cents": pl.when(spent).then("cents"),
    }
    return seen.with_columns(value.fill_null(0).alias(name) for name, value in figures.items())


def totals(days: pl.LazyFrame) -> pl.LazyFrame:
    """One row per shop with every sum the features are made of."""
    return days.group_by("shop_key").agg(*_windows(), *_months(), *_kinds(), *_logins(), *_papers(), *_extremes())


def _sum(value: pl.Expr, first: int, until: int, name: str) -> pl.Expr:
    within = (first <= _AGE) & (until > _AGE)
    return pl.when(within).then(value).otherwise(0).sum().alias(name)


def _windows() -> list[pl.Expr]:
    named = (
        "sale_cents",
        "sale_n",
        "back_cents",
        "back_n",
        "net_cents",
        "out_cents",
        "bought_cents",
        "bought_n",
        "spent_cents",
    )
    sums = [_sum(pl.col(name), 0, days, f"{name}_{days}") for name in named for days in WINDOWS]
    sums += [_sum(pl.col(name), 90, 180, f"{name}_before_90") for name in ("net_cents", "bought_cents")]
    sums += [_sum(pl.col(name), 30, 60, f"{name}_before_30") for name in ("net_cents",)]
    return [*sums, _sum(pl.col("net_cents"), *YEAR_AGO, "net_cents_year_ago")]


def _months() -> list[pl.Expr]:
    spans = [(k, k * MONTH_DAYS, (k + 1) * MONTH_DAYS) for k in range(MONTHS)]
    figures = {
        "net_cents": pl.col("net_cents"),
        "flow_cents": pl.col("net_cents") - pl.col("out_cents"),
        "sale_n": pl.col("sale_n"),
    }
    return [_sum(value, a, b, f"{name}_month_{k}") for name, value in figures.items() for k, a, b in spans]


def _kinds() -> list[pl.Expr]:
    """Counts, quantities and money of the kinds that have no role in sales."""
    sums = []
    for kind in ("visit", "favourite", "review", "dispute", "login", "settlement", "advertising"):
        mine = (pl.col("kind") == kind) & (pl.col("status") == DONE)
        for figure in ("n", "micro", "cents", "low"):
            value = pl.when(mine).then(figure).otherwise(0)
            sums += [_sum(value, 0, days, f"{kind}_{figure}_{days}") for days in WINDOWS]
            sums.append(_sum(value, 30, 60, f"{kind}_{figure}_before_30"))
        days_with = pl.when(mine & (pl.col("n") > 0)).then(1).otherwise(0)
        sums += [_sum(days_with, 0, days, f"{kind}_days_{days}") for days in WINDOWS]
    return sums


def _logins() -> list[pl.Expr]:
    """Days with a sign-in, week by week."""
    mine = pl.when((pl.col("kind") == "login") & (pl.col("status") == DONE)).then(1).otherwise(0)
    return [_sum(mine, week * 7, week * 7 + 7, f"login_week_{week}") for week in range(WEEKS)]


def _papers() -> list[pl.Expr]:
    """Issued and received invoices, voided ones too: these judge the paper, not the sales."""
    sums = []
    for kind in ("invoice-out", "invoice-in"):
        for status in (DONE, REVERSAL, VOID):
            mine = (pl.col("kind") == kind) & (pl.col("status") == status)
            for figure in ("n", "cents"):
                value = pl.when(mine).then(pl.col(figure).abs()).otherwise(0)
                sums += [_sum(value, 0, days, f"{kind} {status} {figure}_{days}") for days in (90, 365)]
    return sums


def _extremes() -> list[pl.Expr]:
    sold = pl.col("sale_n") > 0
    logged = (pl.col("kind") == "login") & (pl.col("status") == DONE)
    bought = pl.col("bought_n") > 0
    return [
        *(_sum(pl.when(sold).then(1).otherwise(0), 0, days, f"sale_days_{days}") for days in WINDOWS),
        pl.when(sold & (_AGE < 90)).then("sale_n").otherwise(0).max().alias("busiest_day_n"),
        pl.when(sold).then("age").min().alias("last_sale_age"),
        pl.when(logged).then("age").min().alias("last_login_age"),
        pl.when(bought).then("age").min().alias("last_purchase_age"),
    ]


def gaps(days: pl.LazyFrame, shops: pl.LazyFrame) -> pl.LazyFrame:
    """The longest stretch without a sale (180 days) and without a sign-in (90 days), the window's edges counted."""
    sold = (pl.col("sale_n") > 0) & (_AGE < 180)
    logged = (pl.col("kind") == "login") & (pl.col("status") == DONE) & (_AGE < 90)
    found = shops.select("shop_key", pl.col("age").alias("history"))
    for name, rows, window in (("sale_gap", sold, 180), ("login_gap", logged, 90)):
        marks = days.filter(rows).select("shop_key", "age").unique()
        edge = shops.select(
            "shop_key", pl.min_horizontal(pl.col("age"), pl.lit(window - 1, dtype=pl.Int64)).alias("age")
        )
        marks = pl.concat([marks, edge, shops.select("shop_key", pl.lit(0, dtype=pl.Int64).alias("age"))])
        widest = (
            marks.sort("shop_key", "age").group_by("shop_key").agg(pl.col("age").diff().max().fill_null(0).alias(name))
        )
        found = found.join(widest, on="shop_key", how="left")
    return found.drop("history")


def concentrations(partners: pl.LazyFrame, shops: pl.LazyFrame) -> pl.LazyFrame:
    """How a shop's money is spread over its customers, and over its suppliers; shares in whole millionths."""
    seen = partners.join(shops.select("shop_key", pl.col(covers("order")).alias("market")), on="shop_key", how="inner")
    found = shops.select("shop_key")
    customers = ((pl.col("side") == "customer") & pl.col("market")) | (
        (pl.col("side") == "customer paper") & ~pl.col("market")
    )
    for side, rows in (("customer", customers), ("supplier", pl.col("side") == "supplier")):
        total = pl.col("cents").sum().over("shop_key")
        share = pl.when(total > 0).then((pl.col("cents") / total * MICRO).round().cast(pl.Int64))
        spread = (
            seen.filter(rows)
            .with_columns(share.alias("share"))
            .group_by("shop_key")
            .agg(
                pl.len().cast(pl.Int64).alias(f"{side}s_365"),
                (pl.col("n_90") > 0).sum().cast(pl.Int64).alias(f"{side}s_90"),
                (pl.col("n") > 1).sum().cast(pl.Int64).alias(f"{side}s_again_365"),
                ((pl.col("n_90") > 0) & (pl.col("first_age") < 90)).sum().cast(pl.Int64).alias(f"{side}s_new_90"),
                pl.col("share").max().alias(f"{side}_top_micro"),
                (pl.col("share") * pl.col("share")).sum().alias(f"{side}_hhi_pico"),
                pl.col("n_90").top_k(5).sum().alias(f"{side}_top5_n_90"),
                pl.col("n_90").sum().alias(f"{side}_n_90"),
            )
        )
        found = found.join(spread, on="shop_key", how="left")
    return found
