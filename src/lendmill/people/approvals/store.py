"""Writes proposals and decisions; neither is ever changed."""

from datetime import date
from uuid import UUID

from psycopg.types.json import Jsonb

from lendmill.db import Db, run
from lendmill.people.approvals.approval import Approval, Outcome
from lendmill.people.sign_in.queries import Caller

PROPOSE = """
    insert into approval (approval_id, borrower_id, loan_id, kind, body, digest, amount_cents, reason, proposed_by,
                          proposed_role, proposed_on, expires_on, two_people, changes_before)
    values (%(approval_id)s, %(borrower_id)s, %(loan_id)s, %(kind)s, %(body)s, %(digest)s, %(amount_cents)s, %(reason)s,
            %(proposed_by)s, %(proposed_role)s, %(proposed_on)s, %(expires_on)s, %(two_people)s, %(changes_before)s)
"""


def propose(db: Db, *, body: dict[str, object], **proposal: object) -> None:
    """Write down what somebody proposes."""
    run(db, PROPOSE, body=Jsonb(body), **proposal)


DECIDE = """
    insert into approval_decision (approval_id, borrower_id, proposed_by, two_people, digest, outcome, decided_by,
                                   decided_role, decided_on, reason, result_id)
    values (%(approval_id)s, %(borrower_id)s, %(proposed_by)s, %(two_people)s, %(digest)s, %(outcome)s, %(decided_by)s,
            %(decided_role)s, %(decided_on)s, %(reason)s, %(result_id)s)
"""


def decide(
    db: Db, approval: Approval, *, outcome: Outcome, by: Caller, decided_on: date, reason: str, result_id: UUID | None
) -> None:
    """Write down what became of a proposal; a second decision about it fails."""
    run(
        db,
        DECIDE,
        approval_id=approval.approval_id,
        borrower_id=approval.borrower_id,
        proposed_by=approval.proposed_by,
        two_people=approval.two_people,
        digest=approval.digest,
        outcome=outcome,
        decided_by=by.account_id,
        decided_role=by.role.value,
        decided_on=decided_on,
        reason=reason,
        result_id=result_id,
    )
