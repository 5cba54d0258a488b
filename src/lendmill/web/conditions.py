"""What a line waits for: brought forward by the seller, verified by staff; and what sellers are told of their lines."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from lendmill import money
from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.statuses import status
from lendmill.credit.changes.change import WORSE
from lendmill.credit.changes.queries import line_changes_of
from lendmill.credit.conditions import actions, queries
from lendmill.credit.conditions.told import VERIFIERS
from lendmill.credit.lines.queries import lines_of
from lendmill.credit.publishing.queries import lapsed_before
from lendmill.people.queries import act_today, house_day
from lendmill.refusals import Refusal
from lendmill.web import names
from lendmill.web.entrance import Form
from lendmill.web.own import product_names, seller_of
from lendmill.web.pages import go, page, words_of


@get("/conditions", sync_to_thread=True)
def own_conditions(request: Asked) -> Response[str]:
    """What the seller's lines wait for, with a form for each; and the notices of raises, cuts and prices."""
    return _own(request)


def _own(request: Asked, refused: Refusal | None = None) -> Response[str]:
    borrower_id = seller_of(request)
    with database_of(request).transaction() as db:
        today, named = house_day(db), product_names(db, request)
        before = lapsed_before(db, today)
        conditions = queries.conditions_of(db, borrower_id)
        notices = line_changes_of(db, borrower_id, size=20)
        decided = {line.line_id: line.decision_id for line in lines_of(db, borrower_id) if line.status != "closed"}
    return page(
        request,
        "own_conditions.html",
        status_code=status(refused) if refused else 200,
        before=before,
        named=named,
        conditions=conditions,
        notices=notices,
        decided=decided,
        worse=WORSE,
        ways=names.CONDITION_WAYS,
        states=names.CONDITION_STATES,
        refused=words_of(request).refusal(refused) if refused else "",
    )


@post("/conditions/{condition_id:uuid}", sync_to_thread=True)
def bring_forward(request: Asked, condition_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """The seller names a guarantor or collateral; where that is refused the page says why."""
    try:
        _told(request, seller_of(request), condition_id, data)
    except Refusal as refusal:
        return _own(request, refusal)
    return go("/conditions")


@get("/staff/conditions", sync_to_thread=True)
def conditions_page(request: Asked) -> Response[str]:
    """What lines wait for, the soonest to lapse first."""
    return _desk(request)


def _desk(request: Asked, refused: Refusal | None = None) -> Response[str]:
    by = caller_of(request)
    with database_of(request).transaction() as db:
        today, named = house_day(db), product_names(db, request)
        before = lapsed_before(db, today)
        found = queries.conditions_open(db, today)
    return page(
        request,
        "conditions.html",
        status_code=status(refused) if refused else 200,
        today=today,
        before=before,
        named=named,
        conditions=found,
        ways=names.CONDITION_WAYS,
        states=names.CONDITION_STATES,
        may=by.role in VERIFIERS,
        refused=words_of(request).refusal(refused) if refused else "",
    )


@post("/staff/borrowers/{borrower_id:uuid}/conditions/{condition_id:uuid}", sync_to_thread=True)
def bring_forward_for(
    request: Asked, borrower_id: FromPath[UUID], condition_id: FromPath[UUID], data: Form
) -> Response[str] | Redirect:
    """A member of staff brings forward what the seller named; another then verifies it."""
    try:
        _told(request, borrower_id, condition_id, data)
    except Refusal as refusal:
        return _desk(request, refusal)
    return go("/staff/conditions")


@post("/staff/borrowers/{borrower_id:uuid}/conditions/told/{told_id:uuid}", sync_to_thread=True)
def judge(request: Asked, borrower_id: FromPath[UUID], told_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Verify or refuse what somebody else brought forward; where that is refused the page says why."""
    try:
        act_today(
            database_of(request),
            actions.judge_condition,
            borrower_id=borrower_id,
            told_id=told_id,
            verified=data.get("verdict") == "verified",
            reason=data.get("reason", ""),
            by=caller_of(request),
        )
    except Refusal as refusal:
        return _desk(request, refusal)
    return go("/staff/conditions")


def _told(request: Asked, borrower_id: UUID, condition_id: UUID, data: dict[str, str]) -> None:
    act_today(
        database_of(request),
        actions.tell_condition,
        borrower_id=borrower_id,
        condition_id=condition_id,
        way=data.get("way", ""),
        described=data.get("described", ""),
        cover_cents=money.cents(data.get("cover", "")),
        by=caller_of(request),
    )
