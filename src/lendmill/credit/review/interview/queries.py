"""Conversations of a file, their answers, and which half hours a reviewer has left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from lendmill.credit.review.interview.interview import Interview, InterviewAnswer, NoSuchInterview
from lendmill.credit.review.interview.slots import slots
from lendmill.db import Db, many, maybe

COLUMNS: Final = """
           i.interview_id, i.borrower_id, i.case_id, i.status, i.interviewer, a.display_name as interviewer_name,
           i.questions, i.meeting_url, i.starts_at, i.moves, i.recording_ref, i.invited_on, i.held_on
      from interview i
      join account a on a.account_id = i.interviewer
"""

INTERVIEW = f"""
    select {COLUMNS}
     where i.interview_id = %(interview_id)s
       and (%(borrower_id)s::uuid is null or i.borrower_id = %(borrower_id)s::uuid)
"""


def interview(db: Db, interview_id: UUID, borrower_id: UUID | None = None) -> Interview:
    """One conversation, or the refusal `NoSuchInterview`; with a borrower named, only if it is theirs."""
    found = maybe(db, Interview, INTERVIEW, interview_id=interview_id, borrower_id=borrower_id)
    if found is None:
        raise NoSuchInterview(interview_id=interview_id)
    return found


INTERVIEWS_OF = f"""
    select {COLUMNS}
     where i.borrower_id = %(borrower_id)s
       and i.case_id = %(case_id)s
     order by i.interview_id desc
"""


def interviews_of(db: Db, borrower_id: UUID, case_id: UUID) -> list[Interview]:
    """The conversations of a file, the latest first."""
    return many(db, Interview, INTERVIEWS_OF, borrower_id=borrower_id, case_id=case_id)


ANSWERS = """
    select question, finding, said
      from interview_answer
     where borrower_id = %(borrower_id)s
       and interview_id = %(interview_id)s
     order by question
"""


def answers_of(db: Db, borrower_id: UUID, interview_id: UUID) -> dict[str, InterviewAnswer]:
    """What was found so far, by question."""
    found = many(db, InterviewAnswer, ANSWERS, borrower_id=borrower_id, interview_id=interview_id)
    return {each.question: each for each in found}


@dataclass(frozen=True, slots=True)
class _Booked:
    starts_at: datetime


BOOKED = """
    select starts_at
      from interview
     where interviewer = %(interviewer)s
       and status = 'booked'
       and starts_at >= %(from_at)s
"""


def free_slots(db: Db, interviewer: UUID, today: date, due_on: date | None = None) -> Sequence[datetime]:
    """The half hours a reviewer has left in the next business days, up to the day of the answer where some are left."""
    possible = slots(today)
    from_at = possible[0] - timedelta(days=1)
    taken = {each.starts_at for each in many(db, _Booked, BOOKED, interviewer=interviewer, from_at=from_at)}
    free = tuple(at for at in possible if at not in taken)
    in_time = tuple(at for at in free if due_on is not None and at.date() <= due_on)
    return in_time or free


@dataclass(frozen=True, slots=True)
class Appointment:
    """A conversation to come, in a reviewer's day."""

    case_id: UUID
    display_name: str
    starts_at: datetime
    meeting_url: str


APPOINTMENTS = """
    select i.case_id, b.display_name, i.starts_at, i.meeting_url
      from interview i
      join borrower b on b.borrower_id = i.borrower_id
     where i.status = 'booked'
       and (%(interviewer)s::uuid is null or i.interviewer = %(interviewer)s::uuid)
     order by i.starts_at
     limit %(size)s
"""


def appointments(db: Db, interviewer: UUID | None = None, size: int = 20) -> list[Appointment]:
    """The conversations that are booked, the next first."""
    return many(db, Appointment, APPOINTMENTS, interviewer=interviewer, size=size)
