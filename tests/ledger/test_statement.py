"""An account's statement: opening, lines with both dates and a running balance, closing, page after page."""

from datetime import date
from uuid import UUID

import pytest
from play import DAY, MOVE, anything, paid_in

from lendmill import ids
from lendmill.db import Database, Db
from lendmill.ledger.accounts import Account
from lendmill.ledger.actions import post
from lendmill.ledger.entry import credit, debit
from lendmill.ledger.queries import (
    AccountStatement,
    DaysTurned,
    NotAnAccount,
    Place,
    account_numbered,
    account_statement,
    units_of,
)

JAN_2, JAN_3, JAN_4 = (date(2026, 1, day) for day in (2, 3, 4))


@pytest.fixture
def booked(database: Database) -> Database:
    """Capital on three days; on the third also money lent with an earlier value date, and an accrual."""
    for day, amounts in ((DAY, (500,)), (JAN_2, (30, 70)), (JAN_3, (7,))):
        for amount_cents in amounts:
            database.act(paid_in, amount_cents, day)
    lent = (debit(Account.LOANS, "CNY", 107), credit(Account.CASH, "CNY", 107))
    accrued = (
        debit(Account.INTEREST_ACCRUED, "CNY/1000000", 10**30),
        credit(Account.INTEREST_INCOME, "CNY/1000000", 10**30),
    )
    database.act(post, [anything(*lent, booked_on=JAN_3, value_on=DAY), anything(*accrued, booked_on=JAN_3)])
    return database


def cash(db: Db, first_on: date, last_on: date, after: Place | None = None, most: int = 100) -> AccountStatement:
    """The statement of the cash account."""
    return account_statement(db, Account.CASH, "CNY", first_on=first_on, last_on=last_on, after=after, most=most)


def test_a_statement_opens_runs_and_closes(booked: Database) -> None:
    with booked.transaction() as db:
        told = cash(db, JAN_2, JAN_3)
    assert (told.opening, told.closing, told.next_after) == (500, 500, None)
    assert [(line.booked_on, line.value_on, int(line.amount), int(line.balance)) for line in told.lines] == [
        (JAN_2, JAN_2, 30, 530), (JAN_2, JAN_2, 70, 600), (JAN_3, JAN_3, 7, 607), (JAN_3, DAY, -107, 500),
    ]  # fmt: skip
    assert [line.what for line in told.lines] == ["capital paid in"] * 3 + ["anything"]


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5])
def test_pages_put_together_are_the_statement(booked: Database, most: int) -> None:
    with booked.transaction() as db:
        whole = cash(db, DAY, JAN_4)
        pages = [cash(db, DAY, JAN_4, most=most)]
        while pages[-1].next_after is not None:
            pages.append(cash(db, DAY, JAN_4, Place.of(str(pages[-1].next_after)), most))
    assert [line for page in pages for line in page.lines] == whole.lines
    assert {(page.opening, page.closing) for page in pages} == {(0, 500)}
    assert len(pages) == -(-5 // most)


def test_days_without_lines_open_and_close_alike(booked: Database) -> None:
    with booked.transaction() as db:
        told = cash(db, JAN_4, JAN_4)
    assert (told.opening, told.lines, told.closing) == (500, [], 500)


def test_an_accrual_is_told_to_the_last_numerator(booked: Database) -> None:
    with booked.transaction() as db:
        assert units_of(db, Account.INTEREST_ACCRUED) == ["CNY/1000000"]
        told = account_statement(db, Account.INTEREST_ACCRUED, "CNY/1000000", first_on=DAY, last_on=JAN_3)
    assert (told.closing, [int(line.balance) for line in told.lines]) == (10**30, [10**30])


def test_what_is_booked_late_stands_under_the_day_it_was_booked(booked: Database) -> None:
    with booked.transaction() as db:
        before = cash(db, DAY, JAN_3)
        db.execute(MOVE, {"day": JAN_4})
    late = (debit(Account.CASH, "CNY", 9), credit(Account.LOANS, "CNY", 9))
    booked.act(post, [anything(*late, booked_on=JAN_4, value_on=DAY)])
    with booked.transaction() as db:
        assert cash(db, DAY, JAN_3) == before
        told = cash(db, JAN_4, JAN_4)
    assert [(line.value_on, line.booked_on, int(line.balance)) for line in told.lines] == [(DAY, JAN_4, 509)]


def test_a_statement_of_no_days_or_no_account_is_refused(booked: Database) -> None:
    with booked.transaction() as db, pytest.raises(DaysTurned, match="from 2026-01-03 to 2026-01-02"):
        cash(db, JAN_3, JAN_2)
    with pytest.raises(NotAnAccount, match="no account 1000"):
        account_numbered("1000")
    assert account_numbered("1001") is Account.CASH


def test_a_place_is_written_and_read_again() -> None:
    place = Place(DAY, UUID(str(ids.new())), 3)
    assert Place.of(str(place)) == place
