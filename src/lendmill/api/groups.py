"""Borrowers who belong together: what each group has, what is left for it, and saying who belongs, for programs."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from lendmill.api.approvals import ApprovalTold, approval_told, caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.keys import IdempotencyKey, needed
from lendmill.credit.related.exposure import GroupCap, GroupExposure, MemberExposure
from lendmill.credit.related.queries import group_cap, group_exposure, groups_page, members
from lendmill.db import Db
from lendmill.people.approvals.approval import Approval
from lendmill.people.command import Command
from lendmill.people.groups import actions
from lendmill.people.groups.group import Group, Membership
from lendmill.people.groups.queries import groups_of, memberships
from lendmill.people.queries import act_today, house_day
from lendmill.people.sign_in.queries import Caller


@dataclass(frozen=True)
class Relation:
    """Borrowers who belong together from a day on, and where that is known from."""

    kind: str
    named: str
    borrower_ids: list[UUID]
    from_on: date
    source: str


@dataclass(frozen=True)
class Belonging:
    """From which day on a borrower belongs to a group, or no longer does, and where that is known from."""

    from_on: date
    source: str


@dataclass(frozen=True)
class GroupTold:
    """A group with what it has together; `most_cents` and `room_cents` are null where the policy sets no cap."""

    group_id: UUID
    kind: str
    named: str
    made_on: date
    members: int
    granted_cents: int
    owed_cents: int
    late_members: int
    most_cents: int | None
    room_cents: int | None


@dataclass(frozen=True)
class GroupFile:
    """One group: what it has, who belongs to it today, and everything ever said about who does."""

    group: GroupTold
    members: list[MemberExposure]
    history: list[Membership]


def group_told(group: GroupExposure, cap: GroupCap | None) -> GroupTold:
    """A group as it is told outside."""
    return GroupTold(
        group_id=group.group_id,
        kind=group.kind,
        named=group.named,
        made_on=group.made_on,
        members=group.members,
        granted_cents=group.granted_cents,
        owed_cents=group.owed_cents,
        late_members=group.late_members,
        most_cents=cap.most_cents if cap else None,
        room_cents=cap.room_cents(group.granted_cents) if cap else None,
    )


def group_file(db: Db, group_id: UUID, today: date) -> GroupFile:
    """One group with its members and its history, or the refusal `NoSuchGroup`."""
    group = group_exposure(db, group_id, today)
    return GroupFile(group_told(group, group_cap(db, today)), members(db, group_id, today), memberships(db, [group_id]))


@get("/groups", sync_to_thread=True)
def groups(
    request: Asked,
    before: FromQuery[UUID | None] = None,
    kind: FromQuery[str] = "",
    search: FromQuery[str] = "",
    limit: FromQuery[int] = 50,
) -> list[GroupTold]:
    """Groups with what they have together, the newest first; `before` is the last group of the page before."""
    with database_of(request).transaction() as db:
        today = house_day(db)
        cap = group_cap(db, today)
        page = groups_page(db, today, before=before, kind=kind, search=search, size=max(1, limit))
    return [group_told(each, cap) for each in page]


@get("/groups/{group_id:uuid}", sync_to_thread=True)
def group(request: Asked, group_id: FromPath[UUID]) -> GroupFile:
    """One group: what it has together, its members, and everything ever said about who belongs to it."""
    with database_of(request).transaction() as db:
        return group_file(db, group_id, house_day(db))


@get("/borrowers/{borrower_id:uuid}/groups", sync_to_thread=True)
def borrower_groups(request: Asked, borrower_id: FromPath[UUID]) -> list[Group]:
    """Whom a borrower belongs together with today."""
    with database_of(request).transaction() as db:
        return groups_of(db, borrower_id, house_day(db))


@post("/groups", sync_to_thread=True)
def relate(request: Asked, data: JSONBody[Relation]) -> Group:
    """Say that borrowers belong together, from which day on, and where it is known from."""
    return act_today(
        database_of(request),
        actions.relate,
        kind=data.kind,
        named=data.named,
        borrower_ids=data.borrower_ids,
        from_on=data.from_on,
        source=data.source,
        by=caller_of(request),
    )


@put("/groups/{group_id:uuid}/members/{borrower_id:uuid}", sync_to_thread=True)
def add_member(
    request: Asked, group_id: FromPath[UUID], borrower_id: FromPath[UUID], data: JSONBody[Belonging]
) -> Group:
    """Say that a borrower belongs to a group from a day on; said twice it is so once."""
    return act_today(
        database_of(request),
        actions.add_member,
        group_id=group_id,
        borrower_id=borrower_id,
        from_on=data.from_on,
        source=data.source,
        by=caller_of(request),
    )


@post("/groups/{group_id:uuid}/members/{borrower_id:uuid}/parting", sync_to_thread=True)
def part(
    request: Asked,
    group_id: FromPath[UUID],
    borrower_id: FromPath[UUID],
    data: JSONBody[Belonging],
    idempotency_key: IdempotencyKey = None,
) -> ApprovalTold:
    """Propose that a borrower no longer belongs to a group from a day on; another person agrees under `/approvals`."""
    database, key = database_of(request), needed(idempotency_key)
    approval = act_today(
        database, propose_parting, key=key, group_id=group_id, borrower_id=borrower_id, from_on=data.from_on,
        source=data.source, by=caller_of(request),
    )  # fmt: skip
    with database.transaction() as db:
        return approval_told(approval, house_day(db))


def propose_parting(
    db: Db, *, key: str, group_id: UUID, borrower_id: UUID, from_on: date, source: str, by: Caller, today: date
) -> Approval:
    """A parting as any door proposes it: the same key and words are the same proposal."""
    command = Command.of(
        key, action="part", group_id=str(group_id), borrower_id=str(borrower_id), from_on=from_on.isoformat(),
        source=source,
    )  # fmt: skip
    return actions.part(
        db, command=command, group_id=group_id, borrower_id=borrower_id, from_on=from_on, source=source, by=by,
        today=today,
    )  # fmt: skip
