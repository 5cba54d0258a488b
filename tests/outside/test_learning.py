"""From a question to a fact: third parties are asked by command, and what they said is known from that day on."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from lender import Introduced
from lendmill.cli import app
from lendmill.credit.consented.actions import give_consent
from lendmill.day_end.learning import lay_in
from lendmill.db import Database, scalar
from lendmill.features.windows import as_of
from lendmill.lab.identities import firm_number
from lendmill.outside.simulating import played
from lendmill.people.actions import register_borrower
from lendmill.people.seal import Seal
from lendmill.rating.parties.queries import counting_answers
from lendmill.settings import load
from lendmill.shops.lake import Lake

DAY = date(2026, 1, 1)
NOW = datetime(2026, 1, 1, 4, tzinfo=UTC)
NAMES = ("customs", "tax", "bureau", "registry")


@pytest.fixture
def lendmill(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """Runs a command on a house whose third parties are simulated."""
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    with played("lendmill.outside.parties.simulated_parties") as url:
        for name in NAMES:
            monkeypatch.setenv(f"LENDMILL_{name.upper()}_URL", f"{url}/{name}")
        yield lambda *words: CliRunner().invoke(app(), list(words))


@pytest.fixture
def borrower_id(database: Database, lendmill: Callable[..., Result]) -> UUID:
    """A firm with two shops that has agreed to everything, sealed with the installation's own key."""
    assert lendmill
    seal, found = Seal(load().secret_key()), UUID(int=0)
    for shop in ("s1", "s2"):
        seller = Introduced(shop, identity_no=firm_number(1))
        found = database.act(register_borrower, seller=seller, today=DAY, vouched=True, seal=seal)
    for purpose in ("official-records", "credit-report"):
        database.act(give_consent, borrower_id=found, purpose=purpose, language="en", today=DAY)
    return found


def test_a_command_asks_shows_and_brings_in_what_was_said(
    database: Database, borrower_id: UUID, lendmill: Callable[..., Result], tmp_path: Path
) -> None:
    asked = lendmill("parties", "ask", "s1")
    assert asked.exit_code == 0, asked.output
    lines = asked.output.splitlines()
    assert [line.split()[:2] for line in lines] == [[name, "answered;"] for name in NAMES]
    assert lines[0].endswith("(simulated customs)")
    shown = lendmill("parties", "show", "s2").output
    assert "late_days_worst" in shown

    first = lendmill("import", "house")
    assert first.exit_code == 0, first.output
    assert "house-bureau through 2026-01-01: 12 rows, 12 good" in first.output
    assert "imported before; nothing changed" in lendmill("import", "house").output
    lake = Lake(tmp_path / "var" / "lake")
    with database.transaction() as db:
        said = {figure.subject: figure.quantity for figure in counting_answers(db, borrower_id, DAY)["bureau"].said}
    for facts in as_of(lake, DAY, ["s1", "s2"]).rows(named=True):
        assert facts["bureau_score"] == said["score"]
    (before,) = as_of(lake, DAY - timedelta(days=1), ["s1"]).rows(named=True)
    assert before["bureau_score"] is None


KILLED = """
import os, signal, sys

def watching(event, about, left=[int(sys.argv[1])]):
    if event == "os.rename" and "lake/imports" in str(about[1]):  # the moment an import becomes true
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watching)
from lendmill.cli import app
app()(["day-end"])
"""


@pytest.mark.usefixtures("borrower_id")
def test_killed_while_it_lays_in_what_was_learned_a_night_is_made_good_by_the_next(
    database: Database, lendmill: Callable[..., Result], tmp_path: Path
) -> None:
    assert lendmill("parties", "ask", "s1").exit_code == 0
    lake, quiet = Lake(tmp_path / "var" / "lake"), Lake(tmp_path / "quiet")
    for true_before in (0, 1):
        killed = subprocess.run([sys.executable, "-c", KILLED, str(true_before + 1)], capture_output=True, check=False)
        assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-500:]
        assert len(lake.imports()) == true_before
    told = lendmill("day-end")
    assert told.exit_code == 0, told.output
    lay_in(database, quiet, received_at=NOW)
    both = [each.scan().collect().sort("event_id") for each in (lake, quiet)]
    assert both[0].equals(both[1])
    assert {each.source for each in lake.imports()} == {each.source for each in quiet.imports()}


@pytest.mark.usefixtures("database")
def test_a_night_with_nothing_learned_and_no_record_leaves_the_lake_as_it_is(
    lendmill: Callable[..., Result], tmp_path: Path
) -> None:
    assert lendmill("day-end").exit_code == 0
    assert not (tmp_path / "var" / "lake").exists()


def test_a_shop_without_a_consent_is_told_so_and_a_stranger_is_a_sentence(
    database: Database, lendmill: Callable[..., Result]
) -> None:
    database.act(register_borrower, seller=Introduced("s9"), today=DAY)
    asked = lendmill("parties", "ask", "s9", "--party", "tax")
    assert (asked.exit_code, "was not asked. The borrower has not agreed" in asked.output) == (0, True)
    assert str(lendmill("parties", "show", "nobody").exception).startswith("No borrower runs a shop called 'nobody'")
    assert str(lendmill("parties", "ask", "s9", "--party", "x").exception).startswith("There is no third party 'x'")


def test_what_does_not_count_does_not_become_record(database: Database, borrower_id: UUID, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    figure = {"subject": "score", "happened_on": "2024-01-01", "quantity": 700.0}
    with database.transaction() as db:
        consent_id = scalar(db, "select consent_id from consent where purpose = 'credit-report'")
        for n, state in enumerate(("stale", "unknown", "refused", "no record", "timed out"), start=1):
            request_id = UUID(int=n)
            db.execute(
                "insert into party_request (request_id, borrower_id, party, request_key, identity_index, consent_id,"
                " asked_on, status) values (%s, %s, 'bureau', %s, 'x', %s, %s, 'settled')",
                [request_id, borrower_id, f"k{n}", consent_id, DAY],
            )
            db.execute(
                "insert into party_answer (answer_id, borrower_id, request_id, party, state, as_of_on, figures,"
                " answered_on) values (%s, %s, %s, 'bureau', %s, '2024-01-01', %s::jsonb, %s)",
                [UUID(int=n), borrower_id, request_id, state, json.dumps([figure] if state == "stale" else []), DAY],
            )
    assert lay_in(database, lake, received_at=NOW) == []
    assert lake.imports() == []
