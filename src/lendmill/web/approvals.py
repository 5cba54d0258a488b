"""The desk of proposals that wait for a second person: who asked, why, what it would do, and the decision."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill.api.approvals import Outcome, approval_told, caller_of, decide_about
from lendmill.api.callers import Asked, database_of
from lendmill.api.changes import Preview, try_out
from lendmill.credit.publishing.queries import KINDS
from lendmill.db import Db
from lendmill.loans.changes import read_change
from lendmill.people import queries as people
from lendmill.people.approvals import queries, rules
from lendmill.people.approvals.approval import Approval
from lendmill.people.queries import act_today, house_day
from lendmill.people.roles import may
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing import queries as documents
from lendmill.products.publishing.actions import plural
from lendmill.products.publishing.kept import DocumentProposal
from lendmill.products.publishing.stages import DECIDERS as DOCUMENT_DECIDERS
from lendmill.rating.registry import queries as cards
from lendmill.rating.registry.proposal import ModelProposal
from lendmill.rating.registry.stages import DECIDERS as CARD_DECIDERS
from lendmill.refusals import Refusal
from lendmill.web import change_words, names
from lendmill.web.entrance import Form
from lendmill.web.own import form_key
from lendmill.web.pages import go, page, words_of

SHOWN: Final = 50
OUTCOMES: Final[tuple[Outcome, ...]] = ("approve", "decline", "withdraw")


@get("/staff/approvals", sync_to_thread=True)
def approvals_page(request: Asked, after: FromQuery[UUID | None] = None) -> Response[str]:
    """What waits for a second person today, the oldest first."""
    words, reader = words_of(request), caller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        waiting = queries.waiting(db, today, after=after, size=SHOWN + 1)
        elsewhere = _elsewhere(db, reader, today) if after is None else []
        borrowers = {each.borrower_id: people.borrower(db, each.borrower_id) for each in waiting[:SHOWN]}
    return page(
        request,
        "approvals.html",
        today=today,
        waiting=[(each, change_words.asked(words, each.kind, each.body)) for each in waiting[:SHOWN]],
        borrowers=borrowers,
        elsewhere=elsewhere,
        mine=[each.approval_id for each in waiting if _may_decide(reader.account_id, reader.role, each)],
        next_after=waiting[SHOWN - 1].approval_id if len(waiting) > SHOWN else None,
    )


@dataclass(frozen=True)
class _Elsewhere:
    """What waits on the desk of the cards, or of policies and products."""

    href: str
    name: str
    step: str
    proposal: ModelProposal | DocumentProposal
    mine: bool


def _elsewhere(db: Db, reader: Caller, today: date) -> list[_Elsewhere]:
    """Cards and documents that wait for a second person, for whoever may open their pages."""
    found = []
    if may(reader.role, "GET /staff/models"):
        for card in cards.waiting(db, today):
            mine = card.proposed_by != reader.account_id and reader.role in CARD_DECIDERS
            found.append(
                _Elsewhere(f"/staff/models/{card.model_id}", card.model_id, names.PROPOSED[card.to_stage], card, mine)
            )
    if may(reader.role, "GET /staff/policies"):
        for kind in KINDS:
            for each in documents.waiting(db, kind, today):
                mine = each.proposed_by != reader.account_id and reader.role in DOCUMENT_DECIDERS
                href = f"/staff/policies/{plural(kind)}/{each.document_key}/{each.version}"
                name = f"{each.document_key} {each.version}"
                found.append(_Elsewhere(href, name, names.PUBLISHING[each.to_stage], each, mine))
    return found


@get("/staff/approvals/{approval_id:uuid}", sync_to_thread=True)
def approval_page(request: Asked, approval_id: FromPath[UUID]) -> Response[str] | Redirect:
    """One proposal with what it would do today, and the decision where it is this reader's to make.

    A verdict about an application is shown with its whole file.
    """
    with database_of(request).transaction() as db:
        found = queries.approval(db, approval_id)
    if found.kind == rules.VERDICT:
        return go(f"/staff/reviews/{found.body['case_id']}")
    return _approval(request, approval_id)


def _approval(request: Asked, approval_id: UUID, refused: str = "", reason: str = "") -> Response[str]:
    words, reader = words_of(request), caller_of(request)
    with database_of(request).transaction() as db:
        today, approval = house_day(db), queries.approval(db, approval_id)
        borrower = people.borrower(db, approval.borrower_id)
    open_ = approval.state(today) == "waiting"
    preview, impossible = _what_it_would_do(request, approval) if open_ else (None, "")
    return page(
        request,
        "approval.html",
        status_code=409 if refused else 200,
        today=today,
        approval=approval_told(approval, today),
        sentence=change_words.asked(words, approval.kind, approval.body),
        borrower=borrower,
        preview=preview,
        impossible=impossible,
        refused=refused,
        reason=reason,
        may_decide=open_ and _may_decide(reader.account_id, reader.role, approval),
        may_withdraw=open_ and approval.proposed_by == reader.account_id,
    )


@post("/staff/approvals/{approval_id:uuid}", sync_to_thread=True)
def decide(request: Asked, approval_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Approve, decline or withdraw, once; where that is refused, the page says why."""
    reason, outcome = data.get("reason", ""), data.get("outcome", "")
    try:
        decided = next((each for each in OUTCOMES if each == outcome), "decline")
        act_today(
            database_of(request), decide_about, key=form_key(data), approval_id=approval_id, outcome=decided,
            reason=reason, by=caller_of(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _approval(request, approval_id, words_of(request).refusal(refusal), reason)
    return go(f"/staff/approvals/{approval_id}")


def _what_it_would_do(request: Asked, approval: Approval) -> tuple[Preview | None, str]:
    """Tried out on the loan as it stands today; where it can no longer be done, why."""
    if approval.loan_id is None:
        return None, ""
    try:
        change = read_change(approval.kind, approval.body)
        return act_today(
            database_of(request), try_out, borrower_id=approval.borrower_id, loan_id=approval.loan_id, change=change
        ), ""
    except Refusal as refusal:
        return None, words_of(request).refusal(refusal)


def _may_decide(account_id: UUID, role: Any, approval: Approval) -> bool:
    return approval.proposed_by != account_id and rules.may_decide(role, approval.kind)
