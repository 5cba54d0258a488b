"""Whatever is put in, a decision says why, unknown never grants, and a stricter rule never grants more."""

import math
import re
from datetime import date
from typing import Any, TypeVar

import msgspec
from credit_cases import INVOICE_FACTS, LINE, MARKET_FACTS, ORDERS, POLICY, TODAY, a_case, decided
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lendmill.credit.case import Case, CaseGroup
from lendmill.credit.decide import Decision
from lendmill.credit.finding import STEPS
from lendmill.credit.policy import Policy
from lendmill.credit.provisions import TermRules
from lendmill.credit.record import content, content_of, replayed, text_of
from lendmill.credit.rules.rule import Rule
from lendmill.credit.tables import Table
from lendmill.people.canonical import canonical, digest_of
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
            "file": draw(st.sampled_from(["full", "thin", "unjudged"])),
            "as_of_on": draw(st.dates(date(2025, 11, 1), date(2026, 1, 2)) | wrong),
        }
        if draw(st.booleans())
        else {},
        standing={
            "outstanding_cents": draw(st.integers(0, 10_000_000) | wrong),
            "reserved_cents": draw(st.just(0) | st.integers(0, 10_000_000) | wrong),
            "loans_repaid": draw(st.integers(0, 20) | wrong),
            "days_past_due_worst": draw(st.integers(0, 40) | wrong),
        },
        granted_cents=draw(st.just(0) | st.integers(0, 110_000_000) | wrong),
        joint_granted_cents=draw(st.just(0) | st.integers(0, 110_000_000) | wrong),
        net_assets_cents=draw(st.just(10**10) | st.integers(0, 10**9) | wrong),
        asked_cents=draw(st.integers(90_000, 110_000_000) | wrong),
        purpose=draw(st.sampled_from(["stock", "a house"]) | wrong),
        facts_as_of_on=draw(st.dates(date(2025, 11, 20), date(2026, 1, 3)) | st.just(TODAY) | st.none()),
        group=draw(
            st.none()
            | st.integers(0, 250_000_000).map(lambda cents: CaseGroup(groups=1, members=2, granted_cents=cents))
            | (st.just(msgspec.UNSET) if junk else st.nothing())
        ),
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
    assert made.outcome not in ("approve", "counter") or made.terms is not None


@PATIENT
@given(cases(), st.sampled_from([LINE, ORDERS]))
def test_what_is_unknown_never_grants(case: Case, product: Any) -> None:
    made = decided(case, product=product)
    if any(found.verdict == "unknown" for found in made.findings):
        assert made.outcome in ("refer", "decline")


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


ORDER = {"approve": 3, "counter": 2, "refer": 1, "decline": 0}


T = TypeVar("T", bound=Table)
FIGURE = re.compile(r"([<>]) (-?[0-9.]+)")


def stricter(draw: st.DrawFn, rule: Rule) -> Rule:
    """The same rule with its thresholds moved inwards, and perhaps a refusal where it referred."""
    by = draw(st.floats(0, 100))

    def moved(text: str) -> str:
        return FIGURE.sub(lambda found: f"{found[1]} {float(found[2]) + (by if found[1] == '<' else -by):.9f}", text)

    tightened = {"refer_when": moved(rule.refer_when), "decline_when": moved(rule.decline_when)}
    if draw(st.booleans()):
        tightened["unknown"] = "decline"
    return msgspec.structs.replace(rule, **tightened)


def lower(draw: st.DrawFn, table: T, least: int = 0) -> T:
    """The same table with some cells made smaller."""
    rows = tuple((*row[:-1], draw(st.integers(least, int(row[-1])) | st.just(int(row[-1])))) for row in table.rows)
    return msgspec.structs.replace(table, rows=rows)


@st.composite
def tighter(draw: st.DrawFn) -> Policy:
    """The shipped policy with any of its cut-offs, caps and cells tightened."""
    limit, who, thin, group = POLICY.limit, POLICY.eligibility, POLICY.thin or None, POLICY.group or None
    assert thin is not None
    assert group is not None
    referred = tuple(draw(st.sets(st.sampled_from(["BB", "B"])))) + POLICY.rating.referred
    return msgspec.structs.replace(
        POLICY,
        eligibility=msgspec.structs.replace(
            who,
            age_years_min=who.age_years_min + draw(st.integers(0, 20)),
            age_years_max=who.age_years_max - draw(st.integers(0, 20)),
            history_months_min=who.history_months_min + draw(st.integers(0, 24)),
        ),
        rules=tuple(stricter(draw, rule) for rule in POLICY.rules or ()),
        rating=msgspec.structs.replace(
            POLICY.rating, referred=referred, age_days_max=POLICY.rating.age_days_max - draw(st.integers(0, 35))
        ),
        limit=msgspec.structs.replace(
            limit,
            tables=tuple(lower(draw, table) for table in limit.tables or ()),
            borrower_share_of_net_assets_bp=draw(st.integers(1, limit.borrower_share_of_net_assets_bp)),
            borrower_limit_max_cents=draw(st.integers(0, limit.borrower_limit_max_cents)),
            repaid_bonus_bp=draw(st.integers(0, limit.repaid_bonus_bp)),
            review_above_cents=draw(st.integers(0, limit.review_above_cents)),
        ),
        term=TermRules(tables=tuple(lower(draw, table, 1) for table in (POLICY.term or TermRules(tables=())).tables)),
        thin=msgspec.structs.replace(
            thin,
            share_bp=draw(st.integers(0, thin.share_bp)),
            months_max=draw(st.integers(1, thin.months_max)),
            review_above_cents=draw(st.integers(0, thin.review_above_cents)),
        ),
        group=msgspec.structs.replace(
            group,
            share_of_net_assets_bp=draw(st.integers(1, group.share_of_net_assets_bp)),
            limit_max_cents=draw(st.integers(0, group.limit_max_cents)),
        ),
    )


def granted_cents(made: Decision) -> int:
    """What a decision grants, or offers instead of what was asked."""
    return made.terms.limit_cents if made.terms is not None and made.outcome in ("approve", "counter") else 0


@PATIENT
@given(cases(junk=False), tighter(), st.sampled_from([LINE, ORDERS]))
def test_tightening_never_grants_more(case: Case, policy: Policy, product: Any) -> None:
    before, after = decided(case, product=product), decided(case, policy=policy, product=product)
    assert ORDER[after.outcome] <= ORDER[before.outcome]
    assert granted_cents(after) <= granted_cents(before)


@PATIENT
@given(cases(junk=False), st.integers(0, 35), st.sampled_from([LINE, ORDERS]))
def test_a_record_held_to_a_shorter_age_never_turns_a_no_into_a_yes(case: Case, days: int, product: Any) -> None:
    strict = msgspec.structs.replace(POLICY, facts_age_days_max=days)
    before, after = decided(case, product=product), decided(case, policy=strict, product=product)
    if after.outcome in ("approve", "counter"):
        assert (after.outcome, after.terms) == (before.outcome, before.terms)
    assert granted_cents(after) <= granted_cents(before)


@PATIENT
@given(cases(junk=False), st.sampled_from([LINE, ORDERS]))
def test_a_kept_decision_made_again_is_the_same_to_the_last_byte(case: Case, product: Any) -> None:
    made = decided(case, product=product)
    kept = content(case, POLICY, product, made)
    text = text_of(kept)
    assert text == canonical(msgspec.to_builtins(kept))
    assert text_of(content_of(text)) == text
    assert replayed(text, digest_of(text), POLICY, product).same


def test_a_changed_content_and_a_changed_rule_are_found_out() -> None:
    made = decided(a_case())
    text = text_of(content(a_case(), POLICY, LINE, made))
    forged = text.replace('"limit_cents":100000', '"limit_cents":9600000')
    assert forged != text
    (told_first,) = replayed(forged, digest_of(text), POLICY, LINE).differences
    assert told_first.startswith("the content's fingerprint is ")
    again = replayed(forged, digest_of(forged), POLICY, LINE)
    assert again.differences == ("decision.terms.limit_cents: kept 9600000, now 100000",)
    (months,) = (POLICY.term or TermRules(tables=())).tables
    shorter = msgspec.structs.replace(months, rows=tuple((grade, 6) for grade, _ in months.rows))
    other = msgspec.structs.replace(POLICY, term=TermRules(tables=(shorter,)))
    told = replayed(text, digest_of(text), other, LINE).differences
    assert "decision.terms.months_max: kept 12, now 6" in told


def test_the_day_is_an_input_like_any_other() -> None:
    assert decided(a_case(today=TODAY)).outcome == "approve"
    assert decided(a_case(today=date(2026, 3, 1))).reasons == ("facts-unknown", "rating-unknown", "sales-unknown")
