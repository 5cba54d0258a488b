"""Nothing is booked on a day the house has left: who read the day just before the cut-over asks again."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from queue import SimpleQueue

import pytest
from play import DAY, MOVE

from lendmill.db import Database, Db, scalar
from lendmill.funding.postings import capital_paid_in
from lendmill.ledger import store
from lendmill.ledger.actions import DayMoved, hold_postings, post
from lendmill.ledger.queries import trial_balance
from lendmill.people.queries import house_day

NEXT = DAY + timedelta(days=1)
FEW, MANY = 1, store.COPIED_FROM
WAITING = "select count(*) from pg_locks where not granted and relation = 'books_gate'::regclass"


def pay_in(db: Db, on: date, entries: int = FEW) -> None:
    """So many entries of a yuan each."""
    post(db, [capital_paid_in(amount_cents=100, value_on=on, booked_on=on)] * entries)


def booked(database: Database, on: date) -> list[int]:
    """What came in by the end of a day, account by account."""
    with database.transaction() as db:
        return [row.balance for row in trial_balance(db, on)]


@pytest.mark.parametrize("entries", [FEW, MANY])
@pytest.mark.parametrize("day", [DAY - timedelta(days=1), NEXT])
def test_an_entry_of_another_day_than_the_house_has_is_refused(database: Database, entries: int, day: date) -> None:
    with pytest.raises(DayMoved, match="The house's day is 2026-01-01"):
        database.act(pay_in, day, entries)
    assert booked(database, NEXT) == []


class Slow:
    """A posting that stops between reading the day and booking, or between booking and its end, until told."""

    def __init__(self, database: Database, *, before: bool, entries: int) -> None:
        self.database, self.before, self.entries = database, before, entries
        self.there, self.go_on = threading.Event(), threading.Event()
        self.days: list[date] = []
        self.thread = threading.Thread(target=database.act, args=(self.run,))
        self.thread.start()
        assert self.there.wait(20)

    def run(self, db: Db) -> None:
        """Read the day, then book on it."""
        today = house_day(db)
        self.days.append(today)
        if self.before:
            self.stop()
        pay_in(db, today, self.entries)
        if not self.before:
            self.stop()

    def stop(self) -> None:
        """Wait, the first time."""
        self.there.set()
        assert self.go_on.wait(20)

    def end(self) -> None:
        """Let it go on to its end."""
        self.go_on.set()
        self.thread.join(20)


def move_on(db: Db) -> None:
    """The cut-over, as the day end makes it."""
    hold_postings(db)
    db.execute(MOVE, {"day": NEXT})


def until(database: Database, holds: Callable[[Db], bool]) -> None:
    """Ask again until it is so."""
    for _ in range(20_000):
        with database.transaction() as db:
            if holds(db):
                return
    pytest.fail("it never came to that")


@pytest.mark.parametrize("entries", [FEW, MANY])
def test_who_read_the_day_before_the_cut_over_reads_it_again(database: Database, entries: int) -> None:
    slow = Slow(database, before=True, entries=entries)
    database.act(move_on)
    slow.end()
    assert slow.days == [DAY, NEXT]
    assert booked(database, DAY) == []
    assert booked(database, NEXT) == [100 * entries, -100 * entries]


@pytest.mark.parametrize("entries", [FEW, MANY])
def test_the_cut_over_waits_for_who_has_booked_already(database: Database, entries: int) -> None:
    slow = Slow(database, before=False, entries=entries)
    moved: SimpleQueue[list[int]] = SimpleQueue()

    def cut_over(db: Db) -> None:
        move_on(db)
        moved.put([row.balance for row in trial_balance(db, DAY)])

    night = threading.Thread(target=database.act, args=(cut_over,))
    night.start()
    until(database, lambda db: scalar(db, WAITING) == 1)
    assert moved.empty()
    slow.end()
    night.join(20)
    assert slow.days == [DAY]
    assert moved.get_nowait() == [100 * entries, -100 * entries]


@pytest.mark.parametrize("entries", [FEW, MANY])
def test_who_waits_for_the_cut_over_to_end_sees_the_new_day(database: Database, entries: int) -> None:
    with database.transaction() as night:
        slow = Slow(database, before=True, entries=entries)
        move_on(night)
        slow.go_on.set()
        until(database, lambda db: scalar(db, WAITING) == 1)
    slow.end()
    assert slow.days == [DAY, NEXT]


def test_reading_goes_on_while_the_cut_over_is_made(database: Database) -> None:
    with database.transaction() as night:
        move_on(night)
        assert booked(database, NEXT) == []


def test_who_brings_the_day_along_is_told_that_it_moved(database: Database) -> None:
    database.act(move_on)
    with pytest.raises(DayMoved) as refused:
        database.act(pay_in, DAY)
    assert refused.value.facts == {"today": NEXT, "booked_on": DAY}
    assert booked(database, NEXT) == []
