"""What to ask in the conversation: questions made from the file, each with what the record says to it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from lendmill.credit.ages import whole_years
from lendmill.credit.case import Case
from lendmill.credit.finding import Finding, known_number
from lendmill.credit.policy import Policy
from lendmill.credit.record import Content
from lendmill.credit.review.interview.question import Question
from lendmill.credit.why import rule_name, value_told
from lendmill.money import yuan
from lendmill.rating.stated.closeness import StatedComparison
from lendmill.rating.stated.figures import AMOUNTS, SHARES

MOVED_MUCH: Final = 0.2  # a quarter's sales that far from those of the quarter before are asked about
MANY_REFUNDS: Final = 0.08
FAR_FROM_RECORD: Final = 0.8


STATED: Final = {
    "sales_year": ("sales of the last year on the platform", "近一年平台销售额"),
    "cost_year": ("costs of the last year", "近一年成本"),
    "inventory": ("stock in hand", "存货"),
    "assets": ("all assets", "总资产"),
    "liabilities": ("all debts", "总负债"),
    "receivables": ("what customers owe", "应收账款"),
    "net_margin": ("net margin", "净利率"),
    "platform_share": ("share of sales on the platform", "平台销售占比"),
    "top1_share": ("the largest customer's share", "第一大客户占比"),
    "top1_years": ("years with the largest customer", "与第一大客户合作年数"),
    "top2_share": ("the second customer's share", "第二大客户占比"),
    "top2_years": ("years with the second customer", "与第二大客户合作年数"),
    "sales_declared": ("sales declared to the tax office", "纳税申报销售额"),
}


def questions(content: Content, policy: Policy, comparisons: Sequence[StatedComparison] = ()) -> tuple[Question, ...]:
    """The checklist for one file: identity and purpose always, the rest as the record and the findings suggest."""
    case = content.case
    return (
        *_identity(case),
        _purpose(case, policy),
        *_business(case),
        *_customers(case),
        *_stock(case),
        *_debts(case),
        *_stated(comparisons),
        *_findings(content.decision.findings, policy),
    )


def _identity(case: Case) -> Iterator[Question]:
    years = whole_years(case.borrower.born_on, case.today)
    firm = case.borrower.kind == "firm"
    verified = case.borrower.identity_verified
    yield Question(
        key="identity document",
        topic="identity",
        must=True,
        ask_en="Does the face on the screen match the identity document held beside it?",
        ask_zh="请对方手持证件：镜头中的人与证件是否一致？",
        record_en=f"identity {'verified' if verified else 'not verified'}" + (f", aged {years}" if years else ""),
        record_zh=f"实名认证：{'已通过' if verified else '未通过'}" + (f"，{years} 岁" if years else ""),
    )
    since = case.borrower.member_since_on
    yield Question(
        key="identity shop",
        topic="identity",
        must=True,
        ask_en="Let them open the shop's back office: is it this shop, and do they run it themselves?",
        ask_zh="请对方打开店铺后台：是否为本店，是否由其本人经营？",
        record_en=f"member since {since}" if since else "not known",
        record_zh=f"入驻日期 {since}" if since else "未知",
    )
    if firm:
        yield Question(
            key="identity standing",
            topic="identity",
            must=True,
            ask_en="Is this the legal representative, or somebody with a written authority shown to the camera?",
            ask_zh="对方是否为法定代表人，或出示了书面授权？",
            record_en="the borrower is a firm",
            record_zh="借款人为企业",
        )


def _purpose(case: Case, policy: Policy) -> Question:
    purpose = next((each for each in policy.eligibility.purposes if each.key == case.purpose), None)
    asked = "" if case.asked_cents is None else yuan(case.asked_cents)
    return Question(
        key="purpose",
        topic="purpose",
        must=True,
        ask_en="What exactly will the money buy, from whom, and when will it have come back?",
        ask_zh="资金具体用于采购什么、向谁采购、预计何时回款？",
        record_en=f"{purpose.en if purpose else 'not known'}, {asked} yuan",
        record_zh=f"{purpose.zh if purpose else '未知'}，{asked} 元",
    )


def _business(case: Case) -> Iterator[Question]:
    month, quarter = _fact(case, "sales_monthly_mean"), _fact(case, "sales_net_90")
    if month is not None or quarter is not None:
        yield Question(
            key="sales",
            topic="business",
            ask_en="What does the shop sell in an average month, and what did it sell in the last three?",
            ask_zh="店铺月均销售额大约多少？最近三个月共销售多少？",
            record_en=f"{_yuan(month)} yuan a month; {_yuan(quarter)} yuan in 90 days",
            record_zh=f"月均 {_yuan(month)} 元；近 90 天 {_yuan(quarter)} 元",
        )
    growth = _fact(case, "sales_growth_90")
    if growth is not None and abs(growth) >= MOVED_MUCH:
        yield Question(
            key="sales moved",
            topic="business",
            ask_en="Why did sales move so much against the quarter before?",
            ask_zh="近一季度销售额较上季度变化较大，原因是什么？",
            record_en=f"{growth:+.0%}",
            record_zh=f"{growth:+.0%}",
        )
    refunds = _fact(case, "refund_rate_90")
    if refunds is not None and refunds >= MANY_REFUNDS:
        yield Question(
            key="refunds",
            topic="business",
            ask_en="Why are so many orders refunded, and what is being done about it?",
            ask_zh="退款率较高的原因是什么？采取了哪些措施？",
            record_en=f"{refunds:.1%} of sales in 90 days",
            record_zh=f"近 90 天退款率 {refunds:.1%}",
        )


def _customers(case: Case) -> Iterator[Question]:
    share = _fact(case, "customer_top_share_365")
    told = "not known" if share is None else f"{share:.1%} of the year's sales"
    yield Question(
        key="largest customers",
        topic="customers",
        ask_en="Who are the two largest customers, since when, and what do they buy?",
        ask_zh="前两大客户是谁、合作多久、主要购买什么？",
        record_en=f"largest customer: {told}",
        record_zh="第一大客户占比：" + ("未知" if share is None else f"近一年 {share:.1%}"),
    )


def _stock(case: Case) -> Iterator[Question]:
    days = _fact(case, "stated_inventory_days")
    yield Question(
        key="stock",
        topic="stock",
        ask_en="Let them walk through the stock with the camera: how much is there, and how long will it last?",
        ask_zh="请对方用镜头展示库存：数量多少、可售多久？",
        record_en="not stated" if days is None else f"stated to last {days:.0f} days",
        record_zh="未填报" if days is None else f"按填报可售 {days:.0f} 天",
    )


def _debts(case: Case) -> Iterator[Question]:
    loans, balance = _fact(case, "bureau_open_loans"), _fact(case, "bureau_open_balance")
    own = yuan(case.standing.outstanding_cents + case.standing.reserved_cents)
    elsewhere = "not known" if balance is None else f"{_yuan(balance)} yuan in {_number(loans)} loans"
    outside = "未知" if balance is None else f"{_number(loans)} 笔共 {_yuan(balance)} 元"
    yield Question(
        key="other debts",
        topic="debts",
        ask_en="What other loans are there, private ones included, and what is paid on them each month?",
        ask_zh="还有哪些其他借款（含民间借款）？每月还款多少？",
        record_en=f"with us {own} yuan; elsewhere: {elsewhere}",
        record_zh=f"本机构 {own} 元；征信记录：{outside}",
    )


def _stated(comparisons: Iterable[StatedComparison]) -> Iterator[Question]:
    """A figure stated that the record does not bear out, or that it cannot show."""
    for each in comparisons:
        if each.stated is None or (each.closeness is not None and each.closeness >= FAR_FROM_RECORD):
            continue
        en, zh = STATED.get(each.name, (each.name.replace("_", " "), each.name))
        stated, seen = _figure(each.name, each.stated), _figure(each.name, each.observed)
        yield Question(
            key=f"stated {each.name}",
            topic="stated",
            ask_en=f"They stated {en} as {stated}. How do they arrive at it, and what shows it?",
            ask_zh=f"填报{zh}为 {stated}：如何得出？有何凭证？",
            record_en="the record does not show it" if each.observed is None else f"record: {seen}",
            record_zh="经营记录中无此数据" if each.observed is None else f"记录：{seen}",
        )


def _findings(found: Sequence[Finding], policy: Policy) -> Iterator[Question]:
    """What held the computer back, as far as the seller can say something about it."""
    seen: set[str] = set()
    for each in found:
        if each.effect == "none" or each.step not in ("knock-outs", "rating") or each.rule in seen:
            continue
        seen.add(each.rule)
        en, zh = (rule_name(each.rule, policy, language) for language in ("en", "zh-Hans"))
        yield Question(
            key=f"finding {each.rule}",
            topic="findings",
            ask_en=f"{en}: how does the seller explain it?",
            ask_zh=f"{zh}：商家如何解释？",
            record_en=value_told(each, each.value, "en"),
            record_zh=value_told(each, each.value, "zh-Hans"),
        )


def _fact(case: Case, name: str) -> float | None:
    return known_number(case.facts.get(name))


def _yuan(value: float | None) -> str:
    return "?" if value is None else f"{value:,.0f}"


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:g}"


def _figure(name: str, value: float | None) -> str:
    write: Callable[[float], str] = (
        (lambda v: f"{v:,.0f}")
        if name in (*AMOUNTS, "sales_declared")
        else ((lambda v: f"{v:.1%}") if name in SHARES else (lambda v: f"{v:g}"))
    )
    return "?" if value is None else write(value)
