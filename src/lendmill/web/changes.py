"""A change of a loan asked for by the staff: a small form, what it would do, and then it is sent."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.changes import Preview, propose_change, try_out
from lendmill.loans import queries as loans
from lendmill.loans.changes import InvalidChange, LoanChange
from lendmill.people import queries as people
from lendmill.people.approvals import rules
from lendmill.people.queries import act_today, house_day
from lendmill.refusals import Refusal
from lendmill.web.change_forms import fields_of, typed_change
from lendmill.web.entrance import Form
from lendmill.web.own import form_key
from lendmill.web.pages import go, page, words_of


def _form(
    request: Asked, borrower_id: UUID, loan_id: UUID, kind: str, typed: Mapping[str, str],
    preview: Preview | None = None, refused: Refusal | None = None,
) -> Response[str]:  # fmt: skip
    words, by = words_of(request), caller_of(request)
    with database_of(request).transaction() as db:
        borrower, today = people.borrower(db, borrower_id), house_day(db)
        loan = loans.loan(db, borrower_id, loan_id, today)
        fields = fields_of(db, kind, loan, words)
        rules.rule_of(kind)
    wrong = str(refused.facts["field"]) if isinstance(refused, InvalidChange) else ""
    label = next((field.label for field in fields if field.name == wrong), "")
    mistake = words.refusal(refused) if refused else ""
    if label:
        mistake = words.say("Please check the field “{label}”.", label=words.say(label))
    elif wrong:
        mistake = words.say("Please fill in at least one field.")
    return page(
        request,
        "change.html",
        status_code=422 if refused else 200,
        borrower=borrower,
        loan=loan,
        kind=kind,
        fields=fields,
        typed=typed,
        today=today,
        mistake=mistake,
        wrong=wrong,
        allowed=rules.may_propose(by.role, kind),
        preview=preview,
        waits_until=rules.last_day(today),
    )


@get("/staff/borrowers/{borrower_id:uuid}/loans/{loan_id:uuid}/changes/{kind:str}", sync_to_thread=True)
def change_page(
    request: Asked, borrower_id: FromPath[UUID], loan_id: FromPath[UUID], kind: FromPath[str],
    receipt: FromQuery[str] = "",
) -> Response[str]:  # fmt: skip
    """The form of one kind of change; who may not propose it is told so."""
    return _form(request, borrower_id, loan_id, kind, {"receipt_id": receipt})


@post("/staff/borrowers/{borrower_id:uuid}/loans/{loan_id:uuid}/changes/{kind:str}/preview", sync_to_thread=True,
      status_code=200)  # fmt: skip
def preview_change(
    request: Asked, borrower_id: FromPath[UUID], loan_id: FromPath[UUID], kind: FromPath[str], data: Form
) -> Response[str]:
    """What the change would do; nothing is written. What was typed is kept."""
    try:
        change = _read(request, borrower_id, loan_id, kind, data)
        rules.reason_given(data.get("reason", ""))
        preview = act_today(database_of(request), try_out, borrower_id=borrower_id, loan_id=loan_id, change=change)
    except Refusal as refusal:
        return _form(request, borrower_id, loan_id, kind, data, refused=refusal)
    return _form(request, borrower_id, loan_id, kind, data, preview)


@post("/staff/borrowers/{borrower_id:uuid}/loans/{loan_id:uuid}/changes/{kind:str}", sync_to_thread=True)
def send_change(
    request: Asked, borrower_id: FromPath[UUID], loan_id: FromPath[UUID], kind: FromPath[str], data: Form
) -> Response[str] | Redirect:
    """Propose the change, once, however often the form is sent."""
    try:
        change = _read(request, borrower_id, loan_id, kind, data)
        approval = act_today(
            database_of(request), propose_change, key=form_key(data), borrower_id=borrower_id, loan_id=loan_id,
            change=change, reason=data.get("reason", ""), by=caller_of(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _form(request, borrower_id, loan_id, kind, data, refused=refusal)
    return go(f"/staff/borrowers/{borrower_id}/loans/{loan_id}?told={approval.approval_id}#changes")


def _read(request: Asked, borrower_id: UUID, loan_id: UUID, kind: str, data: Mapping[str, str]) -> LoanChange:
    rules.check_proposer(caller_of(request).role, kind)
    with database_of(request).transaction() as db:
        loan = loans.loan(db, borrower_id, loan_id, house_day(db))
        fields = fields_of(db, kind, loan, words_of(request))
    return typed_change(kind, fields, data)
