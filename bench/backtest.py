"""A policy tried on a million stored decisions: how long it takes in two processes, and whether memory stays flat.

    python bench/backtest.py [--decisions 1000000] [--workers 2]

Two thousand applications are decided as they are online, every figure of the catalogue in their files; they are
copied, each under an id of its own, to as many as asked, in the house's own PostgreSQL. Nothing is remembered of a
file: a copy is read from its own pages, decoded and decided as any other. Then all are decided again under the shipped
policy with smaller limits, as `lendmill backtest` does. The ceiling, in the same run and by as many processes: the same
rows read and their JSON decoded, nothing decided. The peak memory of each process is told at a tenth of the decisions
and at all of them.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from _figures import keep, shown
from _house import TODAY, House, house, open_for_business

from lendmill.credit import actions as credit
from lendmill.credit.consents import CONSENTS
from lendmill.credit.policy import Policy
from lendmill.credit.pricing.assumptions import Assumptions, read_assumptions
from lendmill.credit.queries import preset_policy
from lendmill.credit.testing import queries
from lendmill.credit.testing.queries import Part
from lendmill.credit.testing.running.actions import PART_FILES, backtest
from lendmill.db import Database, Db
from lendmill.people.command import Command

DECIDED = 2_000
LATER = 0x020000000000  # the first 48 bits of an id are its moment; these lie after all there are
BUDGET_MINUTES = 10.0
GROWTH_MAX = 1.2

# All of those decided, each under an id of its own. Ids grow with time, as here: what is decided later lies behind. The
# text is copied as it lies, compressed, into new pages of the same table.
COPY = """
    insert into decision (decision_id, borrower_id, application_id, product_key, outcome, grade, limit_cents, reasons,
                          content, content_hash, decided_on)
    select (lpad(to_hex(%(base)s + row_number() over (order by d.decision_id)), 12, '0')
            || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid,
           d.borrower_id, d.application_id, d.product_key, d.outcome, d.grade, d.limit_cents,
           d.reasons, d.content, d.content_hash, d.decided_on
      from (select * from decision order by decision_id limit %(files)s) d
"""

# What of a quarter of them became known.
OUTCOMES = """
    insert into outcome (decision_id, borrower_id, model_id, decided_on, points, pd, defaulted, cause, known_on)
    select decision_id, borrower_id, (select min(model_id) from model), decided_on, 600, 0.02, false, '', decided_on
      from decision
     where get_byte(decode(right(decision_id::text, 2), 'hex'), 0) < 64
        on conflict do nothing
"""

# A copy's references and its hash are those of a decision that was checked: they are not looked up a million times. The
# hash is asked of one in a hundred afterwards, and of whatever is written from then on. Nobody tidies up meanwhile.
UNCHECKED = """
    set session_replication_role = replica;
    set synchronous_commit = off;
    alter table decision set (autovacuum_enabled = off, toast.autovacuum_enabled = off);
    alter table decision drop constraint {hashed}
"""
CHECKED = "alter table decision add constraint {hashed} {rule} not valid"
HASHED = """
    select conname, pg_get_constraintdef(oid)
      from pg_constraint
     where conrelid = 'decision'::regclass
       and pg_get_constraintdef(oid) like '%sha256%'
"""
FALSE = """
    select count(*)
      from decision tablesample system (1)
     where content_hash <> encode(sha256(convert_to(content, 'UTF8')), 'hex')
"""
TIDIED = ("vacuum (analyze, process_toast off) decision", "vacuum analyze outcome", "checkpoint")


def next_policy() -> Policy:
    """The shipped policy with three quarters of each limit by sales, and grade B for a person to look at."""
    shipped = preset_policy()
    sales, *others = shipped.limit.tables or ()
    rows = tuple((*row[:-1], int(row[-1] * 0.75)) for row in sales.rows)
    limit = msgspec.structs.replace(shipped.limit, tables=(msgspec.structs.replace(sales, rows=rows), *others))
    return msgspec.structs.replace(shipped, version=shipped.version + 1, limit=limit)


def assumed() -> Assumptions:
    """Assumptions of the kind a lender states."""
    grades = "".join(
        f"[grades.{grade}]\npd = 0.05\npd_low = 0.04\npd_high = 0.06\ncurve = 'all'\nlimit_cents = 1_000_000\n"
        for grade in ("AAA", "AA", "A", "BBB", "BB", "B", "C")
    )
    return read_assumptions(
        f"""
        key = "measured"
        said_by = "bench"
        in_force_on = {TODAY}
        source = "invented"
        product = "credit-line"
        days = 365
        loss_given_default_bp = 6_000
        funding_yearly_bp = 500
        operating_cents = 5_000
        drawn_at_default_bp = 9_000
        interest_paid_before_default_bp = 2_000
        utilisation = [{{ limit_cents = 100_000, share_bp = 8_000 }}]
        [churn]
        all = [[0.05, 0.0], [0.25, 0.3]]
        {grades}
        """
    )


def decide_some(here: House) -> None:
    """Applications decided one by one, as online."""
    borrowers = open_for_business(here, DECIDED)
    answers = {
        "purpose": "stock", "language": "en", "consents": [consent.purpose for consent in CONSENTS],
    }  # fmt: skip
    for n, borrower_id in enumerate(borrowers):
        here.database.act(
            credit.apply_at_once, command=Command.of(f"decided-{n:08d}"), borrower_id=borrower_id,
            product_key="credit-line", answers={**answers, "amount_cents": 500_000 + n % 40 * 100_000}, today=TODAY,
        )  # fmt: skip


def copied(here: House, wanted: int) -> None:
    """As many decisions as wanted, by copying all those decided over and over; each round is a transaction of its own.

    No two that lie next to each other are the same file, and PostgreSQL keeps the text of each by itself.
    """
    lacking = wanted - here.counts("decision")["decision"]
    with psycopg.connect(here.server.owner_url(), autocommit=True) as owner:
        ((hashed, rule),) = owner.execute(HASHED).fetchall()
        owner.execute(UNCHECKED.format(hashed=hashed).encode())
        while lacking > 0:
            about = {"files": min(DECIDED, lacking), "base": LATER + wanted - lacking}
            lacking -= owner.execute(COPY.encode(), about).rowcount
        owner.execute(OUTCOMES.encode())
        owner.execute(CHECKED.format(hashed=hashed, rule=rule.removesuffix(" NOT VALID")).encode())
        for statement in TIDIED:
            owner.execute(statement.encode())
        assert owner.execute(FALSE.encode()).fetchall() == [(0,)], "a copy's text is not the one under its hash"


class Watched:
    """The peak resident memory of this process's children while something runs, by looking every fifth of a second."""

    def __init__(self) -> None:
        self.peaks: dict[int, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watched":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.2):
            for child in multiprocessing.active_children():
                if child.pid is not None:
                    self.peaks[child.pid] = max(self.peaks.get(child.pid, 0), _peak_kb(child.pid))

    @property
    def megabytes(self) -> float:
        """The largest of the children."""
        return max(self.peaks.values(), default=0) / 1024


def _peak_kb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM")), 0)


_reading: list[Database] = []


def _begin_reading(url: str) -> None:
    _reading.append(Database(url, connections=1))


def _read(part: Part) -> int:
    with _reading[0].transaction() as db:
        return _decoded(db, part)


def _decoded(db: Db, part: Part) -> int:
    decoder, read = msgspec.json.Decoder(), 0
    for each in queries.stored(db, since_on=TODAY, until_on=TODAY, after=part.after, up_to=part.up_to):
        decoder.decode(each.content)
        read += 1
    return read


def ceiling(here: House, workers: int) -> int:
    """The same rows read and their JSON decoded, by as many processes, in parts alike."""
    with here.database.transaction() as db:
        files = queries.counted(db, since_on=TODAY, until_on=TODAY)
        parts = queries.parts_of(db, since_on=TODAY, until_on=TODAY, parts=max(workers, -(-files // PART_FILES)))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_begin_reading, initargs=(here.database.url,)) as pool:
        return sum(pool.map(_read, parts))


def timed(work: Callable[[], Any]) -> tuple[float, float, float, Any]:
    """Seconds, seconds of the children's own work, the largest child's peak in megabytes, and what came of it."""
    with Watched() as watched:
        begun, worked = time.perf_counter(), _worked()
        found = work()
        return time.perf_counter() - begun, _worked() - worked, watched.megabytes, found


def _worked() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def own_megabytes() -> float:
    """The peak of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure, print, and add a line to the history."""
    asked = argparse.ArgumentParser(description="A policy tried on many stored decisions.")
    asked.add_argument("--decisions", type=int, default=1_000_000)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--no-history", action="store_true", help="measure without adding to the history")
    given = asked.parse_args()
    policy, said = next_policy(), assumed()

    def run(here: House) -> Any:
        return backtest(here.database, policy, since_on=TODAY, until_on=TODAY, assumptions=said, workers=given.workers)

    figures: dict[str, float] = {}
    with house() as here:
        begun = time.perf_counter()
        decide_some(here)
        for name, wanted in (("small", max(given.decisions // 10, DECIDED)), ("whole", given.decisions)):
            copied(here, wanted)
            print(f"{wanted:,} decisions made ready after {time.perf_counter() - begun:.0f} s", file=sys.stderr)
            seconds, worked, megabytes, found = timed(lambda: run(here))
            figures |= {
                f"{name}_decisions": found.files, f"{name}_seconds": seconds, f"{name}_child_mb": megabytes,
                f"{name}_own_mb": own_megabytes(), f"{name}_worked_seconds": worked,
            }  # fmt: skip
        ceiling_seconds, ceiling_worked, _, read = timed(lambda: ceiling(here, given.workers))
        (size,) = here.owner("select avg(length(content))::integer from (select content from decision limit 2000) d")[0]
    assert read == figures["whole_decisions"], "the ceiling read other rows"
    minutes, growth = figures["whole_seconds"] / 60, figures["whole_child_mb"] / figures["small_child_mb"]
    figures |= {
        "minutes": minutes, "a_second": figures["whole_decisions"] / figures["whole_seconds"],
        "ceiling_seconds": ceiling_seconds, "ratio": figures["whole_seconds"] / ceiling_seconds, "growth": growth,
        "ceiling_worked_seconds": ceiling_worked,
        "worked_us_each": figures["whole_worked_seconds"] / figures["whole_decisions"] * 1e6,
        "letters": size, "workers": given.workers,
    }  # fmt: skip
    whole = int(figures["whole_decisions"])
    budget = BUDGET_MINUTES * whole / 1_000_000
    shown(f"a policy tried on {whole:,} stored decisions of {size:,} letters, {given.workers} processes", [
        ("decided again", f"{minutes:.2f} min", f"<= {budget:.1f}"),
        ("a second", f"{figures['a_second']:,.0f}", ""),
        ("work of the processes", f"{figures['worked_us_each']:,.0f} us each", "without the database's"),
        ("the same rows read and decoded", f"{ceiling_seconds / 60:.2f} min", ""),
        ("ratio", f"{figures['ratio']:.2f}", ""),
        ("peak of a process", f"{figures['whole_child_mb']:.0f} MB",
         f"{figures['small_child_mb']:.0f} MB at a tenth: {growth:.2f} times, <= {GROWTH_MAX}"),
        ("peak of the command", f"{figures['whole_own_mb']:.0f} MB", f"{figures['small_own_mb']:.0f} MB at a tenth"),
    ])  # fmt: skip
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    if not given.no_history:
        keep("backtest", figures)


if __name__ == "__main__":
    main()
