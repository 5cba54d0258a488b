"""Migrations are applied once, in order, and never changed; the application gets no more rights than it needs."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from lendmill.cli import opened
from lendmill.db import Database
from lendmill.db.embedded import EmbeddedPostgres
from lendmill.db.migrate import Migration, migrate, migrations
from lendmill.settings import StartUpProblem, load

ONE = Migration("9001_one.sql", "create table one (n integer); create index on one (n)")
TWO = Migration("9002_two.sql", "create table two (n integer)")


@pytest.fixture
def known() -> list[Migration]:
    """What the fresh database of each test has applied already."""
    return migrations()


def test_a_database_that_is_up_to_date_is_left_alone(database_url: str) -> None:
    assert migrate(database_url) == []


def test_new_files_are_applied_in_order_and_once(database_url: str, known: list[Migration]) -> None:
    assert migrate(database_url, [*known, ONE, TWO]) == ["9001_one.sql", "9002_two.sql"]
    assert migrate(database_url, [*known, ONE, TWO]) == []


def test_a_file_changed_after_it_was_applied_is_refused(database_url: str, known: list[Migration]) -> None:
    migrate(database_url, [*known, ONE])
    with pytest.raises(StartUpProblem, match=r"9001_one.sql was changed after it was applied"):
        migrate(database_url, [*known, Migration(ONE.name, ONE.text + " ")])


def test_a_file_slipped_in_behind_an_applied_one_is_refused(database_url: str, known: list[Migration]) -> None:
    migrate(database_url, [*known, TWO])
    with pytest.raises(StartUpProblem, match=r"9001_one.sql comes before 9002_two.sql"):
        migrate(database_url, [*known, ONE, TWO])


def test_a_database_newer_than_the_program_is_refused(database_url: str, known: list[Migration]) -> None:
    migrate(database_url, [*known, ONE])
    with pytest.raises(StartUpProblem, match=r"knows 9001_one.sql, which this version does not have"):
        migrate(database_url)


def test_a_file_that_fails_leaves_nothing_behind(database_url: str, known: list[Migration]) -> None:
    broken = Migration("9001_broken.sql", "create table one (n integer); create tabel two ()")
    with pytest.raises(psycopg.errors.SyntaxError):
        migrate(database_url, [*known, broken])
    with psycopg.connect(database_url) as db:
        assert db.execute("select to_regclass('one')").fetchone() == (None,)
    assert migrate(database_url, [*known, ONE]) == ["9001_one.sql"]


def test_two_programs_that_migrate_at_once_apply_each_file_once(database_url: str, known: list[Migration]) -> None:
    done: list[str] = []
    both = threading.Barrier(2)

    def run() -> None:
        both.wait()
        done.extend(migrate(database_url, [*known, ONE, TWO]))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["9001_one.sql", "9002_two.sql"]


@pytest.mark.parametrize(
    "statement",
    [
        "update entry set what = ''",
        "delete from entry",
        "truncate entry",
        "select entry_id from entry for update",
        "update decision set outcome = 'approve'",
        "delete from decision",
        "update line_item set amount = 1",
        "insert into migration (name, digest) values ('x', 'y')",
        "drop table entry",
        "create table mine (n integer)",
    ],
)
def test_the_application_cannot_change_what_is_only_ever_added(database: Database, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege), database.transaction() as db:
        db.execute(statement.encode())


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server as a stranger would run it: password-less sign-in for any role, and a database owned by `merchant`."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("elsewhere")) as server:
        (server.data / "pg_hba.conf").write_text("local all all trust\n")
        with psycopg.connect(server.owner_url(), autocommit=True) as db:
            db.execute("drop role lendmill_app")
            db.execute("create role merchant login createrole")
            db.execute("create role tenant login")
            db.execute("select pg_reload_conf()")
            db.execute("create database credit owner merchant")
            db.execute("create database rented owner tenant")
        yield server


def test_one_address_of_any_postgresql_is_enough(elsewhere: EmbeddedPostgres, tmp_path: Path) -> None:
    address = elsewhere.url("credit", "merchant")
    environment = {"LENDMILL_DATABASE_URL": address, "LENDMILL_VAR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    settings = load(environment)
    with pytest.raises(StartUpProblem, match="run `lendmill migrate` first"), opened.database(settings):
        pass

    command = [sys.executable, "-m", "lendmill.cli", "migrate"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == f"{len(migrations())} files applied."

    with opened.database(settings) as database, database.transaction() as db:
        assert db.execute("select current_user, session_user").fetchone() == ("lendmill_app", "merchant")
        with pytest.raises(InsufficientPrivilege), db.transaction():
            db.execute("delete from entry")
    assert not (tmp_path / "postgres").exists()


def test_an_owner_who_may_not_create_roles_is_told_what_to_ask_for(elsewhere: EmbeddedPostgres) -> None:
    with psycopg.connect(elsewhere.owner_url(), autocommit=True) as db:
        there = db.execute("select from pg_roles where rolname = 'lendmill_app'").fetchone() is not None
    sentence = "grant lendmill_app to <owner>" if there else "create role lendmill_app nologin"
    with pytest.raises(StartUpProblem, match=sentence):
        migrate(elsewhere.url("rented", "tenant"))


def test_a_server_that_forgets_is_refused(elsewhere: EmbeddedPostgres) -> None:
    with psycopg.connect(elsewhere.owner_url(), autocommit=True) as db:
        db.execute("alter system set fsync = off")
        db.execute("select pg_reload_conf()")
    try:
        with pytest.raises(StartUpProblem, match="runs with fsync off and could lose money"):
            migrate(elsewhere.url("credit", "merchant"))
    finally:
        with psycopg.connect(elsewhere.owner_url(), autocommit=True) as db:
            db.execute("alter system reset fsync")
            db.execute("select pg_reload_conf()")


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StartUpProblem, match=r"The database does not answer: .* Check LENDMILL_DATABASE_URL"):
        migrate(f"postgresql://nobody@/nothing?host={tmp_path}")
