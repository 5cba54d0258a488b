"""Whatever is put in, a decision says why, unknown never grants, and a stricter rule never grants more."""

import math
from datetime import date
from typing import Any

import msgspec
from credit_cases import INVOICE_FACTS, LINE, MARKET_FACTS, ORDERS, POLICY, TODAY, a_case, decided
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lendmill.credit.case import Case
from lendmill.credit.decide import Decision
from lendmill.credit.finding import STEPS
from lendmill.credit.policy import FactRule, Policy
from lendmill.credit.record import content, content_of, replayed, text_of
from lendmill.people.canonical import digest_of
from lendmill.products.document import GRADES

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines are shared
JUNK = st.sampled_from([None, math.nan, math.inf, -math.inf, "", "12", "yes", True, False, [], {}, (), date.max])
NEAR = st.floats(-1, 1, allow_nan=False) | st.floats(0, 200) | st.floats(0, 1e7) | st.floats(allow_nan=False)
FACT = NEAR | JUNK


@st.composite
def facts(draw: st.DrawFn, value: st.SearchStrategy[Any] = FACT) -> dict[str, Any]:
    """A good shop's facts with a few changed, lost, or made into something that is no number."""
    base = dict(draw(st.sampled_from([MARKET_FACTS, INVOICE_FACTS])))
    for name in draw(st.lists(st.sampled_from(sorted(base)), max_size=4)):
        base[name] = draw(value)
    for name in draw(st.lists(st.sampled_from(sorted(base)), max_size=2)):
        base.pop(name, None)
    return base


@st.composite
def cases(draw: st.DrawFn, junk: bool = True) -> Case:
    """Cases near the edge between yes and no, in some of which anything may be wrong."""
    wrong = JUNK if junk else st.nothing()
    return a_case(
        stage=draw(st.sampled_from(["offer", "application"])),
        from_facts=draw(facts(FACT if junk else NEAR.filter(math.isfinite))),
        borrower={
            "kind": draw(st.sampled_from(["firm", "person"]) | wrong),
            "born_on": draw(st.dates(date(1960, 1, 1), date(2010, 1, 1)) | st.none() | wrong),
            "member_since_on": draw(st.dates(date(2025, 1, 1), date(2026, 2, 1)) | st.none() | wrong),
            "identity_verified": draw(st.booleans() | wrong),
            "banned": draw(st.just(False) | wrong),
        },
        rating={
            "grade": draw(st.sampled_from(GRADES) | wrong),
            "as_of_on": draw(st.dates(date(2025, 11, 1), date(2026, 1, 2)) | wrong),
        }
        if draw(st.booleans())
        else {},
        standing={
            "outstanding_cents": draw(st.integers(0, 10_000_000) | wrong),
            "loans_repaid": draw(st.integers(0, 20)),
            "days_past_due_worst": draw(st.integers(0, 40) | wrong),
        },
        granted_cents=draw(st.just(0) | st.integers(0, 110_000_000) | wrong),
        joint_granted_cents=draw(st.just(0) | st.integers(0, 110_000_000) | wrong),
        net_assets_cents=draw(st.just(10**10) | st.integers(0, 10**9) | wrong),
        asked_cents=draw(st.integers(90_000, 110_000_000) | wrong),
        purpose=draw(st.sampled_from(["stock", "a house"]) | wrong),
    )


@PATIENT
@given(cases(), st.sampled_from([LINE, ORDERS]))
def test_every_decision_says_what_it_found_and_why(case: Case, product: Any) -> None:
    made = decided(case, product=product)
    assert len(made.findings) >= 30
    assert [found.step for found in made.findings] == sorted((f.step for f in made.findings), key=STEPS.index)
    held = {found.reason for found in made.findings if found.effect != "none"}
    assert set(made.reasons) == held
    assert (made.outcome == "approve") is (not made.reasons)
    assert made.outcome != "approve" or made.terms is not None


@PATIENT
@given(cases(), st.sampled_from([LINE, ORDERS]))
def test_what_is_unknown_never_grants(case: Case, product: Any) -> None:
    made = decided(case, product=product)
    if any(found.verdict == "unknown" for found in made.findings):
        assert made.outcome != "approve"


@PATIENT
@given(cases(), st.sampled_from([LINE, ORDERS]))
def test_what_is_granted_stays_under_every_cap(case: Case, product: Any) -> None:
    made = decided(case, product=product)
    if made.terms is None:
        return
    limit_cents = made.terms.limit_cents
    assert type(limit_cents) is int
    assert 0 < limit_cents <= product.limit_max_cents
    assert case.joint_granted_cents is not None
    assert limit_cents + case.joint_granted_cents <= 100_000_000
    if case.stage == "application":
        assert case.asked_cents is not None
        assert limit_cents <= case.asked_cents
    caps = [found.value for found in made.findings if found.verdict == "noted" and found.unit == "cents"]
    assert all(isinstance(cap, int) and limit_cents <= cap for cap in caps if cap is not None)


ORDER = {"approve": 2, "refer": 1, "decline": 0}


def stricter(draw: st.DrawFn, rule: FactRule) -> FactRule:
    """The same rule with one or both thresholds moved inwards."""
    sign = -1 if rule.high_is_bad else 1
    by = draw(st.floats(0, 100))
    names = ("refer_above", "decline_above") if rule.high_is_bad else ("refer_below", "decline_below")
    moved = {name: old + sign * by for name in names if (old := getattr(rule, name)) is not None}
    return msgspec.structs.replace(rule, **moved)


@st.composite
def tighter(draw: st.DrawFn) -> Policy:
    """The shipped policy with any of its cut-offs tightened."""
    limit, who = POLICY.limit, POLICY.eligibility
    referred = tuple(draw(st.sets(st.sampled_from(["BB", "B"])))) + POLICY.rating.referred
    return msgspec.structs.replace(
        POLICY,
        eligibility=msgspec.structs.replace(
            who,
            age_years_min=who.age_years_min + draw(st.integers(0, 20)),
            age_years_max=who.age_years_max - draw(st.integers(0, 20)),
            history_months_min=who.history_months_min + draw(st.integers(0, 24)),
        ),
        knock_outs=tuple(stricter(draw, rule) for rule in POLICY.knock_outs),
        rating=msgspec.structs.replace(
            POLICY.rating, referred=referred, age_days_max=POLICY.rating.age_days_max - draw(st.integers(0, 35))
        ),
        limit=msgspec.structs.replace(
            limit,
            share_bp={grade: share - draw(st.integers(0, share)) for grade, share in limit.share_bp.items()},
            budget_share_bp=draw(st.integers(1, limit.budget_share_bp)),
            borrower_share_of_net_assets_bp=draw(st.integers(1, limit.borrower_share_of_net_assets_bp)),
            borrower_limit_max_cents=draw(st.integers(0, limit.borrower_limit_max_cents)),
            repaid_bonus_bp=draw(st.integers(0, limit.repaid_bonus_bp)),
        ),
        months_by_grade={grade: draw(st.integers(1, months)) for grade, months in POLICY.months_by_grade.items()},
    )


def granted_cents(made: Decision) -> int:
    """What a decision grants at once."""
    return made.terms.limit_cents if made.terms is not None and made.outcome == "approve" else 0


@PATIENT
@given(cases(junk=False), tighter(), st.sampled_from([LINE, ORDERS]))
def test_tightening_never_grants_more(case: Case, policy: Policy, product: Any) -> None:
    before, after = decided(case, product=product), decided(case, policy=policy, product=product)
    assert ORDER[after.outcome] <= ORDER[before.outcome]
    assert granted_cents(after) <= granted_cents(before)


@PATIENT
@given(cases(junk=False), st.sampled_from([LINE, ORDERS]))
def test_a_kept_decision_made_again_is_the_same_to_the_last_byte(case: Case, product: Any) -> None:
    made = decided(case, product=product)
    text = text_of(content(case, POLICY, product, made))
    assert text_of(content_of(text)) == text
    assert replayed(text, digest_of(text), POLICY, product).same


def test_a_changed_content_and_a_changed_rule_are_found_out() -> None:
    made = decided(a_case())
    text = text_of(content(a_case(), POLICY, LINE, made))
    forged = text.replace('"limit_cents":1600000', '"limit_cents":9600000')
    assert forged != text
    (told_first,) = replayed(forged, digest_of(text), POLICY, LINE).differences
    assert told_first.startswith("the content's fingerprint is ")
    again = replayed(forged, digest_of(forged), POLICY, LINE)
    assert again.differences == ("decision.terms.limit_cents: kept 9600000, now 1600000",)
    other = msgspec.structs.replace(POLICY, months_by_grade={**POLICY.months_by_grade, "A": 6})
    told = replayed(text, digest_of(text), other, LINE).differences
    assert "decision.terms.months_max: kept 12, now 6" in told


def test_the_day_is_an_input_like_any_other() -> None:
    assert decided(a_case(today=TODAY)).outcome == "approve"
    assert decided(a_case(today=date(2026, 3, 1))).reasons == ("rating-unknown",)
