"""A backtest killed in the midst: nothing runs for ever, who asked is told what happened, and it can be run again."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from credit_cases import POLICY, TODAY

from lendmill.credit.actions import apply_at_once
from lendmill.credit.consents import CONSENTS
from lendmill.credit.testing import queries
from lendmill.credit.testing.running import queries as running
from lendmill.credit.testing.running.actions import BacktestBroken, BacktestFailed, ask_backtest, backtest, run_asked
from lendmill.db import Database, scalar
from lendmill.people.actions import Command
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account
from lendmill.people.sign_in.queries import Caller

MOMENT_SECONDS = 0.05
PATIENCE_SECONDS = 60
SOMEBODY_WAITS = """
    select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
"""
CANCEL_WHO_WAITS = """
    select pg_cancel_backend(pid)
      from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'
"""
UNREADABLE = """
    insert into decision (decision_id, borrower_id, application_id, product_key, outcome, reasons, content,
                          content_hash, decided_on)
    select gen_random_uuid(), borrower_id, application_id, product_key, outcome, reasons, '{}',
           encode(sha256('{}'), 'hex'), decided_on
      from decision
"""
RUN = """
import sys
from lendmill.credit.testing.running.actions import run_asked
from lendmill.db import Database
with Database(sys.argv[1]) as database:
    run_asked(database)
"""


@pytest.fixture
def ask(house: Database, shop: Callable[..., UUID]) -> Callable[[], UUID]:
    """One application is decided; asks for a backtest over it, as a page does."""
    answers = {
        "amount_cents": 500_000, "purpose": "stock", "language": "en",
        "consents": [consent.purpose for consent in CONSENTS],
    }  # fmt: skip
    house.act(
        apply_at_once, command=Command.of("k"), borrower_id=shop(), product_key="credit-line", answers=answers,
        today=TODAY,
    )  # fmt: skip
    password = "correct horse battery"
    account = house.act(open_account, sign_in_name="ana", display_name="ana", role=Role.ANALYST, password=password)
    by = Caller(account, "ana", Role.ANALYST, None)
    return lambda: house.act(
        ask_backtest, key="standard", version=POLICY.version, since_on=TODAY, until_on=TODAY, assumptions="", by=by,
        today=TODAY,
    )  # fmt: skip


@contextmanager
def held_up(house: Database) -> Iterator[Callable[[Callable[[], bool]], None]]:
    """Whoever decides files again waits before its first page; gives a way to wait until somebody does."""

    def until_reading(over: Callable[[], bool]) -> None:
        with psycopg.connect(house.url, autocommit=True) as watcher:
            while not scalar(watcher, SOMEBODY_WAITS):
                assert not over(), "it was over before it could be killed"  # looks for a moment

    with psycopg.connect(house.url) as holder:
        holder.execute("lock table outcome in access exclusive mode")
        yield until_reading


def killed_reading(house: Database, work: Callable[[], object]) -> Future[object]:
    """Start the work, and kill its process while that reads."""
    with ThreadPoolExecutor(1) as pool, held_up(house) as until_reading:
        begun = pool.submit(work)
        until_reading(lambda: bool(wait([begun], MOMENT_SECONDS).done))
        (process,) = multiprocessing.active_children()
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        begun.exception(PATIENCE_SECONDS)
    return begun


def ended(worker: subprocess.Popen[bytes]) -> bool:
    """Whether it ends within a moment."""
    try:
        worker.wait(MOMENT_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def state(house: Database, backtest_id: UUID) -> tuple[bool, str, bool]:
    """Whether it waits, why it was refused, and whether its report is there."""
    with house.transaction() as db:
        (found,) = [
            each for each in running.asked(db, "standard", POLICY.version) if each.backtest_id == backtest_id
        ]  # fmt: skip
    return found.waits, found.refused, found.done


def test_a_worker_killed_in_the_midst_leaves_it_to_the_next_one_and_no_process_behind(
    house: Database, ask: Callable[[], UUID]
) -> None:
    backtest_id = ask()
    with held_up(house) as until_reading, subprocess.Popen([sys.executable, "-c", RUN, house.url]) as worker:
        until_reading(lambda: ended(worker))
        started = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
        os.kill(worker.pid, signal.SIGKILL)
    assert started
    assert state(house, backtest_id) == (True, "", False)
    while not run_asked(house):  # until PostgreSQL has seen that the other one is gone
        assert state(house, backtest_id) == (True, "", False)
    assert state(house, backtest_id) == (False, "", True)
    until = time.monotonic() + PATIENCE_SECONDS
    while any(Path(f"/proc/{pid}").exists() for pid in started):
        assert time.monotonic() < until, "a process was left behind"  # looks again


def test_a_process_killed_in_the_midst_is_told_and_it_may_be_asked_for_again(
    house: Database, ask: Callable[[], UUID]
) -> None:
    backtest_id = ask()
    assert killed_reading(house, lambda: run_asked(house)).result() == 1
    assert state(house, backtest_id) == (False, str(BacktestBroken()), False)
    with pytest.raises(BacktestBroken, match="it was killed, or memory ran short"):  # as a command is told
        killed_reading(house, lambda: backtest(house, POLICY, since_on=TODAY, until_on=TODAY)).result()
    assert state(house, ask())[0]
    with house.transaction() as db:
        assert queries.backtests(db, "standard", POLICY.version) == []


def test_what_fails_for_a_reason_nobody_foresaw_does_not_wait_for_ever(
    house: Database, ask: Callable[[], UUID], caplog: pytest.LogCaptureFixture
) -> None:
    backtest_id = ask()
    with psycopg.connect(house.url) as owner:
        owner.execute(UNREADABLE)
    assert [run_asked(house), run_asked(house)] == [1, 0]
    assert state(house, backtest_id) == (False, str(BacktestFailed()), False)
    assert "missing required field `case`" in caplog.text


def test_what_the_database_refuses_to_read_does_not_wait_for_ever_either(
    house: Database, ask: Callable[[], UUID], caplog: pytest.LogCaptureFixture
) -> None:
    backtest_id = ask()
    with ThreadPoolExecutor(1) as pool, held_up(house) as until_reading:
        begun = pool.submit(run_asked, house)
        until_reading(lambda: bool(wait([begun], MOMENT_SECONDS).done))
        with psycopg.connect(house.url) as owner:
            assert scalar(owner, CANCEL_WHO_WAITS)
        assert begun.result(PATIENCE_SECONDS) == 1
    assert state(house, backtest_id) == (False, str(BacktestFailed()), False)
    assert "QueryCanceled" in caplog.text
