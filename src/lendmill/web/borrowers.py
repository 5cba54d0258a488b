"""One borrower on one page: shop, rating and why, decisions, lines, loans, and the entries in the books."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.ratings import own_index, rating_read
from lendmill.api.statuses import status
from lendmill.credit import queries as credit
from lendmill.db import Db
from lendmill.features import queries as features
from lendmill.features.catalogue import FEATURES
from lendmill.ledger import queries as ledger
from lendmill.ledger.accounts import BY_NUMBER
from lendmill.loans import queries as loans
from lendmill.loans.receipts.queries import beside
from lendmill.people import queries as people
from lendmill.people.groups.queries import groups_of
from lendmill.people.memberships.actions import set_wholesale
from lendmill.people.memberships.membership import YesOrNoMissing
from lendmill.people.memberships.queries import memberships_of
from lendmill.people.queries import act_today, house_day
from lendmill.people.roles import CREDIT, RATES
from lendmill.people.sign_in.queries import Caller
from lendmill.rating import queries as ratings
from lendmill.rating.telling.kept import opened
from lendmill.rating.telling.queries import questions_of
from lendmill.refusals import Refusal
from lendmill.web.entrance import Form
from lendmill.web.own import product_names
from lendmill.web.pages import go, page, words_of
from lendmill.web.questionnaire import staff_panel
from lendmill.web.rating_parts import range_told, rating_facts, table_named
from lendmill.web.sheets import cents_as_yuan, sheet
from lendmill.web.staff_ratings import day_typed
from lendmill.web.words import CHINESE, Words, marked

SHOWN: Final = 50


@get("/staff/borrowers", sync_to_thread=True)
def borrowers_page(
    request: Asked, after: FromQuery[UUID | None] = None, search: FromQuery[str] = "", csv: FromQuery[str] = ""
) -> Response[str]:
    """Borrowers, by part of a name or a shop where something is searched for."""
    words = words_of(request)
    with database_of(request).transaction() as db:
        found = people.borrowers_page(db, after, search, 500 if csv else SHOWN + 1)
        grades = {each.borrower_id: ratings.latest_rating(db, each.borrower_id) for each in found[:SHOWN]}
    if csv:
        heads = words.heads("Borrower", "Name", "Kind", "Industry", "Region", "Since")
        return sheet(
            "borrowers",
            heads,
            ((b.borrower_id, b.display_name, b.kind, b.industry, b.region, b.member_since_on) for b in found),
        )
    return page(
        request,
        "borrowers.html",
        borrowers=found[:SHOWN],
        grades=grades,
        search=search,
        next_after=found[SHOWN - 1].borrower_id if len(found) > SHOWN else None,
    )


@get("/staff/borrowers/{borrower_id:uuid}", sync_to_thread=True)
def borrower_page(request: Asked, borrower_id: FromPath[UUID], csv: FromQuery[str] = "") -> Response[str]:
    """All the house knows of one borrower; the rating and the decisions for those whose work they are."""
    return _borrower(request, borrower_id, csv=csv)


def _borrower(
    request: Asked,
    borrower_id: UUID,
    *,
    csv: str = "",
    refused: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[str]:
    assert request.user is not None
    words, rated = words_of(request), request.user.role in CREDIT
    with database_of(request).transaction() as db:
        facts = _facts(db, borrower_id, words, rated)
        named = product_names(db, request)
    if csv in SHEETS:
        heads, rows = SHEETS[csv](facts)
        return sheet(f"{csv}-{borrower_id}", words.heads(*heads), rows)
    return page(
        request,
        "borrower.html",
        status_code=status(refused) if refused else 200,
        named=named,
        rated=rated,
        may_say=request.user.role in RATES,
        refused=words.refusal(refused) if refused else "",
        typed=typed or {},
        **facts,
    )


@post("/staff/borrowers/{borrower_id:uuid}/membership", sync_to_thread=True)
def set_membership(request: Asked, borrower_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Say that a shop of the borrower is a wholesale member from a day on, or no longer; a mistake is told there."""
    about = {"borrower_id": borrower_id, "said": dict(data), "by": caller_of(request)}
    try:
        act_today(database_of(request), _set_membership, **about)
    except Refusal as refusal:
        return _borrower(request, borrower_id, refused=refusal, typed=dict(data))
    return go(f"/staff/borrowers/{borrower_id}")


def _set_membership(db: Db, *, borrower_id: UUID, said: dict[str, str], by: Caller, today: date) -> None:
    shop_key = said.get("shop", "")
    if shop_key not in {shop.shop_key for shop in people.shops_of(db, borrower_id)}:
        raise people.NoSuchShop(shop_key=shop_key[:60])
    if said.get("wholesale") not in ("yes", "no"):
        raise YesOrNoMissing
    set_wholesale(
        db, shop_key=shop_key, wholesale=said["wholesale"] == "yes", from_on=day_typed(said.get("from_on", "")),
        told_by=by.account_id, today=today,
    )  # fmt: skip


def _facts(db: Db, borrower_id: UUID, words: Words, rated: bool) -> dict[str, Any]:
    borrower = people.borrower(db, borrower_id)
    today = house_day(db)
    snapshot = features.latest_snapshot(db, borrower_id) if rated else None
    read = rating_read(db, borrower_id) if rated else None
    return {
        "today": today,
        "borrower": borrower,
        "read": read,
        "told": rating_facts(read, words.language) if read else None,
        "index": own_index(db, borrower_id, today) if rated else None,
        "questions": questions_of(db, borrower_id) if rated else [],
        "table_named": table_named,
        "range_told": range_told,
        "shops": people.shops_of(db, borrower_id),
        "memberships": memberships_of(db, borrower_id),
        "groups": groups_of(db, borrower_id, today) if rated else [],
        "standing": credit.standing(db, borrower_id),
        "rating": read.rating if read else None,
        "snapshot": snapshot,
        "features": _named(snapshot, words),
        "decisions": credit.decisions_of(db, borrower_id) if rated else [],
        **(staff_panel(db, borrower_id) if rated else {"questionnaire": None}),
        "lines": credit.lines_of(db, borrower_id),
        "loans": loans.loans_of(db, borrower_id, today),
        "beside": beside(db, borrower_id),
        "entries": _entries(db, borrower_id, words),
    }


def _meaning(feature: Any, words: Words) -> str:
    return str(feature.meaning_zh if words.language == CHINESE else feature.meaning)


def _named(snapshot: features.Snapshot | None, words: Words) -> list[tuple[str, str, float | None, str]]:
    """The facts in the catalogue's order, each with what it means."""
    if snapshot is None:
        return []
    return [
        (feature.name, _meaning(feature, words), snapshot.facts.get(feature.name), words.say(feature.unit))
        for feature in FEATURES
    ]


def _entries(db: Db, borrower_id: UUID, words: Words) -> list[tuple[ledger.EntryLine, str]]:
    chinese = words.language == CHINESE
    lines = ledger.entries_of(db, borrower_id, most=SHOWN)
    rules = {line.account: BY_NUMBER[line.account].value for line in lines}
    return [(line, rules[line.account].name_zh if chinese else rules[line.account].name_en) for line in lines]


Sheet = tuple[tuple[str, ...], list[tuple[Any, ...]]]


def _features_sheet(facts: dict[str, Any]) -> Sheet:
    return marked("Feature", "Meaning", "Value", "Unit"), facts["features"]


def _contributions_sheet(facts: dict[str, Any]) -> Sheet:
    parts = opened(facts["read"].card, facts["rating"].parts) if facts["rating"] else ()
    return marked("Feature", "Range", "Points"), [(part.feature, part.bin, part.points) for part in parts]


def _loans_sheet(facts: dict[str, Any]) -> Sheet:
    heads = marked("Loan", "Status", "Drawn on", "Amount", "Still owed", "Interest", "Penalty interest", "Days late")
    return heads, [
        (
            loan.loan_id,
            loan.status,
            loan.drawn_on,
            cents_as_yuan(loan.principal_cents),
            cents_as_yuan(loan.outstanding_cents),
            cents_as_yuan(loan.interest_cents),
            cents_as_yuan(loan.penalty_cents),
            loan.days_past_due,
        )
        for loan in facts["loans"]
    ]


def _lines_sheet(facts: dict[str, Any]) -> Sheet:
    heads = marked("Line", "Product", "Status", "Limit", "Used", "Reserved", "Opened on", "Valid until")
    return heads, [
        (
            line.line_id,
            line.product_key,
            line.status,
            cents_as_yuan(line.limit_cents),
            cents_as_yuan(line.used_cents),
            cents_as_yuan(line.reserved_cents),
            line.opened_on,
            line.expires_on,
        )
        for line in facts["lines"]
    ]


def _entries_sheet(facts: dict[str, Any]) -> Sheet:
    heads = marked("Entry", "What", "Booked on", "Value date", "Account", "Name", "Unit", "Amount")
    return heads, [
        (line.entry_id, line.what, line.booked_on, line.value_on, line.account, name, line.unit, line.amount)
        for line, name in facts["entries"]
    ]


SHEETS: Final[dict[str, Callable[[dict[str, Any]], Sheet]]] = {
    "features": _features_sheet,
    "rating": _contributions_sheet,
    "loans": _loans_sheet,
    "lines": _lines_sheet,
    "entries": _entries_sheet,
}
