"""Proposals as they stand: one, those about a loan, and those that wait for a second person."""

from datetime import date
from typing import Final
from uuid import UUID

from lendmill.db import Db, many, maybe, scalar
from lendmill.people.approvals.approval import Approval, NoSuchApproval
from lendmill.people.approvals.rules import RULES

COLUMNS: Final = """
           a.approval_id, a.borrower_id, a.loan_id, a.kind, a.body, a.digest, a.amount_cents, a.reason,
           a.proposed_by, a.proposed_role, p.display_name as proposer, a.proposed_on, a.expires_on,
           a.two_people, a.changes_before, a.made_at,
           d.outcome, d.decided_by, d.decided_role, s.display_name as decider, d.decided_on,
           d.reason as decided_why, d.result_id
      from approval a
      join account p on p.account_id = a.proposed_by
      left join approval_decision d on (d.approval_id, d.borrower_id) = (a.approval_id, a.borrower_id)
      left join account s on s.account_id = d.decided_by
"""

APPROVAL = f"""
    select {COLUMNS}
     where a.approval_id = %(approval_id)s
"""


def approval(db: Db, approval_id: UUID) -> Approval:
    """One proposal, or the refusal `NoSuchApproval`."""
    found = maybe(db, Approval, APPROVAL, approval_id=approval_id)
    if found is None:
        raise NoSuchApproval(approval_id=approval_id)
    return found


CHANGES_OF = f"""
    select {COLUMNS}
     where a.borrower_id = %(borrower_id)s
       and (%(loan_id)s::uuid is null or a.loan_id = %(loan_id)s::uuid)
       and (%(before)s::uuid is null or a.approval_id < %(before)s::uuid)
     order by a.approval_id desc
     limit %(size)s
"""


def changes_of(
    db: Db, borrower_id: UUID, loan_id: UUID | None = None, *, before: UUID | None = None, size: int = 50
) -> list[Approval]:
    """All that was proposed and decided about a borrower, or about one loan, the latest first, a page at a time."""
    return many(db, Approval, CHANGES_OF, borrower_id=borrower_id, loan_id=loan_id, before=before, size=min(size, 500))


WAITING = f"""
    select {COLUMNS}
     where a.two_people
       and a.expires_on >= %(today)s
       and d.approval_id is null
       and (%(after)s::uuid is null or a.approval_id > %(after)s::uuid)
     order by a.approval_id
     limit %(size)s
"""


def waiting(db: Db, today: date, *, after: UUID | None = None, size: int = 50) -> list[Approval]:
    """What waits for a second person today, the oldest first, a page at a time."""
    return many(db, Approval, WAITING, today=today, after=after, size=min(size, 500))


GOES_STALE: Final = [kind for kind, rule in RULES.items() if rule.goes_stale]

CHANGES_MADE = """
    select count(*)::integer
      from approval a
      join approval_decision d on (d.approval_id, d.borrower_id) = (a.approval_id, a.borrower_id)
     where a.borrower_id = %(borrower_id)s
       and a.loan_id is not distinct from %(loan_id)s::uuid
       and a.kind = any(%(kinds)s)
       and d.outcome in ('approved', 'alone')
"""


def changes_made(db: Db, borrower_id: UUID, loan_id: UUID | None) -> int:
    """How many changes by hand a loan has seen; what only tells of money that came or bounced is not counted."""
    found = scalar(db, CHANGES_MADE, borrower_id=borrower_id, loan_id=loan_id, kinds=GOES_STALE)
    assert isinstance(found, int)
    return found


ALONE_BEFORE = """
    select coalesce(sum(a.amount_cents), 0)::bigint
      from approval a
      join approval_decision d on (d.approval_id, d.borrower_id) = (a.approval_id, a.borrower_id)
     where a.borrower_id = %(borrower_id)s
       and a.loan_id is not distinct from %(loan_id)s::uuid
       and a.kind = %(kind)s
       and d.outcome = 'alone'
"""


def alone_before_cents(db: Db, borrower_id: UUID, loan_id: UUID | None, kind: str) -> int:
    """What changes of one kind, each made by one person alone, have come to on a loan."""
    found = scalar(db, ALONE_BEFORE, borrower_id=borrower_id, loan_id=loan_id, kind=kind)
    assert isinstance(found, int)
    return found
