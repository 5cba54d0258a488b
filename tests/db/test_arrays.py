"""Columns in PostgreSQL's binary form: what is written is what is read, to the last digit and day."""

from datetime import date
from uuid import UUID

import numpy as np
import pytest

from lendmill.db import Database
from lendmill.db.arrays import Numeric, copy_blocks, read_columns, uuids

MAKE = """
    create temporary table held (key uuid, n smallint, cents bigint, amount numeric(40, 0), on_day date, kind text,
                                 yes boolean)
"""
READ = "select key, n, cents, amount, on_day, kind, yes from held order by cents"
AMOUNTS = [-(2**63) + 1, -10_000, -1, 0, 9_999, 10**16, 2**63 - 1]


def test_every_kind_of_column_arrives_as_it_left(database: Database) -> None:
    n = len(AMOUNTS)
    keys = uuids(np.arange(n, dtype=np.int64) + 2**62, np.arange(n, dtype=np.int64))
    days = np.array(["1999-12-31"] * (n - 1) + ["2038-02-28"], "datetime64[D]")
    one_by_one = {
        "key": keys, "n": np.arange(n, dtype=np.int16), "cents": np.array(AMOUNTS),
        "amount": Numeric(np.array(AMOUNTS)), "on_day": days, "kind": "息", "yes": np.arange(n) % 2 == 0,
    }  # fmt: skip
    with database.transaction() as db:
        db.execute(MAKE)
        copy_blocks(db, "held", [one_by_one])
        rows = db.execute(READ).fetchall()
        found = read_columns(
            db, {"key": "uuid", "cents": "int8", "on_day": "date", "yes": "bool"},
            "select key, cents, on_day, yes from held where cents < %(below)s order by cents", below=10_000,
        )  # fmt: skip
    assert rows == [
        (UUID(int=(i + 2**62) << 64 | i), i, cents, cents, date(1999, 12, 31) if i < n - 1 else date(2038, 2, 28), "息",
         i % 2 == 0)
        for i, cents in enumerate(AMOUNTS)
    ]  # fmt: skip
    assert found["cents"].tolist() == AMOUNTS[:5]
    assert found["on_day"].tolist() == [date(1999, 12, 31)] * 5
    assert found["yes"].tolist() == [True, False, True, False, True]
    assert [UUID(bytes=key.tobytes()) for key in found["key"]] == [row[0] for row in rows[:5]]


def test_blocks_of_different_widths_follow_each_other(database: Database) -> None:
    cents = np.array([1, 2])
    with database.transaction() as db:
        db.execute(MAKE)
        copy_blocks(db, "held", [{"cents": cents, "kind": "CNY"}, {"cents": cents + 2, "kind": None}])
        copy_blocks(db, "held", [{"cents": 5, "kind": ""}])
        assert db.execute(READ).fetchall() == [
            (None, None, 1, None, None, "CNY", None), (None, None, 2, None, None, "CNY", None),
            (None, None, 3, None, None, None, None), (None, None, 4, None, None, None, None),
            (None, None, 5, None, None, "", None),
        ]  # fmt: skip


def test_nothing_found_is_arrays_of_nothing_and_a_null_is_noticed(database: Database) -> None:
    with database.transaction() as db:
        db.execute(MAKE)
        assert read_columns(db, {"cents": "int8"}, "select cents from held")["cents"].tolist() == []
        copy_blocks(db, "held", [{"cents": np.array([1]), "n": None}])
        with pytest.raises(AssertionError, match="are null"):
            read_columns(db, {"n": "int8"}, "select n::bigint from held")
