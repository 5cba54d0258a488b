"""A book of many loans, written set by set: a million loans in two or three minutes, and its books balance.

One borrower of each kind draws through the house's own actions, day after day; then all that belongs to them is copied
under new keys, whatever columns it has, into as many as the book needs. Each loan has four instalments, none paid yet;
the first ones of a known number of loans fall due on one day, those of the others later. What the copies add to the
loans is posted in one entry for the whole book.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import numpy as np
import psycopg
from _house import CAPITAL_CENTS, House, Introduced
from numpy.typing import NDArray

from lendmill import ids
from lendmill.credit.lines.actions import open_line
from lendmill.day_end import day_end
from lendmill.days import ONE_DAY, months_after
from lendmill.db import Db, scalar
from lendmill.db.arrays import KEY, copy_blocks, uuids
from lendmill.funding import actions as funding
from lendmill.insight.queries import controls
from lendmill.ledger import actions as books
from lendmill.ledger.accounts import Account
from lendmill.ledger.entry import Entry, credit, debit
from lendmill.ledger.queries import out_of_balance, trial_balance
from lendmill.loans import actions as loans
from lendmill.people import actions as people
from lendmill.people.actions import Command
from lendmill.people.queries import house_day
from lendmill.products import actions as products
from lendmill.products.queries import preset, presets

MONTHS: Final = 4
LATER_DAYS: Final = 20  # the others fall due one to so many days after the day that is measured
COPIED: Final = (
    "borrower", "line", "standing", "loan", "instalment", "loan_event", "agenda", "funding_reservation",
)  # fmt: skip
KEYS: Final = ("borrower_id", "line_id", "loan_id")


@dataclass(frozen=True)
class Wanted:
    """How large a book, how much of it falls due on the day it opens with, and whether those lie together."""

    loans: int
    due: int
    opens: date = date(2026, 2, 5)
    scattered: bool = False

    @property
    def closes(self) -> date:
        """The day whose end brings the dues: the house's day once the book is filled."""
        return self.opens - ONE_DAY


def fill(here: House, wanted: Wanted) -> None:
    """Make the book, and check that it is one."""
    patterns = _patterns(here, wanted)
    with psycopg.connect(here.server.owner_url()) as db:
        db.execute("set session_replication_role = replica")  # what is copied is whole: no key is looked up one by one
        db.execute(MAP)
        copy_blocks(db, "bench_copy", [_places(patterns, wanted)])
        db.execute("analyze bench_copy")
        for table in COPIED:
            _copy_table(db, table)
        db.execute("drop table bench_copy")
        db.execute(SLOTS)
        db.execute(NIGHTLY)
    here.database.act(_balance, today=wanted.closes)
    here.owner("vacuum analyze")
    check(here, wanted.loans + len(patterns))


def check(here: House, running: int | None = None) -> None:
    """The trial balance is zero, and the books say what the loans say."""
    with here.database.transaction() as db:
        today = house_day(db)
        assert out_of_balance(trial_balance(db, today)) == {}, "the trial balance is not zero"
        off = [control for control in controls(db, today) if control.difference]
        assert not off, f"books and loans differ: {off}"
        assert running in (None, scalar(db, RUNNING)), "the book is not as large as asked for"


RUNNING = "select count(*) from loan where status = 'running'"
MAP = "create table bench_copy (place bigint, pattern uuid, borrower_id uuid, line_id uuid, loan_id uuid)"
COLUMNS = "select column_name from information_schema.columns where table_name = %s order by ordinal_position"


def _patterns(here: House, wanted: Wanted) -> list[UUID]:
    """One borrower for each day on which a first instalment falls due, that of the day measured first."""
    first = months_after(wanted.opens, -1)
    assert months_after(first, 1) == wanted.opens, "choose a day that every month has"
    here.owner("update house set today_on = %s", [first])
    here.database.act(products.publish_all, presets(), today=first)
    here.database.act(funding.pay_in_capital, amount_cents=CAPITAL_CENTS, profile="historical", today=first)
    drawn = []
    for day in range(LATER_DAYS + 1):
        amount_cents = 700_000 + day * 9_973
        drawn.append(here.database.act(_a_borrower_draws, shop_key=f"pattern-{day}", amount_cents=amount_cents))
        day_end(here.database, through=first + day * ONE_DAY)
    day_end(here.database, through=wanted.closes - ONE_DAY)
    return drawn


def _a_borrower_draws(db: Db, *, shop_key: str, amount_cents: int) -> UUID:
    """A borrower with a line draws today; the money arrives at once."""
    today = house_day(db)
    borrower_id = people.register_borrower(db, seller=Introduced(shop_key), today=today, vouched=True)
    people.lock_borrower(db, borrower_id)
    line = open_line(
        db, borrower_id=borrower_id, decision_id=ids.new(), product=preset("credit-line"), limit_cents=5_000_000,
        grade="A", today=today,
    )  # fmt: skip
    drawn = loans.draw(
        db, command=Command.of("draw"), borrower_id=borrower_id, line_id=line.line_id, amount_cents=amount_cents,
        method="interest-first", months=MONTHS, today=today,
    )  # fmt: skip
    loans.settle(
        db, borrower_id=borrower_id, instruction_id=drawn.instruction_id, status="confirmed", value_on=today, reason="",
        today=today,
    )  # fmt: skip
    return borrower_id


def _places(patterns: list[UUID], wanted: Wanted) -> dict[str, NDArray[Any]]:
    """For each loan of the book its pattern and its keys: those due first, or scattered by chance."""
    kinds = np.arange(wanted.loans) % LATER_DAYS + 1
    kinds[: wanted.due] = 0
    if wanted.scattered:
        np.random.default_rng(1).shuffle(kinds)
    place = np.arange(wanted.loans)
    made = np.frombuffer(b"".join(pattern.bytes for pattern in patterns), KEY)
    return {"place": place, "pattern": made[kinds]} | {name: _keys(n, place) for n, name in enumerate(KEYS)}


def _keys(family: int, place: NDArray[np.int64]) -> NDArray[np.void]:
    """Identifiers of version 7, in the order of the places; each kind of key is a family of its own."""
    high = np.full(len(place), 0x0180_0000_0000_7000 + (family << 16), np.uint64)
    return uuids(high, np.uint64(1 << 63) + place.astype(np.uint64))


def _copy_table(db: psycopg.Connection[Any], table: str) -> None:
    """Copy what the patterns have in one table, in the order of the book."""
    columns = [name for (name,) in db.execute(COLUMNS, [table]).fetchall()]
    taken = ", ".join(f"copy.{name}" if name in KEYS else f"old.{name}" for name in columns)
    db.execute(
        f"insert into {table} ({', '.join(columns)}) select {taken} from bench_copy copy"
        f" join {table} old on old.borrower_id = copy.pattern order by copy.place".encode()
    )


SLOTS = """
    update funding_slot
       set available_cents = available_cents - (select sum(outstanding_cents) from loan) / (select count(*)
                                                                                              from funding_slot)
"""
NIGHTLY = """
    update accrual_fold fold
       set per_night = (select sum(interest_per_night) from loan)
     where through_on = (select max(through_on) from accrual_fold)
       and kind = 'interest'
"""
AGAINST: Final = {"principal": (Account.LOANS, Account.CASH),
                  "interest accrued": (Account.INTEREST_ACCRUED, Account.INTEREST_INCOME)}  # fmt: skip


def _balance(db: Db, *, today: date) -> None:
    """Post what the copies add to the loans, so that books and loans are equal again."""
    for control in controls(db, today):
        if control.difference:
            account, other = AGAINST[control.what]
            added = -control.difference
            made = (debit(account, control.unit, added), credit(other, control.unit, added))
            books.post(db, [Entry(WHAT[control.what], made, today, today)])


WHAT: Final = {"principal": "drawn", "interest accrued": "interest accrued"}
