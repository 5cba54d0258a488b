"""The day end with the same 2,000 loans due in a book of 20,000 and in one of 100,000: it should cost the same.

    python bench/day_end.py [--books 20000 100000] [--due 2000]

One loan of each kind lives its first month through the house's own actions and day ends; then it is copied, set by set,
into as many as the book needs, each with a borrower, a line, a standing and a diary of its own, those that fall due
scattered among the others. The books of the past are not copied, but what a night earns is. Three such days are closed.
"""

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import psycopg
from _figures import keep, shown
from _house import CAPITAL_CENTS, TODAY, House, Introduced, house

from lendmill import ids
from lendmill.credit.lines.actions import open_line
from lendmill.day_end import day_end
from lendmill.days import ONE_DAY, months_after
from lendmill.db import Db, copy_in
from lendmill.funding import actions as funding
from lendmill.loans import actions as loans
from lendmill.people import actions as people
from lendmill.people.actions import Command
from lendmill.people.queries import house_day
from lendmill.products import actions as products
from lendmill.products.queries import preset, presets

DAYS = (0, 2, 4)  # what falls due has more to it on the day after: that day is closed unmeasured
OTHERS = 14
AMOUNT_CENTS = 1_000_000


def a_borrower_draws(db: Db, *, shop_key: str) -> UUID:
    """A borrower with a line draws today; the money arrives at once."""
    today = house_day(db)
    borrower_id = people.register_borrower(db, seller=Introduced(shop_key), today=today, vouched=True)
    people.lock_borrower(db, borrower_id)
    line = open_line(
        db, borrower_id=borrower_id, decision_id=ids.new(), product=preset("credit-line"), limit_cents=5_000_000,
        grade="A", today=today,
    )  # fmt: skip
    drawn = loans.draw(
        db, command=Command.of("draw"), borrower_id=borrower_id, line_id=line.line_id, amount_cents=AMOUNT_CENTS,
        method="interest-first", months=12, today=today,
    )  # fmt: skip
    loans.settle(
        db, borrower_id=borrower_id, instruction_id=drawn.instruction_id, status="confirmed", value_on=today, reason="",
        today=today,
    )  # fmt: skip
    return borrower_id


def patterns(here: House) -> list[UUID]:
    """One borrower for each of the days to be closed, whose loan falls due on it, and one whose loan does not."""
    here.database.act(products.publish_all, presets(), today=TODAY)
    here.database.act(funding.pay_in_capital, amount_cents=CAPITAL_CENTS, profile="historical", today=TODAY)
    drawn = []
    for day in (*DAYS, OTHERS):
        reach(here, TODAY + timedelta(days=day))
        drawn.append(here.database.act(a_borrower_draws, shop_key=f"pattern-{day}"))
    reach(here, months_after(TODAY, 1) - ONE_DAY)
    return drawn


def reach(here: House, day: date) -> None:
    """Close days until it is that day."""
    day_end(here.database, through=day - ONE_DAY)


COPIED = ("borrower", "line", "standing", "loan", "instalment", "loan_event", "agenda", "funding_reservation")
KEYS = ("borrower_id", "line_id", "loan_id")
COLUMNS = "select column_name from information_schema.columns where table_name = %s order by ordinal_position"
MAP = "create table bench_copy (pattern uuid, borrower_id uuid, line_id uuid, loan_id uuid)"
NIGHTLY = """
    update accrual_fold fold
       set per_night = (select sum(interest_per_night) from loan)
     where through_on = (select max(through_on) from accrual_fold)
       and kind = 'interest'
"""


def fill(here: House, kinds: list[UUID], book: int, due: int) -> None:
    """Copy the patterns until the book is full, in an order by chance."""
    wanted = [kind for kind in kinds[:-1] for _ in range(due)]
    wanted += [kinds[-1]] * (book - len(wanted))
    random.Random(1).shuffle(wanted)
    here.owner(MAP)
    with psycopg.connect(here.server.owner_url()) as db:
        copy_in(db, "bench_copy", ("pattern", *KEYS), ((kind, ids.new(), ids.new(), ids.new()) for kind in wanted))
        for table in COPIED:
            columns = [name for (name,) in here.owner(COLUMNS, [table])]
            taken = ", ".join(f"copy.{name}" if name in KEYS else f"old.{name}" for name in columns)
            db.execute(
                f"insert into {table} ({', '.join(columns)}) select {taken} from bench_copy copy"
                f" join {table} old on old.borrower_id = copy.pattern".encode()
            )
        db.execute(NIGHTLY)
    here.owner("drop table bench_copy")
    here.owner("vacuum analyze")


def seconds(here: House, day: date, due: int) -> float:
    """Close a day, and give the seconds it took; it must have found exactly those that fell due."""
    reach(here, day)
    here.checkpoint()
    before = here.counts("entry")["entry"]
    begun = time.perf_counter()
    (report,) = day_end(here.database, through=day)
    took = time.perf_counter() - begun
    billed = report.steps["bring-up"]
    assert billed == {"borrowers": due + 1, "loans": due + 1}, f"{day}: {billed}"
    assert here.counts("entry")["entry"] - before >= due, "loans fell due and nothing was booked"
    return took


def measured(books: Sequence[int], due: int) -> list[list[float]]:
    """For each day the seconds of both books, one straight after the other, so that both meet the same machine."""
    with house() as small, house() as large:
        for here, book in zip((small, large), books, strict=True):
            fill(here, patterns(here), book, due)
        days = [months_after(TODAY, 1) - ONE_DAY + timedelta(days=after) for after in DAYS]
        return [[seconds(here, day, due) for here in (small, large)] for day in days]


def main() -> None:
    """Measure, print, and add a line to the history."""
    asked = argparse.ArgumentParser(description="The day end in a small and a large book with the same dues.")
    asked.add_argument("--books", type=int, nargs=2, default=(20_000, 100_000))
    asked.add_argument("--due", type=int, default=2_000)
    asked.add_argument("--no-history", action="store_true", help="measure without adding to the history")
    given = asked.parse_args()
    small, large = given.books
    days = measured(given.books, given.due)
    small_seconds, large_seconds = (statistics.median(took) for took in zip(*days, strict=True))
    figures = {
        "small_book": given.books[0],
        "large_book": given.books[1],
        "due": given.due,
        "small_seconds": small_seconds,
        "large_seconds": large_seconds,
        "ratio": statistics.median(large / small for small, large in days),
        "borrowers_per_second": given.due / large_seconds,
    }
    shown(
        f"day end, {given.due:,} due, median of {len(DAYS)} days",
        [
            (f"{small:,} loans", f"{small_seconds:.1f} s", ""),
            (f"{large:,} loans", f"{large_seconds:.1f} s", ""),
            ("ratio", f"{figures['ratio']:.2f}", "<= 3, dues scattered"),
            ("borrowers per second", f"{figures['borrowers_per_second']:.0f}", ""),
        ],
    )
    if not given.no_history:
        keep("day end", figures)


if __name__ == "__main__":
    main()
