"""Who belongs together today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from lendmill.db import Db, many
from lendmill.people.groups.group import Group, Membership, NobodyByThatName, NoSuchGroup

# As of a day, the groups of one borrower `b` of an outer query, and the members of one group `own`; both by index.
GROUPS_OF_ONE: Final = """
    select group_id
      from (select distinct on (group_id) group_id, belongs
              from group_membership
             where borrower_id = b.borrower_id
               and from_on <= %(today)s
             order by group_id, from_on desc, membership_id desc) latest
     where belongs
"""

MEMBERS_OF_ONE: Final = """
    select borrower_id
      from (select distinct on (borrower_id) borrower_id, belongs
              from group_membership
             where group_id = own.group_id
               and from_on <= %(today)s
             order by borrower_id, from_on desc, membership_id desc) latest
     where belongs
"""

GROUPS_OF = f"""
    select own.group_id, own.kind, own.named, own.made_on,
           array(select member.borrower_id from ({MEMBERS_OF_ONE}) member order by member.borrower_id) as borrower_ids
      from borrower b
     cross join lateral ({GROUPS_OF_ONE}) his
      join borrower_group own on own.group_id = his.group_id
     where b.borrower_id = %(borrower_id)s
     order by own.group_id
"""


def groups_of(db: Db, borrower_id: UUID, today: date) -> list[Group]:
    """The groups a borrower belongs to today, each with all its members."""
    return many(db, Group, GROUPS_OF, borrower_id=borrower_id, today=today)


GROUP = f"""
    select own.group_id, own.kind, own.named, own.made_on,
           array(select member.borrower_id from ({MEMBERS_OF_ONE}) member order by member.borrower_id) as borrower_ids
      from borrower_group own
     where own.group_id = %(group_id)s
"""


def group(db: Db, group_id: UUID, today: date) -> Group:
    """One group, or the refusal `NoSuchGroup`."""
    found = many(db, Group, GROUP, group_id=group_id, today=today)
    if not found:
        raise NoSuchGroup(group_id=group_id)
    return found[0]


MEMBERSHIPS = """
    select m.membership_id, m.group_id, m.borrower_id, b.display_name, m.belongs, m.from_on, m.source, m.told_by,
           a.display_name as teller, m.told_on, m.made_at
      from group_membership m
      join borrower b on b.borrower_id = m.borrower_id
      left join account a on a.account_id = m.told_by
     where m.group_id = any(%(group_ids)s)
     order by m.group_id, m.membership_id
"""


def memberships(db: Db, group_ids: list[UUID]) -> list[Membership]:
    """Everything ever said about who belongs to these groups, in the order in which it was said."""
    return many(db, Membership, MEMBERSHIPS, group_ids=group_ids)


NAMED = """
    select named, coalesce(s.borrower_id, b.borrower_id) as borrower_id
      from unnest(%(names)s::text[]) named
      left join shop s on s.shop_key = named
      left join borrower b on b.borrower_id::text = lower(named)
     where s.borrower_id is not null
        or b.borrower_id is not null
"""


@dataclass(frozen=True, slots=True)
class _Named:
    named: str
    borrower_id: UUID


def borrowers_named(db: Db, names: Sequence[str]) -> list[UUID]:
    """Borrowers by a shop of theirs or by their number, in the order named; else the refusal `NobodyByThatName`."""
    found = {each.named: each.borrower_id for each in many(db, _Named, NAMED, names=list(names))}
    for name in names:
        if name not in found:
            raise NobodyByThatName(named=name[:60])
    return [found[name] for name in names]
