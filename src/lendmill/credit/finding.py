"""One thing a decision looked at: what was read, what was required, and what came of it."""

import math
from datetime import date
from typing import Any, Final, Literal

import msgspec

from lendmill.credit.reasons import Reason

Step = Literal["eligibility", "knock-outs", "rating", "limit", "price", "term", "conditions", "review"]
STEPS: Final[tuple[Step, ...]] = (
    "eligibility", "knock-outs", "rating", "limit", "price", "term", "conditions", "review",
)  # fmt: skip
Verdict = Literal["pass", "fail", "unknown", "not-applicable", "noted"]
Effect = Literal["none", "counter", "refer", "decline"]
HeldBack = Literal["refer", "decline"]
Against = Literal["counter", "refer", "decline"]
Op = Literal["at-least", "at-most", "is", "one-of", "none-of", "noted", "when", "between"]
Unit = Literal["", "cents", "yuan", "days", "months", "years", "share", "count", "ratio", "points", "pd"]
Scalar = bool | int | float | str | None


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rule applied to a fact. What is unknown holds the application back, always: it refers or declines.

    What fails refers, declines, or leads to a counter-offer of what can be had.
    """

    step: Step
    rule: str
    verdict: Verdict
    effect: Effect
    reason: str | None
    fact: str
    value: Scalar
    op: Op
    threshold: Scalar | tuple[Scalar, ...]
    unit: Unit
    note: str

    def __post_init__(self) -> None:
        held = self.verdict in ("fail", "unknown")
        assert held == (self.effect != "none"), "what fails or is unknown holds back, and nothing else does"
        assert held == (self.reason is not None), "what holds back says why"


def known_number(value: Any) -> int | float | None:
    """A number that can be compared; anything else (missing, text, true or false, NaN, infinite) is unknown.

    >>> known_number(3), known_number("3"), known_number(True), known_number(float("nan"))
    (3, None, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return value if isinstance(value, float) and math.isfinite(value) else None


def known_text(value: Any) -> str | None:
    """A word that says something; an empty one or `unknown` does not."""
    return value if isinstance(value, str) and value.strip() not in ("", "unknown") else None


def known_truth(value: Any) -> bool | None:
    """Yes or no; a 1 or a 'yes' is neither."""
    return value if isinstance(value, bool) else None


def known_day(value: Any) -> date | None:
    """A day of the calendar; a moment or a text is none."""
    return value if type(value) is date else None


def judged(
    step: Step,
    rule: str,
    *,
    holds: bool | None,
    value: Scalar,
    op: Op,
    threshold: Scalar | tuple[Scalar, ...],
    reason: Reason,
    otherwise: Against = "decline",
    unknown: HeldBack = "refer",
    unknown_reason: Reason | None = None,
    fact: str = "",
    unit: Unit = "",
    note: str = "",
) -> Finding:
    """A finding from whether a rule holds; None is unknown, which never passes."""
    verdict: Verdict = "unknown" if holds is None else "pass" if holds else "fail"
    effect: Effect = unknown if holds is None else "none" if holds else otherwise
    why = None if holds else reason if holds is False else unknown_reason or Reason.FACTS_UNKNOWN
    return Finding(
        step=step,
        rule=rule,
        verdict=verdict,
        effect=effect,
        reason=why.code if why else None,
        fact=fact or rule,
        value=value,
        op=op,
        threshold=threshold,
        unit=unit,
        note=note,
    )


def at_least(step: Step, rule: str, value: Any, threshold: int | float, reason: Reason, **more: Any) -> Finding:
    """A fact that must reach a threshold; the threshold itself is enough."""
    known = known_number(value)
    holds = None if known is None else known >= threshold
    return judged(step, rule, holds=holds, value=known, op="at-least", threshold=threshold, reason=reason, **more)


def at_most(step: Step, rule: str, value: Any, threshold: int | float, reason: Reason, **more: Any) -> Finding:
    """A fact that must not pass a threshold; the threshold itself is allowed."""
    known = known_number(value)
    holds = None if known is None else known <= threshold
    return judged(step, rule, holds=holds, value=known, op="at-most", threshold=threshold, reason=reason, **more)


def must_be(step: Step, rule: str, value: Any, wanted: bool, reason: Reason, **more: Any) -> Finding:
    """A yes or a no that must be the one wanted."""
    known = known_truth(value)
    holds = None if known is None else known is wanted
    return judged(step, rule, holds=holds, value=known, op="is", threshold=wanted, reason=reason, **more)


def one_of(step: Step, rule: str, value: Any, allowed: tuple[str, ...], reason: Reason, **more: Any) -> Finding:
    """A word that must be among those allowed."""
    known = known_text(value)
    holds = None if known is None else known in allowed
    return judged(step, rule, holds=holds, value=known, op="one-of", threshold=allowed, reason=reason, **more)


def none_of(step: Step, rule: str, value: Any, refused: tuple[str, ...], reason: Reason, **more: Any) -> Finding:
    """A word that must not be among those refused."""
    known = known_text(value)
    holds = None if known is None else known not in refused
    return judged(step, rule, holds=holds, value=known, op="none-of", threshold=refused, reason=reason, **more)


def not_applicable(step: Step, rule: str, note: str, *, fact: str = "") -> Finding:
    """A rule that is not about this case, and why; only a known fact can set a rule aside."""
    return Finding(
        step=step, rule=rule, verdict="not-applicable", effect="none", reason=None, fact=fact or rule, value=None,
        op="noted", threshold=None, unit="", note=note,
    )  # fmt: skip


def noted(step: Step, rule: str, value: Scalar, *, unit: Unit = "", fact: str = "", note: str = "") -> Finding:
    """A figure the decision rests on, kept beside the rules."""
    return Finding(
        step=step, rule=rule, verdict="noted", effect="none", reason=None, fact=fact or rule, value=value, op="noted",
        threshold=None, unit=unit, note=note,
    )  # fmt: skip


def unknown_figure(
    step: Step, rule: str, facts: str, unknown: HeldBack, reason: Reason = Reason.FACTS_UNKNOWN
) -> Finding:
    """A figure that cannot be looked up or worked out, because what it is read from is not known."""
    return judged(
        step, rule, holds=None, value=None, op="noted", threshold=None, reason=reason, unknown_reason=reason,
        unknown=unknown, fact=facts,
    )  # fmt: skip
