"""Opens what a command needs: the settings, and the house's database, started for that long if need be."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from lendmill.settings import Settings, StartUpProblem, load

if TYPE_CHECKING:
    from lendmill.db import Database
    from lendmill.db.embedded import EmbeddedPostgres
    from lendmill.outside.parties.party import Party

ATTACH_SECONDS_MAX: Final = 30.0


@contextmanager
def database(settings: Settings | None = None) -> Iterator["Database"]:
    """The house's database, as the application sees it.

    A PostgreSQL given by its address is used as it is, and must be migrated. Our own is used while another command
    runs it, else it is started here and stopped at the end.
    """
    from lendmill.db.migrate import migrate

    settings = settings or load()
    if settings.database_url is not None:
        check_migrated(settings.database_url)
        with connected(settings, settings.database_url) as found:
            yield found
        return

    with _server(settings) as server:
        migrate(server.owner_url())
        with connected(settings, server.url()) as found:
            yield found


@contextmanager
def _server(settings: Settings) -> Iterator["EmbeddedPostgres"]:
    """Our own server: another command's while it runs, else started here, and stopped when nobody uses it any more."""
    from lendmill.db.embedded import AlreadyRunning, EmbeddedPostgres

    server = EmbeddedPostgres(settings.var, programs=settings.postgres_programs)
    until = time.monotonic() + ATTACH_SECONDS_MAX
    settings.make_var()
    with open(settings.var / "postgres.guests", "ab") as guests:
        while True:
            try:
                server.start()
                break
            except AlreadyRunning:
                fcntl.flock(guests, fcntl.LOCK_SH)  # who started it for a while waits for us before it is stopped
                if answers(server.owner_url()):
                    yield server
                    return
                fcntl.flock(guests, fcntl.LOCK_UN)
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)
        try:
            yield server
            fcntl.flock(guests, fcntl.LOCK_EX)
        finally:
            server.stop()


@contextmanager
def parties(settings: Settings) -> Iterator[dict[str, "Party"]]:
    """The third parties that have an address, ready to be asked."""
    from lendmill.outside.parties.over_http import HttpParty

    with ExitStack() as stack:
        found: dict[str, Party] = {}
        for name, url in settings.party_urls.items():
            if url is not None:
                party = HttpParty(name, url)
                stack.callback(party.close)
                found[name] = party
        yield found


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


def answers(url: str) -> bool:
    """Whether a server is there and lets us in."""
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
