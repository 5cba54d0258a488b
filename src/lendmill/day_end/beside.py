"""Policies in the shadow decide, in the night, what the live one decided by day."""

from datetime import date

from lendmill.credit.testing.beside.actions import decide_beside
from lendmill.day_end.steps import done, step
from lendmill.db import Database

STEP = "shadow"


def shadow(database: Database, day: date, opens: date) -> None:
    """Let every shadow decide beside, page by page, before the step is noted: no other work waits for it."""
    with database.transaction() as db:
        if done(db, day, STEP) is not None:
            return
    found = decide_beside(database, today=opens)
    step(database, day, STEP, lambda _: {"shadows": len(found), "files": sum(each.files for each in found)})
