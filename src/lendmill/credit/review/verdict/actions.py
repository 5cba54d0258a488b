"""Deciding about a file: alone within one's limit, else with a second person; the line opens with it, or nothing is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from lendmill import ids
from lendmill.credit.case import Case
from lendmill.credit.changes.actions import lapse_changes
from lendmill.credit.changes.weighing import case_without
from lendmill.credit.conditions.actions import open_granted, raise_granted
from lendmill.credit.decide import Decision, decide
from lendmill.credit.decisions import store as decisions
from lendmill.credit.decisions.queries import KeptDecision, asked_again
from lendmill.credit.decisions.queries import decision as kept_decision
from lendmill.credit.lines.actions import lock_line
from lendmill.credit.lines.line import Line
from lendmill.credit.lines.queries import lines_of
from lendmill.credit.notice import NoticedDecision
from lendmill.credit.notices.actions import send_notice
from lendmill.credit.policy import Policy
from lendmill.credit.record import content
from lendmill.credit.review import store as desk
from lendmill.credit.review.actions import check_free, held_case, locked_case
from lendmill.credit.review.case import ReviewCase, ReviewDecided
from lendmill.credit.review.interview import queries as interviews
from lendmill.credit.review.interview import store as interview_store
from lendmill.credit.review.queries import review_case, rules_of
from lendmill.credit.review.rules import check_second
from lendmill.credit.review.verdict import store
from lendmill.credit.review.verdict.bounds import AmountOutOfBounds, Bounds, MonthsOutOfBounds, bounds, check_bounds
from lendmill.credit.review.verdict.judging import check_interview, override, reviewed, why_second
from lendmill.credit.review.verdict.review import (
    FoundInInterview,
    InterviewHeld,
    Review,
    ReviewedBy,
    Verdict,
    read_verdict,
)
from lendmill.db import Db
from lendmill.people.actions import lock_borrower, once
from lendmill.people.approvals import actions as approvals
from lendmill.people.approvals import queries as proposals
from lendmill.people.approvals.approval import Approval
from lendmill.people.approvals.rules import NEVER_ALONE, VERDICT
from lendmill.people.command import Command
from lendmill.people.groups.actions import lock_related
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from lendmill.products.document import Product
from lendmill.refusals import Refusal

PROPOSE: Final = "propose"  # the action under which approvals remember a proposal


class LineStands(Refusal):
    """A line is open from this decision: it is cut or frozen by its own rules, not declined afterwards."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """A file as it stands today: the case made anew, what the computer says now, and what a person may grant."""

    file: ReviewCase
    about: KeptDecision
    line: Line | None
    case: Case
    policy: Policy
    product: Product
    automatic: Decision
    bounds: Bounds


def outlook(db: Db, file: ReviewCase, today: date, groups: Sequence[UUID] | None = None) -> Outlook:
    """Gather the file's case again as of today, under the policy and the product that decide the borrower today.

    Who goes on to grant something names the groups whose locks are held.
    """
    about = kept_decision(db, file.case_id, file.borrower_id)
    again, line = asked_again(db, about, today, groups=groups), _line_of(db, file, today)
    rules, product = again.policy, again.product
    case = again.case if line is None else case_without(again.case, line)  # it must not stand in its own way
    automatic = decide(case, rules, product)
    return Outlook(file, about, line, case, rules, product, automatic, bounds(case, rules, product, automatic))


def _line_of(db: Db, file: ReviewCase, today: date) -> Line | None:
    """The line that stands from the decision the file is about."""
    held = lines_of(db, file.borrower_id)
    standing = (line for line in held if line.status != "closed" and not line.ended(today))
    return next((line for line in standing if line.decision_id == file.case_id), None)


def give_verdict(db: Db, *, command: Command, case_id: UUID, verdict: Verdict, by: Caller, today: date) -> Approval:
    """Decide about a file one has taken; where one person is enough it is carried out at once, else it waits.

    Everything is worked out again under the borrower's lock: the record, the debts, what is granted already, and what
    no person may pass. The same key twice is the same verdict once.

    Refuses with `ReviewNotTaken`, `OwnFile`, `NoPersonMayGrant`, `AmountOutOfBounds`, `MonthsOutOfBounds`,
    `InterviewNeeded`, `IdentityNotConfirmed`, and as opening a line does.
    """
    file = review_case(db, case_id)
    groups = lock_related(db, file.borrower_id, today)
    stricter: dict[str, int] = {}
    if once(db, borrower_id=file.borrower_id, command=command, action=PROPOSE) is None:
        file = held_case(db, case_id=case_id, by=by, today=today)
        seen = outlook(db, file, today)
        review = _review(db, seen, verdict, ReviewedBy(account_id=by.account_id, role=by.role.value), None)
        if why_second(verdict, review, seen.automatic, rules_of(seen.policy)):
            stricter = {VERDICT: NEVER_ALONE}
    proposal = approvals.Proposal(
        kind=VERDICT, borrower_id=file.borrower_id, loan_id=None, body=_body(case_id, verdict), amount_cents=None,
        reason=" ".join(verdict.words.split())[:500], stricter=stricter,
    )  # fmt: skip
    approval = approvals.propose(
        db, proposal, command=command, by=by, today=today, carry_out=_carries_out(today, groups, second=None)
    )
    if approval.two_people and approval.outcome is None and review_case(db, case_id).held_by == by.account_id:
        _set(db, file, "second", approval.expires_on)
        _tell(db, file, "proposed", by.account_id, today)
    return approval


def confirm(db: Db, *, command: Command, approval_id: UUID, by: Caller, today: date, reason: str = "") -> Approval:
    """A second person agrees: the verdict is carried out now, on the file as it stands now, or all is as before."""
    groups = lock_related(db, proposals.approval(db, approval_id).borrower_id, today)
    return approvals.approve(
        db, command=command, approval_id=approval_id, by=by, today=today,
        carry_out=_carries_out(today, groups, second=by), reason=reason,
    )  # fmt: skip


def send_back(db: Db, *, command: Command, approval_id: UUID, by: Caller, today: date, reason: str) -> Approval:
    """A second person does not agree, and says why: the file goes back to the desk."""
    waiting = _waiting(db, approval_id)
    decided = approvals.decline(db, command=command, approval_id=approval_id, by=by, today=today, reason=reason)
    if waiting is not None:
        _set(db, waiting, "open", None)
        _tell(db, waiting, "sent back", by.account_id, today, decided.decided_why or "")
    return decided


def withdraw_verdict(db: Db, *, command: Command, approval_id: UUID, by: Caller, today: date) -> Approval:
    """Take back one's own verdict before the second person decided; the file goes back to the desk."""
    waiting = _waiting(db, approval_id)
    decided = approvals.withdraw(db, command=command, approval_id=approval_id, by=by, today=today)
    if waiting is not None:
        _set(db, waiting, "open", None)
        _tell(db, waiting, "withdrawn", by.account_id, today)
    return decided


def _waiting(db: Db, approval_id: UUID) -> ReviewCase | None:
    """The file a proposal is about, while it still waits for a second person; its borrower is locked."""
    lock_borrower(db, proposals.approval(db, approval_id).borrower_id)
    approval = proposals.approval(db, approval_id)
    return review_case(db, UUID(approval.body["case_id"])) if approval.outcome is None else None


def _carries_out(today: date, groups: Sequence[UUID], second: Caller | None) -> approvals.CarryOut:
    """What carries a verdict out on this day; without a second person only alone, or for trial."""

    def carry_out(db: Db, approval: Approval) -> UUID:
        file, verdict = locked_case(db, UUID(approval.body["case_id"])), read_verdict(approval.body)
        reviewer = Caller(approval.proposed_by, approval.proposer, Role(approval.proposed_role), None)
        if second is None:
            file = held_case(db, case_id=file.case_id, by=reviewer, today=today)
        else:
            check_free(db, second, file.borrower_id, today)
        check_free(db, reviewer, file.borrower_id, today)
        if file.status == "decided":
            raise ReviewDecided
        return _carried_out(db, outlook(db, file, today, groups), verdict, reviewer, second, today)

    return carry_out


def _carried_out(db: Db, seen: Outlook, verdict: Verdict, reviewer: Caller, second: Caller | None, today: date) -> UUID:
    file, rules = seen.file, rules_of(seen.policy)
    if second is not None:
        check_second(rules, second.role, verdict.amount_cents or 0)
    review = _review(db, seen, verdict, _by(reviewer), None if second is None else _by(second))
    check_bounds(verdict, seen.bounds)
    check_interview(review, rules)
    made = reviewed(seen.case, seen.policy, seen.product, review)
    decision_id = ids.new()
    decisions.keep_decision(
        db, decision_id=decision_id, application_id=seen.about.application_id,
        content=content(seen.case, seen.policy, seen.product, made, review), decision=made, today=today,
    )  # fmt: skip
    _bring_line(db, seen, made, decision_id, today)
    store.keep_verdict(
        db, decision_id=decision_id, borrower_id=file.borrower_id, case_id=file.case_id, outcome=verdict.outcome,
        override=override(verdict, seen.automatic), reasons=verdict.reasons, reviewed_by=reviewer.account_id,
        reviewed_role=reviewer.role.value, seconded_by=second.account_id if second else None, today=today,
    )  # fmt: skip
    told = NoticedDecision(decision_id, seen.case, seen.policy, seen.product, made, by_person=True)
    send_notice(db, told, today=today)
    for running in interviews.interviews_of(db, file.borrower_id, file.case_id):
        if running.running:
            interview_store.close(
                db, interview_id=running.interview_id, borrower_id=file.borrower_id, status="called off"
            )
    _set(db, file, "decided", None)
    _tell(db, file, "decided", (second or reviewer).account_id, today)
    return decision_id


def _bring_line(db: Db, seen: Outlook, made: Decision, decision_id: UUID, today: date) -> None:
    """Open the line a verdict grants, or raise the one that stands from the computer's decision: never to less."""
    held = lines_of(db, seen.file.borrower_id)
    if made.outcome != "approve" or made.terms is None:
        if seen.line is not None:
            raise LineStands
        return
    if seen.line is not None:
        line = lock_line(db, borrower_id=seen.file.borrower_id, line_id=seen.line.line_id)
        if made.terms.limit_cents < line.limit_cents:
            raise AmountOutOfBounds(
                least_cents=line.limit_cents, most_cents=seen.bounds.most_cents, amount_cents=made.terms.limit_cents
            )
        if made.terms.months_max < line.months_max:
            raise MonthsOutOfBounds(
                months_min=line.months_max, months_max=seen.bounds.months_max, months=made.terms.months_max
            )
        raise_granted(db, line, decision_id=decision_id, made=made, today=today)
        lapse_changes(db, line, today=today)
        return
    open_granted(
        db, borrower_id=seen.file.borrower_id, decision_id=decision_id, product=seen.product, made=made, today=today,
        held=held,
    )  # fmt: skip


def _review(db: Db, seen: Outlook, verdict: Verdict, reviewer: ReviewedBy, second: ReviewedBy | None) -> Review:
    return Review(
        automatic_id=seen.about.decision_id,
        automatic_hash=seen.about.content_hash,
        automatic_outcome=seen.about.outcome,
        verdict=verdict,
        reviewer=reviewer,
        second=second,
        interview=_interview_held(db, seen.file),
        up_to="law",
        one_of_a_kind=True,
    )


def _by(caller: Caller) -> ReviewedBy:
    return ReviewedBy(account_id=caller.account_id, role=caller.role.value)


def _interview_held(db: Db, file: ReviewCase) -> InterviewHeld | None:
    """The last conversation that was had, with all that was found."""
    had = [each for each in interviews.interviews_of(db, file.borrower_id, file.case_id) if each.status == "held"]
    if not had:
        return None
    last = had[0]
    answers = interviews.answers_of(db, file.borrower_id, last.interview_id)
    assert last.held_on is not None, "a conversation that was had was had on a day"
    return InterviewHeld(
        interview_id=last.interview_id,
        held_on=last.held_on,
        recording_ref=last.recording_ref,
        found=tuple(
            FoundInInterview(
                question=each.key, topic=each.topic, record=each.record_en, finding=answers[each.key].finding,
                said=answers[each.key].said,
            )
            for each in last.asked
            if each.key in answers
        ),
    )  # fmt: skip


def _body(case_id: UUID, verdict: Verdict) -> dict[str, Any]:
    return {"case_id": str(case_id), **msgspec.to_builtins(verdict)}


def _set(db: Db, file: ReviewCase, status: str, until_on: date | None) -> None:
    desk.set_status(db, case_id=file.case_id, borrower_id=file.borrower_id, status=status, until_on=until_on)


def _tell(db: Db, file: ReviewCase, what: str, account_id: UUID, today: date, words: str = "") -> None:
    desk.tell(
        db, case_id=file.case_id, borrower_id=file.borrower_id, what=what, account_id=account_id, today=today,
        words=words,
    )  # fmt: skip
