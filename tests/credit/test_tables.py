"""Tables of a policy: the two examples beside every bound, everything else by its empty cell, nothing left out."""

import tracemalloc
from typing import Any

import msgspec
import pytest
from credit_cases import LINE, ORDERS, POLICY, a_case, changed_policy, decided, finding

from lendmill.credit.case import Case
from lendmill.credit.policy import InvalidPolicy, Policy, policy_of
from lendmill.credit.tables import LimitTable, Table


def a_table(**changes: Any) -> Table:
    """Two facts, one a word and one a number."""
    whole: dict[str, Any] = {
        "table": "t", "label_en": "t", "label_zh": "表", "axes": ("grade", "history_days"),
        "rows": (("A", "", 1), ("A", 90, 2), ("A", 365.5, 3), ("B", "", 0), ("B", 90, 1), ("B", 365.5, 2)),
    }  # fmt: skip
    return Table(**{**whole, **changes})


@pytest.mark.parametrize(
    ("grade", "days", "figure"),
    [
        ("A", -1e9, 1), ("A", 89.999, 1), ("A", 90, 2), ("A", 365, 2), ("A", 365.5, 3), ("B", 1e300, 2),
        ("C", 90, None), ("A", None, None), ("A", float("nan"), None), ("A", "90", None), (None, 90, None),
        ("unknown", 90, None), ("A", True, None),
    ],
)  # fmt: skip
def test_a_row_counts_from_its_bound_on_and_what_is_not_known_finds_none(grade: Any, days: Any, figure: Any) -> None:
    assert a_table().figure({"grade": grade, "history_days": days}) == figure


def test_an_empty_cell_is_every_other_word() -> None:
    regional = a_table(axes=("region",), rows=(("浙江", 5), ("", 3)))
    assert [regional.figure({"region": each}) for each in ("浙江", "上海", "", None)] == [5, 3, None, None]


def with_tables(*tables: dict[str, Any]) -> dict[str, Any]:
    """The shipped policy's content with other limit tables."""
    content: dict[str, Any] = msgspec.to_builtins(POLICY)
    return {**content, "limit": {**content["limit"], "tables": list(tables)}}


def test_what_is_left_open_is_told_without_laying_out_every_combination() -> None:
    wide: dict[str, Any] = {
        **msgspec.to_builtins((POLICY.limit.tables or ())[0]), "axes": ["points", "pd", "refund_rate_90"],
        "rows": [*([n, n + 0.5, n + 0.25, 5] for n in range(150)), ["", "", "", 1]],
    }  # fmt: skip
    tracemalloc.start()
    try:
        with pytest.raises(InvalidPolicy, match="given, as is every other combination"):
            policy_of(with_tables(wide))
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


FIRST: dict[str, Any] = msgspec.to_builtins((POLICY.limit.tables or ())[0])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rows": FIRST["rows"][1:]}, "given, as is every other combination"),
        ({"rows": [*FIRST["rows"], FIRST["rows"][0]]}, "each combination once"),
        ({"rows": [[*row[:-1], 0.5] for row in FIRST["rows"]]}, "a whole number"),
        ({"rows": [[*row[:-1], -1] for row in FIRST["rows"]]}, "a whole number"),
        ({"rows": [[*row[:-1], "7"] for row in FIRST["rows"]]}, "a whole number"),
        ({"rows": [[*row, 1] for row in FIRST["rows"]]}, "2 cells and a figure"),
        ({"rows": [row for row in FIRST["rows"] if row[1] != ""]}, "an empty cell for any other history_days"),
        ({"rows": [row for row in FIRST["rows"] if row[0] != "C"]}, "exactly the grades"),
        ({"rows": [["AAA" if cell == "C" else cell for cell in row] for row in FIRST["rows"]]}, "must be"),
        ({"rows": [[row[0], "many" if row[1] else "", row[2]] for row in FIRST["rows"]]}, "from which number on"),
        ({"rows": [[*row[:-1], 100 if row[0] == "AAA" else 200] for row in FIRST["rows"]]}, "never more for a worse"),
        ({"rows": []}, "1 to 2000 rows"),
        ({"axes": ["grade", "shoe_size"]}, "a fact that is a number or a word"),
        ({"axes": ["grade", "banned"]}, "a fact that is a number or a word"),
        ({"axes": ["grade", "grade"]}, "each fact named once"),
        ({"source": "rumours"}, "one of sales, market, invoices, any"),
        ({"reason": "because"}, "one of"),
        ({"law": "a law"}, "the day from which that law is in force"),
        ({"products": ["order-loan"]}, "at least one for every product and every shop"),
        ({"rows": [[*row[:-1], 2_000_000] for row in FIRST["rows"]]}, "at most 1000000 basis points"),
    ],
)  # fmt: skip
def test_a_table_that_leaves_something_open_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        policy_of(with_tables({**FIRST, **change}))
    assert told in str(refused.value)


def test_a_policy_has_shares_by_grade_or_tables_never_both_nor_neither() -> None:
    content: dict[str, Any] = msgspec.to_builtins(POLICY)
    shares = {"share_bp": dict.fromkeys(POLICY.grades, 1), "budget_share_bp": 1}
    for limit in ({**content["limit"], **shares}, {k: v for k, v in content["limit"].items() if k != "tables"}):
        with pytest.raises(InvalidPolicy):
            policy_of({**content, "limit": limit})
    with pytest.raises(InvalidPolicy, match="term is None, but must be given"):
        policy_of({k: v for k, v in content.items() if k != "term"})


def limit_of(case: Case, policy: Policy = POLICY, product: Any = LINE) -> tuple[str, int]:
    """The outcome and the limit in the terms."""
    made = decided(case, policy=policy, product=product)
    return made.outcome, made.terms.limit_cents if made.terms else 0


def most(**changes: Any) -> Case:
    """A shop with large sales that asks for all."""
    facts = {"sales_monthly_mean": 2_000_000.0, "sales_net_90": 9e6, "settlement_90": 0.0} | changes.pop("facts", {})
    return a_case(facts=facts, asked_cents=100_000_000, **changes)


@pytest.mark.parametrize(
    ("days", "limit_cents"), [(364, 1_280_000), (364.999, 1_280_000), (365, 1_600_000), (4_000, 1_600_000)]
)
def test_a_longer_record_is_granted_more(days: float, limit_cents: int) -> None:
    assert limit_of(a_case(facts={"history_days": days}, asked_cents=100_000_000)) == ("counter", limit_cents)


@pytest.mark.parametrize(
    ("grade", "limit_cents"), [("AAA", 100_000_000), ("A", 100_000_000), ("BBB", 50_000_000), ("BB", 30_000_000)]
)
def test_each_grade_has_its_own_most(grade: str, limit_cents: int) -> None:
    outcome = "approve" if limit_cents == 100_000_000 else "counter"
    assert limit_of(most(rating={"grade": grade})) == (outcome, limit_cents)


def test_order_value_caps_an_advance_by_grade_beside_the_products_own_share() -> None:
    small = {"sales_net_90": 10_000.0, "settlement_90": 0.0}
    assert limit_of(most(facts=small), product=ORDERS) == ("counter", 800_000)
    assert limit_of(most(facts=small, rating={"grade": "BB"}), product=ORDERS) == ("counter", 700_000)


FLOW: dict[str, Any] = {
    "table": "cover by cash flow", "label_en": "c", "label_zh": "现", "of": "dues of cash flow", "axes": ["grade"],
    "reason": "debts-too-high", "source": "invoices", "rows": [[grade, 5_000] for grade in POLICY.grades],
}  # fmt: skip


def test_cash_flow_covers_the_dues_of_shops_whose_flow_is_known() -> None:
    content = with_tables(FIRST, FLOW)
    content["limit"] |= {"cash_flow_facts": ["cash_flow_365"], "cash_flow_months": 12}
    policy = policy_of(content)
    flow = {"purchase_count_365": 30.0, "invoice_void_share_365": 0.0, "invoice_negative_value_share_365": 0.0}
    known = most(facts={**flow, "cash_flow_365": 120_000.0})
    made = decided(known, policy=policy)
    # half of 10,000 yuan a month, twelve months, 0.06 % a night: 5000 / (1 / 12 + 0.018) = 49,342.10 yuan
    assert finding(made, "cover by cash flow").value == 4_934_210
    assert made.terms is not None
    assert made.terms.limit_cents == 4_930_000
    unknown = decided(most(facts={**flow, "cash_flow_365": None}), policy=policy)
    assert (unknown.outcome, unknown.reasons, unknown.terms) == ("refer", ("sales-unknown",), None)
    losing = decided(most(facts={**flow, "cash_flow_365": -1.0}), policy=policy)
    assert (losing.outcome, losing.reasons) == ("decline", ("debts-too-high",))
    assert finding(decided(most(), policy=policy), "cover by cash flow").verdict == "not-applicable"
    with pytest.raises(InvalidPolicy, match="cash_flow_facts"):
        policy_of(with_tables(FIRST, FLOW))


def test_what_a_table_cannot_look_up_is_looked_at_or_declined_as_it_says() -> None:
    for unknown, outcome in (("refer", "refer"), ("decline", "decline")):
        first, *others = POLICY.limit.tables or ()
        blind = msgspec.structs.replace(first, axes=("grade", "points"), unknown=unknown)
        policy = changed_policy(limit__tables=(blind, *others))
        made = decided(a_case(rating={"points": None}), policy=policy)
        assert (made.outcome, finding(made, "months of net sales").verdict) == (outcome, "unknown")
        assert isinstance(blind, LimitTable)
