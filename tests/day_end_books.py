"""Books for the day end to work on, and all that it may leave behind in them."""

from datetime import timedelta
from typing import Any

from lender import Lender
from lendmill.db import Database

LINES = """
    select e.what, e.borrower_id, e.loan_id, e.product_key, e.value_on, e.booked_on, l.n, l.account, l.unit, l.amount
      from entry e
      join line_item l using (entry_id)
     order by e.entry_id, l.n
"""

STATES = """
    select l.loan_id, l.status, l.seen_on, l.next_on, l.interest_accrued, l.penalty_accrued, l.outstanding_cents,
           l.interest_per_night, l.penalty_per_night, l.oldest_due_on, l.adjusted_due_on, l.nonaccrual, i.n, i.due_on,
           i.interest_cents, i.penalty_cents, i.fees_cents, i.penalty_accrued, s.late_since_on, s.days_past_due_worst
      from loan l
      join instalment i using (loan_id, borrower_id)
      join standing s using (borrower_id)
     order by l.loan_id, i.n
"""

DIARY = "select happens_on, borrower_id, loan_id from agenda order by happens_on, borrower_id, loan_id"

FOLDS = """
    select product_key, kind, rate_den, through_on, per_night, total
      from accrual_fold
     order by product_key, kind, rate_den, through_on
"""


def rows(url: str, statement: str) -> list[Any]:
    """What a statement finds."""
    with Database(url) as database, database.transaction() as db:
        return db.execute(statement).fetchall()


def a_book(database: Database, borrowers: int = 14) -> Lender:
    """Loans that fall due, go late and pass their grace on many days in the coming six weeks; some paid in part."""
    lender = Lender(database).found()
    for n in range(borrowers):
        borrower_id, line_id = lender.borrower()
        method = "interest-first" if n % 3 else "on-demand"
        lender.draw(borrower_id, line_id, 500_000 + n * 10_007, method, 1 + n % 2)
        if n % 5 == 0:
            lender.draw(borrower_id, line_id, 200_000, "interest-first", 2)
        if n % 4 == 3:
            lender.pay(borrower_id, 20_000)
            lender.go_to(lender.today + timedelta(days=1))
    return lender
