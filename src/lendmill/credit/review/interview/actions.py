"""Arranging the conversation, moving it, and keeping what was found, question by question."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from lendmill import ids
from lendmill.credit.decisions.queries import decision, policy
from lendmill.credit.review import store as desk
from lendmill.credit.review.actions import held_case, locked_case
from lendmill.credit.review.case import WORDS_MAX, ReviewDecided
from lendmill.credit.review.case import said as noted
from lendmill.credit.review.interview import queries, store
from lendmill.credit.review.interview.interview import (
    MOVES_MAX,
    Interview,
    InterviewArranged,
    InterviewOver,
    InterviewStillToCome,
    MovedTooOften,
    NoSuchInterviewQuestion,
    NotAFinding,
    QuestionsOpen,
    SlotTaken,
    link,
    reference,
)
from lendmill.credit.review.interview.question import FINDINGS
from lendmill.credit.review.interview.questions import questions
from lendmill.credit.review.interview.slots import ZONE, check_slot, half_hours
from lendmill.db import Db, scalar
from lendmill.people.sign_in.queries import Caller
from lendmill.rating.stated.closeness import StatedComparison


def invite(
    db: Db,
    *,
    case_id: UUID,
    by: Caller,
    meeting_url: str,
    comparisons: Sequence[StatedComparison] = (),
    today: date,
) -> UUID:
    """Invite the borrower to a conversation; its questions are made from the file as it stands now.

    Refuses with `ReviewNotTaken`, `NotALink` and `InterviewArranged`.
    """
    found = held_case(db, case_id=case_id, by=by, today=today)
    content = decision(db, case_id, found.borrower_id).opened
    asked = questions(content, policy(db, content.policy.key, content.policy.version), comparisons)
    interview_id = ids.new()
    if not store.invite(
        db, interview_id=interview_id, borrower_id=found.borrower_id, case_id=case_id, interviewer=by.account_id,
        questions=asked, meeting_url=link(meeting_url), today=today,
    ):  # fmt: skip
        raise InterviewArranged
    _tell(db, case_id, found.borrower_id, "invited", by, today)
    return interview_id


def book(
    db: Db, *, interview_id: UUID, starts_at: datetime, today: date, borrower_id: UUID | None = None,
    by: Caller | None = None,
) -> Interview:  # fmt: skip
    """Choose a half hour, or another one: the borrower themselves, or the reviewer with them on the telephone.

    Two who choose the same half hour of one reviewer at once: one has it, the other is refused by `SlotTaken`.
    """
    found = _locked(db, interview_id, borrower_id)
    _check_running(found)
    if by is not None and by.account_id != found.interviewer:
        held_case(db, case_id=found.case_id, by=by, today=today)
    if found.starts_at == starts_at:
        return found
    check_slot(starts_at, today)
    moved = found.status == "booked"
    if moved and by is None and found.moves >= MOVES_MAX:
        raise MovedTooOften(moves=found.moves)
    try:
        with db.transaction():
            store.book(db, interview_id=interview_id, borrower_id=found.borrower_id, starts_at=starts_at, moved=moved)
    except UniqueViolation:
        raise SlotTaken from None
    _tell(db, found.case_id, found.borrower_id, "moved" if moved else "booked", by, today)
    return queries.interview(db, interview_id)


def answer(db: Db, *, interview_id: UUID, by: Caller, findings: Mapping[str, tuple[str, str]], today: date) -> None:
    """Keep what was found on some of the questions: for each `matches`, `differs` or `not answered`, and what was said.

    What is sent twice is there once; a later finding on the same question replaces the earlier, until it is closed.
    """
    found = _mine(db, interview_id, by, today)
    asked = {question.key for question in found.asked}
    for key, (finding, said) in findings.items():
        if key not in asked:
            raise NoSuchInterviewQuestion(question=key[:60])
        if finding not in FINDINGS:
            raise NotAFinding(finding=finding[:40], findings=", ".join(FINDINGS))
        store.answer(
            db, interview_id=interview_id, borrower_id=found.borrower_id, question=key, finding=finding,
            said=said.strip()[:WORDS_MAX], account_id=by.account_id,
        )  # fmt: skip


def close(db: Db, *, interview_id: UUID, by: Caller, recording_ref: str, today: date, words: str = "") -> None:
    """The conversation was had: its findings stand, and count for the verdict. Each question needs one.

    One that is booked was had on its day or later; where it was earlier, `words` say why. Refuses with
    `InterviewStillToCome` and `QuestionsOpen`.
    """
    found = _mine(db, interview_id, by, today)
    answers = queries.answers_of(db, found.borrower_id, interview_id)
    left = [question.key for question in found.asked if question.key not in answers]
    if left:
        raise QuestionsOpen(left=len(left))
    if found.starts_at is not None and found.starts_at.astimezone(ZONE).date() > today and not words.strip():
        raise InterviewStillToCome(starts_at=found.starts_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M"))
    store.close(
        db, interview_id=interview_id, borrower_id=found.borrower_id, status="held",
        recording_ref=reference(recording_ref), held_on=today, starts_at=half_hours(today)[0],
    )  # fmt: skip
    _tell(db, found.case_id, found.borrower_id, "held", by, today, noted(words[:WORDS_MAX]) if words.strip() else "")


def missed(db: Db, *, interview_id: UUID, by: Caller, today: date) -> None:
    """The borrower did not come; they can be invited again."""
    found = _mine(db, interview_id, by, today)
    store.close(db, interview_id=interview_id, borrower_id=found.borrower_id, status="missed")
    _tell(db, found.case_id, found.borrower_id, "missed", by, today)


def call_off(db: Db, *, interview_id: UUID, by: Caller, today: date) -> None:
    """There will be no conversation, or another one."""
    found = _mine(db, interview_id, by, today)
    store.close(db, interview_id=interview_id, borrower_id=found.borrower_id, status="called off")
    _tell(db, found.case_id, found.borrower_id, "called off", by, today)


LOCK_INTERVIEW = """
    select interview_id from interview
     where interview_id = %(interview_id)s
       for update
"""


def _locked(db: Db, interview_id: UUID, borrower_id: UUID | None = None) -> Interview:
    """A conversation as it stands, its file and itself locked in this order; a decided file has none to come."""
    case_id = queries.interview(db, interview_id, borrower_id).case_id
    if locked_case(db, case_id).status == "decided":
        raise ReviewDecided
    scalar(db, LOCK_INTERVIEW, interview_id=interview_id)
    return queries.interview(db, interview_id, borrower_id)


def _mine(db: Db, interview_id: UUID, by: Caller, today: date) -> Interview:
    found = _locked(db, interview_id)
    held_case(db, case_id=found.case_id, by=by, today=today)
    _check_running(found)
    return found


def _check_running(found: Interview) -> None:
    if not found.running:
        raise InterviewOver


def _tell(db: Db, case_id: UUID, borrower_id: UUID, what: str, by: Caller | None, today: date, words: str = "") -> None:
    desk.tell(
        db, case_id=case_id, borrower_id=borrower_id, what=what, account_id=by.account_id if by else None, today=today,
        words=words,
    )  # fmt: skip
