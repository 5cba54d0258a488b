"""The books are closed through a day once its end is done and they equal the loans; its figures then stand for ever."""

from datetime import date

import pytest

from lender import Lender
from lendmill.db import Database
from lendmill.insight.actions import ControlsDiffer, DayEndNotDone, close_books
from lendmill.ledger.accounts import Account
from lendmill.ledger.actions import NotOver
from lendmill.ledger.queries import account_statement, closings, still_so, trial_balance
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account

CLOSED_ON, LATER = date(2026, 2, 10), date(2026, 2, 20)
MISSING = "update instalment set interest_cents = interest_cents + 1"
NIGHT_UNDONE = "delete from day_end_step where closes_on = '2026-02-05' and step = 'done'"


@pytest.fixture
def lender(database: Database) -> Lender:
    """A lender whose one loan is drawn, fallen due and late; the house stands at the day after the one to close."""
    lender = Lender(database).found()
    lender.names["borrower"], line_id = lender.borrower()
    lender.draw(lender.names["borrower"], line_id, 700_000, "on-demand", 1)
    lender.go_to(date(2026, 2, 11))
    lender.names["officer"] = database.act(
        open_account, sign_in_name="finance", display_name="Finance", role=Role.FINANCE, password="correct horse"
    )
    return lender


def owner(database: Database, statement: str) -> None:
    """Change a row past the program, as only the database's owner can."""
    with database.transaction() as db:
        db.execute("reset role")
        db.execute(statement.encode())


def refused(lender: Lender, through_on: date, refusal: type[Exception], words: str) -> None:
    """Closing is refused, and nothing is closed."""
    with pytest.raises(refusal, match=words):
        lender.database.act(close_books, through_on=through_on, closed_by=lender.names["officer"])
    with lender.database.transaction() as db:
        assert closings(db) == []


def test_a_payment_known_late_changes_nothing_of_a_closed_period(lender: Lender) -> None:
    closing = lender.database.act(close_books, through_on=CLOSED_ON, closed_by=lender.names["officer"])
    with lender.database.transaction() as db:
        told = trial_balance(db, CLOSED_ON)
    lender.go_to(LATER)
    lender.pay(lender.names["borrower"], 300_000, date(2026, 1, 20))  # long before the books were closed
    lender.keeps_its_promises()
    with lender.database.transaction() as db:
        assert trial_balance(db, CLOSED_ON) == told
        assert still_so(db, closing)
        loans = account_statement(db, Account.LOANS, "CNY", first_on=LATER, last_on=LATER)
    assert {line.booked_on for line in loans.lines} == {LATER}
    assert (loans.opening, loans.closing) == (700_000, 407_980)  # 19 nights of 420 came first


def test_a_day_whose_end_is_not_done_is_not_closed(lender: Lender) -> None:
    refused(lender, date(2026, 2, 11), NotOver, "is not over")
    owner(lender.database, NIGHT_UNDONE)
    refused(lender, CLOSED_ON, DayEndNotDone, "day end of 2026-02-10 is not done")


def test_books_that_differ_from_the_loans_are_not_closed(lender: Lender) -> None:
    owner(lender.database, MISSING)
    refused(lender, CLOSED_ON, ControlsDiffer, "interest billed by -1 CNY")


def test_a_day_before_the_house_was_open_has_no_end(lender: Lender) -> None:
    lender.database.act(close_books, through_on=date(2025, 12, 31), closed_by=lender.names["officer"])
    with lender.database.transaction() as db:
        assert [(closing.through_on, closing.entries) for closing in closings(db)] == [(date(2025, 12, 31), 0)]
