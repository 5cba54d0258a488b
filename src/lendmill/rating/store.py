"""Cards and ratings as they are written down."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from lendmill.db import Db, copy_in, note, run, scalar

COLUMNS: Final = ("rating_id", "shop_key", "points", "pd", "grade", "contributions", "doubts", "telling")

KEEP_MODEL = """
insert into model (model_id, target, body, digest, report, kind, data_hash, code_version, page)
values (%(model_id)s, %(target)s, %(body)s::jsonb, %(digest)s, %(report)s::jsonb, %(kind)s, %(data_hash)s,
        %(code_version)s, %(page)s)
    on conflict (model_id) do nothing
"""


def keep_model(db: Db, **model: str) -> bool:
    """Write a card down once; whether it was new."""
    return run(db, KEEP_MODEL, **model) == 1


HOLD_STAGE = """
select stage
  from model
 where model_id = %(model_id)s
   for share
"""


def hold_stage(db: Db, model_id: str) -> str | None:
    """A card's stage, which nobody changes until this transaction is over; None where there is no such card."""
    found = scalar(db, HOLD_STAGE, model_id=model_id)
    return None if found is None else str(found)


FRESH_TABLE = """
create temporary table if not exists rated_now (
    rating_id uuid not null,
    shop_key text not null,
    points integer,
    pd double precision,
    grade text not null,
    contributions jsonb not null,
    doubts text[] not null,
    telling jsonb not null
) on commit drop
"""

ADD_RATINGS = """
insert into rating (rating_id, borrower_id, shop_id, as_of_on, model_id, points, pd, grade, contributions, doubts,
                    telling, snapshot_id)
select fresh.rating_id, shop.borrower_id, shop.shop_id, %(as_of_on)s, %(model_id)s, fresh.points, fresh.pd, fresh.grade,
       fresh.contributions, fresh.doubts, fresh.telling, %(snapshot_id)s
  from rated_now fresh
  join shop on shop.shop_key = fresh.shop_key
  left join lateral (
       select old.model_id, old.points, old.pd, old.grade, old.contributions, old.doubts, old.telling
         from rating old
        where old.borrower_id = shop.borrower_id
          and old.shop_id = shop.shop_id
          and old.as_of_on = %(as_of_on)s
        order by old.rating_id desc
        limit 1
       ) last on true
 where (last.model_id, last.points, last.pd, last.grade, last.contributions, last.doubts, last.telling)
       is distinct from
       (%(model_id)s::text, fresh.points, fresh.pd, fresh.grade, fresh.contributions, fresh.doubts,
        fresh.telling)
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


FRESH_SHADOW_TABLE = """
create temporary table if not exists shadow_rated_now (
    rating_id uuid not null,
    shop_key text not null,
    points integer,
    pd double precision,
    grade text not null
) on commit drop
"""

SHADOW_COLUMNS: Final = ("rating_id", "shop_key", "points", "pd", "grade")

ADD_SHADOW_RATINGS = """
insert into shadow_rating (rating_id, borrower_id, shop_id, as_of_on, model_id, points, pd, grade)
select fresh.rating_id, shop.borrower_id, shop.shop_id, %(as_of_on)s, %(model_id)s, fresh.points, fresh.pd, fresh.grade
  from shadow_rated_now fresh
  join shop on shop.shop_key = fresh.shop_key
  left join lateral (
       select old.points, old.pd, old.grade
         from shadow_rating old
        where old.borrower_id = shop.borrower_id
          and old.shop_id = shop.shop_id
          and old.as_of_on = %(as_of_on)s
          and old.model_id = %(model_id)s
        order by old.rating_id desc
        limit 1
       ) last on true
 where last.grade is null
    or (last.points, last.pd, last.grade) is distinct from (fresh.points, fresh.pd, fresh.grade)
"""


def add_shadow_ratings(db: Db, rows: Iterable[Sequence[Any]], *, as_of_on: date, model_id: str) -> int:
    """Write down what a card in the shadow says of many shops; what it already said that day is left out."""
    run(db, FRESH_SHADOW_TABLE)
    run(db, "truncate shadow_rated_now")
    copy_in(db, "shadow_rated_now", SHADOW_COLUMNS, rows)
    run(db, "analyze shadow_rated_now")
    return run(db, ADD_SHADOW_RATINGS, as_of_on=as_of_on, model_id=model_id)


ADD_SHADOW_PASS = """
insert into shadow_pass (pass_id, model_id, as_of_on, bins)
values (%(pass_id)s, %(model_id)s, %(as_of_on)s, %(bins)s)
"""


def add_shadow_pass(
    db: Db, *, pass_id: UUID, model_id: str, as_of_on: date, bins: Mapping[str, Mapping[str, int]]
) -> None:
    """Write down how many shops fell into each bin when a card in the shadow rated them all."""
    note(db, ADD_SHADOW_PASS, pass_id=pass_id, model_id=model_id, as_of_on=as_of_on, bins=Jsonb(bins))
