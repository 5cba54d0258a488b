"""A borrower's side of the desk, for programs: asking for a person, answering, the conversation's hour, the notices."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from lendmill.api.callers import Asked, database_of
from lendmill.credit.notices.queries import KeptNotice, notice, notices_of
from lendmill.credit.review import actions, queries
from lendmill.credit.review.case import ReviewCase
from lendmill.credit.review.interview import actions as talking
from lendmill.credit.review.interview import queries as talks
from lendmill.credit.review.interview.interview import NoSuchInterview
from lendmill.credit.review.interview.slots import slot_of
from lendmill.db import Db
from lendmill.people.queries import act_today, house_day


@dataclass(frozen=True)
class AppointmentOut:
    """The conversation a borrower is invited to: when it is, over which link, or the half hours they can choose."""

    status: str
    starts_at: datetime | None
    meeting_url: str
    free: list[datetime]


@dataclass(frozen=True)
class SaidOut:
    """What the house asked, or the borrower answered."""

    by: str
    words: str
    on: date


@dataclass(frozen=True)
class OwnReview:
    """Where a borrower's file stands: by when it is decided, what is asked, the conversation, and the answer."""

    case_id: UUID
    product_key: str
    why: str
    state: str  # waiting, asked, decided
    opened_on: date
    due_on: date
    said: list[SaidOut]
    appointment: AppointmentOut | None
    outcome: str | None
    decision_id: UUID | None
    notice_id: UUID | None


def own_review(db: Db, case: ReviewCase, today: date) -> OwnReview:
    """A file as its borrower sees it: nothing of who looks at it, nor of what they note for themselves."""
    events = queries.events_of(db, case.borrower_id, case.case_id)
    told = [
        SaidOut("lender" if each.what == "asked" else "borrower", each.words, each.happened_on)
        for each in events
        if each.what in ("asked", "answered") or (each.what == "opened" and each.words)
    ]
    running = [each for each in talks.interviews_of(db, case.borrower_id, case.case_id) if each.running]
    appointment = None
    if running:
        free = list(talks.free_slots(db, running[0].interviewer, today, case.due_on))
        appointment = AppointmentOut(running[0].status, running[0].starts_at, running[0].meeting_url, free)
    sent = notices_of(db, case.borrower_id, case.verdict_id) if case.verdict_id else []
    asked = case.status == "asked" and not case.answered
    return OwnReview(
        case_id=case.case_id,
        product_key=case.product_key,
        why=case.why,
        state="decided" if case.status == "decided" else "asked" if asked else "waiting",
        opened_on=case.opened_on,
        due_on=case.due_on,
        said=told,
        appointment=appointment,
        outcome=case.verdict_outcome,
        decision_id=case.verdict_id,
        notice_id=sent[0].notice_id if sent else None,
    )


@get("/borrowers/{borrower_id:uuid}/reviews", sync_to_thread=True)
def own_reviews(request: Asked, borrower_id: FromPath[UUID]) -> list[OwnReview]:
    """A borrower's files, the newest first."""
    with database_of(request).transaction() as db:
        today = house_day(db)
        return [own_review(db, each, today) for each in queries.cases_of(db, borrower_id)]


@dataclass(frozen=True)
class InWords:
    """Something said in words."""

    words: str = ""


@post("/borrowers/{borrower_id:uuid}/decisions/{decision_id:uuid}/review", sync_to_thread=True)
def ask(request: Asked, borrower_id: FromPath[UUID], decision_id: FromPath[UUID], data: JSONBody[InWords]) -> OwnReview:
    """Ask for a person to look at the computer's decision; asked twice it is asked once."""
    database = database_of(request)
    act_today(database, actions.ask_for_review, borrower_id=borrower_id, decision_id=decision_id, words=data.words)
    return _own(request, borrower_id, decision_id)


def _own(request: Asked, borrower_id: UUID, case_id: UUID) -> OwnReview:
    with database_of(request).transaction() as db:
        return own_review(db, queries.review_case(db, case_id, borrower_id), house_day(db))


@post("/borrowers/{borrower_id:uuid}/reviews/{case_id:uuid}/answers", sync_to_thread=True)
def answer(request: Asked, borrower_id: FromPath[UUID], case_id: FromPath[UUID], data: JSONBody[InWords]) -> OwnReview:
    """Answer what the lender asked about an application."""
    act_today(database_of(request), actions.answer, borrower_id=borrower_id, case_id=case_id, words=data.words)
    return _own(request, borrower_id, case_id)


@dataclass(frozen=True)
class Slot:
    """A half hour, as `2026-01-12T09:00`; without a zone it is the house's."""

    starts_at: str


def choose_slot(db: Db, *, borrower_id: UUID, case_id: UUID, starts_at: str, today: date) -> None:
    """The borrower chooses a half hour for the conversation they are invited to, or another one."""
    case = queries.review_case(db, case_id, borrower_id)
    found = talks.interviews_of(db, borrower_id, case.case_id)
    running = next((each for each in found if each.running), None)
    if running is None:
        raise NoSuchInterview(interview_id="of this application")
    talking.book(
        db, interview_id=running.interview_id, starts_at=slot_of(starts_at), today=today, borrower_id=borrower_id
    )


@put("/borrowers/{borrower_id:uuid}/reviews/{case_id:uuid}/appointment", sync_to_thread=True)
def appointment(
    request: Asked, borrower_id: FromPath[UUID], case_id: FromPath[UUID], data: JSONBody[Slot]
) -> OwnReview:
    """Choose a half hour for the conversation, or another one."""
    act_today(database_of(request), choose_slot, borrower_id=borrower_id, case_id=case_id, starts_at=data.starts_at)
    return _own(request, borrower_id, case_id)


@dataclass(frozen=True)
class NoticeOut:
    """A notice as it was sent: its text in both languages, its parts as data, and its fingerprint."""

    notice_id: UUID
    kind: str
    about_id: UUID
    sent_on: date
    reasons: list[str]
    text_en: str
    text_zh: str
    content: dict[str, Any]
    content_hash: str


def notice_told(kept: KeptNotice) -> NoticeOut:
    """A notice as it is told outside."""
    return NoticeOut(
        kept.notice_id, kept.kind, kept.about_id, kept.sent_on, kept.reasons, kept.text_en, kept.text_zh,
        msgspec.json.decode(kept.content), kept.content_hash,
    )  # fmt: skip


@get("/borrowers/{borrower_id:uuid}/notices", sync_to_thread=True)
def notices(request: Asked, borrower_id: FromPath[UUID], about_id: FromQuery[UUID | None] = None) -> list[NoticeOut]:
    """What a borrower was told in writing, the newest first."""
    with database_of(request).transaction() as db:
        return [notice_told(each) for each in notices_of(db, borrower_id, about_id)]


@get("/borrowers/{borrower_id:uuid}/notices/{notice_id:uuid}", sync_to_thread=True)
def one_notice(request: Asked, borrower_id: FromPath[UUID], notice_id: FromPath[UUID]) -> NoticeOut:
    """One notice, word for word as it was sent."""
    with database_of(request).transaction() as db:
        return notice_told(notice(db, notice_id, borrower_id))
