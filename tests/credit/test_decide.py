"""Each rule at its threshold and one step beyond; what is unknown never grants anything."""

import math
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from credit_cases import (
    INVOICE_FACTS,
    LINE,
    MARKET_FACTS,
    ORDERS,
    POLICY,
    TODAY,
    a_case,
    changed_policy,
    decided,
    finding,
)

from lendmill.credit.caps import affordable_cents
from lendmill.credit.case import Case
from lendmill.terms.rates import Rate


def outcome(case: Case, rule: str) -> tuple[str, str, str | None]:
    """The decision's outcome, and the rule's own verdict and reason."""
    made = decided(case)
    found = finding(made, rule)
    return made.outcome, found.verdict, found.reason


def test_a_good_shop_is_approved_with_nothing_against_it() -> None:
    made = decided(a_case())
    assert (made.outcome, made.reasons) == ("approve", ())
    assert made.terms is not None
    assert msgspec.to_builtins(made.terms) == {
        "limit_cents": 100_000,
        "grade": "A",
        "rate_num": 600,
        "rate_den": 1_000_000,
        "penalty_num": 900,
        "months_max": 12,
        "methods": ("on-demand", "interest-first", "equal-principal", "level-payment"),
    }


def test_a_firm_with_invoices_is_judged_by_its_invoices() -> None:
    made = decided(a_case(from_facts=INVOICE_FACTS, borrower={"kind": "firm", "born_on": None}))
    assert made.outcome == "approve"
    assert finding(made, "no circular trade").verdict == "not-applicable"
    assert finding(made, "few invoices voided").verdict == "pass"
    assert finding(made, "age").verdict == "not-applicable"


@pytest.mark.parametrize(
    ("born_on", "rule", "expected"),
    [
        (date(2008, 1, 1), "youngest age", ("approve", "pass", None)),
        (date(2008, 1, 2), "youngest age", ("decline", "fail", "outside-age")),
        (date(1963, 1, 2), "oldest age", ("approve", "pass", None)),
        (date(1963, 1, 1), "oldest age", ("decline", "fail", "outside-age")),
        (None, "youngest age", ("refer", "unknown", "facts-unknown")),
        (TODAY + timedelta(days=1), "oldest age", ("refer", "unknown", "facts-unknown")),
    ],
)
def test_persons_are_18_to_62(born_on: date | None, rule: str, expected: tuple[str, str, str | None]) -> None:
    assert outcome(a_case(borrower={"born_on": born_on}), rule) == expected


@pytest.mark.parametrize(
    ("since_on", "expected"),
    [
        (date(2025, 7, 1), ("approve", "pass", None)),
        (date(2025, 7, 2), ("decline", "fail", "too-little-history")),
        (None, ("refer", "unknown", "facts-unknown")),
        (TODAY + timedelta(days=1), ("refer", "unknown", "facts-unknown")),
    ],
)
def test_six_months_of_history(since_on: date | None, expected: tuple[str, str, str | None]) -> None:
    assert outcome(a_case(borrower={"member_since_on": since_on}), "history") == expected


@pytest.mark.parametrize(
    ("change", "rule", "expected"),
    [
        ({"identity_verified": False}, "identity verified", ("decline", "fail", "identity-not-verified")),
        ({"identity_verified": None}, "identity verified", ("refer", "unknown", "identity-not-verified")),
        ({"banned": True}, "not banned", ("decline", "fail", "banned")),
        ({"banned": None}, "not banned", ("decline", "unknown", "facts-unknown")),
        ({"kind": "unknown"}, "kind of borrower", ("refer", "unknown", "facts-unknown")),
        ({"kind": "fund"}, "kind of borrower", ("decline", "fail", "facts-unknown")),
    ],
)
def test_who_may_ask(change: dict[str, Any], rule: str, expected: tuple[str, str, str | None]) -> None:
    assert outcome(a_case(borrower=change), rule) == expected


def test_a_region_counts_only_where_one_is_refused() -> None:
    somewhere = changed_policy(eligibility__regions_refused=("海外",))
    for region, verdict in (("浙江", "pass"), ("海外", "fail"), ("unknown", "unknown"), (None, "unknown")):
        made = decided(a_case(borrower={"region": region}), policy=somewhere)
        assert finding(made, "region").verdict == verdict
        assert (made.outcome == "approve") is (verdict == "pass")
    made = decided(a_case(borrower={"region": "unknown"}))
    assert (made.outcome, finding(made, "region").verdict) == ("approve", "not-applicable")


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        ("stock", ("approve", "pass", None)),
        ("a house", ("decline", "fail", "purpose-not-allowed")),
        ("", ("refer", "unknown", "facts-unknown")),
        (None, ("refer", "unknown", "facts-unknown")),
    ],
)
def test_the_money_is_for_the_business(purpose: str | None, expected: tuple[str, str, str | None]) -> None:
    assert outcome(a_case(purpose=purpose), "purpose") == expected


@pytest.mark.parametrize(
    ("standing", "rule", "expected"),
    [
        ({"late_since_on": TODAY}, "nothing late with us", ("decline", "fail", "late-debt")),
        ({"days_past_due_worst": 30}, "worst lateness with us", ("approve", "pass", None)),
        ({"days_past_due_worst": 31}, "worst lateness with us", ("decline", "fail", "late-debt")),
        ({"days_past_due_worst": None}, "worst lateness with us", ("refer", "unknown", "facts-unknown")),
    ],
)
def test_late_debts_shut_the_door(standing: dict[str, Any], rule: str, expected: tuple[str, str, str | None]) -> None:
    assert outcome(a_case(standing=standing), rule) == expected


PASS, REFER, DECLINE = "approve", "refer", "decline"
BEYOND = 1e-9
RECORD_RULES = [
    (
        "record long enough", "history_days", MARKET_FACTS,
        [(180, PASS), (179, REFER), (90, REFER), (89, DECLINE)], DECLINE,
    ),
    ("trading now", "days_since_sale", MARKET_FACTS, [(30, PASS), (31, REFER), (90, REFER), (91, DECLINE)], DECLINE),
    (
        "trading in most months", "sale_months_365", MARKET_FACTS,
        [(5, PASS), (4, REFER), (3, REFER), (2, DECLINE)], DECLINE,
    ),
    (
        "sales not collapsing", "sales_growth_90", MARKET_FACTS,
        [(-0.7, PASS), (-0.7 - BEYOND, REFER), (-0.9, REFER), (-0.9 - BEYOND, DECLINE)], REFER,
    ),
    (
        "no circular trade", "customer_top5_share_90", MARKET_FACTS,
        [(0.5, PASS), (0.5 + BEYOND, REFER), (0.8, REFER), (0.8 + BEYOND, DECLINE)], REFER,
    ),
    (
        "no burst of orders", "sale_burst_90", MARKET_FACTS,
        [(0.4, PASS), (0.4 + BEYOND, REFER), (0.8, REFER), (0.8 + BEYOND, DECLINE)], REFER,
    ),
    (
        "few refunds", "refund_rate_90", MARKET_FACTS,
        [(0.3, PASS), (0.3 + BEYOND, REFER), (0.5, REFER), (0.5 + BEYOND, DECLINE)], REFER,
    ),
    (
        "few invoices voided", "invoice_void_share_365", INVOICE_FACTS,
        [(0.3, PASS), (0.3 + BEYOND, REFER), (0.6, REFER), (0.6 + BEYOND, DECLINE)], REFER,
    ),
    (
        "few invoices taken back", "invoice_negative_value_share_365", INVOICE_FACTS,
        [(0.2, PASS), (0.2 + BEYOND, REFER), (0.5, REFER), (0.5 + BEYOND, DECLINE)], REFER,
    ),
    (
        "more than one customer", "customer_top_share_365", MARKET_FACTS,
        [(0.95, PASS), (0.95 + BEYOND, REFER), (1.0, REFER)], REFER,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "fact", "facts", "steps", "unknown"), RECORD_RULES, ids=lambda part: str(part)[:24])
def test_each_rule_over_the_record_at_its_thresholds(
    rule: str, fact: str, facts: dict[str, Any], steps: list[tuple[float, str]], unknown: str
) -> None:
    own = next(each for each in POLICY.rules or () if each.rule == rule)
    for value, expected in steps:
        made = decided(a_case(from_facts=facts, facts={fact: value}))
        assert (made.outcome, made.reasons) == (expected, () if expected == PASS else (own.reason,)), value
    for nothing in (None, math.nan, math.inf, -math.inf, "1", True, [1], date(2026, 1, 1)):
        made = decided(a_case(from_facts=facts, facts={fact: nothing}))
        assert (made.outcome, finding(made, rule).verdict) == (unknown, "unknown"), nothing
    gone = {name: value for name, value in facts.items() if name != fact}
    assert decided(a_case(from_facts=gone)).outcome == unknown


def test_every_rule_of_the_shipped_policy_is_tried_above() -> None:
    assert {rule.rule for rule in POLICY.rules or ()} == {rule for rule, *_ in RECORD_RULES}


def test_a_shop_without_any_record_is_declined() -> None:
    made = decided(a_case(from_facts={}))
    assert made.outcome == "decline"
    assert made.reasons[0] == "no-record"
    assert made.terms is None


UNREAD: dict[str, Any] = {"grade": "UNKNOWN", "points": None, "pd": None, "doubts": ("sales_net_90: far-out",)}


def test_what_the_card_could_not_read_is_looked_at_by_a_person_and_named() -> None:
    strict = msgspec.structs.replace(POLICY, rating=msgspec.structs.replace(POLICY.rating, unknown="decline"))
    made = decided(a_case(rating=UNREAD), policy=strict)
    assert (made.outcome, made.terms) == ("refer", None)
    values = {found.rule: found.value for found in made.findings if found.step == "rating"}
    assert values["facts the card can read"] == "sales_net_90: far-out"
    assert "points" not in values


@pytest.mark.parametrize(
    ("rating", "expected", "reasons"),
    [
        ({"grade": "B"}, "approve", ()),
        ({"grade": "C"}, "refer", ("rating-needs-review",)),
        ({"grade": "D"}, "decline", ("rating-too-low",)),
        ({"grade": "E"}, "refer", ("rating-unknown",)),
        ({"grade": ""}, "refer", ("rating-unknown",)),
        ({"as_of_on": TODAY - timedelta(days=35)}, "approve", ()),
        ({"as_of_on": TODAY - timedelta(days=36)}, "refer", ("rating-unknown",)),
        ({"as_of_on": TODAY + timedelta(days=1)}, "refer", ("rating-unknown",)),
        ({"doubts": ("sales_net_90",)}, "refer", ("facts-unknown",)),
        (UNREAD, "refer", ("rating-unknown", "facts-unknown")),
    ],
)
def test_the_rating_decides_who_is_granted(rating: dict[str, Any], expected: str, reasons: tuple[str, ...]) -> None:
    made = decided(a_case(rating=rating))
    assert made.outcome == expected
    assert tuple(dict.fromkeys(made.reasons))[: len(reasons)] == reasons


def test_without_a_rating_nothing_is_granted() -> None:
    made = decided(a_case(rating=None))
    assert (made.outcome, made.terms) == ("refer", None)
    assert made.reasons[0] == "rating-unknown"


def test_facts_that_could_not_be_read_are_looked_at_by_a_person() -> None:
    made = decided(a_case(facts_unreadable=("sales_net_90",)))
    assert (made.outcome, made.reasons) == ("refer", ("facts-unknown",))


def limit_of(case: Case, **more: Any) -> int:
    """What is granted, or offered instead of what was asked; nothing otherwise."""
    made = decided(case, **more)
    return made.terms.limit_cents if made.terms is not None and made.outcome in ("approve", "counter") else 0


def most(**changes: Any) -> Case:
    """A shop that asks for all it can have."""
    return a_case(**{"asked_cents": 100_000_000, **changes})


@pytest.mark.parametrize(
    ("grade", "limit_cents", "months"),
    [
        ("AAA", 2_400_000, 12), ("AA", 2_000_000, 12), ("A", 1_600_000, 12), ("BBB", 1_200_000, 12),
        ("BB", 1_000_000, 6), ("B", 700_000, 6),
    ],
)  # fmt: skip
def test_the_limit_is_a_share_of_monthly_sales_by_grade(grade: str, limit_cents: int, months: int) -> None:
    made = decided(most(rating={"grade": grade}))
    assert made.terms is not None
    assert (made.terms.limit_cents, made.terms.months_max) == (limit_cents, months)


def test_the_limit_is_rounded_down_to_a_hundred_yuan() -> None:
    assert limit_of(most(facts={"sales_monthly_mean": 20_124.99})) == 1_600_000
    assert limit_of(most(facts={"sales_monthly_mean": 20_125.0})) == 1_610_000


def test_no_more_is_granted_than_asked() -> None:
    assert limit_of(a_case(asked_cents=123_456)) == 123_456
    assert limit_of(a_case(asked_cents=1_600_000)) == 1_600_000
    assert limit_of(a_case(asked_cents=1_600_001)) == 1_600_000


@pytest.mark.parametrize(
    ("changes", "limit_cents", "reason"),
    [
        ({"facts": {"sales_monthly_mean": 1_250.0}}, 100_000, None),
        ({"facts": {"sales_monthly_mean": 1_249.0}}, 0, "limit-too-small"),
        ({"facts": {"sales_monthly_mean": -5.0}}, 0, "limit-too-small"),
        ({"facts": {"sales_monthly_mean": 5_000_000.0}}, 100_000_000, None),
        ({"joint_granted_cents": 99_900_000}, 100_000, None),
        ({"joint_granted_cents": 99_900_001}, 0, "joint-limit-used"),
        ({"granted_cents": 99_900_000, "facts": {"sales_monthly_mean": 5_000_000.0}}, 100_000, None),
        (
            {"granted_cents": 99_900_001, "facts": {"sales_monthly_mean": 5_000_000.0}}, 0, "lender-limit-reached",
        ),
        ({"net_assets_cents": 1_000_000}, 100_000, None),
        ({"net_assets_cents": 999_999}, 0, "lender-limit-reached"),
        ({"granted_cents": 5_821_052}, 100_000, None),
        ({"granted_cents": 5_821_053}, 0, "debts-too-high"),
        ({"standing": {"outstanding_cents": 5_821_052}}, 100_000, None),
        ({"standing": {"outstanding_cents": 5_821_052, "reserved_cents": 1}}, 0, "debts-too-high"),
        ({"asked_cents": 99_999}, 0, "limit-too-small"),
        ({"asked_cents": 100_000}, 100_000, None),
    ],
)  # fmt: skip
def test_each_cap_at_its_edge(changes: dict[str, Any], limit_cents: int, reason: str | None) -> None:
    made = decided(a_case(**changes))
    assert limit_of(most(**changes)) == limit_cents
    assert made.reasons == (() if reason is None else (reason,))
    assert made.outcome == ("approve" if reason is None else "decline")


@pytest.mark.parametrize("figure", ["granted_cents", "joint_granted_cents", "net_assets_cents", "asked_cents"])
@pytest.mark.parametrize("nothing", [None, -1, 1.5, "7", True, math.nan])
def test_a_figure_that_is_not_known_sets_no_limit(figure: str, nothing: Any) -> None:
    made = decided(a_case(**{figure: nothing}))
    assert (made.outcome, made.terms) == ("refer", None)


def test_unknown_sales_set_no_limit() -> None:
    made = decided(a_case(facts={"sales_monthly_mean": None}))
    assert (made.outcome, made.terms, made.reasons) == ("refer", None, ("sales-unknown",))
    assert decided(a_case(facts={"sales_monthly_mean": 1e300})).reasons == ("sales-unknown",)


def test_loans_repaid_lift_the_limit() -> None:
    limits = [limit_of(most(standing={"loans_repaid": repaid})) for repaid in (0, 1, 10, 11, -3)]
    assert limits == [1_600_000, 1_630_000, 1_920_000, 1_920_000, 1_600_000]


def test_a_large_amount_asked_is_looked_at_by_a_person_whatever_can_be_had() -> None:
    careful = changed_policy(limit__review_above_cents=1_000_000)
    assert decided(a_case(asked_cents=1_000_000), policy=careful).outcome == "approve"
    made = decided(a_case(asked_cents=1_000_001), policy=careful)
    assert (made.outcome, made.reasons) == ("refer", ("amount-needs-review",))
    assert made.terms is not None
    assert made.terms.limit_cents == 1_000_001


def test_nothing_is_offered_unasked_that_a_person_would_look_at() -> None:
    careful = changed_policy(limit__review_above_cents=1_000_000)
    made = decided(a_case(stage="offer", asked_cents=None, purpose=None), policy=careful)
    assert (made.outcome, made.reasons) == ("approve", ())
    assert made.terms is not None
    assert made.terms.limit_cents == 1_000_000


def test_asked_for_more_than_can_be_had_what_can_be_had_is_offered() -> None:
    assert decided(a_case(asked_cents=1_600_000)).outcome == "approve"
    made = decided(a_case(asked_cents=1_600_001))
    assert (made.outcome, made.reasons) == ("counter", ("less-than-asked",))
    assert made.terms is not None
    assert made.terms.limit_cents == 1_600_000
    assert finding(made, "asked within the limit").fact == "months of net sales"
    referred = decided(a_case(asked_cents=1_600_001, rating={"grade": "C"}))
    assert (referred.outcome, referred.reasons) == ("refer", ("rating-needs-review", "less-than-asked"))


def test_an_order_loan_is_an_advance_on_what_is_not_paid_out_yet() -> None:
    assert limit_of(most(), product=ORDERS) == 800_000
    assert limit_of(most(facts={"settlement_90": 60_000.0}), product=ORDERS) == 0
    made = decided(a_case(facts={"settlement_90": None}), product=ORDERS)
    assert (made.outcome, made.terms, made.reasons) == ("refer", None, ("sales-unknown",))


def test_what_dues_leave_room_for_can_be_carried() -> None:
    rate = Rate(600, 1_000_000)
    room = affordable_cents(budget_cents=100_000, rate=rate, months=12)
    assert room / 12 + room * 30 * 0.0006 <= 100_000 < (room + 1) / 12 + (room + 1) * 30 * 0.0006


def test_a_price_above_the_cap_in_force_is_never_charged() -> None:
    dear = msgspec.structs.replace(LINE, all_in_cap_bp=2_189)
    assert decided(a_case(), product=dear).outcome == "decline"
    assert decided(a_case(), product=msgspec.structs.replace(LINE, all_in_cap_bp=2_190)).outcome == "approve"


def test_an_offer_does_not_ask_what_only_an_application_can_answer() -> None:
    made = decided(a_case(stage="offer", asked_cents=None, purpose=None, borrower={"identity_verified": False}))
    assert (made.outcome, made.reasons) == ("approve", ())
    assert [finding(made, rule).verdict for rule in ("identity verified", "purpose", "amount asked")] == [
        "not-applicable"
    ] * 3


def test_the_first_finding_hides_no_other() -> None:
    made = decided(
        a_case(
            borrower={"banned": True, "born_on": date(2010, 1, 1)},
            rating={"grade": "D"},
            standing={"late_since_on": TODAY},
            facts={"refund_rate_90": 0.4, "days_since_sale": 200.0},
        )
    )
    assert made.reasons == ("outside-age", "banned", "late-debt", "inactive", "rating-too-low", "many-refunds")
