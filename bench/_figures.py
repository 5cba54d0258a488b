"""Prints a measurement, keeps it in the history, and writes the page about speed from that history."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

LOAD = round(os.getloadavg()[0], 1)  # before we add to it
HISTORY = Path(__file__).with_name("history.jsonl")


def shown(title: str, rows: Sequence[tuple[str, str, str]]) -> None:
    """A small table: what, how much, and the budget beside it."""
    print(f"\n{title}")
    wide = max(len(what) for what, _, _ in rows)
    for what, found, budget in rows:
        print(f"  {what:<{wide}}  {found:>18}  {budget}".rstrip())


def keep(bench: str, figures: Mapping[str, float]) -> None:
    """Add one line to the history: when, which commit, on how many cores, and the figures."""
    line = {
        "bench": bench,
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "commit": _commit(),
        "cores": os.cpu_count(),
        "load": LOAD,
        **{name: round(value, 3) for name, value in figures.items()},
    }
    with open(HISTORY, "a", encoding="utf-8") as history:
        history.write(json.dumps(line) + "\n")


def _commit() -> str:
    """The commit measured; a plus where the source has changes that are not committed."""
    here = Path(__file__).parent
    told = subprocess.run(
        ["git", "describe", "--always", "--abbrev=9"], cwd=here, capture_output=True, text=True, check=False
    )
    changed = subprocess.run(
        ["git", "status", "--porcelain", "--", "../src"], cwd=here, capture_output=True, text=True, check=False
    )
    return (told.stdout.strip() or "unknown") + ("+" if changed.stdout.strip() else "")
