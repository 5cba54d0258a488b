"""Entries in batches through `ledger.actions.post`, beside bare COPY of the same rows.

python bench/postings.py [--entries 20000] [--rounds 5] [--no-history]
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

from _figures import keep, shown
from _house import TODAY, House, house

from lendmill import ids
from lendmill.db import Db
from lendmill.ledger import store
from lendmill.ledger.actions import post
from lendmill.loans.postings import Of, billed

COPY = "copy {table} ({columns}) from stdin"
Made = list[dict[str, Any]]


def facts(entries: int) -> Made:
    """What was billed to so many loans: interest, and to every other one a penalty too."""
    return [
        {
            "of": Of(ids.new(), ids.new(), "credit-line", 1_000_000), "interest_cents": 12_600 + n,
            "penalty_cents": n % 2 * 63, "value_on": TODAY, "booked_on": TODAY,
        }
        for n in range(entries)
    ]  # fmt: skip


def ready(entries: int) -> tuple[bytes, bytes]:
    """The same rows, spelled out before anything is measured."""
    made = [billed(**each) for each in facts(entries)]
    heads, lines = store.as_text([ids.new() for _ in made], made)
    return heads.encode(), lines.encode()


def copied(db: Db, heads: bytes, lines: bytes) -> None:
    """The ceiling: the same rows, ready-made, into the same tables, and nothing asked."""
    for table, columns, text in (("entry", store.HEADS, heads), ("line_item", store.LINES, lines)):
        statement = COPY.format(table=table, columns=", ".join(columns))
        with db.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.write(text)


def posted(db: Db, made: Made) -> None:
    """What is measured: entries made by their posting, checked, and posted."""
    post(db, [billed(**each) for each in made])


def seconds(here: House, lines: int, work: Callable[..., None], *given: Any) -> float:
    """The seconds one batch took, commit and all; it must have written exactly its lines."""
    here.checkpoint()
    before = here.counts("line_item")["line_item"]
    begun = time.perf_counter()
    here.database.act(work, *given)
    took = time.perf_counter() - begun
    assert here.counts("line_item")["line_item"] - before == lines, "lines are missing"
    return took


def measured(entries: int, rounds: int) -> dict[str, float]:
    """Each round copies a batch and posts one, straight after one another."""
    copies: list[float] = []
    posts: list[float] = []
    with house() as here:
        for _ in range(rounds + 1):  # the first warms up
            texts = ready(entries)
            lines = texts[1].count(b"\n")
            copies.append(seconds(here, lines, copied, *texts))
            posts.append(seconds(here, lines, posted, facts(entries)))
        sums = here.owner("select count(*) from (select unit from line_item group by unit having sum(amount) <> 0) a")
    assert sums == [(0,)], "the books do not balance"
    pairs = list(zip(copies[1:], posts[1:], strict=True))
    return {
        "entries": entries,
        "lines": lines,
        "copy_lines_per_second": lines / statistics.median(copies[1:]),
        "lines_per_second": lines / statistics.median(posts[1:]),
        "entries_per_second": entries / statistics.median(posts[1:]),
        "ratio": statistics.median(copy / post for copy, post in pairs),
        "rounds": rounds,
    }


def main() -> None:
    """Measure, print, and add a line to the history."""
    asked = argparse.ArgumentParser(description="Postings in batches beside COPY of the same rows.")
    asked.add_argument("--entries", type=int, default=20_000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--no-history", action="store_true", help="measure without adding to the history")
    given = asked.parse_args()
    figures = measured(given.entries, given.rounds)
    shown(
        f"postings, batches of {given.entries:,} entries, median of {given.rounds}",
        [
            ("COPY of the same rows", f"{figures['copy_lines_per_second']:,.0f} lines/s", ""),
            ("made, checked and posted", f"{figures['lines_per_second']:,.0f} lines/s", ""),
            ("ratio", f"{figures['ratio']:.2f}", ">= 0.5"),
            ("entries", f"{figures['entries_per_second']:,.0f} /s", ""),
        ],
    )
    if not given.no_history:
        keep("postings", figures)


if __name__ == "__main__":
    main()
