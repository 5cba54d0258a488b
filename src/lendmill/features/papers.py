"""Features of a firm's tax invoices: what it buys, what is left, and how much of its paper is void or taken back."""

from typing import Final

import polars as pl

from lendmill.features.feature import ISSUED, RECEIVED, Feature, after, growth, millionths, over, share, yuan


def _issued(status: str, figure: str, days: int = 365) -> pl.Expr:
    return pl.col(f"invoice-out {status} {figure}_{days}")


def _received(status: str, figure: str, days: int = 365) -> pl.Expr:
    return pl.col(f"invoice-in {status} {figure}_{days}")


def _every(of: str, days: int = 365) -> pl.Expr:
    one = _issued if of == "issued" else _received
    return one("done", "n", days) + one("reversal", "n", days) + one("void", "n", days)


PAPERS: Final = (
    Feature(
        "invoice_void_share_365", "share of issued invoices made void", "销项作废发票占比", "share",
        "voided / all issued invoices, by number, 365 days", "worse", "third party", ISSUED,
        share(_issued("void", "n"), _every("issued")),
    ),
    Feature(
        "invoice_void_value_share_365", "share of invoiced money made void", "销项作废金额占比", "share",
        "voided / (voided + valid), by amount, 365 days", "worse", "third party", ISSUED,
        share(_issued("void", "cents"), _issued("void", "cents") + _issued("done", "cents")),
    ),
    Feature(
        "invoice_void_share_90", "share of issued invoices made void lately", "近90天销项作废占比", "share",
        "voided / all issued invoices, by number, 90 days", "worse", "third party", ISSUED,
        share(_issued("void", "n", 90), _every("issued", 90)),
    ),
    Feature(
        "invoice_negative_share_365", "share of issued invoices that take an earlier one back", "销项负数发票占比",
        "share",
        "negative / all issued invoices, by number, 365 days", "worse", "third party", ISSUED,
        share(_issued("reversal", "n"), _every("issued")),
    ),
    Feature(
        "invoice_negative_value_share_365", "share of invoiced money taken back", "销项负数金额占比", "share",
        "negative / valid positive, by amount, 365 days", "worse", "third party", ISSUED,
        share(_issued("reversal", "cents"), _issued("done", "cents")),
    ),
    Feature(
        "purchases_90", "purchases in 90 days", "近90天进项金额", "yuan",
        "valid received invoices, taken-back ones deducted, 90 days", "better", "third party", RECEIVED,
        yuan(pl.col("bought_cents_90")),
    ),
    Feature(
        "purchases_365", "purchases in a year", "近一年进项金额", "yuan",
        "valid received invoices, taken-back ones deducted, 365 days", "better", "third party", RECEIVED,
        yuan(pl.col("bought_cents_365")),
    ),
    Feature(
        "purchase_count_365", "number of purchases in a year", "近一年进项笔数", "count",
        "valid received invoices of 365 days", "better", "third party", RECEIVED, pl.col("bought_n_365"),
    ),
    Feature(
        "purchase_growth_90", "growth of purchases over the 90 days before", "进项金额环比（90天）", "share",
        "purchases_90 / purchases of days 90 to 179 - 1; needs 180 days of history", None, "third party", RECEIVED,
        after(180, growth(pl.col("bought_cents_90"), pl.col("bought_cents_before_90"))),
    ),
    Feature(
        "purchase_void_share_365", "share of received invoices made void", "进项作废发票占比", "share",
        "voided / all received invoices, by number, 365 days", "worse", "third party", RECEIVED,
        share(_received("void", "n"), _every("received")),
    ),
    Feature(
        "purchase_negative_share_365", "share of received invoices that take an earlier one back", "进项负数发票占比",
        "share",
        "negative / all received invoices, by number, 365 days", None, "third party", RECEIVED,
        share(_received("reversal", "n"), _every("received")),
    ),
    Feature(
        "days_since_purchase", "days since the last purchase", "距最近采购天数", "days",
        "day - last valid received invoice's day; unknown if none within 455 days", "worse", "third party", RECEIVED,
        pl.col("last_purchase_age"),
    ),
    Feature(
        "margin_365", "what is left of sales after purchases", "近一年毛差率", "share",
        "(sales_net_365 - purchases_365) / sales_net_365", "better", "third party", ("invoice-out", "invoice-in"),
        share(pl.col("net_cents_365") - pl.col("bought_cents_365"), pl.col("net_cents_365")),
    ),
    Feature(
        "suppliers_365", "different suppliers in a year", "近一年供应商数", "count",
        "distinct counterparties of purchases", "better", "soft information", RECEIVED,
        pl.col("suppliers_365").fill_null(0),
    ),
    Feature(
        "supplier_hhi_365", "dependence on few suppliers", "供应商集中度（HHI）", "0 to 1",
        "sum of squared shares of a year's purchases by supplier", "worse", "soft information", RECEIVED,
        over(millionths("supplier_hhi_pico"), 1_000_000),
    ),
    Feature(
        "supplier_top_share_365", "the largest supplier's share", "最大供应商占比", "share",
        "largest supplier's purchases / all purchases, 365 days", "worse", "soft information", RECEIVED,
        millionths("supplier_top_micro"),
    ),
)  # fmt: skip
