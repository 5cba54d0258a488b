"""Who may ask at all, and what shuts the door whatever the rating says."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
import polars as pl

from lendmill.credit.ages import whole_months, whole_years
from lendmill.credit.case import Case
from lendmill.credit.finding import (
    Finding,
    HeldBack,
    at_least,
    at_most,
    judged,
    known_number,
    must_be,
    none_of,
    not_applicable,
    one_of,
)
from lendmill.credit.look import Look, looked_at
from lendmill.credit.policy import FactRule, Policy
from lendmill.credit.reasons import Reason
from lendmill.credit.rules.rule import ANY_SOURCE, found
from lendmill.credit.rules.stops import Stop

KINDS: Final = ("firm", "person")


def eligibility(case: Case, policy: Policy, sources: tuple[str, ...]) -> tuple[Finding, ...]:
    """Every condition of asking, each with its finding."""
    return looked_at(WHO_MAY_ASK, case, policy, sources)


def covering_sources(case: Case, policy: Policy) -> tuple[str, ...]:
    """The sources that know this shop: those whose telling fact is known."""
    told = (name for name, fact in policy.sources.items() if known_number(case.facts.get(fact)) is not None)
    return tuple(sorted(told))


def has_a_record(sources: tuple[str, ...]) -> Finding:
    """A shop no source covers is declined: nothing is known of it."""
    note = ", ".join(sources)
    return at_least("eligibility", "record", len(sources), 1, Reason.NO_RECORD, unit="count", note=note)


def right_age(case: Case, policy: Policy) -> tuple[Finding, ...]:
    """Persons of the product's ages; a firm has none."""
    if case.borrower.kind == "firm":
        return (not_applicable("eligibility", "age", "a firm has no age"),)
    if case.borrower.kind != "person":
        return (one_of("eligibility", "kind of borrower", case.borrower.kind, KINDS, Reason.FACTS_UNKNOWN),)
    years = whole_years(case.borrower.born_on, case.today)
    rules, reason = policy.eligibility, Reason.TOO_YOUNG_OR_OLD
    return (
        at_least("eligibility", "youngest age", years, rules.age_years_min, reason, unit="years", fact="age"),
        at_most("eligibility", "oldest age", years, rules.age_years_max, reason, unit="years", fact="age"),
    )


def enough_history(case: Case, policy: Policy) -> Finding:
    """Refuse a shop too young for the rating to mean anything."""
    months = whole_months(case.borrower.member_since_on, case.today)
    least = policy.eligibility.history_months_min
    return at_least("eligibility", "history", months, least, Reason.TOO_LITTLE_HISTORY, unit="months")


def identity_verified(case: Case) -> Finding:
    """Asked for when somebody applies; an offer does not need it yet."""
    if case.stage == "offer":
        return not_applicable("eligibility", "identity verified", "asked for in the application")
    return must_be(
        "eligibility",
        "identity verified",
        case.borrower.identity_verified,
        True,
        Reason.IDENTITY_NOT_VERIFIED,
        unknown_reason=Reason.IDENTITY_NOT_VERIFIED,
    )


def not_banned(case: Case) -> Finding:
    """Whoever is shut out of credit is."""
    return must_be("eligibility", "not banned", case.borrower.banned, False, Reason.BANNED, unknown="decline")


def region_served(case: Case, policy: Policy) -> Finding:
    """A region the house does not lend in; where it lends everywhere the region need not be known."""
    refused = policy.eligibility.regions_refused
    if not refused:
        return not_applicable("eligibility", "region", "no region is refused")
    return none_of("eligibility", "region", case.borrower.region, refused, Reason.REGION_NOT_SERVED)


def purpose_allowed(case: Case, policy: Policy) -> Finding:
    """The money is for the business (贷款用途); an offer does not ask yet."""
    if case.stage == "offer":
        return not_applicable("eligibility", "purpose", "asked for in the application")
    allowed = tuple(purpose.key for purpose in policy.eligibility.purposes)
    return one_of("eligibility", "purpose", case.purpose, allowed, Reason.PURPOSE_NOT_ALLOWED)


WHO_MAY_ASK: Final = (
    Look(("covered",), lambda _case, _policy, sources: (has_a_record(sources),)),
    Look(("kind", "age_years"), lambda case, policy, _sources: right_age(case, policy)),
    Look(("member_months",), lambda case, policy, _sources: (enough_history(case, policy),)),
    Look(("identity_verified",), lambda case, _policy, _sources: (identity_verified(case),), asked_only=True),
    Look(("region",), lambda case, policy, _sources: (region_served(case, policy),)),
    Look(("banned",), lambda case, _policy, _sources: (not_banned(case),)),
    Look(("purpose",), lambda case, policy, _sources: (purpose_allowed(case, policy),), asked_only=True),
)


def knock_outs(case: Case, policy: Policy, sources: tuple[str, ...]) -> tuple[Finding, ...]:
    """Late debts here, then the rules over the shop's record of policies from before version 3."""
    standing = looked_at(STANDING, case, policy, sources)
    return (*standing, *(over_the_record(case, rule, sources) for rule in policy.knock_outs or ()))


def nothing_late(case: Case) -> Finding:
    """Whoever is late with us gets nothing new."""
    late_since_on = case.standing.late_since_on
    return judged(
        "knock-outs",
        "nothing late with us",
        holds=late_since_on is None,
        value=None if late_since_on is None else str(late_since_on),
        op="is",
        threshold=None,
        reason=Reason.LATE_DEBT,
        fact="late since",
    )


def never_long_late(case: Case, policy: Policy) -> Finding:
    """A short delay once does not shut the door; a long one does."""
    return at_most(
        "knock-outs",
        "worst lateness with us",
        case.standing.days_past_due_worst,
        policy.debts.days_past_due_worst_max,
        Reason.LATE_DEBT,
        unit="days",
    )


STANDING: Final = (
    Look(("late_since_on",), lambda case, _policy, _sources: (nothing_late(case),)),
    Look(("days_past_due_worst",), lambda case, policy, _sources: (never_long_late(case, policy),)),
)


def ruled(
    policy: Policy, known: Mapping[str, Any], sources: tuple[str, ...], *, fresh: bool = True
) -> tuple[Finding, ...]:
    """The findings of the policy's own rules, each in the step it belongs to.

    Where the record is out of date, what a rule cannot know of it says nothing about the shop: a person looks.
    """
    findings = tuple(found(rule, known, sources) for rule in policy.rules or ())
    return findings if fresh else tuple(map(_looked_at, findings))


def _looked_at(finding: Finding) -> Finding:
    if finding.verdict != "unknown":
        return finding
    return msgspec.structs.replace(finding, effect="refer", reason=Reason.FACTS_UNKNOWN.code)


def over_the_record(case: Case, rule: FactRule, sources: tuple[str, ...]) -> Finding:
    """One rule over the shop's record: the worst known fact against the two thresholds."""
    if rule.source != ANY_SOURCE and rule.source not in sources:
        return not_applicable("knock-outs", rule.rule, f"not covered by {rule.source}", fact=", ".join(rule.facts))
    known = [(number, fact) for fact in rule.facts if (number := known_number(case.facts.get(fact))) is not None]
    value, fact = (max(known) if rule.high_is_bad else min(known)) if known else (None, ", ".join(rule.facts))
    refer, decline = rule.thresholds
    declines = value is not None and decline is not None and (value > decline if rule.high_is_bad else value < decline)
    threshold = decline if declines or refer is None else refer
    assert threshold is not None, "a rule has a threshold"
    compare = at_most if rule.high_is_bad else at_least
    return compare(
        "knock-outs",
        rule.rule,
        value,
        threshold,
        Reason.of(rule.reason),
        otherwise="decline" if declines else "refer",
        unknown=rule.unknown,
        fact=fact,
        unit=rule.unit,
    )


def over_the_records(rule: FactRule, covered: Mapping[str, pl.Expr]) -> Iterator[Stop]:
    """The same of a table of files, whose facts stand in `columns.readable` columns."""
    here = covered[rule.source] if rule.source != ANY_SOURCE else pl.lit(value=True)
    facts = [pl.col(fact) for fact in rule.facts]
    value = pl.max_horizontal(facts) if rule.high_is_bad else pl.min_horizontal(facts)
    refer, decline = rule.thresholds
    before = pl.lit(value=False)
    held: tuple[tuple[HeldBack, float | None], ...] = (("decline", decline), ("refer", refer))
    for effect, threshold in held:
        if threshold is not None:
            stops = (value > threshold if rule.high_is_bad else value < threshold).fill_null(value=False)
            yield Stop("knock-outs", effect, rule.reason, here & stops & ~before)
            before = before | stops
    yield Stop("knock-outs", rule.unknown, Reason.FACTS_UNKNOWN.code, here & value.is_null())
