"""Adjustments as they stand, and those in force on a day as it was known on that day."""

from datetime import date
from typing import Final
from uuid import UUID

from lendmill.db import Db, many, maybe, scalar
from lendmill.rating.adjusting.table import Adjustment, NoSuchAdjustment

COLUMNS: Final = """
           a.adjustment_id, a.ends, a.industry, a.region, a.points, a.from_on, a.until_on, a.reason, a.source,
           a.proposed_by, p.display_name as proposer, a.proposed_on,
           d.outcome, d.decided_by, s.display_name as decider, d.decided_on, d.reason as decided_why,
           ended.until_on as ended_until_on
      from rating_adjustment a
      join account p on p.account_id = a.proposed_by
      left join rating_adjustment_decision d on d.adjustment_id = a.adjustment_id
      left join account s on s.account_id = d.decided_by
      left join lateral (
           select min(e.until_on) as until_on
             from rating_adjustment e
             join rating_adjustment_decision agreed on agreed.adjustment_id = e.adjustment_id
            where e.ends = a.adjustment_id
              and agreed.outcome = 'approved'
              and agreed.decided_on <= coalesce(%(known_on)s::date, agreed.decided_on)
           ) ended on true
"""

ADJUSTMENT = f"""
    select {COLUMNS}
     where a.adjustment_id = %(adjustment_id)s
"""


def adjustment(db: Db, adjustment_id: UUID) -> Adjustment:
    """One adjustment, or the refusal `NoSuchAdjustment`."""
    found = maybe(db, Adjustment, ADJUSTMENT, adjustment_id=adjustment_id, known_on=None)
    if found is None:
        raise NoSuchAdjustment(adjustment_id=adjustment_id)
    return found


ADJUSTMENTS = f"""
    select {COLUMNS}
     where (%(before)s::uuid is null or a.adjustment_id < %(before)s::uuid)
     order by a.adjustment_id desc
     limit %(size)s
"""


def adjustments(db: Db, *, before: UUID | None = None, size: int = 50) -> list[Adjustment]:
    """All that was ever proposed, the latest first, a page at a time."""
    return many(db, Adjustment, ADJUSTMENTS, before=before, size=min(size, 500), known_on=None)


CONCERNED = """
    select exists (
           select 1
             from borrower
            where (%(industry)s::text is null or industry = %(industry)s::text)
              and (%(region)s::text is null or region = %(region)s::text)
           )
"""


def concerns_anybody(db: Db, industry: str | None, region: str | None) -> bool:
    """Whether any borrower is of this industry and region: a word misspelled concerns nobody."""
    return bool(scalar(db, CONCERNED, industry=industry, region=region))


SAME = f"""
    select {COLUMNS}
     where d.outcome is null
       and a.proposed_by = %(proposed_by)s
       and (a.ends, a.industry, a.region, a.points, a.from_on, a.until_on, a.reason, a.source)
           is not distinct from
           (%(ends)s::uuid, %(industry)s::text, %(region)s::text, %(points)s::integer, %(from_on)s::date,
            %(until_on)s::date, %(reason)s::text, %(source)s::text)
     limit 1
"""


def same_waiting(db: Db, **proposed: object) -> Adjustment | None:
    """The very same proposal by the same person that still waits: a form sent twice proposes once."""
    return maybe(db, Adjustment, SAME, known_on=None, **proposed)


IN_FORCE = f"""
    select {COLUMNS}
     where a.ends is null
       and d.outcome = 'approved'
       and d.decided_on <= %(known_on)s
       and a.from_on <= %(on)s
       and (a.until_on is null or a.until_on >= %(on)s)
       and (ended.until_on is null or ended.until_on >= %(on)s)
     order by a.adjustment_id
"""


def in_force(db: Db, on: date) -> list[Adjustment]:
    """What is in force on a day, by what had been agreed on that day: a later decision changes no earlier rating."""
    return many(db, Adjustment, IN_FORCE, on=on, known_on=on)
