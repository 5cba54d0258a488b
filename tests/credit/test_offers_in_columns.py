"""A table of files and each file by itself: the same outcome, reasons in the same order, terms and caps, always."""

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from credit_cases import LINE, MARKET_FACTS, ORDERS, POLICY, TODAY, a_case
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rule_chances import CONDITIONS
from tables_of_files import as_kept, at_once, caps_told, row_of, table_of, told

from lendmill.credit.case import Case, CaseGroup
from lendmill.credit.decide import decide
from lendmill.credit.offers.at_once import TERMS
from lendmill.credit.offers.at_once import decided as decided_at_once
from lendmill.credit.offers.files import Setting, facts_read, forgotten, prepared
from lendmill.credit.policy import Policy, policy_of
from lendmill.credit.provisions import ConditionRule
from lendmill.credit.rules.columns import EveryFile
from lendmill.credit.rules.rule import Rule
from lendmill.credit.tables import LimitTable
from lendmill.products.document import GRADES, Product, product_of

KEPT = [json.loads(path.read_text("utf-8")) for path in sorted((Path(__file__).parent / "kept").glob("*.json"))]
DOCUMENTS = {name: text for house in KEPT for name, text in house["documents"].items() if " " in name}
EVERY_POLICY = [POLICY, *(policy_of(json.loads(text)) for name, text in DOCUMENTS.items() if name.startswith("policy"))]
EVERY_PRODUCT = [
    LINE,
    ORDERS,
    *(product_of(json.loads(t)) for name, t in DOCUMENTS.items() if name.startswith("product")),
]
POLICIES = list({each.fingerprint: each for each in EVERY_POLICY}.values())
PRODUCTS = list({each.fingerprint: each for each in EVERY_PRODUCT}.values())
PATIENT = settings(deadline=None, suppress_health_check=list(HealthCheck))
FIGURES = (
    None, 0.0, -0.0, 1.0, -1.0, 0.3, 0.5, 0.6, 0.6 + 1e-12, 0.8, 0.9, 30.0, 90.0, 180.0, 364.0, 365.0, 1e4, 6e4, 1e9,
    1e13, 1e300, math.nan, math.inf, -math.inf, "12", True,
)  # fmt: skip
DAYS = (*(date(2025, 11, 26 + n) for n in range(5)), TODAY, date(2026, 1, 2))
BORN = (date(1963, 1, 1), date(1963, 1, 2), date(1964, 2, 29), date(2008, 1, 1), date(2008, 1, 2), date(1990, 6, 1))
SINCE = (date(2025, 7, 1), date(2025, 7, 2), date(2024, 2, 29), date(2026, 1, 2), None)


def a_file(chance: Random, facts: tuple[str, ...], near: float) -> Case:
    """A case near the borders; the higher `near`, the more of it is at one or not known."""

    def some(usual: Any, *others: Any) -> Any:
        return chance.choice(others) if chance.random() < near else usual

    changed = {name: some(MARKET_FACTS.get(name, 1.0), *FIGURES) for name in facts}
    rating = {
        "grade": some("A", *GRADES, "UNKNOWN", "", "a", "unknown"), "points": some(610, None, 2**53 + 1), "pd": 0.01,
        "as_of_on": some(TODAY, *DAYS), "doubts": some((), ("a: missing",)),
        "file": some("full", "thin", "unjudged", msgspec.UNSET),
    }  # fmt: skip
    large = (0, 1, 1_000_000, 99_900_000, 100_000_000, 10**12, 2**62)
    case = a_case(
        stage="offer", asked_cents=None, purpose=None, from_facts=MARKET_FACTS, facts=changed,
        borrower={
            "kind": some("person", "firm", "", "unknown", None, "club"), "born_on": some(BORN[-1], *BORN, None),
            "member_since_on": some(date(2024, 1, 1), *SINCE), "banned": some(False, True, None),
            "region": some("浙江", "上海", "", "unknown", None),
        },
        rating=None if chance.random() < near / 4 else rating,
        standing={
            "outstanding_cents": some(0, *large, -1), "reserved_cents": some(0, *large, -1),
            "days_past_due_worst": some(0, 29, 30, 31), "late_since_on": some(None, TODAY),
            "loans_repaid": some(0, 1, 2, 3, 9, 10, 11, -1),
        },
        granted_cents=some(0, *large, None), joint_granted_cents=some(0, *large, None),
        facts_as_of_on=some(TODAY, *DAYS, None),
        group=some(None, *(CaseGroup(groups=1, members=2, granted_cents=cents) for cents in
                           (0, 149_999_999, 150_000_000, 199_900_000, 200_000_000, 2**62))),
    )  # fmt: skip
    return as_kept(case)


def stale(cases: list[Case]) -> list[Case]:
    """The same files with a record that is out of date."""
    return [msgspec.structs.replace(each, facts_as_of_on=date(2025, 6, 1)) for each in cases]


def held_together(cases: list[Case], on: Setting) -> None:
    """Both engines over all cases, every column held against every decision."""
    cases = [msgspec.structs.replace(each, today=on.today, net_assets_cents=on.net_assets_cents) for each in cases]
    answers = at_once(cases, on)
    for case, row in zip(cases, answers.table.rows(named=True), strict=True):
        made = decide(case, on.policy, on.product)
        assert {name: row[name] for name in ("outcome", "reasons", *TERMS)} == told(made), case
        caps = [row[f"cap {n}"] for n in range(len(answers.caps))]
        told_caps = [None if cap is None else min(cap, 2**63 - 1) for cap in caps_told(made, answers.caps)]
        assert caps == told_caps, case


@pytest.mark.parametrize("policy", POLICIES, ids=[f"{each.key} {each.version}" for each in POLICIES])
@pytest.mark.parametrize("product", PRODUCTS, ids=[f"{each.key} {each.version}" for each in PRODUCTS])
def test_files_near_every_border_are_decided_alike(policy: Policy, product: Product) -> None:
    chance = Random(f"{policy.fingerprint}{product.fingerprint}")
    for near, assets_cents in ((0.02, 10**10), (0.1, 10**9), (0.4, None), (0.05, 0)):
        on = Setting(policy, product, TODAY, assets_cents)
        held_together([a_file(chance, facts_read(policy), near) for _ in range(50)], on)


RULES = st.builds(
    Rule, rule=st.just("a rule"), label_en=st.just("r"), label_zh=st.just("规则"),
    source=st.sampled_from(["any", "market"]),
    step=st.sampled_from(["eligibility", "knock-outs", "rating", "limit", "price", "term", "conditions"]),
    applies=st.just("") | CONDITIONS, refer_when=CONDITIONS, decline_when=st.just("") | CONDITIONS,
    unknown=st.sampled_from(["refer", "decline"]), reason=st.sampled_from(["many-refunds", "falling-sales", "banned"]),
)  # fmt: skip
POINTS: tuple[str | float, ...] = ("", 0.0, 609.5, 611.0)
REGIONAL = LimitTable(
    table="by region and points", label_en="r", label_zh="地区", of="dues of cash flow",
    axes=("region", "points", "file"),
    rows=tuple((region, points, file, 100 * len(region) + n) for region in ("浙江", "上海", "")
               for n, points in enumerate(POINTS) for file in ("full", "thin", "unjudged")),
    source="market", unknown="decline", reason="debts-too-high",
)  # fmt: skip


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """The shipped policy with other rules, caps, conditions and figures."""
    limit = msgspec.structs.replace(
        POLICY.limit,
        tables=(*(POLICY.limit.tables or ()), REGIONAL),
        cash_flow_facts=("sales_net_90", "settlement_90"),
        cash_flow_months=3,
        review_above_cents=draw(st.sampled_from([0, 1_600_000, 100_000_000])),
        round_down_to_cents=draw(st.sampled_from([1, 7, 10_000])),
        repaid_bonus_bp=draw(st.sampled_from([0, 200])),
    )
    refused = draw(st.sampled_from([(), ("上海",)]))
    rules = draw(st.lists(RULES, max_size=5))
    condition = ConditionRule(
        condition="c", label_en="c", label_zh="c", when=draw(CONDITIONS), by=("guarantor",), cover_bp=1, days=1,
        unknown=draw(st.sampled_from(["refer", "decline"])),
    )  # fmt: skip
    return msgspec.structs.replace(
        POLICY,
        limit=limit,
        rules=tuple(msgspec.structs.replace(rule, rule=f"rule {n}") for n, rule in enumerate(rules)),
        conditions=(condition,),
        eligibility=msgspec.structs.replace(POLICY.eligibility, regions_refused=refused),
    )  # fmt: skip


@settings(PATIENT, max_examples=12)
@given(policies(), st.sampled_from(PRODUCTS), st.integers(0, 10**9))
def test_any_policy_decides_a_table_as_each_file(policy: Policy, product: Product, seed: int) -> None:
    chance = Random(seed)
    on = Setting(policy, product, chance.choice([TODAY, date(2026, 2, 28), date(2024, 2, 29)]), 10**10)
    files = [a_file(chance, facts_read(policy), near) for near in (0.0, 0.03, 0.1, 0.3) for _ in range(5)]
    held_together([*files, *stale(files[::6])], on)


@pytest.mark.parametrize("where", ["applies", "decline_when", "refer_when", "condition"])
@pytest.mark.parametrize(
    "said",
    ["30 > history_days", "0.3 < refund_rate_90", "1 = refund_rate_90", "0.5 between refund_rate_90 and history_days"],
)
def test_a_condition_that_begins_with_a_constant_is_read_of_several_stale_files(said: str, where: str) -> None:
    rule = Rule(
        rule="r", label_en="r", label_zh="r", refer_when="history_days > 3", unknown="decline", reason="many-refunds"
    )
    if where != "condition":
        rule = msgspec.structs.replace(rule, **{where: said})
    condition = ConditionRule(
        condition="c", label_en="c", label_zh="c", when=said, by=("guarantor",), cover_bp=1, days=1, unknown="refer"
    )
    changed = {"conditions": (condition,)} if where == "condition" else {"rules": (rule,)}
    policy = msgspec.structs.replace(POLICY, **changed)
    fresh = [as_kept(a_case(stage="offer", asked_cents=None, purpose=None, facts={"refund_rate_90": rate}))
             for rate in (0.0, 0.5, 1.0, None)]  # fmt: skip
    on = Setting(policy, LINE, TODAY, 10**10)
    for cases in (stale(fresh), [*fresh, *stale(fresh)]):
        held_together(cases, on)
    table = forgotten(prepared(table_of(fresh, on), on), on)
    assert EveryFile(table).column(condition.asked_when).to_list() == [None] * 4


def test_sums_too_long_for_a_column_are_worked_out_one_by_one() -> None:
    on = Setting(POLICY, LINE, TODAY, 10**10)
    cases = [as_kept(a_case(stage="offer", asked_cents=None, purpose=None, facts={"sales_monthly_mean": sales}))
             for sales in (1e4, 1e12, 1e13)]  # fmt: skip
    answers = at_once(cases, on)
    assert answers.alone == 2
    assert answers.table["limit_cents"].to_list() == [800_000, 100_000_000, 100_000_000]
    held_together(cases, on)
    assert at_once(cases, replace(on, net_assets_cents=2**62)).alone == 3


def test_a_closeness_that_can_be_none_changes_no_other_files_answer() -> None:
    good = {f"stated_{each}_closeness": 1.0 for each in ("sales", "tax", "cost", "debt")} | {
        "stated_top1_difference": 0.0
    }
    absurd = good | {"stated_debt_closeness": -1e308, "stated_top1_difference": -1e308}
    cases = [as_kept(a_case(stage="offer", asked_cents=None, purpose=None, facts=each)) for each in (good, absurd)]
    for order in (cases, cases[::-1]):
        held_together(order, Setting(POLICY, LINE, TODAY, 10**10))


def test_a_short_record_counts_for_its_part_of_the_largest_amount_a_table_can_name() -> None:
    rows = tuple((grade, 10**15) for grade in POLICY.grades)
    amount = LimitTable(table="amount", label_en="a", label_zh="a", of="amount", axes=("grade",), rows=rows)
    assert POLICY.thin
    for share_bp in (9_999, 10_000):
        policy = msgspec.structs.replace(
            POLICY,
            limit=msgspec.structs.replace(POLICY.limit, tables=(amount,)),
            thin=msgspec.structs.replace(POLICY.thin, share_bp=share_bp),
        )
        on = Setting(policy, LINE, TODAY, 10**10)
        short = a_case(stage="offer", asked_cents=None, purpose=None, rating={"file": "thin"})
        held_together([short, a_case(stage="offer", asked_cents=None, purpose=None)], on)
        (answer,) = at_once([short], on).table.rows(named=True)
        assert (answer["outcome"], answer["cap 1"]) == ("approve", 10**15 // 10_000 * share_bp)


@pytest.mark.parametrize("assets_cents", [2**63 - 1, 2**63, 10**25])
def test_a_lender_too_large_for_a_column_has_each_file_decided_by_itself(assets_cents: int) -> None:
    on = Setting(POLICY, LINE, TODAY, assets_cents)
    cases = [
        as_kept(a_case(stage="offer", asked_cents=None, purpose=None)),
        as_kept(a_case(stage="offer", rating=None)),
    ]
    held_together(cases, on)
    assert at_once(cases, on).alone == 2


@pytest.mark.parametrize("region", ["", "\x1c", "\x1f\u3000", " unknown\x1d", "\x85\xa0", "浙江\x1f"])
def test_a_word_of_signs_that_say_nothing_says_nothing_in_columns_too(region: str) -> None:
    table = LimitTable(
        table="by region", label_en="r", label_zh="地区", of="amount", axes=("region",),
        rows=(("浙江", 700_000), ("", 600_000)),
    )  # fmt: skip
    policy = msgspec.structs.replace(POLICY, limit=msgspec.structs.replace(POLICY.limit, tables=(table,)))
    case = a_case(stage="offer", asked_cents=None, purpose=None, borrower={"region": region})
    on = Setting(policy, LINE, TODAY, 10**10)
    held_together([case], on)
    assert at_once([case], on).table["outcome"].to_list() == ["approve" if "浙江" in region else "refer"]


def test_columns_that_are_absent_or_of_another_kind_are_not_known() -> None:
    on = Setting(POLICY, LINE, TODAY, 10**10)
    case = a_case(stage="offer", asked_cents=None, purpose=None)
    table = table_of([case], on).drop("refund_rate_90").with_columns(history_days=300)
    lacking = msgspec.structs.replace(case, facts={**case.facts, "refund_rate_90": None, "history_days": 300.0})
    row = decided_at_once(table, on).table.row(0, named=True)
    assert {name: row[name] for name in ("outcome", "reasons", *TERMS)} == told(decide(lacking, POLICY, LINE))
    assert row["reasons"] == ["facts-unknown"]
    assert row_of(lacking)["history_days"] == 300.0


@pytest.mark.parametrize("days", [364.0, 364.999, 365.0, 365.001])
def test_a_row_of_a_table_counts_from_its_bound_on_in_columns_too(days: float) -> None:
    case = as_kept(a_case(stage="offer", asked_cents=None, purpose=None, facts={"history_days": days}))
    on = Setting(POLICY, LINE, TODAY, 10**10)
    assert at_once([case], on).table["limit_cents"].to_list() == [1_600_000 if days >= 365 else 1_280_000]
