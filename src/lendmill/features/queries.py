"""Asks what the record said of a shop, as it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.db import Db, maybe, scalar


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One shop's facts as of a day."""

    snapshot_id: UUID
    borrower_id: UUID
    shop_id: UUID
    as_of_on: date
    facts: dict[str, float | None]
    digest: str


REGISTERED = """
    select array_agg(distinct shop_key) from shop where shop_key = any(%(shop_keys)s)
"""


def registered(db: Db, shop_keys: Sequence[str]) -> frozenset[str]:
    """Which of these shops are registered with a borrower."""
    return frozenset(scalar(db, REGISTERED, shop_keys=list(shop_keys)) or ())


RUN_OF = """
    select snapshot_id from feature_run where as_of_on = %(as_of_on)s and digest = %(digest)s
"""


def run_of(db: Db, *, as_of_on: date, digest: str) -> UUID:
    """The run that found these facts on that day."""
    found = scalar(db, RUN_OF, as_of_on=as_of_on, digest=digest)
    assert isinstance(found, UUID)
    return found


LATEST = """
    select snapshot_id, borrower_id, shop_id, as_of_on, facts, digest
      from feature_snapshot
     where borrower_id = %(borrower_id)s
     order by as_of_on desc, snapshot_id desc
     limit 1
"""


def latest_snapshot(db: Db, borrower_id: UUID) -> Snapshot | None:
    """The latest facts kept of a borrower's shop."""
    return maybe(db, Snapshot, LATEST, borrower_id=borrower_id)


SNAPSHOT = """
    select snapshot_id, borrower_id, shop_id, as_of_on, facts, digest
      from feature_snapshot
     where snapshot_id = %(snapshot_id)s
       and borrower_id = %(borrower_id)s
     order by shop_id
     limit 1
"""


def snapshot(db: Db, borrower_id: UUID, snapshot_id: UUID) -> Snapshot | None:
    """The facts of a borrower's shop as one run found them."""
    return maybe(db, Snapshot, SNAPSHOT, borrower_id=borrower_id, snapshot_id=snapshot_id)
