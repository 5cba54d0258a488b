"""Features of what a seller says: stated figures, how close they come to the record, and the questionnaire."""

from collections.abc import Mapping
from typing import Final

import narwhals as nw
import polars as pl

from lendmill.features.feature import SALES, Direction, Feature, Use, closeness, millionths, share, yuan
from lendmill.features.partners import party
from lendmill.features.sums import MICRO, total
from lendmill.features.words import said_age, said_cents, said_number

_NEEDS: Final = ("stated",)
_PRIVATE: Final[tuple[Use, ...]] = ("public index",)
_SALES: Final = said_cents("stated", "sales_year")
_COST: Final = said_cents("stated", "cost_year")
_ASSETS: Final = said_cents("stated", "assets")


def _stated(
    name: str, meaning: str, meaning_zh: str, unit: str, formula: str, higher_is: Direction | None, value: nw.Expr
) -> Feature:
    return Feature(
        f"stated_{name}", meaning, meaning_zh, unit, formula, higher_is, "soft information", _NEEDS, value,
        not_for=_PRIVATE,
    )  # fmt: skip


FIGURES: Final = (
    _stated("sales_year", "a year's sales as the seller states them", "自报年销售额", "yuan",
            "latest statement known", "better", yuan(_SALES)),
    _stated("margin", "what the seller says is left of sales after cost", "自报毛利率", "share",
            "(stated sales - stated cost) / stated sales", "better", share(_SALES - _COST, _SALES)),
    _stated("net_margin", "net margin as the seller states it", "自报净利率", "share", "latest statement known",
            "better", said_number("stated", "net_margin")),
    _stated("debt_share", "stated liabilities for each yuan of stated assets", "自报资产负债率", "ratio",
            "stated liabilities / stated assets", "worse", share(said_cents("stated", "liabilities"), _ASSETS)),
    _stated("assets_to_sales", "stated assets against a year's stated sales", "自报资产与销售之比", "ratio",
            "stated assets / stated sales", None, share(_ASSETS, _SALES)),
    _stated("inventory_days", "for how many days' cost the stated stock lasts", "自报存货周转天数", "days",
            "stated inventory x 365 / stated cost", "worse", share(said_cents("stated", "inventory") * 365, _COST)),
    _stated("receivable_days", "for how many days' sales customers have yet to pay", "自报应收账款天数", "days",
            "stated receivables x 365 / stated sales", "worse",
            share(said_cents("stated", "receivables") * 365, _SALES)),
    _stated("platform_share", "share of sales the seller says it makes on the platform", "自报平台销售占比", "share",
            "latest statement known", None, said_number("stated", "platform_share")),
    _stated("top1_share", "the largest customer's share as stated", "自报第一大客户占比", "share",
            "latest statement known", "worse", said_number("stated", "top1_share")),
    _stated("top1_years", "years with the largest customer as stated", "自报第一大客户合作年限", "years",
            "latest statement known", "better", said_number("stated", "top1_years")),
    _stated("top2_share", "the second customer's share as stated", "自报第二大客户占比", "share",
            "latest statement known", "worse", said_number("stated", "top2_share")),
    _stated("top2_years", "years with the second customer as stated", "自报第二大客户合作年限", "years",
            "latest statement known", "better", said_number("stated", "top2_years")),
    _stated("days", "days since the seller's latest statement", "自报数据距今天数", "days",
            "day - latest statement's day", None, said_age("stated")),
)  # fmt: skip

# Below this share of sales on the platform any figure could be made to fit what is seen: nothing is compared.
ON_PLATFORM_MIN_SHARE: Final = 0.05
_SAID_SHARE: Final = said_number("stated", "platform_share").fill_null(1.0)
_ON_PLATFORM: Final = _SALES * nw.when(_SAID_SHARE >= ON_PLATFORM_MIN_SHARE).then(_SAID_SHARE)
_SEEN: Final = total("net_cents", 365).cast(nw.Float64)

CLOSENESS: Final = (
    Feature(
        "stated_sales_closeness", "how close stated sales are to those we see", "自报与实际销售吻合度", "0 to 1",
        "the smaller of (stated sales x stated platform share, 1 if not stated) and sales_net_365 / the larger; 0 "
        "where sales_net_365 is below 0; unknown for a stated share below 0.05",
        "better", "identity and registration", ("stated", *SALES),
        nw.when((_SEEN < 0) & ~_SALES.is_null()).then(nw.lit(0.0)).otherwise(closeness(_ON_PLATFORM, _SEEN)),
        not_for=_PRIVATE,
    ),
    Feature(
        "stated_sales_excess", "by how much stated sales exceed those we see", "自报销售高出比例", "share",
        "stated sales x stated platform share (1 if not stated; unknown below 0.05) / sales_net_365 - 1", "worse",
        "identity and registration", ("stated", *SALES),
        share(_ON_PLATFORM, total("net_cents", 365)) - 1, not_for=_PRIVATE,
    ),
    Feature(
        "stated_cost_closeness", "how close stated cost is to the purchases we see", "自报成本与进项吻合度", "0 to 1",
        "the smaller of stated cost and purchases_365 / the larger", "better", "identity and registration",
        ("stated", "invoice-in"), closeness(_COST, total("bought_cents", 365)), not_for=_PRIVATE,
    ),
    Feature(
        "stated_top1_difference", "how far the largest customer's stated share is from what we see",
        "自报第一大客户占比偏差", "share", "|stated share of the largest customer - customer_top_share_365|", "worse",
        "identity and registration", ("stated", *SALES),
        (said_number("stated", "top1_share") - millionths(party("customer", "top_micro_365"))).abs(),
        not_for=_PRIVATE,
    ),
    Feature(
        "stated_tax_closeness", "how close stated sales are to those declared for tax", "自报与申报销售吻合度",
        "0 to 1", "the smaller of stated sales and tax_declared_365 / the larger", "better",
        "identity and registration", ("stated", "tax"), closeness(_SALES, total("tax_vat_cents", 365)),
        not_for=_PRIVATE,
    ),
    Feature(
        "stated_debt_closeness", "how stated liabilities compare with what the bureau knows is owed",
        "自报负债与征信之比", "ratio", "stated liabilities / bureau_open_balance, at most 1", "better",
        "identity and registration", ("stated", "bureau"),
        nw.when(share(said_cents("stated", "liabilities"), said_cents("bureau", "open_balance")) > 1)
        .then(nw.lit(1.0))
        .otherwise(share(said_cents("stated", "liabilities"), said_cents("bureau", "open_balance"))),
        not_for=_PRIVATE,
    ),
)  # fmt: skip

_SEEN_AS: Final = {  # the sums that a statement is held against: the feature that tells each, and its parts in one
    "net_cents 0 to 365": ("sales_net_365", 100),
    "bought_cents 0 to 365": ("purchases_365", 100),
    "tax_vat_cents 0 to 365": ("tax_declared_365", 100),
    "said bureau open_balance": ("bureau_open_balance", 100),
    "customer top_micro_365": ("customer_top_share_365", MICRO),
}

_MOST: Final = 1e18


def as_stated(said: Mapping[str, int | None], days: int, facts: Mapping[str, float | None]) -> dict[str, float | None]:
    """What these features of one shop are once a statement is part of its record, from the other features of the day.

    `said` are the figures by their subject, in cents and millionths; `days` is how long ago they were stated.
    """
    columns: dict[str, int | None] = {f"said stated {subject}": figure for subject, figure in said.items()}
    columns["said stated age"] = days
    for name, (fact, parts) in _SEEN_AS.items():
        known = facts.get(fact)
        columns[name] = None if known is None else round(max(-_MOST, min(known * parts, _MOST)))
    shop = nw.from_native(pl.DataFrame([columns], schema=dict.fromkeys(columns, pl.Int64)))
    told = shop.select(each.value.cast(nw.Float64).alias(each.name) for each in (*FIGURES, *CLOSENESS))
    return dict(told.rows(named=True)[0])


_PSYCHE: Final[tuple[Use, ...]] = ("reason", "fairness", "public index")


def _index(
    subject: str, meaning: str, meaning_zh: str, higher_is: Direction | None, protected: bool = False
) -> Feature:
    return Feature(
        f"questionnaire_{subject}", meaning, meaning_zh, "index", "as the latest finished questionnaire says",
        higher_is, "psychometrics", ("questionnaire",), said_number("questionnaire", subject), not_for=_PSYCHE,
        actionable=False, protected=protected,
    )  # fmt: skip


QUESTIONNAIRE: Final = (
    _index("conscientiousness", "conscientiousness", "尽责性", "better"),
    _index("emotional_stability", "emotional stability; too close to health to be told or acted on", "情绪稳定性",
           None, protected=True),
    _index("prudence", "prudence in set situations", "审慎", "better"),
    _index("locus_of_control", "how far success is thought to lie in one's own hands", "内控倾向", "better"),
    _index("integrity", "integrity in set situations", "诚信倾向", "better"),
    _index("impression", "how far answers paint a picture too good", "印象管理", "worse"),
    _index("consistency", "how well answers to like questions agree", "作答一致性", "better"),
    _index("concealment", "how far answers conceal", "隐瞒倾向", "worse"),
    _index("seconds_median", "seconds an average answer took", "作答中位时长（秒）", None),
    Feature(
        "questionnaire_days", "days since the questionnaire", "问卷距今天数", "days",
        "day - latest finished questionnaire's day", None, "psychometrics", ("questionnaire",),
        said_age("questionnaire"), not_for=_PSYCHE, actionable=False,
    ),
)  # fmt: skip

STATED: Final = (*FIGURES, *CLOSENESS, *QUESTIONNAIRE)
