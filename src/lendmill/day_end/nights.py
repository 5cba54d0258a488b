"""The steps of a day's end, in order: one readable list of calls, for one day or for many that were left."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date

from lendmill.arrears.stages import NON_PERFORMING_FROM_DAYS, STAGES
from lendmill.day_end.accruing import accrue
from lendmill.day_end.beside import shadow
from lendmill.day_end.bringing_up import BATCH, bring_up
from lendmill.day_end.changing import change
from lendmill.day_end.report import Counts, Report, report_of
from lendmill.day_end.steps import step
from lendmill.days import ONE_DAY, each_day
from lendmill.db import Database, Db, one, run, scalar
from lendmill.funding import actions as funding
from lendmill.insight.outcomes.actions import note_outcomes, watch_tonight
from lendmill.ledger import actions as books
from lendmill.people.queries import house_day
from lendmill.refusals import Refusal

Watch = Callable[[date, str, int, int], None]
"""Told the day, the step, how much of it is done, and how much there is."""


class DayNotReached(Refusal):
    """The house is at {today}: close days one after another, up to the day before."""


def day_end(
    database: Database, *, through: date, watch: Watch = lambda *_: None, workers: int = 1, batch: int = BATCH
) -> list[Report]:
    """Close every day up to and with the one named; a day closed already is passed over.

    So many workers bring up borrowers side by side, so many borrowers at a time: the books are the same whatever the
    numbers.
    """
    with database.transaction() as db:
        first = first_open_day(db)
    return [close_day(database, day, watch, workers=workers, batch=batch) for day in each_day(first, through)]


def first_open_day(db: Db) -> date:
    """The day whose end is unfinished, or else the house's own day."""
    unfinished = scalar(db, UNFINISHED)
    return unfinished if isinstance(unfinished, date) else house_day(db)


UNFINISHED = """
    select closes_on
      from day_end_step
     group by closes_on
    having not bool_or(step = 'done')
     order by closes_on
     limit 1
"""


def close_day(
    database: Database, day: date, watch: Watch = lambda *_: None, *, workers: int = 1, batch: int = BATCH
) -> Report:
    """End one day: cut over, bring loans up, post accruals, return funding, note defaults, watch cards, try shadows."""
    opens = day + ONE_DAY
    step(database, day, "cut-over", lambda db: cut_over(db, day))
    bring_up(database, day, opens, watch, workers=workers, batch=batch)
    step(database, day, "accrue", lambda db: accrue(db, day, opens))
    step(database, day, "funding", funding.fold_releases)
    step(database, day, "outcomes", lambda db: note_outcomes(db, today=opens, all_of_them=False))
    step(database, day, "watch", lambda db: watch_tonight(db, today=opens))
    change(database, day, opens)
    shadow(database, day, opens)
    step(database, day, "done", lambda _: {})
    with database.transaction() as db:
        report = report_of(db, day)
    assert report is not None, f"the end of {day} has left no trace"
    return report


MOVE_ON = "update house set today_on = %(opens)s where today_on = %(day)s"

COUNTED = """
    select count(*) as products,
           coalesce(sum(loans), 0)::bigint as loans,
           coalesce(sum(medium), 0)::bigint as became_medium,
           coalesce(sum(long), 0)::bigint as became_long
      from book
"""

BOOK = """
    with book as (
        select product_key,
               count(*) filter (where status = 'running') as loans,
               coalesce(sum(outstanding_cents) filter (where status = 'running'), 0) as outstanding_cents,
               count(*) filter (where status = 'running' and oldest_due_on < %(day)s) as late_loans,
               coalesce(sum(outstanding_cents) filter (where status = 'running' and oldest_due_on < %(day)s), 0)
                   as late_cents,
               coalesce(sum(outstanding_cents) filter (where status = 'running'
                                                         and oldest_due_on <= %(day)s::date - %(bad_from)s), 0)
                   as nonperforming_cents,
               coalesce(sum(principal_cents) filter (where drawn_on = %(day)s), 0) as drawn_cents,
               count(*) filter (where status = 'running' and oldest_due_on = %(day)s::date + 1 - %(medium_from)s)
                   as medium,
               count(*) filter (where status = 'running' and oldest_due_on = %(day)s::date + 1 - %(long_from)s)
                   as long
          from loan
         where status in ('running', 'written-off', 'closed')
         group by product_key
    )
"""

SNAPSHOT = f"""
    {BOOK.strip()}, kept as (
        insert into portfolio_day (on_day, product_key, loans, outstanding_cents, late_loans, late_cents,
                                   nonperforming_cents, drawn_cents)
        select %(day)s, product_key, loans, outstanding_cents, late_loans, late_cents, nonperforming_cents,
               drawn_cents
          from book
    )
    {COUNTED.strip()}
"""


def cut_over(db: Db, day: date) -> Counts:
    """Note how the book stood at the end of the day, and move the house to the next, with nobody posting meanwhile."""
    books.hold_postings(db)
    if not run(db, MOVE_ON, day=day, opens=day + ONE_DAY):
        raise DayNotReached(today=house_day(db))
    return _counted(db, SNAPSHOT, day)


def book_at(db: Db, day: date) -> Counts:
    """What the cut-over would count at the end of a day, if it came now."""
    return _counted(db, f"{BOOK}{COUNTED}", day)


def _counted(db: Db, statement: str, day: date) -> Counts:
    """How the book stands; by how many loans the later stages of lateness grow on the next day, by time alone."""
    first_day = {name: first for first, name in STAGES}
    found = one(
        db, _Book, statement, day=day, bad_from=NON_PERFORMING_FROM_DAYS, medium_from=first_day["medium"],
        long_from=first_day["long"],
    )  # fmt: skip
    return asdict(found)


@dataclass(frozen=True, slots=True)
class _Book:
    products: int
    loans: int
    became_medium: int
    became_long: int
