"""Bringing up every borrower with something in the diary: planned once a day, then batch by batch, side by side.

The plan is kept: a night that breaks off goes on with the same batches, and what they book stands in the order of the
borrowers, whoever did which batch and when.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from lendmill import ids
from lendmill.day_end.report import Counts
from lendmill.day_end.steps import done, step
from lendmill.db import Database, Db, copy_in, many, run, scalar
from lendmill.db.arrays import read_columns
from lendmill.loans.sweeping.actions import sweep
from lendmill.loans.sweeping.tally import Tally, tally_of

BATCH: Final = 1_000
Keys = NDArray[np.bytes_]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of the borrowers of a day, in their order: from one borrower on to the next batch's first."""

    n: int
    first_borrower_id: UUID
    ids_from_ms: int


Work = tuple[Batch, Keys]


def bring_up(
    database: Database, day: date, opens: date, watch: Callable[[date, str, int, int], None], *, workers: int,
    batch: int,
) -> Counts:  # fmt: skip
    """Bring every borrower in the diary up to the day that opens; whoever was busy comes once more at the end."""
    begun = time.perf_counter()
    with database.transaction() as db:
        counts = done(db, day, "bring-up")
    if counts is not None:
        return counts
    step(database, day, "plan", lambda db: _plan(db, day, opens, batch))
    with database.transaction() as db:
        planned = many(db, Batch, BATCHES, day=day)
        due = _due(db, opens)
    total, seen = len(due), 0
    with ThreadPoolExecutor(workers) as pool:
        for waiting in (False, True):
            one = partial(_sweep_one, database, day, opens, waiting)
            for swept in pool.map(one, _works(planned, due)):
                seen += swept
                watch(day, "bring-up", seen, total)
            with database.transaction() as db:
                due = _due(db, opens)
            if not len(due):
                break
    return step(database, day, "bring-up", lambda db: _done(db, day), since=begun)


DUE = """
    select distinct borrower_id
      from agenda
     where happens_on <= %(opens)s
     order by borrower_id
"""


def _due(db: Db, opens: date) -> Keys:
    """The borrowers in the diary, in their order."""
    found = read_columns(db, {"borrower_id": "uuid"}, DUE, opens=opens)["borrower_id"]
    return found.view("S16")


def _plan(db: Db, day: date, opens: date, batch: int) -> Counts:
    """Divide the borrowers of a day into batches, for good."""
    due, from_ms = _due(db, opens), ids.now_ms()
    firsts = [_uuid(key) for key in due[::batch]]
    rows = [(day, n, first, from_ms + n) for n, first in enumerate(firsts)]
    if rows:
        copy_in(db, "day_end_batch", ("closes_on", "n", "first_borrower_id", "ids_from_ms"), rows)
    return {"borrowers": len(due), "batches": len(rows)}


BATCHES = """
    select n, first_borrower_id, ids_from_ms
      from day_end_batch
     where closes_on = %(day)s
     order by n
"""


def _works(planned: Sequence[Batch], due: Keys) -> Iterable[Work]:
    """Which borrowers each batch still has to bring up; whoever came into the diary since stands where they belong."""
    if not planned or not len(due):
        return
    firsts = np.array([batch.first_borrower_id.bytes for batch in planned], "S16")
    ends = [*np.searchsorted(due, firsts[1:]).tolist(), len(due)]
    begin = 0
    for batch, end in zip(planned, ends, strict=True):
        if end > begin:
            yield batch, due[begin:end]
        begin = end


def _uuid(key: bytes) -> UUID:
    return UUID(bytes=key.ljust(16, b"\0"))


COUNTS = "select counts from day_end_batch where closes_on = %(day)s and n = %(n)s for update"
COUNT = "update day_end_batch set counts = %(counts)s where closes_on = %(day)s and n = %(n)s"


def _sweep_one(database: Database, day: date, opens: date, waiting: bool, work: Work) -> int:
    return database.act(_sweep, day=day, opens=opens, waiting=waiting, work=work)


def _sweep(db: Db, *, day: date, opens: date, waiting: bool, work: Work) -> int:
    """One batch, in one transaction with the note of what it did; gives how many borrowers that were."""
    batch, borrower_ids = work[0], [_uuid(key) for key in work[1]]
    before = tally_of(scalar(db, COUNTS, day=day, n=batch.n))
    with ids.numbered_from(batch.ids_from_ms):
        swept = sweep(db, borrower_ids=borrower_ids, today=opens, waiting=waiting)
    run(db, COUNT, day=day, n=batch.n, counts=Jsonb((before + swept.tally).counts()))
    return len(borrower_ids) - swept.passed_over


ALL_COUNTS = "select counts from day_end_batch where closes_on = %(day)s order by n"


@dataclass(frozen=True, slots=True)
class _Counted:
    counts: dict[str, int]


def _done(db: Db, day: date) -> Counts:
    """What all batches did together."""
    return sum((tally_of(one.counts) for one in many(db, _Counted, ALL_COUNTS, day=day)), Tally()).counts()
