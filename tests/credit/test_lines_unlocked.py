"""A caller who forgot the borrower's lock: the line itself still refuses what would pass its limit."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from lender import Lender
from lendmill.credit.lines import actions, queries
from lendmill.credit.lines.line import LimitExceeded
from lendmill.db import Database, scalar

SOMEBODY_WAITS = """
    select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
"""


def test_two_reservations_that_both_saw_room_do_not_both_get_it(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower(1_000_000)
    with database.transaction() as db:
        line = queries.line(db, borrower_id, line_id)
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as first:
            actions.reserve(first, line, 600_000)
            second = pool.submit(database.act, actions.reserve, line, 600_000)
            with psycopg.connect(database.url, autocommit=True) as watcher:
                while not scalar(watcher, SOMEBODY_WAITS):  # it saw 1,000,000 left, and waits for the line's row
                    assert not second.done()
        with pytest.raises(LimitExceeded):
            second.result()
    with database.transaction() as db:
        assert queries.line(db, borrower_id, line_id).reserved_cents == 600_000
