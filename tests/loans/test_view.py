"""What a borrower reads of a loan: what comes next, and what each instalment will ask on its day."""

from datetime import date

import pytest

from lender import Lender
from lendmill.db import Database
from lendmill.loans import queries
from lendmill.loans.changes import ChangeRate
from lendmill.terms.allocation import Parts


@pytest.fixture
def lender(database: Database) -> Lender:
    """A house with capital and products."""
    return Lender(database).found()


def test_the_next_payment_is_known_on_the_day_of_the_draw(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    loan_id = lender.draw(borrower_id, line_id, 1_200_000, "interest-first", 3)
    seen = lender.loan(borrower_id, loan_id)
    assert (seen.next_due_on, seen.next_due_cents) == (date(2026, 2, 1), 22_320)
    assert [(row.asked_interest_cents, row.asked_cents) for row in seen.rows] == [
        (22_320, 22_320),
        (20_160, 20_160),
        (22_320, 1_222_320),
    ]


def test_on_its_day_an_instalment_is_due_today_and_paid_it_is_the_next_ones_turn(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    loan_id = lender.draw(borrower_id, line_id, 1_200_000, "interest-first", 3)
    lender.go_to(date(2026, 2, 1))
    seen = lender.loan(borrower_id, loan_id)
    assert (seen.next_due_on, seen.next_due_cents, seen.rows[0].status) == (date(2026, 2, 1), 22_320, "due today")
    lender.pay(borrower_id, 22_320)
    seen = lender.loan(borrower_id, loan_id)
    assert (seen.next_due_on, seen.next_due_cents, seen.rows[0].status) == (date(2026, 3, 1), 20_160, "paid")
    assert [row.status for row in seen.rows] == ["paid", "to come", "to come"]


def test_a_loan_paid_in_full_has_nothing_to_come(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    loan_id = lender.draw(borrower_id, line_id, 1_200_000, "interest-first", 3)
    lender.go_to(date(2026, 1, 11))
    lender.pay(borrower_id, 1_207_200)
    seen = lender.loan(borrower_id, loan_id)
    assert (seen.status, seen.next_due_on, seen.next_due_cents, seen.payoff_cents) == ("closed", None, 0, 0)
    assert {row.status for row in seen.rows} == {"paid"}


def test_a_quote_for_a_day_to_come_is_exactly_what_is_then_taken(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    older = lender.draw(borrower_id, line_id, 700_000, "interest-first", 3)
    lender.go_to(date(2026, 1, 11))
    younger = lender.draw(borrower_id, line_id, 300_000, "on-demand", 1)
    lender.change(borrower_id, older, ChangeRate(daily_rate="0.05 %", from_on=date(2026, 2, 20)))
    day = date(2026, 3, 5)  # rows of both past their grace, and the new rate in force
    with database.transaction() as db:
        quoted = queries.quote_payment(db, borrower_id, 450_000, None, day)
        everything = queries.quote_payoff(db, borrower_id, None, day)
    lender.go_to(day)
    paid = lender.pay(borrower_id, 450_000)
    shares = sum((share.parts for share in quoted.shares), Parts())
    assert (shares, quoted.excess_cents) == (paid.parts, paid.refunded_cents)
    assert {share.loan_id for share in quoted.shares} == {older, younger}
    last = lender.pay(borrower_id, everything.all.total_cents - 450_000)
    assert last.refunded_cents == 0
    assert lender.loan(borrower_id, older).status == lender.loan(borrower_id, younger).status == "closed"
