"""The night's pass: a million files against a hundred rules in columns, beside a Polars scan of the very same columns.

    python bench/offers_pass.py [--shops 1000000] [--borrowers 20000] [--no-history]

The whole decision is measured, reading included: eligibility, rules, rating, limit, price, term, reasons in order.
The scan reads every column that is read and adds each up. Both run in processes of their own, taking turns. Then the
whole pass through the database, told with the part that is the database's.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
from _figures import keep, shown
from _house import House, house, open_for_business
from _pass_files import RULES, TODAY, made_up, setting

from lendmill.credit import queries as credit_now
from lendmill.credit.actions import make_offers_by_page
from lendmill.credit.cases.queries import gathered_page
from lendmill.credit.offers.at_once import decided
from lendmill.credit.offers.files import FILE, Setting
from lendmill.products.queries import presets

ROUNDS = 3
PAGE = 125_000  # a row group


def columns(on: Setting) -> list[str]:
    """What is read of the table."""
    return list(dict.fromkeys((*FILE, *on.facts)))


def decides(path: Path) -> dict[str, float]:
    """Decide everybody, page by page: as many pages at a time as there are cores, each read by who decides it."""
    on = setting()
    read = columns(on)
    table = pl.scan_parquet(path).select(read)
    rows = table.select(pl.len()).collect().item()

    def page(first: int) -> tuple[dict[str, int], int, int]:
        answers = decided(table.slice(first, PAGE).collect(), on)
        told = dict(answers.table["outcome"].value_counts().rows())
        return told, int(answers.table["limit_cents"].sum()), answers.alone

    began = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as at_work:
        pages = list(at_work.map(page, range(0, rows, PAGE)))
    seconds = time.perf_counter() - began
    tally = {outcome: sum(told[outcome] for told, _, _ in pages) for outcome in ("approve", "refer", "decline")}
    cents, alone = sum(page[1] for page in pages), sum(page[2] for page in pages)
    return {"seconds": seconds, "rows": rows, "alone": alone, "cents": cents, "columns": len(read), **tally}


def scans(path: Path) -> dict[str, float]:
    """The ceiling: Polars reads the same columns, and adds each up."""
    read = columns(setting())
    table = pl.scan_parquet(path).select(read)
    began = time.perf_counter()
    text = [name for name, kind in FILE.items() if kind == pl.String]
    days = [name for name, kind in FILE.items() if kind == pl.Date]
    sums = [
        pl.col(name).str.len_bytes().sum() if name in text
        else pl.col(name).to_physical().cast(pl.Int64).sum() if name in days else pl.col(name).sum()
        for name in read
    ]  # fmt: skip
    found = table.select(pl.len().alias("rows"), *sums).collect(engine="streaming")
    return {"seconds": time.perf_counter() - began, "rows": found["rows"].item()}


WORK: dict[str, Callable[[Path], dict[str, float]]] = {"decide": decides, "scan": scans}


def apart(work: str, path: Path) -> dict[str, float]:
    """One piece of work in a process of its own, with the most memory it had."""
    asked = [sys.executable, __file__, "--work", work, "--table", str(path)]
    told: dict[str, float] = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
    return told


def in_columns(path: Path, rounds: int) -> dict[str, float]:
    """Deciding beside scanning, taking turns."""
    ours, beside = [], []
    for _ in range(rounds):
        beside.append(apart("scan", path))
        ours.append(apart("decide", path))
    one, scan = ours[0], statistics.median(each["seconds"] for each in beside)
    assert one["rows"] == beside[0]["rows"] > 0
    assert 0.1 < one["approve"] / one["rows"] < 0.9, one
    seconds = statistics.median(each["seconds"] for each in ours)
    ratio = statistics.median(each["seconds"] / other["seconds"] for each, other in zip(ours, beside, strict=True))
    cpu_ratio = statistics.median(
        each["cpu_seconds"] / other["cpu_seconds"] for each, other in zip(ours, beside, strict=True)
    )
    return {
        "shops": one["rows"], "columns": one["columns"], "rules": RULES, "seconds": seconds, "scan_seconds": scan,
        "ratio": ratio, "cpu_ratio": cpu_ratio, "rows_per_second": one["rows"] / seconds,
        "approved": one["approve"], "alone": one["alone"],
        "megabytes": max(each["megabytes"] for each in ours),
        "scan_megabytes": max(each["megabytes"] for each in beside),
    }  # fmt: skip


def through_the_database(borrowers: int) -> dict[str, float]:
    """The whole pass over a house's sellers for both products shipped: read, decide, write."""
    with house() as here:
        open_for_business(here, borrowers)
        here.owner("truncate offer, no_offer")
        here.owner("vacuum analyze")
        return _passed(here, borrowers)


def _passed(here: House, borrowers: int) -> dict[str, float]:
    with here.database.transaction() as db:
        policy = credit_now.policy(db)
        ids = [row[0] for row in db.execute("select borrower_id from borrower order by borrower_id").fetchall()]
        began = time.perf_counter()
        page = gathered_page(db, ids, TODAY, policy.facts)
        page.table()
        reading = time.perf_counter() - began
    began = time.perf_counter()
    report = make_offers_by_page(here.database.transaction, today=TODAY, policy=policy, products=presets())
    seconds = time.perf_counter() - began
    assert report.looked_at == 2 * borrowers == sum(here.counts("offer", "no_offer").values())
    on = setting()
    files = pl.concat([page.table(), page.joint_cents(on.product).to_frame()], how="horizontal")
    began = time.perf_counter()
    decided(files, on)
    deciding = 2 * (time.perf_counter() - began)
    return {
        "borrowers": borrowers, "pass_seconds": seconds, "pass_rows_per_second": 2 * borrowers / seconds,
        "reading_seconds": reading, "deciding_seconds": deciding, "database_share": 1 - deciding / seconds,
    }  # fmt: skip


def main() -> None:
    """Measure, print, and add a line to the history."""
    asked = argparse.ArgumentParser(description="The night's pass.")
    asked.add_argument("--shops", type=int, default=1_000_000)
    asked.add_argument("--borrowers", type=int, default=20_000, help="of the pass through the database; 0: none")
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--keep", type=Path, help="a file for the made-up table, to be used again")
    asked.add_argument("--no-history", action="store_true", help="measure without adding to the history")
    asked.add_argument("--work", choices=list(WORK), help=argparse.SUPPRESS)
    asked.add_argument("--table", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.work:
        setting()
        used = resource.getrusage(resource.RUSAGE_SELF)
        began = used.ru_utime + used.ru_stime
        found: dict[str, Any] = WORK[given.work](given.table)
        used = resource.getrusage(resource.RUSAGE_SELF)
        found["cpu_seconds"] = used.ru_utime + used.ru_stime - began
        found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory() as scratch:
        path = given.keep or Path(scratch) / "files.parquet"
        if not path.exists():
            made_up(path, given.shops)
        measured = in_columns(path, given.rounds)
    if given.borrowers:
        measured |= through_the_database(given.borrowers)
    _shown(measured)
    if not given.no_history and given.borrowers:
        keep("offers pass", measured)


def _shown(found: dict[str, float]) -> None:
    rows = [
        ("decided in columns", f"{found['seconds']:.1f} s, {found['megabytes']:.0f} MB", ""),
        (f"a scan of the same {found['columns']:.0f} columns", f"{found['scan_seconds']:.2f} s", ""),
        ("ratio", f"{found['ratio']:.2f}", "<= 5"),
        ("ratio of the processors' time", f"{found['cpu_ratio']:.2f}", ""),
        ("files per second", f"{found['rows_per_second']:,.0f}", ""),
        ("approved", f"{found['approved'] / found['shops']:.0%}", ""),
        ("decided one by one", f"{found['alone']:.0f}", ""),
    ]
    if "borrowers" in found:
        rows += [
            (f"{found['borrowers']:,.0f} borrowers through the database", f"{found['pass_seconds']:.1f} s", ""),
            ("answers per second", f"{found['pass_rows_per_second']:,.0f}", ""),
            ("not deciding, of that", f"{found['database_share']:.0%}", ""),
        ]
    shown(f"{found['shops']:,.0f} files, {found['rules']:.0f} rules", rows)


if __name__ == "__main__":
    main()
