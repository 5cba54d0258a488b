"""Features of a firm's tax invoices: what it buys, what is left, and how much of its paper is void or taken back."""

from typing import Final

import narwhals as nw

from lendmill.features.feature import (
    ISSUED,
    RECEIVED,
    Feature,
    added,
    after,
    growth,
    months,
    share,
    slope,
    variation,
    yuan,
)
from lendmill.features.sums import MONTHS, last_age, total

_BOUGHT: Final = months("bought_cents", MONTHS)
_BOTH: Final = ("invoice-out", "invoice-in")


def _every(paper: str, days: int) -> nw.Expr:
    return total(f"{paper}_done_n", days) + total(f"{paper}_back_n", days) + total(f"{paper}_void_n", days)


def _void(paper: str, days: int) -> nw.Expr:
    return share(total(f"{paper}_void_n", days), _every(paper, days))


def _void_value(days: int) -> nw.Expr:
    void = total("issued_void_cents", days)
    return share(void, void + total("issued_done_cents", days))


def _left(days: int) -> nw.Expr:
    net = total("net_cents", days)
    return share(net - total("bought_cents", days), net)


OUT: Final = (
    *(
        Feature(
            f"invoice_count_{days}", f"invoices issued in {days} days", f"近{days}天销项发票数", "count",
            f"valid issued invoices of {days} days", "better", "third party", ISSUED, total("issued_done_n", days),
        )
        for days in (90, 365)
    ),
    *(
        Feature(
            f"invoice_void_share_{days}", f"share of {days} days' issued invoices made void",
            f"近{days}天销项作废发票占比", "share",
            f"voided / all issued invoices, by number, {days} days", "worse", "third party", ISSUED,
            _void("issued", days),
        )
        for days in (90, 365)
    ),
    *(
        Feature(
            f"invoice_void_value_share_{days}", f"share of {days} days' invoiced money made void",
            f"近{days}天销项作废金额占比", "share",
            f"voided / (voided + valid), by amount, {days} days", "worse", "third party", ISSUED,
            _void_value(days),
        )
        for days in (90, 365)
    ),
    Feature(
        "invoice_void_rise_90", "issued invoices made void, 90 days against the year", "销项作废占比变化", "share",
        "invoice_void_share_90 - invoice_void_share_365", "worse", "third party", ISSUED,
        _void("issued", 90) - _void("issued", 365),
    ),
    *(
        Feature(
            f"invoice_negative_share_{days}", f"share of {days} days' issued invoices that take an earlier one back",
            f"近{days}天销项负数发票占比", "share",
            f"negative / all issued invoices, by number, {days} days", "worse", "third party", ISSUED,
            share(total("issued_back_n", days), _every("issued", days)),
        )
        for days in (90, 365)
    ),
    *(
        Feature(
            f"invoice_negative_value_share_{days}", f"share of {days} days' invoiced money taken back",
            f"近{days}天销项负数金额占比", "share",
            f"negative / valid positive, by amount, {days} days", "worse", "third party", ISSUED,
            share(total("issued_back_cents", days), total("issued_done_cents", days)),
        )
        for days in (90, 365)
    ),
)  # fmt: skip

BOUGHT: Final = (
    *(
        Feature(
            f"purchases_{days}", f"purchases in {days} days", f"近{days}天进项金额", "yuan",
            f"valid received invoices, taken-back ones deducted, {days} days", "better", "third party", RECEIVED,
            yuan(total("bought_cents", days)),
        )
        for days in (30, 90, 180, 365)
    ),
    *(
        Feature(
            f"purchase_count_{days}", f"number of purchases in {days} days", f"近{days}天进项笔数", "count",
            f"valid received invoices of {days} days", "better", "third party", RECEIVED,
            total("received_done_n", days),
        )
        for days in (90, 365)
    ),
    Feature(
        "purchase_mean_365", "size of an average purchase", "进项单笔金额", "yuan",
        "valid received invoices, by amount / by number, 365 days", None, "third party", RECEIVED,
        share(total("received_done_cents", 365), total("received_done_n", 365) * 100),
    ),
    *(
        Feature(
            f"purchase_growth_{days}", f"growth of purchases over the {days} days before", f"进项金额环比（{days}天）",
            "share",
            f"purchases_{days} / purchases of days {days} to {2 * days - 1} - 1; needs {2 * days} days of history",
            None, "third party", RECEIVED,
            after(2 * days, growth(total("bought_cents", days), total("bought_cents", 2 * days, days))),
        )
        for days in (30, 90)
    ),
    Feature(
        "purchase_growth_year", "growth of purchases over the same 90 days a year ago", "进项金额同比（90天）", "share",
        "purchases_90 / purchases of days 365 to 454 - 1; needs 455 days of history", None, "third party", RECEIVED,
        after(455, growth(total("bought_cents", 90), total("bought_cents", 455, 365))),
    ),
    Feature(
        "purchase_trend_180", "direction of six months' purchases", "近180天进项趋势", "share per month",
        "slope of six 30-day sums / their mean; needs 180 days of history", None, "third party", RECEIVED,
        after(180, slope(_BOUGHT[:6])),
    ),
    Feature(
        "purchase_volatility_365", "unsteadiness of a year's purchases", "近一年进项波动", "ratio",
        "standard deviation of twelve 30-day sums / their mean; needs 360 days of history", "worse", "third party",
        RECEIVED, after(360, variation(_BOUGHT)),
    ),
    Feature(
        "purchase_months_365", "months with at least one purchase", "近一年有进项月数", "months",
        "of twelve 30-day spans, those with a purchase", "better", "third party", RECEIVED,
        added([(month > 0).cast(nw.Int64) for month in months("received_done_n", MONTHS)]),
    ),
    *(
        Feature(
            f"purchase_void_share_{days}", f"share of {days} days' received invoices made void",
            f"近{days}天进项作废发票占比", "share",
            f"voided / all received invoices, by number, {days} days", "worse", "third party", RECEIVED,
            _void("received", days),
        )
        for days in (90, 365)
    ),
    Feature(
        "purchase_negative_share_365", "share of received invoices that take an earlier one back", "进项负数发票占比",
        "share",
        "negative / all received invoices, by number, 365 days", None, "third party", RECEIVED,
        share(total("received_back_n", 365), _every("received", 365)),
    ),
    Feature(
        "days_since_purchase", "days since the last purchase", "距最近采购天数", "days",
        "day - last valid received invoice's day; unknown if none within 455 days", "worse", "third party", RECEIVED,
        last_age("received_days"),
    ),
    *(
        Feature(
            f"margin_{days}", f"what is left of {days} days' sales after purchases", f"近{days}天毛差率", "share",
            f"(sales_net_{days} - purchases_{days}) / sales_net_{days}", "better", "third party", _BOTH, _left(days),
        )
        for days in (90, 180, 365)
    ),
    Feature(
        "margin_change_90", "what is left of sales after purchases, against the year's", "毛差率变化", "share",
        "margin_90 - margin_365", "better", "third party", _BOTH, _left(90) - _left(365),
    ),
)  # fmt: skip

PAPERS: Final = (*OUT, *BOUGHT)
