"""The day end: what it touches, what it leaves alone, and what the book looks like afterwards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import psycopg

from lender import Lender
from lendmill.day_end import day_end
from lendmill.db import Database, many, scalar
from lendmill.insight.queries import portfolio
from lendmill.loans.sweeping.tally import Tally

THROUGH = date(2026, 2, 12)


def _a_book(database: Database) -> Lender:
    """Loans that fall due, go late and pass their grace on many days in the coming six weeks."""
    lender = Lender(database).found()
    for n in range(14):
        borrower_id, line_id = lender.borrower()
        lender.draw(borrower_id, line_id, 500_000 + n * 10_007, "interest-first" if n % 3 else "on-demand", 1 + n % 2)
        if n % 4 == 3:
            lender.go_to(lender.today.replace(day=lender.today.day + 1))
    return lender


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
    assert report.steps["bring-up"] == Tally().counts()
    assert report.steps["accrue"] == {"lines": 1, "interest_cents": 2100}
    reports = day_end(database, through=date(2026, 3, 31))
    assert [r.closed_on for r in reports if r.steps["bring-up"]["loans"]] == [date(2026, 3, 31)]
    billed = Tally(borrowers=5, loans=5, rows_billed=5, interest_cents=5 * 37_800, entries=5)
    assert reports[-1].steps["bring-up"] == billed.counts()
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


def test_whoever_is_being_served_is_passed_over_and_comes_at_the_end(database: Database) -> None:
    lender = Lender(database).found()
    drawn = [lender.borrower() for _ in range(3)]
    for borrower_id, line_id in drawn:
        lender.draw(borrower_id, line_id, 700_000)
    lender.go_to(date(2026, 1, 31))
    told = []
    with psycopg.connect(database.url) as busy:
        busy.execute("select from borrower where borrower_id = %s for update", [drawn[1][0]])

        def watch(_day: date, _step: str, done: int, of: int) -> None:
            told.append((done, of))
            busy.rollback()

        (report,) = day_end(database, through=date(2026, 1, 31), watch=watch)
    assert told == [(2, 3), (3, 3)]
    assert (report.steps["bring-up"]["borrowers"], report.steps["bring-up"]["loans"]) == (3, 3)
    lender.keeps_its_promises()


def test_two_day_ends_at_once_do_each_thing_once(database: Database) -> None:
    lender = Lender(database).found()
    for _ in range(6):
        borrower_id, line_id = lender.borrower()
        lender.draw(borrower_id, line_id, 700_000)
    lender.go_to(date(2026, 1, 31))
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: day_end(database, through=date(2026, 1, 31), batch=2), range(2)))
    assert {report.steps["bring-up"]["loans"] for told in reports for report in told} == {6}
    assert {report.steps["bring-up"]["borrowers"] for told in reports for report in told} == {6}
    with database.transaction() as db:
        assert scalar(db, "select count(*) from entry where what = 'billed'") == 6
    lender.keeps_its_promises()
