"""One database, opened once: a pool of connections, and actions run in transactions."""

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import msgspec
from psycopg import Connection
from psycopg.errors import DeadlockDetected, SerializationFailure
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool

from lendmill.refusals import Refusal

Db = Connection[Any]
P = ParamSpec("P")
R = TypeVar("R")

APPLICATION_ROLE: Final = "lendmill_app"
ATTEMPTS: Final = 10


class Database:
    """The house's database as the application sees it: append-only where the books and decisions are."""

    def __init__(self, url: str, *, connections: int = 16) -> None:
        self.url = url
        self._pool = ConnectionPool(
            url, min_size=1, max_size=connections, open=True, configure=_as_application, kwargs={"autocommit": False}
        )

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give all connections back to the server."""
        self._pool.close()

    @contextmanager
    def transaction(self) -> Iterator[Db]:
        """A transaction for reading, or for a write that is not to be tried again; leaving by an error undoes it."""
        with self._pool.connection() as db, db.transaction():
            yield db

    @contextmanager
    def glance(self) -> Iterator[Db]:
        """A connection for one statement that only reads: it is a transaction by itself and needs none around it."""
        with self._pool.connection() as db:
            db.autocommit = True
            try:
                yield db
            finally:
                if not db.closed:
                    db.autocommit = False

    def act(self, action: Callable[Concatenate[Db, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one action in one transaction; when two collide, the loser is run again, a bounded number of times.

        A refusal that passes (the house's day moved on meanwhile) is such a collision too.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.transaction() as db:
                    return action(db, *args, **kwargs)
            except (SerializationFailure, DeadlockDetected, Refusal) as error:
                if attempt == ATTEMPTS or (isinstance(error, Refusal) and not error.passes):
                    raise
                time.sleep(random.uniform(0, 0.02) * attempt)
        raise AssertionError("unreachable")


def _read_json(text: str | bytes) -> Any:
    """A JSON column as data; the quick reader refuses numbers no float can hold, which the other takes as infinite."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


def _as_application(db: Db) -> None:
    """Give up the owner's rights, whoever opened the connection: what may not be changed cannot be changed."""
    set_json_loads(_read_json, db)
    db.execute(f"set role {APPLICATION_ROLE}")
    db.commit()
