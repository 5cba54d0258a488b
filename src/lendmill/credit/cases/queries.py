"""Reading what a decision may know, for one borrower or for a page of them, by one statement."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from psycopg.types.json import set_json_loads

from lendmill.credit.cases.gathered import Gathered
from lendmill.credit.cases.pages import READ, FilesPage
from lendmill.db import Db, many, one, scalar
from lendmill.people.groups.queries import GROUPS_OF_ONE, MEMBERS_OF_ONE

# An open line counts with its limit, for approval reserves it, and with a raise that waits; a closed one with what is
# still owed on it.
LINE_AMOUNT: Final = """
    case when status = 'closed' or expires_on <= %(today)s
         then reserved_cents + used_cents
         else greatest(limit_cents, raise_to_cents, reserved_cents + used_cents)
     end
"""

_GATHERED: Final = f"""
    select b.borrower_id, b.kind, b.born_on, b.member_since_on, b.region, b.industry, b.identity_verified, b.banned,
           r.rating_id, coalesce(r.shop_id, s.shop_id) as shop_id, r.model_id, m.digest as model_digest,
           r.as_of_on as rated_on, r.points, r.pd, r.grade, r.doubts,
           r.file,
           f.snapshot_id, f.facts, f.as_of_on as facts_as_of_on,
           coalesce(d.outstanding_cents, 0) as outstanding_cents,
           coalesce(d.reserved_cents, 0) as reserved_cents,
           coalesce(d.days_past_due_worst, 0) as days_past_due_worst,
           d.late_since_on,
           coalesce(d.loans_drawn, 0) as loans_drawn,
           coalesce(d.loans_repaid, 0) as loans_repaid,
           l.line_products, l.line_statuses, l.line_amounts,
           g.group_ids, g.group_members, g.group_granted_cents
      from borrower b
      left join lateral (
           select rating_id, shop_id, model_id, as_of_on, points, pd, grade, doubts, snapshot_id,
                  telling -> 'file' ->> 'kind' as file
             from rating
            where rating.borrower_id = b.borrower_id
              and rating.as_of_on <= %(today)s
            order by as_of_on desc, rating_id desc
            limit 1
           ) r on true
      left join model m on m.model_id = r.model_id
      left join lateral (
           select shop_id
             from shop
            where shop.borrower_id = b.borrower_id
            order by shop_id
            limit 1
           ) s on true
      left join lateral (
           select snapshot_id, facts, as_of_on
             from feature_snapshot
            where feature_snapshot.borrower_id = b.borrower_id
              and feature_snapshot.shop_id = r.shop_id
              and feature_snapshot.as_of_on = r.as_of_on
              and (r.snapshot_id is null or feature_snapshot.snapshot_id = r.snapshot_id)
            order by snapshot_id desc
            limit 1
           ) f on true
      left join standing d on d.borrower_id = b.borrower_id
      cross join lateral (
           select coalesce(array_agg(product_key order by line_id), '{{}}') as line_products,
                  coalesce(array_agg(case when expires_on <= %(today)s then 'closed' else status end order by line_id),
                           '{{}}') as line_statuses,
                  coalesce(array_agg({LINE_AMOUNT} order by line_id), '{{}}') as line_amounts
             from line
            where line.borrower_id = b.borrower_id
           ) l
      cross join lateral (
           select coalesce(array_agg(group_id order by group_id), '{{}}') as group_ids,
                  coalesce(max(members), 0)::integer as group_members,
                  coalesce(max(granted_cents), 0)::bigint as group_granted_cents
             from (select own.group_id, count(*) as members, sum(theirs.granted_cents) as granted_cents
                     from ({GROUPS_OF_ONE}) own
                    cross join lateral ({MEMBERS_OF_ONE}) member
                    cross join lateral (
                          select coalesce(sum({LINE_AMOUNT}), 0) as granted_cents
                            from line
                           where line.borrower_id = member.borrower_id
                          ) theirs
                    group by own.group_id) each_group
           ) g
"""

GATHERED = f"""{_GATHERED}
     where b.borrower_id = any(%(borrower_ids)s)
     order by b.borrower_id
"""

# PostgreSQL plans this one once for a connection; how many a list names it does not know, and plans it each time.
GATHERED_OF_ONE = f"""{_GATHERED}
     where b.borrower_id = %(borrower_id)s
"""


def gathered(db: Db, borrower_ids: Sequence[UUID], today: date) -> list[Gathered]:
    """What is known of these borrowers as of today."""
    return many(db, Gathered, GATHERED, borrower_ids=list(borrower_ids), today=today)


def gathered_of_one(db: Db, borrower_id: UUID, today: date) -> Gathered:
    """What is known of one borrower as of today."""
    return one(db, Gathered, GATHERED_OF_ONE, borrower_id=borrower_id, today=today)


GATHERED_IN_ORDER = f"select {', '.join(READ)} from ({GATHERED}) gathered order by borrower_id"
ROWS_AT_ONCE: Final = 500


def gathered_page(db: Db, borrower_ids: Sequence[UUID], today: date, facts: Sequence[str]) -> FilesPage:
    """The same of a page of borrowers, in columns; each row's other facts are let go as soon as it is read."""
    with db.cursor(binary=True) as cursor:
        set_json_loads(_as_written, cursor)
        asked = {"borrower_ids": list(borrower_ids), "today": today}
        return FilesPage.of(cursor.stream(GATHERED_IN_ORDER, asked, size=ROWS_AT_ONCE), facts)


def _as_written(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else bytes(text)


# Capital paid in and taken out; what was earned since does not count before the year's books are closed.
NET_ASSETS = """
    select sum(amount_cents)::bigint from capital_change where booked_on <= %(today)s
"""


def net_assets_cents(db: Db, today: date) -> int | None:
    """The lender's own money, which one borrower may have only a share of; unknown before any was paid in."""
    found = scalar(db, NET_ASSETS, today=today)
    return None if found is None else int(found)
