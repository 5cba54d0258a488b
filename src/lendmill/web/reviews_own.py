"""A seller's side of the desk, on the phone: where the file stands, what is asked, the conversation, the notices."""

from datetime import date
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from lendmill.api.callers import Asked, database_of
from lendmill.api.reviews_own import choose_slot, own_review
from lendmill.api.statuses import status
from lendmill.credit.notices.queries import notice, notices_of
from lendmill.credit.review import actions, queries
from lendmill.credit.review.interview.slots import ZONE
from lendmill.people.queries import act_today, house_day
from lendmill.refusals import Refusal
from lendmill.web import review_words
from lendmill.web.entrance import Form
from lendmill.web.own import product_names, seller_of
from lendmill.web.pages import go, page, words_of
from lendmill.web.reviews import hour_told


@get("/reviews/{case_id:uuid}", sync_to_thread=True)
def own_review_page(request: Asked, case_id: FromPath[UUID]) -> Response[str]:
    """Where one's file stands, and what can be done about it now."""
    return _page(request, case_id)


def _page(request: Asked, case_id: UUID, mistake: str = "", typed: str = "", status_code: int = 200) -> Response[str]:
    borrower_id = seller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        told = own_review(db, queries.review_case(db, case_id, borrower_id), today)
        named = product_names(db, request)
    days: dict[date, list[tuple[str, str]]] = {}
    for at in told.appointment.free if told.appointment else ():
        here = at.astimezone(ZONE)
        days.setdefault(here.date(), []).append((here.strftime("%Y-%m-%dT%H:%M"), here.strftime("%H:%M")))
    return page(
        request, "own_review.html", status_code=status_code, review=told, days=days, hour=hour_told, named=named,
        mistake=mistake, typed=typed, today=today,
    )  # fmt: skip


@post("/reviews/{case_id:uuid}/answer", sync_to_thread=True)
def answer(request: Asked, case_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Answer what the lender asked."""
    words = data.get("words", "")
    try:
        act_today(database_of(request), actions.answer, borrower_id=seller_of(request), case_id=case_id, words=words)
    except Refusal as refusal:
        return _page(request, case_id, words_of(request).refusal(refusal), words, status(refusal))
    return go(f"/reviews/{case_id}")


@post("/reviews/{case_id:uuid}/appointment", sync_to_thread=True)
def appointment(request: Asked, case_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Choose a half hour for the conversation, or another one."""
    try:
        act_today(
            database_of(request), choose_slot, borrower_id=seller_of(request), case_id=case_id,
            starts_at=data.get("starts_at", ""),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, case_id, words_of(request).refusal(refusal), status_code=status(refusal))
    return go(f"/reviews/{case_id}")


@get("/notices", sync_to_thread=True)
def notices_page(request: Asked) -> Response[str]:
    """All one was told in writing."""
    with database_of(request).transaction() as db:
        found = notices_of(db, seller_of(request))
    return page(request, "notices.html", notices=found, said=review_words)


@get("/notices/{notice_id:uuid}", sync_to_thread=True)
def notice_page(request: Asked, notice_id: FromPath[UUID]) -> Response[str]:
    """One notice, as it was sent; it can be printed."""
    with database_of(request).transaction() as db:
        found = notice(db, notice_id, seller_of(request))
    return page(request, "notice.html", notice=found, said=review_words, back="/notices")


@get("/staff/borrowers/{borrower_id:uuid}/notices/{notice_id:uuid}", sync_to_thread=True)
def staff_notice_page(request: Asked, borrower_id: FromPath[UUID], notice_id: FromPath[UUID]) -> Response[str]:
    """A notice a borrower was sent, word for word."""
    with database_of(request).transaction() as db:
        found = notice(db, notice_id, borrower_id)
    return page(request, "notice.html", notice=found, said=review_words, back=f"/staff/borrowers/{borrower_id}")
