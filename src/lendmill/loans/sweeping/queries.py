"""Reads the loans of a batch and their rows, each in one statement, as columns."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from lendmill.db import Db, many, scalar
from lendmill.db.arrays import read_columns
from lendmill.loans.sweeping.due import DueLoans, due_of
from lendmill.terms.day_counts import DAY_COUNTS, nights_alike

PLAIN: Final = json.dumps({
    "rounding": "on-billing", "direction": "half-up", "penalty_on": "overdue-principal", "excess": "refund",
    "past_due_first_day": "day-after", "late_fee_cents": 0, "service_fee_cents": 0,
})  # fmt: skip
ALIKE: Final = [name for name in DAY_COUNTS if nights_alike(name)]

DUE_LOANS: Final = """
           from swept_borrower s
           join loan l using (borrower_id)
          where l.status in ('running', 'written-off')
            and l.next_on <= %(today)s
"""

LOAN_KINDS: Final = {
    "loan_id": "uuid", "borrower_id": "uuid", "product": "int8", "plain": "bool", "rate_num": "int8",
    "rate_den": "int8", "penalty_num": "int8", "grace_days": "int8", "nonaccrual_from_days": "int8", "seen_on": "date",
    "interest_accrued": "int8", "outstanding_cents": "int8",
}  # fmt: skip

LOANS: Final = f"""
         select l.loan_id, l.borrower_id,
                dense_rank() over (order by l.product_key) - 1 as product,
                l.status = 'running' and not l.nonaccrual and l.next_on = %(today)s
                    and l.stretch_accrued = 0
                    and l.settlement_left_cents is null
                    and l.method <> 'statement'
                    and l.agreed @> %(plain)s::jsonb
                    and l.agreed ->> 'day_count' = any(%(alike)s) as plain,
                l.rate_num, l.rate_den, l.penalty_num, l.grace_days::bigint,
                (l.agreed ->> 'nonaccrual_from_days')::bigint, l.seen_on, l.interest_accrued, l.outstanding_cents
{DUE_LOANS}
          order by l.borrower_id, l.loan_id
"""

ROW_KINDS: Final = {
    "loan_id": "uuid", "n": "int4", "due_on": "date", "principal_cents": "int8", "principal_left_cents": "int8",
    "billed_left_cents": "int8", "penalty_accrued": "int8", "odd": "bool",
}  # fmt: skip

ROWS: Final = f"""
         select i.loan_id, i.n, i.due_on, i.principal_cents, i.principal_cents - i.principal_paid_cents,
                i.interest_cents - i.interest_paid_cents + i.penalty_cents - i.penalty_paid_cents
                    + i.fees_cents - i.fees_paid_cents,
                i.penalty_accrued,
                i.closed or i.free_cents <> 0 or i.earns_cents <> 0 or i.adjusted_on is not null
           from (select l.loan_id, l.borrower_id
{DUE_LOANS}) due
           join instalment i using (loan_id, borrower_id)
          order by i.borrower_id, i.loan_id, i.n
"""

PRODUCTS: Final = f"""
         select distinct l.product_key
{DUE_LOANS}
          order by l.product_key
"""


@dataclass(frozen=True, slots=True)
class _Product:
    product_key: str


@dataclass(frozen=True, slots=True)
class _Borrower:
    borrower_id: UUID


STILL_DUE: Final = """
    select count(distinct a.borrower_id)
      from swept_borrower s
      join agenda a using (borrower_id)
     where a.happens_on <= %(today)s
"""


def still_due(db: Db, today: date) -> int:
    """How many borrowers of the batch have something in the diary; asked under their locks."""
    return int(scalar(db, STILL_DUE, today=today))


WITH_PLANS: Final = """
    select distinct s.borrower_id
      from swept_borrower s
      join planned_change p using (borrower_id)
     where p.begins_on <= %(today)s
       and not exists (select
                         from planned_change_end e
                        where (e.planned_id, e.borrower_id) = (p.planned_id, p.borrower_id))
     order by s.borrower_id
"""


def with_plans(db: Db, today: date) -> list[UUID]:
    """The borrowers of the batch with a change agreed earlier that begins by today."""
    return [found.borrower_id for found in many(db, _Borrower, WITH_PLANS, today=today)]


def due(db: Db, today: date) -> DueLoans:
    """The loans of the batch to which something happens by today, with their rows."""
    loans = read_columns(db, LOAN_KINDS, LOANS, today=today, plain=PLAIN, alike=ALIKE)
    rows = read_columns(db, ROW_KINDS, ROWS, today=today)
    return due_of(loans, rows)


def products(db: Db, today: date) -> list[str]:
    """The products of these loans, in the order they are numbered in."""
    return [found.product_key for found in many(db, _Product, PRODUCTS, today=today)]
