"""What an attack on the engine found: each stands here so that it cannot come back."""

from datetime import date

import pytest
from test_fees_and_caps import lent, product

from lender import Lender
from lendmill.db import Database
from lendmill.loans.actions import ClaimOpen
from lendmill.loans.changes import Accelerate, ChangeRate
from lendmill.loans.receipts.queries import beside


def lives(database: Database, **terms: object) -> tuple[Lender, object, object]:
    """A house with a borrower whose line is of a product with these terms."""
    lender = Lender(database).found()
    borrower_id, line = lent(lender, product(**terms))
    return lender, borrower_id, line.line_id


@pytest.mark.parametrize("rounding", ["on-billing", "daily"])
def test_nights_of_unlike_weight_are_kept_also_when_only_interest_bears_penalty(
    database: Database, rounding: str
) -> None:
    lender, borrower_id, line_id = lives(
        database, daily_rate="", yearly_rate="12 %", methods=["on-demand"],
        conventions={"day_count": "30E/360", "penalty_on": "overdue-interest", "rounding": rounding},
    )  # fmt: skip
    lender.draw(borrower_id, line_id, 700_000, "on-demand", 1)  # type: ignore[arg-type]
    lender.go_to(date(2026, 5, 10))
    lender.pay(borrower_id, 700_000)  # type: ignore[arg-type]
    for day in (date(2026, 5, 30), date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 3)):
        lender.go_to(day)
        lender.keeps_its_promises()
    lender.pay(borrower_id, 1)  # type: ignore[arg-type]
    lender.keeps_its_promises()


def test_what_was_planned_for_a_loan_begins_when_it_is_owed_again(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    loan_id = lender.draw(borrower_id, line_id, 100_000)
    lender.change(borrower_id, loan_id, ChangeRate(daily_rate="0.03 %", from_on=date(2026, 1, 10)))
    paid = lender.pay(borrower_id, 100_000)
    lender.go_to(date(2026, 1, 12))
    lender.reverse(borrower_id, paid.receipt_id)
    lender.go_to(date(2026, 1, 21))
    assert lender.loan(borrower_id, loan_id).interest_cents == 9 * 60 + 11 * 30
    lender.keeps_its_promises()


def test_held_money_pays_what_is_called_in_the_same_day(database: Database) -> None:
    lender, borrower_id, line_id = lives(database, excess="hold")
    lender.draw(borrower_id, line_id, 100_000, "on-demand", 1)  # type: ignore[arg-type]
    paid = lender.pay(borrower_id, 105_000)  # type: ignore[arg-type]
    assert (paid.held_cents, paid.refunded_cents) == (5_000, 0)
    again = lender.draw(borrower_id, line_id, 200_000, "on-demand", 1)  # type: ignore[arg-type]
    lender.go_to(date(2026, 1, 11))
    lender.change(borrower_id, again, Accelerate())  # type: ignore[arg-type]
    seen = lender.loan(borrower_id, again)  # type: ignore[arg-type]
    assert (seen.outstanding_cents, seen.interest_cents) == (200_000 - (5_000 - 1_200), 0)
    lender.go_to(date(2026, 1, 12))
    assert lender.loan(borrower_id, again).outstanding_cents == 196_200  # type: ignore[arg-type]
    lender.keeps_its_promises()


def test_who_owes_what_a_bounced_payment_left_draws_nothing_more(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 100_000)
    paid = lender.pay(borrower_id, 150_000)
    lender.reverse(borrower_id, paid.receipt_id)
    with pytest.raises(ClaimOpen):
        lender.draw(borrower_id, line_id, 50_000)
    lender.pay(borrower_id, 50_000)
    with database.transaction() as db:
        assert beside(db, borrower_id).claimed_cents == 0
    lender.draw(borrower_id, line_id, 50_000)
    lender.keeps_its_promises()


def test_a_rate_from_an_earlier_day_needs_no_payment_to_be_told_again(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    loan_id = lender.draw(borrower_id, line_id, 700_000, "interest-first", 2)
    lender.go_to(date(2026, 2, 10))
    lender.change(borrower_id, loan_id, ChangeRate(daily_rate="0.03 %", from_on=date(2026, 1, 11)))
    seen = lender.loan(borrower_id, loan_id)
    assert seen.interest_cents == 10 * 420 + 30 * 210
    lender.keeps_its_promises()
