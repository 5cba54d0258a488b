"""What a reviewer decided and on what ground, as it is kept inside the decision that follows from it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from lendmill.credit.provisions import CONDITION_KINDS, ConditionKind
from lendmill.credit.reasons import CODES
from lendmill.credit.review.case import said
from lendmill.credit.review.interview.question import AnswerFinding
from lendmill.people.approvals.rules import reason_given
from lendmill.refusals import Refusal

ReviewOutcome = Literal["approve", "decline"]
UpTo = Literal["asked", "law"]
OUTCOMES: Final[tuple[ReviewOutcome, ...]] = ("approve", "decline")
REASONS_MAX: Final = 4
# Why a person grants what the computer did not, or confirms it; to decline, the reasons are those of every decision.
GRANT_REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "interview-agrees": ("What was said in the interview agrees with the record.", "视频调查与经营记录一致。"),
    "difference-explained": ("The difference was explained and shown.", "数据差异已说明并核实。"),
    "season": ("The fall in sales is that of the season.", "销售下滑属季节性波动。"),
    "trade-elsewhere": ("Trade outside the platform was shown.", "平台外经营情况已核实。"),
    "missing-established": ("What was missing is established.", "缺失信息已补充核实。"),
    "repaid-before": ("Earlier loans were repaid well.", "历史还款记录良好。"),
    "smaller-is-carried": ("The smaller amount can be carried.", "调低额度后还款能力可以覆盖。"),
    "shorter-is-carried": ("The shorter term can be carried.", "缩短期限后风险可控。"),
    "secured": ("A guarantor or collateral stands for it.", "已要求担保或抵（质）押。"),
}
# They say that a person will look, or tell something good: no reason to decline after the person has looked.
NOT_TO_DECLINE_WITH: Final = frozenset(
    {
        "rating-needs-review", "amount-needs-review", "facts-unknown", "stated-figures-differ", "short-record",
        "price-outside-band", "less-than-asked", "terms-changed", "repaid-well",
    }
)  # fmt: skip


class NoSuchOutcome(Refusal):
    """A person approves or declines; {outcome!r} is neither."""


class ReasonCodesWrong(Refusal):
    """Choose one to {most} of the reasons for this outcome; {wrong!r} is not among them."""


class ConditionNotOffered(Refusal):
    """{condition!r} cannot be asked for; choose out of {conditions}."""


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a reviewer decides: how much at most and for how long where they grant, and why in codes and in words."""

    outcome: ReviewOutcome
    reasons: tuple[str, ...]
    words: str
    amount_cents: int | None = None
    months_max: int | None = None
    conditions: tuple[ConditionKind, ...] = ()


class ReviewedBy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A person of the staff, by account and by the work they did then."""

    account_id: UUID
    role: str


class FoundInInterview(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question of the conversation, what the record says to it, and what was found."""

    question: str
    topic: str
    record: str
    finding: AnswerFinding
    said: str


class InterviewHeld(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The conversation a verdict rests on; of its recording only the reference."""

    interview_id: UUID
    held_on: date
    recording_ref: str
    found: tuple[FoundInInterview, ...]


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that makes a decision a person's: the computer's decision it is about, the verdict, and whose it is."""

    automatic_id: UUID
    automatic_hash: str
    automatic_outcome: str
    verdict: Verdict
    reviewer: ReviewedBy
    second: ReviewedBy | None
    interview: InterviewHeld | None
    up_to: UpTo | msgspec.UnsetType = msgspec.UNSET
    """Nobody grants more than was `asked` for, nor (`law`) more than a limit table that names a law; a review from
    before one was held says nothing of it."""
    one_of_a_kind: bool | msgspec.UnsetType = msgspec.UNSET
    """A guarantor, or collateral, that policy and person both ask for is asked for once; a review from before says
    nothing of it."""


def read_verdict(content: Mapping[str, Any]) -> Verdict:
    """A verdict as a form or a program sends it, or the refusal that says what is wrong with it.

    Refuses with `NoSuchOutcome`, `ReasonCodesWrong`, `ConditionNotOffered`, and as `reason_given` does.
    """
    outcome = next((each for each in OUTCOMES if each == content.get("outcome")), None)
    if outcome is None:
        raise NoSuchOutcome(outcome=str(content.get("outcome"))[:40])
    reasons = tuple(dict.fromkeys(content.get("reasons") or ()))
    allowed = set(GRANT_REASONS) if outcome == "approve" else CODES - NOT_TO_DECLINE_WITH
    wrong = next((code for code in reasons if code not in allowed), "")
    if wrong or not 1 <= len(reasons) <= REASONS_MAX:
        raise ReasonCodesWrong(most=REASONS_MAX, wrong=str(wrong)[:40])
    conditions = tuple(dict.fromkeys(content.get("conditions") or ())) if outcome == "approve" else ()
    for condition in conditions:
        if condition not in CONDITION_KINDS:
            raise ConditionNotOffered(condition=str(condition)[:40], conditions=", ".join(CONDITION_KINDS))
    reason_given(str(content.get("words") or "").replace("\r", " ").replace("\n", " ")[:500])
    return Verdict(
        outcome=outcome,
        reasons=reasons,
        words=said(str(content.get("words") or "")),
        amount_cents=content.get("amount_cents") if outcome == "approve" else None,
        months_max=content.get("months_max") if outcome == "approve" else None,
        conditions=conditions,
    )
