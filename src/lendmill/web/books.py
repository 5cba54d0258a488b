"""The trial balance, each account's statement, closing a period, and whether the books equal the loans."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill.api.callers import Asked, database_of
from lendmill.db import Db
from lendmill.insight import queries as insight
from lendmill.insight.actions import close_books
from lendmill.ledger import queries as ledger
from lendmill.ledger.accounts import Account
from lendmill.people.queries import house_day
from lendmill.people.roles import may
from lendmill.refusals import Refusal
from lendmill.web.entrance import Form
from lendmill.web.pages import go, page, words_of
from lendmill.web.sheets import sheet
from lendmill.web.words import CHINESE, Words

SHOWN: Final = 100
CLOSINGS_SHOWN: Final = 12
IN_A_FILE_MAX: Final = 100_000


class TooManyLines(Refusal):
    """There are more than {lines_max} lines between {first_on} and {last_on}: choose fewer days for a file."""


class NotADate(Refusal):
    """{text!r} is no day: write it like 2026-01-31."""


@get("/staff/books", sync_to_thread=True)
def books_page(request: Asked, csv: FromQuery[str] = "", on: FromQuery[str] = "") -> Response[str]:
    """The books as of the end of a day, today unless another is named."""
    words = words_of(request)
    if csv != "trial-balance":
        return _books(request, on)
    with database_of(request).transaction() as db:
        as_of = _day(on) or house_day(db)
        rows = ledger.trial_balance(db, as_of)
    heads = words.heads("Account", "Name", "Unit", "Debit", "Credit", "Balance")
    cells: list[tuple[Any, ...]] = [
        (row.account, _name(row, words), row.unit, row.debit, row.credit, row.balance) for row in rows
    ]
    return sheet(f"trial-balance-{as_of}", heads, cells)


def _books(request: Asked, on: str, refused: str = "") -> Response[str]:
    words = words_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        as_of = _day(on) or today
        rows = ledger.trial_balance(db, as_of)
        controls = insight.controls(db, today)
        closings = ledger.closings(db, most=CLOSINGS_SHOWN)
    return page(
        request,
        "books.html",
        status_code=409 if refused else 200,
        today=today,
        as_of=as_of,
        rows=[(row, _name(row, words)) for row in rows],
        broken=ledger.out_of_balance(rows),
        controls=controls,
        closings=closings,
        may_close=request.user is not None and may(request.user.role, "POST /staff/books/closings"),
        refused=refused,
    )


@post("/staff/books/closings", sync_to_thread=True)
def close(request: Asked, data: Form) -> Response[str] | Redirect:
    """Close the books through the day in the form; where that is refused, the page says why."""
    assert request.user is not None
    text = data.get("through_on", "")
    try:
        through_on = _day(text)
        if through_on is None:
            raise NotADate(text=text[:20])
        database_of(request).act(close_books, through_on=through_on, closed_by=request.user.account_id)
    except Refusal as refusal:
        return _books(request, "", words_of(request).refusal(refusal))
    return go("/staff/books#closings")


@get("/staff/books/accounts/{number:str}", sync_to_thread=True)
def account_page(
    request: Asked,
    number: FromPath[str],
    unit: FromQuery[str] = "",
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
    after: FromQuery[str] = "",
    csv: FromQuery[str] = "",
) -> Response[str]:
    """An account's statement between two booking days, this month unless others are named."""
    words, account = words_of(request), ledger.account_numbered(number)
    with database_of(request).transaction() as db:
        today = house_day(db)
        units = ledger.units_of(db, account)
        unit = unit or (units or ["CNY"])[0]
        last_on = _day(last) or today
        first_on = _day(first) or last_on.replace(day=1)
        if csv:
            lines = list(_all_lines(db, account, unit, first_on, last_on))
            return _statement_sheet(words, f"{number}-{first_on}-{last_on}", lines)
        told = ledger.account_statement(
            db, account, unit, first_on=first_on, last_on=last_on, after=ledger.Place.of(after) if after else None,
            most=SHOWN,
        )  # fmt: skip
    name = account.value.name_zh if words.language == CHINESE else account.value.name_en
    return page(request, "account.html", told=told, name=name, units=units, later=bool(after))


def _all_lines(db: Db, account: Account, unit: str, first_on: date, last_on: date) -> Iterator[ledger.StatementLine]:
    """All lines between two days, read page after page."""
    after, left = None, IN_A_FILE_MAX
    while True:
        told = ledger.account_statement(db, account, unit, first_on=first_on, last_on=last_on, after=after, most=10_000)
        left -= len(told.lines)
        if left < 0:
            raise TooManyLines(lines_max=IN_A_FILE_MAX, first_on=first_on, last_on=last_on)
        yield from told.lines
        after = told.next_after
        if after is None:
            return


def _statement_sheet(words: Words, name: str, lines: list[ledger.StatementLine]) -> Response[str]:
    heads = words.heads("Booked on", "Value date", "Entry", "What", "Borrower", "Loan", "Amount", "Balance")
    return sheet(
        name,
        heads,
        (
            (line.booked_on, line.value_on, line.entry_id, line.what, line.borrower_id, line.loan_id, line.amount,
             line.balance)
            for line in lines
        ),
    )  # fmt: skip


def _name(row: ledger.BalanceRow, words: Words) -> str:
    return row.name_zh if words.language == CHINESE else row.name_en


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
