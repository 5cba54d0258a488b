"""Decides a time's files again in processes of their own: at a command, or as the worker runs what a page asked for."""

import gc
import json
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Final
from uuid import UUID

from lendmill import ids
from lendmill.credit.policy import Policy, policy_of, text_of
from lendmill.credit.pricing.assumptions import Assumptions, read_assumptions
from lendmill.credit.pricing.assumptions import text_of as written
from lendmill.credit.publishing.queries import POLICY, document
from lendmill.credit.testing import actions as testing
from lendmill.credit.testing import queries as kept
from lendmill.credit.testing.backtest import Backtest, report
from lendmill.credit.testing.queries import Part
from lendmill.credit.testing.running import queries, store
from lendmill.credit.testing.running.queries import BacktestAsk
from lendmill.credit.testing.tally import Tally
from lendmill.credit.testing.worth import Worth, worth_under
from lendmill.db import Database, Db
from lendmill.people.queries import house_day
from lendmill.people.sign_in.queries import Caller
from lendmill.products.document import Product
from lendmill.refusals import Refusal

PART_FILES: Final = 2_500  # so many files a process takes at once: a progress that moves, and tallies that stay few
YOUNG_MAX: Final = 50_000  # objects made before the collector looks: about a page's
PARTS_MAX: Final = 2_000
ASKED_FILES_MAX: Final = 200_000
Watch = Callable[[int, int], object]
log = logging.getLogger(__name__)


class NothingDecided(Refusal):
    """From {since_on} to {until_on} nothing was decided that could be decided again."""


class BacktestTooLarge(Refusal):
    """From {since_on} to {until_on} {files} files were decided; a page begins a backtest over at most {most}. Choose a
    shorter time, or let `lendmill backtest` run over all of it."""


class BacktestWaits(Refusal):
    """{asker} has asked for a backtest of this version already, and it waits or runs: its report will stand here."""


class TimeBackwards(Refusal):
    """The time to look at ends on {until_on}, before it begins on {since_on}."""


class BacktestBroken(Refusal):
    """A process that decided files again ended in the midst: it was killed, or memory ran short. Nothing of this
    backtest was kept; run it again, over a shorter time or in fewer processes where memory is short."""


class BacktestFailed(Refusal):
    """This backtest could not be finished, for a reason nobody has foreseen: the worker's log tells it. Nothing of it
    was kept."""


class _Stopped(Exception):
    """The worker was told to end; what it was doing is begun anew by the next one."""


def backtest(
    database: Database,
    policy: Policy,
    *,
    since_on: date,
    until_on: date,
    assumptions: Assumptions | None = None,
    workers: int = 2,
    watch: Watch = lambda *_: None,
) -> Backtest:
    """Decide the files of a time again in so many processes, and report; nothing is written.

    Each reads part after part, a page at a time, and gives back sums: memory does not grow with the files. Refuses with
    `NothingDecided`, and `BacktestBroken` where a process is killed.
    """
    with database.transaction() as db:
        files = kept.counted(db, since_on=since_on, until_on=until_on)
        if not files:
            raise NothingDecided(since_on=since_on, until_on=until_on)
        cuts = min(PARTS_MAX, max(workers, -(-files // PART_FILES)))
        parts = kept.parts_of(db, since_on=since_on, until_on=until_on, parts=cuts)
    ground = _Ground(database.url, text_of(policy), written(assumptions) if assumptions else "", since_on, until_on)
    whole, done = Tally(), 0
    watch(0, files)
    with _processes(min(workers, len(parts))) as pool:
        for part, tally in zip(parts, pool.map(partial(_decided, ground), parts), strict=True):
            whole.add(tally)
            done += part.files
            watch(done, files)
    return report(whole, assumptions)


@contextmanager
def _processes(most: int) -> Iterator[ProcessPoolExecutor]:
    """Processes of our own; whoever leaves in the midst does not wait for parts that have not begun."""
    pool = ProcessPoolExecutor(most, multiprocessing.get_context("spawn"), initializer=_end_with_parent)
    try:
        yield pool
    except BrokenProcessPool:
        raise BacktestBroken from None
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Let this process end when the one that started it does."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.join,), daemon=True).start()


def _end_after(end: Callable[[], object]) -> None:
    end()
    os._exit(1)


@dataclass(frozen=True, slots=True)
class _Ground:
    """All that a process needs to begin, as text that travels."""

    url: str
    policy: str
    assumptions: str
    since_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class _Opened:
    """What was made of it."""

    database: Database
    policy: Policy
    products: Mapping[tuple[str, int], Product]
    worth: Worth | None


@cache
def _opened(ground: _Ground) -> _Opened:
    """Make ready, once in a process: when it takes its first part."""
    database = Database(ground.url, connections=1)
    with database.transaction() as db:
        products = kept.every_product(db, house_day(db))
    worth = worth_under(read_assumptions(ground.assumptions)) if ground.assumptions else None
    here = _Opened(database, policy_of(json.loads(ground.policy)), products, worth)
    gc.freeze()  # what is loaded by now stays for good, and no file outlives its page
    gc.set_threshold(YOUNG_MAX)
    return here


def _decided(ground: _Ground, part: Part) -> Tally:
    here = _opened(ground)
    with here.database.transaction() as db:
        return testing.decide_again(
            db, here.policy, here.products, here.worth, since_on=ground.since_on, until_on=ground.until_on, part=part
        )


def ask_backtest(
    db: Db, *, key: str, version: int, since_on: date, until_on: date, assumptions: str, by: Caller, today: date,
    files_max: int = ASKED_FILES_MAX,
) -> UUID:  # fmt: skip
    """Ask for a backtest of a version; the worker runs it. Gives the id its report will have.

    Refuses with `NoSuchVersion`, `NothingDecided`, `BacktestTooLarge`, `BacktestWaits`, `TimeBackwards`,
    `InvalidAssumptions`.
    """
    document(db, POLICY, key, version)
    if since_on > until_on:
        raise TimeBackwards(since_on=since_on, until_on=until_on)
    text = assumptions.strip()
    if text:
        read_assumptions(text)
    store.hold(db)
    for each in queries.asked(db, key, version):
        if each.waits:
            raise BacktestWaits(asker=each.asker)
    files = kept.counted(db, since_on=since_on, until_on=until_on)
    if not files:
        raise NothingDecided(since_on=since_on, until_on=until_on)
    if files > files_max:
        raise BacktestTooLarge(since_on=since_on, until_on=until_on, files=files, most=files_max)
    backtest_id = ids.new()
    store.ask(
        db, backtest_id=backtest_id, policy_key=key, policy_version=version, since_on=since_on, until_on=until_on,
        files=files, assumptions=text, asked_by=by.account_id, today=today,
    )  # fmt: skip
    return backtest_id


def run_asked(database: Database, stopped: Callable[[], bool] = lambda: False) -> int:
    """Run the backtest that waits longest, where one does; says how many were run.

    In one transaction: whoever stops or is killed in the midst leaves it waiting, and two workers never run the same.
    It is decided in a process of its own: should that one be killed, the page tells it, and the worker goes on. Where
    the database itself is gone nobody can be told, and it waits too.
    """
    try:
        with database.transaction() as db:
            if not store.begin(db):
                return 0
            waiting = queries.longest_waiting(db)
            if waiting is None:
                return 0
            try:
                with db.transaction():
                    _run(database, db, waiting, stopped)
            except Refusal as no:  # told on the page instead of the report
                store.refuse(db, waiting.backtest_id, str(no))
            except _Stopped:
                raise
            except Exception:  # else it would wait for ever, and so would all that are asked for after it
                log.exception("backtest %s failed", waiting.backtest_id)
                store.refuse(db, waiting.backtest_id, str(BacktestFailed()))
            return 1
    except _Stopped:
        return 0


def _run(database: Database, db: Db, asked: BacktestAsk, stopped: Callable[[], bool]) -> None:
    policy = document(db, POLICY, asked.policy_key, asked.policy_version)

    def watch(*_: int) -> None:
        if stopped():
            raise _Stopped

    found = backtest(
        database, policy, since_on=asked.since_on, until_on=asked.until_on, workers=1, watch=watch,
        assumptions=read_assumptions(asked.assumptions) if asked.assumptions else None,
    )  # fmt: skip
    testing.keep_backtest(
        db, policy, found, since_on=asked.since_on, until_on=asked.until_on, by=asked.asked_by, today=house_day(db),
        backtest_id=asked.backtest_id,
    )  # fmt: skip
