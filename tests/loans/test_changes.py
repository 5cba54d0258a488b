"""What may be changed on a loan, as documents: what is read comes back the same, what is wrong is told by field."""

from datetime import date
from typing import Any

import pytest

from lendmill.loans import changes
from lendmill.loans.changes import BY_KIND, InvalidChange, UnknownChange, read_change, written

ID = "0193b3c0-0000-7000-8000-000000000001"
WHOLE: dict[str, tuple[dict[str, Any], int | None]] = {
    # kind: a whole document, and the most it can come to
    "charge_fee": ({"amount_cents": 2_000, "n": 3}, 2_000),
    "waive": ({"fees_cents": 1, "penalty_cents": 20, "interest_cents": 300}, 321),
    "change_rate": ({"daily_rate": "0.05 %", "yearly_rate": "", "from_on": "2026-02-01"}, None),
    "payment_holiday": ({"months": 2}, None),
    "extend": ({"n": None, "to_on": "2026-04-30"}, None),
    "replan": ({"method": "level-payment", "months": 6, "first_due_on": "2026-03-15"}, None),
    "re_age": ({"dues": {"3": "2026-04-01", "4": "2026-05-01"}}, None),
    "accelerate": ({"amount_cents": 500}, 500),
    "write_off": ({}, None),
    "agree_settlement": ({"amount_cents": 90_000, "until_on": "2026-06-30"}, 90_000),
    "reverse_receipt": ({"receipt_id": ID, "cause": "wrong-loan", "to_loan_id": ID}, None),
    "receive_payment": ({"amount_cents": 1, "value_on": "2026-01-01", "loan_id": ID, "prepay": "prepay"}, 1),
}
DAY = "a day, such as 2026-01-31"
CENTS = f"from 1 to {10**15} cents"
WRONG: list[tuple[str, Any, str, str]] = [
    ("charge_fee", {"amount_cents": 0}, "amount_cents", CENTS),
    ("charge_fee", {"amount_cents": 10**15 + 1}, "amount_cents", CENTS),
    ("charge_fee", {"amount_cents": 10**4000}, "amount_cents", CENTS),
    ("charge_fee", {"amount_cents": 7.5}, "amount_cents", "a whole number"),
    ("charge_fee", {"amount_cents": "7"}, "amount_cents", "a whole number"),
    ("charge_fee", {"amount_cents": True}, "amount_cents", "a whole number"),
    ("charge_fee", {}, "amount_cents", "given"),
    ("charge_fee", {"amount_cents": 1, "n": 0}, "n", "the number of a row, from 1 to 600"),
    ("charge_fee", {"amount_cents": 1, "n": "1"}, "n", "a whole number"),
    ("charge_fee", {"amount_cents": 1, "rows": 2}, "rows", "left out: there is no such field"),
    ("waive", {}, "the amount", "more than nothing in all"),
    ("waive", {"fees_cents": -1, "penalty_cents": 2}, "fees_cents", f"from 0 to {10**15} cents"),
    ("change_rate", {"daily_rate": "0.05", "from_on": "2026-01-01"}, "daily_rate", "a percentage per day, such as"),
    ("change_rate", {"daily_rate": "-1 %", "from_on": "2026-01-01"}, "daily_rate", "a percentage per day, such as"),
    ("change_rate", {"daily_rate": "1 %", "from_on": "2026-02-30"}, "from_on", DAY),
    ("change_rate", {"daily_rate": "1 %", "from_on": "1999-12-31"}, "from_on", "a day from 2000 to 2099"),
    ("payment_holiday", {"months": 0}, "months", "from 1 to 12"),
    ("payment_holiday", {"months": 13}, "months", "from 1 to 12"),
    ("extend", {"to_on": "2100-01-01"}, "to_on", "a day from 2000 to 2099"),
    ("extend", {"to_on": "2026-01-01T00:00:00"}, "to_on", DAY),
    ("extend", {"to_on": "2026-01-01", "n": 601}, "n", "the number of a row, from 1 to 600"),
    ("replan", {"method": "statement", "months": 3}, "method", "one of equal-principal, interest-first"),
    ("replan", {"method": "on-demand", "months": 61}, "months", "from 1 to 60"),
    ("replan", {"method": "on-demand", "months": 1, "first_due_on": "9999-12-31"}, "first_due_on", "a day from 2000"),
    ("re_age", {"dues": {}}, "dues", "at least one row with its new day"),
    ("re_age", {"dues": {"0": "2026-01-01"}}, "dues.0", "the number of a row, from 1 to 600"),
    ("re_age", {"dues": {"03": "2026-01-01"}}, "dues", "the number of a row"),
    ("re_age", {"dues": {"²": "2026-01-01"}}, "dues", "the number of a row"),
    ("re_age", {"dues": {"9" * 5000: "2026-01-01"}}, "dues", "the number of a row"),
    ("re_age", {"dues": {"3": "soon"}}, "dues", DAY),
    ("accelerate", {"amount_cents": 0}, "amount_cents", CENTS),
    ("write_off", {"amount_cents": 5}, "amount_cents", "left out: there is no such field"),
    ("write_off", [], "the document", "fields with their values"),
    ("write_off", None, "the document", "fields with their values"),
    ("agree_settlement", {"amount_cents": 0, "until_on": "2026-01-01"}, "amount_cents", CENTS),
    ("agree_settlement", {"amount_cents": 1}, "until_on", "given"),
    ("reverse_receipt", {"receipt_id": "r1", "cause": "bounced"}, "receipt_id", "an id"),
    ("reverse_receipt", {"receipt_id": ID, "cause": "regret"}, "cause", "one of bounced, duplicate, wrong-loan"),
    ("reverse_receipt", {"receipt_id": ID, "cause": "wrong-loan"}, "to_loan_id", "the loan it was meant for"),
    ("reverse_receipt", {"receipt_id": ID, "cause": "bounced", "to_loan_id": ID}, "to_loan_id", "left out unless"),
    ("receive_payment", {"amount_cents": -5, "value_on": "2026-01-01"}, "amount_cents", CENTS),
    ("receive_payment", {"amount_cents": 5, "value_on": "2026-01-01", "prepay": "all"}, "prepay", "one of next-due,"),
]


def test_every_kind_of_change_has_its_example() -> None:
    assert set(WHOLE) == set(BY_KIND)
    assert {kind for kind, _, _, _ in WRONG} == set(BY_KIND)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_change_is_read_and_written_back_as_it_was(kind: str) -> None:
    content, at_stake_cents = WHOLE[kind]
    change = read_change(kind, content)
    assert type(change) is BY_KIND[kind]
    assert written(change) == content
    assert read_change(kind, written(change)) == change
    assert change.at_stake_cents == at_stake_cents


@pytest.mark.parametrize(("kind", "content", "field", "allowed"), WRONG)
def test_what_is_wrong_is_told_by_field_and_what_would_be_allowed(
    kind: str, content: Any, field: str, allowed: str
) -> None:
    with pytest.raises(InvalidChange) as refused:
        read_change(kind, content)
    assert refused.value.facts["kind"] == kind
    assert refused.value.facts["field"] == field
    assert refused.value.facts["allowed"].startswith(allowed)
    assert len(str(refused.value)) < 400


def test_a_kind_nobody_knows_is_told_the_kinds_there_are() -> None:
    with pytest.raises(UnknownChange, match="choose one of charge_fee, waive, change_rate, payment_holiday"):
        read_change("forgive", {})


def test_what_names_no_amount_may_come_to_any() -> None:
    assert read_change("accelerate", {}).at_stake_cents is None


def test_rows_are_aged_again_by_number() -> None:
    change = read_change("re_age", {"dues": {"3": "2026-04-01", "12": "2026-05-01"}})
    assert isinstance(change, changes.ReAge)
    assert change.due_on == {3: date(2026, 4, 1), 12: date(2026, 5, 1)}
