"""One step of a day's end: done and noted in one transaction, and never twice."""

import time
from collections.abc import Callable
from datetime import date

from psycopg.types.json import Jsonb

from lendmill.day_end.report import Counts
from lendmill.db import Database, Db, run, scalar

STEP_DONE = "select counts from day_end_step where closes_on = %(day)s and step = %(step)s"

NOTE_STEP = """
    insert into day_end_step (closes_on, step, counts, took_ms)
    values (%(day)s, %(step)s, %(counts)s, %(took_ms)s)
"""

ONE_AT_A_TIME = "select today_on from house for update"


def step(
    database: Database, day: date, name: str, work: Callable[[Db], Counts], *, since: float | None = None
) -> Counts:
    """Do a step and note what it did, and how long it took; a step already noted is not done again."""
    begun = time.perf_counter() if since is None else since

    def once(db: Db) -> Counts:
        db.execute(ONE_AT_A_TIME)  # two day ends at once: the second waits here and then finds the step noted
        counts = done(db, day, name)
        if counts is None:
            counts = work(db)
            took_ms = int((time.perf_counter() - begun) * 1_000)
            run(db, NOTE_STEP, day=day, step=name, counts=Jsonb(counts), took_ms=took_ms)
        return counts

    return database.act(once)


def done(db: Db, day: date, name: str) -> Counts | None:
    """What a step did, if it is done."""
    counts = scalar(db, STEP_DONE, day=day, step=name)
    return None if counts is None else dict(counts)
