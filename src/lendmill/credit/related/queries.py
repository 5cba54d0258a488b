"""Groups of related borrowers with what they have together; what counts as granted is what a decision counts."""

from datetime import date
from typing import Final
from uuid import UUID

from lendmill.credit.cases.queries import LINE_AMOUNT, net_assets_cents
from lendmill.credit.publishing.queries import POLICY, STANDARD
from lendmill.credit.related.exposure import GroupCap, GroupExposure, MemberExposure, cap_of
from lendmill.db import Db, many
from lendmill.people.groups.group import NoSuchGroup
from lendmill.people.groups.queries import MEMBERS_OF_ONE
from lendmill.products.publishing.queries import live_last

HAVE: Final = f"""
      left join standing d on d.borrower_id = member.borrower_id
     cross join lateral (
           select coalesce(sum({LINE_AMOUNT}), 0)::bigint as granted_cents
             from line
            where line.borrower_id = member.borrower_id
           ) theirs
"""

EXPOSED = f"""
    select own.group_id, own.kind, own.named, own.made_on, has.members, has.granted_cents, has.owed_cents,
           has.late_members
      from borrower_group own
     cross join lateral (
           select count(*)::integer as members,
                  coalesce(sum(theirs.granted_cents), 0)::bigint as granted_cents,
                  coalesce(sum(d.outstanding_cents + d.reserved_cents), 0)::bigint as owed_cents,
                  count(d.late_since_on)::integer as late_members
             from ({MEMBERS_OF_ONE}) member
             {HAVE.strip()}
           ) has
"""

GROUPS_PAGE = f"""
    {EXPOSED.strip()}
     where (%(before)s::uuid is null or own.group_id < %(before)s::uuid)
       and (%(kind)s::text is null or own.kind = %(kind)s::text)
       and (%(pattern)s::text is null
            or own.named ilike %(pattern)s
            or exists (select
                         from group_membership m
                         join borrower b on b.borrower_id = m.borrower_id
                         left join shop s on s.borrower_id = m.borrower_id
                        where m.group_id = own.group_id
                          and (b.display_name ilike %(pattern)s or s.shop_key ilike %(pattern)s)))
     order by own.group_id desc
     limit %(size)s
"""


def groups_page(
    db: Db, today: date, *, before: UUID | None = None, kind: str = "", search: str = "", size: int = 50
) -> list[GroupExposure]:
    """Groups with what they have together, the newest first, by kind or by part of a name or shop."""
    escaped = search.strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return many(
        db, GroupExposure, GROUPS_PAGE, today=today, before=before, kind=kind or None,
        pattern=f"%{escaped}%" if escaped else None, size=min(size, 500),
    )  # fmt: skip


GROUP_EXPOSURE = f"""
    {EXPOSED.strip()}
     where own.group_id = %(group_id)s
"""


def group_exposure(db: Db, group_id: UUID, today: date) -> GroupExposure:
    """One group with what it has together, or the refusal `NoSuchGroup`."""
    found = many(db, GroupExposure, GROUP_EXPOSURE, group_id=group_id, today=today)
    if not found:
        raise NoSuchGroup(group_id=group_id)
    return found[0]


MEMBERS = f"""
    select member.borrower_id, b.display_name, s.shop_key, member.from_on as since_on, member.source,
           theirs.granted_cents, coalesce(d.outstanding_cents + d.reserved_cents, 0)::bigint as owed_cents,
           d.late_since_on
      from (select distinct on (borrower_id) borrower_id, belongs, from_on, source
              from group_membership
             where group_id = %(group_id)s
               and from_on <= %(today)s
             order by borrower_id, from_on desc, membership_id desc) member
      join borrower b on b.borrower_id = member.borrower_id
      left join lateral (
           select shop_key
             from shop
            where shop.borrower_id = member.borrower_id
            order by shop_id
            limit 1
           ) s on true
      {HAVE.strip()}
     where member.belongs
     order by theirs.granted_cents desc, member.borrower_id
"""


def members(db: Db, group_id: UUID, today: date) -> list[MemberExposure]:
    """The members of a group today, who is granted most first."""
    return many(db, MemberExposure, MEMBERS, group_id=group_id, today=today)


def group_cap(db: Db, today: date) -> GroupCap | None:
    """The most the live policy grants one group, or while lending is paused the one that was live last; None where it
    sets no cap, or the lender's own money is unknown."""
    assets_cents, found = net_assets_cents(db, today), live_last(db, POLICY, STANDARD, today)
    rules = found.group if found else None
    return cap_of(rules, assets_cents) if rules and assets_cents is not None else None
