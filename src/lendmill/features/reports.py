"""Features of what others report of a shop: customs, the tax office, the credit bureau and the business registry."""

from typing import Final

import narwhals as nw

from lendmill.features.feature import Block, Direction, Feature, Use, after, closeness, growth, millionths, share, yuan
from lendmill.features.partners import party
from lendmill.features.sums import last_age, total
from lendmill.features.words import said_age, said_cents, said_number

_CUSTOMS: Final = ("customs",)
_TAX: Final = ("tax",)
_PRIVATE: Final[tuple[Use, ...]] = ("public index",)
_THIRD: Final[Block] = "third party"

CUSTOMS: Final = (
    *(
        Feature(
            f"customs_{way}_{days}", f"declared {way}s in {days} days", f"近{days}天{zh}报关金额", "yuan",
            f"customs declarations of {way}s, {days} days", "better", _THIRD, _CUSTOMS,
            yuan(total(f"customs_{way}_cents", days)), not_for=_PRIVATE,
        )
        for way, zh in (("export", "出口"), ("import", "进口"))
        for days in (90, 365)
    ),
    Feature(
        "customs_count_365", "customs declarations in a year", "近一年报关单数", "count",
        "customs declarations of 365 days", "better", _THIRD, _CUSTOMS, total("customs_n", 365), not_for=_PRIVATE,
    ),
    Feature(
        "customs_export_growth_90", "growth of declared exports over the 90 days before", "出口环比（90天）", "share",
        "customs_export_90 / exports of days 90 to 179 - 1; needs 180 days of history", "better", _THIRD, _CUSTOMS,
        after(180, growth(total("customs_export_cents", 90), total("customs_export_cents", 180, 90))),
        not_for=_PRIVATE,
    ),
    Feature(
        "customs_export_share_365", "declared exports for each yuan sold", "出口占销售比例", "ratio",
        "customs_export_365 / sales_net_365", None, _THIRD, ("customs", "order|invoice-out"),
        share(total("customs_export_cents", 365), total("net_cents", 365)), not_for=_PRIVATE, actionable=False,
    ),
    Feature(
        "customs_partners_365", "different partners abroad in a year", "近一年境外伙伴数", "count",
        "distinct counterparties of customs declarations, 365 days", "better", "soft information", _CUSTOMS,
        party("abroad", "count_365"), not_for=_PRIVATE,
    ),
    Feature(
        "days_since_customs", "days since the last customs declaration", "距最近报关天数", "days",
        "day - last declaration's day; unknown if none within 455 days", None, _THIRD, _CUSTOMS,
        last_age("customs_days"), not_for=_PRIVATE,
    ),
)  # fmt: skip

TAX: Final = (
    *(
        Feature(
            f"tax_declared_{days}", f"sales declared for value-added tax in {days} days",
            f"近{days}天增值税申报销售额", "yuan",
            f"declared sales of the VAT filings of {days} days", "better", _THIRD, _TAX,
            yuan(total("tax_vat_cents", days)), not_for=_PRIVATE,
        )
        for days in (180, 365)
    ),
    Feature(
        "tax_declared_growth_180", "growth of declared sales over the 180 days before", "申报销售额环比（180天）",
        "share", "tax_declared_180 / declared sales of days 180 to 359 - 1; needs 360 days of history", "better",
        _THIRD, _TAX, after(360, growth(total("tax_vat_cents", 180), total("tax_vat_cents", 360, 180))),
        not_for=_PRIVATE,
    ),
    Feature(
        "tax_declared_closeness_365", "how close declared sales are to those we see", "申报与实际销售吻合度",
        "0 to 1", "the smaller of tax_declared_365 and sales_net_365 / the larger", "better", _THIRD,
        ("tax", "order|invoice-out"), closeness(total("tax_vat_cents", 365), total("net_cents", 365)),
        not_for=_PRIVATE,
    ),
    Feature(
        "tax_filings_365", "tax filings in a year", "近一年纳税申报次数", "count", "tax filings of 365 days", "better",
        _THIRD, _TAX, total("tax_filed_n", 365), not_for=_PRIVATE,
    ),
    Feature(
        "tax_late_share_365", "share of a year's tax filings that came late", "近一年逾期申报占比", "share",
        "late filings / filings, 365 days", "worse", _THIRD, _TAX,
        share(total("tax_late_n", 365), total("tax_filed_n", 365)), not_for=_PRIVATE,
    ),
    Feature(
        "tax_late_days_mean_365", "days an average tax filing came late", "近一年平均逾期申报天数", "days",
        "days late / filings, 365 days", "worse", _THIRD, _TAX,
        share(millionths(total("tax_late_micro", 365)), total("tax_filed_n", 365)), not_for=_PRIVATE,
    ),
    Feature(
        "tax_grade", "the tax office's grade: 5 is A, 1 is D", "纳税信用等级", "1 to 5", "the latest grade known",
        "better", _THIRD, _TAX, said_number("tax", "grade"),
    ),
    Feature(
        "days_since_tax", "days since the last tax filing", "距最近申报天数", "days",
        "day - last filing's day; unknown if none within 455 days", "worse", _THIRD, _TAX, last_age("tax_days"),
        not_for=_PRIVATE,
    ),
)  # fmt: skip


def _reported(
    kind: str, subject: str, meaning: str, meaning_zh: str, unit: str, higher_is: Direction | None,
    value: nw.Expr, *, actionable: bool = True,
) -> Feature:  # fmt: skip
    """A figure of the latest report, as it stands there."""
    where = "credit report" if kind == "bureau" else "registry extract"
    return Feature(
        f"{kind}_{subject}", meaning, meaning_zh, unit, f"as the latest {where} known says", higher_is, _THIRD,
        (kind,), value, not_for=_PRIVATE if kind == "bureau" else (), actionable=actionable,
    )  # fmt: skip


_BALANCE: Final = said_cents("bureau", "open_balance")
_CAPITAL: Final = said_cents("registry", "registered_capital")

BUREAU: Final = (
    _reported("bureau", "open_loans", "loans open elsewhere", "征信：未结清贷款笔数", "count", "worse",
              said_number("bureau", "open_loans")),
    _reported("bureau", "open_balance", "owed elsewhere", "征信：未结清贷款余额", "yuan", "worse", yuan(_BALANCE)),
    _reported("bureau", "late_days_worst", "the worst lateness on any loan, in days", "征信：最长逾期天数", "days",
              "worse", said_number("bureau", "late_days_worst")),
    _reported("bureau", "enquiries_90", "enquiries by lenders in 90 days", "征信：近90天查询次数", "count", "worse",
              said_number("bureau", "enquiries_90")),
    _reported("bureau", "score", "the bureau's own score", "征信评分", "points", "better",
              said_number("bureau", "score"), actionable=False),
    _reported("bureau", "years_known", "years the bureau has known the seller", "征信记录年限", "years", "better",
              said_number("bureau", "years_known"), actionable=False),
    Feature(
        "bureau_balance_to_sales", "owed elsewhere against a year's net sales", "征信余额与年销售之比", "ratio",
        "bureau_open_balance / sales_net_365", "worse", _THIRD, ("bureau", "order|invoice-out"),
        share(_BALANCE, total("net_cents", 365)), not_for=_PRIVATE,
    ),
    Feature(
        "bureau_report_days", "days since the credit report", "征信报告距今天数", "days",
        "day - latest credit report's day", None, _THIRD, ("bureau",), said_age("bureau"), not_for=_PRIVATE,
        actionable=False,
    ),
)  # fmt: skip

REGISTRY: Final = (
    _reported("registry", "registered_capital", "registered capital", "注册资本", "yuan", "better", yuan(_CAPITAL),
              actionable=False),
    _reported("registry", "active", "whether the business is registered as active", "登记状态（在业）", "1 or 0",
              "better", said_number("registry", "active")),
    _reported("registry", "years_registered", "years since registration", "登记年限", "years", "better",
              said_number("registry", "years_registered"), actionable=False),
    _reported("registry", "legal_cases", "law suits", "涉诉案件数", "count", "worse",
              said_number("registry", "legal_cases")),
    _reported("registry", "enforcement", "on the list of debtors who do not comply (失信)", "失信被执行", "1 or 0",
              "worse", said_number("registry", "enforcement")),
    Feature(
        "registry_capital_to_sales", "registered capital against a year's net sales", "注册资本与年销售之比", "ratio",
        "registry_registered_capital / sales_net_365", None, _THIRD, ("registry", "order|invoice-out"),
        share(_CAPITAL, total("net_cents", 365)), actionable=False,
    ),
    Feature(
        "registry_extract_days", "days since the registry extract", "工商信息距今天数", "days",
        "day - latest registry extract's day", None, _THIRD, ("registry",), said_age("registry"), actionable=False,
    ),
)  # fmt: skip

REPORTS: Final = (*CUSTOMS, *TAX, *BUREAU, *REGISTRY)
