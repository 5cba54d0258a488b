"""The daily roll-up and the features: what one new day costs, and what 200 features of many shops cost.

    python bench/features.py [--shops 100000] [--day-shops 20000] [--keep FOLDER] [--no-history]

A new day's events of many shops are brought into a lake with three years of roll-ups, and into an empty one: rolling
them up must cost the same. Then all features of all shops as of one day, beside a Polars scan that adds up the same
columns of the same files. Each is measured in a process of its own, with its peak memory.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from _figures import keep, shown
from _lake import THROUGH, a_new_day, made_up

from lendmill.features.rolling.catching_up import bring_up_to_date
from lendmill.features.rolling.pages import RollUps
from lendmill.features.rolling.reading import Shelf, on_polars, own_polars
from lendmill.features.windows import as_of
from lendmill.shops.lake import Lake

ROUNDS = 3
FEATURES_MIN = 200


def rolled_up(lake: Path) -> dict[str, float]:
    """Roll up what waits in a lake."""
    began = time.perf_counter()
    rollups = bring_up_to_date(Lake(lake))
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "rows": sum(file.rows for file in rollups.pages()[-1].files)}


def worked_out(lake: Path) -> dict[str, float]:
    """All features of all shops."""
    began = time.perf_counter()
    table = as_of(Lake(lake), THROUGH)
    seconds = time.perf_counter() - began
    known = sum(table[name].null_count() < table.height for name in table.columns) - 1
    return {"seconds": seconds, "rows": table.height, "features": known}


def scanned(lake: Path) -> dict[str, float]:
    """The ceiling: Polars reads the very same columns of the same rows and adds each up."""
    rollups = RollUps(Lake(lake))
    shelf = Shelf(Lake(lake), rollups, tuple(rollups.pages()), THROUGH, THROUGH)
    record = shelf.record(on_polars(), own_polars)
    began = time.perf_counter()
    rows = 0
    money = ("order_cents", "refund_cents", "settlement_cents")
    for table, columns in (
        (record.whole, ("shop_key", "source", "day", "known", *money)),
        (record.recent, ("shop_key", "day", "known", *record.measures)),
        (record.partners, ("shop_key", "side", "counterparty", "day", "known", "n", "cents")),
    ):
        native: pl.LazyFrame = table.to_native()
        text = [pl.col(name).str.len_bytes().sum() for name in ("shop_key", "source", "side", "counterparty")
                if name in columns]  # fmt: skip
        sums = [pl.col(name).sum() for name in columns if name not in ("shop_key", "source", "side", "counterparty")]
        found = native.select(pl.len().alias("rows"), *text, *sums).collect(engine="streaming")
        rows += found["rows"].item()
    return {"seconds": time.perf_counter() - began, "rows": rows}


WORK: dict[str, Callable[[Path], dict[str, float]]] = {"roll": rolled_up, "features": worked_out, "scan": scanned}


def apart(work: str, lake: Path) -> dict[str, float]:
    """One piece of work in a process of its own, with the most memory it had."""
    asked = [sys.executable, __file__, "--work", work, "--lake", str(lake)]
    told: dict[str, float] = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
    return told


def one_new_day(folder: Path, shops: int, rounds: int) -> dict[str, float]:
    """A day's roll-up beside three years of history, and alone; lakes take turns."""
    took: dict[str, list[float]] = {"history": [], "alone": []}
    with_history = made_up(folder / "history", shops, partners=False)
    rows = 0.0
    for n in range(rounds):
        for name in took:
            lake = with_history if name == "history" else Lake(folder / f"alone {n}")
            a_new_day(lake, shops, n, folder)
            found = apart("roll", lake.folder)
            took[name].append(found["seconds"])
            rows = found["rows"]
    assert rows >= shops, f"only {rows} rows for {shops} shops"
    history, alone = (statistics.median(took[name]) for name in took)
    return {"shops": shops, "history_seconds": history, "alone_seconds": alone, "ratio": history / alone}


def many_shops(lake: Path, rounds: int) -> dict[str, float]:
    """All features beside the scan, taking turns."""
    ours, scans = [], []
    for _ in range(rounds):
        scans.append(apart("scan", lake))
        ours.append(apart("features", lake))
    seconds = statistics.median(one["seconds"] for one in ours)
    scan = statistics.median(one["seconds"] for one in scans)
    assert ours[0]["features"] >= FEATURES_MIN, ours[0]
    return {
        "shops": ours[0]["rows"], "features": ours[0]["features"], "rows": scans[0]["rows"], "seconds": seconds,
        "scan_seconds": scan, "ratio": seconds / scan, "rows_per_second": scans[0]["rows"] / seconds,
        "megabytes": max(one["megabytes"] for one in ours), "scan_megabytes": max(one["megabytes"] for one in scans),
    }  # fmt: skip


def main() -> None:
    """Measure, print, and add lines to the history."""
    asked = argparse.ArgumentParser(description="The daily roll-up and the features.")
    asked.add_argument("--shops", type=int, default=100_000)
    asked.add_argument("--small", type=int, default=10_000, help="a tenth of the shops, for the memory's sake")
    asked.add_argument("--day-shops", type=int, default=20_000)
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--keep", type=Path, help="a folder for the made-up lakes, to be used again")
    asked.add_argument("--no-history", action="store_true", help="measure without adding to the history")
    asked.add_argument("--work", choices=list(WORK), help=argparse.SUPPRESS)
    asked.add_argument("--lake", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.work:
        found: dict[str, Any] = WORK[given.work](given.lake)
        found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory() as scratch:
        day = one_new_day(Path(scratch), given.day_shops, given.rounds)
        _shown_day(day)
        if not given.no_history:
            keep("daily roll-up", day)
        for shops in (given.small, given.shops):
            folder = (given.keep or Path(scratch)) / f"shops {shops}"
            lake = Lake(folder) if folder.exists() else made_up(folder, shops)
            figures = many_shops(lake.folder, given.rounds)
            _shown_features(figures)
            if not given.no_history:
                keep("features", figures)


def _shown_day(day: dict[str, float]) -> None:
    shown(
        f"one new day of {day['shops']:,.0f} shops, rolled up",
        [
            ("beside three years of history", f"{day['history_seconds']:.2f} s", ""),
            ("alone", f"{day['alone_seconds']:.2f} s", ""),
            ("ratio", f"{day['ratio']:.2f}", "<= 2"),
        ],
    )


def _shown_features(found: dict[str, float]) -> None:
    shown(
        f"{found['features']:.0f} features of {found['shops']:,.0f} shops with three years of days",
        [
            ("rows of roll-ups read", f"{found['rows']:,.0f}", ""),
            ("features", f"{found['seconds']:.1f} s, {found['megabytes']:.0f} MB", ""),
            ("a Polars scan of the same columns", f"{found['scan_seconds']:.1f} s", ""),
            ("ratio", f"{found['ratio']:.1f}", ""),
            ("rows per second", f"{found['rows_per_second']:,.0f}", ""),
        ],
    )


if __name__ == "__main__":
    main()
