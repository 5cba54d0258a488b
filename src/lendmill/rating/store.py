"""Cards and ratings as they are written down."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from lendmill.db import Db, copy_in, run

COLUMNS: Final = ("rating_id", "shop_key", "points", "pd", "grade", "contributions", "doubts")

KEEP_MODEL = """
insert into model (model_id, target, body, digest, report)
values (%(model_id)s, %(target)s, %(body)s::jsonb, %(digest)s, %(report)s::jsonb)
    on conflict (model_id) do nothing
"""


def keep_model(db: Db, *, model_id: str, target: str, body: str, digest: str, report: str) -> None:
    """Write a card down once."""
    run(db, KEEP_MODEL, model_id=model_id, target=target, body=body, digest=digest, report=report)


RETIRE_LIVE = """
update model
   set stage = 'retired'
 where stage = 'live'
   and model_id <> %(model_id)s
"""

SET_LIVE = """
update model
   set stage = 'live'
 where model_id = %(model_id)s
"""


def set_live(db: Db, model_id: str) -> int:
    """Make one card the live one, and say whether it was there."""
    run(db, RETIRE_LIVE, model_id=model_id)
    return run(db, SET_LIVE, model_id=model_id)


FRESH_TABLE = """
create temporary table if not exists rated_now (
    rating_id uuid not null,
    shop_key text not null,
    points integer not null,
    pd double precision not null,
    grade text not null,
    contributions jsonb not null,
    doubts text[] not null
) on commit drop
"""

ADD_RATINGS = """
insert into rating (rating_id, borrower_id, shop_id, as_of_on, model_id, points, pd, grade, contributions, doubts,
                    snapshot_id)
select fresh.rating_id, shop.borrower_id, shop.shop_id, %(as_of_on)s, %(model_id)s, fresh.points, fresh.pd, fresh.grade,
       fresh.contributions, fresh.doubts, %(snapshot_id)s
  from rated_now fresh
  join shop on shop.shop_key = fresh.shop_key
  left join lateral (
       select old.model_id, old.points, old.pd, old.grade, old.contributions, old.doubts
         from rating old
        where old.borrower_id = shop.borrower_id
          and old.shop_id = shop.shop_id
          and old.as_of_on = %(as_of_on)s
        order by old.rating_id desc
        limit 1
       ) last on true
 where (last.model_id, last.points, last.pd, last.grade, last.contributions, last.doubts)
       is distinct from
       (%(model_id)s::text, fresh.points, fresh.pd, fresh.grade, fresh.contributions, fresh.doubts)
"""


def add_ratings(
    db: Db, rows: Iterable[Sequence[Any]], *, as_of_on: date, model_id: str, snapshot_id: UUID | None
) -> int:
    """Write many ratings in one statement; one that says what the day's last already says is left out."""
    run(db, FRESH_TABLE)
    run(db, "truncate rated_now")
    copy_in(db, "rated_now", COLUMNS, rows)
    run(db, "analyze rated_now")
    return run(db, ADD_RATINGS, as_of_on=as_of_on, model_id=model_id, snapshot_id=snapshot_id)
