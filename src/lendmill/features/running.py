"""Features of how a shop is run: visitors, reviews, advertising, and how regularly somebody looks after it."""

from typing import Final

import polars as pl

from lendmill.features.feature import Feature, added, after, growth, millionths, share, variation, yuan
from lendmill.features.sums import WEEKS

_WEEKS: Final = [pl.col(f"login_week_{week}").cast(pl.Float64) for week in range(WEEKS)]
_VISITS_90: Final = millionths("visit_micro_90")

GUESTS: Final = (
    Feature(
        "visits_30", "page views in 30 days", "近30天访问量", "count",
        "views of 30 days", "better", "customer interaction", ("visit",), millionths("visit_micro_30"),
    ),
    Feature(
        "visits_90", "page views in 90 days", "近90天访问量", "count",
        "views of 90 days", "better", "customer interaction", ("visit",), _VISITS_90,
    ),
    Feature(
        "visits_growth_30", "growth of page views over the 30 days before", "访问量环比（30天）", "share",
        "visits_30 / views of days 30 to 59 - 1; needs 60 days of history", "better", "customer interaction",
        ("visit",), after(60, growth(pl.col("visit_micro_30"), pl.col("visit_micro_before_30"))),
    ),
    Feature(
        "conversion_90", "sales for each page view", "近90天转化率", "ratio",
        "sales_count_90 / visits_90", "better", "customer interaction", ("visit", "order"),
        share(pl.col("sale_n_90"), _VISITS_90),
    ),
    Feature(
        "favourites_90", "buyers who marked the shop", "近90天收藏数", "count",
        "favourites of 90 days", "better", "customer interaction", ("favourite",), millionths("favourite_micro_90"),
    ),
    Feature(
        "review_mean_90", "average stars", "近90天评价均分", "stars",
        "stars of 90 days / reviews", "better", "customer interaction", ("review",),
        share(millionths("review_micro_90"), pl.col("review_n_90")),
    ),
    Feature(
        "review_mean_365", "average stars of a year", "近一年评价均分", "stars",
        "stars of 365 days / reviews", "better", "customer interaction", ("review",),
        share(millionths("review_micro_365"), pl.col("review_n_365")),
    ),
    Feature(
        "review_count_90", "number of reviews", "近90天评价数", "count",
        "reviews of 90 days", "better", "customer interaction", ("review",), pl.col("review_n_90"),
    ),
    Feature(
        "review_low_share_365", "share of reviews with one or two stars", "差评占比", "share",
        "reviews of at most 2 stars / reviews, 365 days", "worse", "customer interaction", ("review",),
        share(pl.col("review_low_365"), pl.col("review_n_365")),
    ),
    Feature(
        "review_rate_90", "reviews for each sale", "近90天评价率", "ratio",
        "review_count_90 / sales_count_90", None, "customer interaction", ("review", "order"),
        share(pl.col("review_n_90"), pl.col("sale_n_90")),
    ),
    Feature(
        "dispute_rate_90", "complaints for each sale", "近90天纠纷率", "share",
        "disputes / sales_count_90", "worse", "customer interaction", ("dispute", "order"),
        share(pl.col("dispute_n_90"), pl.col("sale_n_90")),
    ),
)  # fmt: skip

TRAIL: Final = (
    Feature(
        "advertising_90", "spent on advertising", "近90天广告支出", "yuan",
        "advertising of 90 days", "better", "behaviour trail", ("advertising",), yuan(pl.col("spent_cents_90")),
    ),
    Feature(
        "advertising_days_90", "days with advertising", "近90天投放天数", "days",
        "days of 90 with advertising", "better", "behaviour trail", ("advertising",), pl.col("advertising_days_90"),
    ),
    Feature(
        "advertising_return_90", "sales for each yuan of advertising", "广告投入产出比", "ratio",
        "sales of 90 days / advertising_90; unknown without advertising", "better", "behaviour trail",
        ("advertising", "order"), share(pl.col("sale_cents_90"), pl.col("spent_cents_90")),
    ),
    Feature(
        "advertising_share_90", "advertising for each yuan sold", "广告费占比", "share",
        "advertising_90 / sales of 90 days", "worse", "behaviour trail", ("advertising", "order"),
        share(pl.col("spent_cents_90"), pl.col("sale_cents_90")),
    ),
    Feature(
        "login_days_30", "days on which somebody signed in", "近30天登录天数", "days",
        "days of 30 with a sign-in", "better", "behaviour trail", ("login",), pl.col("login_days_30"),
    ),
    Feature(
        "login_days_90", "days on which somebody signed in", "近90天登录天数", "days",
        "days of 90 with a sign-in", "better", "behaviour trail", ("login",), pl.col("login_days_90"),
    ),
    Feature(
        "login_irregularity_90", "unsteadiness of sign-ins from week to week", "登录规律性（波动）", "ratio",
        "standard deviation of thirteen weeks' sign-in days / their mean; needs 91 days of history", "worse",
        "behaviour trail", ("login",), after(91, variation(_WEEKS)),
    ),
    Feature(
        "login_trend_90", "sign-in days of the last six weeks against the six before", "登录活跃变化", "share",
        "weeks 0 to 5 / weeks 6 to 11 - 1; needs 91 days of history", "better", "behaviour trail", ("login",),
        after(91, growth(added(_WEEKS[:6]), added(_WEEKS[6:12]))),
    ),
    Feature(
        "login_gap_90", "longest stretch without a sign-in", "近90天最长未登录天数", "days",
        "longest distance between days with a sign-in in 90, edges counted", "worse", "behaviour trail", ("login",),
        pl.col("login_gap"),
    ),
    Feature(
        "days_since_login", "days since somebody last signed in", "距最近登录天数", "days",
        "day - last sign-in's day; unknown if none within 455 days", "worse", "behaviour trail", ("login",),
        pl.col("last_login_age"),
    ),
)  # fmt: skip

RUNNING: Final = (*GUESTS, *TRAIL)
