"""The decision itself: the same case under the same policy and product gives the same answer, for ever."""

from datetime import date
from typing import Any, Final, Literal

import msgspec

from lendmill.credit.case import Case
from lendmill.credit.conditions.condition import Condition, asked_conditions
from lendmill.credit.eligibility import covering_sources, eligibility, knock_outs, ruled
from lendmill.credit.finding import STEPS, Finding, at_most, judged, known_text, none_of, noted
from lendmill.credit.ground import Ground
from lendmill.credit.limit import limit
from lendmill.credit.look import Look, looked_at
from lendmill.credit.policy import Policy
from lendmill.credit.price import Price, price
from lendmill.credit.reasons import Reason
from lendmill.credit.rules.reading import facts_of
from lendmill.credit.stated import STATED, stated_figures
from lendmill.credit.term import Term, term
from lendmill.credit.thin import second_thoughts
from lendmill.products.document import GRADES, Product

Outcome = Literal["approve", "counter", "refer", "decline"]
PLACES: Final = {step: n for n, step in enumerate(STEPS)}
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
    """Approve, counter, refer or decline, with every finding, and the reasons in order: what declines comes first.

    A counter-offer is an approval of less than was asked, once the borrower accepts it. `conditions` are met after the
    decision and before anything is drawn; a policy from before there were any has none.
    """

    outcome: Outcome
    terms: Terms | None
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]
    conditions: tuple[Condition, ...] | msgspec.UnsetType = msgspec.UNSET


def decide(case: Case, policy: Policy, product: Product) -> Decision:
    """Apply the whole policy to a case. No step hides another: all findings are kept, whatever the first ones say."""
    sources, fresh = covering_sources(case, policy), facts_fresh(case, policy)
    in_date = all(found.effect == "none" for found in fresh)
    if not in_date:
        case = msgspec.structs.replace(case, facts={})  # what is out of date is not known
    ground = Ground(case, policy, product, known_grade(case), facts_of(case), sources)
    priced, lasting = price(ground), term(ground)
    granted = limit(ground, rate=priced.rate, months=lasting.months)
    conditions = asked_conditions(ground, granted.cents)
    found = (
        *eligibility(case, policy, sources),
        *knock_outs(case, policy, sources),
        *fresh,
        *looked_at(RATING, case, policy, sources),
        *granted.findings,
        *priced.findings,
        *lasting.findings,
        *granted.conditions,
        *ruled(policy, ground.known, sources, fresh=in_date),
        *conditions.findings,
    )
    findings = tuple(sorted(found, key=_place))  # in a step the house's own rules first
    outcome = worst_outcome(findings)
    terms = None
    if outcome != "decline" and ground.grade is not None and granted.cents > 0:
        terms = _terms(ground, priced, lasting, granted.cents)
    asked = msgspec.UNSET if not policy.conditions or terms is None else conditions.asked
    return Decision(
        outcome=outcome, terms=terms, reasons=reasons(findings), findings=findings, conditions=asked
    )  # fmt: skip


def _place(found: Finding) -> int:
    return PLACES[found.step]


def worst_outcome(findings: tuple[Finding, ...]) -> Outcome:
    """One finding that declines is enough to decline, one that refers to refer, one that counters to offer less."""
    effects = {found.effect for found in findings}
    outcomes: tuple[Outcome, ...] = ("decline", "refer", "counter")
    return next((outcome for outcome in outcomes if outcome in effects), "approve")


def reasons(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """Reason codes, each once: what declines, then what refers, then why less is offered, each in the steps' order."""
    held = [found for effect in ("decline", "refer", "counter") for found in findings if found.effect == effect]
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
            note=_ahead(case, policy),
        ),
        _facts_readable(case),
    ]
    if case.rating is not None and case.rating.grade != UNKNOWN:
        findings.append(noted("rating", "points", case.rating.points, unit="points"))
        findings.append(noted("rating", "probability of default", case.rating.pd, unit="pd"))
    return tuple(findings)


RATING: Final = (
    Look(("rated", "told_grade", "rating_age_days", "doubtful"), lambda case, policy, _sources: rating(case, policy)),
    Look(STATED, lambda case, policy, _sources: stated_figures(case, policy)),
    Look(("rated", "file"), lambda case, policy, _sources: second_thoughts(case, policy), asked_only=True),
)


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


FRESH: Final = (Look(("record_age_days",), lambda case, policy, _sources: facts_fresh(case, policy)),)


def _ahead(case: Case, policy: Policy) -> str:
    """Told where a rating is dated after today; policies from before the record's age was held did not tell it."""
    on = case.rating.as_of_on if case.rating is not None else None
    ahead = isinstance(on, date) and on > case.today and policy.facts_age_days_max is not msgspec.UNSET
    return "after today" if ahead else ""


def _rating_age_days(case: Case) -> int | None:
    if case.rating is None or not isinstance(case.rating.as_of_on, date) or case.rating.as_of_on > case.today:
        return None
    return (case.today - case.rating.as_of_on).days


def _terms(ground: Ground, priced: Price, lasting: Term, limit_cents: int) -> Terms:
    assert ground.grade is not None
    assert priced.rate is not None
    assert priced.penalty is not None
    assert lasting.months is not None
    return Terms(
        limit_cents=limit_cents,
        grade=ground.grade,
        rate_num=priced.rate.num,
        rate_den=priced.rate.den,
        penalty_num=priced.penalty.num,
        months_max=lasting.months,
        methods=ground.product.methods,
    )
