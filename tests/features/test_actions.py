"""Snapshots are kept as they were read, once, and cannot be changed."""

from datetime import date

import polars as pl
import psycopg
import pytest

from lendmill.db import Database, scalar
from lendmill.features.actions import keep_snapshot
from lendmill.features.queries import latest_snapshot, snapshot
from lendmill.people.actions import register_borrowers
from lendmill.shops.sellers import Seller

TODAY = date(2026, 1, 1)


def frame(**sales: float | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"shop_key": list(sales), "sales_net_90": list(sales.values()), "visits_90": [0.1] * len(sales)}
    )


@pytest.fixture
def borrowers(database: Database) -> dict[str, object]:
    sellers = [Seller("S1", "云杉小店", "person"), Seller("S2", "青禾铺子", "person")]
    return dict(database.act(register_borrowers, sellers=sellers, today=TODAY))


def test_facts_are_kept_as_they_were_read(database: Database, borrowers: dict[str, object]) -> None:
    table = frame(S2=1 / 3, S1=None, stranger=5.0)
    snapshot_id = database.act(keep_snapshot, table, as_of_on=TODAY)
    with database.transaction() as db:
        kept = latest_snapshot(db, borrowers["S2"])  # type: ignore[arg-type]
        other = snapshot(db, borrowers["S1"], snapshot_id)  # type: ignore[arg-type]
        assert scalar(db, "select count(*) from feature_snapshot") == 2
    assert kept is not None
    assert other is not None
    assert (kept.snapshot_id, kept.as_of_on, kept.facts) == (
        snapshot_id,
        TODAY,
        {"sales_net_90": 1 / 3, "visits_90": 0.1},
    )
    assert other.facts == {"sales_net_90": None, "visits_90": 0.1}
    assert other.digest != kept.digest


def test_the_same_facts_again_are_the_same_snapshot(database: Database, borrowers: dict[str, object]) -> None:
    assert len(borrowers) == 2
    first = database.act(keep_snapshot, frame(S1=1.0, S2=2.0), as_of_on=TODAY)
    assert database.act(keep_snapshot, frame(S2=2.0, S1=1.0), as_of_on=TODAY) == first
    second = database.act(keep_snapshot, frame(S1=1.0, S2=3.0), as_of_on=TODAY)
    assert second != first
    with database.transaction() as db:
        assert scalar(db, "select count(*) from feature_snapshot") == 4
        assert latest_snapshot(db, borrowers["S2"]).facts["sales_net_90"] == 3.0  # type: ignore[arg-type, union-attr]


@pytest.mark.parametrize("statement", ["update feature_snapshot set facts = '{}'", "delete from feature_snapshot"])
def test_a_kept_snapshot_cannot_be_changed(database: Database, borrowers: dict[str, object], statement: str) -> None:
    assert borrowers
    database.act(keep_snapshot, frame(S1=1.0), as_of_on=TODAY)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), database.transaction() as db:
        db.execute(statement)


def test_a_figure_that_is_no_number_is_never_kept(database: Database, borrowers: dict[str, object]) -> None:
    assert borrowers
    with pytest.raises(AssertionError, match="a number or unknown"):
        database.act(keep_snapshot, frame(S1=float("nan")), as_of_on=TODAY)
