"""Related borrowers on the command line: what each group has, one group, and saying who belongs together."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

if TYPE_CHECKING:
    from lendmill.api.groups import GroupTold
    from lendmill.db import Database

commands = typer.Typer()
groups = typer.Typer(help="Borrowers who belong together, and are granted no more together than one group may have.")
commands.add_typer(groups, name="groups")

Id = Annotated[UUID, typer.Argument(help="The group's id; `lendmill groups list` shows them.")]
By = Annotated[str, typer.Option(help="The sign-in name of whoever says so.")]
Source = Annotated[str, typer.Option(help="How it is known, and why.")]
From = Annotated[str, typer.Option("--from", help="From which day on, such as 2026-05-01; default: today.")]


@groups.command("list")
def list_groups(
    search: Annotated[str, typer.Option(help="Part of a group's name, a member's or a shop's.")] = "",
) -> None:
    """Every group with what its members are granted and owe together, and what is left for them."""
    from lendmill.api.groups import group_told
    from lendmill.cli import opened
    from lendmill.credit.related.queries import group_cap, groups_page
    from lendmill.people.queries import house_day

    before = None
    with opened.database() as database, database.transaction() as db:
        today = house_day(db)
        cap = group_cap(db, today)
        while page := groups_page(db, today, before=before, search=search):
            for each in page:
                _print(group_told(each, cap))
            before = page[-1].group_id
    if before is None:
        print("Nobody belongs together yet." if not search else "No group is found.")


@groups.command()
def show(group: Id) -> None:
    """One group: its members today, and everything ever said about who belongs to it."""
    from lendmill.api.groups import group_file
    from lendmill.cli import opened
    from lendmill.money import yuan
    from lendmill.people.queries import house_day

    with opened.database() as database, database.transaction() as db:
        told = group_file(db, group, house_day(db))
    _print(told.group)
    for each in told.members:
        late = f"  late since {each.late_since_on}" if each.late_since_on else ""
        granted, owed = yuan(each.granted_cents), yuan(each.owed_cents)
        shop = f" ({each.shop_key})" if each.shop_key else ""
        print(f"  {each.borrower_id}  {each.display_name}{shop}  granted {granted}  owes {owed}{late}")
    for said in told.history:
        what = "belongs from" if said.belongs else "no longer from"
        who = said.teller or "the house"
        print(f"  {said.told_on}  {said.display_name} {what} {said.from_on}  {who}: {said.source}")


def _print(group: "GroupTold") -> None:
    from lendmill.money import yuan

    room = "no cap" if group.room_cents is None else f"left {yuan(group.room_cents)}"
    late = f"  late: {group.late_members}" if group.late_members else ""
    print(f"{group.group_id}  {group.kind}  {group.named}  members: {group.members}{late}")
    print(f"  granted {yuan(group.granted_cents)}  owes {yuan(group.owed_cents)}  {room}")


@groups.command()
def relate(
    kind: Annotated[str, typer.Argument(help="household, representative or guarantee.")],
    named: Annotated[str, typer.Argument(help="What the group is called.")],
    members: Annotated[list[str], typer.Argument(help="Shops, or numbers of borrowers; at least two.")],
    by: By,
    source: Source,
    from_on: From = "",
) -> None:
    """Say that borrowers belong together: a new group. Said twice it is one group."""
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.people.groups import actions
    from lendmill.people.groups.queries import borrowers_named
    from lendmill.people.queries import house_day

    with opened.database() as database:
        caller = member(database, by)
        with database.transaction() as db:
            today, borrower_ids = house_day(db), borrowers_named(db, members)
        group = database.act(
            actions.relate, kind=kind, named=named, borrower_ids=borrower_ids,
            from_on=_day(from_on, today), source=source, by=caller, today=today,
        )  # fmt: skip
    print(f"group {group.group_id}: members: {len(group.borrower_ids)}")


@groups.command()
def tie(group: Id, who: Annotated[str, typer.Argument(help="A shop, or a borrower's number.")], by: By, source: Source,
        from_on: From = "") -> None:  # fmt: skip
    """Say that somebody else belongs to a group."""
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.people.groups import actions

    with opened.database() as database:
        found = database.act(
            actions.add_member, source=source, by=member(database, by), **_about(database, group, who, from_on)
        )
    print(f"group {found.group_id}: members: {len(found.borrower_ids)}")


@groups.command()
def untie(group: Id, who: Annotated[str, typer.Argument(help="A shop, or a borrower's number.")], by: By,
          source: Source, from_on: From = "") -> None:  # fmt: skip
    """Propose that somebody no longer belongs to a group; another person agrees with `lendmill approvals approve`."""
    from lendmill import ids
    from lendmill.api.groups import propose_parting
    from lendmill.cli import opened
    from lendmill.cli.approvals import member

    with opened.database() as database:
        approval = database.act(
            propose_parting, key=str(ids.new()), source=source, by=member(database, by),
            **_about(database, group, who, from_on),
        )  # fmt: skip
    print(f"approval {approval.approval_id}: waits for a second person until {approval.expires_on}")


def _about(database: "Database", group_id: UUID, who: str, from_on: str) -> dict[str, Any]:
    """Which group, whom, from which day, and what day it is."""
    from lendmill.people.groups.queries import borrowers_named
    from lendmill.people.queries import house_day

    with database.transaction() as db:
        today, (borrower_id,) = house_day(db), borrowers_named(db, [who])
    return {"group_id": group_id, "borrower_id": borrower_id, "from_on": _day(from_on, today), "today": today}


def _day(text: str, otherwise: date) -> date:
    from lendmill.cli.shops import NotADay

    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError:
        raise NotADay(text=text) from None
