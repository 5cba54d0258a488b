"""The day end by its command: done, rehearsed, and told again."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

from psycopg.conninfo import conninfo_to_dict

from day_end_books import a_book
from lendmill.db import Database


def lendmill(url: str, folder: Path, *words: str) -> str:
    """Run the command on the test's database, and give what it printed."""
    address = "postgresql:///?" + urlencode(conninfo_to_dict(url))
    done = subprocess.run(
        [sys.executable, "-m", "lendmill.cli", "day-end", *words], capture_output=True, text=True, cwd=folder,
        env={**os.environ, "LENDMILL_DATABASE_URL": address, "LENDMILL_VAR": str(folder / "var")}, check=True,
    )  # fmt: skip
    return done.stdout


def test_it_is_rehearsed_then_done_and_told_again(database_url: str, tmp_path: Path) -> None:
    with Database(database_url) as database:
        a_book(database, borrowers=3)
    would = lendmill(database_url, tmp_path, "--through", "2026-02-01", "--dry-run").splitlines()
    assert would[-1] == "A dry run: nothing was done. The house's day is 2026-01-01."
    before = would[: would.index("2026-02-01")]
    due = [line for line in before if line.startswith("  bring-up")][-1]  # on that morning everything falls due
    assert due == "  bring-up   borrowers 3, loans 4, rows billed 4, interest 321.78 yuan, entries 4"
    did = lendmill(database_url, tmp_path, "--through", "2026-02-01", "--workers", "2").splitlines()
    assert did[-1] == "The house's day is 2026-02-02."
    assert [_without_time(line) for line in did if line.startswith("  ")] == [
        _without_time(line) for line in would if line.startswith("  ")
    ]
    told = lendmill(database_url, tmp_path, "--report", "2026-01-31").splitlines()
    at = did.index("2026-01-31")
    assert told == [line for line in told if not line.startswith("2026-02")]
    assert told[:5] == did[at : at + 5]
    assert lendmill(database_url, tmp_path, "--report", "2026-02-02") == "The end of 2026-02-02 has not begun.\n"


def _without_time(line: str) -> list[str]:
    words = line.split()
    return [word for at, word in enumerate(words) if "ms" not in words[at : at + 2]]
