"""One loan as the staff see it: what is owed, row by row, all that was changed, and what was booked when."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from lendmill.api.callers import Asked, database_of
from lendmill.api.changes import changes_so_far
from lendmill.db import Db, many
from lendmill.loans import queries as loans
from lendmill.loans.loan import OPEN
from lendmill.loans.receipts.queries import beside, receipts_of
from lendmill.people import queries as people
from lendmill.people.approvals import rules
from lendmill.people.queries import house_day
from lendmill.people.roles import CHANGES
from lendmill.web import change_words, names
from lendmill.web.own import product_names
from lendmill.web.pages import page, words_of
from lendmill.web.words import Words

RECEIPTS_SHOWN: Final = 50


@dataclass(frozen=True)
class Noted:
    """One line of a loan's diary: an event with both its days, and what became of it when it was corrected."""

    seq: int
    kind: str
    value_on: date
    booked_on: date
    amount_cents: int
    details: dict[str, Any]
    strikes: int | None
    struck_by: int | None
    struck_on: date | None


DIARY = """
    select e.seq, e.kind, e.value_on, e.booked_on, e.amount_cents, e.details, e.strikes,
           s.seq as struck_by, s.booked_on as struck_on
      from loan_event e
      left join loan_event s on (s.borrower_id, s.loan_id, s.strikes) = (e.borrower_id, e.loan_id, e.seq)
     where e.borrower_id = %(borrower_id)s
       and e.loan_id = %(loan_id)s
     order by e.seq
"""


@get("/staff/borrowers/{borrower_id:uuid}/loans/{loan_id:uuid}", sync_to_thread=True)
def staff_loan_page(
    request: Asked, borrower_id: FromPath[UUID], loan_id: FromPath[UUID], told: FromQuery[str] = ""
) -> Response[str]:
    """A loan with its schedule, its payments, its statement, its diary, and the changes this role may propose."""
    assert request.user is not None
    role = request.user.role
    with database_of(request).transaction() as db:
        facts = _facts(db, borrower_id, loan_id, words_of(request))
        named = product_names(db, request)
    changeable = facts["loan"].status in OPEN and role in CHANGES
    return page(
        request,
        "staff_loan.html",
        named=named,
        told=next((each for each in (*facts["waiting"], *facts["decided"]) if str(each.approval_id) == told), None),
        kinds=[kind for kind in names.CHANGE_KINDS if changeable and rules.may_propose(role, kind)],
        may_reverse=role in CHANGES and rules.may_propose(role, "reverse_receipt"),
        sentence_of=lambda approval: change_words.asked(words_of(request), approval.kind, approval.change),
        late_days=change_words.late_days,
        **facts,
    )


def _facts(db: Db, borrower_id: UUID, loan_id: UUID, words: Words) -> dict[str, Any]:
    today = house_day(db)
    loan = loans.loan(db, borrower_id, loan_id, today)
    changes = changes_so_far(db, borrower_id, loan_id, today)
    den = loan.rate.den
    return {
        "borrower": people.borrower(db, borrower_id),
        "loan": loan,
        "today": today,
        "made": [(change, change_words.made(words, change, den)) for change in changes.made],
        "planned": [(change, change_words.made(words, change, den)) for change in changes.planned],
        "waiting": changes.waiting,
        "decided": changes.decided,
        "receipts": receipts_of(db, borrower_id, most=RECEIPTS_SHOWN),
        "beside": beside(db, borrower_id),
        "lines": loans.statement(db, borrower_id, loan_id, today),
        "diary": many(db, Noted, DIARY, borrower_id=borrower_id, loan_id=loan_id),
    }
