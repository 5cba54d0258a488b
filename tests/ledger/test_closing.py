"""A closed period takes no entry any more, and says for ever what it said."""

from datetime import date
from uuid import UUID

import psycopg
import pytest
from play import DAY, MOVE, anything, paid_in

from lendmill import ids
from lendmill.db import Database, Db, scalar
from lendmill.funding.postings import capital_paid_in
from lendmill.ledger import store
from lendmill.ledger.accounts import Account
from lendmill.ledger.actions import BooksBroken, ClosedAlready, NotOver, PeriodClosed, close, post
from lendmill.ledger.entry import credit, debit
from lendmill.ledger.queries import closings, still_so, trial_balance, unbalanced_entries
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account

JAN_2, JAN_3, JAN_4 = (date(2026, 1, day) for day in (2, 3, 4))
ONE_SIDED = """
    with head as (
        insert into entry (entry_id, what, value_on, booked_on)
        values ('01890000-0000-7000-8000-000000000001', 'by hand', '2026-01-02', '2026-01-02')
        returning entry_id
    )
    insert into line_item (entry_id, n, account, unit, amount, value_on, booked_on)
    select entry_id, 1, '1001', 'CNY', %(amount)s, '2026-01-02', '2026-01-02'
      from head
"""


@pytest.fixture
def officer(database: Database) -> UUID:
    """Somebody whose work the books are; the house is at the third day, with capital from each."""
    for n, day in enumerate((DAY, JAN_2, JAN_3), start=1):
        database.act(paid_in, 100 * n, day)
    return database.act(
        open_account, sign_in_name="finance", display_name="Finance", role=Role.FINANCE, password="correct horse"
    )


def close_impatiently(db: Db, officer: UUID) -> None:
    """Close through the first day, unless one has to wait."""
    db.execute("set local lock_timeout = 1")
    close(db, through_on=DAY, closed_by=officer)


def closed(database: Database) -> list[date]:
    """The days through which the books were closed, the latest first."""
    with database.transaction() as db:
        return [closing.through_on for closing in closings(db)]


def test_a_closing_keeps_what_the_books_said(database: Database, officer: UUID) -> None:
    closing = database.act(close, through_on=JAN_2, closed_by=officer)
    assert (closing.through_on, closing.closer, closing.entries) == (JAN_2, "Finance", 2)
    assert closing.figures == "1001 CNY 300 0\n3001 CNY 0 300\n"
    assert closed(database) == [JAN_2]


@pytest.mark.parametrize("entries", [1, store.COPIED_FROM])
def test_nothing_is_booked_in_a_closed_period(database: Database, officer: UUID, entries: int) -> None:
    database.act(close, through_on=JAN_2, closed_by=officer)
    for day in (DAY, JAN_2):
        late = capital_paid_in(amount_cents=5, value_on=DAY, booked_on=day)
        with pytest.raises(PeriodClosed, match="closed through 2026-01-02"):
            database.act(post, [late] * entries)
    with database.transaction() as db:
        assert scalar(db, "select count(*) from entry") == 3


def test_the_statement_itself_writes_nothing_in_a_closed_period(database: Database, officer: UUID) -> None:
    database.act(close, through_on=JAN_2, closed_by=officer)
    with database.transaction() as db:
        db.execute(MOVE, {"day": JAN_2})  # as if the house's day had been turned back by hand
        late = capital_paid_in(amount_cents=5, value_on=JAN_2, booked_on=JAN_2)
        assert store.insert_entries(db, [ids.new()], [late], JAN_2) == store.Posted(JAN_2, JAN_2, 0)
        assert store.insert_entries(db, [ids.new()], [late], JAN_3) == store.Posted(JAN_2, JAN_2, 0)
        assert scalar(db, "select count(*) from entry") == 3


def test_the_trial_balance_of_a_closed_period_is_the_same_for_ever(database: Database, officer: UUID) -> None:
    closing = database.act(close, through_on=JAN_2, closed_by=officer)
    with database.transaction() as db:
        before = [trial_balance(db, day) for day in (DAY, JAN_2)]
    lent = debit(Account.LOANS, "CNY", 50), credit(Account.CASH, "CNY", 50)
    for day in (JAN_3, JAN_4):
        with database.transaction() as db:
            db.execute(MOVE, {"day": day})
        database.act(post, [anything(*lent, booked_on=day, value_on=DAY)] * store.COPIED_FROM)
    with database.transaction() as db:
        assert [trial_balance(db, day) for day in (DAY, JAN_2)] == before
        assert still_so(db, closing)
        assert [row.balance for row in trial_balance(db, JAN_4)] == [-200, 800, -600]


def test_a_day_that_is_not_over_is_not_closed(database: Database, officer: UUID) -> None:
    for day in (JAN_3, JAN_4):
        with pytest.raises(NotOver, match="the house's day is 2026-01-03"):
            database.act(close, through_on=day, closed_by=officer)
    assert closed(database) == []


def test_a_closed_period_is_not_closed_again_nor_shortened(database: Database, officer: UUID) -> None:
    database.act(close, through_on=JAN_2, closed_by=officer)
    for day in (DAY, JAN_2):
        with pytest.raises(ClosedAlready, match="closed through 2026-01-02 already"):
            database.act(close, through_on=day, closed_by=officer)
    assert closed(database) == [JAN_2]


def test_two_who_close_at_once_close_once(database: Database, officer: UUID) -> None:
    with database.transaction() as first:
        close(first, through_on=JAN_2, closed_by=officer)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            database.act(close_impatiently, officer)
    assert closed(database) == [JAN_2]


def test_posting_goes_on_while_a_period_is_closed(database: Database, officer: UUID) -> None:
    with database.transaction() as db:
        close(db, through_on=JAN_2, closed_by=officer)
        database.act(post, [capital_paid_in(amount_cents=5, value_on=JAN_3, booked_on=JAN_3)])
    assert closed(database) == [JAN_2]


def test_books_somebody_wrote_into_by_hand_are_not_closed(database: Database, officer: UUID) -> None:
    with database.transaction() as db:
        db.execute(ONE_SIDED, {"amount": 7})
        assert [str(found)[-1] for found in unbalanced_entries(db, after=DAY, through=JAN_2)] == ["1"]
    with pytest.raises(BooksBroken, match="7 in CNY"):
        database.act(close, through_on=JAN_2, closed_by=officer)
    assert closed(database) == []


def test_two_wrongs_that_make_a_zero_are_found_too(database: Database, officer: UUID) -> None:
    with database.transaction() as db:
        db.execute(ONE_SIDED, {"amount": 7})
        db.execute(ONE_SIDED.replace("0001'", "0002'"), {"amount": -7})
    with pytest.raises(BooksBroken, match="entries 01890000-0000-7000-8000-000000000001"):
        database.act(close, through_on=JAN_2, closed_by=officer)


def test_what_was_written_into_a_closed_period_past_the_program_shows(database: Database, officer: UUID) -> None:
    closing = database.act(close, through_on=JAN_2, closed_by=officer)
    with database.transaction() as db:
        db.execute(ONE_SIDED, {"amount": 7})
    with database.transaction() as db:
        assert not still_so(db, closing)


def test_the_database_keeps_a_closing_as_it_was_signed(database: Database, officer: UUID) -> None:
    closing = database.act(close, through_on=DAY, closed_by=officer)
    with pytest.raises(psycopg.errors.CheckViolation), database.transaction() as db:
        store.add_closing(db, through_on=JAN_2, closed_by=officer, figures="1001 CNY 1 0\n", digest=closing.digest)
    for statement in ("update books_closing set figures = ''", "delete from books_closing"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), database.transaction() as db:
            db.execute(statement.encode())
