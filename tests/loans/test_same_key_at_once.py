"""Two devices send the same command at the same moment: it happens once, and both get the first answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

import psycopg
import pytest

from lender import Lender
from lendmill.db import Database, Db, scalar
from lendmill.loans import actions
from lendmill.loans.receipts.actions import receive_payment
from lendmill.people.actions import Command, lock_borrower

DAY = date(2026, 1, 1)
WAITING = """
    select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
"""


def _draw(db: Db, borrower_id: UUID, line_id: UUID) -> object:
    return actions.draw(
        db, command=Command.of("k"), borrower_id=borrower_id, line_id=line_id, amount_cents=50_000, method="on-demand",
        months=1, today=DAY,
    )  # fmt: skip


def _ask(db: Db, borrower_id: UUID, _: UUID) -> object:
    return actions.request_repayment(
        db, command=Command.of("k"), borrower_id=borrower_id, amount_cents=50_000, today=DAY
    )


def _receive(db: Db, borrower_id: UUID, _: UUID) -> object:
    return receive_payment(
        db, command=Command.of("k"), borrower_id=borrower_id, amount_cents=50_000, value_on=DAY, today=DAY
    )


@pytest.mark.parametrize("deed", [_draw, _ask, _receive])
def test_whoever_comes_second_gets_the_answer_of_the_first(
    database: Database, deed: Callable[[Db, UUID, UUID], object]
) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 700_000)
    with psycopg.connect(database.url, autocommit=True) as watcher, ThreadPoolExecutor(2) as pool:
        with database.transaction() as db:
            lock_borrower(db, borrower_id)  # until both have come as far as they can
            both = [pool.submit(database.act, deed, borrower_id, line_id) for _ in range(2)]
            while scalar(watcher, WAITING) < 2:
                assert not any(one.done() for one in both)
        first, second = (one.result() for one in both)
    assert first == second
    lender.keeps_its_promises()
