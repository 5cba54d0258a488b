"""Decides a time's files again, side by side in several processes, or in the worker for whoever asked on a page."""

import gc
import json
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
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
from lendmill.credit.testing.worth import worth_under
from lendmill.db import Database, Db
from lendmill.people.queries import house_day
from lendmill.people.sign_in.queries import Caller
from lendmill.refusals import Refusal

PART_FILES: Final = 2_500  # so many files a process takes at once: a progress that moves, and tallies that stay few
YOUNG_MAX: Final = 50_000  # objects made before the collector looks: about a page's
PARTS_MAX: Final = 2_000
ASKED_FILES_MAX: Final = 200_000
Watch = Callable[[int, int], object]


class NothingDecided(Refusal):
    """From {since_on} to {until_on} nothing was decided that could be decided again."""


class BacktestTooLarge(Refusal):
    """From {since_on} to {until_on} {files} files were decided; a page begins a backtest over at most {most}. Choose a
    shorter time, or let `lendmill backtest` run over all of it."""


class BacktestWaits(Refusal):
    """{asker} has asked for a backtest of this version already, and it waits or runs: its report will stand here."""


class TimeBackwards(Refusal):
    """The time to look at ends on {until_on}, before it begins on {since_on}."""


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
    `NothingDecided`.
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
    with ProcessPoolExecutor(
        min(workers, len(parts)), multiprocessing.get_context("spawn"), initializer=_begin, initargs=(ground,)
    ) as pool:
        for part, tally in zip(parts, pool.map(_decided, parts), strict=True):
            whole.add(tally)
            done += part.files
            watch(done, files)
    return report(whole, assumptions)


@dataclass(frozen=True, slots=True)
class _Ground:
    """All that a process needs to begin, as text that travels."""

    url: str
    policy: str
    assumptions: str
    since_on: date
    until_on: date


@dataclass(slots=True)
class _Begun:
    database: Database
    work: Callable[[Db, Part], Tally]


_begun: list[_Begun] = []  # of this process, once it has begun


def _begin(ground: _Ground) -> None:
    """Open the database in a process of its own, which ends when the one that started it does."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.join,), daemon=True).start()
    policy = policy_of(json.loads(ground.policy))
    assumptions = read_assumptions(ground.assumptions) if ground.assumptions else None
    database = Database(ground.url, connections=1)
    with database.transaction() as db:
        products = kept.every_product(db, house_day(db))
    worth = worth_under(assumptions) if assumptions else None

    def work(db: Db, part: Part) -> Tally:
        return testing.decide_again(
            db, policy, products, worth, since_on=ground.since_on, until_on=ground.until_on, part=part
        )

    _begun.append(_Begun(database, work))
    gc.freeze()  # what is loaded by now stays for good, and no file outlives its page
    gc.set_threshold(YOUNG_MAX)


def _end_after(end: Callable[[], object]) -> None:
    end()
    os._exit(1)


def _decided(part: Part) -> Tally:
    (here,) = _begun
    with here.database.transaction() as db:
        return here.work(db, part)


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

    In one transaction: whoever stops in the midst leaves it waiting, and two workers never run the same.
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
                    _run(db, waiting, stopped)
            except Refusal as no:  # told on the page instead of the report
                store.refuse(db, waiting.backtest_id, str(no))
            return 1
    except _Stopped:
        return 0


def _run(db: Db, asked: BacktestAsk, stopped: Callable[[], bool]) -> None:
    policy = document(db, POLICY, asked.policy_key, asked.policy_version)
    assumptions = read_assumptions(asked.assumptions) if asked.assumptions else None
    today = house_day(db)

    def watch(_: int) -> None:
        if stopped():
            raise _Stopped

    tally = testing.decide_again(
        db, policy, kept.every_product(db, today), worth_under(assumptions) if assumptions else None,
        since_on=asked.since_on, until_on=asked.until_on, watch=watch,
    )  # fmt: skip
    testing.keep_backtest(
        db, policy, report(tally, assumptions), since_on=asked.since_on, until_on=asked.until_on, by=asked.asked_by,
        today=today, backtest_id=asked.backtest_id,
    )  # fmt: skip
