"""A seller's loans: what is owed today, paying it back, and the statement."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill import money
from lendmill.api.callers import Asked, database_of
from lendmill.api.problems import NotThere
from lendmill.db import Db, scalar
from lendmill.loans import actions as loan_actions
from lendmill.loans import queries as loans
from lendmill.loans.account import Prepay
from lendmill.loans.loan import OPEN
from lendmill.loans.receipts.queries import receipts_of
from lendmill.loans.servicing import queries as servicing
from lendmill.loans.view import LoanView
from lendmill.people.command import Command
from lendmill.people.queries import act_today, house_day
from lendmill.refusals import Refusal
from lendmill.web import change_words, names
from lendmill.web.entrance import Form
from lendmill.web.own import form_key, product_names, seller_of
from lendmill.web.pages import go, page, words_of
from lendmill.web.sheets import cents_as_yuan, sheet
from lendmill.web.words import Words


@get("/loans", sync_to_thread=True)
def loans_page(request: Asked) -> Response[str]:
    """All loans: those that run, and those that are over."""
    borrower_id = seller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        found = loans.loans_of(db, borrower_id, today)
        payments = loans.instructions_of(db, borrower_id, 20)
        named = product_names(db, request)
    running = [loan for loan in reversed(found) if loan.status in ("paying", "running", "written-off")]
    over = [loan for loan in reversed(found) if loan.status in ("closed", "failed")]
    return page(
        request,
        "loans.html",
        running=running,
        over=over,
        payments=payments,
        named=named,
        today=today,
        owed_cents=sum(loan.payoff_cents for loan in running if loan.status in OPEN),
    )


@get("/loans/{loan_id:uuid}", sync_to_thread=True)
def loan_page(request: Asked, loan_id: FromPath[UUID]) -> Response[str]:
    """One loan with its rows and the form to repay it; while the money is on its way the page waits for it."""
    return page(request, "loan.html", **_loan(request, loan_id))


def _loan(request: Asked, loan_id: UUID, amount: str = "", mistake: str = "") -> dict[str, Any]:
    borrower_id = seller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        loan = loans.loan(db, borrower_id, loan_id, today)
        payoff = loans.quote_payoff(db, borrower_id, loan_id, today) if loan.status in OPEN else None
        asked = [each for each in loans.instructions_of(db, borrower_id, 50) if each.loan_id == loan_id]
        named = product_names(db, request)
        changed = _changed(db, loan, words_of(request))
        ended = loans.statement(db, borrower_id, loan_id, today) if loan.status == "closed" else ()
        forgiven = any(line.what == "forgiven" for line in ended)
    return {
        "loan": loan,
        "changed": changed,
        "forgiven": forgiven,
        "payoff": payoff,
        "pending": [each for each in asked if each.kind == "collect" and each.status in ("waiting", "unknown")],
        "payout": next((each for each in asked if each.kind == "payout"), None),
        "named": named,
        "today": today,
        "amount": amount,
        "mistake": mistake,
    }


def _changed(db: Db, loan: LoanView, words: Words) -> list[tuple[date, str, bool]]:
    """What was agreed or changed on a loan in plain words: the day, the sentence, and whether it is still to come."""
    borrower_id, loan_id, den = loan.borrower_id, loan.loan_id, loan.rate.den
    planned = servicing.planned_for(db, borrower_id, loan_id)
    made = servicing.changes_of(db, borrower_id, loan_id)
    return [(change.begins_on, change_words.made(words, change, den), True) for change in planned] + [
        (change.value_on, change_words.made(words, change, den), False) for change in reversed(made)
    ]


@get("/loans/{loan_id:uuid}/state", sync_to_thread=True)
def loan_state(request: Asked, loan_id: FromPath[UUID]) -> Response[str]:
    """Whether the money has arrived, for the page that waits."""
    with database_of(request).transaction() as db:
        loan = loans.loan(db, seller_of(request), loan_id, house_day(db))
    return page(request, "loan_state.html", loan=loan)


@post("/loans/{loan_id:uuid}/repay", sync_to_thread=True)
def repay(request: Asked, loan_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Ask the rail for a payment, once, however often the form is sent; what was typed is kept when it is refused."""
    borrower_id, database, typed = seller_of(request), database_of(request), data.get("amount", "")
    prepay: Prepay = "prepay" if data.get("prepay") == "prepay" else "next-due"
    try:
        amount_cents = money.cents(typed)
        command = Command.of(
            form_key(data), action="repay", loan_id=str(loan_id), amount_cents=amount_cents, prepay=prepay
        )
        with database.transaction() as db:
            loans.loan(db, borrower_id, loan_id, house_day(db))
        instruction_id = act_today(
            database,
            loan_actions.request_repayment,
            command=command,
            borrower_id=borrower_id,
            amount_cents=amount_cents,
            loan_id=loan_id,
            prepay=prepay,
        )
    except Refusal as refusal:
        facts = _loan(request, loan_id, typed, words_of(request).refusal(refusal))
        return page(request, "loan.html", status_code=422, **facts)
    return go(f"/payments/{instruction_id}")


@get("/payments/{instruction_id:uuid}", sync_to_thread=True)
def payment_page(request: Asked, instruction_id: FromPath[UUID]) -> Response[str]:
    """A payment on its way, then its receipt."""
    return page(request, "payment.html", **_payment(request, instruction_id))


@get("/payments/{instruction_id:uuid}/state", sync_to_thread=True)
def payment_state(request: Asked, instruction_id: FromPath[UUID]) -> Response[str]:
    """How the payment stands, for the page that waits."""
    return page(request, "payment_state.html", **_payment(request, instruction_id))


RECEIPT_OF = """
    select result_id
      from command
     where borrower_id = %(borrower_id)s
       and command_key = %(rail_key)s
       and action = 'receive'
"""


def _payment(request: Asked, instruction_id: UUID) -> dict[str, Any]:
    borrower_id = seller_of(request)
    with database_of(request).transaction() as db:
        payment = loans.instruction(db, borrower_id, instruction_id)
        if payment is None:
            raise NotThere(what="payment")
        receipt_id = scalar(db, RECEIPT_OF, borrower_id=borrower_id, rail_key=payment.rail_key)
        receipt = receipts_of(db, borrower_id, receipt_id=receipt_id)[0] if receipt_id else None
        today = house_day(db)
    return {"payment": payment, "receipt": receipt, "today": today}


@get("/loans/{loan_id:uuid}/statement", sync_to_thread=True)
def statement(request: Asked, loan_id: FromPath[UUID], format: FromQuery[str] = "") -> Response[str]:  # noqa: A002 - the word in the address
    """All that happened to a loan, as a page or as a file."""
    borrower_id = seller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        loan = loans.loan(db, borrower_id, loan_id, today)
        lines = loans.statement(db, borrower_id, loan_id, today)
        named = product_names(db, request)
    if format == "csv":
        words = words_of(request)
        columns = ("Day", "What", "Amount", "Principal", "Interest", "Penalty interest", "Fees", "Principal left")
        heads = words.heads(*columns)
        return sheet(
            f"statement-{loan_id}",
            heads,
            (
                (
                    line.on,
                    words.say(names.EVENTS[line.what]),
                    *map(
                        cents_as_yuan,
                        (
                            line.amount_cents,
                            line.principal_cents,
                            line.interest_cents,
                            line.penalty_cents,
                            line.fees_cents,
                            line.outstanding_cents,
                        ),
                    ),
                )
                for line in lines
            ),
        )
    return page(request, "statement.html", loan=loan, lines=lines, named=named, today=today)
