"""The trial balance, account by account, and whether the books equal the loans."""

from datetime import date
from typing import Any

from litestar import Response, get
from litestar.params import FromQuery

from lendmill.api.callers import Asked, database_of
from lendmill.insight import queries as insight
from lendmill.ledger import queries as ledger
from lendmill.people.queries import house_day
from lendmill.web.pages import page, words_of
from lendmill.web.sheets import sheet
from lendmill.web.words import CHINESE


@get("/staff/books", sync_to_thread=True)
def books_page(request: Asked, csv: FromQuery[str] = "", on: FromQuery[str] = "") -> Response[str]:
    """The books as of the end of a day, today unless another is named."""
    words = words_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        as_of = _day(on) or today
        rows = ledger.trial_balance(db, as_of)
        controls = insight.controls(db, today)
    named = [(row, row.name_zh if words.language == CHINESE else row.name_en) for row in rows]
    if csv == "trial-balance":
        heads = words.heads("Account", "Name", "Unit", "Debit", "Credit", "Balance")
        cells: list[tuple[Any, ...]] = [
            (row.account, name, row.unit, row.debit, row.credit, row.balance) for row, name in named
        ]
        return sheet(f"trial-balance-{as_of}", heads, cells)
    return page(
        request,
        "books.html",
        today=today,
        as_of=as_of,
        rows=named,
        broken=ledger.out_of_balance(rows),
        controls=controls,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
