"""Opens what a command needs: the settings, and the house's database, started for that long if need be."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from lendmill.settings import Settings, StartUpProblem, load

if TYPE_CHECKING:
    from lendmill.db import Database

ATTACH_SECONDS_MAX: Final = 30.0


@contextmanager
def database(settings: Settings | None = None) -> Iterator["Database"]:
    """The house's database, as the application sees it.

    A PostgreSQL given by its address is used as it is, and must be migrated. Our own is used while another command
    runs it, else it is started here and stopped at the end.
    """
    from lendmill.db.embedded import AlreadyRunning, EmbeddedPostgres
    from lendmill.db.migrate import migrate

    settings = settings or load()
    if settings.database_url is not None:
        check_migrated(settings.database_url)
        with connected(settings, settings.database_url) as found:
            yield found
        return

    server = EmbeddedPostgres(settings.var, programs=settings.postgres_programs)
    try:
        server.start()
    except AlreadyRunning:
        wait_for(server.owner_url())
    try:
        migrate(server.owner_url())
        with connected(settings, server.url()) as found:
            yield found
    finally:
        server.stop()  # only what was started here


@contextmanager
def connected(settings: Settings, url: str) -> Iterator["Database"]:
    """A pool of connections to a database that answers."""
    from lendmill.db import Database

    with Database(url, connections=settings.connections) as found:
        yield found


def check_migrated(url: str) -> None:
    """Refuse a database whose tables are not those of this version."""
    import psycopg

    from lendmill.db.migrate import connect, migrations, pending

    with connect(url) as db:
        try:
            waiting = pending(db, migrations())
        except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
            waiting = migrations()
    if waiting:
        raise StartUpProblem(f"The database lacks {waiting[0].name} and what follows: run `lendmill migrate` first.")


def wait_for(url: str) -> None:
    """Wait for a server that another command is just starting."""
    import psycopg

    until = time.monotonic() + ATTACH_SECONDS_MAX
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                raise StartUpProblem(f"The database another command runs does not answer: {error}") from None
        time.sleep(0.05)
