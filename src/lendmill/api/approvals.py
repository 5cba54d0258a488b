"""Proposed changes of loans, and what a second person decides about them, for programs."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody

from lendmill.api.callers import Asked, database_of
from lendmill.api.keys import IdempotencyKey, needed
from lendmill.credit.review.verdict import actions as verdicts
from lendmill.db import Db
from lendmill.loans.changes import read_change
from lendmill.loans.servicing.actions import change_loan
from lendmill.people.approvals import actions, queries
from lendmill.people.approvals.approval import Approval, State
from lendmill.people.approvals.rules import UNTIE, VERDICT
from lendmill.people.command import Command
from lendmill.people.groups.actions import agree_to_part
from lendmill.people.queries import act_today, house_day
from lendmill.people.sign_in.queries import Caller

Outcome = Literal["approve", "decline", "withdraw"]


@dataclass(frozen=True)
class ApprovalTold:
    """A proposal with where it stands today and, once it is decided, by whom and why."""

    approval_id: UUID
    borrower_id: UUID
    loan_id: UUID | None
    kind: str
    change: dict[str, Any]
    amount_cents: int | None
    reason: str
    state: State
    two_people: bool
    proposer: str
    proposed_on: date
    expires_on: date
    decider: str | None
    decided_on: date | None
    decided_why: str | None


@dataclass(frozen=True)
class Decision:
    """What somebody decides about a proposal; who declines it says why."""

    outcome: Outcome
    reason: str = ""


def approval_told(approval: Approval, today: date) -> ApprovalTold:
    """A proposal as it is told outside."""
    return ApprovalTold(
        approval_id=approval.approval_id,
        borrower_id=approval.borrower_id,
        loan_id=approval.loan_id,
        kind=approval.kind,
        change=approval.body,
        amount_cents=approval.amount_cents,
        reason=approval.reason,
        state=approval.state(today),
        two_people=approval.two_people,
        proposer=approval.proposer,
        proposed_on=approval.proposed_on,
        expires_on=approval.expires_on,
        decider=approval.decider,
        decided_on=approval.decided_on,
        decided_why=approval.decided_why,
    )


def caller_of(request: Asked) -> Caller:
    """Who asks; the table of roles let nobody unknown come this far."""
    assert request.user is not None
    return request.user


def carries_out(today: date) -> actions.CarryOut:
    """What carries out an approved change of a loan on this day."""

    def carry_out(db: Db, approval: Approval) -> UUID | None:
        assert approval.loan_id is not None, f"proposal {approval.approval_id} names no loan"
        change_loan(
            db,
            command=approval.command,
            borrower_id=approval.borrower_id,
            loan_id=approval.loan_id,
            change=read_change(approval.kind, approval.body),
            today=today,
        )
        return approval.loan_id

    return carry_out


def decide_about(
    db: Db, *, key: str, approval_id: UUID, outcome: Outcome, reason: str, by: Caller, today: date
) -> Approval:
    """Approve, decline or withdraw a proposal; what is approved is carried out in the same transaction."""
    command = Command.of(key, action=outcome, approval_id=str(approval_id), reason=reason)
    kind = queries.approval(db, approval_id).kind
    if kind == VERDICT:
        return _about_verdict(db, command, approval_id, outcome, by, today, reason)
    if outcome == "withdraw":
        return actions.withdraw(db, command=command, approval_id=approval_id, by=by, today=today)
    if outcome == "decline":
        return actions.decline(db, command=command, approval_id=approval_id, by=by, today=today, reason=reason)
    if kind == UNTIE:
        return agree_to_part(db, command=command, approval_id=approval_id, by=by, today=today, reason=reason)
    return actions.approve(
        db, command=command, approval_id=approval_id, by=by, today=today, carry_out=carries_out(today), reason=reason
    )


def _about_verdict(
    db: Db, command: Command, approval_id: UUID, outcome: Outcome, by: Caller, today: date, reason: str
) -> Approval:
    """A person's verdict about an application is confirmed, sent back or withdrawn by the desk's own rules."""
    asked: dict[str, Any] = {"command": command, "approval_id": approval_id, "by": by, "today": today}
    if outcome == "withdraw":
        return verdicts.withdraw_verdict(db, **asked)
    if outcome == "decline":
        return verdicts.send_back(db, **asked, reason=reason)
    return verdicts.confirm(db, **asked, reason=reason)


@get("/approvals", sync_to_thread=True)
def approvals(request: Asked, after: FromQuery[UUID | None] = None) -> list[ApprovalTold]:
    """What waits for a second person today, the oldest first, fifty at a time."""
    with database_of(request).transaction() as db:
        today = house_day(db)
        return [approval_told(approval, today) for approval in queries.waiting(db, today, after=after)]


@post("/approvals/{approval_id:uuid}/decision", sync_to_thread=True)
def decide(
    request: Asked, approval_id: FromPath[UUID], data: JSONBody[Decision], idempotency_key: IdempotencyKey = None
) -> ApprovalTold:
    """Approve a proposal, decline it with a reason, or take one's own back. Approved, the change is made at once."""
    database = database_of(request)
    approval = act_today(
        database, decide_about, key=needed(idempotency_key), approval_id=approval_id, outcome=data.outcome,
        reason=data.reason, by=caller_of(request),
    )  # fmt: skip
    with database.transaction() as db:
        return approval_told(approval, house_day(db))
