"""Features of how far the record itself can be trusted: gaps, repetitions, impossible figures and signs of brushing."""

from typing import Final

import narwhals as nw

from lendmill.features.feature import Direction, Feature

SIGNS: Final = (
    ("trust_share", "how far the shop's record can be trusted", "记录可信度", "0 to 1", "better"),
    ("brushing_ring_share_90", "share of 90 days' orders within small rings of buyers (刷单)", "环形买家订单占比",
     "share", "worse"),
    ("brushing_burst_days_90", "days of 90 with a burst of orders of even amounts (刷单)", "异常爆单天数", "days",
     "worse"),
    ("shared_device_shops", "other shops run from the same devices", "同设备登录店铺数", "count", "worse"),
    ("five_star_burst_share_90", "share of 90 days' reviews in bursts of five stars", "五星评价爆发占比", "share",
     "worse"),
    ("orders_per_visit_odds_90", "orders for each page view against the market's usual", "订单访问比偏离", "ratio",
     "worse"),
    ("duplicate_share", "share of the sources' rows that repeat others", "重复记录占比", "share", "worse"),
    ("impossible_count", "figures that cannot be: a refund above its sale, an order before its day",
     "不可能数值条数", "count", "worse"),
    ("gap_days_90", "days of 90 on which the sources were silent against the shop's own rhythm", "数据缺口天数",
     "days", "worse"),
    ("source_stale_days", "days since the sources last delivered anything", "数据滞后天数", "days", "worse"),
)  # fmt: skip
_DIRECTION: Final[dict[str, Direction]] = {"better": "better", "worse": "worse"}
SIGN_NAMES: Final = tuple(name for name, *_ in SIGNS)

TRUST: Final = tuple(
    Feature(
        name, meaning, meaning_zh, unit, "from the record's signs of trust: see its page of findings",
        _DIRECTION[higher_is], "identity and registration", (), nw.col(name), not_for=("reason",), actionable=False,
    )
    for name, meaning, meaning_zh, unit, higher_is in SIGNS
)  # fmt: skip
