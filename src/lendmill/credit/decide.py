"""The decision itself: the same case under the same policy and product gives the same answer, for ever."""

from datetime import date
from typing import Any, Final, Literal

import msgspec

from lendmill.credit.case import Case
from lendmill.credit.eligibility import eligibility, knock_outs, ruled
from lendmill.credit.finding import (
    STEPS,
    Finding,
    at_least,
    at_most,
    judged,
    known_text,
    none_of,
    not_applicable,
    noted,
    one_of,
)
from lendmill.credit.limit import limit
from lendmill.credit.policy import Policy
from lendmill.credit.reasons import Reason
from lendmill.credit.stated import stated_figures
from lendmill.products.document import GRADES, Product
from lendmill.terms.rates import BASIS_POINTS, DAYS_A_YEAR

Outcome = Literal["approve", "refer", "decline"]
UNKNOWN: Final = "UNKNOWN"  # the grade of a rating whose card was asked what it had not learned


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is granted, or would be if the person who looks at it agrees."""

    limit_cents: int
    grade: str
    rate_num: int
    rate_den: int
    penalty_num: int
    months_max: int
    methods: tuple[str, ...]


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Approve, refer or decline, with every finding, and the reasons in order: what declines before what refers."""

    outcome: Outcome
    terms: Terms | None
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]


def decide(case: Case, policy: Policy, product: Product) -> Decision:
    """Apply the whole policy to a case. No step hides another: all findings are kept, whatever the first ones say."""
    fresh = facts_fresh(case, policy)
    if any(found.effect != "none" for found in fresh):
        case = msgspec.structs.replace(case, facts={})  # what is out of date is not known
    grade = known_grade(case)
    granted = limit(case, policy, product, grade)
    found = (
        *eligibility(case, policy),
        *knock_outs(case, policy),
        *fresh,
        *rating(case, policy),
        *stated_figures(case, policy),
        *granted.findings,
        *price(policy, product, grade),
        *term(policy, product, grade),
        *granted.conditions,
        *ruled(case, policy),
    )
    findings = tuple(sorted(found, key=lambda each: STEPS.index(each.step)))  # in a step the house's own rules first
    outcome = worst_outcome(findings)
    terms = None
    if outcome != "decline" and grade is not None and granted.cents > 0:
        terms = _terms(policy, product, grade, granted.cents)
    return Decision(outcome=outcome, terms=terms, reasons=reasons(findings), findings=findings)


def worst_outcome(findings: tuple[Finding, ...]) -> Outcome:
    """One finding that declines is enough to decline, one that refers to refer."""
    effects = {found.effect for found in findings}
    return "decline" if "decline" in effects else "refer" if "refer" in effects else "approve"


def reasons(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """Reason codes, each once: what declines first, then what refers, each in the order of the steps."""
    held = [found for effect in ("decline", "refer") for found in findings if found.effect == effect]
    return tuple(dict.fromkeys(found.reason for found in held if found.reason is not None))


def known_grade(case: Case) -> str | None:
    """The rating's grade, where it is one."""
    grade = known_text(case.rating.grade) if case.rating is not None else None
    return grade if grade in GRADES else None


def rating(case: Case, policy: Policy) -> tuple[Finding, ...]:
    """A rating that is there, fresh, sure of what it read, and good enough.

    What the card could not read is looked at by a person: it says nothing against the shop, and nothing for it.
    """
    rules, grade = policy.rating, known_grade(case)
    unread = case.rating is not None and case.rating.grade == UNKNOWN
    unknown = {
        "unknown": "refer" if unread else rules.unknown,
        "unknown_reason": Reason.RATING_UNKNOWN,
        "fact": "grade",
    }
    findings = [
        none_of("rating", "grade not declined", grade, rules.declined, Reason.RATING_TOO_LOW, **unknown),
        none_of(
            "rating",
            "grade not referred",
            grade,
            rules.referred,
            Reason.RATING_NEEDS_REVIEW,
            otherwise="refer",
            **unknown,
        ),
        at_most(
            "rating",
            "age of the rating",
            _rating_age_days(case),
            rules.age_days_max,
            Reason.RATING_UNKNOWN,
            otherwise=rules.unknown,
            unknown=rules.unknown,
            unknown_reason=Reason.RATING_UNKNOWN,
            unit="days",
        ),
        _facts_readable(case),
    ]
    if case.rating is not None and case.rating.grade != UNKNOWN:
        findings.append(noted("rating", "points", case.rating.points, unit="points"))
        findings.append(noted("rating", "probability of default", case.rating.pd, unit="pd"))
    return tuple(findings)


def _facts_readable(case: Case) -> Finding:
    doubts = case.rating.doubts if case.rating is not None else ()
    return judged(
        "rating",
        "facts the card can read",
        holds=not doubts and not case.facts_unreadable,
        value=", ".join((*doubts, *case.facts_unreadable)),
        op="is",
        threshold="",
        reason=Reason.FACTS_UNKNOWN,
        otherwise="refer",
    )


def facts_fresh(case: Case, policy: Policy) -> tuple[Finding, ...]:
    """The record was looked at lately enough, and not tomorrow: a clock that is wrong is found here.

    A policy from before this step has none of it.
    """
    if policy.facts_age_days_max is msgspec.UNSET:
        return ()
    on = case.facts_as_of_on
    age_days = None if on is None or on > case.today else (case.today - on).days
    held: dict[str, Any] = {"otherwise": "refer", "unknown": "refer", "unknown_reason": Reason.FACTS_UNKNOWN}
    note = "after today" if on is not None and on > case.today else ""
    most = policy.facts_age_days_max
    reason = Reason.FACTS_UNKNOWN
    return (at_most("rating", "age of the record", age_days, most, reason, unit="days", note=note, **held),)


def _rating_age_days(case: Case) -> int | None:
    if case.rating is None or not isinstance(case.rating.as_of_on, date) or case.rating.as_of_on > case.today:
        return None
    return (case.today - case.rating.as_of_on).days


def price(policy: Policy, product: Product, grade: str | None) -> tuple[Finding, ...]:
    """The product's rate for the grade, under the cap in force."""
    if grade in policy.rating.declined:
        return (not_applicable("price", "a grade with a price", "no terms for a declined grade"),)
    if grade is None:
        return (one_of("price", "a grade with a price", grade, tuple(policy.limit.share_bp), Reason.RATING_TOO_LOW),)
    rate = product.rate_for(grade)
    yearly_bp = -(-rate.num * DAYS_A_YEAR * BASIS_POINTS // rate.den)
    return (
        noted("price", "daily rate", str(rate)),
        at_most("price", "yearly rate", yearly_bp, product.all_in_cap_bp, Reason.LIMIT_TOO_SMALL, note="basis points"),
    )


def term(policy: Policy, product: Product, grade: str | None) -> tuple[Finding, ...]:
    """The longest loan for the grade, within the product's."""
    if grade in policy.rating.declined:
        return (not_applicable("term", "a grade with a term", "no terms for a declined grade"),)
    if grade is None or grade not in policy.months_by_grade:
        return (one_of("term", "a grade with a term", grade, tuple(policy.months_by_grade), Reason.RATING_TOO_LOW),)
    months = min(policy.months_by_grade[grade], product.months_max)
    return (at_least("term", "longest term", months, 1, Reason.RATING_TOO_LOW, unit="months"),)


def _terms(policy: Policy, product: Product, grade: str, limit_cents: int) -> Terms:
    rate, penalty = product.rate_for(grade), product.penalty_rate_for(grade)
    return Terms(
        limit_cents=limit_cents,
        grade=grade,
        rate_num=rate.num,
        rate_den=rate.den,
        penalty_num=penalty.num,
        months_max=min(policy.months_by_grade[grade], product.months_max),
        methods=product.methods,
    )
