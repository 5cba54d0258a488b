"""Statements that travel together, and a glance that needs no transaction."""

import psycopg
import pytest

from lendmill.db import Database, note, run, scalar

MOVE_ON = "update house set today_on = today_on + 1"
SECOND_HOUSE = "insert into house (today_on) values ('2026-01-01')"
CLAIM = "insert into claim (claim_key, borrower_id) values ('c', '01890000-0000-7000-8000-000000000001')"
DAY = "select today_on::text from house"


class Stopped(Exception):
    """Something went wrong in the middle."""


def move_on_and(database: Database, *statements: str, stopped: bool = False) -> None:
    """Move the day on, then more, all in one go."""
    with database.transaction() as db, db.pipeline():
        for statement in (MOVE_ON, *statements):
            note(db, statement)
        if stopped:
            raise Stopped


def day(database: Database) -> str:
    """The house's day."""
    with database.transaction() as db:
        return str(scalar(db, DAY))


def test_what_travels_together_is_all_written(database: Database) -> None:
    move_on_and(database, MOVE_ON, MOVE_ON)
    assert day(database) == "2026-01-04"


def test_a_mistake_on_the_way_undoes_everything(database: Database) -> None:
    with pytest.raises(Stopped):
        move_on_and(database, stopped=True)
    assert day(database) == "2026-01-01"


@pytest.mark.parametrize(
    ("statement", "error"),
    [(SECOND_HOUSE, psycopg.errors.UniqueViolation), (CLAIM, psycopg.errors.ForeignKeyViolation)],
)
def test_what_the_database_refuses_undoes_all_that_travelled_with_it(
    database: Database, statement: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        move_on_and(database, statement, MOVE_ON)
    assert day(database) == "2026-01-01"


def test_on_the_way_nobody_can_say_how_many_rows(database: Database) -> None:
    with pytest.raises(AssertionError, match="say `note`"), database.transaction() as db, db.pipeline():
        run(db, MOVE_ON)
    assert day(database) == "2026-01-01"


def test_a_glance_leaves_a_connection_that_undoes_as_before(database: Database) -> None:
    with database.glance() as db:
        assert db.autocommit
        assert scalar(db, DAY) == "2026-01-01"
    with database.transaction() as db:
        assert not db.autocommit
    with pytest.raises(Stopped):
        move_on_and(database, stopped=True)
    assert day(database) == "2026-01-01"
