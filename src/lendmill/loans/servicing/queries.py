"""What was changed on a loan by hand, and what is agreed for a later day."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from lendmill.db import Db, many


@dataclass(frozen=True, slots=True)
class Planned:
    """A change agreed for a later day."""

    planned_id: UUID
    borrower_id: UUID
    loan_id: UUID
    kind: str
    begins_on: date
    amount_cents: int
    details: dict[str, Any]


PLANNED = """
    select planned_id, borrower_id, loan_id, kind, begins_on, amount_cents, details
      from planned_change p
     where borrower_id = %(borrower_id)s
       and loan_id = %(loan_id)s
       and (%(through)s::date is null or begins_on <= %(through)s)
       and not exists (select from planned_change_end e
                        where e.planned_id = p.planned_id
                          and e.borrower_id = p.borrower_id)
     order by begins_on, planned_id
"""


def planned_for(db: Db, borrower_id: UUID, loan_id: UUID, through: date | None = None) -> list[Planned]:
    """Changes of a loan that have not begun, up to a day."""
    return many(db, Planned, PLANNED, borrower_id=borrower_id, loan_id=loan_id, through=through)


@dataclass(frozen=True, slots=True)
class Changed:
    """A change by hand as it was written: its kind, its day, the day it was booked."""

    seq: int
    kind: str
    value_on: date
    booked_on: date
    amount_cents: int
    details: dict[str, Any]


CHANGED = """
    select seq, kind, value_on, booked_on, amount_cents, details
      from loan_event
     where borrower_id = %(borrower_id)s
       and loan_id = %(loan_id)s
       and kind not in ('drawn', 'repaid', 'struck')
     order by seq
"""


def changes_of(db: Db, borrower_id: UUID, loan_id: UUID) -> list[Changed]:
    """What was changed on a loan by hand, in the order booked."""
    return many(db, Changed, CHANGED, borrower_id=borrower_id, loan_id=loan_id)
