"""Features of what a shop sells: how much, how steadily, to how many."""

from typing import Final

import polars as pl

from lendmill.features.feature import (
    HISTORY,
    SALES,
    Feature,
    added,
    after,
    growth,
    millionths,
    months,
    over,
    share,
    slope,
    variation,
    yuan,
)
from lendmill.features.sums import MONTHS, WINDOWS

_FLOW: Final = [pl.col(f"net_cents_{days}") - pl.col(f"out_cents_{days}") for days in WINDOWS]
_SPAN: Final = pl.min_horizontal(HISTORY + 1, pl.lit(365, dtype=pl.Int64))
_LOSING: Final = added([(month < 0).cast(pl.Int64) for month in months("flow_cents", MONTHS)])
_SELLING: Final = added([(month > 0).cast(pl.Int64) for month in months("sale_n", MONTHS)])

SIZE: Final = (
    *(
        Feature(
            f"sales_net_{days}", f"net sales of the last {days} days", f"近{days}天净销售额", "yuan",
            f"sales - refunds (or reversed invoices), days 0 to {days - 1} before the day", "better", "transactions",
            SALES, yuan(pl.col(f"net_cents_{days}")),
        )
        for days in WINDOWS
    ),
    Feature(
        "sales_monthly_mean", "net sales a month, over the last year or since the first event", "月均净销售额", "yuan",
        "sales_net_365 x 30 / min(365, history_days + 1)", "better", "transactions",
        SALES, pl.col("net_cents_365") * 30 / (_SPAN * 100),
    ),
    Feature(
        "sales_count_90", "number of sales in 90 days", "近90天销售笔数", "count",
        "orders (or invoices) of the last 90 days", "better", "transactions", SALES, pl.col("sale_n_90"),
    ),
    Feature(
        "sales_count_365", "number of sales in a year", "近一年销售笔数", "count",
        "orders (or invoices) of the last 365 days", "better", "transactions", SALES, pl.col("sale_n_365"),
    ),
    Feature(
        "sale_mean_90", "size of an average sale", "近90天客单价", "yuan",
        "sales of 90 days / sales_count_90", None, "transactions",
        SALES, share(pl.col("sale_cents_90"), pl.col("sale_n_90") * 100),
    ),
)  # fmt: skip

COURSE: Final = (
    Feature(
        "sales_growth_90", "growth of net sales over the 90 days before", "净销售额环比（90天）", "share",
        "sales_net_90 / net sales of days 90 to 179 - 1; needs 180 days of history", "better", "transactions",
        SALES, after(180, growth(pl.col("net_cents_90"), pl.col("net_cents_before_90"))),
    ),
    Feature(
        "sales_growth_30", "growth of net sales over the 30 days before", "净销售额环比（30天）", "share",
        "sales_net_30 / net sales of days 30 to 59 - 1; needs 60 days of history", "better", "transactions",
        SALES, after(60, growth(pl.col("net_cents_30"), pl.col("net_cents_before_30"))),
    ),
    Feature(
        "sales_growth_year", "growth over the same 90 days a year ago, free of the season", "净销售额同比（90天）",
        "share",
        "sales_net_90 / net sales of days 365 to 454 - 1; needs 455 days of history", "better", "transactions",
        SALES, after(455, growth(pl.col("net_cents_90"), pl.col("net_cents_year_ago"))),
    ),
    Feature(
        "sales_trend_180", "direction of six months' net sales", "近180天销售趋势", "share per month",
        "slope of six 30-day sums / their mean; needs 180 days of history", "better", "transactions",
        SALES, after(180, slope(months("net_cents", 6))),
    ),
    Feature(
        "sales_volatility_180", "unsteadiness of six months' net sales", "近180天销售波动", "ratio",
        "standard deviation of six 30-day sums / their mean; needs 180 days of history", "worse", "transactions",
        SALES, after(180, variation(months("net_cents", 6))),
    ),
    Feature(
        "sales_volatility_365", "unsteadiness of a year's net sales", "近一年销售波动", "ratio",
        "standard deviation of twelve 30-day sums / their mean; needs 360 days of history", "worse", "transactions",
        SALES, after(360, variation(months("net_cents", MONTHS))),
    ),
    Feature(
        "sales_season_share", "how much of the year one month brings", "旺季集中度", "share",
        "largest of twelve 30-day sums / their sum; needs 360 days of history", None, "transactions",
        SALES, after(360, share(pl.max_horizontal(months("net_cents", MONTHS)), added(months("net_cents", MONTHS)))),
    ),
    Feature(
        "sale_days_90", "days with at least one sale", "近90天有销售天数", "days",
        "days of the last 90 with a sale", "better", "transactions", SALES, pl.col("sale_days_90"),
    ),
    Feature(
        "sale_months_365", "months with at least one sale", "近一年有销售月数", "months",
        "of twelve 30-day spans, those with a sale", "better", "transactions", SALES, _SELLING,
    ),
    Feature(
        "days_since_sale", "days since the last sale", "距最近销售天数", "days",
        "day - last sale's day; unknown if none within 455 days", "worse",
        "transactions", SALES, pl.col("last_sale_age"),
    ),
    Feature(
        "sale_gap_180", "longest stretch without a sale", "近180天最长断销天数", "days",
        "longest distance between days with a sale in the last 180, edges counted", "worse", "transactions",
        SALES, pl.col("sale_gap"),
    ),
    Feature(
        "sale_burst_90", "share of 90 days' sales on the busiest day; brushing (刷单) shows here", "单日销售集中度",
        "share",
        "sales of the busiest day / sales_count_90", "worse", "transactions",
        SALES, share(pl.col("busiest_day_n"), pl.col("sale_n_90")),
    ),
    Feature(
        "history_days", "days since the shop's first event", "经营记录天数", "days",
        "day - first event's day", "better", "identity and registration", (), HISTORY,
    ),
)  # fmt: skip

FLOW: Final = (
    Feature(
        "cash_flow_90", "money in less money out, as far as it is known", "近90天现金净流入", "yuan",
        "sales_net_90 - purchases - advertising of 90 days", "better", "transactions", SALES, yuan(_FLOW[1]),
    ),
    Feature(
        "cash_flow_365", "money in less money out over a year", "近一年现金净流入", "yuan",
        "sales_net_365 - purchases - advertising of 365 days", "better", "transactions", SALES, yuan(_FLOW[3]),
    ),
    Feature(
        "cash_flow_share_365", "what is left of each yuan sold", "近一年现金留存率", "share",
        "cash_flow_365 / sales_net_365", "better", "transactions", SALES, share(_FLOW[3], pl.col("net_cents_365")),
    ),
    Feature(
        "cash_gap_months_365", "months in which more went out than came in", "现金缺口月数", "months",
        "of twelve 30-day spans, those with money out above net sales", "worse", "transactions", SALES, _LOSING,
    ),
    Feature(
        "refund_rate_90", "share of sales given back", "近90天退款率", "share",
        "refunds (or reversed invoices) / sales, both of 90 days", "worse", "transactions",
        SALES, share(pl.col("back_cents_90"), pl.col("sale_cents_90")),
    ),
    Feature(
        "refund_rate_365", "share of a year's sales given back", "近一年退款率", "share",
        "refunds (or reversed invoices) / sales, both of 365 days", "worse", "transactions",
        SALES, share(pl.col("back_cents_365"), pl.col("sale_cents_365")),
    ),
    Feature(
        "refund_count_rate_90", "refunds for each sale", "近90天退款笔数占比", "share",
        "number of refunds (or reversed invoices) / sales_count_90", "worse", "transactions",
        SALES, share(pl.col("back_n_90"), pl.col("sale_n_90")),
    ),
    Feature(
        "refund_rate_rise_90", "refund rate of 90 days against the year's", "退款率变化", "share",
        "refund_rate_90 - refund_rate_365", "worse", "transactions", SALES,
        share(pl.col("back_cents_90"),
        pl.col("sale_cents_90")) - share(pl.col("back_cents_365"), pl.col("sale_cents_365")),
    ),
    Feature(
        "settlement_90", "money the platform paid out", "近90天结算到账", "yuan",
        "settlements of 90 days", "better", "transactions", ("settlement",), yuan(pl.col("settlement_cents_90")),
    ),
    Feature(
        "open_orders", "paid by buyers and not yet paid out to the shop", "未结算订单金额", "yuan",
        "orders - refunds - settlements of the whole record, at least 0", None, "transactions", ("settlement", "order"),
        yuan(pl.max_horizontal(pl.col("open_cents"), pl.lit(0, dtype=pl.Int64))),
    ),
    Feature(
        "settlement_share_90", "how much of net sales has been settled", "近90天结算比例", "share",
        "settlement_90 / sales_net_90", None, "transactions", ("settlement", *SALES),
        share(pl.col("settlement_cents_90"), pl.col("net_cents_90")),
    ),
)  # fmt: skip

CUSTOMERS: Final = (
    Feature(
        "customers_90", "different customers in 90 days", "近90天客户数", "count",
        "distinct counterparties of sales", "better", "transactions", SALES, pl.col("customers_90").fill_null(0),
    ),
    Feature(
        "customers_365", "different customers in a year", "近一年客户数", "count",
        "distinct counterparties of sales", "better", "transactions", SALES, pl.col("customers_365").fill_null(0),
    ),
    Feature(
        "customer_hhi_365", "concentration on few customers", "客户集中度（HHI）", "0 to 1",
        "sum of squared shares of a year's sales by customer", "worse", "soft information",
        SALES, over(millionths("customer_hhi_pico"), 1_000_000),
    ),
    Feature(
        "customer_top_share_365", "the largest customer's share", "最大客户占比", "share",
        "largest customer's sales / all sales with a named customer, 365 days", "worse", "soft information",
        SALES, millionths("customer_top_micro"),
    ),
    Feature(
        "customer_top5_share_90", "share of sales to the five most frequent customers; circular trade shows here",
        "前五客户笔数占比", "share", "sales of 90 days to the five most frequent customers / sales to named ones",
        "worse",
        "soft information", SALES, share(pl.col("customer_top5_n_90"), pl.col("customer_n_90")),
    ),
    Feature(
        "customer_again_share_365", "customers who came back", "复购客户占比", "share",
        "customers with more than one sale / customers_365", "better", "soft information",
        SALES, share(pl.col("customers_again_365"), pl.col("customers_365")),
    ),
    Feature(
        "customer_new_share_90", "customers never seen before within a year", "新客户占比", "share",
        "customers of 90 days without an earlier sale within 365 days / customers_90", None, "soft information",
        SALES, share(pl.col("customers_new_90"), pl.col("customers_90")),
    ),
)  # fmt: skip

SELLING: Final = (*SIZE, *COURSE, *FLOW, *CUSTOMERS)
