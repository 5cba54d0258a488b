"""Writes adjustments and what was decided about them; neither is ever changed."""

from datetime import date
from uuid import UUID

from lendmill.db import Db, run, scalar
from lendmill.people.sign_in.queries import Caller
from lendmill.rating.adjusting.table import Adjustment, Outcome

LOCK_PROPOSER = """
    select account_id
      from account
     where account_id = %(account_id)s
       for no key update
"""


def lock_proposer(db: Db, account_id: UUID) -> None:
    """Let one person propose one thing at a time, so that a form clicked twice sees what the first click wrote."""
    scalar(db, LOCK_PROPOSER, account_id=account_id)


ADD = """
    insert into rating_adjustment (adjustment_id, ends, industry, region, points, from_on, until_on, reason, source,
                                   proposed_by, proposed_role, proposed_on)
    values (%(adjustment_id)s, %(ends)s, %(industry)s, %(region)s, %(points)s, %(from_on)s, %(until_on)s, %(reason)s,
            %(source)s, %(proposed_by)s, %(proposed_role)s, %(proposed_on)s)
"""


def add(db: Db, *, by: Caller, today: date, **proposed: object) -> None:
    """Write down what somebody proposes."""
    run(db, ADD, proposed_by=by.account_id, proposed_role=by.role.value, proposed_on=today, **proposed)


DECIDE = """
    insert into rating_adjustment_decision (adjustment_id, proposed_by, outcome, decided_by, decided_role, decided_on,
                                            reason)
    values (%(adjustment_id)s, %(proposed_by)s, %(outcome)s, %(decided_by)s, %(decided_role)s, %(decided_on)s,
            %(reason)s)
    on conflict (adjustment_id) do nothing
"""


def decide(db: Db, adjustment: Adjustment, *, outcome: Outcome, by: Caller, today: date, reason: str) -> bool:
    """Write down what became of it, once; says whether this was the first decision."""
    written = run(
        db,
        DECIDE,
        adjustment_id=adjustment.adjustment_id,
        proposed_by=adjustment.proposed_by,
        outcome=outcome,
        decided_by=by.account_id,
        decided_role=by.role.value,
        decided_on=today,
        reason=reason,
    )
    return written == 1
