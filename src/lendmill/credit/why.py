"""The story of a decision, for whoever asks: what was read, what was required, what was found, and what follows."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace

from lendmill.credit.finding import STEPS, Finding, Scalar
from lendmill.credit.policy import Policy
from lendmill.credit.reasons import Reason
from lendmill.credit.record import Content
from lendmill.credit.review.verdict.review import GRANT_REASONS
from lendmill.credit.rules.expression import Applied, Constant, Named
from lendmill.credit.rules.grammar import RuleMisread, read
from lendmill.credit.words import ASKED_ABOUT, CONDITION_KINDS, FOUND, NOTES, RULES, SAID, STEP_NAMES, VALUES, spoken
from lendmill.money import yuan
from lendmill.products.document import Product
from lendmill.terms.rates import Rate

INTERVIEW: Final = "interview: "
MARKS: Final = {"pass": "✓", "fail": "✗", "unknown": "?", "not-applicable": "–", "noted": "·"}


def told(
    content: Content,
    policy: Policy,
    product: Product,
    *,
    language: str,
    decision_id: UUID,
    fingerprint: str,
    arms: Sequence[tuple[str, str]] = (),
) -> str:
    """Every finding in the order of the steps, with threshold, value and verdict; then the reasons in words.

    `arms` are the trials that ran, each with the side the file was on.
    """
    say = SAID[spoken(language)]
    lines = [*_opening(content, policy, product, language, decision_id)]
    lines += [say[f"arm {arm}"].format(trial=trial) for trial, arm in arms]
    lines.append("")
    for step in STEPS:
        found = [finding for finding in content.decision.findings if finding.step == step]
        if found:
            lines.append(STEP_NAMES[step][spoken(language)])
            lines += [f"  {finding_told(finding, policy, language)}" for finding in found]
    lines += ["", *_ending(content, language)]
    lines += ["", say["proof"].format(fingerprint=fingerprint, decision_id=decision_id)]
    return "\n".join(lines) + "\n"


def _opening(content: Content, policy: Policy, product: Product, language: str, decision_id: UUID) -> Iterator[str]:
    say, case = SAID[spoken(language)], content.case
    name = product.name_zh if language.startswith("zh") else product.name_en
    yield say["title"].format(decision_id=decision_id, day=case.today, outcome=say[content.decision.outcome])
    asked = say["nothing asked"] if case.asked_cents is None else say["asked"].format(amount=yuan(case.asked_cents))
    yield say["product"].format(name=name, key=product.key, version=product.version, asked=asked)
    yield say["policy"].format(key=policy.key, version=policy.version, day=policy.in_force_on)
    known = sum(value is not None for value in case.facts.values())
    yield say["facts"].format(day=case.facts_as_of_on or say["no day"], known=known, all=len(case.facts))
    if case.stated_version is not UNSET:
        sales = case.facts.get("stated_sales_year") or 0.0
        yield say["stated"].format(version=case.stated_version, sales=yuan(round(sales * 100)))
    if case.rating is None:
        yield say["no rating"]
    elif case.rating.points is None or case.rating.pd is None:
        rating, doubts = case.rating, ", ".join(case.rating.doubts)
        yield say["unread"].format(model=rating.model_id, day=rating.as_of_on, doubts=doubts)
    else:
        rating = case.rating
        yield say["rating"].format(
            grade=rating.grade, points=rating.points, pd=f"{rating.pd:.2%}", model=rating.model_id, day=rating.as_of_on
        )


def _ending(content: Content, language: str) -> Iterator[str]:
    say, terms = SAID[spoken(language)], content.decision.terms
    if terms is not None:
        rate = Rate(terms.rate_num, terms.rate_den)
        yield say[f"terms {content.decision.outcome}"].format(
            limit=yuan(terms.limit_cents),
            yearly=f"{rate.nominal_annual():.2%}",
            daily=rate,
            months=terms.months_max,
        )
    for asked in content.decision.conditions or ():
        ways = say["or"].join(CONDITION_KINDS[kind][spoken(language)] for kind in asked.by)
        yield say["condition"].format(ways=ways, cover=yuan(asked.cover_cents), days=asked.days)
    if content.decision.reasons:
        yield say["reasons"]
        yield from (f"  - {Reason.of(code).sentence(language)}" for code in content.decision.reasons)
    elif content.review:
        yield say["by a person"]
        zh = spoken(language) == "zh"
        yield from (f"  - {GRANT_REASONS[code][zh]}" for code in content.review.verdict.reasons)
    else:
        yield say["no reasons"]


def finding_told(finding: Finding, policy: Policy, language: str) -> str:
    """One finding in one line: the rule, what was found, what was required, and the verdict."""
    zh = spoken(language) == "zh"
    finding = worded(finding, policy, language)
    rule = rule_name(finding.rule, policy, language)
    if finding.verdict == "not-applicable":
        note = NOTES.get(finding.note, (finding.note, finding.note))[zh]
        return f"{MARKS['not-applicable']} {rule}{'：' if zh else ': '}{note}"
    found = value_told(finding, finding.value, language)
    parts = [f"{MARKS[finding.verdict]} {rule}{'：' if zh else ': '}{found}"]
    required = required_told(finding, language)
    if required:
        parts.append(required)
    parts.append(FOUND[finding.verdict, finding.effect][zh])
    return ("，" if zh else ", ").join(part for part in parts if part)


def rule_name(rule: str, policy: Policy, language: str) -> str:
    """What a rule is called in a language: the policy's own label, or ours for the steps every policy has."""
    zh = spoken(language) == "zh"
    label = policy.labels.get(rule)
    if label is not None:
        return label[zh]
    if rule.startswith(INTERVIEW):
        about = rule.removeprefix(INTERVIEW)
        return ("In the interview: ", "视频调查：")[zh] + ASKED_ABOUT.get(about, (about, about))[zh]
    return RULES.get(rule, (rule, rule))[zh]


def worded(finding: Finding, policy: Policy, language: str) -> Finding:
    """A finding whose value is a key of the policy, with the policy's own words in its place."""
    if (finding.step, finding.rule) != ("eligibility", "purpose"):
        return finding
    zh = spoken(language) == "zh"
    named = {each.key: each.zh if zh else each.en for each in policy.eligibility.purposes}
    allowed = finding.threshold
    words = tuple(named.get(str(each), each) for each in allowed) if isinstance(allowed, tuple) else allowed
    value = named.get(finding.value, finding.value) if isinstance(finding.value, str) else finding.value
    return replace(finding, value=value, threshold=words)


def required_told(finding: Finding, language: str) -> str:
    """What was required, where something was."""
    zh = spoken(language) == "zh"
    threshold = finding.threshold
    if finding.op == "when":
        return _when_told(finding, language)
    if finding.op == "noted" or threshold is None or threshold == "":
        return ""
    if isinstance(threshold, tuple):
        words = ("、" if zh else ", ").join(value_told(finding, one, language) for one in threshold)
        if finding.op == "between":
            return ("must be between {} and {}", "须在 {} 至 {} 之间")[zh].format(*threshold)
        among = {"one-of": ("must be one of ", "须为"), "none-of": ("must not be ", "不得为")}[finding.op][zh]
        return among + (words or ("none", "无")[zh])
    head = {"at-least": ("required at least ", "要求不低于"), "at-most": ("allowed at most ", "要求不高于")}
    told_threshold = value_told(finding, threshold, language)
    return head.get(finding.op, ("must be ", "须为"))[zh] + told_threshold


COMPARED: Final = {
    ">": ("allowed at most ", "要求不高于"),
    ">=": ("must be below ", "须低于"),
    "<": ("required at least ", "要求不低于"),
    "<=": ("must be above ", "须高于"),
}


def _when_told(finding: Finding, language: str) -> str:
    """When a rule stops a file: one fact against one figure in words, anything longer as its author wrote it."""
    zh = spoken(language) == "zh"
    if not isinstance(finding.threshold, str) or not finding.threshold:
        return ""
    try:
        node = read(finding.threshold).node
    except RuleMisread:  # a fact that has gone since
        node = None
    if isinstance(node, Applied) and node.op in COMPARED:
        fact, figure = node.on
        if isinstance(fact, Named) and isinstance(figure, Constant) and not isinstance(figure.value, date):
            return COMPARED[node.op][zh] + value_told(finding, figure.value, language)
    return f"{('stops when ', '触发条件：')[zh]}{finding.threshold}"


def value_told(finding: Finding, value: Scalar, language: str) -> str:
    """A figure as a reader writes it, in the rule's unit."""
    zh = spoken(language) == "zh"
    if value is None or value == "":
        return ("not known", "未知")[zh] if finding.verdict == "unknown" else ("none", "无")[zh]
    if isinstance(value, bool):
        return (("no", "yes"), ("否", "是"))[zh][value]
    if isinstance(value, str):
        spoken_of = finding.step == "review" or finding.rule in ("record of the shop", "kind of borrower")
        return VALUES.get(value, (value, value))[zh] if spoken_of else value
    if finding.note == "basis points":
        return f"{value / 100:.2f} %"
    if finding.unit == "cents":
        return f"{yuan(int(value))} {('yuan', '元')[zh]}"
    if finding.unit == "share":
        return f"{value:.1%}"
    if finding.unit == "pd":
        return f"{value:.2%}"
    figure = f"{value:g}" if isinstance(value, float) else str(value)
    units = {"days": ("days", "天"), "months": ("months", "个月"), "years": ("years", "岁"), "points": ("points", "分")}
    unit = units.get(finding.unit, ("", ""))[zh]
    return f"{figure} {unit}".rstrip()
