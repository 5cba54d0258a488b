"""Features of what a shop sells: how much, how steadily, and how it goes on from month to month."""

from typing import Final

import narwhals as nw

from lendmill.features.feature import (
    HISTORY,
    ORDERS,
    SALES,
    Feature,
    added,
    after,
    daily_variation,
    growth,
    months,
    share,
    slope,
    variation,
    yuan,
)
from lendmill.features.sums import MONTHS, WINDOWS, gap, last_age, peak, total

_SPAN: Final = nw.min_horizontal(HISTORY + 1, nw.lit(365).cast(nw.Int64))
_NET: Final = months("net_cents", MONTHS)
_SELLING: Final = added([(month > 0).cast(nw.Int64) for month in months("sale_n", MONTHS)])


def _mean_sale(until: int, first: int = 0) -> nw.Expr:
    return share(total("sale_cents", until, first), total("sale_n", until, first) * 100)


def _cancelled(days: int) -> nw.Expr:
    void = total("order_void_n", days)
    return share(void, void + total("order_n", days))


SIZE: Final = (
    *(
        Feature(
            f"sales_net_{days}", f"net sales of the last {days} days", f"近{days}天净销售额", "yuan",
            f"sales - refunds (or reversed invoices), days 0 to {days - 1} before the day", "better", "transactions",
            SALES, yuan(total("net_cents", days)),
        )
        for days in WINDOWS
    ),
    Feature(
        "sales_monthly_mean", "net sales a month, over the last year or since the first event", "月均净销售额", "yuan",
        "sales_net_365 x 30 / min(365, history_days + 1)", "better", "transactions",
        SALES, total("net_cents", 365) * 30 / (_SPAN * 100),
    ),
    *(
        Feature(
            f"sales_count_{days}", f"number of sales in {days} days", f"近{days}天销售笔数", "count",
            f"orders (or invoices) of the last {days} days", "better", "transactions", SALES, total("sale_n", days),
        )
        for days in WINDOWS
    ),
    *(
        Feature(
            f"sale_mean_{days}", f"size of an average sale in {days} days", f"近{days}天客单价", "yuan",
            f"sales of {days} days / sales_count_{days}", None, "transactions", SALES, _mean_sale(days),
        )
        for days in (30, 90, 365)
    ),
    Feature(
        "sale_mean_growth_90", "growth of the average sale over the 90 days before", "客单价环比（90天）", "share",
        "sale_mean_90 / average sale of days 90 to 179 - 1; needs 180 days of history", None, "transactions", SALES,
        after(180, growth(_mean_sale(90), _mean_sale(180, 90))),
    ),
)  # fmt: skip

GROWTH: Final = (
    *(
        Feature(
            f"sales_growth_{days}", f"growth of net sales over the {days} days before", f"净销售额环比（{days}天）",
            "share",
            f"sales_net_{days} / net sales of days {days} to {2 * days - 1} - 1; needs {2 * days} days of history",
            "better", "transactions", SALES,
            after(2 * days, growth(total("net_cents", days), total("net_cents", 2 * days, days))),
        )
        for days in (7, 30, 90, 180)
    ),
    Feature(
        "sales_growth_year", "growth over the same 90 days a year ago, free of the season", "净销售额同比（90天）",
        "share",
        "sales_net_90 / net sales of days 365 to 454 - 1; needs 455 days of history", "better", "transactions",
        SALES, after(455, growth(total("net_cents", 90), total("net_cents", 455, 365))),
    ),
    Feature(
        "sales_growth_year_30", "growth over the same 30 days a year ago, free of the season", "净销售额同比（30天）",
        "share",
        "sales_net_30 / net sales of days 365 to 394 - 1; needs 395 days of history", "better", "transactions",
        SALES, after(395, growth(total("net_cents", 30), total("net_cents", 395, 365))),
    ),
    *(
        Feature(
            f"sales_count_growth_{days}", f"growth of the number of sales over the {days} days before",
            f"销售笔数环比（{days}天）", "share",
            f"sales_count_{days} / sales of days {days} to {2 * days - 1} - 1; needs {2 * days} days of history",
            "better", "transactions", SALES,
            after(2 * days, growth(total("sale_n", days), total("sale_n", 2 * days, days))),
        )
        for days in (30, 90)
    ),
    Feature(
        "sales_count_growth_year", "growth of the number of sales over the same 90 days a year ago",
        "销售笔数同比（90天）", "share",
        "sales_count_90 / sales of days 365 to 454 - 1; needs 455 days of history", "better", "transactions", SALES,
        after(455, growth(total("sale_n", 90), total("sale_n", 455, 365))),
    ),
)  # fmt: skip

COURSE: Final = (
    Feature(
        "sales_trend_180", "direction of six months' net sales", "近180天销售趋势", "share per month",
        "slope of six 30-day sums / their mean; needs 180 days of history", "better", "transactions",
        SALES, after(180, slope(_NET[:6])),
    ),
    Feature(
        "sales_trend_365", "direction of a year's net sales", "近一年销售趋势", "share per month",
        "slope of twelve 30-day sums / their mean; needs 360 days of history", "better", "transactions",
        SALES, after(360, slope(_NET)),
    ),
    Feature(
        "sales_volatility_180", "unsteadiness of six months' net sales", "近180天销售波动", "ratio",
        "standard deviation of six 30-day sums / their mean; needs 180 days of history", "worse", "transactions",
        SALES, after(180, variation(_NET[:6])),
    ),
    Feature(
        "sales_volatility_365", "unsteadiness of a year's net sales", "近一年销售波动", "ratio",
        "standard deviation of twelve 30-day sums / their mean; needs 360 days of history", "worse", "transactions",
        SALES, after(360, variation(_NET)),
    ),
    *(
        Feature(
            f"sales_daily_volatility_{days}", f"unsteadiness of {days} days' sales from day to day",
            f"近{days}天日销售波动", "ratio",
            f"standard deviation of the daily number of sales of {days} days / its mean; needs {days} days of history",
            "worse", "transactions", SALES,
            after(days, daily_variation(total("sale_square", days), total("sale_n", days), days)),
        )
        for days in (30, 90)
    ),
    Feature(
        "sales_season_share", "how much of the year one month brings", "旺季集中度", "share",
        "largest of twelve 30-day sums / their sum; needs 360 days of history", None, "transactions",
        SALES, after(360, share(nw.max_horizontal(*_NET), added(_NET))),
    ),
    Feature(
        "sales_low_season_share", "how much of the year the weakest month brings", "淡季占比", "share",
        "smallest of twelve 30-day sums / their sum; needs 360 days of history", "better", "transactions",
        SALES, after(360, share(nw.min_horizontal(*_NET), added(_NET))),
    ),
    Feature(
        "sales_from_best_365", "the last month against the year's best", "当月与全年最好月之比", "ratio",
        "sales_net_30 / largest of twelve 30-day sums; needs 360 days of history", "better", "transactions",
        SALES, after(360, share(_NET[0], nw.max_horizontal(*_NET))),
    ),
)  # fmt: skip

RHYTHM: Final = (
    *(
        Feature(
            f"sale_days_{days}", f"days of the last {days} with at least one sale", f"近{days}天有销售天数", "days",
            f"days of the last {days} with a sale", "better", "transactions", SALES, total("sale_days", days),
        )
        for days in (30, 90, 180, 365)
    ),
    Feature(
        "sale_months_365", "months with at least one sale", "近一年有销售月数", "months",
        "of twelve 30-day spans, those with a sale", "better", "transactions", SALES, _SELLING,
    ),
    Feature(
        "days_since_sale", "days since the last sale", "距最近销售天数", "days",
        "day - last sale's day; unknown if none within 455 days", "worse",
        "transactions", SALES, last_age("sale_days"),
    ),
    *(
        Feature(
            f"sale_gap_{days}", f"longest stretch without a sale in {days} days", f"近{days}天最长断销天数", "days",
            f"longest distance between days with a sale in the last {days}, edges counted", "worse", "transactions",
            SALES, gap("sale_days", days),
        )
        for days in (90, 180)
    ),
    *(
        Feature(
            f"sale_burst_{days}", f"share of {days} days' sales on the busiest day; brushing (刷单) shows here",
            f"近{days}天单日销售集中度", "share",
            f"sales of the busiest day / sales_count_{days}", "worse", "transactions",
            SALES, share(peak("sale_n", days), total("sale_n", days)), not_for=("reason",),
        )
        for days in (30, 90)
    ),
    Feature(
        "sale_weekend_share_90", "share of sales on Saturdays and Sundays", "近90天周末销售占比", "share",
        "sales of 90 days on Saturdays and Sundays / sales_count_90", None, "transactions", SALES,
        share(total("sale_weekend_n", 90), total("sale_n", 90)), actionable=False,
    ),
    *(
        Feature(
            f"order_cancelled_share_{days}", f"share of {days} days' orders that were cancelled",
            f"近{days}天订单取消占比", "share",
            f"void orders / all orders, by number, {days} days", "worse", "transactions", ORDERS, _cancelled(days),
        )
        for days in (30, 90, 365)
    ),
    Feature(
        "order_cancelled_rise_90", "cancelled orders of 90 days against the year's", "订单取消占比变化", "share",
        "order_cancelled_share_90 - order_cancelled_share_365", "worse", "transactions", ORDERS,
        _cancelled(90) - _cancelled(365),
    ),
    Feature(
        "history_days", "days since the shop's first event", "经营记录天数", "days",
        "day - first event's day", "better", "identity and registration", (), HISTORY, actionable=False,
    ),
)  # fmt: skip

SELLING: Final = (*SIZE, *GROWTH, *COURSE, *RHYTHM)
