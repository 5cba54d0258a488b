"""Payments that become known late, and answers of the rail that cannot be true."""

from datetime import date
from uuid import UUID

import pytest

from lender import Lender
from lendmill.credit.lines.line import LineNotOpen
from lendmill.credit.queries import line as line_now
from lendmill.db import Database, run, scalar
from lendmill.funding import actions as funding
from lendmill.funding.actions import FundingExhausted
from lendmill.funding.queries import available_cents
from lendmill.ids import new
from lendmill.loans import actions
from lendmill.loans.receipts.queries import receipts_of
from lendmill.money import NotAnAmount
from lendmill.people.actions import Command


@pytest.fixture
def lender(database: Database) -> Lender:
    """A house with capital and products."""
    return Lender(database).found()


def _late_by_154_days(lender: Lender, limit_cents: int = 10_000_000) -> tuple[UUID, UUID, UUID]:
    """A loan with interest due monthly, nothing paid, four days past its end."""
    borrower_id, line_id = lender.borrower(limit_cents)
    loan_id = lender.draw(borrower_id, line_id, 10_000_000, "interest-first", 6)
    with lender.database.transaction() as db:
        run(db, "update house set today_on = '2026-07-05'")
    lender.database.act(actions.bring_up, borrower_id=borrower_id, today=date(2026, 7, 5))
    return borrower_id, line_id, loan_id


def test_a_payment_known_late_can_bring_principal_out_again(lender: Lender) -> None:
    borrower_id, line_id, loan_id = _late_by_154_days(lender)
    first = lender.pay(borrower_id, 5_000_000, loan_id=loan_id)  # 154 days late: principal first
    assert (first.principal_cents, first.interest_cents) == (5_000_000, 0)
    with lender.database.transaction() as db:
        before_cents = available_cents(db)
    # the monthly interest had come in on 30 June: on 5 July the loan was four days late, and interest goes first
    lender.pay(borrower_id, 906_000, value_on=date(2026, 6, 30), loan_id=loan_id)
    lender.keeps_its_promises()
    seen = lender.loan(borrower_id, loan_id)
    assert seen.outstanding_cents == 5_207_000
    with lender.database.transaction() as db:
        assert available_cents(db) == before_cents - 207_000
        assert line_now(db, borrower_id, line_id).used_cents == 5_207_000


def test_principal_out_again_beyond_the_limit_freezes_the_line(lender: Lender) -> None:
    borrower_id, line_id, loan_id = _late_by_154_days(lender)
    lender.pay(borrower_id, 5_000_000, loan_id=loan_id)
    with lender.database.transaction() as db:  # half the limit is lent on, as it may be once nothing is late
        run(db, "update line set limit_cents = 5_100_000 where line_id = %(line_id)s", line_id=line_id)
    lender.pay(borrower_id, 906_000, value_on=date(2026, 6, 30), loan_id=loan_id)
    with lender.database.transaction() as db:
        now = line_now(db, borrower_id, line_id)
    assert (now.used_cents, now.limit_cents, now.status) == (5_207_000, 5_100_000, "frozen")
    lender.pay(borrower_id, 6_000_000, loan_id=loan_id)
    with pytest.raises(LineNotOpen):
        lender.ask_draw(borrower_id, line_id, 100_000)


def test_what_the_slots_cannot_carry_goes_before_what_comes_back_later(lender: Lender) -> None:
    borrower_id, _ = lender.borrower()
    loan_id = new()

    def back(amount_cents: int) -> tuple[int, int]:
        with lender.database.transaction() as db:
            funding.release(db, borrower_id=borrower_id, loan_id=loan_id, amount_cents=amount_cents)
            funding.fold_releases(db)
            return available_cents(db), scalar(db, "select sum(available_cents)::bigint from funding_slot")

    lendable_cents = 15_000_000_000
    assert back(-lendable_cents - 700) == (-700, 0)
    assert back(200) == (-500, 0)
    with pytest.raises(FundingExhausted), lender.database.transaction() as db:
        funding.reserve(db, loan_id=loan_id, borrower_id=borrower_id, amount_cents=1)
    assert back(800) == (300, 300)


@pytest.mark.parametrize("value_on", [date(1990, 1, 1), date(2025, 12, 31)])
def test_money_cannot_have_moved_before_it_was_asked_for(lender: Lender, value_on: date) -> None:
    borrower_id, line_id = lender.borrower()
    drawn = lender.ask_draw(borrower_id, line_id, 700_000)
    lender.rail_says(borrower_id, drawn.instruction_id, "confirmed", value_on)
    assert lender.loan(borrower_id, drawn.loan_id).status == "paying"
    with lender.database.transaction() as db:
        assert scalar(db, "select status || ': ' || reason from instruction") == (
            f"unknown: confirmed for {value_on}, before it was asked for"
        )
    lender.rail_says(borrower_id, drawn.instruction_id, "confirmed", lender.today)
    assert lender.loan(borrower_id, drawn.loan_id).payoff_cents == 700_000
    lender.keeps_its_promises()


def test_more_than_any_money_there_is_is_not_a_payment(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 700_000)
    for amount_cents in (10**15 + 1, 10**30):
        with pytest.raises(NotAnAmount):
            lender.pay(borrower_id, amount_cents)
        with pytest.raises(NotAnAmount):
            lender.database.act(
                actions.request_repayment, command=Command.of("r"), borrower_id=borrower_id,
                amount_cents=amount_cents, today=lender.today,
            )  # fmt: skip
    lender.keeps_its_promises()


def test_a_payment_dated_before_a_loan_closed_still_counts_from_its_day(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    loan_id = lender.draw(borrower_id, line_id, 1_000_000)
    lender.go_to(date(2026, 1, 21))
    last = lender.pay(borrower_id, 1_012_000, loan_id=loan_id)
    assert lender.loan(borrower_id, loan_id).status == "closed"
    lender.go_to(date(2026, 1, 22))
    # ten nights on 1,000,000 are 6,000; on the 506,000 left, ten more are 3,036: 509,036 were owed on the 21st
    early = lender.pay(borrower_id, 500_000, value_on=date(2026, 1, 11), loan_id=loan_id)
    assert (early.interest_cents, early.principal_cents, early.refunded_cents) == (6_000, 494_000, 0)
    with lender.database.transaction() as db:
        again = receipts_of(db, borrower_id, receipt_id=last.receipt_id)[0]
        refunds = scalar(db, "select array_agg(amount_cents) from instruction where kind = 'refund'")
    assert (again.interest_cents, again.principal_cents, again.refunded_cents) == (3_036, 506_000, 502_964)
    assert refunds == [502_964]
    seen = lender.loan(borrower_id, loan_id)
    assert (seen.status, seen.closed_on, seen.payoff_cents) == ("closed", date(2026, 1, 21), 0)
    lender.keeps_its_promises()
    lender.go_to(date(2026, 1, 24))
    lender.keeps_its_promises()


def test_a_payment_dated_when_a_loan_was_closed_already_goes_to_the_others(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    first = lender.draw(borrower_id, line_id, 1_000_000)
    second = lender.draw(borrower_id, line_id, 500_000)
    lender.pay(borrower_id, 1_000_000, loan_id=first)
    paid = lender.pay(borrower_id, 600_000, loan_id=first)
    assert (paid.principal_cents, paid.refunded_cents) == (500_000, 100_000)
    assert lender.loan(borrower_id, second).status == "closed"
    lender.keeps_its_promises()
