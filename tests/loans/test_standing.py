"""How late a borrower ever was is remembered to the day, also when nobody looked at the loan in between."""

from datetime import date
from uuid import UUID

import pytest

from lender import Lender
from lendmill.credit.lines.line import BorrowerLate, Standing
from lendmill.credit.lines.queries import standing
from lendmill.db import Database


def _standing(lender: Lender, borrower_id: UUID) -> Standing:
    with lender.database.transaction() as db:
        return standing(db, borrower_id)


def test_the_worst_lateness_is_that_of_the_day_of_payment_and_stays(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    first = lender.draw(borrower_id, line_id, 700_000, "on-demand", 1)  # due on 1 February
    lender.go_to(date(2026, 2, 21))
    assert _standing(lender, borrower_id).late_since_on == date(2026, 2, 1)
    with pytest.raises(BorrowerLate):
        lender.ask_draw(borrower_id, line_id, 700_000)
    lender.pay(borrower_id, lender.loan(borrower_id, first).payoff_cents)
    assert _standing(lender, borrower_id) == Standing(0, 0, 20, None, 1, 1)
    second = lender.draw(borrower_id, line_id, 500_000, "on-demand", 1)
    lender.go_to(date(2026, 3, 22))  # a day late
    assert lender.loan(borrower_id, second).days_past_due == 1
    lender.pay(borrower_id, lender.loan(borrower_id, second).payoff_cents - 1)
    assert _standing(lender, borrower_id) == Standing(1, 0, 20, date(2026, 3, 21), 2, 1)


def test_a_draw_is_possible_on_the_due_date_and_not_on_the_day_after(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 700_000, "on-demand", 1)
    lender.go_to(date(2026, 2, 1))
    lender.draw(borrower_id, line_id, 100_000)
    lender.go_to(date(2026, 2, 2))
    with pytest.raises(BorrowerLate, match="late since 2026-02-01"):
        lender.ask_draw(borrower_id, line_id, 100_000)
