"""How a figure is said in a sentence, for what sellers ask about most; the others are said by their meaning."""

import re
from typing import Final

from lendmill.features.feature import Feature
from lendmill.rating.telling.figures import zh

# By the feature's name without its days: the sentence with its figure, in English and in Chinese.
CLAUSES: Final[dict[str, tuple[str, str]]] = {
    "sales_net": ("You sold {figure} net{over}", "{over}净销售额为{figure}"),
    "sales_monthly_mean": ("You sell {figure} net in an average month", "月均净销售额为{figure}"),
    "sales_count": ("You made {figure} sales{over}", "{over}成交{figure}笔"),
    "sales_growth": (
        "Your net sales changed by {figure} against the {days} days before",
        "净销售额较此前{days}天变动{figure}",
    ),
    "sales_volatility": (
        "Your monthly net sales swing by {figure} of their average{over}",
        "{over}月度净销售额的波动为均值的{figure}",
    ),
    "sale_days": ("You had sales on {figure}{over}", "{over}有成交的天数为{figure}"),
    "sale_months": ("You had sales in {figure}{over}", "{over}有成交的月份为{figure}"),
    "days_since_sale": ("Your last sale was {figure} ago", "距最近一笔成交已{figure}"),
    "sale_gap": ("Your shop was without a sale for up to {figure}{over}", "{over}最长连续{figure}没有成交"),
    "sale_burst": ("Your busiest day brought {figure} of all sales{over}", "{over}最忙的一天占全部成交的{figure}"),
    "cash_flow_share": ("Of each yuan sold you kept {figure}{over}", "{over}每销售一元的现金留存为{figure}"),
    "cash_gap_months": ("In {figure}{over} more went out than came in", "{over}有{figure}支出大于收入"),
    "refund_rate": ("Your buyers got back {figure} of what they paid{over}", "{over}买家退款占销售额的{figure}"),
    "refund_count_rate": ("There were refunds on {figure} of your sales{over}", "{over}发生退款的订单占{figure}"),
    "customers": ("You had {figure} different buyers{over}", "{over}共有{figure}个不同买家"),
    "customer_top_share": (
        "Your largest buyer makes up {figure} of your sales{over}",
        "{over}最大客户占销售额的{figure}",
    ),
    "customer_again_share": ("{figure} of your buyers came back{over}", "{over}复购买家占{figure}"),
    "visits": ("Your shop was viewed {figure} times{over}", "{over}店铺访问量为{figure}次"),
    "review_mean": ("Buyers gave you {figure} on average{over}", "{over}买家平均评分为{figure}"),
    "review_low_share": ("{figure} of your reviews had one or two stars{over}", "{over}一、二星评价占{figure}"),
    "dispute_rate": ("Buyers complained about {figure} of your sales{over}", "{over}发生纠纷的订单占{figure}"),
    "advertising_share": ("Advertising took {figure} of what you sold{over}", "{over}广告费占销售额的{figure}"),
    "login_days": ("Somebody signed in to the shop on {figure}{over}", "{over}有登录的天数为{figure}"),
    "login_gap": ("Nobody signed in for up to {figure}{over}", "{over}最长连续{figure}无人登录"),
    "days_since_login": ("The last sign-in to the shop was {figure} ago", "距最近一次登录已{figure}"),
    "invoice_void_share": (
        "{figure} of the invoices you issued were made void{over}",
        "{over}作废的销项发票占{figure}",
    ),
    "invoice_negative_share": (
        "{figure} of the invoices you issued take an earlier one back{over}",
        "{over}红冲发票占销项发票的{figure}",
    ),
    "purchases": ("You bought for {figure} on invoices{over}", "{over}取得发票的采购额为{figure}"),
    "days_since_purchase": ("Your last purchase on an invoice was {figure} ago", "距最近一笔有票采购已{figure}"),
    "order_cancelled_share": ("{figure} of your orders were cancelled{over}", "{over}被取消的订单占{figure}"),
    "message_answer_minutes": (
        "Buyers waited {figure} on average for an answer{over}",
        "{over}买家平均等待回复{figure}",
    ),
    "message_unanswered_share": (
        "{figure} of buyers' messages were never answered{over}",
        "{over}未回复的买家消息占{figure}",
    ),
    "message_quick_share": (
        "{figure} of buyers' messages were answered within an hour{over}",
        "{over}一小时内回复的消息占{figure}",
    ),
    "login_devices": ("The shop was run from {figure} different devices{over}", "{over}在{figure}台不同设备上登录"),
    "login_places": ("The shop was run from {figure} different places{over}", "{over}在{figure}个不同地点登录"),
    "tax_late_share": ("{figure} of your tax filings came late{over}", "{over}逾期的纳税申报占{figure}"),
    "bureau_late_days_worst": ("The longest you were late on any loan is {figure}", "征信记录中最长逾期{figure}"),
    "bureau_open_loans": ("You have {figure} loans open elsewhere", "您在其他机构有{figure}笔未结清贷款"),
    "bureau_open_balance": ("You owe {figure} elsewhere", "您在其他机构的未结清余额为{figure}"),
    "bureau_enquiries": ("Lenders asked the bureau about you {figure} times{over}", "{over}征信被查询{figure}次"),
    "registry_legal_cases": ("There are {figure} law suits about your business", "您的企业有{figure}件涉诉案件"),
    "registry_enforcement": ("On the list of debtors who do not comply: {figure}", "是否被列为失信被执行人：{figure}"),
    "registry_active": ("Registered as active: {figure}", "登记状态为在业：{figure}"),
    "suppliers": ("You bought from {figure} different suppliers{over}", "{over}共有{figure}家不同供应商"),
    "supplier_top_share": (
        "Your largest supplier makes up {figure} of your purchases{over}",
        "{over}最大供应商占采购额的{figure}",
    ),
}
_DAYS: Final = re.compile(r"^(.*)_(7|30|60|90|180|365)$")


def clause(feature: Feature, figure: str, language: str) -> str:
    """A figure in a sentence without its full stop."""
    chinese = zh(language)
    named = _DAYS.match(feature.name)
    stem, days = (named[1], named[2]) if named else (feature.name, "")
    if stem in CLAUSES:
        over = "" if not days else _over(days, chinese)
        return CLAUSES[stem][chinese].format(figure=figure, over=over, days=days)
    if chinese:
        return f"{feature.meaning_zh}：{figure}"
    return f"{feature.meaning[:1].upper()}{feature.meaning[1:]}{_spell(feature, days)}: {figure}"


def _over(days: str, chinese: bool) -> str:
    if chinese:
        return "近一年" if days == "365" else f"近{days}天"
    return " in the last year" if days == "365" else f" in the last {days} days"


def _spell(feature: Feature, days: str) -> str:
    """The days, where the meaning does not say them."""
    meant = ("day", "days", "year", "month", "months", "weeks", "lately", days)
    return (
        "" if not days or any(word in re.split(r"[^a-z0-9]+", feature.meaning) for word in meant) else f" ({days} days)"
    )


def meant(feature: Feature, language: str) -> str:
    """What a feature measures, inside a sentence."""
    return feature.meaning_zh if zh(language) else feature.meaning
