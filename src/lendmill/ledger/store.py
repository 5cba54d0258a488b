"""Writes journal entries and their lines; nothing here can change one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import numpy as np

from lendmill.db import Db, copy_text, escaped, note, one, scalar
from lendmill.db.arrays import Array, Numeric, copy_blocks
from lendmill.ledger.alike import AlikeEntries
from lendmill.ledger.entry import Entry

NULL: Final = r"\N"
COPIED_FROM: Final = 8  # entries; fewer are quicker in one statement than in two copies
HEADS: Final = ("entry_id", "borrower_id", "what", "loan_id", "product_key", "value_on", "booked_on")
LINES: Final = ("entry_id", "n", "account", "unit", "amount", "value_on", "booked_on")


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


def insert_entries(db: Db, keys: Sequence[UUID], entries: Sequence[Entry], booked_on: date) -> Posted:
    """Write entries and lines in one statement: all, or none where one does not balance or the day is another."""
    lines = [(key, n, line) for key, entry in zip(keys, entries, strict=True) for n, line in enumerate(entry.lines, 1)]
    return one(
        db,
        Posted,
        INSERT,
        booked_on=booked_on,
        entry_id=list(keys),
        borrower_id=[entry.borrower_id for entry in entries],
        what=[entry.what for entry in entries],
        loan_id=[entry.loan_id for entry in entries],
        product_key=[entry.product_key for entry in entries],
        value_on=[entry.value_on for entry in entries],
        line_entry_id=[key for key, _, _ in lines],
        line_n=[n for _, n, _ in lines],
        line_account=[line.account.number for _, _, line in lines],
        line_unit=[line.unit for _, _, line in lines],
        line_amount=[str(line.amount) for _, _, line in lines],
    )


WRONG = """
    select count(*)
      from (select
              from line_item
             where entry_id between %(first)s and %(last)s
             group by entry_id, unit
            having sum(amount) <> 0) as wrong
"""


def copy_entries(db: Db, keys: Sequence[UUID], entries: Sequence[Entry]) -> int:
    """Write many entries and lines by COPY; gives how many of them do not balance as they were written."""
    heads, lines = as_text(keys, entries)
    copy_text(db, "entry", HEADS, heads)
    copy_text(db, "line_item", LINES, lines)
    return int(scalar(db, WRONG, first=keys[0], last=keys[-1]))


def as_text(keys: Sequence[UUID], entries: Sequence[Entry]) -> tuple[str, str]:
    """Entries and lines as COPY reads them: what all lines of an entry share is spelled once."""
    heads: list[str] = []
    lines: list[str] = []
    for key, entry in zip(keys, entries, strict=True):
        entry_id, days = str(key), f"{entry.value_on}\t{entry.booked_on}\n"
        whose, which = entry.borrower_id or NULL, entry.loan_id or NULL
        heads.append(f"{entry_id}\t{whose}\t{escaped(entry.what)}\t{which}\t{escaped(entry.product_key)}\t{days}")
        for n, (account, unit, amount) in enumerate(entry.lines, 1):
            lines.append(f"{entry_id}\t{n}\t{account.number}\t{unit}\t{amount}\t{days}")
    return "".join(heads), "".join(lines)


def copy_alike(db: Db, alike: Sequence[AlikeEntries]) -> int:
    """Write entries that are columns already by COPY; gives how many of them do not balance as they were written."""
    dates = [(np.datetime64(one.value_on, "D"), np.datetime64(one.booked_on, "D")) for one in alike]
    copy_blocks(db, "entry", [
        dict(zip(HEADS, (one.entry_id, one.borrower_id, one.what, one.loan_id, one.product_key, *on), strict=True))
        for one, on in zip(alike, dates, strict=True)
    ])  # fmt: skip
    copy_blocks(db, "line_item", [
        dict(zip(LINES, (one.entry_id[there], n, account, unit, Numeric(amounts), *on), strict=True))
        for one, on in zip(alike, dates, strict=True)
        for there, n, account, unit, amounts in _lines_of(one)
    ])  # fmt: skip
    keys = [UUID(bytes=key.tobytes()) for one in alike for key in one.entry_id[[0, -1]]]
    return int(scalar(db, WRONG, first=min(keys), last=max(keys)))


def _lines_of(alike: AlikeEntries) -> Iterator[tuple[Array, Array, str, str, Array]]:
    """Line by line: which entries have it, the number it has in each, its account and unit, the amounts."""
    number = np.zeros(len(alike.entry_id), np.int16)
    for line in alike.lines:
        amounts: Any = line.amount
        there = np.flatnonzero(amounts)
        number[there] += 1
        if len(there):
            yield there, number[there], line.account.number, line.unit, amounts[there]


CLOSE = """
    insert into books_closing (through_on, closed_by, entries, figures, digest)
    values (%(through_on)s, %(closed_by)s, (select count(*) from entry where booked_on <= %(through_on)s),
            %(figures)s, %(digest)s)
"""


def add_closing(db: Db, *, through_on: date, closed_by: UUID, figures: str, digest: str) -> None:
    """Write down that the books are closed, with what they said."""
    note(db, CLOSE, through_on=through_on, closed_by=closed_by, figures=figures, digest=digest)
