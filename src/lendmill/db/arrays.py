"""Whole columns to and from the database at once, in PostgreSQL's own binary form: no single row passes through Python.

A column is an array, or one value that all rows share. Rows of a block have one width, so NumPy lays out a block in one
pass; blocks of other widths (another text, a null) follow each other in the same COPY.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection, sql

SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END: Final = b"\xff\xff"
EPOCH: Final = np.datetime64("2000-01-01", "D")  # PostgreSQL counts its days from here
KEY: Final = np.dtype("V16")
DAY: Final = np.dtype("datetime64[D]")
GROUPS: Final = 5  # of four decimal digits: what a 64-bit amount needs as numeric

Array = NDArray[Any]
Columns = Mapping[str, Any]


class Numeric:
    """An int64 array that is written into a numeric column."""

    def __init__(self, amounts: Array) -> None:
        self.amounts = amounts


def uuids(high: Array, low: Array) -> Array:
    """Identifiers from their upper and lower 64 bits."""
    return np.ascontiguousarray(np.stack([high, low], axis=1).astype(">u8")).view(KEY).reshape(-1)


def block(columns: Columns) -> bytes:
    """Rows of one width in the binary form of COPY; None is a null in every row.

    >>> block({"n": np.array([7], np.int16), "what": "x"}).hex(" ", -2)
    '0002 0000 0002 0007 0000 0001 78'
    """
    laid = [_laid(value) for value in columns.values()]
    layout: list[tuple[str, Any]] = [("count", ">i2")]
    for at, values in enumerate(laid):
        layout += [(f"size{at}", ">i4")] if values is None else [(f"size{at}", ">i4"), (f"value{at}", values.dtype)]
    made = np.empty(max(len(values) for values in laid if values is not None), np.dtype(layout))
    made["count"] = len(laid)
    for at, values in enumerate(laid):
        made[f"size{at}"] = -1 if values is None else values.dtype.itemsize
        if values is not None:
            made[f"value{at}"] = values
    return made.tobytes()


def _laid(value: Any) -> Array | None:
    """A column's values as the server wants their bytes; one value that all rows share comes alone."""
    if value is None:
        return None
    if isinstance(value, Numeric):
        return _numeric(value.amounts)
    if isinstance(value, str):
        told = value.encode()
        return np.frombuffer(told, f"V{len(told)}") if told else np.empty(1, "V0")
    if isinstance(value, UUID):
        return np.frombuffer(value.bytes, KEY)
    values = np.atleast_1d(np.asarray(value))
    if values.dtype.kind == "M":
        return (values.astype(DAY) - EPOCH).astype(">i4")
    assert values.dtype.kind in "biV", f"there is no column of {values.dtype}"
    return values.astype(values.dtype.newbyteorder(">"))


def _numeric(amounts: Array) -> Array:
    """Numbers to the base of 10,000, with their sign apart; the server takes leading noughts off."""
    layout = [("groups", ">i2"), ("weight", ">i2"), ("sign", ">u2"), ("scale", ">i2"), ("digits", ">i2", (GROUPS,))]
    made = np.zeros(len(amounts), layout)
    made["groups"], made["weight"] = GROUPS, GROUPS - 1
    made["sign"] = np.where(amounts < 0, 0x4000, 0)
    left = np.abs(amounts)
    for place in range(GROUPS - 1, -1, -1):
        left, made["digits"][:, place] = np.divmod(left, 10_000)
    return made


def copy_blocks(db: Connection[Any], table: str, blocks: Sequence[Columns]) -> None:
    """Write blocks of rows into a table; all name the same columns."""
    names = sql.SQL(", ").join(map(sql.Identifier, blocks[0]))
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(sql.Identifier(table), names)
    with db.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(SIGNATURE)
        for columns in blocks:
            copy.write(block(columns))
        copy.write(END)


KINDS: Final = {"uuid": KEY, "int8": ">i8", "int4": ">i4", "date": ">i4", "bool": "u1"}


def read_columns(db: Connection[Any], kinds: Mapping[str, str], statement: str, /, **values: Any) -> dict[str, Array]:
    """What a statement finds, as one array a column; none may be null.

    `kinds` names the columns in their order, each `uuid`, `int8`, `int4`, `date` or `bool`. Days come as days, whole
    numbers as int64.
    """
    layout = np.dtype([("count", ">i2")] + [
        part for name, kind in kinds.items() for part in ((f"size of {name}", ">i4"), (name, KINDS[kind]))
    ])  # fmt: skip
    with db.cursor() as cursor, cursor.copy(f"copy ({statement}) to stdout (format binary)".encode(), values) as copy:
        told = b"".join(bytes(part) for part in copy)
    count, rest = divmod(len(told) - len(SIGNATURE) - len(END), layout.itemsize)
    assert rest == 0, f"{list(kinds)} are not what the statement finds, or are null"
    rows = np.frombuffer(told, layout, count, len(SIGNATURE))
    return {name: _read(rows[name], kind) for name, kind in kinds.items()}


def _read(values: Array, kind: str) -> Array:
    if kind == "date":
        return EPOCH + values.astype("timedelta64[D]")
    if kind == "uuid":
        return np.ascontiguousarray(values)
    return values.astype(np.bool_ if kind == "bool" else np.int64)
