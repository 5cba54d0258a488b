"""Writes conversations and what was found in them, until they are closed."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from lendmill.credit.review.interview.question import Question
from lendmill.db import Db, run

INVITE = """
    insert into interview (interview_id, borrower_id, case_id, interviewer, questions, meeting_url, invited_on)
    values (%(interview_id)s, %(borrower_id)s, %(case_id)s, %(interviewer)s, %(questions)s, %(meeting_url)s, %(today)s)
    on conflict do nothing
"""


def invite(db: Db, *, questions: Sequence[Question], **interview: object) -> bool:
    """Write an invitation down, unless one is out already."""
    return bool(run(db, INVITE, questions=Jsonb(msgspec.to_builtins(questions)), **interview))


BOOK = """
    update interview
       set status = 'booked',
           starts_at = %(starts_at)s,
           moves = moves + %(moved)s
     where interview_id = %(interview_id)s
       and borrower_id = %(borrower_id)s
"""


def book(db: Db, *, interview_id: UUID, borrower_id: UUID, starts_at: datetime, moved: bool) -> None:
    """Fix the hour."""
    run(db, BOOK, interview_id=interview_id, borrower_id=borrower_id, starts_at=starts_at, moved=int(moved))


CLOSE = """
    update interview
       set status = %(status)s,
           starts_at = coalesce(starts_at, %(starts_at)s),
           recording_ref = %(recording_ref)s,
           held_on = %(held_on)s
     where interview_id = %(interview_id)s
       and borrower_id = %(borrower_id)s
"""


def close(
    db: Db,
    *,
    interview_id: UUID,
    borrower_id: UUID,
    status: str,
    recording_ref: str = "",
    held_on: date | None = None,
    starts_at: datetime | None = None,
) -> None:
    """Say how it ended."""
    run(
        db, CLOSE, interview_id=interview_id, borrower_id=borrower_id, status=status, recording_ref=recording_ref,
        held_on=held_on, starts_at=starts_at,
    )  # fmt: skip


ANSWER = """
    insert into interview_answer (interview_id, borrower_id, question, finding, said, answered_by)
    values (%(interview_id)s, %(borrower_id)s, %(question)s, %(finding)s, %(said)s, %(account_id)s)
    on conflict (interview_id, borrower_id, question) do update
       set finding = excluded.finding,
           said = excluded.said,
           answered_by = excluded.answered_by,
           made_at = now()
"""


def answer(
    db: Db, *, interview_id: UUID, borrower_id: UUID, question: str, finding: str, said: str, account_id: UUID
) -> None:
    """Keep what was found on a question; found otherwise later, that counts."""
    run(
        db, ANSWER, interview_id=interview_id, borrower_id=borrower_id, question=question, finding=finding, said=said,
        account_id=account_id,
    )  # fmt: skip
