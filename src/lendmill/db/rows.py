"""The few verbs the rooms read and write the database with; each takes the SQL an auditor can read."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from psycopg import Connection, sql
from psycopg.rows import class_row

T = TypeVar("T")
ESCAPES: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def many(db: Connection[Any], kind: type[T], statement: str, /, **values: Any) -> list[T]:
    """All rows, each as the named dataclass; the columns carry the fields' names."""
    with db.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(statement, values).fetchall()


def maybe(db: Connection[Any], kind: type[T], statement: str, /, **values: Any) -> T | None:
    """The one row there may be."""
    found = many(db, kind, statement, **values)
    assert len(found) <= 1, f"{len(found)} rows where at most one was meant"
    return found[0] if found else None


def one(db: Connection[Any], kind: type[T], statement: str, /, **values: Any) -> T:
    """The one row there must be."""
    found = maybe(db, kind, statement, **values)
    assert found is not None, "no row where one was meant"
    return found


def scalar(db: Connection[Any], statement: str, /, **values: Any) -> Any:
    """The first column of the first row, or None where there is no row."""
    row = db.execute(statement, values).fetchone()
    return None if row is None else row[0]


def run(db: Connection[Any], statement: str, /, **values: Any) -> int:
    """Carry out a statement and say how many rows it touched."""
    touched = db.execute(statement, values).rowcount
    assert touched >= 0 or not db.pgconn.pipeline_status, "in a pipeline nobody knows yet: say `note`"
    return touched


def note(db: Connection[Any], statement: str, /, **values: Any) -> None:
    """Carry out a statement nothing is asked back from; those inside one `db.pipeline()` travel together."""
    db.execute(statement, values)


def copy_in(db: Connection[Any], table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write many rows at once."""
    with db.cursor() as cursor, cursor.copy(_copy(table, columns)) as copy:
        for row in rows:
            copy.write_row(row)


def copy_text(db: Connection[Any], table: str, columns: Sequence[str], text: str) -> None:
    """Write many rows at once that are spelled out already, as COPY reads them."""
    with db.cursor() as cursor, cursor.copy(_copy(table, columns)) as copy:
        copy.write(text)


def _copy(table: str, columns: Sequence[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), names)


@lru_cache(maxsize=4096)
def escaped(text: str) -> str:
    r"""A text as a cell of COPY.

    >>> print(escaped("a\\b\tc\n"))
    a\\b\tc\n
    """
    return text.translate(ESCAPES)
