"""The desk for ratings: what sellers asked a person, and the adjustments of industries and regions, by two people."""

from datetime import date
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill.api.adjustments import OUTCOMES
from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.statuses import status
from lendmill.people.queries import act_today, house_day
from lendmill.people.sign_in.queries import Caller
from lendmill.rating.adjusting import actions, queries
from lendmill.rating.adjusting.table import DECIDERS, POINTS_MAX, PROPOSERS, Adjustment, PointsOutOfReach
from lendmill.rating.telling import actions as telling
from lendmill.rating.telling.queries import open_questions
from lendmill.rating.telling.words import STATE_NAMES, called
from lendmill.refusals import Refusal
from lendmill.web.books import NotADate
from lendmill.web.entrance import Form
from lendmill.web.pages import go, page, words_of

SHOWN: Final = 50
STATES: Final = {"in force": "good", "waiting": "warn", "to come": "brand"}


@get("/staff/ratings", sync_to_thread=True)
def ratings_page(request: Asked, before: FromQuery[UUID | None] = None) -> Response[str]:
    """Questions that wait, adjustments in force and proposed, and the form for a new one."""
    return _page(request, before=before)


def _page(
    request: Asked, *, before: UUID | None = None, refused: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[str]:
    reader = caller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        found = queries.adjustments(db, before=before, size=SHOWN + 1)
        ended = {each.adjustment_id: queries.adjustment(db, each.ends) for each in found[:SHOWN] if each.ends}
        questions = open_questions(db)
    return page(
        request,
        "ratings.html",
        status_code=status(refused) if refused else 200,
        today=today,
        adjustments=[(each, ended.get(each.adjustment_id), _may(reader, each, today)) for each in found[:SHOWN]],
        looks=STATES,
        states={key: called(STATE_NAMES, key, words_of(request).language) for key in STATE_NAMES},
        next_before=found[SHOWN - 1].adjustment_id if len(found) > SHOWN else None,
        questions=questions,
        may_propose=reader.role in PROPOSERS,
        points_max=POINTS_MAX,
        refused=words_of(request).refusal(refused) if refused else "",
        typed=typed or {},
    )


def _may(reader: Caller, adjustment: Adjustment, today: date) -> frozenset[str]:
    """What this reader may do about an adjustment today."""
    state, own = adjustment.state(today), adjustment.proposed_by == reader.account_id
    if state == "waiting":
        return frozenset({"withdraw"} if own else {"decide"} if reader.role in DECIDERS else set())
    in_time = adjustment.ends is None and state in ("in force", "to come")
    return frozenset({"end"} if in_time and reader.role in PROPOSERS else set())


@post("/staff/ratings/adjustments", sync_to_thread=True)
def propose(request: Asked, data: Form) -> Response[str] | Redirect:
    """Propose an adjustment; another person has to agree."""
    try:
        act_today(
            database_of(request),
            actions.propose,
            industry=data.get("industry") or None,
            region=data.get("region", "").strip() or None,
            points=_whole(data.get("points", "")),
            from_on=day_typed(data.get("from_on", "")),
            until_on=day_typed(data.get("until_on", "")),
            reason=data.get("reason", ""),
            source=data.get("source", ""),
            by=caller_of(request),
        )
    except Refusal as refusal:
        return _page(request, refused=refusal, typed=dict(data))
    return go("/staff/ratings")


@post("/staff/ratings/adjustments/{adjustment_id:uuid}/end", sync_to_thread=True)
def propose_end(request: Asked, adjustment_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Propose that an adjustment ends sooner."""
    try:
        act_today(
            database_of(request),
            actions.propose_end,
            adjustment_id=adjustment_id,
            until_on=day_typed(data.get("until_on", "")),
            reason=data.get("reason", ""),
            by=caller_of(request),
        )
    except Refusal as refusal:
        return _page(request, refused=refusal)
    return go("/staff/ratings")


@post("/staff/ratings/adjustments/{adjustment_id:uuid}/decision", sync_to_thread=True)
def decide(request: Asked, adjustment_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Approve, decline or withdraw; where that is refused the page says why."""
    try:
        act_today(
            database_of(request),
            actions.decide,
            adjustment_id=adjustment_id,
            outcome=OUTCOMES.get(data.get("outcome", ""), "declined"),
            reason=data.get("reason", ""),
            by=caller_of(request),
        )
    except Refusal as refusal:
        return _page(request, refused=refusal)
    return go("/staff/ratings")


@post("/staff/borrowers/{borrower_id:uuid}/questions/{question_id:uuid}", sync_to_thread=True)
def answer(
    request: Asked, borrower_id: FromPath[UUID], question_id: FromPath[UUID], data: Form
) -> Response[str] | Redirect:
    """Answer a seller's question about the rating."""
    try:
        act_today(
            database_of(request),
            telling.answer,
            borrower_id=borrower_id,
            question_id=question_id,
            words=data.get("words", ""),
            by=caller_of(request),
        )
    except Refusal as refusal:
        return _page(request, refused=refusal)
    return go(f"/staff/borrowers/{borrower_id}#rating")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise PointsOutOfReach(points_max=POINTS_MAX) from None


def day_typed(text: str) -> date:
    """A day as a form sends it; else the refusal `NotADate`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADate(text=text[:20]) from None
