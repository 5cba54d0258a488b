"""What is done with features: they are kept as they were read, so that a decision can be looked at again."""

from datetime import date
from uuid import UUID

import polars as pl

from lendmill import ids
from lendmill.db import Db
from lendmill.features import facts, queries, store


def keep_snapshot(db: Db, frame: pl.DataFrame, *, as_of_on: date) -> UUID:
    """Keep the features of all registered shops as of a day; the same features again are the same snapshot.

    The digest covers the registered shops only: a shop registered later makes another snapshot.
    """
    registered = queries.registered(db, frame["shop_key"].to_list())
    rows = [(shop_key, text, facts.digest(text)) for shop_key, text in facts.rows(frame) if shop_key in registered]
    whole = facts.digest("\n".join(f"{shop_key} {digest}" for shop_key, _, digest in rows))
    snapshot_id = ids.new()
    if store.add_run(db, snapshot_id=snapshot_id, as_of_on=as_of_on, digest=whole, shops=len(rows)):
        store.add_facts(db, snapshot_id=snapshot_id, as_of_on=as_of_on, rows=rows)
        return snapshot_id
    return queries.run_of(db, as_of_on=as_of_on, digest=whole)
