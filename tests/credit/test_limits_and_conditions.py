"""Short records, groups, prices, conditions, and records out of date: each at its edge, and what is unknown says no."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from credit_cases import INVOICE_FACTS, LINE, POLICY, TODAY, a_case, changed_policy, decided, finding
from test_review_rules import granted, review

from lendmill.credit.case import CaseGroup
from lendmill.credit.conditions.condition import Condition
from lendmill.credit.finding import STEPS
from lendmill.credit.policy import InvalidPolicy, policy_of
from lendmill.credit.review.verdict.judging import reviewed
from lendmill.credit.rules.rule import Rule
from lendmill.products.caps import caps_on
from lendmill.products.dearest import DearerThanAllowed, check_caps
from lendmill.products.document import InvalidProduct, product_of

BANDED = product_of(msgspec.to_builtins(LINE) | {"rate_min": "0.04 %", "rate_max": "0.06 %"})
LARGE = {"sales_monthly_mean": 2_000_000.0}


@pytest.mark.parametrize(
    ("file", "limit_cents", "months"),
    [("full", 1_600_000, 12), ("thin", 800_000, 6), ("unjudged", 800_000, 6), (msgspec.UNSET, 800_000, 6)],
)
def test_a_short_record_is_granted_a_part_and_for_less_long(file: Any, limit_cents: int, months: int) -> None:
    made = decided(a_case(rating={"file": file}, asked_cents=100_000))
    assert made.terms is not None
    assert (made.outcome, made.terms.months_max) == ("approve", months)
    # six months carry half the debt of twelve: what dues leave room for is not the tightest here either way
    offer = decided(a_case(stage="offer", asked_cents=None, purpose=None, rating={"file": file}))
    assert offer.terms is not None
    assert offer.terms.limit_cents == limit_cents


@pytest.mark.parametrize(("asked_cents", "outcome"), [(5_000_000, "approve"), (5_000_001, "refer")])
def test_a_person_looks_at_a_large_amount_on_a_short_record(asked_cents: int, outcome: str) -> None:
    made = decided(a_case(facts=LARGE, rating={"file": "thin"}, asked_cents=asked_cents))
    assert (made.outcome, made.reasons) == (outcome, () if outcome == "approve" else ("short-record",))
    assert decided(a_case(facts=LARGE, asked_cents=asked_cents)).outcome == "approve"
    offer = decided(a_case(stage="offer", asked_cents=None, purpose=None, facts=LARGE, rating={"file": "thin"}))
    assert offer.terms is not None
    assert (offer.outcome, offer.terms.limit_cents) == ("approve", 5_000_000)


@pytest.mark.parametrize(
    ("granted_cents", "outcome", "reasons"),
    [
        (199_900_000, "approve", ()),
        (199_900_001, "decline", ("group-limit-reached",)),
        (None, "refer", ("facts-unknown",)),
        (-1, "refer", ("facts-unknown",)),
    ],
)
def test_a_group_is_granted_no_more_than_its_largest_limit(
    granted_cents: int | None, outcome: str, reasons: tuple[str, ...]
) -> None:
    group = CaseGroup(groups=1, members=3, granted_cents=granted_cents)
    made = decided(a_case(group=group))
    assert (made.outcome, made.reasons) == (outcome, reasons)


def test_a_group_is_granted_at_most_its_share_of_the_lender_and_who_was_not_asked_about_is_not_known() -> None:
    group = CaseGroup(groups=2, members=3, granted_cents=14_900_000)
    assert decided(a_case(group=group, net_assets_cents=100_000_000)).outcome == "approve"
    more = msgspec.structs.replace(group, granted_cents=14_900_001)
    assert decided(a_case(group=more, net_assets_cents=100_000_000)).reasons == ("group-limit-reached",)
    made = decided(a_case(group=msgspec.UNSET))
    assert (made.outcome, finding(made, "granted to the group").verdict) == ("refer", "unknown")


def test_what_the_borrower_owes_counts_in_the_group_where_the_groups_figure_is_less() -> None:
    group = CaseGroup(groups=1, members=2, granted_cents=0)
    made = decided(a_case(group=group, granted_cents=14_900_001, net_assets_cents=100_000_000, facts=LARGE))
    assert made.reasons == ("lender-limit-reached",)
    assert finding(made, "a group's share of the lender").value == 15_000_000 - 14_900_001


@pytest.mark.parametrize(("grade", "num"), [("AAA", 400), ("AA", 430), ("A", 460), ("BBB", 500), ("BB", 540)])
def test_each_grade_pays_its_own_price_within_the_band(grade: str, num: int) -> None:
    made = decided(a_case(rating={"grade": grade}), product=BANDED)
    assert made.terms is not None
    terms = made.terms
    assert Fraction(terms.rate_num, terms.rate_den) == Fraction(num, 1_000_000)
    assert Fraction(terms.penalty_num, terms.rate_den) == Fraction(num, 1_000_000) * 3 / 2
    assert made.outcome == "approve"


def test_an_odd_price_has_a_whole_penalty_over_its_own_denominator() -> None:
    rate, penalty = BANDED.priced(455)
    assert (rate.num, rate.den, penalty.num, penalty.den) == (910, 2_000_000, 1_365, 2_000_000)


@pytest.mark.parametrize(
    ("low", "high", "outcome", "num"),
    [
        ("0.046 %", "0.06 %", "approve", 460), ("0.0461 %", "0.06 %", "refer", 461),
        ("0.04 %", "0.046 %", "approve", 460), ("0.04 %", "0.0459 %", "refer", 459),
    ],
)  # fmt: skip
def test_a_price_outside_the_band_is_never_charged_and_looked_at(low: str, high: str, outcome: str, num: int) -> None:
    product = product_of(msgspec.to_builtins(LINE) | {"rate_min": low, "rate_max": high})
    made = decided(a_case(), product=product)
    assert made.terms is not None
    assert (made.outcome, made.reasons) == (outcome, () if outcome == "approve" else ("price-outside-band",))
    assert Fraction(made.terms.rate_num, made.terms.rate_den) == Fraction(num, 1_000_000)


def test_a_product_without_a_band_keeps_its_own_price() -> None:
    made = decided(a_case())
    assert made.terms is not None
    assert (made.terms.rate_num, made.terms.rate_den) == (600, 1_000_000)
    assert not [found for found in made.findings if found.rule == "price for the grade"]


def test_a_yearly_product_is_priced_in_basis_points_a_year() -> None:
    conventions = {**msgspec.to_builtins(LINE.conventions), "day_count": "actual/365"}
    yearly = {"daily_rate": "", "yearly_rate": "18 %", "rate_min": "10 %", "rate_max": "24 %"}
    product = product_of(msgspec.to_builtins(LINE) | yearly | {"conventions": conventions})
    made = decided(a_case(), product=product)
    assert made.terms is not None
    assert Fraction(made.terms.rate_num, made.terms.rate_den) * 365 == Fraction(1_650, 10_000)


@pytest.mark.parametrize(
    "band", [{"rate_min": "0.04 %"}, {"rate_min": "0.06 %", "rate_max": "0.05 %"}, {"rate_min": "a", "rate_max": "b"}]
)
def test_a_band_that_is_none_is_refused(band: dict[str, str]) -> None:
    with pytest.raises(InvalidProduct):
        product_of(msgspec.to_builtins(LINE) | band)


def test_the_dearest_end_of_a_band_is_held_against_the_caps() -> None:
    check_caps(BANDED, caps_on("historical", TODAY))
    with pytest.raises(InvalidProduct, match="rate_max"):
        product_of(msgspec.to_builtins(LINE) | {"rate_min": "0.04 %", "rate_max": "0.066 %"})
    fees = {**msgspec.to_builtins(LINE.fees), "origination_bp": 40}
    with pytest.raises(DearerThanAllowed):
        check_caps(product_of(msgspec.to_builtins(BANDED) | {"fees": fees}), caps_on("historical", TODAY))


WEAK: dict[str, Any] = {"rating": {"grade": "B"}}


def test_a_weak_grade_is_asked_for_a_surety_and_approved() -> None:
    made = decided(a_case(asked_cents=500_000, **WEAK))
    assert (made.outcome, made.reasons) == ("approve", ())
    assert made.conditions == (
        Condition(
            condition="surety for a weak grade", by=("guarantor", "collateral"), cover_cents=500_000, days=30
        ),
    )  # fmt: skip
    assert finding(made, "surety for a weak grade").value == 500_000


@pytest.mark.parametrize(("repaid", "asked"), [(2, 1), (3, 0)])
def test_who_repaid_three_loans_is_not_asked(repaid: int, asked: int) -> None:
    made = decided(a_case(standing={"loans_repaid": repaid}, **WEAK))
    assert len(made.conditions or ()) == asked
    assert decided(a_case()).conditions == ()


@pytest.mark.parametrize(("cover_bp", "days", "counts"), [(5_000, 10, (500_000, 10)), (12_000, 60, (600_000, 30))])
@pytest.mark.parametrize("by", [("guarantor",), ("guarantor", "collateral")])
def test_what_policy_and_person_both_ask_for_is_asked_for_once_and_the_stricter_counts(
    cover_bp: int, days: int, counts: tuple[int, int], by: tuple[Any, ...]
) -> None:
    (surety,) = POLICY.conditions or ()
    rule = msgspec.structs.replace(surety, by=by, cover_bp=cover_bp, days=days)
    case, policy = a_case(rating={"grade": "B"}, asked_cents=500_000), changed_policy(conditions=(rule,))

    def asked(*kinds: Any, **changes: Any) -> list[tuple[Any, ...]]:
        told = msgspec.structs.replace(review(granted(conditions=kinds)), **changes)
        return [(each.by, each.cover_cents, each.days) for each in reviewed(case, policy, LINE, told).conditions or ()]

    policys, collateral = (by, 50 * cover_bp, days), (("collateral",), 500_000, 30)
    assert asked() == [policys]
    assert asked("guarantor") == [(("guarantor",), *counts)]
    assert asked("collateral") == ([(("collateral",), *counts)] if "collateral" in by else [policys, collateral])
    assert len(asked("guarantor", "collateral")) == 2
    assert asked("collateral", one_of_a_kind=msgspec.UNSET) == [policys, collateral]


def test_a_condition_nobody_can_tell_whether_to_ask_is_looked_at() -> None:
    made = decided(a_case(standing={"loans_repaid": None}, **WEAK))
    assert (made.outcome, finding(made, "surety for a weak grade").verdict) == ("refer", "unknown")


@pytest.mark.parametrize(("days", "outcome"), [(0, "approve"), (35, "approve"), (36, "refer"), (-1, "refer")])
def test_a_record_out_of_date_or_from_tomorrow_is_not_known(days: int, outcome: str) -> None:
    made = decided(a_case(facts_as_of_on=TODAY - timedelta(days=days)))
    assert made.outcome == outcome
    found = finding(made, "age of the record")
    assert (found.value, found.note) == (None if days < 0 else days, "after today" if days < 0 else "")
    if outcome == "refer":
        assert (made.terms, made.reasons) == (None, ("facts-unknown", "sales-unknown"))
        unknown = {each.rule for each in made.findings if each.verdict == "unknown"}
        assert {"record long enough", "trading now", "few refunds", "monthly sales"} <= unknown
        assert finding(made, "record").verdict == "pass"
        assert finding(made, "few invoices voided").verdict == "not-applicable"


def test_a_record_without_a_day_is_not_known() -> None:
    assert decided(a_case(facts_as_of_on=None)).outcome == "refer"
    firm = {"from_facts": INVOICE_FACTS, "borrower": {"kind": "firm", "born_on": None}}
    assert decided(a_case(facts_as_of_on=TODAY - timedelta(days=40), **firm)).outcome == "refer"


def test_a_stale_record_does_not_hide_what_the_file_itself_declines() -> None:
    made = decided(a_case(facts_as_of_on=TODAY - timedelta(days=40), borrower={"banned": True}))
    assert (made.outcome, made.reasons[0]) == ("decline", "banned")


def test_a_rating_dated_after_today_is_told_as_a_wrong_clock() -> None:
    made = decided(a_case(rating={"as_of_on": TODAY + timedelta(days=1)}))
    found = finding(made, "age of the rating")
    assert (made.outcome, found.verdict, found.note) == ("refer", "unknown", "after today")


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("thin", {"share_bp": 10_001}),
        ("thin", {"months_max": 0}),
        ("group", {"share_of_net_assets_bp": 0}),
        ("group", {"law": " "}),
        ("conditions", {"when": "grade ="}),
        ("conditions", {"when": "line_used_share > 0.5"}),
        ("conditions", {"by": []}),
        ("conditions", {"cover_bp": 0}),
        ("changes", {"when": "shoe_size > 40"}),
        ("changes", {"limit_bp": 10_000}),
        ("changes", {"rate_bp": 9_000}),
        ("changes", {"reason": "because"}),
        ("changes", {"notice_days": -1}),
    ],
)
def test_a_provision_that_cannot_hold_is_refused(part: str, change: dict[str, Any]) -> None:
    content: dict[str, Any] = msgspec.to_builtins(POLICY)
    old = content[part]
    with pytest.raises(InvalidPolicy, match=part):
        policy_of({**content, part: [{**old[0], **change}, *old[1:]] if isinstance(old, tuple) else {**old, **change}})


@pytest.mark.parametrize("step", ["eligibility", "knock-outs", "rating", "limit", "price", "term", "conditions"])
@pytest.mark.parametrize(
    ("changes", "verdict", "outcome"),
    [
        ({}, "not-applicable", "approve"),
        ({"borrower": {"industry": "catering"}, "asked_cents": 500_000}, "pass", "approve"),
        ({"borrower": {"industry": "catering"}, "asked_cents": 500_001}, "fail", "refer"),
        ({"borrower": {"industry": None}}, "unknown", "decline"),
        ({"borrower": {"industry": "unknown"}}, "unknown", "decline"),
        ({"borrower": {"industry": "catering"}, "asked_cents": None}, "unknown", "decline"),
    ],
)
def test_a_rule_belongs_to_any_step_and_to_those_it_applies_to(
    step: Any, changes: dict[str, Any], verdict: str, outcome: str
) -> None:
    rule = Rule(
        rule="large in catering", label_en="r", label_zh="规", step=step, applies="industry = 'catering'",
        refer_when="asked_cents > 500000", unknown="decline", reason="amount-needs-review",
    )  # fmt: skip
    made = decided(a_case(**changes), policy=changed_policy(rules=(*(POLICY.rules or ()), rule)))
    found = finding(made, "large in catering")
    assert (found.verdict, found.step, made.outcome) == (verdict, step, outcome)
    assert [each.step for each in made.findings] == sorted((f.step for f in made.findings), key=STEPS.index)
