"""The counts a card is watched by, and the figures kept of it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from lendmill.db import Db, many, scalar
from lendmill.rating.watching.alarms import DEFAULTS, AlarmLevel, new_level
from lendmill.rating.watching.fairness import SegmentCount, SegmentOutcome
from lendmill.rating.watching.figure import WatchFigure
from lendmill.rating.watching.ripening import MonthCount, RipeOutcome

# What the card itself said, before a thin file or an adjustment was put on top; in the shadow there is nothing else.
SAID: Final = """
    with said as (
        select distinct on (borrower_id, shop_id) borrower_id, shop_id, points, grade, contributions, snapshot_id
          from (select borrower_id, shop_id, rating_id, contributions, snapshot_id,
                       coalesce((telling ->> 'card_points')::integer, points) as points,
                       coalesce(nullif(telling ->> 'card_grade', ''), grade) as grade
                  from rating
                 where model_id = %(model_id)s
                   and as_of_on = %(as_of_on)s
                 union all
                select borrower_id, shop_id, rating_id, '[]'::jsonb, null, points, grade
                  from shadow_rating
                 where model_id = %(model_id)s
                   and as_of_on = %(as_of_on)s) every_one
         order by borrower_id, shop_id, rating_id desc
    )
"""

LAST_RATED = """
    select greatest((select max(as_of_on) from rating where model_id = %(model_id)s and as_of_on <= %(today)s),
                    (select max(as_of_on) from shadow_rating where model_id = %(model_id)s and as_of_on <= %(today)s))
"""


def last_rated(db: Db, model_id: str, today: date) -> date | None:
    """The last day a card rated on, live or in the shadow."""
    found = scalar(db, LAST_RATED, model_id=model_id, today=today)
    assert found is None or isinstance(found, date)
    return found


@dataclass(frozen=True, slots=True)
class _Points:
    points: int | None
    shops: int


POINTS = f"""
    {SAID.strip()}
    select points, count(*)::integer as shops
      from said
     group by points
"""


def points_count(db: Db, model_id: str, as_of_on: date) -> dict[int | None, int]:
    """How many shops have so many points on a day; None counts those the card could not rate."""
    found = many(db, _Points, POINTS, model_id=model_id, as_of_on=as_of_on)
    return {each.points: each.shops for each in found}


@dataclass(frozen=True, slots=True)
class _Bin:
    feature: str
    bin: str
    shops: int


BINS = f"""
    {SAID.strip()}
    select part ->> 'feature' as feature, part ->> 'bin' as bin, count(*)::integer as shops
      from said
     cross join lateral jsonb_array_elements(contributions) part
     where grade <> 'UNKNOWN'
       and part ->> 'feature' = any(%(features)s)
     group by 1, 2
"""


SHADOW_BINS = """
    select bins
      from shadow_pass
     where model_id = %(model_id)s
       and as_of_on = %(as_of_on)s
     order by pass_id desc
     limit 1
"""


def bins_count(db: Db, model_id: str, as_of_on: date, features: Collection[str]) -> dict[str, dict[str, int]]:
    """How many shops fell into each bin of each table on a day, rated live or else in the shadow."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for each in many(db, _Bin, BINS, model_id=model_id, as_of_on=as_of_on, features=list(features)):
        counts[each.feature][each.bin] = each.shops
    if counts:
        return counts
    shadow = scalar(db, SHADOW_BINS, model_id=model_id, as_of_on=as_of_on) or {}
    return {feature: bins for feature, bins in shadow.items() if feature in features}


# The ways to divide borrowers; the size is one of four by a year's net sales in yuan.
DIVIDED: Final = """
     cross join lateral (select (f.facts ->> 'sales_net_365')::numeric as yuan) sold
     cross join lateral (values ('region', b.region), ('industry', b.industry), ('kind', b.kind),
                                ('size', case when sold.yuan is null then 'unknown'
                                              when sold.yuan < 100000 then 'below 100,000'
                                              when sold.yuan < 1000000 then '100,000 to 1 million'
                                              when sold.yuan < 10000000 then '1 to 10 million'
                                              else 'above 10 million' end)) d (division, segment)
"""

SEGMENTS = f"""
    {SAID.strip()}
    select d.division, d.segment, count(*)::integer as counted,
           (count(*) filter (where s.grade = any(%(approvable)s)))::integer as approvable
      from said s
      join borrower b on b.borrower_id = s.borrower_id
      left join feature_snapshot f on f.snapshot_id = s.snapshot_id
                                  and f.borrower_id = s.borrower_id
                                  and f.shop_id = s.shop_id
     {DIVIDED.strip()}
     group by d.division, d.segment
     order by d.division, counted desc, d.segment
"""


def segment_counts(db: Db, model_id: str, as_of_on: date, approvable: Collection[str]) -> list[SegmentCount]:
    """How many borrowers of each segment were rated on a day, and how many reached a grade that can be approved."""
    return many(db, SegmentCount, SEGMENTS, model_id=model_id, as_of_on=as_of_on, approvable=list(approvable))


RIPE_SEGMENTS = f"""
    select d.division, d.segment, count(*)::integer as counted, avg(o.pd) as mean_pd,
           (count(*) filter (where o.defaulted))::integer as bads
      from outcome o
      join borrower b on b.borrower_id = o.borrower_id
      left join rating r on r.rating_id = o.rating_id
                        and r.borrower_id = o.borrower_id
      left join feature_snapshot f on f.snapshot_id = r.snapshot_id
                                  and f.borrower_id = r.borrower_id
                                  and f.shop_id = r.shop_id
     {DIVIDED.strip()}
     where o.model_id = %(model_id)s
       and o.decided_on + interval '12 months' <= %(today)s::date
     group by d.division, d.segment
     order by d.division, counted desc, d.segment
"""


def segment_outcomes(db: Db, model_id: str, today: date) -> list[SegmentOutcome]:
    """What became of the ripe decisions of each segment."""
    return many(db, SegmentOutcome, RIPE_SEGMENTS, model_id=model_id, today=today)


MONTHS = """
    select date_trunc('month', decided_on)::date as month_on, count(*)::integer as counted, avg(pd) as mean_pd,
           (count(*) filter (where defaulted))::integer as bads
      from outcome
     where model_id = %(model_id)s
     group by 1
     order by 1
"""


def outcome_months(db: Db, model_id: str) -> list[MonthCount]:
    """The decisions whose outcome is known, by month of decision."""
    return many(db, MonthCount, MONTHS, model_id=model_id)


RIPE = """
    select pd, defaulted
      from outcome
     where model_id = %(model_id)s
       and decided_on + interval '12 months' <= %(today)s::date
     order by decision_id
"""


def ripe_outcomes(db: Db, model_id: str, today: date) -> list[RipeOutcome]:
    """Every decision of a card whose twelve months are over; those of a younger one would count the bad alone."""
    return many(db, RipeOutcome, RIPE, model_id=model_id, today=today)


@dataclass(frozen=True, slots=True)
class _Level:
    figure: str
    watch_from: float
    alarm_from: float


LEVELS = """
    select distinct on (figure) figure, watch_from, alarm_from
      from watch_level
     order by figure, level_id desc
"""


def levels(db: Db) -> dict[str, AlarmLevel]:
    """The levels in force: the shipped ones, and the house's own in their place."""
    own = {each.figure: each for each in many(db, _Level, LEVELS)}
    return {
        figure: new_level(figure, own[figure].watch_from, own[figure].alarm_from) if figure in own else shipped
        for figure, shipped in DEFAULTS.items()
    }


LAST_WATCHED = """
    select max(watched_on) from model_watch where model_id = %(model_id)s
"""

FIGURES = """
    select figure, about, value, counted, low, high, expected, chance, bads, alarm
      from model_watch
     where model_id = %(model_id)s
       and watched_on = %(watched_on)s
     order by figure, about
"""


def last_watched(db: Db, model_id: str) -> date | None:
    """The last day a card was watched on."""
    found = scalar(db, LAST_WATCHED, model_id=model_id)
    assert found is None or isinstance(found, date)
    return found


def figures(db: Db, model_id: str, watched_on: date) -> list[WatchFigure]:
    """The figures of a card as of a day it was watched on."""
    return many(db, WatchFigure, FIGURES, model_id=model_id, watched_on=watched_on)


@dataclass(frozen=True, slots=True)
class WatchDay:
    """One figure of a card on one of the days it was watched on."""

    watched_on: date
    value: float
    alarm: str


HISTORY = """
    select watched_on, value, alarm
      from model_watch
     where model_id = %(model_id)s
       and figure = %(figure)s
       and about = %(about)s
       and value is not null
     order by watched_on desc
     limit 366
"""


def history(db: Db, model_id: str, figure: str, about: str = "") -> list[WatchDay]:
    """How a figure went, the first day first, for at most the last 366 times it was worked out."""
    return many(db, WatchDay, HISTORY, model_id=model_id, figure=figure, about=about)[::-1]
