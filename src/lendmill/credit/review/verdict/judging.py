"""A person's decision as a rule: the same case, documents and review give the same decision, for ever."""

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from lendmill.credit.case import Case
from lendmill.credit.conditions.condition import BY_PERSON, Condition, asked_conditions
from lendmill.credit.decide import Decision, Terms, decide
from lendmill.credit.finding import Finding, judged, noted
from lendmill.credit.policy import Policy
from lendmill.credit.reasons import Reason
from lendmill.credit.review.interview.question import AnswerFinding
from lendmill.credit.review.rules import ReviewRules, limit_of
from lendmill.credit.review.verdict.bounds import Bounds, bounds, check_bounds
from lendmill.credit.review.verdict.review import Review, Verdict
from lendmill.people.roles import Role
from lendmill.products.document import Product
from lendmill.refusals import Refusal

Override = Literal["none", "up", "down"]
CONDITION_DAYS: Final = 30
HOLDS: Final[dict[AnswerFinding, bool | None]] = {"matches": True, "differs": False, "not answered": None}


class InterviewNeeded(Refusal):
    """Above {above_cents} cents nobody grants without having spoken to the borrower."""


class IdentityNotConfirmed(Refusal):
    """In the interview the identity did not match or was not shown: this cannot be granted."""


def reviewed(case: Case, policy: Policy, product: Product, review: Review) -> Decision:
    """What follows from a verdict: all findings of the computer, made again today, and those of the person.

    Nothing a person says removes a finding; it says what follows from them all.
    """
    automatic = decide(case, policy, product)
    within = bounds(case, policy, product, automatic, up_to=review.up_to)
    check_bounds(review.verdict, within)
    findings = (*automatic.findings, *_found(review, automatic, within))
    if review.verdict.outcome == "decline":
        return Decision(outcome="decline", terms=None, reasons=review.verdict.reasons, findings=findings)
    terms = terms_of(review.verdict, within)
    conditions = conditions_of(review, within)
    asked = conditions if conditions or policy.conditions else msgspec.UNSET
    return Decision(outcome="approve", terms=terms, reasons=(), findings=findings, conditions=asked)


def terms_of(verdict: Verdict, within: Bounds) -> Terms:
    """The terms of a grant: the person's amount and term, the grade's price."""
    rate, penalty = within.priced.rate, within.priced.penalty
    assert rate is not None
    assert penalty is not None
    assert verdict.amount_cents is not None
    assert verdict.months_max is not None
    return Terms(
        limit_cents=verdict.amount_cents,
        grade=within.grade,
        rate_num=rate.num,
        rate_den=rate.den,
        penalty_num=penalty.num,
        months_max=verdict.months_max,
        methods=within.ground.product.methods,
    )


def conditions_of(review: Review, within: Bounds) -> tuple[Condition, ...]:
    """What the policy asks of such a file stays asked; a person can ask for more.

    Of a kind that meets both, what the person asks takes the place of what the policy does: the larger cover and the
    fewer days count, and whoever stands for the whole limit is told and verified once.
    """
    whole_cents, kinds = review.verdict.amount_cents, review.verdict.conditions
    assert whole_cents is not None
    asked = asked_conditions(within.ground, whole_cents).asked
    if not review.one_of_a_kind:
        kinds = tuple(kind for kind in kinds if not any((kind,) == each.by for each in asked))
    met = {kind: [each for each in asked if review.one_of_a_kind and kind in each.by] for kind in kinds}
    return (
        *(each for each in asked if not any(each in policys for policys in met.values())),
        *(
            Condition(
                condition=BY_PERSON[kind][0],
                by=(kind,),
                cover_cents=max([whole_cents, *(each.cover_cents for each in policys)]),
                days=min([CONDITION_DAYS, *(each.days for each in policys)]),
            )
            for kind, policys in met.items()
        ),
    )


def override(verdict: Verdict, automatic: Decision) -> Override:
    """Whether a verdict goes against what the computer said: granted what was declined, or more than was to be had.

    A file the computer left open is not overridden by deciding it within its own terms.
    """
    if verdict.outcome == "decline":
        return "down" if automatic.outcome in ("approve", "counter") else "none"
    most_cents = automatic.terms.limit_cents if automatic.terms else 0
    if automatic.outcome == "decline" or automatic.terms is None or (verdict.amount_cents or 0) > most_cents:
        return "up"
    return "none"


def why_second(verdict: Verdict, review: Review, automatic: Decision, rules: ReviewRules) -> tuple[str, ...]:
    """Why one person is not enough, by codes; nothing where they are."""
    if verdict.outcome == "decline":
        return ()
    found = []
    amount_cents = verdict.amount_cents or 0
    if amount_cents > limit_of(rules.alone_up_to_cents, Role(review.reviewer.role)):
        found.append("amount")
    if override(verdict, automatic) != "none":
        found.append("override")
    if any(each.finding == "differs" for each in (review.interview.found if review.interview else ())):
        found.append("interview")
    return tuple(found)


def check_interview(review: Review, rules: ReviewRules) -> None:
    """Refuse to grant a large amount without a conversation, or anything to somebody who is not who they say."""
    if review.verdict.outcome != "approve":
        return
    if review.interview is None and (review.verdict.amount_cents or 0) > rules.interview_above_cents:
        raise InterviewNeeded(above_cents=rules.interview_above_cents)
    for each in review.interview.found if review.interview else ():
        if each.topic == "identity" and each.finding != "matches":
            raise IdentityNotConfirmed


def _found(review: Review, automatic: Decision, within: Bounds) -> Iterator[Finding]:
    for each in review.interview.found if review.interview else ():
        yield judged(
            "review", f"interview: {each.question}", holds=HOLDS[each.finding], value=each.finding, op="is",
            threshold="matches", reason=Reason.INTERVIEW_DIFFERS, otherwise="refer", fact=each.topic, note=each.record,
        )  # fmt: skip
    verdict = review.verdict
    yield noted("review", "the computer says today", automatic.outcome)
    yield noted("review", "most a person may grant", within.most_cents, unit="cents")
    if verdict.amount_cents is not None:
        yield noted("review", "granted by a person", verdict.amount_cents, unit="cents")
    yield noted("review", "override", override(verdict, automatic))
    yield noted("review", "decided by", review.reviewer.role)
    if review.second is not None:
        yield noted("review", "second person", review.second.role)
