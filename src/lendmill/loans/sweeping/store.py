"""Writes what a sweep has worked out: columns into temporary tables, then one statement a table."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import numpy as np

from lendmill import ids
from lendmill.db import Db, note, run
from lendmill.db.arrays import Array, copy_blocks, uuids
from lendmill.loans.sweeping.due import Swept, coming_days, day_numbers, number

TABLES: Final = (
    """
    create temporary table if not exists swept_borrower (borrower_id uuid not null) on commit delete rows
    """,
    """
    create temporary table if not exists swept_loan (
        loan_id uuid not null, borrower_id uuid not null, next_on date not null, interest_accrued bigint not null,
        interest_per_night bigint not null, penalty_per_night bigint not null, penalty_accrued bigint not null,
        oldest_due_on date not null, days_past_due bigint not null
    ) on commit delete rows
    """,
    """
    create temporary table if not exists swept_row (
        loan_id uuid not null, borrower_id uuid not null, n integer not null, interest_cents bigint not null,
        penalty_cents bigint not null, penalty_accrued bigint not null
    ) on commit delete rows
    """,
)
NOT_ALL = (
    "set local enable_hashjoin = off",
    "set local enable_mergejoin = off",
    "set local client_min_messages = error",
)


def ready(db: Db) -> None:
    """Make room for a batch. Its rows are found one by one: the planner would read the whole book for a thousandth."""
    for statement in (*reversed(NOT_ALL), *TABLES):
        note(db, statement)


LOCK: Final = """
    insert into swept_borrower (borrower_id)
    select borrower_id
      from borrower
     where borrower_id = any(%(wanted)s)
     order by borrower_id
       for update
"""


def lock(db: Db, borrower_ids: Sequence[UUID], *, waiting: bool) -> int:
    """Lock borrowers in their order, and say how many; unless told to wait, those locked by others are passed over."""
    locked = run(db, LOCK if waiting else f"{LOCK} skip locked", wanted=list(borrower_ids))
    note(db, "analyze swept_borrower")
    return locked


APART = "delete from swept_borrower where borrower_id = any(%(apart)s)"


def leave_apart(db: Db, borrower_ids: Sequence[UUID]) -> None:
    """Take borrowers out of the batch who are looked at one by one."""
    if borrower_ids:
        run(db, APART, apart=list(borrower_ids))


UPDATE_LOANS: Final = """
    update loan l
       set seen_on = %(today)s,
           next_on = nullif(s.next_on, 'infinity'),
           interest_accrued = s.interest_accrued,
           interest_per_night = s.interest_per_night,
           penalty_per_night = s.penalty_per_night,
           penalty_accrued = s.penalty_accrued,
           oldest_due_on = nullif(s.oldest_due_on, 'infinity'),
           adjusted_due_on = nullif(s.oldest_due_on, 'infinity')
      from swept_loan s
     where l.loan_id = s.loan_id
       and l.borrower_id = s.borrower_id
"""

UPDATE_ROWS: Final = """
    update instalment i
       set interest_cents = i.interest_cents + s.interest_cents,
           penalty_cents = i.penalty_cents + s.penalty_cents,
           penalty_accrued = s.penalty_accrued
      from swept_row s
     where i.loan_id = s.loan_id
       and i.borrower_id = s.borrower_id
       and i.n = s.n
"""

CLEAR_AGENDA: Final = """
    delete from agenda a
     using swept_borrower s
     where a.borrower_id = s.borrower_id
       and a.happens_on <= %(today)s
"""

NEXT_IN_AGENDA: Final = """
    insert into agenda (happens_on, borrower_id, loan_id)
    select next_on, borrower_id, loan_id
      from swept_loan
     where next_on <> 'infinity'
     order by borrower_id, loan_id
        on conflict do nothing
"""

BRING_STANDING: Final = """
    update standing s
       set late_since_on = now.late_since_on,
           days_past_due_worst = greatest(s.days_past_due_worst, now.days_past_due)
      from (select borrower_id,
                   max(days_past_due) as days_past_due,
                   (select min(oldest_due_on)
                      from loan l
                     where l.borrower_id = w.borrower_id
                       and l.status in ('running', 'written-off')) as late_since_on
              from swept_loan w
             group by borrower_id) now
     where s.borrower_id = now.borrower_id
       and (s.late_since_on, s.days_past_due_worst)
           is distinct from (now.late_since_on, greatest(s.days_past_due_worst, now.days_past_due))
"""


def keep(db: Db, swept: Swept, products: Sequence[str], today: date) -> None:
    """Write the loans and rows that changed, the diary, the nights' change of price, and how late the borrowers are."""
    if len(swept.due.loan_id):
        copy_blocks(db, "swept_loan", [_loan_columns(swept, today)])
        rows = _row_columns(swept)
        if len(rows["n"]):
            copy_blocks(db, "swept_row", [rows])
        note(db, "analyze swept_loan, swept_row")
        kept = run(db, UPDATE_LOANS, today=today), run(db, UPDATE_ROWS)
        assert kept == (len(swept.due.loan_id), len(rows["n"])), "a loan or a row is not there any more"
    run(db, CLEAR_AGENDA, today=today)
    if len(swept.due.loan_id):
        run(db, NEXT_IN_AGENDA)
        _add_deltas(db, swept, products, today)
        if swept.days_past_due.any() or swept.was_past_due.any():
            run(db, BRING_STANDING)


def _loan_columns(swept: Swept, today: date) -> Mapping[str, Any]:
    arrival, late = swept.arrival, swept.days_past_due
    accrued = np.zeros_like(late)
    np.add.at(accrued, arrival.book.loan, arrival.book.penalty_accrued)
    return {
        "loan_id": swept.due.loan_id, "borrower_id": swept.due.borrower_id, "next_on": coming_days(swept.next_on),
        "interest_accrued": arrival.book.interest_accrued, "interest_per_night": arrival.interest_per_night,
        "penalty_per_night": arrival.penalty_per_night, "penalty_accrued": accrued,
        "oldest_due_on": day_numbers(number(today) - late, late == 0), "days_past_due": late,
    }  # fmt: skip


def _row_columns(swept: Swept) -> Mapping[str, Array]:
    """The rows that changed."""
    was, arrival = swept.due.book, swept.arrival
    accrued = arrival.book.penalty_accrued
    changed = (arrival.interest_cents != 0) | (arrival.penalty_cents != 0) | (accrued != was.penalty_accrued)
    loans = was.loan[changed]
    return {
        "loan_id": swept.due.loan_id[loans], "borrower_id": swept.due.borrower_id[loans],
        "n": swept.due.n[changed].astype(np.int32), "interest_cents": arrival.interest_cents[changed],
        "penalty_cents": arrival.penalty_cents[changed], "penalty_accrued": accrued[changed],
    }  # fmt: skip


def _add_deltas(db: Db, swept: Swept, products: Sequence[str], today: date) -> None:
    """By how much the nights earn more or less from today, for the day end to fold."""
    changes = {"interest": swept.arrival.interest_change, "penalty": swept.arrival.penalty_change}
    blocks = []
    for place, product_key in enumerate(products):
        for kind, change in changes.items():
            loans = np.flatnonzero((swept.due.product == place) & (change != 0))
            if len(loans):
                blocks.append({
                    "delta_id": new_keys(len(loans)), "borrower_id": swept.due.borrower_id[loans],
                    "loan_id": swept.due.loan_id[loans], "product_key": product_key, "kind": kind,
                    "rate_den": swept.due.book.rate_den[loans],
                    "from_on": np.full(len(loans), np.datetime64(today, "D")), "per_night": change[loans],
                })  # fmt: skip
    if blocks:
        copy_blocks(db, "accrual_delta", blocks)


def new_keys(count: int) -> Array:
    """Identifiers for so many rows, in order."""
    told = b"".join(ids.new().bytes for _ in range(count))
    pairs = np.frombuffer(told, ">u8").reshape(-1, 2)
    return uuids(pairs[:, 0], pairs[:, 1])
