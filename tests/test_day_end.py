"""The day end: killed anywhere and run again, the books are those of an undisturbed run."""

import os
import signal
import subprocess
import sys
from datetime import date
from typing import Any

from conftest import Postgres
from lender import Lender, broken_promises
from lendmill.day_end import day_end
from lendmill.db import Database, many, scalar
from lendmill.insight.queries import portfolio

THROUGH = date(2026, 2, 12)

RUN = """
import sys
from datetime import date
from lendmill.day_end import day_end
from lendmill.db import Database
with Database(sys.argv[1]) as database:
    day_end(database, through=date.fromisoformat(sys.argv[2]), watch=lambda *seen: print(*seen, flush=True))
"""

LINES = """
    select e.what, e.borrower_id, e.loan_id, e.product_key, e.value_on, e.booked_on, l.n, l.account, l.unit, l.amount
      from entry e
      join line_item l using (entry_id)
     order by e.entry_id, l.n
"""

STATES = """
    select l.loan_id, l.status, l.seen_on, l.next_on, l.interest_accrued, l.penalty_accrued, l.outstanding_cents,
           l.interest_per_night, l.penalty_per_night, l.oldest_due_on, i.n, i.interest_cents, i.penalty_cents,
           i.penalty_accrued
      from loan l
      join instalment i using (loan_id, borrower_id)
     order by l.loan_id, i.n
"""


def _rows(url: str, statement: str) -> list[Any]:
    with Database(url) as database, database.transaction() as db:
        return db.execute(statement).fetchall()


def _a_book(database: Database) -> Lender:
    """Loans that fall due, go late and pass their grace on many days in the coming six weeks."""
    lender = Lender(database).found()
    for n in range(14):
        borrower_id, line_id = lender.borrower()
        lender.draw(borrower_id, line_id, 500_000 + n * 10_007, "interest-first" if n % 3 else "on-demand", 1 + n % 2)
        if n % 4 == 3:
            lender.go_to(lender.today.replace(day=lender.today.day + 1))
    return lender


def test_killed_in_the_middle_and_run_again_the_books_are_the_same(postgres: Postgres, database_url: str) -> None:
    with Database(database_url) as database:
        _a_book(database)
    twin = f"lendmill_twin_{os.getpid()}"
    original = database_url.split("dbname=")[1].split()[0].strip("'")
    postgres.execute("create database {} template {}", twin, original)
    try:
        with Database(database_url) as undisturbed:
            day_end(undisturbed, through=THROUGH)
        kills = 0
        for lines_before_the_kill in (1, 3, 2, 7, 5, 4):
            kills += _run_and_kill(postgres.address(twin), lines_before_the_kill)
        assert kills >= 5, "the run was over before it could be killed"
        subprocess.run([sys.executable, "-c", RUN, postgres.address(twin), THROUGH.isoformat()], check=True,
                       capture_output=True)  # fmt: skip
        assert _rows(postgres.address(twin), LINES) == _rows(database_url, LINES)
        assert _rows(postgres.address(twin), STATES) == _rows(database_url, STATES)
        with Database(postgres.address(twin)) as database, database.transaction() as db:
            broken_promises(db)
    finally:
        postgres.execute("drop database {} with (force)", twin)


def _run_and_kill(url: str, lines: int) -> bool:
    """Start a day end as a process of its own, and kill it without warning after it has said so much."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN, url, THROUGH.isoformat()], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.stdout.read()
    return process.returncode == -signal.SIGKILL


def test_run_twice_it_does_nothing_the_second_time(database: Database) -> None:
    _a_book(database)
    first = day_end(database, through=THROUGH)
    with database.transaction() as db:
        lines = scalar(db, "select count(*) from line_item")
    assert len(first) > 30
    assert day_end(database, through=THROUGH) == []
    with database.transaction() as db:
        assert scalar(db, "select count(*) from line_item") == lines


def test_it_touches_only_loans_to_which_something_happens(database: Database) -> None:
    lender = Lender(database).found()
    for _ in range(5):
        borrower_id, line_id = lender.borrower()
        lender.draw(borrower_id, line_id, 700_000, "on-demand", 3)
    (report,) = day_end(database, through=date(2026, 1, 1))
    assert report.steps["bring-up"] == {"borrowers": 0, "loans": 0}
    assert report.steps["accrue"] == {"lines": 1}
    reports = day_end(database, through=date(2026, 3, 31))
    assert [r.closed_on for r in reports if r.steps["bring-up"]["loans"]] == [date(2026, 3, 31)]
    assert reports[-1].steps["bring-up"] == {"borrowers": 5, "loans": 5}
    lender.keeps_its_promises()


def test_one_line_a_product_carries_the_interest_of_the_whole_book(database: Database) -> None:
    lender = Lender(database).found()
    for cents in (700_001, 123_457, 50_003):
        borrower_id, line_id = lender.borrower()
        lender.draw(borrower_id, line_id, cents)
    lender.go_to(date(2026, 1, 3))
    with database.transaction() as db:
        lines = many(db, _Amount, ACCRUED)
    assert [line.amount for line in lines] == [(700_001 + 123_457 + 50_003) * 600] * 2


class _Amount:
    def __init__(self, amount: int) -> None:
        self.amount = int(amount)


ACCRUED = """
    select l.amount from entry e join line_item l using (entry_id)
     where e.what = 'interest accrued' and l.amount > 0 order by e.entry_id
"""


def test_a_late_loan_is_seen_in_the_portfolio(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 700_000, "on-demand", 1)
    other, line_of_other = lender.borrower()
    lender.draw(other, line_of_other, 300_000, "on-demand", 12)
    due = date(2026, 2, 1)
    seen = {}
    for days in (0, 1, 30, 31, 90, 91):
        lender.go_to(date.fromordinal(due.toordinal() + days))
        with database.transaction() as db:
            book = portfolio(db, lender.today)
        seen[days] = (book.short_cents, book.medium_cents, book.long_cents, book.nonperforming_bp)
    assert seen == {
        0: (0, 0, 0, 0),
        1: (700_000, 0, 0, 0),
        30: (700_000, 0, 0, 0),
        31: (0, 700_000, 0, 0),
        90: (0, 700_000, 0, 0),
        91: (0, 0, 700_000, 7_000),
    }
