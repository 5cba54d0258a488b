"""Writes journal entries and their lines; nothing here can change one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from lendmill import ids
from lendmill.db import Db, copy_in, note, one, scalar
from lendmill.ledger.entry import Entry

COPIED_FROM: Final = 8  # entries; fewer are quicker in one statement than in two copies
HEADS: Final = ("entry_id", "borrower_id", "what", "loan_id", "product_key", "value_on", "booked_on")
LINES: Final = ("entry_id", "n", "account", "unit", "amount", "value_on", "booked_on")

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Posted:
    """The day the books are at, the day they are closed through, and how many lines were written."""

    today_on: date
    closed_on: date | None
    lines: int


HOLD_GATE = "lock table books_gate in row exclusive mode"
SHUT_GATE = "lock table books_gate in share row exclusive mode"


def hold_gate(db: Db) -> None:
    """Until this transaction ends the day does not move and no period closes."""
    note(db, HOLD_GATE)


def shut_gate(db: Db) -> None:
    """Wait for all who are posting; until this transaction ends nobody else does."""
    note(db, SHUT_GATE)


ALONE = "select today_on from house for update"


def close_alone(db: Db) -> None:
    """One closing at a time, and never beside a step of the day end; posting goes on meanwhile."""
    note(db, ALONE)


AT = """
    select today_on,
           (select max(through_on) from books_closing) as closed_on,
           0::bigint as lines
      from house
"""


def books_at(db: Db) -> Posted:
    """The day the books are at, and the day they are closed through."""
    return one(db, Posted, AT)


INSERT = """
    with line as (
        select entry_id, n, account, unit, amount
          from unnest(%(line_entry_id)s::uuid[], %(line_n)s::smallint[], %(line_account)s::text[],
                      %(line_unit)s::text[], %(line_amount)s::numeric[])
               as line (entry_id, n, account, unit, amount)
    ), at as (
        select today_on,
               (select max(through_on) from books_closing) as closed_on
          from house
    ), good as (
        select today_on = %(booked_on)s
               and coalesce(closed_on < %(booked_on)s, true)
               and not exists (select from line group by entry_id, unit having sum(amount) <> 0) as all_good
          from at
    ), head as (
        insert into entry (entry_id, borrower_id, what, loan_id, product_key, value_on, booked_on)
        select entry_id, borrower_id, what, loan_id, product_key, value_on, %(booked_on)s
          from unnest(%(entry_id)s::uuid[], %(borrower_id)s::uuid[], %(what)s::text[], %(loan_id)s::uuid[],
                      %(product_key)s::text[], %(value_on)s::date[])
               as head (entry_id, borrower_id, what, loan_id, product_key, value_on)
         where (select all_good from good)
        returning entry_id, value_on
    ), written as (
        insert into line_item (entry_id, n, account, unit, amount, value_on, booked_on)
        select entry_id, n, account, unit, amount, value_on, %(booked_on)s
          from line
          join head using (entry_id)
        returning entry_id
    )
    select today_on, closed_on, (select count(*) from written) as lines
      from at
"""


def insert_entries(db: Db, heads: Rows, lines: Rows, booked_on: date) -> Posted:
    """Write entries and lines in one statement: all, or none where one does not balance or the day is another."""
    head = dict(zip(HEADS, map(list, zip(*heads, strict=True)), strict=True))
    line = {f"line_{name}": list(column) for name, column in zip(LINES, zip(*lines, strict=True), strict=True)}
    return one(db, Posted, INSERT, **{**head, **line, "booked_on": booked_on})


WRONG = """
    select count(*)
      from (select
              from line_item
             where entry_id between %(first)s and %(last)s
             group by entry_id, unit
            having sum(amount) <> 0) as wrong
"""


def copy_entries(db: Db, heads: Rows, lines: Rows) -> int:
    """Write many entries and lines by COPY; gives how many of them do not balance as they were written."""
    copy_in(db, "entry", HEADS, heads)
    copy_in(db, "line_item", LINES, lines)
    return int(scalar(db, WRONG, first=heads[0][0], last=heads[-1][0]))


def rows_of(entries: Sequence[Entry]) -> tuple[Rows, Rows]:
    """Entries as rows of their two tables, each under a new key."""
    heads: Rows = []
    lines: Rows = []
    for entry in entries:
        key, value_on, booked_on = ids.new(), entry.value_on, entry.booked_on
        heads.append((key, entry.borrower_id, entry.what, entry.loan_id, entry.product_key, value_on, booked_on))
        for n, line in enumerate(entry.lines, 1):
            lines.append((key, n, line.account.number, line.unit, line.amount, value_on, booked_on))
    return heads, lines


CLOSE = """
    insert into books_closing (through_on, closed_by, entries, figures, digest)
    values (%(through_on)s, %(closed_by)s, (select count(*) from entry where booked_on <= %(through_on)s),
            %(figures)s, %(digest)s)
"""


def add_closing(db: Db, *, through_on: date, closed_by: UUID, figures: str, digest: str) -> None:
    """Write down that the books are closed, with what they said."""
    note(db, CLOSE, through_on=through_on, closed_by=closed_by, figures=figures, digest=digest)
