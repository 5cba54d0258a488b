"""The review desk for programs: its queue, one file, taking it, asking, the verdict, and the second person."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody

from lendmill.api.approvals import ApprovalTold, approval_told, caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.figures import figures_now
from lendmill.api.keys import IdempotencyKey, needed
from lendmill.credit.publishing.queries import lending_paused
from lendmill.credit.review import actions, queries
from lendmill.credit.review.case import ReviewCase, ReviewEvent
from lendmill.credit.review.interview import actions as talking
from lendmill.credit.review.interview import queries as talks
from lendmill.credit.review.interview.interview import Interview, NoSuchInterview
from lendmill.credit.review.interview.slots import slot_of
from lendmill.credit.review.queries import rules_of
from lendmill.credit.review.verdict import actions as verdicts
from lendmill.credit.review.verdict.actions import Outlook
from lendmill.credit.review.verdict.review import Verdict, read_verdict
from lendmill.db import Db
from lendmill.insight.overrides.queries import OverrideReport, override_report
from lendmill.people.approvals import queries as proposals
from lendmill.people.approvals.approval import Approval
from lendmill.people.approvals.rules import VERDICT
from lendmill.people.command import Command
from lendmill.people.queries import act_today, house_day
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing.queries import day_of
from lendmill.refusals import Refusal

View = Literal["open", "mine", "waiting", "late", "all"]
Deed = Literal["take", "hand-back", "ask", "tie"]
InterviewDeed = Literal["invite", "book", "missed", "call-off", "close"]
SecondDeed = Literal["confirm", "send-back", "withdraw"]


class NothingWaits(Refusal):
    """No verdict on this file waits for a second person."""


@dataclass(frozen=True)
class CaseOut:
    """A file of the desk as it is told outside."""

    case_id: UUID
    borrower_id: UUID
    why: str
    product_key: str
    outcome: str
    asked_cents: int | None
    reasons: list[str]
    fast_lane: bool
    priority: int
    opened_on: date
    due_on: date
    late: bool
    status: str
    waits_for: str
    holder: str | None
    held_until_at: datetime | None
    verdict_id: UUID | None
    verdict_outcome: str | None


def case_told(case: ReviewCase, today: date) -> CaseOut:
    """A file with what it weighs today and whom it waits for."""
    return CaseOut(
        case_id=case.case_id,
        borrower_id=case.borrower_id,
        why=case.why,
        product_key=case.product_key,
        outcome=case.outcome,
        asked_cents=case.asked_cents,
        reasons=case.reasons,
        fast_lane=case.fast_lane,
        priority=case.priority(today).weight,
        opened_on=case.opened_on,
        due_on=case.due_on,
        late=case.late(today),
        status=case.status,
        waits_for=case.waits_for(today),
        holder=case.holder,
        held_until_at=case.held_until_at,
        verdict_id=case.verdict_id,
        verdict_outcome=case.verdict_outcome,
    )


@dataclass(frozen=True)
class InterviewOut:
    """A conversation: its hour, its questions with what the record says, and what was found."""

    interview_id: UUID
    status: str
    starts_at: datetime | None
    meeting_url: str
    moves: int
    recording_ref: str
    questions: list[dict[str, Any]]
    found: dict[str, dict[str, str]]


def interview_told(db: Db, interview: Interview) -> InterviewOut:
    """A conversation with its findings so far."""
    found = talks.answers_of(db, interview.borrower_id, interview.interview_id)
    return InterviewOut(
        interview.interview_id, interview.status, interview.starts_at, interview.meeting_url, interview.moves,
        interview.recording_ref, interview.questions,
        {each.question: {"finding": each.finding, "said": each.said} for each in found.values()},
    )  # fmt: skip


@dataclass(frozen=True)
class BoundsOut:
    """What the computer says today, and what a person may grant."""

    outcome: str
    limit_cents: int | None
    least_cents: int
    most_cents: int
    months_max: int
    annual_rate: str | None
    stands_against: list[str]
    alone_up_to_cents: int


@dataclass(frozen=True)
class FileOut:
    """One file with its bounds today, its conversations, what happened, and what waits for a second person."""

    case: CaseOut
    bounds: BoundsOut | None
    interviews: list[InterviewOut]
    events: list[ReviewEvent]
    proposal: ApprovalTold | None


def bounds_told(seen: Outlook, by: Caller) -> BoundsOut:
    """The bounds of a file as it stands today, for one reader."""
    terms, within, rate = seen.automatic.terms, seen.bounds, seen.bounds.priced.rate
    return BoundsOut(
        outcome=seen.automatic.outcome,
        limit_cents=terms.limit_cents if terms else None,
        least_cents=within.least_cents,
        most_cents=within.most_cents,
        months_max=within.months_max,
        annual_rate=None if rate is None else str(rate.nominal_annual()),
        stands_against=[found.rule for found in within.standing],
        alone_up_to_cents=rules_of(seen.policy).alone_up_to_cents.get(by.role.value, 0),
    )


def file_told(db: Db, case: ReviewCase, by: Caller, today: date) -> FileOut:
    """Everything the desk itself knows of one file."""
    seen = seen_today(db, case, today)
    waiting = waiting_proposal(db, case, today)
    return FileOut(
        case=case_told(case, today),
        bounds=bounds_told(seen, by) if seen else None,
        interviews=[
            interview_told(db, each) for each in talks.interviews_of(db, case.borrower_id, case.case_id)
        ],
        events=queries.events_of(db, case.borrower_id, case.case_id),
        proposal=approval_told(waiting, today) if waiting else None,
    )  # fmt: skip


def seen_today(db: Db, case: ReviewCase, today: date) -> verdicts.Outlook | None:
    """A file as it stands today; none once it is decided, nor while no policy or no version of the product is live."""
    decides = not lending_paused(db, today) and day_of(db, "product", case.product_key, today).live is not None
    return verdicts.outlook(db, case, today) if decides and case.status != "decided" else None


def waiting_proposal(db: Db, case: ReviewCase, today: date) -> Approval | None:
    """The verdict on a file that waits for a second person."""
    about = (
        each
        for each in proposals.changes_of(db, case.borrower_id)
        if each.kind == VERDICT and each.body["case_id"] == str(case.case_id)
    )
    return next((each for each in about if each.state(today) == "waiting"), None)


@get("/reviews", sync_to_thread=True)
def reviews(request: Asked, view: FromQuery[View] = "open", after: FromQuery[UUID | None] = None) -> list[CaseOut]:
    """Files at the desk, the weightiest first, fifty at a time; give the last one's id as `after` for the next."""
    by = caller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        found = queries.queue(db, today, view=view, account_id=by.account_id, after=after)
        return [case_told(each, today) for each in found]


@get("/reviews/{case_id:uuid}", sync_to_thread=True)
def review(request: Asked, case_id: FromPath[UUID]) -> FileOut:
    """One file; that it was opened is noted."""
    by = caller_of(request)
    act_today(database_of(request), actions.look, case_id=case_id, by=by)
    return _file(request, case_id)


def _file(request: Asked, case_id: UUID) -> FileOut:
    with database_of(request).transaction() as db:
        return file_told(db, queries.review_case(db, case_id), caller_of(request), house_day(db))


@dataclass(frozen=True)
class DeskDeed:
    """What is done with a file: taken, handed back, more asked of the seller, or a tie told."""

    deed: Deed
    words: str = ""
    kind: str = ""


def do_at_desk(db: Db, *, case_id: UUID, deed: Deed, by: Caller, words: str, kind: str, today: date) -> None:
    """Take a file, hand it back, ask the seller for more, or tell that one is tied to them."""
    match deed:
        case "take":
            actions.take(db, case_id=case_id, by=by, today=today)
        case "hand-back":
            actions.hand_back(db, case_id=case_id, by=by, today=today)
        case "ask":
            actions.ask_for_more(db, case_id=case_id, by=by, words=words, today=today)
        case "tie":
            actions.tell_tie(db, case_id=case_id, by=by, kind=kind, today=today)


@post("/reviews/{case_id:uuid}/deeds", sync_to_thread=True)
def do(request: Asked, case_id: FromPath[UUID], data: JSONBody[DeskDeed]) -> FileOut:
    """Take a file (again: for longer), hand it back, ask for more, or tell a tie. Done twice it is done once."""
    act_today(
        database_of(request), do_at_desk, case_id=case_id, deed=data.deed, by=caller_of(request), words=data.words,
        kind=data.kind,
    )  # fmt: skip
    return _file(request, case_id)


@dataclass(frozen=True)
class Conversation:
    """What is done about the conversation: invited with a link, booked, missed, called off, or closed as had."""

    deed: InterviewDeed
    meeting_url: str = ""
    starts_at: str = ""
    recording_ref: str = ""
    words: str = ""


def arrange(db: Db, *, case_id: UUID, asked: Conversation, by: Caller, today: date) -> None:
    """Invite to a conversation, book or move it, or say how it ended; the one that runs is meant."""
    case = queries.review_case(db, case_id)
    if asked.deed == "invite":
        comparisons = figures_now(db, case.borrower_id).comparisons
        talking.invite(db, case_id=case_id, by=by, meeting_url=asked.meeting_url, comparisons=comparisons, today=today)
        return
    interview_id = running_interview(db, case)
    match asked.deed:
        case "book":
            talking.book(db, interview_id=interview_id, starts_at=slot_of(asked.starts_at), today=today, by=by)
        case "missed":
            talking.missed(db, interview_id=interview_id, by=by, today=today)
        case "call-off":
            talking.call_off(db, interview_id=interview_id, by=by, today=today)
        case "close":
            talking.close(
                db, interview_id=interview_id, by=by, recording_ref=asked.recording_ref, words=asked.words, today=today
            )


def running_interview(db: Db, case: ReviewCase) -> UUID:
    """The conversation of a file that is to come; else the refusal `NoSuchInterview`."""
    found = talks.interviews_of(db, case.borrower_id, case.case_id)
    running = next((each for each in found if each.running), None)
    if running is None:
        raise NoSuchInterview(interview_id="of this file")
    return running.interview_id


@post("/reviews/{case_id:uuid}/interview", sync_to_thread=True)
def interview(request: Asked, case_id: FromPath[UUID], data: JSONBody[Conversation]) -> FileOut:
    """Invite, book, move, close or call off the conversation of a file."""
    act_today(database_of(request), arrange, case_id=case_id, asked=data, by=caller_of(request))
    return _file(request, case_id)


@dataclass(frozen=True)
class Found:
    """What was found on one question: matches, differs or not answered, and what was said."""

    question: str
    finding: str
    said: str = ""


def keep_found(db: Db, *, case_id: UUID, found: list[Found], by: Caller, today: date) -> None:
    """Keep findings of the conversation that runs."""
    talking.answer(
        db, interview_id=running_interview(db, queries.review_case(db, case_id)), by=by,
        findings={each.question: (each.finding, each.said) for each in found}, today=today,
    )  # fmt: skip


@post("/reviews/{case_id:uuid}/interview/findings", sync_to_thread=True)
def findings(request: Asked, case_id: FromPath[UUID], data: JSONBody[list[Found]]) -> FileOut:
    """Keep what was found on some questions; sent again it replaces what was found before."""
    act_today(database_of(request), keep_found, case_id=case_id, found=data, by=caller_of(request))
    return _file(request, case_id)


@dataclass(frozen=True)
class VerdictIn:
    """A person's verdict: approve with an amount and months, or decline; reasons by code, and words."""

    outcome: str
    reasons: list[str]
    words: str
    amount_cents: int | None = None
    months_max: int | None = None
    conditions: list[str] | None = None


def decide_file(db: Db, *, key: str, case_id: UUID, verdict: Verdict, by: Caller, today: date) -> Approval:
    """Give a verdict under a key; the same key with another verdict is refused."""
    command = Command.of(
        key, action="verdict", case_id=str(case_id), outcome=verdict.outcome, reasons=verdict.reasons,
        words=verdict.words, amount_cents=verdict.amount_cents, months_max=verdict.months_max,
        conditions=verdict.conditions,
    )  # fmt: skip
    return verdicts.give_verdict(db, command=command, case_id=case_id, verdict=verdict, by=by, today=today)


@post("/reviews/{case_id:uuid}/verdict", sync_to_thread=True)
def verdict(
    request: Asked, case_id: FromPath[UUID], data: JSONBody[VerdictIn], idempotency_key: IdempotencyKey = None
) -> ApprovalTold:
    """Decide about a file one has taken: made at once, or waiting for a second person where one is not enough."""
    read = read_verdict(
        {"outcome": data.outcome, "reasons": data.reasons, "words": data.words, "amount_cents": data.amount_cents,
         "months_max": data.months_max, "conditions": data.conditions}
    )  # fmt: skip
    database = database_of(request)
    given = act_today(
        database, decide_file, key=needed(idempotency_key), case_id=case_id, verdict=read, by=caller_of(request)
    )
    with database.transaction() as db:
        return approval_told(given, house_day(db))


@dataclass(frozen=True)
class Seconded:
    """What the second person says to a verdict, or the first one who takes it back."""

    deed: SecondDeed
    reason: str = ""


def second_says(
    db: Db, *, key: str, approval_id: UUID, deed: SecondDeed, reason: str, by: Caller, today: date
) -> Approval:
    """Confirm a verdict, send the file back, or withdraw one's own verdict."""
    command = Command.of(key, action=deed, approval_id=str(approval_id), reason=reason)
    if deed == "confirm":
        return verdicts.confirm(db, command=command, approval_id=approval_id, by=by, today=today, reason=reason)
    if deed == "send-back":
        return verdicts.send_back(db, command=command, approval_id=approval_id, by=by, today=today, reason=reason)
    return verdicts.withdraw_verdict(db, command=command, approval_id=approval_id, by=by, today=today)


@post("/reviews/{case_id:uuid}/second", sync_to_thread=True)
def second(
    request: Asked, case_id: FromPath[UUID], data: JSONBody[Seconded], idempotency_key: IdempotencyKey = None
) -> FileOut:
    """A second person confirms the verdict that waits, or sends the file back; or the first one withdraws it."""
    database = database_of(request)
    with database.transaction() as db:
        waiting = waiting_proposal(db, queries.review_case(db, case_id), house_day(db))
    if waiting is None:
        raise NothingWaits
    act_today(
        database, second_says, key=needed(idempotency_key), approval_id=waiting.approval_id, deed=data.deed,
        reason=data.reason, by=caller_of(request),
    )  # fmt: skip
    return _file(request, case_id)


@get("/reviews/overrides", sync_to_thread=True)
def overrides(request: Asked) -> OverrideReport:
    """How often people were right who decided otherwise than the computer, beside the computer's own approvals."""
    with database_of(request).transaction() as db:
        return override_report(db)
