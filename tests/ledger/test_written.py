"""What is posted is written word for word, few by one statement or many by COPY; what fails leaves nothing."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from play import DAY, anything

from lendmill import ids
from lendmill.db import Database, Db, many, scalar
from lendmill.ledger import store
from lendmill.ledger.accounts import Account
from lendmill.ledger.actions import post
from lendmill.ledger.entry import Entry, Line, credit, debit
from lendmill.ledger.queries import EntryLine, entries_of

EXACT = "CNY/1000000"
FEW, MANY = 1, store.COPIED_FROM
HUGE = 10**38
STRANGE = 'a\tb\\N "c"\nd\r,é元'
HEADS = "select count(*) from entry"
PRODUCT = "select distinct product_key from entry"


def entry(borrower_id: UUID | None = None, **more: Any) -> Entry:
    """An entry of cents and of an accrual too large for any machine word, dated back."""
    lines = (
        debit(Account.CASH, "CNY", 5), credit(Account.CAPITAL, "CNY", 5),
        debit(Account.INTEREST_ACCRUED, EXACT, HUGE), credit(Account.INTEREST_INCOME, EXACT, HUGE),
    )  # fmt: skip
    return Entry("anything", lines, date(2025, 12, 24), DAY, borrower_id, **more)


def broken(amount: int) -> Entry:
    """An entry whose balance was lost after it was made, as only a defect could do."""
    made = anything(debit(Account.CASH, "CNY", 5), credit(Account.CAPITAL, "CNY", 5))
    object.__setattr__(made, "lines", (*made.lines, Line(Account.CASH, "CNY", amount)))
    return made


@pytest.mark.parametrize("entries", [FEW, MANY])
def test_every_word_and_digit_is_written(database: Database, entries: int) -> None:
    borrower_id, loan_id = ids.new(), ids.new()
    made = [entry(borrower_id, loan_id=loan_id, product_key=STRANGE)] * entries
    keys = database.act(post, made)
    with database.transaction() as db:
        told = entries_of(db, borrower_id)
        assert scalar(db, PRODUCT) == STRANGE
    assert [line.entry_id for line in told] == [key for key in reversed(keys) for _ in range(4)]
    assert [_plain(line) for line in told[:4]] == [
        (1, "1001", "CNY", 5), (2, "3001", "CNY", -5), (3, "1311", EXACT, HUGE), (4, "5001", EXACT, -HUGE),
    ]  # fmt: skip
    assert {(line.what, line.loan_id, line.value_on, line.booked_on) for line in told} == {
        ("anything", loan_id, date(2025, 12, 24), DAY)
    }


def _plain(line: EntryLine) -> tuple[int, str, str, int]:
    return line.n, line.account, line.unit, int(line.amount)


@pytest.mark.parametrize("entries", [FEW, MANY])
def test_an_entry_of_the_houses_own_has_no_borrower(database: Database, entries: int) -> None:
    database.act(post, [entry()] * entries)
    with database.transaction() as db:
        assert scalar(db, "select count(*) from entry where borrower_id is null and loan_id is null") == entries


@pytest.mark.parametrize("entries", [FEW, MANY])
def test_the_database_refuses_what_does_not_balance_there(database: Database, entries: int) -> None:
    with pytest.raises(AssertionError, match="not in the database"):
        database.act(post, [*[entry()] * (entries - 1), broken(7)])
    with database.transaction() as db:
        assert scalar(db, HEADS) == 0


def test_one_statement_writes_nothing_where_one_entry_is_broken(database: Database) -> None:
    def written(db: Db) -> int:
        keys = [ids.new(), ids.new()]
        done = store.insert_entries(db, keys, [entry(), broken(7)], DAY)
        assert scalar(db, HEADS) == 0
        return done.lines

    assert database.act(written) == 0


def test_entries_of_two_days_do_not_travel_together(database: Database) -> None:
    other = anything(debit(Account.CASH, "CNY", 5), credit(Account.CAPITAL, "CNY", 5), booked_on=date(2026, 1, 2))
    with pytest.raises(AssertionError, match="booked on one day"):
        database.act(post, [entry(), other])


@pytest.mark.parametrize("entries", [store.COPIED_FROM - 1, store.COPIED_FROM])
def test_few_and_many_give_the_same_books(database: Database, entries: int) -> None:
    database.act(post, [entry()] * entries)
    with database.transaction() as db:
        rows = many(db, _Sum, SUMS)
    assert [(row.account, int(row.amount), row.lines) for row in rows] == [
        ("1001", 5 * entries, entries), ("1311", HUGE * entries, entries), ("3001", -5 * entries, entries),
        ("5001", -HUGE * entries, entries),
    ]  # fmt: skip


SUMS = "select account, sum(amount) as amount, count(*) as lines from line_item group by account order by account"


class _Sum:
    def __init__(self, account: str, amount: Decimal, lines: int) -> None:
        self.account, self.amount, self.lines = account, amount, lines
