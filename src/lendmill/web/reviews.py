"""The review desk: what waits, by priority and age; one file on one page; the conversation; the verdict."""

from datetime import datetime
from typing import Final, get_args
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill import money
from lendmill.api import reviews as api
from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.statuses import status
from lendmill.credit.decisions.queries import KeptDecision, decision, policy
from lendmill.credit.review import actions, queries
from lendmill.credit.review.case import ReviewCase
from lendmill.credit.review.interview import queries as talks
from lendmill.credit.review.interview.slots import ZONE
from lendmill.credit.review.verdict.bounds import NoPersonMayGrant
from lendmill.credit.review.verdict.review import read_verdict
from lendmill.credit.why import rule_name
from lendmill.db import Db
from lendmill.insight.overrides.queries import override_report
from lendmill.people.approvals.rules import REVIEWERS, SECONDS
from lendmill.people.queries import act_today, house_day
from lendmill.rating.telling.words import BLOCK_NAMES, called
from lendmill.refusals import Refusal
from lendmill.web import review_words
from lendmill.web.entrance import Form
from lendmill.web.own import form_key, product_names
from lendmill.web.pages import go, page, words_of
from lendmill.web.review_file import file_facts
from lendmill.web.sheets import cents_as_yuan, sheet

SHOWN: Final = 50


@get("/staff/reviews", sync_to_thread=True)
def reviews_page(
    request: Asked, view: FromQuery[str] = "open", after: FromQuery[UUID | None] = None, csv: FromQuery[str] = ""
) -> Response[str]:
    """Files to be looked at, the weightiest first; one's own, those that wait, those overdue."""
    words, by = words_of(request), caller_of(request)
    view = view if view in review_words.VIEWS else "open"
    with database_of(request).transaction() as db:
        today = house_day(db)
        size = 500 if csv else SHOWN + 1
        found = queries.queue(db, today, view=view, account_id=by.account_id, after=after, size=size)
        counts = queries.desk_counts(db, today)
        coming = talks.appointments(db, by.account_id if by.role in REVIEWERS else None)
        decided = queries.decided_cases(db, size=10)
        named = product_names(db, request)
    if csv:
        heads = words.heads(
            "Application", "Borrower", "Product", "Amount", "Priority", "Laid on the desk", "Due by", "Status"
        )
        rows = (
            (each.case_id, each.display_name, each.product_key, cents_as_yuan(each.asked_cents),
             each.priority(today).weight, each.opened_on, each.due_on, each.status)
            for each in found
        )  # fmt: skip
        return sheet("reviews", heads, rows)
    return page(
        request,
        "reviews.html",
        view=view,
        cases=found[:SHOWN],
        next_after=found[SHOWN - 1].case_id if len(found) > SHOWN else None,
        counts=counts,
        coming=coming,
        decided=decided,
        today=today,
        named=named,
        said=review_words,
        hour=hour_told,
    )


def hour_told(at: datetime | None) -> str:
    """An hour as people write it, in the house's time zone.

    >>> from datetime import UTC
    >>> hour_told(datetime(2026, 1, 12, 1, 30, tzinfo=UTC))
    '2026-01-12 09:30'
    """
    return "—" if at is None else at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


@get("/staff/reviews/overrides", sync_to_thread=True)
def overrides_page(request: Asked) -> Response[str]:
    """How often people were right who decided otherwise than the computer."""
    with database_of(request).transaction() as db:
        report = override_report(db)
    return page(
        request, "overrides.html", report=report, reasons=review_words.grant_reasons(words_of(request).language)
    )


@get("/staff/reviews/{case_id:uuid}", sync_to_thread=True)
def review_page(request: Asked, case_id: FromPath[UUID]) -> Response[str]:
    """One file on one page; that it was opened is noted."""
    act_today(database_of(request), actions.look, case_id=case_id, by=caller_of(request))
    return _file(request, case_id)


def _file(
    request: Asked, case_id: UUID, refused: str = "", typed: dict[str, str] | None = None, status_code: int = 200
) -> Response[str]:
    words, by = words_of(request), caller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        case = queries.review_case(db, case_id)
        seen = api.seen_today(db, case, today)
        waiting = api.waiting_proposal(db, case, today)
        interviews = talks.interviews_of(db, case.borrower_id, case_id)
        running = next((each for each in interviews if each.running), None)
        facts = file_facts(db, case, seen, words, today)
        found = {each.interview_id: talks.answers_of(db, case.borrower_id, each.interview_id) for each in interviews}
        free = talks.free_slots(db, running.interviewer, today, case.due_on) if running else ()
        tie = queries.tie_of(db, by.account_id, case.borrower_id, today)
        verdict = facts["about"] if case.verdict_id is None else _verdict(db, case)
        named = product_names(db, request)
    mine = case.held_by == by.account_id
    return page(
        request,
        "review.html",
        status_code=status_code,
        today=today,
        case=case,
        seen=seen,
        rules=queries.rules_of(seen.policy) if seen else None,
        waiting=waiting,
        interviews=interviews,
        running=running,
        found=found,
        free=free,
        tie=tie,
        mine=mine,
        reviews=by.role in REVIEWERS,
        seconds=waiting is not None and by.role in SECONDS and waiting.proposed_by != by.account_id,
        proposed_by_me=waiting is not None and waiting.proposed_by == by.account_id,
        verdict=verdict,
        grant_reasons=review_words.grant_reasons(words.language),
        decline_reasons=review_words.decline_reasons(words.language),
        reason_told=lambda code: review_words.reason_told(code, words.language),
        said=review_words,
        blocks=[(called(BLOCK_NAMES, block, words.language), about) for block, about in review_words.BLOCKS.items()],
        hour=hour_told,
        named=named,
        refused=refused,
        typed=typed or {},
        **facts,
    )


def _verdict(db: Db, case: ReviewCase) -> KeptDecision:
    """The decision of the person who settled a file."""
    assert case.verdict_id is not None
    return decision(db, case.verdict_id, case.borrower_id)


@post("/staff/reviews/{case_id:uuid}", sync_to_thread=True)
def do(request: Asked, case_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Take the file, hand it back, ask the seller for more, or tell that one is tied to them."""
    deed = next((each for each in get_args(api.Deed) if each == data.get("deed")), "take")
    try:
        act_today(
            database_of(request), api.do_at_desk, case_id=case_id, deed=deed, by=caller_of(request),
            words=data.get("words", ""), kind=data.get("kind", ""),
        )  # fmt: skip
    except Refusal as refusal:
        return _refused(request, case_id, refusal, data)
    return go("/staff/reviews" if deed in ("hand-back", "tie") else f"/staff/reviews/{case_id}")


def _refused(request: Asked, case_id: UUID, refusal: Refusal, data: dict[str, str]) -> Response[str]:
    """The file as it stands, with the sentence that says why not, and what was typed."""
    words = words_of(request)
    if isinstance(refusal, NoPersonMayGrant):
        with database_of(request).transaction() as db:
            rules = policy(db)
        told = (rule_name(rule, rules, words.language) for rule in refusal.facts["rules"].split(", "))
        refusal = NoPersonMayGrant(rules=", ".join(told))
    return _file(request, case_id, words.refusal(refusal), data, status(refusal))


@post("/staff/reviews/{case_id:uuid}/interview", sync_to_thread=True)
def arrange(request: Asked, case_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Invite to a conversation, choose its hour, keep what was found, or say how it ended."""
    deed = next((each for each in get_args(api.InterviewDeed) if each == data.get("deed")), None)
    by, database = caller_of(request), database_of(request)
    found = [
        api.Found(name.removeprefix("found "), value, data.get(f"said {name.removeprefix('found ')}", ""))
        for name, value in data.items()
        if name.startswith("found ") and value
    ]
    try:
        if found:
            act_today(database, api.keep_found, case_id=case_id, found=found, by=by)
        if deed is not None:
            asked = api.Conversation(
                deed, data.get("meeting_url", ""), data.get("starts_at", ""), data.get("recording_ref", ""),
                data.get("why_earlier", ""),
            )  # fmt: skip
            act_today(database, api.arrange, case_id=case_id, asked=asked, by=by)
    except Refusal as refusal:
        return _refused(request, case_id, refusal, data)
    return go(f"/staff/reviews/{case_id}#interview")


@post("/staff/reviews/{case_id:uuid}/verdict", sync_to_thread=True)
def decide(request: Asked, case_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Decide about the file: made at once, or waiting for a second person."""
    outcome = data.get("outcome", "")
    head = "grant " if outcome == "approve" else "decline "
    try:
        read = read_verdict(
            {
                "outcome": outcome,
                "reasons": [name.removeprefix(head) for name in data if name.startswith(head)],
                "words": data.get("words", ""),
                "amount_cents": money.cents(data.get("amount", "")) if outcome == "approve" else None,
                "months_max": _months(data.get("months", "")),
                "conditions": [name.removeprefix("condition ") for name in data if name.startswith("condition ")],
            }
        )
        act_today(
            database_of(request), api.decide_file, key=form_key(data), case_id=case_id, verdict=read,
            by=caller_of(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _refused(request, case_id, refusal, data)
    return go(f"/staff/reviews/{case_id}")


def _months(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


@post("/staff/reviews/{case_id:uuid}/second", sync_to_thread=True)
def second(request: Asked, case_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """A second person confirms the verdict or sends the file back; the first one takes it back."""
    deed = next((each for each in get_args(api.SecondDeed) if each == data.get("deed")), "send-back")
    database = database_of(request)
    with database.transaction() as db:
        waiting = api.waiting_proposal(db, queries.review_case(db, case_id), house_day(db))
    try:
        if waiting is None:
            raise api.NothingWaits
        act_today(
            database, api.second_says, key=form_key(data), approval_id=waiting.approval_id, deed=deed,
            reason=data.get("reason", ""), by=caller_of(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _refused(request, case_id, refusal, data)
    return go(f"/staff/reviews/{case_id}")
