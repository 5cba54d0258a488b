"""Writes down what the record said of each shop; never changed afterwards."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from lendmill.db import Db, copy_in, run

ADD_RUN = """
    insert into feature_run (snapshot_id, as_of_on, digest, shops)
    values (%(snapshot_id)s, %(as_of_on)s, %(digest)s, %(shops)s)
    on conflict (as_of_on, digest) do nothing
"""


def add_run(db: Db, *, snapshot_id: UUID, as_of_on: date, digest: str, shops: int) -> bool:
    """Open a run; false if the same facts are kept for that day already."""
    return run(db, ADD_RUN, snapshot_id=snapshot_id, as_of_on=as_of_on, digest=digest, shops=shops) == 1


FRESH_FACTS = """
    create temporary table if not exists facts_now (
        shop_key text not null,
        facts jsonb not null,
        digest text not null
    ) on commit drop
"""

ADD_FACTS = """
    insert into feature_snapshot (snapshot_id, borrower_id, shop_id, as_of_on, facts, digest)
    select %(snapshot_id)s, shop.borrower_id, shop.shop_id, %(as_of_on)s, fresh.facts, fresh.digest
      from facts_now fresh
      join shop on shop.shop_key = fresh.shop_key
"""


def add_facts(db: Db, *, snapshot_id: UUID, as_of_on: date, rows: Iterable[tuple[str, str, str]]) -> int:
    """Write (shop key, facts, digest) for every shop that is registered, in one statement."""
    run(db, FRESH_FACTS)
    run(db, "truncate facts_now")
    copy_in(db, "facts_now", ("shop_key", "facts", "digest"), rows)
    run(db, "analyze facts_now")
    return run(db, ADD_FACTS, snapshot_id=snapshot_id, as_of_on=as_of_on)
