"""A dry run of the day end says what the day end then does, and leaves nothing behind."""

from datetime import date, timedelta

from day_end_books import DIARY, FOLDS, LINES, STATES, a_book, rows
from lendmill.day_end import day_end, rehearse, report_of
from lendmill.db import Database

THROUGH = date(2026, 2, 12)
EVERYTHING = (LINES, STATES, DIARY, FOLDS, "select today_on from house", "select count(*) from day_end_step",
              "select count(*) from portfolio_day", "select sum(amount_cents) from funding_release")  # fmt: skip


def test_a_dry_run_of_many_days_says_what_they_then_do(database: Database) -> None:
    lender = a_book(database)
    told = rehearse(database, through=THROUGH)
    done = day_end(database, through=THROUGH)
    assert [(report.closed_on, report.steps) for report in told] == [(one.closed_on, one.steps) for one in done]
    assert sum(one.steps["bring-up"]["rows_billed"] for one in done) > 14
    assert sum(one.steps["bring-up"]["became_late"] for one in done) == 15  # two are due in March
    lender.keeps_its_promises()


def test_a_dry_run_counts_those_who_become_later_on_the_way(database: Database) -> None:
    a_book(database, borrowers=3)
    through = date(2026, 2, 1) + timedelta(days=100)
    told = rehearse(database, through=through)
    done = day_end(database, through=through)
    assert [report.steps for report in told] == [one.steps for one in done]
    assert sum(one.steps["cut-over"]["became_medium"] for one in done) == 4
    assert sum(one.steps["cut-over"]["became_long"] for one in done) >= 2
    assert sum(one.steps["bring-up"]["stopped_accruing"] for one in done) >= 2


def test_a_dry_run_leaves_nothing_not_even_the_houses_day(database: Database) -> None:
    a_book(database)
    before = [rows(database.url, statement) for statement in EVERYTHING]
    assert rehearse(database, through=THROUGH)
    assert [rows(database.url, statement) for statement in EVERYTHING] == before


def test_nothing_to_close_is_nothing_to_rehearse(database: Database) -> None:
    assert rehearse(database, through=date(2025, 12, 31)) == []


def test_what_a_day_did_can_be_read_again(database: Database) -> None:
    a_book(database)
    *_, last = day_end(database, through=THROUGH)
    with database.transaction() as db:
        assert report_of(db, THROUGH) == last
        assert report_of(db, THROUGH + timedelta(days=1)) is None
    assert list(last.took_ms) == ["cut-over", "bring-up", "accrue", "funding", "limits"]
