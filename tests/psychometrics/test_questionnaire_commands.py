"""The questionnaire's commands: the bank, a shop's result worked out again, and parameters that need enough people."""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from psycopg.conninfo import conninfo_to_dict
from questionnaire_people import TODAY, Person
from typer.testing import CliRunner

from lender import Introduced
from lendmill.cli import app
from lendmill.db import Database
from lendmill.people.actions import register_borrower
from lendmill.rating.psychometrics.attempt import NoResultYet
from lendmill.rating.psychometrics.fitting import TooFewAnswers

RUN = CliRunner()


@pytest.fixture(autouse=True)
def house(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the test's own database."""
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path))


def test_a_result_is_shown_and_worked_out_again(database: Database) -> None:
    borrower_id = database.act(register_borrower, seller=Introduced("s1"), today=TODAY, vouched=True)
    person = Person(database, borrower_id)
    begun = person.begin()
    person.answer_all(begun)
    person.finish(begun)
    told = RUN.invoke(app(), ["questionnaire", "show", "s1"])
    assert told.exit_code == 0
    assert "prudence" in told.output
    assert "item bank 1.0 (design)" in told.output
    assert "worked out again: the same" in told.output
    too_few = RUN.invoke(app(), ["questionnaire", "calibrate"])
    assert isinstance(too_few.exception, TooFewAnswers)


def test_a_shop_without_a_result_or_unknown_is_told_in_a_sentence(database: Database) -> None:
    database.act(register_borrower, seller=Introduced("s1"), today=TODAY, vouched=True)
    assert isinstance(RUN.invoke(app(), ["questionnaire", "show", "s1"]).exception, NoResultYet)
    assert "There is no shop nobody here" in RUN.invoke(app(), ["questionnaire", "show", "nobody"]).output


def test_the_bank_lists_every_item_with_its_parameters() -> None:
    told = RUN.invoke(app(), ["questionnaire", "bank"])
    assert told.exit_code == 0
    assert len(told.output.strip().splitlines()) == 102
    assert "item bank 1.0, parameters: design, 101 items" in told.output
