"""Brings a database to today's schema: plain SQL files, in order, each applied once and never changed afterwards."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

import psycopg
from psycopg import Connection, sql

from lendmill.db.database import APPLICATION_ROLE
from lendmill.settings import StartUpProblem

OLDEST_VERSION: Final = 15


@dataclass(frozen=True)
class Migration:
    """One file of SQL."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """What the file's content is known by."""
        return sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """The files that come with this version, in the order they are applied."""
    folder = files("lendmill.db").joinpath("migrations")
    found = [
        Migration(file.name, file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    ]
    return sorted(found, key=lambda migration: migration.name)


def migrate(
    owner_url: str,
    known: Sequence[Migration] | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Apply what has not been applied yet, each file in a transaction of its own, and name what was applied.

    Two programs may migrate at once: the second waits at the table of applied files and finds them applied.
    """
    known = migrations() if known is None else known
    done = []
    with connect(owner_url) as db:
        check_server(db)
        _ready(db)
        for migration in pending(db, known):
            if _apply(db, migration):
                told(migration.name)
                done.append(migration.name)
        _grant(db)
    return done


APPLIED = """
    select name, digest
      from migration
     order by name
"""


def pending(db: Connection[Any], known: Sequence[Migration]) -> list[Migration]:
    """The files still to be applied; a file that was changed, lost or slipped in behind an applied one is refused."""
    with db.transaction():
        applied: dict[str, str] = dict(db.execute(APPLIED).fetchall())
    by_name = {migration.name: migration for migration in known}
    for name, digest in applied.items():
        if name not in by_name:
            raise StartUpProblem(
                f"The database knows {name}, which this version does not have: install the newer version again."
            )
        if by_name[name].digest != digest:
            raise StartUpProblem(
                f"{name} was changed after it was applied to this database: put the file back and write a new one "
                "(or, where nothing in the database is worth keeping, remove the var folder)."
            )
    waiting = [migration for migration in known if migration.name not in applied]
    if applied and waiting and waiting[0].name < max(applied):
        raise StartUpProblem(
            f"{waiting[0].name} comes before {max(applied)}, which is applied already: give it a later number."
        )
    return waiting


def check_server(db: Connection[Any]) -> None:
    """Refuse a server that is too old, or that would forget what it has promised to keep."""
    version = db.info.server_version // 10_000
    if version < OLDEST_VERSION:
        raise StartUpProblem(
            f"The database server is PostgreSQL {version}; version {OLDEST_VERSION} or newer is needed."
        )
    row = db.execute("select current_setting('server_encoding')").fetchone()
    if row is None or row[0] != "UTF8":
        raise StartUpProblem(
            "The database is not in UTF8: make it with `create database lendmill encoding 'UTF8' template template0`."
        )
    for setting in ("fsync", "full_page_writes"):
        row = db.execute("select current_setting(%s)", [setting]).fetchone()
        if row is None or row[0] != "on":
            raise StartUpProblem(f"The database server runs with {setting} off and could lose money: turn it on.")


def connect(owner_url: str) -> Connection[Any]:
    """A connection to a server that answers, or one sentence about why it does not."""
    try:
        return psycopg.connect(owner_url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        said = " ".join(str(error).split())
        raise StartUpProblem(f"The database does not answer: {said}. Check LENDMILL_DATABASE_URL.") from None


READY = """
    create table if not exists migration (
        name text primary key,
        digest text not null,
        applied_at timestamptz not null default now()
    )
"""


def _ready(db: Connection[Any]) -> None:
    """The application's role and the table of applied files; both may be made by another program at the same moment."""
    role = sql.Identifier(APPLICATION_ROLE)
    try:
        if db.execute("select from pg_roles where rolname = %s", [APPLICATION_ROLE]).fetchone() is None:
            db.execute(sql.SQL("create role {} nologin").format(role))
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        pass
    except psycopg.errors.InsufficientPrivilege:
        raise StartUpProblem(
            f"The database's owner may not create roles: let an administrator run "
            f"`create role {APPLICATION_ROLE} nologin; grant {APPLICATION_ROLE} to <owner>`."
        ) from None
    try:
        if not _may_become_application(db):
            db.execute(sql.SQL("grant {} to current_user").format(role))
    except psycopg.errors.InsufficientPrivilege:
        raise StartUpProblem(
            f"The database's owner may not act as {APPLICATION_ROLE}: let an administrator run "
            f"`grant {APPLICATION_ROLE} to <owner>`."
        ) from None
    with suppress(psycopg.errors.DuplicateTable, psycopg.errors.UniqueViolation):
        db.execute(READY)


def _may_become_application(db: Connection[Any]) -> bool:
    try:
        with db.transaction(force_rollback=True):
            db.execute(sql.SQL("set local role {}").format(sql.Identifier(APPLICATION_ROLE)))
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


SAVE = """
    insert into migration (name, digest)
    values (%s, %s)
    on conflict (name) do nothing
"""


def _apply(db: Connection[Any], migration: Migration) -> bool:
    """Run one file, unless another program has just done so."""
    with db.transaction():
        db.execute("lock table migration in share row exclusive mode")
        if db.execute(SAVE, [migration.name, migration.digest]).rowcount == 0:
            return False
        try:
            db.execute(migration.text.encode())
        except psycopg.Error as error:
            error.add_note(f"in migration {migration.name}")
            raise
    return True


GRANT = """
    grant usage on schema public to {role};
    grant select, insert on all tables in schema public to {role};
    grant usage on all sequences in schema public to {role};
    revoke insert on migration from {role}
"""


def _grant(db: Connection[Any]) -> None:
    """The application may read and add everywhere; each table's own file says where it may also change or delete."""
    with db.transaction():
        db.execute("lock table migration in share row exclusive mode")
        db.execute(sql.SQL(GRANT).format(role=sql.Identifier(APPLICATION_ROLE)))
