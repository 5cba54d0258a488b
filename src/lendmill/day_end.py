"""What happens each night, in order: the house moves to the next day, and what falls on that day is written down.

Closing a day moves the house to the next one first, so that nobody waits; then the sweep opens that day: loans on which
something happens are brought up to it, and the night's interest is posted in one line a product. Each step is done
once and can be stopped anywhere; run again, it goes on where it was, and the books are the same as if nothing had
happened.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb

from lendmill.arrears.stages import NON_PERFORMING_FROM_DAYS
from lendmill.days import ONE_DAY, each_day
from lendmill.db import Database, Db, many, run, scalar
from lendmill.funding import actions as funding
from lendmill.ledger import actions as books
from lendmill.ledger.accounts import exact_unit
from lendmill.loans import actions as loans
from lendmill.loans import postings_accruing
from lendmill.people.queries import house_day
from lendmill.refusals import Refusal

Counts = dict[str, int]
BATCH: Final = 500


class DayNotReached(Refusal):
    """The house is at {today}: close days one after another, up to the day before."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the end of one day did."""

    closed_on: date
    steps: dict[str, Counts]


def day_end(
    database: Database, *, through: date, watch: Callable[[date, str, int, int], None] = lambda *_: None
) -> list[Report]:
    """Close every day up to and with the one named; a day closed already is passed over.

    `watch` is told the day, the step, how much of it is done, and how much there is.
    """
    with database.transaction() as db:
        first = first_open_day(db)
    return [close_day(database, day, watch) for day in each_day(first, through)]


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


def close_day(database: Database, day: date, watch: Callable[[date, str, int, int], None]) -> Report:
    """End one day: cut over, then bring loans up, post accruals, return funding."""
    opens = day + ONE_DAY
    steps = {"cut-over": _step(database, day, "cut-over", lambda db: _cut_over(db, day))}
    steps["bring-up"] = _bring_up(database, day, opens, watch)
    steps["accrue"] = _step(database, day, "accrue", lambda db: _accrue(db, opens))
    steps["funding"] = _step(database, day, "funding", funding.fold_releases)
    _step(database, day, "done", lambda _: {})
    return Report(day, steps)


STEP_DONE = "select counts from day_end_step where closes_on = %(day)s and step = %(step)s"

NOTE_STEP = """
    insert into day_end_step (closes_on, step, counts)
    values (%(day)s, %(step)s, %(counts)s)
"""

ONE_AT_A_TIME = "select today_on from house for update"


def _step(database: Database, day: date, name: str, work: Callable[[Db], Counts]) -> Counts:
    """Do a step and note that it is done in one transaction; a step already noted is not done again."""

    def once(db: Db) -> Counts:
        db.execute(ONE_AT_A_TIME)  # two day ends at once: the second waits here and then finds the step noted
        done = scalar(db, STEP_DONE, day=day, step=name)
        if done is not None:
            return dict(done)
        counts = work(db)
        run(db, NOTE_STEP, day=day, step=name, counts=Jsonb(counts))
        return counts

    return database.act(once)


MOVE_ON = "update house set today_on = %(opens)s where today_on = %(day)s"

SNAPSHOT = """
    insert into portfolio_day (on_day, product_key, loans, outstanding_cents, late_loans, late_cents,
                               nonperforming_cents, drawn_cents)
    select %(day)s, product_key,
           count(*) filter (where status = 'running'),
           coalesce(sum(outstanding_cents) filter (where status = 'running'), 0),
           count(*) filter (where status = 'running' and oldest_due_on < %(day)s),
           coalesce(sum(outstanding_cents) filter (where status = 'running' and oldest_due_on < %(day)s), 0),
           coalesce(sum(outstanding_cents) filter (where status = 'running'
                                                     and oldest_due_on <= %(day)s::date - %(bad_from)s), 0),
           coalesce(sum(principal_cents) filter (where drawn_on = %(day)s), 0)
      from loan
     where status in ('running', 'written-off', 'closed')
     group by product_key
"""


def _cut_over(db: Db, day: date) -> Counts:
    """Note how the book stood at the end of the day, and move the house to the next, with nobody posting meanwhile."""
    books.hold_postings(db)
    if not run(db, MOVE_ON, day=day, opens=day + ONE_DAY):
        raise DayNotReached(today=house_day(db))
    return {"products": run(db, SNAPSHOT, day=day, bad_from=NON_PERFORMING_FROM_DAYS)}


DUE_BORROWERS = """
    select distinct borrower_id
      from agenda
     where happens_on <= %(opens)s
       and (%(after)s::uuid is null or borrower_id > %(after)s)
     order by borrower_id
     limit %(most)s
"""

DUE_COUNT = "select count(distinct borrower_id) from agenda where happens_on <= %(opens)s"


@dataclass(frozen=True, slots=True)
class _Due:
    borrower_id: UUID


def _bring_up(database: Database, day: date, opens: date, watch: Callable[[date, str, int, int], None]) -> Counts:
    """Bring up every borrower with something in the diary, each in a transaction of their own, in one order."""
    with database.transaction() as db:
        done = scalar(db, STEP_DONE, day=day, step="bring-up")
        total = 0 if done is not None else int(scalar(db, DUE_COUNT, opens=opens))
    if done is not None:
        return dict(done)
    changed = seen = 0
    for borrower_id in _due_borrowers(database, opens):
        changed += database.act(loans.bring_up, borrower_id=borrower_id, today=opens)
        seen += 1
        watch(day, "bring-up", seen, total)
    return _step(database, day, "bring-up", lambda _: {"borrowers": seen, "loans": changed})


def _due_borrowers(database: Database, opens: date) -> Iterator[UUID]:
    after: UUID | None = None
    while True:
        with database.transaction() as db:
            page = many(db, _Due, DUE_BORROWERS, opens=opens, after=after, most=BATCH)
        yield from (due.borrower_id for due in page)
        if len(page) < BATCH:
            return
        after = page[-1].borrower_id


FOLD = """
    with new as (
        delete from accrual_delta returning product_key, kind, rate_den, from_on, per_night
    ), changes as (
        select product_key, kind, rate_den,
               sum(per_night) as per_night,
               sum(per_night::numeric * (%(opens)s::date - from_on)) as total
          from new
         group by product_key, kind, rate_den
    ), last as (
        select distinct on (product_key, kind, rate_den) product_key, kind, rate_den, through_on, per_night, total
          from accrual_fold
         order by product_key, kind, rate_den, through_on desc
    ), folded as (
        insert into accrual_fold (product_key, kind, rate_den, through_on, per_night, total)
        select coalesce(l.product_key, c.product_key), coalesce(l.kind, c.kind), coalesce(l.rate_den, c.rate_den),
               %(opens)s,
               coalesce(l.per_night, 0) + coalesce(c.per_night, 0),
               coalesce(l.total + l.per_night * (%(opens)s::date - l.through_on), 0) + coalesce(c.total, 0)
          from last l
          full join changes c on (l.product_key, l.kind, l.rate_den) = (c.product_key, c.kind, c.rate_den)
        returning product_key, kind, rate_den, total
    )
    select f.product_key, f.kind, f.rate_den, f.total - coalesce(l.total, 0) as earned
      from folded f
      left join last l on (l.product_key, l.kind, l.rate_den) = (f.product_key, f.kind, f.rate_den)
     order by f.product_key, f.kind, f.rate_den
"""


@dataclass(frozen=True, slots=True)
class _Earned:
    product_key: str
    kind: str
    rate_den: int
    earned: Decimal


def _accrue(db: Db, opens: date) -> Counts:
    """Post what the night earned: one line a product, exact, from the sum of all loans' nightly interest.

    The fold is cumulative: a change with an earlier day brings the difference of all nights since in the next line.
    """
    earned = many(db, _Earned, FOLD, opens=opens)
    entries = [
        (postings_accruing.accrued_outside if one.kind.startswith("memo ") else postings_accruing.accrued)(
            kind=one.kind.removeprefix("memo "),
            product_key=one.product_key,
            unit=exact_unit("CNY", one.rate_den),
            earned=int(one.earned),
            value_on=opens,
            booked_on=opens,
        )
        for one in earned
    ]
    books.post(db, entries)
    return {"lines": sum(bool(entry.lines) for entry in entries)}
