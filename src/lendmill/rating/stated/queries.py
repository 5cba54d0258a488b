"""What a seller has stated, what the record said at that time, and what others of the trade state."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from lendmill.db import Db, many, maybe, scalar
from lendmill.rating.stated.figures import StatedFigures
from lendmill.rating.stated.peers import PEERS_MIN, PeerSpread


@dataclass(frozen=True, slots=True)
class StatedVersion:
    """One confirmed version of a borrower's stated figures, with the shop they came to us with."""

    stated_id: UUID
    borrower_id: UUID
    shop_id: UUID
    n: int
    figures: dict[str, Any]
    stated_on: date
    stated_at: datetime

    @property
    def said(self) -> StatedFigures:
        """The figures."""
        return msgspec.convert(self.figures, StatedFigures)


COLUMNS: Final = "stated_id, borrower_id, shop_id, n, figures, stated_on, stated_at"

VERSIONS = f"""
    select {COLUMNS}
      from stated_version
     where borrower_id = %(borrower_id)s
     order by n desc, stated_id desc
"""


def stated_versions(db: Db, borrower_id: UUID) -> list[StatedVersion]:
    """All versions, the newest first: a year's figures are the borrower's, whichever of their shops is judged."""
    return many(db, StatedVersion, VERSIONS, borrower_id=borrower_id)


def figures_stated(db: Db, borrower_id: UUID) -> StatedVersion | None:
    """The figures of a year that count: those the borrower stated last."""
    versions = stated_versions(db, borrower_id)
    return versions[0] if versions else None


DRAFT = """
    select typed
      from stated_draft
     where borrower_id = %(borrower_id)s
       and shop_id = %(shop_id)s
"""


def stated_draft(db: Db, borrower_id: UUID, shop_id: UUID) -> dict[str, str] | None:
    """What was typed and not yet confirmed."""
    found = scalar(db, DRAFT, borrower_id=borrower_id, shop_id=shop_id)
    return None if found is None else dict(found)


@dataclass(frozen=True, slots=True)
class RecordThen:
    """The facts of a shop as of a day."""

    facts: dict[str, float | None]
    as_of_on: date


RECORD_THEN = """
    select facts, as_of_on
      from feature_snapshot
     where borrower_id = %(borrower_id)s
       and shop_id = %(shop_id)s
     order by as_of_on > %(on)s, abs(as_of_on - %(on)s::date), snapshot_id desc
     limit 1
"""


def record_then(db: Db, borrower_id: UUID, shop_id: UUID, on: date) -> RecordThen | None:
    """What the record said when figures were stated: the last facts of that time, else the first after it."""
    return maybe(db, RecordThen, RECORD_THEN, borrower_id=borrower_id, shop_id=shop_id, on=on)


@dataclass(frozen=True, slots=True)
class _Spread:
    ratio: str
    peers: int
    quarter: float
    half: float
    three_quarters: float


# The newest version of each other seller of the trade, beside the newest facts of its shop.
PEERS = """
    with newest as (
        select distinct on (v.borrower_id, v.shop_id) v.borrower_id, v.shop_id, v.figures
          from stated_version v
          join borrower b on b.borrower_id = v.borrower_id
         where b.industry = %(industry)s
           and v.borrower_id <> %(borrower_id)s
           and v.stated_on between %(today)s::date - 365 and %(today)s
         order by v.borrower_id, v.shop_id, v.n desc
    ), stated as (
        select (n.figures ->> 'sales_year_cents')::float8 / 100
                   * coalesce((n.figures ->> 'platform_share')::float8, 1) as sales,
               (n.figures ->> 'net_margin')::float8 as net_margin,
               (n.figures ->> 'top1_share')::float8 as top1_share,
               (n.figures ->> 'liabilities_cents')::float8
                   / nullif((n.figures ->> 'assets_cents')::float8, 0) as debt_share,
               nullif(f.seen, 0) as seen
          from newest n
          left join lateral (
               select (facts ->> 'sales_net_365')::float8 as seen
                 from feature_snapshot
                where (borrower_id, shop_id) = (n.borrower_id, n.shop_id)
                  and as_of_on <= %(today)s
                order by as_of_on desc, snapshot_id desc
                limit 1
               ) f on true
    ), ratios as (
        select r.ratio, r.value
          from stated s
         cross join lateral (values ('sales_to_seen', s.sales / s.seen), ('net_margin', s.net_margin),
                                    ('top1_share', s.top1_share), ('debt_share', s.debt_share)) as r (ratio, value)
         where r.value is not null
    )
    select ratio, count(*)::integer as peers,
           percentile_cont(0.25) within group (order by value) as quarter,
           percentile_cont(0.5) within group (order by value) as half,
           percentile_cont(0.75) within group (order by value) as three_quarters
      from ratios
     group by ratio
"""


def peer_spreads(db: Db, borrower_id: UUID, industry: str, today: date) -> dict[str, PeerSpread]:
    """How sellers of the same trade state the same ratios; left out where too few do."""
    found = many(db, _Spread, PEERS, borrower_id=borrower_id, industry=industry, today=today)
    return {
        each.ratio: PeerSpread(each.ratio, each.peers, each.quarter, each.half, each.three_quarters)
        for each in found
        if each.peers >= PEERS_MIN
    }


@dataclass(frozen=True, slots=True)
class LearnedStatement:
    """A confirmed version, for one of the borrower's shops."""

    stated_id: UUID
    shop_key: str
    n: int
    figures: dict[str, Any]
    stated_on: date
    stated_at: datetime

    @property
    def said(self) -> StatedFigures:
        """The figures."""
        return msgspec.convert(self.figures, StatedFigures)


STATED_SINCE = """
    select v.stated_id, s.shop_key, v.n, v.figures, v.stated_on, v.stated_at
      from stated_version v
      join shop s on s.borrower_id = v.borrower_id
     where v.stated_on >= %(since_on)s
     order by v.stated_on, v.stated_id, s.shop_id
"""


def stated_since(db: Db, since_on: date) -> list[LearnedStatement]:
    """The versions confirmed on a day and after, for each of the borrower's shops, to become part of its record."""
    return many(db, LearnedStatement, STATED_SINCE, since_on=since_on)
