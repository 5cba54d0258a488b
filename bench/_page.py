"""Writes the table in docs/speed.md from the history: no figure on that page is typed.

python bench/_page.py
"""

import json
from pathlib import Path
from typing import Any

from _figures import HISTORY

PAGE = Path(__file__).parents[1] / "docs" / "speed.md"
BEGIN = "<!-- from bench/history.jsonl, by `python bench/_page.py` -->"
END = "<!-- end -->"
SHOWN = 12

TABLES: dict[str, tuple[tuple[str, str], ...]] = {
    "postings": (
        ("entries, lines a batch", "{entries:,.0f}, {lines:,.0f}"),
        ("COPY, lines/s", "{copy_lines_per_second:,.0f}"),
        ("posted, lines/s", "{lines_per_second:,.0f}"),
        ("ratio (>= 0.5)", "{ratio:.2f}"),
    ),
    "online decision": (
        ("decisions/s", "{per_second:.0f}"),
        ("p50 / p99, ms", "{p50_ms:.0f} / {p99_ms:.0f}"),
        ("statements", "{statements:.0f}"),
        ("pgbench/s", "{pgbench_per_second:.0f}"),
        ("ratio (>= 0.4)", "{ratio:.2f}"),
        ("p99 at half load, ms (<= 50)", "{half_load_p99_ms:.0f}"),
        ("pgbench's p99 at that rate, ms", "{pgbench_half_load_p99_ms:.0f}"),
    ),
    "day end": (
        ("due", "{due:,.0f}"),
        ("small book", "{small_book:,.0f} in {small_seconds:.1f} s"),
        ("large book", "{large_book:,.0f} in {large_seconds:.1f} s"),
        ("ratio (<= 1.5, clustered)", "{ratio:.2f}"),
        ("borrowers/s", "{borrowers_per_second:.0f}"),
    ),
    "day end scattered": (
        ("due", "{due:,.0f}"),
        ("small book", "{small_book:,.0f} in {small_seconds:.1f} s"),
        ("large book", "{large_book:,.0f} in {large_seconds:.1f} s"),
        ("ratio (<= 3, scattered)", "{ratio:.2f}"),
    ),
    "day end beside hand": (
        ("loans", "{book:,.0f}"),
        ("due", "{due:,.0f}"),
        ("workers", "{workers:.0f}"),
        ("SQL by hand, s", "{hand_seconds:.1f}"),
        ("ours, s", "{our_seconds:.1f}"),
        ("ratio (<= 2)", "{ratio:.2f}"),
        ("peak memory, MB (<= 1,000)", "{megabytes:.0f}"),
    ),
    "online beside day end": (
        ("payments/s alone", "{per_second:.0f}"),
        ("p50 / p99 alone, ms", "{p50_ms:.0f} / {p99_ms:.0f}"),
        ("p50 / p99 in the sweep, ms", "{p50_sweep_ms:.0f} / {p99_sweep_ms:.0f}"),
    ),
    "backtest": (
        ("decisions, letters each", "{whole_decisions:,.0f}, {letters:,.0f}"),
        ("minutes (<= 10 a million)", "{minutes:.1f}"),
        ("work of the processes, us each", "{worked_us_each:,.0f}"),
        ("read and decoded alone, s", "{ceiling_seconds:,.0f}"),
        ("ratio", "{ratio:.2f}"),
        ("peak of a process, MB", "{whole_child_mb:.0f}"),
        ("at a tenth, MB (flat)", "{small_child_mb:.0f}"),
    ),
    "daily roll-up": (
        ("shops", "{shops:,.0f}"),
        ("beside three years, s", "{history_seconds:.2f}"),
        ("alone, s", "{alone_seconds:.2f}"),
        ("ratio (<= 2)", "{ratio:.2f}"),
    ),
    "features": (
        ("shops", "{shops:,.0f}"),
        ("features", "{features:.0f}"),
        ("rows read", "{rows:,.0f}"),
        ("ours, s", "{seconds:.1f}"),
        ("Polars scan, s", "{scan_seconds:.1f}"),
        ("ratio", "{ratio:.1f}"),
        ("rows/s", "{rows_per_second:,.0f}"),
        ("peak memory, MB", "{megabytes:.0f}"),
    ),
    "offers pass": (
        ("files, rules, columns", "{shops:,.0f}, {rules:.0f}, {columns:.0f}"),
        ("decided, s", "{seconds:.1f}"),
        ("Polars scan, s", "{scan_seconds:.2f}"),
        ("ratio (<= 5)", "{ratio:.2f}"),
        ("of processors' time", "{cpu_ratio:.2f}"),
        ("files/s", "{rows_per_second:,.0f}"),
        ("peak memory, MB", "{megabytes:.0f}"),
        ("borrowers through the database", "{borrowers:,.0f} in {pass_seconds:.0f} s"),
        ("answers/s", "{pass_rows_per_second:,.0f}"),
        ("not deciding", "{database_share:.0%}"),
    ),
    "million loans": (
        ("loans", "{loans:,.0f}"),
        ("late", "{late:,.0f}"),
        ("copying the same bytes, ms", "{copy_ms:.1f}"),
        ("ours, ms", "{ours_ms:.1f}"),
        ("ratio (<= 6)", "{ratio:.2f}"),
    ),
}


def tables(lines: list[dict[str, Any]]) -> str:
    """For each bench the latest measurements, the newest first."""
    parts = []
    for bench, columns in TABLES.items():
        measured = [line for line in lines if line["bench"] == bench][-SHOWN:][::-1]
        heads = ["at", "commit", "cores", "load", *(head for head, _ in columns)]
        rows = [
            [line["at"], f"`{line['commit']}`", str(line["cores"]), str(line.get("load", "")),
             *(_figure(shape, line) for _, shape in columns)]
            for line in measured
        ]  # fmt: skip
        table = [heads, ["---"] * len(heads), *rows]
        parts += [f"### {bench.capitalize()}", "", *(f"| {' | '.join(row)} |" for row in table), ""]
    return "\n".join(parts)


def _figure(shape: str, line: dict[str, Any]) -> str:
    """A figure of a line; a bench from before it was measured has none."""
    try:
        return shape.format(**line)
    except KeyError:
        return ""


def main() -> None:
    """Put the tables between the two marks."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    lines = [json.loads(line) for line in HISTORY.read_text(encoding="utf-8").splitlines()]
    PAGE.write_text(f"{before}{BEGIN}\n\n{tables(lines)}\n{END}{after}", encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()
