"""The day end beside set-based SQL written by hand, in books of two sizes, its memory, and those served meanwhile.

    python bench/day_end.py [--large 1000000] [--small 100000] [--due 33333] [--rounds 2] [--only hand,sizes,online]

Each book is made once and copied for each run; a checkpoint comes before each, and runs that are compared follow each
other. The day end runs as a process of its own, whose peak memory is read when it ends.
"""

import argparse
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
from _book import Wanted, fill
from _by_hand import day_end_by_hand
from _figures import keep, shown
from _house import House, house

from lendmill.db import Database
from lendmill.ledger.queries import out_of_balance, trial_balance
from lendmill.loans import actions as loans
from lendmill.people.actions import Command
from lendmill.people.queries import house_day

RUN = """
import json, re, sys, time
from datetime import date
from lendmill.day_end import day_end
from lendmill.db import Database
with Database(sys.argv[1]) as database:
    begun = time.perf_counter()
    (report,) = day_end(database, through=date.fromisoformat(sys.argv[2]), workers=int(sys.argv[3]))
    seconds = time.perf_counter() - begun
memory = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024  # since this program began
print(json.dumps({"seconds": seconds, "megabytes": memory, "steps": report.steps, "took_ms": report.took_ms}))
"""
COUNTED = ("entry", "line_item", "agenda", "instalment", "accrual_delta", "accrual_fold", "portfolio_day")
STATE = """
    select count(*), sum(l.interest_accrued), sum(i.interest_cents * i.n), min(l.next_on), max(l.next_on),
           count(*) filter (where l.seen_on = (select today_on from house))
      from loan l
      join instalment i using (loan_id, borrower_id)
"""


@contextmanager
def book(wanted: Wanted) -> Iterator[House]:
    """A house with such a book, only looked at: copies are worked on."""
    with house() as here:
        begun = time.perf_counter()
        fill(here, wanted)
        here.database.close()
        kind = "scattered" if wanted.scattered else "clustered"
        print(
            f"{wanted.loans:,} loans, {wanted.due:,} due, {kind}: made in {time.perf_counter() - begun:.0f} s",
            flush=True,
        )
        yield here


@contextmanager
def copy(here: House) -> Iterator[str]:
    """A copy of the book, by its name; gone afterwards."""
    with psycopg.connect(here.server.owner_url("postgres"), autocommit=True) as db:
        db.execute("create database bench_run template lendmill")
        try:
            here.checkpoint()
            yield "bench_run"
        finally:
            db.execute("drop database bench_run with (force)")


def ours(here: House, name: str, wanted: Wanted, workers: int) -> dict[str, Any]:
    """Close the day by a process of its own; it must have found exactly what falls due."""
    arguments = [sys.executable, "-c", RUN, here.server.url(name), wanted.closes.isoformat(), str(workers)]
    told = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-2_000:]
    found: dict[str, Any] = json.loads(told.stdout)
    billed = found["steps"]["bring-up"]
    assert (billed["loans"], billed["rows_billed"]) == (wanted.due + 1, wanted.due + 1), billed
    return found


def left(here: House, name: str) -> list[Any]:
    """How many rows there are in each table, what the loans come to, and that the books balance."""
    with psycopg.connect(here.server.owner_url(name)) as db:
        counts = [db.execute(f"select count(*) from {table}".encode()).fetchone() for table in COUNTED]
        with Database(here.server.url(name)) as database, database.transaction() as app:
            assert out_of_balance(trial_balance(app, house_day(app))) == {}, "the trial balance is not zero"
        return [*counts, db.execute(STATE).fetchone()]


def beside_hand(here: House, wanted: Wanted, rounds: int, workers: int) -> dict[str, float]:
    """The same night by hand and by the house, in turn; both must leave the same."""
    hand, house_, memory = [], [], 0.0
    for _ in range(rounds):
        with copy(here) as name:
            begun = time.perf_counter()
            day_end_by_hand(here.server.owner_url(name), wanted.closes)
            hand.append(time.perf_counter() - begun)
            expected = left(here, name)
        with copy(here) as name:
            found = ours(here, name, wanted, workers)
            house_.append(found["seconds"])
            memory = max(memory, found["megabytes"])
            assert left(here, name) == expected, "the two nights differ"
        print(f"  by hand {hand[-1]:.2f} s, ours {house_[-1]:.2f} s {found['took_ms']}", flush=True)
    ratio = statistics.median(mine / theirs for mine, theirs in zip(house_, hand, strict=True))
    return {
        "book": wanted.loans, "due": wanted.due, "workers": workers, "hand_seconds": statistics.median(hand),
        "our_seconds": statistics.median(house_), "ratio": ratio, "megabytes": memory,
    }  # fmt: skip


def two_sizes(small: tuple[House, Wanted], large: tuple[House, Wanted], rounds: int, workers: int) -> dict[str, float]:
    """The same dues in a small and in a large book, in turn."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for (here, wanted), seconds in zip((small, large), took, strict=True):
            with copy(here) as name:
                seconds.append(ours(here, name, wanted, workers)["seconds"])
        print(f"  {small[1].loans:,}: {took[0][-1]:.2f} s, {large[1].loans:,}: {took[1][-1]:.2f} s", flush=True)
    return {
        "small_book": small[1].loans, "large_book": large[1].loans, "due": small[1].due, "workers": workers,
        "small_seconds": statistics.median(took[0]), "large_seconds": statistics.median(took[1]),
        "ratio": statistics.median(b / a for a, b in zip(*took, strict=True)),
        "borrowers_per_second": small[1].due / statistics.median(took[1]),
    }  # fmt: skip


class Served(threading.Thread):
    """One seller after the other pays something, all the while; how long each waited is kept."""

    def __init__(self, database: Database, borrowers: list[Any]) -> None:
        super().__init__(daemon=True)
        self.database, self.borrowers = database, borrowers
        self.took: list[float] = []
        self.over = threading.Event()

    def run(self) -> None:
        """Pay, look at the clock, pay again."""
        for n, borrower_id in enumerate(self.borrowers):
            if self.over.is_set():
                return
            begun = time.perf_counter()
            self.database.act(self.pay, borrower_id=borrower_id, n=n)
            self.took.append(time.perf_counter() - begun)

    @staticmethod
    def pay(db: Any, *, borrower_id: Any, n: int) -> None:
        """A small payment, as the rail brings it."""
        today = house_day(db)
        loans.receive_payment(
            db, command=Command.of(f"bench-{n}", amount_cents=1_000), borrower_id=borrower_id, amount_cents=1_000,
            value_on=today, today=today,
        )  # fmt: skip


BORROWERS = "select borrower_id from agenda where happens_on > %s order by md5(borrower_id::text) limit %s"


def online(here: House, wanted: Wanted, workers: int, seconds: float = 8.0) -> dict[str, float]:
    """Payments of other borrowers, two at a time, alone and while the day end sweeps."""
    with copy(here) as name, Database(here.server.url(name)) as database:
        with database.transaction() as db:
            keys = [key for (key,) in db.execute(BORROWERS, [wanted.opens, 40_000]).fetchall()]
        half = len(keys) // 2
        alone = _serve(database, keys[:half], lambda: time.sleep(seconds))
        swept = _serve(database, keys[half:], lambda: ours(here, name, wanted, workers))
    p99, p99_swept = (float(np.percentile(took, 99)) * 1e3 for took in (alone, swept))
    return {
        "book": wanted.loans, "due": wanted.due, "p50_ms": float(np.median(alone)) * 1e3, "p99_ms": p99,
        "p50_sweep_ms": float(np.median(swept)) * 1e3, "p99_sweep_ms": p99_swept, "max_sweep_ms": max(swept) * 1e3,
        "per_second": len(alone) / seconds,
    }  # fmt: skip


def _serve(database: Database, keys: list[Any], meanwhile: Any) -> list[float]:
    threads = [Served(database, keys[n::2]) for n in range(2)]
    for thread in threads:
        thread.start()
    meanwhile()
    for thread in threads:
        thread.over.set()
    for thread in threads:
        thread.join()
    return [one for thread in threads for one in thread.took]


def main() -> None:
    """Measure, print, and add lines to the history."""
    asked = argparse.ArgumentParser(description="The day end beside SQL written by hand, and in books of two sizes.")
    asked.add_argument("--large", type=int, default=1_000_000)
    asked.add_argument("--small", type=int, default=100_000)
    asked.add_argument("--due", type=int, default=33_333)
    asked.add_argument("--rounds", type=int, default=2)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--only", default="hand,sizes,online", help="which of hand, sizes and online")
    asked.add_argument("--scattered", action="store_true", help="what falls due lies anywhere in the book")
    asked.add_argument("--no-history", action="store_true", help="measure without adding to the history")
    given = asked.parse_args()
    only = given.only.split(",")
    wanted = Wanted(given.large, given.due, scattered=given.scattered)
    found: dict[str, dict[str, float]] = {}
    with book(wanted) as large:
        if "hand" in only:
            found["day end beside hand"] = beside_hand(large, wanted, given.rounds, given.workers)
        if "online" in only:
            found["online beside day end"] = online(large, wanted, given.workers)
        if "sizes" in only:
            other = Wanted(given.small, given.due, scattered=given.scattered)
            kind = "day end scattered" if given.scattered else "day end"
            with book(other) as small:
                found[kind] = two_sizes((small, other), (large, wanted), given.rounds, given.workers)
    for bench, figures in found.items():
        shown(bench, [(name, f"{figure:,.2f}", BUDGETS.get((bench, name), "")) for name, figure in figures.items()])
        if not given.no_history:
            keep(bench, figures)


BUDGETS = {
    ("day end beside hand", "ratio"): "<= 2",
    ("day end beside hand", "megabytes"): "<= 1,000",
    ("day end", "ratio"): "<= 1.5, dues clustered",
    ("day end scattered", "ratio"): "<= 3, dues scattered",
}


if __name__ == "__main__":
    main()
