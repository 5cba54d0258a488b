"""What a borrower is told in writing when they are not granted what they asked for, or when a person has looked again.

The text names the main reasons, the figures used and where they come from, and what the borrower can do: ask why, ask
for a person, have wrong data put right. It is made in both languages from the decision itself, and kept as it was sent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from lendmill.credit.case import Case
from lendmill.credit.decide import Decision
from lendmill.credit.finding import Finding
from lendmill.credit.offers.behind import less_told
from lendmill.credit.policy import Policy
from lendmill.credit.reasons import Reason
from lendmill.credit.why import required_told, rule_name, value_told, worded
from lendmill.money import yuan
from lendmill.people.canonical import canonical
from lendmill.products.document import Product
from lendmill.terms.rates import Rate

NoticeKind = Literal["declined", "counter", "lapsed", "review"]
REASONS_MAX: Final = 4
FIGURES_MAX: Final = 3
LENDER: Final = "{lender}"  # filled in where the notice is written down
SOURCES: Final = {
    "market": ("the marketplace's record of your shop", "平台经营记录"),
    "invoices": ("your invoices", "发票数据"),
    "sales": ("your shop's sales", "店铺销售数据"),
    "orders": ("your orders", "订单数据"),
}
PARTIES: Final = {
    "bureau": ("the credit bureau's report you agreed to", "经您授权查询的征信报告"),
    "tax": ("the tax office's answer you agreed to", "经您授权核验的纳税信息"),
    "customs": ("the customs' answer you agreed to", "经您授权核验的报关信息"),
    "registry": ("the business registry's answer you agreed to", "经您授权核验的工商登记信息"),
    "stated": ("the figures you stated", "您填报的数据"),
    "questionnaire": ("the questionnaire you filled in", "您填写的问卷"),
}
CONDITIONS: Final = {"guarantor": ("a guarantor", "保证人"), "collateral": ("collateral", "抵（质）押物")}
SAID: Final = {
    "en": {
        "declined": "Notice: your application was not granted",
        "counter": "Notice: less can be granted than you asked for",
        "lapsed": "Notice: the smaller amount offered to you has lapsed",
        "review granted": "A person has looked at your application: it is granted",
        "review declined": "A person has looked at your application: it is not granted",
        "about": "Application for {product}, {amount} yuan, decided on {day}.",
        "about nothing": "{product}, decided on {day}.",
        "by computer": "Decided by a computer under the policy {key}, version {version}.",
        "by person": "A person has looked at the whole file and decided, under the policy {key}, version {version}.",
        "granted": "Granted: {limit} yuan at {yearly} a year (simple), each loan up to {months} months.",
        "offered": "On offer: {limit} yuan at {yearly} a year (simple), each loan up to {months} months.",
        "conditions": "Before anything can be drawn, within {days} days: {conditions}.",
        "reasons": "The main reasons:",
        "figures": "The figures used:",
        "sources": "Where the figures come from: {sources}; as of {day}.",
        "rating": "Your shop's rating: {grade}, of {day}.",
        "rights": "What you can do:",
        "accept": "Accept it until {until}, on the decision's page, in one step: the line is open at once.",
        "ended": "Offered on {day}: {limit} yuan. It could be accepted until {until} and was not, so it has lapsed.",
        "nothing owed": "Nothing was drawn and nothing is owed.",
        "ask why": "Ask why: every rule and figure of this decision is shown on its page, free of charge.",
        "ask person": "Ask for a person to look again, on the same page; you are answered within {days} days.",
        "correct": "Have data put right: tell us which figure is wrong, and we check it and decide again.",
        "apply": "Apply again at any time.",
        "kept": "Lender: {lender}. Decision {decision_id}.",
        "sep": ", ",
    },
    "zh": {
        "declined": "审批结果告知书：申请未获通过",
        "counter": "审批结果告知书：可授信额度低于申请金额",
        "lapsed": "告知书：可授信方案已失效",
        "review granted": "人工复核结果告知书：申请已通过",
        "review declined": "人工复核结果告知书：申请未获通过",
        "about": "您申请的{product}，金额 {amount} 元，审批日期 {day}。",
        "about nothing": "{product}，审批日期 {day}。",
        "by computer": "本次由系统依据授信政策 {key} 第 {version} 版自动审批。",
        "by person": "本次由审核人员查阅全部资料后作出决定，依据授信政策 {key} 第 {version} 版。",
        "granted": "授信额度 {limit} 元，年化利率（单利）{yearly}，单笔最长 {months} 个月。",
        "offered": "可授信额度 {limit} 元，年化利率（单利）{yearly}，单笔最长 {months} 个月。",
        "conditions": "支用前须在 {days} 天内落实：{conditions}。",
        "reasons": "主要原因：",
        "figures": "所依据的数据：",
        "sources": "数据来源：{sources}；数据截至 {day}。",
        "rating": "店铺信用评级：{grade}（{day}）。",
        "rights": "您的权利：",
        "accept": "接受方案：{until}前（含当日）在审批页面一键接受，授信即时生效。",
        "ended": "{day}向您提供的可授信额度 {limit} 元，接受期限为{until}，期内未接受，现已失效。",
        "nothing owed": "未发生提款，您没有任何欠款。",
        "ask why": "要求说明：本次审批的每一项规则和数据均可在审批页面免费查看。",
        "ask person": "要求人工复核：可在同一页面提出，我们将在 {days} 日内答复。",
        "correct": "更正信息：如数据有误请告知，我们核实后重新审批。",
        "apply": "重新申请：您可随时再次提出申请。",
        "kept": "贷款人：{lender}。审批编号 {decision_id}。",
        "sep": "、",
    },
}  # fmt: skip


class NoticeFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A figure a reason rests on, with what was required, in both languages."""

    reason: str
    en: str
    zh: str


class Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A notice as data, and its text in both languages."""

    kind: NoticeKind
    about_id: UUID
    reasons: tuple[str, ...]
    figures: tuple[NoticeFigure, ...]
    sources: tuple[str, ...]
    decided_on: date
    lender: str
    text_en: str
    text_zh: str

    @property
    def content(self) -> str:
        """All of it in its one spelling."""
        return canonical(msgspec.to_builtins(self))


@dataclass(frozen=True, slots=True)
class NoticedDecision:
    """What a notice is about: the case, the documents and the decision."""

    decision_id: UUID
    case: Case
    policy: Policy
    product: Product
    decision: Decision
    by_person: bool = False


def kind_of(decided: NoticedDecision) -> NoticeKind | None:
    """Which notice a decision calls for: what is granted or referred by the computer calls for none."""
    if decided.by_person:
        return "review"
    kinds: dict[str, NoticeKind] = {"decline": "declined", "counter": "counter"}
    return kinds.get(decided.decision.outcome)


def notice_of(decided: NoticedDecision, kind: NoticeKind, answer_days: int) -> Notice:
    """The notice about a decision: at most four reasons, their figures, the sources, and the borrower's rights."""
    reasons = told_reasons(decided.decision, by_person=decided.by_person)
    figures = tuple(figure for code in reasons for figure in _figures(code, decided))
    sources = _sources(decided)
    english, chinese = (
        "\n".join(_lines(decided, kind, language, reasons, figures, sources, answer_days)) + "\n"
        for language in ("en", "zh")
    )
    return Notice(
        kind=kind,
        about_id=decided.decision_id,
        reasons=reasons,
        figures=figures,
        sources=sources,
        decided_on=decided.case.today,
        lender=LENDER,
        text_en=english,
        text_zh=chinese,
    )


def lapse_notice(
    decision_id: UUID, case: Case, product: Product, *, limit_cents: int, made_on: date, expires_on: date
) -> Notice:
    """The notice that what was offered in place of what was asked has lapsed, and what the borrower can do now."""
    facts = {"day": made_on, "limit": yuan(limit_cents), "until": expires_on}
    english, chinese = (
        "\n".join(
            [
                say["lapsed"],
                "",
                _asked(product, case, language),
                say["ended"].format(**facts),
                say["nothing owed"],
                "",
                say["rights"],
                *(f"  - {say[right]}" for right in ("ask why", "apply")),
                "",
                say["kept"].format(lender=LENDER, decision_id=decision_id),
            ]
        )
        + "\n"
        for language, say in SAID.items()
    )
    return Notice(
        kind="lapsed",
        about_id=decision_id,
        reasons=(),
        figures=(),
        sources=(),
        decided_on=made_on,
        lender=LENDER,
        text_en=english,
        text_zh=chinese,
    )


def told_reasons(made: Decision, *, by_person: bool) -> tuple[str, ...]:
    """The reasons that made the outcome, the main ones, which the borrower is told everywhere: what would only have
    asked for a person's look is not told as a reason."""
    held = {found.reason for found in made.findings if found.effect == made.outcome}
    return tuple(code for code in made.reasons if by_person or code in held)[:REASONS_MAX]


def _lines(
    decided: NoticedDecision,
    kind: NoticeKind,
    language: str,
    reasons: Sequence[str],
    figures: Sequence[NoticeFigure],
    sources: Sequence[str],
    answer_days: int,
) -> Iterator[str]:
    say, case, policy = SAID[language], decided.case, decided.policy
    yield say[_title(decided, kind)]
    yield ""
    yield _asked(decided.product, decided.case, language)
    yield say["by person" if decided.by_person else "by computer"].format(key=policy.key, version=policy.version)
    if decided.decision.terms is not None and decided.decision.outcome in ("approve", "counter"):
        yield _terms(decided, say["granted" if decided.decision.outcome == "approve" else "offered"])
        yield from _conditions(decided, language)
    if reasons:
        yield ""
        yield say["reasons"]
        yield from (f"  {n}. {Reason.of(code).sentence(language)}" for n, code in enumerate(reasons, start=1))
        if kind == "counter" and (less := less_told(decided.decision, policy, language)):
            yield f"     {less}"
    if figures:
        yield ""
        yield say["figures"]
        yield from (f"  - {figure.zh if language == 'zh' else figure.en}" for figure in figures)
    yield ""
    told = say["sep"].join(_source_told(source, language) for source in sources) or "—"
    yield say["sources"].format(sources=told, day=case.facts_as_of_on or "—")
    if case.rating is not None:
        yield say["rating"].format(grade=case.rating.grade, day=case.rating.as_of_on)
    yield ""
    until = case.today + timedelta(days=decided.product.offer_days)
    yield say["rights"]
    yield from (f"  - {say[right].format(days=answer_days, until=until)}" for right in _rights(decided))
    yield ""
    yield say["kept"].format(lender=LENDER, decision_id=decided.decision_id)


def _rights(decided: NoticedDecision) -> Iterator[str]:
    """What is always open, a person where none has looked, another application where this one was not granted."""
    if decided.decision.outcome == "counter" and not decided.by_person:
        yield "accept"
    yield "ask why"
    if not decided.by_person:
        yield "ask person"
    yield "correct"
    if decided.decision.outcome != "approve":
        yield "apply"


def _conditions(decided: NoticedDecision, language: str) -> Iterator[str]:
    """What has to be there before anything is drawn, in the policy's words or by its kind."""
    say, zh = SAID[language], language == "zh"
    named = {rule.condition: (rule.label_en, rule.label_zh)[zh] for rule in decided.policy.conditions or ()}
    for each in decided.decision.conditions or ():
        kinds = say["sep"].join(CONDITIONS[kind][zh] for kind in each.by)
        yield say["conditions"].format(days=each.days, conditions=named.get(each.condition, kinds))


def _title(decided: NoticedDecision, kind: NoticeKind) -> str:
    if kind != "review":
        return kind
    return "review granted" if decided.decision.outcome == "approve" else "review declined"


def _asked(product: Product, case: Case, language: str) -> str:
    say, name = SAID[language], product.name_zh if language == "zh" else product.name_en
    if case.asked_cents is None:
        return say["about nothing"].format(product=name, day=case.today)
    return say["about"].format(product=name, amount=yuan(case.asked_cents), day=case.today)


def _terms(decided: NoticedDecision, sentence: str) -> str:
    terms = decided.decision.terms
    assert terms is not None
    yearly = Rate(terms.rate_num, terms.rate_den).nominal_annual()
    return sentence.format(limit=yuan(terms.limit_cents), yearly=f"{yearly:.2%}", months=terms.months_max)


def _figures(code: str, decided: NoticedDecision) -> list[NoticeFigure]:
    """The findings behind a reason, each once, with what was found and what was required."""
    held = [found for found in decided.decision.findings if found.reason == code and found.step != "review"]
    return [
        NoticeFigure(reason=code, en=_figure(found, decided.policy, "en"), zh=_figure(found, decided.policy, "zh"))
        for found in held[:FIGURES_MAX]
    ]


def _figure(found: Finding, policy: Policy, language: str) -> str:
    colon, comma = ("：", "，") if language == "zh" else (": ", ", ")
    found = worded(found, policy, language)
    required = required_told(found, language)
    told = f"{rule_name(found.rule, policy, language)}{colon}{value_told(found, found.value, language)}"
    return f"{told}{comma}{required}" if required else told


def _sources(decided: NoticedDecision) -> tuple[str, ...]:
    """The sources that covered the shop, and the parties whose figures the policy read."""
    facts = decided.case.facts
    covering = [name for name, fact in decided.policy.sources.items() if facts.get(fact) is not None]
    read = [name for name in PARTIES if any(fact.startswith(f"{name}_") for fact in _known(decided))]
    return (*covering, *read)


def _known(decided: NoticedDecision) -> Iterator[str]:
    return (fact for fact in decided.policy.facts if decided.case.facts.get(fact) is not None)


def _source_told(source: str, language: str) -> str:
    english, chinese = {**SOURCES, **PARTIES}.get(source, (source, source))
    return chinese if language == "zh" else english
