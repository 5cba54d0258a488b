"""In between: the house has moved on and a loan is not looked at yet; another holds the borrower's lock."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

import psycopg
import pytest

from lender import Lender
from lendmill.credit.lines.line import BorrowerLate
from lendmill.db import Database, Db, scalar
from lendmill.loans import actions
from lendmill.loans.receipts.actions import receive_payment
from lendmill.people.actions import Command, lock_borrower

MOVE_ON = "update house set today_on = '2026-02-02'"  # as the day end's first step does, before it brings loans up
THE_DAY_IT_FALLS_DUE = "update house set today_on = '2026-02-01'"
SOMEBODY_WAITS = """
    select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
"""


def test_a_draw_sees_what_has_become_late_before_the_night_has_come_to_it(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 700_000, "on-demand", 1)
    lender.go_to(date(2026, 2, 1))
    with psycopg.connect(database.url, autocommit=True) as owner:
        owner.execute(MOVE_ON)
    with pytest.raises(BorrowerLate, match="late since 2026-02-01"):
        lender.ask_draw(borrower_id, line_id, 100_000)


def _bring_up(db: Db, borrower_id: UUID, _: UUID) -> object:
    return actions.bring_up(db, borrower_id=borrower_id, today=date(2026, 2, 1))


def _pay(db: Db, borrower_id: UUID, _: UUID) -> object:
    return receive_payment(
        db, command=Command.of("p"), borrower_id=borrower_id, amount_cents=100, value_on=date(2026, 2, 1),
        today=date(2026, 2, 1),
    )  # fmt: skip


def _ask(db: Db, borrower_id: UUID, _: UUID) -> object:
    return actions.request_repayment(
        db, command=Command.of("r"), borrower_id=borrower_id, amount_cents=100, today=date(2026, 2, 1)
    )


def _draw(db: Db, borrower_id: UUID, line_id: UUID) -> object:
    return actions.draw(
        db, command=Command.of("d"), borrower_id=borrower_id, line_id=line_id, amount_cents=50_000, method="on-demand",
        months=1, today=date(2026, 2, 1),
    )  # fmt: skip


@pytest.mark.parametrize("deed", [_bring_up, _pay, _ask, _draw])
def test_everything_done_to_a_borrowers_loans_waits_for_the_borrowers_lock(
    database: Database, deed: Callable[[Db, UUID, UUID], object]
) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 700_000, "on-demand", 1)
    with psycopg.connect(database.url, autocommit=True) as watcher, ThreadPoolExecutor(1) as pool:
        watcher.execute(THE_DAY_IT_FALLS_DUE)
        with database.transaction() as db:
            lock_borrower(db, borrower_id)
            waiting = pool.submit(database.act, deed, borrower_id, line_id)
            while not scalar(watcher, SOMEBODY_WAITS):
                assert not waiting.done(), "it did not wait"
            with watcher.transaction():  # and it waits with nothing else in its hands: the loan is free
                watcher.execute("select loan_id from loan for update nowait")
                watcher.execute("select line_id from line for update nowait")
        waiting.result()


def test_money_that_left_the_payer_before_the_loan_began_counts_from_its_first_day(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    lender.go_to(date(2026, 1, 5))
    loan_id = lender.draw(borrower_id, line_id, 700_000)
    lender.go_to(date(2026, 1, 8))
    lender.pay(borrower_id, 300_000, date(2026, 1, 2))
    seen = lender.loan(borrower_id, loan_id)
    assert (seen.outstanding_cents, seen.interest_cents) == (400_000, 400_000 * 600 * 3 // 1_000_000)
    lender.pay(borrower_id, 400_000, date(2026, 1, 1))
    assert lender.loan(borrower_id, loan_id).status == "closed"
    lender.keeps_its_promises()
