"""Figures that cannot be: money given back that was never paid, more reviews than sales, a sale before the firm was.

Each check compares what must follow with what it must follow from, over a longer time, so that an order just outside
the window is no doubt: refunds, settlements, reviews and disputes of 90 days against the orders of 180. A shop whose
orders are not told, or for less than that, is held against nothing.
"""

from typing import Final

import polars as pl

from lendmill.shops.events import HOUSE_ZONE
from lendmill.shops.signs.view import SALES, View

DAYS: Final = 90
BEFORE: Final = 180  # a shop known for less is not held against what came before
YEAR: Final = 365
HISTORY: Final = 1_096  # how far back a firm's first sale is looked for

CHECKS: Final = (
    "refunds over orders",
    "a buyer's refunds over their orders",
    "settlements over orders",
    "reviews over orders",
    "disputes over orders",
    "orders over page views",
    "sales before the firm was registered",
)
_TIMED: Final = ("order", "refund", "invoice-out", "invoice-in")


def repeated_rows(view: View) -> pl.LazyFrame:
    """The share of a shop's orders, refunds and invoices of 90 days that stand there twice under two names: the same
    second, partner and sum. Rows that tell only their day are left out, since two alike on one day are common."""
    rows = view.events(_TIMED, DAYS).filter(
        pl.col("happened_at").dt.convert_time_zone(HOUSE_ZONE).dt.time() != pl.time(0, 0)
    )
    alike = [*view.by, "kind", "happened_at", "counterparty", "amount_cents"]
    return (
        rows.group_by(alike)
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .group_by(view.by)
        .agg(((pl.col("n") - 1).sum() / pl.col("n").sum()).alias("duplicate_share"))
    )


def impossible(view: View) -> pl.LazyFrame:
    """Which of the checks each shop fails: a column for each, true, false or unknown, and the figures held against each
    other as `<check>: this` and `<check>: against`."""
    sums = _sums(view)
    buyers = _overpaid_buyers(view)
    founded = _sales_before_founding(view)
    known = pl.col("known_days") >= BEFORE
    told = sums.join(buyers, on=view.by, how="left").join(founded, on=view.by, how="left")
    pairs = {
        "refunds over orders": ("refund_90", "order_180", known),
        "a buyer's refunds over their orders": ("refund_buyers", "nobody", known & (pl.col("refund_90") > 0)),
        "settlements over orders": ("settlement_90", "order_180", known & (pl.col("settlement_90") > 0)),
        "reviews over orders": ("review_n_90", "order_n_180", known & (pl.col("review_n_90") > 0)),
        "disputes over orders": ("dispute_n_90", "order_n_180", known & (pl.col("dispute_n_90") > 0)),
        "orders over page views": ("order_n_90", "views_90", pl.col("views_90") > 0),
        "sales before the firm was registered": ("early_days", "nobody", pl.col("early_days").is_not_null()),
    }
    return told.with_columns(nobody=pl.lit(0)).select(*view.by, *_held(pairs))


def impossible_count(found: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    """How many of the checks a shop fails; unknown where none could be made."""
    known = pl.any_horizontal(pl.col(check).is_not_null() for check in CHECKS)
    count = pl.sum_horizontal(pl.col(check).fill_null(False).cast(pl.Float64) for check in CHECKS)
    return found.select(*by, pl.when(known).then(count).alias("impossible_count"))


def _held(pairs: dict[str, tuple[str, str, pl.Expr]]) -> list[pl.Expr]:
    columns = []
    for check, (this, against, can_tell) in pairs.items():
        columns.append(pl.when(can_tell.fill_null(False)).then(pl.col(this) > pl.col(against)).alias(check))
        columns.append(pl.col(this).cast(pl.Int64).alias(f"{check}: this"))
        columns.append(pl.col(against).cast(pl.Int64).alias(f"{check}: against"))
    return columns


def _sums(view: View) -> pl.LazyFrame:
    """What must be compared, by shop: sums of money and of rows, over 90 and 180 days."""
    kinds = ("order", "refund", "settlement", "review", "dispute", "visit")
    days = pl.col("age")

    def total(kind: str, figure: pl.Expr, within: int) -> pl.Expr:
        return figure.filter((pl.col("kind") == kind) & (days < within)).sum()

    cents, one = pl.col("amount_cents"), pl.col("one")
    return (
        view.events(kinds, YEAR)
        .with_columns(one=pl.lit(1, dtype=pl.Int64))
        .group_by(view.by)
        .agg(
            (days.filter(pl.col("kind") == "order").max() + 1).alias("known_days"),
            total("order", cents, BEFORE).alias("order_180"),
            total("order", one, BEFORE).alias("order_n_180"),
            total("order", one, DAYS).alias("order_n_90"),
            total("refund", cents, DAYS).alias("refund_90"),
            total("settlement", cents, DAYS).alias("settlement_90"),
            total("review", one, DAYS).alias("review_n_90"),
            total("dispute", one, DAYS).alias("dispute_n_90"),
            total("visit", pl.col("quantity"), DAYS).alias("views_90"),
        )
    )


def _overpaid_buyers(view: View) -> pl.LazyFrame:
    """How many buyers were given back within 90 days more than they paid within 180."""
    back = (
        view.events(("refund",), DAYS)
        .filter(pl.col("counterparty").is_not_null())
        .group_by(*view.by, "counterparty")
        .agg(pl.col("amount_cents").sum().alias("back"))
    )
    paid = (
        view.events(("order",), BEFORE)
        .join(back, on=[*view.by, "counterparty"], how="semi")
        .group_by(*view.by, "counterparty")
        .agg(pl.col("amount_cents").sum().alias("paid"))
    )
    return (
        back.join(paid, on=[*view.by, "counterparty"], how="left")
        .group_by(view.by)
        .agg((pl.col("back") > pl.col("paid").fill_null(0)).sum().cast(pl.Int64).alias("refund_buyers"))
    )


def _sales_before_founding(view: View) -> pl.LazyFrame:
    """How many days before the day on which the firm was registered the record's first sale lies, at the least.

    A registry that tells whole years may mean nearly a year more.
    """
    years = pl.col("quantity")
    slack = pl.when(years == years.floor()).then(366).otherwise(31)
    founded = (
        view.events(("registry",), HISTORY)
        .filter(pl.col("subject") == "years_registered")
        .group_by(view.by)
        .agg((pl.col("age") + years * 365.25 + slack).max().alias("founded_age"))
        .filter(pl.col("founded_age") < HISTORY)
        .collect()
    )
    if founded.is_empty():
        return founded.lazy().select(*view.by, pl.lit(None, dtype=pl.Int64).alias("early_days"))
    first = view.events(SALES, HISTORY).group_by(view.by).agg(pl.col("age").max().alias("first_age"))
    early = (pl.col("first_age") - pl.col("founded_age")).clip(0, None).ceil().cast(pl.Int64)
    return founded.lazy().join(first, on=view.by).select(*view.by, early.alias("early_days"))
