"""Bursts: days on which a shop sells far more than it does, in even amounts or to a handful, and reviews of one voice.

A day is a burst of orders when it has eight or more, three times the median of the shop's own 60 days before or more,
and either the amounts spread little against those days (0.6 of their coefficient of variation or less) or each buyer
bought twice or more on average. A sales festival has the first of these and neither of the others.

A day is a burst of five stars when it has five reviews or more, three times the median of the 60 days before or more,
all with five stars, though by the shop's own usual share of them that had a chance below one in ten.
"""

from typing import Final

import polars as pl

from lendmill.shops.signs.view import View

DAYS: Final = 90
BEFORE: Final = 60
SEEN_MIN: Final = 14  # days of record before the day, or it has nothing to be held against
ORDERS_MIN: Final = 8
TIMES: Final = 3
LARGE_CENTS: Final = 10_000_000  # an amount above this counts as this, so that no day's squares overflow
EVENNESS: Final = 0.6
REVIEWS_MIN: Final = 5
CHANCE_MAX: Final = 0.1
MOST_STARS: Final = 5


def order_days(view: View) -> pl.LazyFrame:
    """Each shop's days of the last 90 with orders: how many, by how many buyers, and whether the day is a burst."""
    orders = view.events(("order",), DAYS + BEFORE)
    amount = pl.col("amount_cents").clip(0, LARGE_CENTS)  # whole numbers: the same sum in any order
    days = orders.group_by(*view.by, "age").agg(
        pl.len().cast(pl.Int64).alias("n"),
        pl.col("counterparty").n_unique().alias("buyers"),
        pl.col("counterparty").is_null().any().alias("nameless"),
        amount.sum().cast(pl.Float64).alias("sum"),
        (amount * amount).sum().cast(pl.Float64).alias("squares"),
    )
    grid = _with_quiet_days(days, view.by, ORDERS_MIN).with_columns(
        _before(pl.col(name), view.by).alias(f"{name}_before") for name in ("n", "sum", "squares")
    )
    even = _variation("n", "sum", "squares") <= EVENNESS * _variation("n_before", "sum_before", "squares_before")
    few = ~pl.col("nameless") & (pl.col("buyers") * 2 <= pl.col("n"))
    many = (pl.col("n") >= ORDERS_MIN) & (pl.col("n") >= TIMES * pl.col("median_before"))
    marked = grid.select(*view.by, "age", (many & (even | few)).fill_null(False).alias("burst"))
    return (
        days.filter(pl.col("age") < DAYS)
        .join(marked, on=[*view.by, "age"], how="left")
        .select(*view.by, "age", "n", pl.col("burst").fill_null(False))
    )


def burst_days(view: View, days: pl.LazyFrame) -> pl.LazyFrame:
    """How many of the last 90 days were bursts; and orders per page view on those days against the others.

        odds = (orders + 1) / (views + 1) on bursts, divided by the same on the other days; 1 without a burst

    A rush of real buyers brings its page views with it; brushed orders do not.
    """
    views = (
        view.events(("visit",), DAYS).group_by(*view.by, "age").agg(pl.col("quantity").sum().alias("views"))
    )  # fmt: skip
    both = days.join(views, on=[*view.by, "age"], how="full", coalesce=True)
    burst = pl.col("burst").fill_null(False)
    rate = [
        (pl.col("n").filter(which).sum() + 1) / (pl.col("views").filter(which).sum() + 1) for which in (burst, ~burst)
    ]
    seen = pl.col("views").sum() > 0
    return both.group_by(view.by).agg(
        pl.when(pl.col("n").sum() > 0).then(burst.sum().cast(pl.Float64)).alias("brushing_burst_days_90"),
        pl.when(seen & (pl.col("n").sum() > 0))
        .then(pl.when(burst.any()).then(rate[0] / rate[1]).otherwise(1.0))
        .alias("orders_per_visit_odds_90"),
    )


def five_star_bursts(view: View) -> pl.LazyFrame:
    """The share of the last 90 days' reviews that came in bursts of five stars; unknown where nobody reviewed."""
    reviews = view.events(("review",), DAYS + BEFORE)
    days = reviews.group_by(*view.by, "age").agg(
        pl.len().cast(pl.Int64).alias("n"),
        (pl.col("quantity") >= MOST_STARS).sum().cast(pl.Int64).alias("fives"),
    )
    grid = _with_quiet_days(days, view.by, REVIEWS_MIN).with_columns(
        _before(pl.col(name), view.by).alias(f"{name}_before") for name in ("n", "fives")
    )
    usual = (pl.col("fives_before") + 1) / (pl.col("n_before") + 2)
    burst = (
        (pl.col("n") >= REVIEWS_MIN)
        & (pl.col("n") >= TIMES * pl.col("median_before"))
        & (pl.col("fives") == pl.col("n"))
        & (pl.col("n") * usual.log() < pl.lit(CHANCE_MAX).log())
    )
    marked = grid.select(*view.by, "age", burst.fill_null(False).alias("burst"))
    return (
        days.filter(pl.col("age") < DAYS)
        .join(marked, on=[*view.by, "age"], how="left")
        .group_by(view.by)
        .agg((pl.col("n").filter(pl.col("burst")).sum() / pl.col("n").sum()).alias("five_star_burst_share_90"))
    )


def _with_quiet_days(days: pl.LazyFrame, by: tuple[str, ...], least: int) -> pl.LazyFrame:
    """Every day since a shop's first in the window, quiet ones as nought, in order, with the median of the 60 before;
    only of shops with a day that could be a burst."""
    shops = (
        days.group_by(by)
        .agg(pl.col("age").max().alias("first"), (pl.col("n").filter(pl.col("age") < DAYS).max() >= least).alias("any"))
        .filter(pl.col("any"))
    )
    every = (
        shops.with_columns(pl.int_ranges(0, pl.col("first") + 1, dtype=pl.Int32).alias("age"))
        .explode("age")
        .select(*by, "age")
    )
    figures = [name for name in days.collect_schema().names() if name not in (*by, "age", "nameless")]
    return (
        every.join(days, on=[*by, "age"], how="left")
        .with_columns(pl.col(figures).fill_null(0))
        .sort(*by, "age", descending=[*(False for _ in by), True])
        .with_columns(
            pl.col("n").shift(1).rolling_median(BEFORE, min_samples=SEEN_MIN).over(by).alias("median_before")
        )
    )  # fmt: skip


def _before(figure: pl.Expr, by: tuple[str, ...]) -> pl.Expr:
    """The sum over the 60 days before a day."""
    return figure.shift(1).rolling_sum(BEFORE, min_samples=SEEN_MIN).over(by)


def _variation(n: str, total: str, squares: str) -> pl.Expr:
    """The coefficient of variation of amounts: their standard deviation against their mean."""
    mean = pl.col(total) / pl.col(n)
    return (pl.col(squares) / pl.col(n) - mean * mean).clip(0, None).sqrt() / mean
