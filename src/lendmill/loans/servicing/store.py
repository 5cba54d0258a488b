"""Writes changes that begin on a later day, and what became of them."""

from datetime import date

from psycopg.types.json import Jsonb

from lendmill import ids
from lendmill.db import Db, run
from lendmill.loans.loan import Loan
from lendmill.loans.servicing.asked import Asked
from lendmill.loans.servicing.queries import Planned

PLAN = """
    insert into planned_change (planned_id, borrower_id, loan_id, kind, begins_on, amount_cents, details)
    values (%(planned_id)s, %(borrower_id)s, %(loan_id)s, %(kind)s, %(begins_on)s, %(amount_cents)s, %(details)s)
"""


def plan(db: Db, *, loan: Loan, what: Asked) -> None:
    """Write a change down for its day."""
    run(
        db,
        PLAN,
        planned_id=ids.new(),
        borrower_id=loan.borrower_id,
        loan_id=loan.loan_id,
        kind=what.kind,
        begins_on=what.on,
        amount_cents=what.amount_cents,
        details=Jsonb(what.details),
    )


END = """
    insert into planned_change_end (planned_id, borrower_id, outcome, booked_on)
    values (%(planned_id)s, %(borrower_id)s, %(outcome)s, %(booked_on)s)
"""


def end(db: Db, *, plan: Planned, outcome: str, booked_on: date) -> None:
    """Write down that a planned change began, or was called off because the loan no longer allows it."""
    run(db, END, planned_id=plan.planned_id, borrower_id=plan.borrower_id, outcome=outcome, booked_on=booked_on)
