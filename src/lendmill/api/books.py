"""What the books say, account by account, and closing them, for programs."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from lendmill.api.callers import Asked, database_of
from lendmill.insight.actions import close_books
from lendmill.ledger import queries as ledger
from lendmill.people.queries import house_day


@dataclass(frozen=True)
class BalanceLine:
    """One account in one unit. Amounts are text: an exact accrual may be larger than a program's whole numbers."""

    account: str
    name: str
    unit: str
    debit: str
    credit: str
    balance: str


@dataclass(frozen=True)
class TrialBalance:
    """All accounts at the end of a day; `balanced` is true, or the books are broken."""

    as_of: date
    balanced: bool
    lines: list[BalanceLine]


@get("/trial-balance", sync_to_thread=True)
def trial_balance(request: Asked, as_of: FromQuery[date | None] = None) -> TrialBalance:
    """The books at the end of a day, today unless another is named."""
    with database_of(request).transaction() as db:
        day = as_of or house_day(db)
        rows = ledger.trial_balance(db, day)
    lines = [
        BalanceLine(row.account, row.name_en, row.unit, str(row.debit), str(row.credit), str(row.balance))
        for row in rows
    ]
    return TrialBalance(day, not ledger.out_of_balance(rows), lines)


@dataclass(frozen=True)
class AccountLine:
    """One line of an account's statement, by when it counts and when it was booked. Amounts are text."""

    entry_id: UUID
    n: int
    what: str
    borrower_id: UUID | None
    loan_id: UUID | None
    value_on: date
    booked_on: date
    amount: str
    balance: str


@dataclass(frozen=True)
class AccountStatement:
    """An account between two booking days; give `next_after` as `after` for the next page."""

    account: str
    name: str
    unit: str
    first_on: date
    last_on: date
    opening: str
    closing: str
    lines: list[AccountLine]
    next_after: str | None


Most = Annotated[int, QueryParameter(ge=1, le=1000, description="How many lines a page has.")]


@get("/books/accounts/{number:str}/statement", sync_to_thread=True)
def account_statement(
    request: Asked,
    number: FromPath[str],
    first_on: FromQuery[date],
    last_on: FromQuery[date],
    unit: FromQuery[str] = "CNY",
    after: FromQuery[str] = "",
    most: Most = 100,
) -> AccountStatement:
    """What went through an account, by booking day: opening, lines with the balance after each, closing."""
    account, place = ledger.account_numbered(number), ledger.Place.of(after) if after else None
    with database_of(request).transaction() as db:
        told = ledger.account_statement(db, account, unit, first_on=first_on, last_on=last_on, after=place, most=most)
    lines = [
        AccountLine(line.entry_id, line.n, line.what, line.borrower_id, line.loan_id, line.value_on, line.booked_on,
                    str(line.amount), str(line.balance))
        for line in told.lines
    ]  # fmt: skip
    return AccountStatement(
        number, account.value.name_en, unit, first_on, last_on, str(told.opening), str(told.closing), lines,
        str(told.next_after) if told.next_after else None,
    )  # fmt: skip


@dataclass(frozen=True)
class BookedLine:
    """One line of an entry about a borrower, corrections included. Amounts are text."""

    entry_id: UUID
    n: int
    what: str
    loan_id: UUID | None
    value_on: date
    booked_on: date
    booked_at: datetime
    account: str
    unit: str
    amount: str


@get("/borrowers/{borrower_id:uuid}/entries", sync_to_thread=True)
def entries(request: Asked, borrower_id: FromPath[UUID], before: FromQuery[UUID | None] = None) -> list[BookedLine]:
    """A borrower's journal, newest first, fifty entries at a time; give the last one's id as `before` for the next."""
    with database_of(request).transaction() as db:
        found = ledger.entries_of(db, borrower_id, before=before)
    return [
        BookedLine(line.entry_id, line.n, line.what, line.loan_id, line.value_on, line.booked_on, line.booked_at,
                   line.account, line.unit, str(line.amount))
        for line in found
    ]  # fmt: skip


@dataclass(frozen=True)
class ClosingTold:
    """The books closed through a day; `digest` is the fingerprint of the trial balance as it then was."""

    through_on: date
    closed_by: str
    closed_at: datetime
    entries: int
    digest: str


def _told(closing: ledger.Closing) -> ClosingTold:
    return ClosingTold(closing.through_on, closing.closer, closing.closed_at, closing.entries, closing.digest)


@get("/closings", sync_to_thread=True)
def closings(request: Asked, before: FromQuery[date | None] = None) -> list[ClosingTold]:
    """The closed periods, the latest first, fifty at a time; give the last one's day as `before` for the next."""
    with database_of(request).transaction() as db:
        return [_told(closing) for closing in ledger.closings(db, before=before)]


@dataclass(frozen=True)
class Close:
    """The day through which the books are to be closed."""

    through_on: date


@post("/closings", sync_to_thread=True)
def close(request: Asked, data: JSONBody[Close]) -> ClosingTold:
    """Close the books through a day that is over. There is no way back; what comes later is booked today."""
    assert request.user is not None
    return _told(database_of(request).act(close_books, through_on=data.through_on, closed_by=request.user.account_id))
