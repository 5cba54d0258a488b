"""Drawing, repaying, and what is owed, for programs."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from lendmill.api.callers import Asked, database_of
from lendmill.api.keys import IdempotencyKey, needed
from lendmill.credit import queries as credit
from lendmill.loans import actions, queries
from lendmill.loans.quote import DrawQuote, quote_draw
from lendmill.loans.statement import StatementLine
from lendmill.loans.view import LoanView, PaymentQuote, Payoff
from lendmill.people.command import Command
from lendmill.people.queries import act_today, house_day
from lendmill.products import queries as products

Cents = Annotated[int, QueryParameter(ge=1, le=10**13)]


@dataclass(frozen=True)
class Draw:
    """What to draw, and how it is to be repaid."""

    line_id: UUID
    amount_cents: int
    method: str
    months: int


@dataclass(frozen=True)
class Repayment:
    """What to repay: one loan, or the borrower's oldest dues first."""

    amount_cents: int
    loan_id: UUID | None = None
    prepay: Literal["next-due", "prepay"] = "next-due"


@dataclass(frozen=True)
class Collecting:
    """A payment on its way; ask for the borrower's payments to see when it has come."""

    instruction_id: UUID


@get("/borrowers/{borrower_id:uuid}/lines/{line_id:uuid}/quote", sync_to_thread=True)
def quote(
    request: Asked,
    borrower_id: FromPath[UUID],
    line_id: FromPath[UUID],
    amount_cents: Cents,
    method: FromQuery[str],
    months: FromQuery[int],
) -> DrawQuote:
    """What a draw would cost: the plan, the cost in money, the yearly rates. Binds nobody."""
    with database_of(request).transaction() as db:
        line, today = credit.line(db, borrower_id, line_id), house_day(db)
        product = products.product(db, line.product_key, line.product_version)
    _offered(method, months, line.methods, line.months_max)
    return quote_draw(line, product, amount_cents=amount_cents, method=method, months=months, on=today)


def _offered(method: str, months: int, methods: list[str], months_max: int) -> None:
    if method not in methods:
        raise actions.MethodNotOffered(method=method, methods=", ".join(methods))
    if not 1 <= months <= months_max:
        raise actions.TermTooLong(months_max=months_max, months=months)


@post("/borrowers/{borrower_id:uuid}/draws", sync_to_thread=True, status_code=202)
def draw(
    request: Asked, borrower_id: FromPath[UUID], data: JSONBody[Draw], idempotency_key: IdempotencyKey = None
) -> queries.Drawn:
    """Draw on a line. The loan is `paying` until the payment rail has said that the money arrived."""
    command = Command.of(
        needed(idempotency_key),
        action="draw",
        line_id=str(data.line_id),
        amount_cents=data.amount_cents,
        method=data.method,
        months=data.months,
    )
    return act_today(
        database_of(request),
        actions.draw,
        command=command,
        borrower_id=borrower_id,
        line_id=data.line_id,
        amount_cents=data.amount_cents,
        method=data.method,
        months=data.months,
    )


@post("/borrowers/{borrower_id:uuid}/repayments", sync_to_thread=True, status_code=202)
def repay(
    request: Asked, borrower_id: FromPath[UUID], data: JSONBody[Repayment], idempotency_key: IdempotencyKey = None
) -> Collecting:
    """Ask the rail to collect a repayment; it counts from the day the money left the payer."""
    command = Command.of(
        needed(idempotency_key),
        action="repay",
        loan_id=str(data.loan_id),
        amount_cents=data.amount_cents,
        prepay=data.prepay,
    )
    instruction_id = act_today(
        database_of(request),
        actions.request_repayment,
        command=command,
        borrower_id=borrower_id,
        amount_cents=data.amount_cents,
        loan_id=data.loan_id,
        prepay=data.prepay,
    )
    return Collecting(instruction_id)


@get("/borrowers/{borrower_id:uuid}/loans", sync_to_thread=True)
def loans(request: Asked, borrower_id: FromPath[UUID]) -> list[LoanView]:
    """All loans of a borrower as they stand today."""
    with database_of(request).transaction() as db:
        return queries.loans_of(db, borrower_id, house_day(db))


@get("/borrowers/{borrower_id:uuid}/loans/{loan_id:uuid}", sync_to_thread=True)
def loan(request: Asked, borrower_id: FromPath[UUID], loan_id: FromPath[UUID]) -> LoanView:
    """One loan as it stands today, row by row."""
    with database_of(request).transaction() as db:
        return queries.loan(db, borrower_id, loan_id, house_day(db))


@get("/borrowers/{borrower_id:uuid}/loans/{loan_id:uuid}/statement", sync_to_thread=True)
def statement(request: Asked, borrower_id: FromPath[UUID], loan_id: FromPath[UUID]) -> list[StatementLine]:
    """All that happened to a loan, by value date."""
    with database_of(request).transaction() as db:
        return list(queries.statement(db, borrower_id, loan_id, house_day(db)))


@get("/borrowers/{borrower_id:uuid}/payoff", sync_to_thread=True)
def payoff(
    request: Asked,
    borrower_id: FromPath[UUID],
    loan_id: FromQuery[UUID | None] = None,
    on: FromQuery[date | None] = None,
) -> Payoff:
    """What is due and what settles everything, today or on a day to come."""
    with database_of(request).transaction() as db:
        today = house_day(db)
        return queries.quote_payoff(db, borrower_id, loan_id, max(on or today, today))


@get("/borrowers/{borrower_id:uuid}/payment-quote", sync_to_thread=True)
def payment_quote(
    request: Asked,
    borrower_id: FromPath[UUID],
    amount_cents: Cents,
    loan_id: FromQuery[UUID | None] = None,
    on: FromQuery[date | None] = None,
    prepay: FromQuery[Literal["next-due", "prepay"]] = "next-due",
) -> PaymentQuote:
    """What a payment of an amount would settle, today or on a day to come. Binds nobody."""
    with database_of(request).transaction() as db:
        today = house_day(db)
        return queries.quote_payment(db, borrower_id, amount_cents, loan_id, max(on or today, today), prepay)


@get("/borrowers/{borrower_id:uuid}/payments", sync_to_thread=True)
def payments(request: Asked, borrower_id: FromPath[UUID]) -> list[queries.Instruction]:
    """What the payment rail was asked to do for this borrower, and how it stands; newest first."""
    with database_of(request).transaction() as db:
        return queries.instructions_of(db, borrower_id)
