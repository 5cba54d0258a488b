"""A backtest's report in plain words, in both languages: what would change, and what it cannot know."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from lendmill.credit.pricing.assumptions import Assumptions, read_assumptions
from lendmill.credit.testing.backtest import Backtest, Estimate
from lendmill.money import yuan
from lendmill.shops.industries import INDUSTRY_NAMES

SWAP_NAMES: Final = {
    "both": ("granted before and after", "前后均授信"),
    "in": ("newly granted", "新增授信"),
    "out": ("no longer granted", "不再授信"),
    "neither": ("granted by neither", "前后均未授信"),
}
OUTCOME_NAMES: Final = {
    "approve": ("approved", "批准"),
    "counter": ("less offered", "减额批准"),
    "refer": ("to a person", "转人工"),
    "decline": ("declined", "拒绝"),
}
SEGMENT_NAMES: Final = {
    "grade": ("grade", "评级"),
    "kind": ("kind of borrower", "借款人类型"),
    "product": ("product", "产品"),
    "region": ("region", "地区"),
    "industry": ("industry", "行业"),
    "month": ("month of the decision", "决策月份"),
}
GROUP_NAMES: Final = {
    "grade": {"UNKNOWN": ("unknown", "未知")},
    "kind": {"firm": ("firm", "企业"), "person": ("person", "个人")},
    "industry": INDUSTRY_NAMES,
}
FIGURE_NAMES: Final = {
    "granted": ("Share granted", "授信通过率"),
    "limit": ("Limits granted", "授信额度"),
    "at_risk": ("PD × limit", "违约概率×额度"),
    "loss": ("Expected loss", "预期损失"),
    "profit": ("Expected profit", "预期利润"),
}
SHARES: Final = ("granted",)
WHEN_NAMES: Final = {"before": ("before", "原政策"), "after": ("after", "新政策")}

Pair = tuple[str, str]
SAID: Final[dict[str, Pair]] = {
    "in short": ("In short", "概要"),
    "files": (
        "{files} files were decided again, each as it lay before the house on its own day, under the product it was "
        "for.",
        "共重新决策{files}笔申请：每笔均按当日留存的资料、当时的产品条款重新决策。",
    ),
    "granted": (
        "{before} were granted; {after} would be, in percentage points {change}.",
        "原授信通过率{before}；新政策为{after}，变化{change}个百分点。",
    ),
    "swap": (
        "{new} files would be granted that were not, {gone} that were would not be.",
        "新增授信{new}笔，不再授信{gone}笔。",
    ),
    "limit": (
        "Limits granted change by {change} yuan, from {before} to {after}.",
        "授信额度由{before}元变为{after}元，变化{change}元。",
    ),
    "loss": (
        "The expected loss changes by {change} yuan, from {before} to {after}.",
        "预期损失由{before}元变为{after}元，变化{change}元。",
    ),
    "profit": (
        "The expected profit changes by {change} yuan, from {before} to {after}.",
        "预期利润由{before}元变为{after}元，变化{change}元。",
    ),
    "no money": (
        "No assumptions were given, so nothing is said of losses and profits: only PD × limit, which is what would be "
        "lost if every limit were drawn whole and nothing recovered.",
        "未提供测算假设，因此不给出损失与利润，仅给出“违约概率×额度”，即额度全部支用且违约后分文未回收时的损失。",
    ),
    "bounds": (
        "Figures in brackets are bounds that hold in 19 of 20 samples like this one; they rest on leaving out one of "
        "100 groups of borrowers at a time, so that one borrower with many files counts as one. They tell what chance "
        "may do, not whether the PDs or the assumptions are right.",
        "括号内为置信区间，每20个同类样本中约有19个落在其中；按借款人分为100组逐组剔除计算，"
        "多次申请的同一借款人只算一个。区间仅反映抽样波动，并不说明违约概率或假设是否正确。",
    ),
    "assumed": ("What was assumed", "测算假设"),
    "said": (
        "{key}: said by {said_by}, in force from {since}; {source}",
        "{key}：由{said_by}提出，自{since}起适用；{source}",
    ),
    "days": (
        "Each line lasts {days} days. A default loses {lgd} of what is then drawn, at least {drawn} of the limit. "
        "Money costs {funding} a year, each loan {operating} yuan.",
        "每笔额度按{days}天测算；违约时至少已支用额度的{drawn}，其中损失{lgd}。资金年成本{funding}，"
        "每笔运营成本{operating}元。",
    ),
    "curve": (
        "Of those shown a rate so many stay as the curve of the assumptions says; beyond its ends, as at them. How "
        "much of a limit is drawn follows from its size. A PD is the file's own, of a shop at the rate it had.",
        "某一利率下留存的借款人比例取自假设中的流失曲线，超出范围按端点取值；额度支用率随额度大小而定；"
        "违约概率取各申请自身评级结果。",
    ),
    "unpriced": (
        "{unpriced} grants, before and after together, have a grade the assumptions leave out, or no PD: they are in "
        "no figure of loss or profit.",
        "前后合计有{unpriced}笔授信因评级不在假设范围内或缺少违约概率，未计入损失与利润。",
    ),
    "blind": ("What this cannot know", "本回测无法得知的内容"),
    "new": (
        "Of the {new} files newly granted nobody can know how they would have paid: they were not lent to, so nothing "
        "was seen of them. Their {limit} yuan of limits and their mean PD of {pd} are the model's word alone.",
        "新增授信的{new}笔申请当初未放款，无从得知其还款表现；其{limit}元额度及{pd}的平均违约概率均仅为模型判断。",
    ),
    "new known": (
        "Of {known} of them something is known: a person granted them after the computer had not. Those were picked "
        "by hand, and say little of the rest.",
        "其中{known}笔曾由人工批准放款、已有表现；这些由人工挑选，不能代表其余申请。",
    ),
    "none new": (
        "No file would be newly granted: every grant has been seen before.",
        "无新增授信：所有授信申请均曾获授信。",
    ),
    "chosen": (
        "Those granted before were chosen by the policy of their day, and a card learned on them has seen few like "
        "those it declined: its PDs are least sure exactly there. They are as a rule too low for files declined for "
        "reasons the card does not read.",
        "此前获授信者由当时的政策筛选，评级模型很少见过被拒者，其违约概率恰在此处最不可靠；"
        "对因模型未读取的原因被拒的申请，通常偏低。",
    ),
    "gain": (
        "The expected gain is gone once those newly granted default {times} times as often as their PDs say.",
        "若新增授信者的实际违约率达到其违约概率的{times}倍，预期收益即归零。",
    ),
    "known": (
        "Of those granted before, {known} have ripened: {rate} defaulted, where their PDs said {pd}. {unripe} have no "
        "outcome yet.",
        "此前获授信者中{known}笔已有结果：实际违约率{rate}，模型预测{pd}；另有{unripe}笔尚无结果。",
    ),
    "none known": (
        "None of the {unripe} granted before has ripened: nothing here has been held against what happened.",
        "此前获授信的{unripe}笔均尚无结果：以上数字未经实际表现检验。",
    ),
    "persons": (
        "What goes to a person counts as not granted: {before} files before, {after} after. Of those the computer had "
        "sent to a person or declined, persons granted {granted}; what they would say of the others is not known.",
        "转人工的申请按未授信计：原政策{before}笔，新政策{after}笔。系统转人工或拒绝的申请中，人工已批准{granted}笔；"
        "其余人工会如何决定无从得知。",
    ),
    "unrated": (
        "{unrated} files have no PD, and are in no figure that needs one.",
        "{unrated}笔申请没有违约概率，未计入相关数字。",
    ),
    "people": (
        "Nobody behaved otherwise here: who would apply, accept or leave under other limits and rates is assumed, not "
        "seen. A trial by lot is the only test that shows it.",
        "回测中无人改变行为：在不同额度与利率下谁会申请、接受或离开，只是假设而非观察；唯有随机对照试验可以验证。",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A part of a report: its title and its sentences."""

    title: str
    sentences: tuple[str, ...]


def told(found: Backtest, *, chinese: bool) -> tuple[ReportSection, ...]:
    """A backtest in sentences: in short, what was assumed, and what it cannot know."""

    def say(name: str, **facts: Any) -> str:
        return SAID[name][chinese].format(**facts)

    sections = [("in short", _in_short(found, say))]
    if found.assumptions:
        sections.append(("assumed", _assumed(read_assumptions(found.assumptions), say)))
    sections.append(("blind", _blind(found, say)))
    return tuple(ReportSection(say(title), tuple(sentences)) for title, sentences in sections)


def _in_short(found: Backtest, say: Any) -> Iterator[str]:
    swaps = {row.swap: row.files for row in found.swaps}
    yield say("files", files=f"{found.files:,}")
    yield say(
        "granted", before=percent(found.granted_before), after=percent(found.granted_after),
        change=points(found.granted_change),
    )  # fmt: skip
    yield say("swap", new=f"{swaps['in']:,}", gone=f"{swaps['out']:,}")
    figures = ["limit", "loss", "profit"] if found.assumptions else ["limit"]
    for figure in figures:
        before, after, change = (getattr(found, f"{figure}_{when}") for when in ("before", "after", "change"))
        yield say(figure, before=plain(before), after=plain(after), change=amount(change))
    if not found.assumptions:
        yield say("no money")
    elif found.blind.unpriced:
        yield say("unpriced", unpriced=f"{found.blind.unpriced:,}")
    yield say("bounds")


def _assumed(stated: Assumptions, say: Any) -> Iterator[str]:
    yield say("said", key=stated.key, said_by=stated.said_by, since=stated.in_force_on, source=stated.source)
    yield say(
        "days", days=stated.days, lgd=_bp(stated.loss_given_default_bp), drawn=_bp(stated.drawn_at_default_bp),
        funding=_bp(stated.funding_yearly_bp), operating=yuan(stated.operating_cents),
    )  # fmt: skip
    yield say("curve")


def _blind(found: Backtest, say: Any) -> Iterator[str]:
    blind = found.blind
    if blind.new_files:
        yield say("new", new=f"{blind.new_files:,}", limit=yuan(blind.new_limit_cents), pd=_pd(blind.new_mean_pd))
        if blind.new_known:
            yield say("new known", known=f"{blind.new_known:,}")
        yield say("chosen")
        if blind.gain_ends_at is not None:
            yield say("gain", times=f"{blind.gain_ends_at:.1f}")
    else:
        yield say("none new")
    if blind.known:
        yield say(
            "known", known=f"{blind.known:,}", rate=percent(blind.known_default_rate), pd=_pd(blind.known_mean_pd),
            unripe=f"{blind.unripe:,}",
        )  # fmt: skip
    elif blind.unripe:
        yield say("none known", unripe=f"{blind.unripe:,}")
    if blind.referred_before or blind.referred_after:
        yield say(
            "persons", before=f"{blind.referred_before:,}", after=f"{blind.referred_after:,}",
            granted=f"{blind.granted_by_person:,}",
        )  # fmt: skip
    if blind.unrated:
        yield say("unrated", unrated=f"{blind.unrated:,}")
    yield say("people")


def percent(found: Estimate) -> str:
    """A share with its bounds.

    >>> percent(Estimate(0.5, 0.4, 0.61)), percent(Estimate(None, None, None))
    ('50.0 % (40.0 … 61.0)', '—')
    """
    if found.value is None or found.low is None or found.high is None:
        return "—"
    return f"{found.value * 100:.1f} % ({found.low * 100:.1f} … {found.high * 100:.1f})"


def points(found: Estimate) -> str:
    """A change of a share, in percentage points with their bounds.

    >>> points(Estimate(-0.05, -0.06, -0.04))
    '-5.0 (-6.0 … -4.0)'
    """
    if found.value is None or found.low is None or found.high is None:
        return "—"
    return f"{found.value * 100:+.1f} ({found.low * 100:+.1f} … {found.high * 100:+.1f})"


def amount(found: Estimate) -> str:
    """Cents in whole yuan, with their bounds.

    >>> amount(Estimate(1234567.0, 1000000.0, 1500000.0))
    '12,346 (10,000 … 15,000)'
    """
    if found.value is None or found.low is None or found.high is None:
        return "—"
    return f"{found.value / 100:,.0f} ({found.low / 100:,.0f} … {found.high / 100:,.0f})"


def plain(found: Estimate) -> str:
    """Cents in whole yuan, without their bounds."""
    return "—" if found.value is None else f"{found.value / 100:,.0f}"


def _pd(pd: float | None) -> str:
    return "—" if pd is None else f"{pd:.2%}"


def _bp(share_bp: int) -> str:
    return f"{share_bp / 100:g} %"
