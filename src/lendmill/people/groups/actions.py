"""Saying who belongs together, and holding a group still while somebody in it is granted something."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.db import Db, many, scalar
from lendmill.people.approvals import actions as approvals
from lendmill.people.approvals import queries as approved
from lendmill.people.approvals.actions import Proposal
from lendmill.people.approvals.approval import Approval
from lendmill.people.approvals.rules import UNTIE
from lendmill.people.command import Command
from lendmill.people.groups import queries, store
from lendmill.people.groups.group import (
    MEMBERS_MAX,
    MEMBERS_MIN,
    Group,
    GroupDayAhead,
    GroupOfOne,
    GroupTooLarge,
    NoSuchGroup,
    NotAMember,
    SaidForLater,
    check_relater,
    kind_of,
    source_given,
)
from lendmill.people.queries import NoSuchBorrower
from lendmill.people.sign_in.queries import Caller

# The groups first, in the order of their ids, then the borrowers in theirs: the inner locks are taken before the outer.
LOCK_RELATED = f"""
    with held as materialized (
        select group_id
          from borrower_group
         where group_id in (select his.group_id
                              from borrower b
                             cross join lateral ({queries.GROUPS_OF_ONE}) his
                             where b.borrower_id = %(borrower_id)s)
         order by group_id
           for update
    )
    select array(select group_id from held) as group_ids
      from borrower
     where borrower_id in (%(borrower_id)s, %(beside)s)
       and (select count(*) from held) >= 0
     order by borrower_id
       for update of borrower
"""


def lock_related(db: Db, borrower_id: UUID, today: date, *, beside: UUID | None = None) -> tuple[UUID, ...]:
    """Take the locks of all groups a borrower belongs to, then the borrower's own, and say which groups they are.

    Somebody who is to belong together with them from now on is locked beside them.

    What is granted to anybody in a group is granted under the group's lock, so that two members at once never pass its
    cap. Whoever reads the group's figures after this holds them against these groups (`GroupsChanged`): somebody may
    have joined another one while this waited.
    """
    found = scalar(db, LOCK_RELATED, borrower_id=borrower_id, beside=beside or borrower_id, today=today)
    if found is None:
        raise NoSuchBorrower(borrower_id=borrower_id)
    return tuple(found)


LOCK_GROUP = """
    select group_id from borrower_group where group_id = %(group_id)s for update
"""

LOCK_BORROWERS = """
    select borrower_id
      from borrower
     where borrower_id = any(%(borrower_ids)s)
     order by borrower_id
       for update
"""


def lock_borrowers(db: Db, borrower_ids: Sequence[UUID]) -> None:
    """Take several borrowers' locks in the order of their ids; refuses with `NoSuchBorrower` where one is missing."""
    found = {row.borrower_id for row in many(db, _Locked, LOCK_BORROWERS, borrower_ids=list(borrower_ids))}
    for borrower_id in borrower_ids:
        if borrower_id not in found:
            raise NoSuchBorrower(borrower_id=borrower_id)


@dataclass(frozen=True, slots=True)
class _Locked:
    borrower_id: UUID


def relate(
    db: Db,
    *,
    kind: str,
    named: str,
    borrower_ids: Sequence[UUID],
    from_on: date,
    source: str,
    by: Caller,
    today: date,
) -> Group:
    """Say that these borrowers belong together from a day on: a new group, with where it is known from.

    Said twice it is one group: the same kind, name and members of today give the group there is.
    """
    check_relater(by.role)
    if from_on > today:
        raise GroupDayAhead(from_on=from_on, today=today)
    said, members = (kind_of(kind), source_given(named)), sorted(set(borrower_ids))
    source_given(source)
    if len(members) < MEMBERS_MIN:
        raise GroupOfOne
    lock_borrowers(db, members)
    for known in queries.groups_of(db, members[0], today):
        if (known.kind, known.named) == said and known.borrower_ids == members:
            return known
    return begin(
        db, kind=kind, named=named, borrower_ids=borrower_ids, from_on=from_on, source=source, told_by=by.account_id,
        today=today,
    )  # fmt: skip


def begin(
    db: Db,
    *,
    kind: str,
    named: str,
    borrower_ids: Sequence[UUID],
    from_on: date,
    source: str,
    told_by: UUID | None,
    today: date,
) -> Group:
    """A new group with its first members; nobody else knows of it yet, so only the borrowers are locked."""
    told, members = source_given(source), tuple(dict.fromkeys(borrower_ids))
    if len(members) > MEMBERS_MAX:
        raise GroupTooLarge(members_max=MEMBERS_MAX)
    group_id = ids.new()
    lock_borrowers(db, members)
    store.add_group(db, group_id=group_id, kind=kind_of(kind), named=source_given(named), today=today)
    for borrower_id in members:
        store.add_membership(
            db, group_id=group_id, borrower_id=borrower_id, belongs=True, from_on=from_on, source=told,
            told_by=told_by, today=today,
        )  # fmt: skip
    return queries.group(db, group_id, today)


def add_member(
    db: Db, *, group_id: UUID, borrower_id: UUID, from_on: date, source: str, by: Caller, today: date
) -> Group:
    """Say that a borrower belongs to a group from a day on; said twice it is so once.

    Refuses with `NotYoursToRelate`, `GroupDayAhead`, `SourceMissing`, `NoSuchGroup`, `NoSuchBorrower`, `GroupTooLarge`,
    and `SaidForLater` where a row of a later day would still hold.
    """
    check_relater(by.role)
    if from_on > today:
        raise GroupDayAhead(from_on=from_on, today=today)
    told = source_given(source)
    _lock_group(db, group_id)
    lock_borrowers(db, [borrower_id])
    now = queries.group(db, group_id, today)
    if borrower_id in now.borrower_ids:
        return now
    if len(now.borrower_ids) >= MEMBERS_MAX:
        raise GroupTooLarge(members_max=MEMBERS_MAX)
    return _said(
        db, group_id=group_id, borrower_id=borrower_id, belongs=True, from_on=from_on, source=told,
        told_by=by.account_id, today=today,
    )  # fmt: skip


def part(
    db: Db, *, command: Command, group_id: UUID, borrower_id: UUID, from_on: date, source: str, by: Caller, today: date
) -> Approval:
    """Propose that a borrower no longer belongs to a group from a day on: it frees what the cap held, so two agree.

    The same key twice is the same proposal once. Refuses with `NotYoursToRelate`, `GroupDayAhead`, `SourceMissing`,
    `NoSuchGroup`, `NoSuchBorrower`, `NotAMember`, `SaidForLater`, and as proposing does.
    """
    check_relater(by.role)
    if from_on > today:
        raise GroupDayAhead(from_on=from_on, today=today)
    told = source_given(source)
    _lock_group(db, group_id)
    proposal = Proposal(
        kind=UNTIE, borrower_id=borrower_id, loan_id=None, amount_cents=None, reason=told,
        body={
            "group_id": str(group_id), "named": queries.group(db, group_id, today).named,
            "from_on": from_on.isoformat(),
        },
    )  # fmt: skip
    return approvals.propose(db, proposal, command=command, by=by, today=today, carry_out=_parts(today))


def agree_to_part(
    db: Db, *, command: Command, approval_id: UUID, by: Caller, today: date, reason: str = ""
) -> Approval:
    """Another person agrees that a borrower no longer belongs to a group; from then on it is so, or all is as before.

    Refuses with `NotAMember`, `SaidForLater`, and as approving does.
    """
    _lock_group(db, UUID(approved.approval(db, approval_id).body["group_id"]))
    return approvals.approve(
        db, command=command, approval_id=approval_id, by=by, today=today, carry_out=_parts(today), reason=reason
    )


def _parts(today: date) -> approvals.CarryOut:
    """What carries out a parting, under the locks of the group and the borrower."""

    def carry_out(db: Db, approval: Approval) -> None:
        group_id = UUID(approval.body["group_id"])
        if approval.borrower_id not in queries.group(db, group_id, today).borrower_ids:
            raise NotAMember(named=approval.body["named"])
        _said(
            db, group_id=group_id, borrower_id=approval.borrower_id, belongs=False,
            from_on=date.fromisoformat(approval.body["from_on"]), source=approval.reason,
            told_by=approval.proposed_by, today=today,
        )  # fmt: skip

    return carry_out


def _lock_group(db: Db, group_id: UUID) -> None:
    if scalar(db, LOCK_GROUP, group_id=group_id) is None:
        raise NoSuchGroup(group_id=group_id)


def _said(
    db: Db,
    *,
    group_id: UUID,
    borrower_id: UUID,
    belongs: bool,
    from_on: date,
    source: str,
    told_by: UUID,
    today: date,
) -> Group:
    """Write down who belongs or no longer does; what would change nothing today is refused."""
    store.add_membership(
        db, group_id=group_id, borrower_id=borrower_id, belongs=belongs, from_on=from_on, source=source,
        told_by=told_by, today=today,
    )  # fmt: skip
    after = queries.group(db, group_id, today)
    if (borrower_id in after.borrower_ids) != belongs:
        said_on = max(each.from_on for each in queries.memberships(db, [group_id]) if each.borrower_id == borrower_id)
        raise SaidForLater(from_on=said_on)
    return after
