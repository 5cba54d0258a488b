"""What features are about, so that four reasons are four different things, and what a seller can do about each."""

from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Final


@dataclass(frozen=True)
class Theme:
    """A subject several features measure, by the beginnings of their names, and what helps, in both languages.

    `up_to` is the figure that following the advice can be expected to bring a shop to.
    """

    key: str
    starts: tuple[str, ...]
    en: str
    zh: str
    up_to: float = inf

    def reaches(self, least: float | None) -> bool:
        """Whether following the advice can bring a figure to a better range that begins at `least`."""
        return least is None or least <= self.up_to

    def advice(self, language: str) -> str:
        """What helps, in a language."""
        return self.zh if language.startswith("zh") else self.en


THEMES: Final = (
    Theme(
        "sales",
        ("sales_net", "sales_monthly", "sales_count", "sale_mean", "sales_", "sale_", "payment_count"),
        "Sales through the channels you share with us count; connect those that are missing.",
        "已授权渠道的销售均会计入；如有未接入的销售渠道，请补充授权。",
    ),
    Theme(
        "growth",
        ("sales_growth", "sales_trend", "sales_season", "payment_growth", "payment_trend"),
        "A few months of level or rising sales change this.",
        "连续数月销售保持平稳或上升，即可改善。",
        up_to=0.1,
    ),
    Theme(
        "steadiness",
        (
            "sales_volatility",
            "sale_days",
            "sale_months",
            "sale_gap",
            "days_since_sale",
            "payment_volatility",
            "payment_days",
            "days_since_payment",
        ),
        "Selling on more days and in every month helps; keep the shop stocked and open.",
        "保持店铺有货、持续营业，让每月都有稳定成交，有助于改善。",
    ),
    Theme(
        "true-sales",
        (
            "sale_burst",
            "customer_top5",
            "brushing",
            "trust",
            "five_star",
            "orders_per_visit",
            "duplicate",
            "impossible",
        ),
        "Orders placed to lift the numbers (brushing) lower a rating; real orders from many buyers raise it.",
        "刷单会降低评级；来自不同买家的真实订单会提高评级。",
    ),
    Theme(
        "cash",
        ("cash_",),
        "Buy and advertise in step with what you sell, so that each month more comes in than goes out.",
        "采购与推广与销售节奏相匹配，使每月流入大于流出。",
    ),
    Theme(
        "margin",
        ("margin",),
        "Check which goods sell below what they cost you, with all costs counted.",
        "核算各商品的全部成本，减少亏本销售。",
    ),
    Theme(
        "refunds",
        ("refund",),
        "Describe goods exactly, check them before sending, and send on time: fewer come back.",
        "如实描述商品、发货前检查、按时发货，可减少退款退货。",
    ),
    Theme(
        "cancellations",
        ("order_cancelled",),
        "Offer only what is in stock and can be sent: fewer orders are cancelled.",
        "仅上架有货且能及时发出的商品，可减少订单取消。",
    ),
    Theme(
        "settlements",
        ("settlement", "open_orders", "days_since_settlement"),
        "Have the platform pay out to the account you share with us, without long waits.",
        "请使用已授权账户接收平台结算款，并及时完成结算。",
    ),
    Theme(
        "buyers",
        ("customers_", "customer_again", "customer_new", "customer_growth", "customer_kept", "sales_per_customer"),
        "Win new buyers and give those you have a reason to come back.",
        "拓展新客户，并让老客户愿意回购。",
    ),
    Theme(
        "few-buyers",
        ("customer_hhi", "customer_top_share"),
        "Sell to more buyers, so that losing one does not stop the shop.",
        "分散客户来源，避免过度依赖少数客户。",
    ),
    Theme(
        "visitors",
        ("visit", "conversion", "payment_conversion"),
        "Better pictures, titles and prices bring visitors and turn them into buyers.",
        "优化图片、标题与价格，提升访问量与转化率。",
    ),
    Theme(
        "favourites",
        ("favourite",),
        "Ask buyers to follow the shop, and give them news worth following.",
        "引导买家收藏店铺，并持续更新内容。",
    ),
    Theme(
        "reviews",
        ("review",),
        "Answer low reviews, put right what they name, and ask satisfied buyers for theirs.",
        "及时回应差评并改进问题，邀请满意的买家评价。",
    ),
    Theme(
        "disputes",
        ("dispute", "days_since_dispute"),
        "Settle complaints with the buyer before the platform has to.",
        "在平台介入前与买家协商解决纠纷。",
    ),
    Theme(
        "messages",
        ("message",),
        "Answer buyers' messages on the day they come.",
        "当天回复买家消息。",
    ),
    Theme(
        "advertising",
        ("advertising", "days_since_advertising"),
        "Spend on what sells: stop advertisements that bring visitors and no orders.",
        "将推广费用于能带来成交的渠道，停止无效投放。",
    ),
    Theme(
        "presence",
        ("login", "days_since_login"),
        "Look after the shop on most days of the week.",
        "保持每周多日登录并打理店铺。",
    ),
    Theme(
        "access",
        ("login_device", "login_place", "login_new", "login_main", "shared_device"),
        "Manage the shop from the same few devices and places, and let nobody else use your account.",
        "使用固定设备和地点管理店铺，不要将账号借给他人。",
    ),
    Theme(
        "community",
        ("community", "days_since_community"),
        "Taking part in the sellers' community counts.",
        "积极参与商家社区交流会计入评级。",
    ),
    Theme(
        "invoices",
        ("invoice", "purchase_void", "purchase_negative"),
        "Make invoices out correctly the first time; each void or taken-back one counts.",
        "规范开票，减少作废与红冲发票。",
    ),
    Theme(
        "purchases",
        ("purchase", "days_since_purchase"),
        "Buy regularly, on invoices made out to your business.",
        "保持规律采购，并以本企业名义取得发票。",
    ),
    Theme(
        "suppliers",
        ("supplier",),
        "Have more than one supplier for what you sell most.",
        "主要商品应有多家供应商。",
    ),
    Theme(
        "taxes",
        ("tax", "days_since_tax"),
        "File on time, and declare what you sell.",
        "按时申报纳税，如实申报销售额。",
    ),
    Theme(
        "customs",
        ("customs", "days_since_customs"),
        "Declare in your own name, and share your customs record.",
        "以本企业名义报关，并授权查询海关记录。",
    ),
    Theme(
        "debts",
        ("bureau", "house_"),
        "Pay every debt on its day, and apply for credit only when you need it.",
        "按期偿还各项债务，非必要不频繁申请贷款。",
    ),
    Theme(
        "registration",
        ("registry", "history"),
        "Keep the business registry up to date, and settle open court matters.",
        "及时更新工商登记信息，尽快了结涉诉事项。",
    ),
    Theme(
        "statements",
        ("stated",),
        "State your figures as your books have them; what does not match the record can be explained to us.",
        "按账簿如实填报；与经营记录不一致之处可向我们说明。",
    ),
    Theme(
        "questionnaire",
        ("questionnaire",),
        "The questionnaire can be answered anew later; take your time and answer for yourself.",
        "问卷可在之后重新作答，请本人从容、如实填写。",
    ),
    Theme(
        "sources",
        ("gap_days", "source"),
        "Keep your shop connected without gaps, so that the record is whole.",
        "保持店铺数据持续授权，避免记录中断。",
    ),
)
OTHER: Final = Theme(
    "other",
    (),
    "Ask us if this figure looks wrong to you.",
    "如对该数据有疑问，可联系我们核实。",
)


@lru_cache(maxsize=1024)
def theme_of(feature: str) -> Theme:
    """The subject of a feature: the one whose beginning fits the most of its name.

    >>> theme_of("refund_rate_90").key, theme_of("sales_growth_30").key, theme_of("sales_net_30").key
    ('refunds', 'growth', 'sales')
    """
    fits = [(len(start), theme) for theme in THEMES for start in theme.starts if feature.startswith(start)]
    return max(fits, key=lambda fit: fit[0])[1] if fits else OTHER
