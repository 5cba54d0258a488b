"""What all tests share: one PostgreSQL for the whole run, and a fresh migrated database for each test that asks."""

import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import hypothesis
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from lendmill.db import Database
from lendmill.db.embedded import EmbeddedPostgres
from lendmill.db.migrate import migrate
from lendmill.people.sign_in import actions as sign_in

# Test files of different folders may share a name; what they share with their neighbours is imported by its own.
HERE = Path(__file__).parent
sys.path[:0] = [str(folder) for folder in (HERE, *sorted(HERE.iterdir())) if folder.is_dir()]

SLOW: Final = hypothesis.HealthCheck.too_slow
hypothesis.settings.register_profile("lendmill", deadline=None, suppress_health_check=[SLOW])  # busy is not wrong
hypothesis.settings.load_profile("lendmill")

HOUSE_DAY = date(2026, 1, 1)
PREPARE_HOUSE = """
    insert into house (today_on, currency)
    values (%s, 'CNY')
    on conflict do nothing
"""

_run = ExitStack()


@dataclass(frozen=True)
class Postgres:
    """A running server, by the address of its maintenance database as an owner who may create databases."""

    url: str

    def address(self, database: str) -> str:
        """The address of another database on it."""
        return make_conninfo(self.url, dbname=database)

    def execute(self, statement: str, *names: str) -> None:
        """Run one statement outside any transaction; names fill its blanks."""
        with psycopg.connect(self.url, autocommit=True) as db:
            db.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


MEMORY: Final = Path("/dev/shm")
MEMORY_BYTES_MIN: Final = 4_000_000_000


def _folder() -> str | None:
    """Where the server's data lies: in memory where there is room, for a copied database is a thousand files."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES_MIN
    return str(MEMORY) if roomy else None


def _server() -> str:
    """The address of the server for this run: the one given, or one of our own that stops with the run."""
    if given := os.environ.get("LENDMILL_TEST_DATABASE_URL"):
        return given
    made = tempfile.TemporaryDirectory(prefix="lendmill-test-", dir=_folder(), ignore_cleanup_errors=True)
    return _run.enter_context(EmbeddedPostgres(Path(_run.enter_context(made)))).owner_url("postgres")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """With several workers, the process above them starts the one server they share."""
    controller = node.config
    if not hasattr(controller, "lendmill_server"):
        controller.lendmill_server = _server()
    node.workerinput["lendmill_server"] = controller.lendmill_server


def pytest_unconfigure() -> None:
    """Stop the server with the run."""
    _run.close()


@pytest.fixture(scope="session", autouse=True)
def shipped_hasher() -> Iterator[Callable[[], PasswordHash]]:
    """How a real house hashes passwords; here it is done at the least cost, for it is slow on purpose."""
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        shipped = sign_in._hasher
        patch.setattr(sign_in, "_hasher", lambda: quick)
        yield shipped


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Postgres:
    """One PostgreSQL server for the whole run, shared by all workers."""
    worker = getattr(request.config, "workerinput", {})
    return Postgres(worker.get("lendmill_server") or _server())


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> Iterator[str]:
    """A database at today's schema that every test's own is copied from."""
    name = f"lendmill_template_{os.getpid()}"
    postgres.execute("create database {} encoding 'UTF8' template template0", name)
    migrate(postgres.address(name))
    with psycopg.connect(postgres.address(name)) as db:
        db.execute(PREPARE_HOUSE, [HOUSE_DAY])
    yield name
    postgres.execute("drop database {}", name)


_numbers = itertools.count(1)


@contextmanager
def fresh_database(postgres: Postgres, template: str) -> Iterator[str]:
    """A copy of the template under a name of its own; gone afterwards."""
    name = f"lendmill_test_{os.getpid()}_{next(_numbers)}"
    postgres.execute("create database {} template {}", name, template)
    try:
        yield name
    finally:
        postgres.execute("drop database {} with (force)", name)


@pytest.fixture(scope="session")
def furnished(postgres: Postgres, template: str) -> Iterator[Callable[[Callable[[Database], Any]], tuple[str, Any]]]:
    """Makes a further template: a fresh database in which something was done once, and what that gave."""
    with ExitStack() as kept:

        def furnish(settle: Callable[[Database], Any]) -> tuple[str, Any]:
            name = kept.enter_context(fresh_database(postgres, template))
            with Database(postgres.address(name)) as database:
                return name, settle(database)

        yield furnish


@pytest.fixture
def begun_with(template: str) -> str:
    """The template of the test's own database; folders in which most tests begin with more have another."""
    return template


@pytest.fixture
def database_url(postgres: Postgres, begun_with: str) -> Iterator[str]:
    """The address of a fresh database, for tests that start programs of their own on it."""
    with fresh_database(postgres, begun_with) as name:
        yield postgres.address(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database at today's schema, its house day 2026-01-01; nothing else is in it."""
    with Database(database_url) as database:
        yield database
