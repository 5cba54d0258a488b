"""A day end in columns, with any number of workers, leaves what one borrower after the other leaves: line by line."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import psycopg
import pytest

from conftest import Postgres
from day_end_books import DIARY, FOLDS, LINES, STATES, rows
from lender import Lender, broken_promises
from lendmill.day_end import close_day, day_end, first_open_day
from lendmill.day_end.nights import cut_over
from lendmill.day_end.steps import step
from lendmill.days import ONE_DAY, each_day
from lendmill.db import Database
from lendmill.loans import actions as loans
from lendmill.loans.changes import ChangeRate, Extend, Holiday, WriteOff

HALF_WAY = date(2026, 2, 20)
THROUGH = date(2026, 5, 12)  # past the ninety-first day of what fell due in February
DUE = "select distinct borrower_id from agenda where happens_on <= %s order by borrower_id"
ODD_TERMS = {
    1: '{"late_fee_cents": 500}',
    4: '{"service_fee_cents": 300}',
    6: '{"direction": "half-even"}',
    8: '{"excess": "hold"}',
    10: '{"nonaccrual_from_days": 30}',
    12: '{"penalty_on": "overdue-interest"}',
}
AGREE = "update loan set agreed = agreed || %s::jsonb where borrower_id = %s"
Run = Callable[[Database, date], object]


def a_rich_book(url: str) -> None:
    """Loans of several kinds: two of one borrower, changed by hand, paid in part, with fees, held money, plans."""
    with Database(url) as database:
        lender = Lender(database).found()
        for n in range(16):
            borrower_id, line_id = lender.borrower()
            months = 1 + n % 3
            loan_id = lender.draw(borrower_id, line_id, 500_000 + n * 10_007, "interest-first", months)
            if n in ODD_TERMS:
                with psycopg.connect(url) as owner:
                    owner.execute(AGREE, [ODD_TERMS[n], borrower_id])
            if n % 4 == 0:
                lender.draw(borrower_id, line_id, 200_000, "on-demand", 2)
            if n == 8:
                lender.pay(borrower_id, 800_000 + 400_000)
            if n == 3:
                lender.change(borrower_id, loan_id, ChangeRate(daily_rate="0.04 %", from_on=date(2026, 2, 9)))
            if n == 5:
                lender.change(borrower_id, loan_id, Holiday(months=1))
            if n == 7:
                lender.change(borrower_id, loan_id, Extend(to_on=date(2026, 3, 20)))
            if n % 3 == 2:
                lender.go_to(lender.today + ONE_DAY)


def half_way(url: str) -> None:
    """Some pay, in part, late and early; one loan is given up."""
    with Database(url) as database:
        lender = Lender(database)
        with database.transaction() as db:
            found = db.execute("select borrower_id, loan_id from loan order by loan_id").fetchall()
        for n, (borrower_id, loan_id) in enumerate(found):
            if n % 5 == 1:
                lender.pay(borrower_id, 9_000 + n, value_on=lender.today - timedelta(days=n % 3))
            if n == 14:
                lender.change(borrower_id, loan_id, WriteOff())


def one_by_one(database: Database, through: date) -> None:
    """Every borrower in the diary in a transaction of their own, as if each had come online that day."""
    with database.transaction() as db:
        first = first_open_day(db)
    for day in each_day(first, through):
        step(database, day, "cut-over", lambda db, day=day: cut_over(db, day))  # type: ignore[misc]
        with database.transaction() as db:
            due = [key for (key,) in db.execute(DUE, [day + ONE_DAY]).fetchall()]
        for borrower_id in due:
            database.act(loans.bring_up, borrower_id=borrower_id, today=day + ONE_DAY)
        step(database, day, "bring-up", lambda _: {})
        close_day(database, day)


def in_columns(database: Database, through: date) -> None:
    """As the house does it."""
    day_end(database, through=through)


def side_by_side(database: Database, through: date) -> None:
    """Three workers, and never more than two borrowers at a time."""
    day_end(database, through=through, workers=3, batch=2)


@contextmanager
def a_copy(postgres: Postgres, url: str, name: str) -> Iterator[str]:
    """The same book once more."""
    own = f"lendmill_{name}_{os.getpid()}"
    original = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    postgres.execute("create database {} template {}", own, str(original))
    try:
        yield postgres.address(own)
    finally:
        postgres.execute("drop database {} with (force)", own)


def _lived(url: str, run: Run) -> dict[str, list[object]]:
    with Database(url) as database:
        run(database, HALF_WAY)
    half_way(url)
    with Database(url) as database:
        run(database, THROUGH)
        with database.transaction() as db:
            broken_promises(db)
    return {
        "lines": rows(url, LINES),
        "states": rows(url, STATES),
        "diary": rows(url, DIARY),
        "folds": rows(url, FOLDS),
    }


@pytest.mark.parametrize("run", [in_columns, side_by_side])
def test_the_house_leaves_what_one_borrower_after_the_other_leaves(
    postgres: Postgres, database_url: str, run: Run
) -> None:
    a_rich_book(database_url)
    with a_copy(postgres, database_url, "columns") as other:
        expected, found = _lived(database_url, one_by_one), _lived(other, run)
    kinds = {line[0] for line in expected["lines"]}  # type: ignore[index]
    assert {"billed", "charged", "stopped accruing", "penalty accrued", "billed outside", "written off"} <= kinds
    for what, told in expected.items():
        assert found[what] == told, f"the {what} differ"
