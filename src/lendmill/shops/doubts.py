"""What a look at a record finds, told in a sentence: a doubt about some of its days, or a note on what it lacks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from lendmill.money import yuan

NOTE: Final = "note"
WARNING: Final = "warning"
SERIOUS: Final = "serious"
SEVERITIES: Final = (NOTE, WARNING, SERIOUS)

SENTENCES: Final = {  # name: what it says in English and in Chinese; figures stand in braces
    "circular buyers": (
        "{share:.0%} of the sales were paid by buyers who look like one ring: {buyers}; their other shops: {shops}.",
        "{buyers} 个疑似同一团伙的买家贡献了 {share:.0%} 的销售额，另有 {shops} 家店铺出现其中的买家。",
    ),
    "bursts of orders": (
        "Orders came in bursts, in even amounts or by a handful of buyers: {orders} orders on {days} of 90 days.",
        "90 天中有 {days} 天订单异常集中，共 {orders} 单，金额接近或由少数买家下单。",
    ),
    "orders without page views": (
        "On the days of bursts there were {odds:.1f} times as many orders for each page view as on other days.",
        "爆单日的订单与访问量之比是其他日子的 {odds:.1f} 倍。",
    ),
    "bursts of five stars": (
        "{share:.0%} of the reviews came on days on which all of many reviews had five stars.",
        "{share:.0%} 的评价集中在清一色五星的日子。",
    ),
    "shared device": (
        "Other shops signed in to from one of this shop's devices: {shops}.",
        "另有 {shops} 家店铺在本店的同一设备上登录。",
    ),
    "repeated rows": (
        "{share:.1%} of orders, refunds and invoices stand there twice: same second, same partner, same sum.",
        "{share:.1%} 的订单、退款和发票重复：时间、对方和金额完全相同。",
    ),
    "refunds over orders": (
        "{this} yuan were given back in 90 days, and all orders of 180 days come to {against} yuan.",
        "90 天退款 {this} 元，而 180 天的订单总额为 {against} 元。",
    ),
    "a buyer's refunds over their orders": (
        "Buyers who got more money back in 90 days than they paid in 180: {this}.",
        "{this} 个买家 90 天内的退款多于其 180 天内的付款。",
    ),
    "settlements over orders": (
        "The platform settled {this} yuan in 90 days, and all orders of 180 days come to {against} yuan.",
        "90 天平台结算 {this} 元，而 180 天的订单总额为 {against} 元。",
    ),
    "reviews over orders": (
        "There are more reviews in 90 days ({this}) than orders in 180 ({against}).",
        "90 天有 {this} 条评价，而 180 天只有 {against} 笔订单。",
    ),
    "disputes over orders": (
        "There are more disputes in 90 days ({this}) than orders in 180 ({against}).",
        "90 天有 {this} 起纠纷，而 180 天只有 {against} 笔订单。",
    ),
    "orders over page views": (
        "There are more orders in 90 days ({this}) than page views ({against}).",
        "90 天有 {this} 笔订单，而访问量只有 {against} 次。",
    ),
    "sales before the firm was registered": (
        "The record's first sale came before the firm was registered, by so many days or more: {this}.",
        "首笔销售至少早于企业登记日 {this} 天。",
    ),
    "gap": (
        "No sale for {days} days, though this shop sells on {rhythm:.0%} of days.",
        "连续 {days} 天没有销售，而本店 {rhythm:.0%} 的日子都有销售。",
    ),
    "outage": (
        "The source told of no {kind} of any shop; days on end: {days}.",
        "数据源连续 {days} 天没有任何店铺的 {kind} 记录。",
    ),
    "stale source": ("The source has told of nothing for {days} days.", "数据源已有 {days} 天没有更新。"),
    "rejected rows": (
        "{share:.1%} of the source's rows could not be read; rows: {rows}.",
        "数据源有 {share:.1%} 的行无法读取，共 {rows} 行。",
    ),
    "rows told again": (
        "{share:.0%} of the source's rows had been told before.",
        "数据源有 {share:.0%} 的行是重复提供的。",
    ),
    "sources of one id": (
        "{sources} tell of the same rows under one id and say different things; rows: {rows}. The last word holds.",
        "{sources} 以同一编号提供了内容不同的记录，共 {rows} 行；以最后提供的为准。",
    ),
    "days beyond bounds": (
        "Days on which the {kind} rows come to more than any shop can have: {days}. Features stop at the bound.",
        "{kind} 记录有 {days} 天的合计超出任何店铺的可能范围；特征计算时按上限截断。",
    ),
    "days that had not come": (
        "A file received on {received} told of days up to {told}.",
        "{received} 收到的文件包含截至 {told} 的未来日期。",
    ),
    "short record": ("The record is {days} days long.", "记录仅有 {days} 天。"),
}  # fmt: skip
MONEY: Final = ("refunds over orders", "settlements over orders")


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing found about a shop's record: how grave, which days it is about, and the figures it rests on."""

    shop_key: str
    name: str
    severity: str
    from_on: date | None
    to_on: date | None
    figures: dict[str, object]
    source: str | None = None

    def sentence(self, language: str = "en") -> str:
        """The doubt in words, in English or Chinese."""
        english, chinese = SENTENCES[self.name]
        figures = dict(self.figures)
        if self.name in MONEY:
            figures = {name: yuan(cents) for name, cents in figures.items() if isinstance(cents, int)}
        return (chinese if language.startswith("zh") else english).format(**figures)


def gravest_first(doubts: Iterable[Doubt]) -> list[Doubt]:
    """Doubts in the order a reader wants them: the serious before notes, the latest days first."""
    return sorted(
        doubts,
        key=lambda doubt: (
            doubt.shop_key, -SEVERITIES.index(doubt.severity), -(doubt.to_on or date.min).toordinal(),
            list(SENTENCES).index(doubt.name), doubt.source or "", -(doubt.from_on or date.min).toordinal(),
        ),
    )  # fmt: skip
