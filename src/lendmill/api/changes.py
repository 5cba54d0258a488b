"""Changing a loan by hand, for programs: what a change would do, asking for it, and what was changed so far."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody

from lendmill import ids
from lendmill.api.approvals import ApprovalTold, approval_told, caller_of, carries_out
from lendmill.api.callers import Asked, database_of
from lendmill.api.keys import IdempotencyKey, needed
from lendmill.db import Db
from lendmill.loans import queries as loans
from lendmill.loans.changes import ChangeRate, LoanChange, read_change, written
from lendmill.loans.servicing import queries as servicing
from lendmill.loans.servicing.actions import change_loan
from lendmill.loans.view import LoanView
from lendmill.people.actions import lock_borrower
from lendmill.people.approvals import actions as approvals
from lendmill.people.approvals import queries as proposals
from lendmill.people.approvals import rules
from lendmill.people.approvals.approval import Approval
from lendmill.people.command import Command
from lendmill.people.queries import act_today, house_day
from lendmill.people.sign_in.queries import Caller

PROPOSALS_SHOWN = 50


@dataclass(frozen=True)
class AskedChange:
    """A change to be made: its kind, what its kind needs, and why."""

    kind: str
    change: dict[str, Any]
    reason: str = ""


@dataclass(frozen=True)
class Preview:
    """A loan now and as a change would leave it; a change that begins later leaves it as it is until then."""

    before: LoanView
    after: LoanView
    begins_on: date
    two_people: bool


@dataclass(frozen=True)
class Changes:
    """What was changed on a loan by hand, what is agreed for a later day, what waits, and what became of the rest."""

    made: list[servicing.Changed]
    planned: list[servicing.Planned]
    waiting: list[ApprovalTold]
    decided: list[ApprovalTold]


def propose_change(
    db: Db, *, key: str, borrower_id: UUID, loan_id: UUID, change: LoanChange, reason: str, by: Caller, today: date
) -> Approval:
    """Propose a change of a loan; where one person is enough it is carried out at once."""
    loans.stored_loan(db, borrower_id, loan_id)
    body = written(change)
    asked = approvals.Proposal(change.kind, borrower_id, loan_id, body, change.at_stake_cents, reason)
    command = Command.of(key, action="propose", loan_id=str(loan_id), kind=change.kind, body=body, reason=reason)
    return approvals.propose(db, asked, command=command, by=by, today=today, carry_out=carries_out(today))


def try_out(db: Db, *, borrower_id: UUID, loan_id: UUID, change: LoanChange, today: date) -> Preview:
    """Carry out a change for trial and undo it: what is seen is exactly what would happen, refusals too."""
    with db.transaction(force_rollback=True):
        lock_borrower(db, borrower_id)  # nothing may come between before and after
        before = loans.loan(db, borrower_id, loan_id, today)
        after = change_loan(
            db, command=Command.of(f"trial {ids.new()}"), borrower_id=borrower_id, loan_id=loan_id, change=change,
            today=today,
        )  # fmt: skip
    begins_on = change.from_on if isinstance(change, ChangeRate) else today
    return Preview(before, after, begins_on, _takes_two(db, borrower_id, loan_id, change))


def _takes_two(db: Db, borrower_id: UUID, loan_id: UUID, change: LoanChange) -> bool:
    at_stake_cents = change.at_stake_cents
    if at_stake_cents is not None:
        at_stake_cents += proposals.alone_before_cents(db, borrower_id, loan_id, change.kind)
    return rules.needs_two_people(change.kind, at_stake_cents)


def changes_so_far(db: Db, borrower_id: UUID, loan_id: UUID, today: date) -> Changes:
    """All changes of a loan: made, planned, waiting for a second person, and decided."""
    loans.stored_loan(db, borrower_id, loan_id)
    found = proposals.changes_of(db, borrower_id, loan_id, size=PROPOSALS_SHOWN)
    told = [approval_told(approval, today) for approval in found]
    return Changes(
        servicing.changes_of(db, borrower_id, loan_id),
        servicing.planned_for(db, borrower_id, loan_id),
        [each for each in told if each.state == "waiting"],
        [each for each in told if each.state != "waiting"],
    )


@post("/borrowers/{borrower_id:uuid}/loans/{loan_id:uuid}/changes", sync_to_thread=True)
def propose(
    request: Asked, borrower_id: FromPath[UUID], loan_id: FromPath[UUID], data: JSONBody[AskedChange],
    idempotency_key: IdempotencyKey = None,
) -> ApprovalTold:  # fmt: skip
    """Ask for a change of a loan. Its `state` tells whether it was made at once (`alone`) or waits for a second
    person (`waiting`)."""
    by, key = caller_of(request), needed(idempotency_key)
    rules.check_proposer(by.role, data.kind)
    change = read_change(data.kind, data.change)
    database = database_of(request)
    approval = act_today(
        database, propose_change, key=key, borrower_id=borrower_id, loan_id=loan_id, change=change,
        reason=data.reason, by=by,
    )  # fmt: skip
    with database.transaction() as db:
        return approval_told(approval, house_day(db))


@get("/borrowers/{borrower_id:uuid}/loans/{loan_id:uuid}/changes", sync_to_thread=True)
def changes(request: Asked, borrower_id: FromPath[UUID], loan_id: FromPath[UUID]) -> Changes:
    """What was changed on a loan by hand, what is planned, what waits for a second person, what was decided."""
    with database_of(request).transaction() as db:
        return changes_so_far(db, borrower_id, loan_id, house_day(db))


@post("/borrowers/{borrower_id:uuid}/loans/{loan_id:uuid}/changes/preview", sync_to_thread=True, status_code=200)
def preview(
    request: Asked, borrower_id: FromPath[UUID], loan_id: FromPath[UUID], data: JSONBody[AskedChange]
) -> Preview:
    """What a change would do to a loan today; nothing is written, and no reason is needed."""
    change = read_change(data.kind, data.change)
    return act_today(database_of(request), try_out, borrower_id=borrower_id, loan_id=loan_id, change=change)
