"""Drawing on a line: amount, way of repaying and term, what it will cost, and only then the button."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill import money
from lendmill.api.callers import Asked, database_of
from lendmill.credit import queries as credit
from lendmill.credit.lines.line import Line
from lendmill.loans import actions as loan_actions
from lendmill.loans.quote import quote_draw
from lendmill.people.command import Command
from lendmill.people.queries import act_today, house_day
from lendmill.products import queries as products
from lendmill.refusals import Refusal
from lendmill.web.entrance import Form
from lendmill.web.own import form_key, product_names, seller_of
from lendmill.web.pages import go, page, words_of

STEP_CENTS = 10_000
TERMS = (1, 3, 6, 9, 12, 18, 24)
LETTERS_MAX = 15


@dataclass(frozen=True)
class Wish:
    """What the seller would like to draw, as typed and as read."""

    amount: str
    amount_cents: int
    method: str
    months: int
    mistake: str = ""


@get("/borrow", sync_to_thread=True)
def choose_line(request: Asked) -> Response[str] | Redirect:
    """The lines to draw on; with one there is nothing to choose."""
    with database_of(request).transaction() as db:
        open_lines = [line for line in credit.lines_of(db, seller_of(request)) if line.status == "open"]
        named = product_names(db, request)
    if len(open_lines) == 1:
        return go(f"/borrow/{open_lines[0].line_id}")
    return page(request, "choose_line.html", lines=open_lines, named=named)


@get("/borrow/{line_id:uuid}", sync_to_thread=True)
def borrow_page(
    request: Asked,
    line_id: FromPath[UUID],
    amount: FromQuery[str] = "",
    method: FromQuery[str] = "",
    months: FromQuery[str] = "",
) -> Response[str]:
    """The form, with the cost of what it says below it."""
    return page(request, "borrow.html", **_facts(request, line_id, amount, method, months))


@get("/borrow/{line_id:uuid}/cost", sync_to_thread=True)
def cost(
    request: Asked,
    line_id: FromPath[UUID],
    amount: FromQuery[str] = "",
    method: FromQuery[str] = "",
    months: FromQuery[str] = "",
) -> Response[str]:
    """The cost alone, for the form that is open; the button to confirm is part of it."""
    return page(request, "cost.html", **_facts(request, line_id, amount, method, months))


def _facts(request: Asked, line_id: UUID, amount: str, method: str, months: str) -> dict[str, Any]:
    with database_of(request).transaction() as db:
        today = house_day(db)
        line = credit.line(db, seller_of(request), line_id)
        product = products.product(db, line.product_key, line.product_version)
        named = product_names(db, request)
    wish = _wish(request, line, product.draw_min_cents, amount, method, months)
    quote = None
    if not wish.mistake:
        quote = quote_draw(
            line, product, amount_cents=wish.amount_cents, method=wish.method, months=wish.months, on=today
        )
    return {
        "line": line,
        "product": product,
        "named": named,
        "wish": wish,
        "quote": quote,
        "terms": [term for term in TERMS if term <= line.months_max],
        "step_cents": STEP_CENTS,
        "today": today,
        "refused": "",
    }


def _wish(request: Asked, line: Line, least_cents: int, amount: str, method: str, months: str) -> Wish:
    """Read the form; what cannot be read stays as typed, with one sentence beside it."""
    words = words_of(request)
    suggested = min(line.available_cents, max(least_cents, line.available_cents // 2 // STEP_CENTS * STEP_CENTS))
    typed = amount or money.yuan(suggested).removesuffix(".00")
    chosen = method if method in line.methods else line.methods[0]
    term = int(months) if months in map(str, range(1, line.months_max + 1)) else min(3, line.months_max)
    try:
        asked_cents = money.cents(typed)
    except money.NotAnAmount as refusal:
        return Wish(typed, 0, chosen, term, words.refusal(refusal))
    mistake = ""
    if asked_cents > line.available_cents:
        mistake = words.say("You can draw at most {amount}.", amount=words.round_money(line.available_cents))
    elif asked_cents < least_cents:
        mistake = words.say("The smallest amount is {amount}.", amount=words.round_money(least_cents))
    return Wish(typed, asked_cents, chosen, term, mistake)


def _whole(data: dict[str, str], name: str) -> int:
    """A hidden number of the form; one that somebody changed into something else is no amount."""
    text = data.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= LETTERS_MAX):
        raise money.NotAnAmount(text=text[:LETTERS_MAX])
    return int(text)


@post("/borrow/{line_id:uuid}", sync_to_thread=True)
def draw(request: Asked, line_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Confirm: exactly what was shown is drawn, once, however often the form is sent."""
    borrower_id, database = seller_of(request), database_of(request)
    amount_cents, method, months = _whole(data, "amount_cents"), data.get("method", ""), _whole(data, "months")
    command = Command.of(
        form_key(data), action="draw", line_id=str(line_id), amount_cents=amount_cents, method=method, months=months
    )
    try:
        drawn = act_today(
            database,
            loan_actions.draw,
            command=command,
            borrower_id=borrower_id,
            line_id=line_id,
            amount_cents=amount_cents,
            method=method,
            months=months,
        )
    except Refusal as refusal:
        facts = _facts(request, line_id, money.yuan(amount_cents), method, str(months))
        facts["refused"] = words_of(request).refusal(refusal)
        return page(request, "borrow.html", status_code=409, **facts)
    return go(f"/loans/{drawn.loan_id}")
