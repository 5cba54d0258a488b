"""Features of the money: what comes in and goes out, what buyers get back, and what the platform has yet to pay."""

from typing import Final

import narwhals as nw

from lendmill.features.feature import (
    SALES,
    Feature,
    added,
    after,
    growth,
    millionths,
    months,
    share,
    slope,
    variation,
    weeks,
    yuan,
)
from lendmill.features.sums import MONTHS, WINDOWS, last_age, total

_FLOW: Final = months("flow_cents", MONTHS)
_LOSING: Final = added([(month < 0).cast(nw.Int64) for month in _FLOW])


def _refunded(days: int) -> nw.Expr:
    return share(total("back_cents", days), total("sale_cents", days))


def _settled(days: int) -> nw.Expr:
    return share(total("settlement_cents", days), total("net_cents", days))


CASH: Final = (
    *(
        Feature(
            f"cash_flow_{days}", f"money in less money out in {days} days, as far as it is known",
            f"近{days}天现金净流入", "yuan",
            f"sales_net_{days} - purchases - advertising of {days} days", "better", "transactions", SALES,
            yuan(total("flow_cents", days)),
        )
        for days in (30, 90, 180, 365)
    ),
    *(
        Feature(
            f"cash_flow_share_{days}", f"what is left of each yuan sold in {days} days", f"近{days}天现金留存率",
            "share",
            f"cash_flow_{days} / sales_net_{days}", "better", "transactions", SALES,
            share(total("flow_cents", days), total("net_cents", days)),
        )
        for days in (90, 365)
    ),
    Feature(
        "cash_flow_change_90", "what is left of each yuan sold, against the year's", "现金留存率变化", "share",
        "cash_flow_share_90 - cash_flow_share_365", "better", "transactions", SALES,
        share(total("flow_cents", 90), total("net_cents", 90))
        - share(total("flow_cents", 365), total("net_cents", 365)),
    ),
    Feature(
        "cash_gap_months_365", "months in which more went out than came in", "现金缺口月数", "months",
        "of twelve 30-day spans, those with money out above net sales", "worse", "transactions", SALES, _LOSING,
    ),
    Feature(
        "cash_gap_depth_365", "the deepest monthly gap against an average month's sales", "现金缺口深度", "ratio",
        "largest of twelve 30-day sums of money out above money in / mean 30-day net sales of 360 days, at least 0; "
        "needs 360 days of history", "worse", "transactions", SALES,
        after(360, share(nw.max_horizontal(nw.lit(0.0), *(0 - month for month in _FLOW)) * MONTHS,
        added(months("net_cents", MONTHS)))),
    ),
    Feature(
        "cash_flow_trend_180", "direction of six months' money in less money out", "近180天现金流趋势",
        "share per month",
        "slope of six 30-day sums / their mean; unknown unless more came in; needs 180 days of history", "better",
        "transactions", SALES, after(180, slope(_FLOW[:6])),
    ),
    Feature(
        "cash_flow_volatility_365", "unsteadiness of a year's money in less money out", "近一年现金流波动", "ratio",
        "standard deviation of twelve 30-day sums / their mean; unknown unless more came in; needs 360 days of history",
        "worse", "transactions", SALES, after(360, variation(_FLOW)),
    ),
)  # fmt: skip

REFUNDS: Final = (
    *(
        Feature(
            f"refund_rate_{days}", f"share of {days} days' sales given back", f"近{days}天退款率", "share",
            f"refunds (or reversed invoices) / sales, both of {days} days", "worse", "transactions", SALES,
            _refunded(days),
        )
        for days in (30, 90, 180, 365)
    ),
    *(
        Feature(
            f"refund_count_rate_{days}", f"refunds for each sale in {days} days", f"近{days}天退款笔数占比", "share",
            f"number of refunds (or reversed invoices) / sales_count_{days}", "worse", "transactions",
            SALES, share(total("back_n", days), total("sale_n", days)),
        )
        for days in (30, 90, 365)
    ),
    Feature(
        "refund_rate_rise_90", "refund rate of 90 days against the year's", "退款率变化", "share",
        "refund_rate_90 - refund_rate_365", "worse", "transactions", SALES, _refunded(90) - _refunded(365),
    ),
    Feature(
        "refund_rate_rise_30", "refund rate of 30 days against 180 days'", "近30天退款率变化", "share",
        "refund_rate_30 - refund_rate_180", "worse", "transactions", SALES, _refunded(30) - _refunded(180),
    ),
    Feature(
        "refund_size_365", "size of an average refund against an average sale", "退款单价与客单价之比", "ratio",
        "(refunds / number of refunds) / (sales / number of sales), 365 days", None, "transactions", SALES,
        share(share(total("back_cents", 365), total("back_n", 365)),
        share(total("sale_cents", 365), total("sale_n", 365))),
    ),
)  # fmt: skip

SETTLEMENTS: Final = (
    *(
        Feature(
            f"settlement_{days}", f"money the platform paid out in {days} days", f"近{days}天结算到账", "yuan",
            f"settlements of {days} days", "better", "transactions", ("settlement",),
            yuan(total("settlement_cents", days)),
        )
        for days in (30, 90, 365)
    ),
    Feature(
        "settlement_growth_90", "growth of payments by the platform over the 90 days before", "结算到账环比（90天）",
        "share", "settlement_90 / settlements of days 90 to 179 - 1; needs 180 days of history", "better",
        "transactions", ("settlement",),
        after(180, growth(total("settlement_cents", 90), total("settlement_cents", 180, 90))),
    ),
    Feature(
        "settlement_days_90", "days with a payment by the platform", "近90天结算天数", "days",
        "days of 90 with a settlement", "better", "transactions", ("settlement",), total("settlement_days", 90),
        actionable=False,
    ),
    Feature(
        "days_since_settlement", "days since the platform last paid out", "距最近结算天数", "days",
        "day - last settlement's day; unknown if none within 455 days", "worse", "transactions", ("settlement",),
        last_age("settlement_days"), actionable=False,
    ),
    Feature(
        "open_orders", "paid by buyers and not yet paid out to the shop", "未结算订单金额", "yuan",
        "orders - refunds - settlements of the whole record, at least 0", None, "transactions", ("settlement", "order"),
        yuan(nw.max_horizontal(nw.col("open_cents"), nw.lit(0).cast(nw.Int64))),
    ),
    Feature(
        "open_orders_days", "for how many days' sales the platform has yet to pay", "未结算天数", "days",
        "open_orders x 90 / sales_net_90", None, "transactions", ("settlement", "order"),
        share(nw.max_horizontal(nw.col("open_cents"), nw.lit(0).cast(nw.Int64)) * 90, total("net_cents", 90)),
        actionable=False,
    ),
    *(
        Feature(
            f"settlement_share_{days}", f"how much of {days} days' net sales has been settled",
            f"近{days}天结算比例", "share",
            f"settlement_{days} / sales_net_{days}", None, "transactions", ("settlement", *SALES), _settled(days),
        )
        for days in (90, 365)
    ),
)  # fmt: skip

_TAKEN: Final = ("payment",)

TAKINGS: Final = (
    *(
        Feature(
            f"payment_count_{days}", f"payments taken in {days} days, where only their number is told",
            f"近{days}天收款笔数", "count", f"payments counted on the last {days} days", "better", "transactions",
            _TAKEN, millionths(total("payment_micro", days)),
        )
        for days in WINDOWS
    ),
    *(
        Feature(
            f"payment_growth_{days}", f"growth of the number of payments over the {days} days before",
            f"收款笔数环比（{days}天）", "share",
            f"payment_count_{days} / payments of days {days} to {2 * days - 1} - 1; needs {2 * days} days of history",
            "better", "transactions", _TAKEN,
            after(2 * days, growth(total("payment_micro", days), total("payment_micro", 2 * days, days))),
        )
        for days in (7, 30, 90)
    ),
    Feature(
        "payment_trend_180", "direction of six months' payments", "近180天收款趋势", "share per month",
        "slope of six 30-day sums / their mean; needs 180 days of history", "better", "transactions", _TAKEN,
        after(180, slope(months("payment_micro", 6))),
    ),
    Feature(
        "payment_volatility_90", "unsteadiness of twelve weeks' payments", "近12周收款波动", "ratio",
        "standard deviation of twelve 7-day sums / their mean; needs 84 days of history", "worse", "transactions",
        _TAKEN, after(84, variation(weeks("payment_micro", 12))),
    ),
    *(
        Feature(
            f"payment_days_{days}", f"days of {days} with at least one payment", f"近{days}天有收款天数", "days",
            f"days of the last {days} with a payment", "better", "transactions", _TAKEN, total("payment_days", days),
        )
        for days in (30, 90)
    ),
    Feature(
        "days_since_payment", "days since the last payment", "距最近收款天数", "days",
        "day - last payment's day; unknown if none within 455 days", "worse", "transactions", _TAKEN,
        last_age("payment_days"),
    ),
    Feature(
        "payment_conversion_90", "payments for each page view", "近90天访问收款转化率", "ratio",
        "payment_count_90 / visits_90", "better", "customer interaction", ("visit", "payment"),
        share(total("payment_micro", 90), total("visit_micro", 90)),
    ),
)  # fmt: skip

FLOW: Final = (*CASH, *REFUNDS, *SETTLEMENTS, *TAKINGS)
