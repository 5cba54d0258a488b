"""Groups of related borrowers (关联方): what they have together, what is left for them, and saying who belongs."""

from datetime import date
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.groups import group_file, propose_parting
from lendmill.api.statuses import status
from lendmill.credit.related.queries import group_cap, groups_page
from lendmill.db import Db
from lendmill.people.approvals.approval import Approval
from lendmill.people.groups import actions
from lendmill.people.groups.group import RELATERS, Group
from lendmill.people.groups.queries import borrowers_named
from lendmill.people.queries import act_today, house_day
from lendmill.people.sign_in.queries import Caller
from lendmill.refusals import Refusal
from lendmill.web import names
from lendmill.web.entrance import Form
from lendmill.web.own import form_key
from lendmill.web.pages import go, page, words_of
from lendmill.web.sheets import cents_as_yuan, sheet
from lendmill.web.staff_ratings import day_typed

SHOWN: Final = 50
CSV_ROWS: Final = 500
NOTHING_TYPED: Final[dict[str, str]] = {}


@get("/staff/groups", sync_to_thread=True)
def all_groups(
    request: Asked,
    before: FromQuery[UUID | None] = None,
    kind: FromQuery[str] = "",
    search: FromQuery[str] = "",
    csv: FromQuery[str] = "",
) -> Response[str]:
    """Groups with what they have together, the newest first, by kind or by part of a name or shop."""
    return _groups(request, before=before, kind=kind, search=search, csv=bool(csv))


def _groups(
    request: Asked,
    *,
    before: UUID | None = None,
    kind: str = "",
    search: str = "",
    csv: bool = False,
    refused: Refusal | None = None,
    typed: dict[str, str] = NOTHING_TYPED,
) -> Response[str]:
    kind, words = kind if kind in names.GROUP_KINDS else "", words_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        cap = group_cap(db, today)
        found = groups_page(db, today, before=before, kind=kind, search=search, size=CSV_ROWS if csv else SHOWN + 1)
    if csv:
        heads = words.heads(
            "Group",
            "Why they belong together",
            "Name",
            "Written down on",
            "Members",
            "Granted",
            "Owes",
            "Members late",
            "Left",
        )
        return sheet("groups", heads, (
            (
                each.group_id, words.say(names.GROUP_KINDS[each.kind]), each.named, each.made_on, each.members,
                cents_as_yuan(each.granted_cents), cents_as_yuan(each.owed_cents), each.late_members,
                cents_as_yuan(cap.room_cents(each.granted_cents)) if cap else None,
            )
            for each in found
        ))  # fmt: skip
    return page(
        request,
        "groups.html",
        status_code=status(refused) if refused else 200,
        groups=found[:SHOWN],
        next_before=found[SHOWN - 1].group_id if len(found) > SHOWN else None,
        kind=kind,
        search=search,
        cap=cap,
        today=today,
        may=caller_of(request).role in RELATERS,
        typed=typed,
        refused=words.refusal(refused) if refused else "",
    )


@post("/staff/groups", sync_to_thread=True)
def relate(request: Asked, data: Form) -> Response[str] | Redirect:
    """Say that borrowers belong together; where that is refused the page says why and keeps what was typed."""
    try:
        group = act_today(database_of(request), _relate, said=dict(data), by=caller_of(request))
    except Refusal as refusal:
        return _groups(request, refused=refusal, typed=dict(data))
    return go(f"/staff/groups/{group.group_id}")


def _relate(db: Db, *, said: dict[str, str], by: Caller, today: date) -> Group:
    return actions.relate(
        db,
        kind=said.get("kind", ""),
        named=said.get("named", ""),
        borrower_ids=borrowers_named(db, said.get("members", "").split()),
        from_on=day_typed(said.get("from_on", "")),
        source=said.get("source", ""),
        by=by,
        today=today,
    )


@get("/staff/groups/{group_id:uuid}", sync_to_thread=True)
def group_page(request: Asked, group_id: FromPath[UUID], csv: FromQuery[str] = "") -> Response[str]:
    """One group: its members, what they have, what is left for them, and everything said about who belongs."""
    return _group(request, group_id, csv=csv)


def _group(
    request: Asked,
    group_id: UUID,
    *,
    csv: str = "",
    refused: Refusal | None = None,
    typed: dict[str, str] = NOTHING_TYPED,
) -> Response[str]:
    words = words_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        told, cap = group_file(db, group_id, today), group_cap(db, today)
    if csv == "members":
        heads = words.heads("Borrower", "Name", "Shop", "From", "Source", "Granted", "Owes", "Late since")
        return sheet(f"group-{group_id}", heads, (
            (
                each.borrower_id, each.display_name, each.shop_key, each.since_on, each.source,
                cents_as_yuan(each.granted_cents), cents_as_yuan(each.owed_cents), each.late_since_on,
            )
            for each in told.members
        ))  # fmt: skip
    if csv == "history":
        heads = words.heads("Borrower", "Name", "Belongs", "From", "Source", "Who said so", "Said on")
        return sheet(f"group-{group_id}-history", heads, (
            (
                each.borrower_id, each.display_name, words.say("yes") if each.belongs else words.say("no"),
                each.from_on, each.source, each.teller, each.told_on,
            )
            for each in told.history
        ))  # fmt: skip
    return page(
        request,
        "group.html",
        status_code=status(refused) if refused else 200,
        told=told,
        cap=cap,
        today=today,
        may=caller_of(request).role in RELATERS,
        typed=typed,
        refused=words.refusal(refused) if refused else "",
    )


@post("/staff/groups/{group_id:uuid}/members", sync_to_thread=True)
def tie(request: Asked, group_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Say that a borrower belongs to the group from a day on, and how that is known."""
    try:
        act_today(database_of(request), _tie, group_id=group_id, said=dict(data), by=caller_of(request))
    except Refusal as refusal:
        return _group(request, group_id, refused=refusal, typed=dict(data))
    return go(f"/staff/groups/{group_id}")


def _tie(db: Db, *, group_id: UUID, said: dict[str, str], by: Caller, today: date) -> Group:
    (borrower_id,) = borrowers_named(db, [said.get("member", "").strip()])
    return actions.add_member(
        db,
        group_id=group_id,
        borrower_id=borrower_id,
        from_on=day_typed(said.get("from_on", "")),
        source=said.get("source", ""),
        by=by,
        today=today,
    )


@post("/staff/groups/{group_id:uuid}/parting", sync_to_thread=True)
def part(request: Asked, group_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Propose that a borrower no longer belongs to the group from a day on; another person agrees."""
    try:
        approval = act_today(database_of(request), _part, group_id=group_id, said=dict(data), by=caller_of(request))
    except Refusal as refusal:
        return _group(request, group_id, refused=refusal)
    return go(f"/staff/approvals/{approval.approval_id}")


def _part(db: Db, *, group_id: UUID, said: dict[str, str], by: Caller, today: date) -> Approval:
    (borrower_id,) = borrowers_named(db, [said.get("member", "").strip()])
    return propose_parting(
        db, key=form_key(said), group_id=group_id, borrower_id=borrower_id, source=said.get("source", ""),
        from_on=day_typed(said.get("from_on", "")), by=by, today=today,
    )  # fmt: skip
