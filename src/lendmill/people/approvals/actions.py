"""Proposing a change of a loan, and deciding about it: approved, declined or withdrawn, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from lendmill import ids
from lendmill.db import Db
from lendmill.people.actions import lock_borrower, once, remember
from lendmill.people.approvals import queries, rules, store
from lendmill.people.approvals.approval import (
    Approval,
    DecidedAlready,
    NotTheProposer,
    Outcome,
    OwnProposal,
    ProposalExpired,
    ProposalStale,
    fingerprint,
)
from lendmill.people.command import Command, CommandReused
from lendmill.people.sign_in.queries import Caller

CarryOut = Callable[[Db, Approval], UUID | None]
"""Carries out a change in the transaction it is given, under `approval.command`; gives what it led to, if that has an
id. What it refuses is refused to whoever proposed or approved, and nothing is written."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody asks to be changed on a loan: its kind, its content, and the most it can come to."""

    kind: str
    borrower_id: UUID
    loan_id: UUID | None
    body: Mapping[str, Any]
    amount_cents: int | None
    reason: str
    stricter: Mapping[str, int] = field(default_factory=dict)
    """For a kind, up to which amount the product lets one person act, where that is less than the house does."""


def propose(db: Db, proposal: Proposal, *, command: Command, by: Caller, today: date, carry_out: CarryOut) -> Approval:
    """Propose a change; where one person is enough it is carried out at once, else it waits for somebody else.

    Also what waits is carried out once for trial and undone, so that what could not be done today is refused to who
    proposes it. Small changes of one kind on one loan count together, so that a large one cannot be made of them.
    Refuses with `NoSuchKind`, `NotYourWork`, `ReasonMissing`, and as `carry_out` does.
    """
    rules.check_proposer(by.role, proposal.kind)
    reason = rules.reason_given(proposal.reason)
    lock_borrower(db, proposal.borrower_id)
    earlier_id = once(db, borrower_id=proposal.borrower_id, command=command, action="propose")
    if earlier_id is not None:
        return _told_again(queries.approval(db, earlier_id), by, command)
    approval = _written(db, proposal, reason, by, today)
    if approval.two_people:
        with db.transaction(force_rollback=True):
            carry_out(db, approval)
    else:
        _carry_out(db, approval, "alone", by=by, today=today, reason="", carry_out=carry_out)
    remember(db, borrower_id=approval.borrower_id, command=command, action="propose", result_id=approval.approval_id)
    return queries.approval(db, approval.approval_id)


def _written(db: Db, proposal: Proposal, reason: str, by: Caller, today: date) -> Approval:
    """The proposal as it is kept."""
    approval_id = ids.new()
    digest = fingerprint(
        kind=proposal.kind, borrower_id=proposal.borrower_id, loan_id=proposal.loan_id, body=proposal.body
    )
    store.propose(
        db,
        approval_id=approval_id,
        borrower_id=proposal.borrower_id,
        loan_id=proposal.loan_id,
        kind=proposal.kind,
        body=dict(proposal.body),
        digest=digest,
        amount_cents=proposal.amount_cents,
        reason=reason,
        proposed_by=by.account_id,
        proposed_role=by.role.value,
        proposed_on=today,
        expires_on=rules.last_day(today),
        two_people=_takes_two(db, proposal),
        changes_before=queries.changes_made(db, proposal.borrower_id, proposal.loan_id),
    )
    return queries.approval(db, approval_id)


def _takes_two(db: Db, proposal: Proposal) -> bool:
    amount_cents = proposal.amount_cents
    if amount_cents is not None:
        amount_cents += queries.alone_before_cents(db, proposal.borrower_id, proposal.loan_id, proposal.kind)
    return rules.needs_two_people(proposal.kind, amount_cents, proposal.stricter)


def approve(
    db: Db, *, command: Command, approval_id: UUID, by: Caller, today: date, carry_out: CarryOut, reason: str = ""
) -> Approval:
    """Another person agrees: the change is carried out now, in this transaction, or all is as before.

    Refuses with `NoSuchApproval`, `NotYoursToDecide`, `OwnProposal`, `DecidedAlready`, `ProposalExpired`,
    `ProposalStale`, and as `carry_out` does.
    """
    approval, earlier = _taken_up(db, approval_id, command, by, "approve")
    if earlier:
        return approval
    _check_second_person(approval, by)
    _check_open(approval, today)
    if rules.rule_of(approval.kind).goes_stale:
        made = queries.changes_made(db, approval.borrower_id, approval.loan_id)
        if made != approval.changes_before:
            raise ProposalStale(proposed_on=approval.proposed_on)
    why = rules.reason_given(reason) if reason.strip() else ""
    _carry_out(db, approval, "approved", by=by, today=today, reason=why, carry_out=carry_out)
    return _remembered(db, approval, command, "approve")


def decline(db: Db, *, command: Command, approval_id: UUID, by: Caller, today: date, reason: str) -> Approval:
    """Another person says no, and why; nothing is changed on the loan."""
    approval, earlier = _taken_up(db, approval_id, command, by, "decline")
    if earlier:
        return approval
    _check_second_person(approval, by)
    _check_open(approval, today)
    store.decide(
        db, approval, outcome="declined", by=by, decided_on=today, reason=rules.reason_given(reason), result_id=None
    )
    return _remembered(db, approval, command, "decline")


def withdraw(db: Db, *, command: Command, approval_id: UUID, by: Caller, today: date) -> Approval:
    """Who proposed a change takes it back before anybody decided."""
    approval, earlier = _taken_up(db, approval_id, command, by, "withdraw")
    if earlier:
        return approval
    if approval.proposed_by != by.account_id:
        raise NotTheProposer
    _check_open(approval, today)
    store.decide(db, approval, outcome="withdrawn", by=by, decided_on=today, reason="", result_id=None)
    return _remembered(db, approval, command, "withdraw")


def _taken_up(db: Db, approval_id: UUID, command: Command, by: Caller, action: str) -> tuple[Approval, bool]:
    """The proposal as it stands under its borrower's lock, and whether this very command decided it before."""
    borrower_id = queries.approval(db, approval_id).borrower_id
    lock_borrower(db, borrower_id)
    approval = queries.approval(db, approval_id)
    assert approval.digest == fingerprint(
        kind=approval.kind, borrower_id=borrower_id, loan_id=approval.loan_id, body=approval.body
    ), f"proposal {approval_id} is not what was proposed"
    earlier_id = once(db, borrower_id=borrower_id, command=command, action=action)
    if earlier_id is None:
        return approval, False
    if earlier_id != approval_id or approval.decided_by != by.account_id:
        raise CommandReused(key=command.key)
    return approval, True


def _told_again(approval: Approval, by: Caller, command: Command) -> Approval:
    """What an earlier command led to, for the same person only."""
    if approval.proposed_by != by.account_id:
        raise CommandReused(key=command.key)
    return approval


def _check_second_person(approval: Approval, by: Caller) -> None:
    if approval.proposed_by == by.account_id:
        raise OwnProposal
    rules.check_decider(by.role, approval.kind)


def _check_open(approval: Approval, today: date) -> None:
    if approval.outcome is not None:
        raise DecidedAlready(outcome=approval.outcome, decided_on=approval.decided_on)
    if today > approval.expires_on:
        raise ProposalExpired(expires_on=approval.expires_on)


def _carry_out(
    db: Db, approval: Approval, outcome: Outcome, *, by: Caller, today: date, reason: str, carry_out: CarryOut
) -> None:
    result_id = carry_out(db, approval)
    store.decide(db, approval, outcome=outcome, by=by, decided_on=today, reason=reason, result_id=result_id)


def _remembered(db: Db, approval: Approval, command: Command, action: str) -> Approval:
    remember(db, borrower_id=approval.borrower_id, command=command, action=action, result_id=approval.approval_id)
    return queries.approval(db, approval.approval_id)
