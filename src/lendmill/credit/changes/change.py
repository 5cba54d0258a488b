"""A change of a line's limit or price after it was opened: what it was, what it becomes, from when, and why."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from lendmill.money import yuan
from lendmill.terms.rates import Rate

ChangeKind = Literal["raise", "cut", "cheaper", "dearer"]
WORSE: Final = ("cut", "dearer")

NOTICES: Final[dict[str, tuple[str, str]]] = {
    "raise": (
        "Your limit rises from {before} to {after} yuan on {day}, because {label_en}.",
        "因{label_zh}，您的授信额度自{day}起由 {before} 元调整为 {after} 元。",
    ),
    "cut": (
        "Your limit falls from {before} to {after} yuan on {day}, because {label_en}. What you have drawn stays as"
        " agreed. You may ask for a person to look at this.",
        "因{label_zh}，您的授信额度自{day}起由 {before} 元调整为 {after} 元。"
        "已提款部分仍按原约定执行；您可申请人工复核。",
    ),
    "cheaper": (
        "New draws cost {after} a year instead of {before} from {day} on, because {label_en}.",
        "因{label_zh}，自{day}起新提款的年化利率（单利）由 {before} 调整为 {after}。",
    ),
    "dearer": (
        "New draws cost {after} a year instead of {before} from {day} on, because {label_en}. What you have drawn stays"
        " as agreed. You may ask for a person to look at this.",
        "因{label_zh}，自{day}起新提款的年化利率（单利）由 {before} 调整为 {after}。"
        "已提款部分仍按原约定执行；您可申请人工复核。",
    ),
}


@dataclass(frozen=True, slots=True)
class LineWeighed:
    """What a rule makes of a line today; the limit and the rate it will have."""

    kind: ChangeKind
    rule: str
    limit_cents: int
    rate: Rate
    penalty: Rate
    reason: str
    urgent: bool
    effective_on: date
    label_en: str
    label_zh: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LineChange:
    """A change as kept, with its notice in both languages, and what became of it on its day."""

    change_id: UUID
    borrower_id: UUID
    line_id: UUID
    kind: ChangeKind
    rule: str
    policy_key: str
    policy_version: int
    facts: dict[str, Any]
    limit_before_cents: int
    limit_cents: int
    rate_before_num: int
    rate_num: int
    penalty_num: int
    rate_den: int
    reason: str
    notice_en: str
    notice_zh: str
    urgent: bool
    noted_on: date
    effective_on: date
    made_at: datetime
    outcome: str | None

    def notice(self, language: str) -> str:
        """What the borrower is told."""
        return self.notice_zh if language.startswith("zh") else self.notice_en


@dataclass(slots=True)
class ChangesReport:
    """What a night's look at the open lines came to."""

    looked_at: int = 0
    raised: int = 0
    cut: int = 0
    priced: int = 0
    carried_out: int = 0
    lapsed: int = 0
    conditions_lapsed: int = 0
    offers_lapsed: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


def notices(found: LineWeighed, before_cents: int, before: Rate) -> tuple[str, str]:
    """The notice in English and in Chinese."""
    of_limit = found.kind in ("raise", "cut")
    told = {
        "before": yuan(before_cents) if of_limit else f"{before.nominal_annual():.2%}",
        "after": yuan(found.limit_cents) if of_limit else f"{found.rate.nominal_annual():.2%}",
        "label_en": found.label_en,
        "label_zh": found.label_zh,
    }
    en, zh = NOTICES[found.kind]
    on = found.effective_on
    return en.format(day=on, **told), zh.format(day=f"{on.year}年{on.month}月{on.day}日", **told)
