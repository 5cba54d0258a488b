"""The day end killed, worker and database, at moments by chance, and run again: the books are those of a quiet run."""

import os
import random
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import psycopg
import pytest

from conftest import Postgres
from day_end_books import LINES, STATES, a_book, rows
from lender import broken_promises
from lendmill.day_end import day_end
from lendmill.db import Database
from lendmill.db.embedded import EmbeddedPostgres
from lendmill.db.migrate import migrate
from lendmill.people.queries import house_day

THROUGH = date(2026, 2, 12)

RUN = """
import sys
from datetime import date
from lendmill.day_end import day_end
from lendmill.db import Database
with Database(sys.argv[1]) as database:
    print("begun", flush=True)
    day_end(database, through=date.fromisoformat(sys.argv[2]), workers=2, batch=3,
            watch=lambda *seen: print(*seen, flush=True))
"""


def _started(url: str) -> "subprocess.Popen[str]":
    """A day end as a process of its own, once it has begun."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, url, THROUGH.isoformat()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def _finish(url: str) -> None:
    subprocess.run([sys.executable, "-c", RUN, url, THROUGH.isoformat()], check=True, capture_output=True)


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_any_moment_and_run_again_the_books_are_the_same(
    postgres: Postgres, database_url: str, seed: int
) -> None:
    chance = random.Random(seed)
    with Database(database_url) as database:
        a_book(database, borrowers=16)
    twin = f"lendmill_killed_{os.getpid()}_{seed}"
    original = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
    postgres.execute("create database {} template {}", twin, str(original))
    url = postgres.address(twin)
    try:
        with Database(database_url) as undisturbed:
            day_end(undisturbed, through=THROUGH)
        kills = 0
        while kills < 12 and _today(url) <= THROUGH:
            with _started(url) as process:
                assert process.stdout is not None
                for _ in range(chance.choice([0, 0, 0, 1, 2])):
                    process.stdout.readline()
                _let_it_run(process, chance.uniform(0, 0.05))
                process.send_signal(signal.SIGKILL)
                process.stdout.read()
            kills += process.returncode == -signal.SIGKILL
        assert kills >= 5, "the run was over before it could be killed"
        _finish(url)
        _same(url, database_url)
    finally:
        postgres.execute("drop database {} with (force)", twin)


def _let_it_run(process: "subprocess.Popen[str]", seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _today(url: str) -> date:
    with Database(url) as database, database.transaction() as db:
        return house_day(db)


def _same(url: str, undisturbed: str) -> None:
    assert rows(url, LINES) == rows(undisturbed, LINES)
    assert rows(url, STATES) == rows(undisturbed, STATES)
    with Database(url) as database, database.transaction() as db:
        broken_promises(db)


PREPARE_HOUSE = "insert into house (today_on, currency) values ('2026-01-01', 'CNY')"


def test_with_the_database_killed_under_it_and_started_again_the_books_are_the_same(tmp_path: Path) -> None:
    chance = random.Random(3)
    folder = tmp_path / "house"
    with EmbeddedPostgres(folder) as server:
        migrate(server.owner_url())
        with psycopg.connect(server.owner_url()) as db:
            db.execute(PREPARE_HOUSE)
        with Database(server.url()) as database:
            a_book(database, borrowers=10)
        with psycopg.connect(server.owner_url("postgres"), autocommit=True) as db:
            db.execute("create database quiet template lendmill")
        with Database(server.url("quiet")) as undisturbed:
            day_end(undisturbed, through=THROUGH)
    kills = 0
    while kills < 5:
        with EmbeddedPostgres(folder) as server:
            if _today(server.url()) > THROUGH:
                break
            with _started(server.url()) as process:
                _let_it_run(process, chance.uniform(0.05, 0.3))
                server.process.kill()
                told = process.communicate()[1]
            if process.returncode == 0:
                break  # it was done before the blow
            assert "OperationalError" in told or "AdminShutdown" in told, told[-2_000:]
            kills += 1
    assert kills >= 2, "the run was over before the database could be killed"
    with EmbeddedPostgres(folder) as server:
        _finish(server.url())
        _same(server.url(), server.url("quiet"))
