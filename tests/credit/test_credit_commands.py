"""The commands publish, make offers, tell why, and prove decisions."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
from credit_cases import TODAY
from psycopg import connect
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from lendmill.cli.credit import commands
from lendmill.credit import actions
from lendmill.credit.consents import CONSENTS
from lendmill.db import Database
from lendmill.people.actions import Command
from lendmill.products.publishing.files import NotAText
from lendmill.products.publishing.stages import TakesTwoPeople
from lendmill.products.queries import preset


@pytest.fixture
def lendmill(
    house: Database,  # noqa: ARG001  prepared before any command runs
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Result]:
    """Runs a command on this house."""
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(commands, list(words))


def decided(house: Database, borrower_id: UUID) -> UUID:
    """A decision to ask about."""
    answers = {"amount_cents": 500_000, "purpose": "stock", "language": "en", "consents": [c.purpose for c in CONSENTS]}
    return house.act(
        actions.apply_at_once,
        command=Command.of("k"),
        borrower_id=borrower_id,
        product_key="credit-line",
        answers=answers,
        today=TODAY,
    ).decision_id


def test_offers_are_counted_and_made_once(lendmill: Callable[..., Result], shop: Callable[..., UUID]) -> None:
    shop("s1"), shop("s2", grade="D")
    first = lendmill("offers")
    assert first.exit_code == 0, first.output
    assert "4 looked at, 0 done before, 0 with a line already." in first.output
    assert "2 offered, 24,000.00 yuan in all;" in first.output
    assert "rating-too-low" in first.output
    assert "0 looked at, 4 done before" in lendmill("offers").output


def test_a_decision_is_told_and_proved(
    house: Database, lendmill: Callable[..., Result], shop: Callable[..., UUID]
) -> None:
    decision_id = str(decided(house, shop("s1")))
    assert f"Decision {decision_id} of 2026-01-01: approved" in lendmill("why", decision_id).output
    assert f"审批 {decision_id}（2026-01-01）：通过" in lendmill("why", decision_id, "--language", "zh").output
    assert "1 decision made again: the same to the last byte." in lendmill("replay", decision_id).output
    decided(house, shop("s2"))
    assert "2 decisions made again: the same to the last byte." in lendmill("replay", "--all").output


def test_a_forged_decision_is_found_out(
    house: Database, database_url: str, lendmill: Callable[..., Result], shop: Callable[..., UUID]
) -> None:
    decided(house, shop("s1"))
    with connect(database_url) as owner:
        owner.execute(
            "update decision set content = forged, content_hash = encode(sha256(convert_to(forged, 'UTF8')), 'hex')"
            " from (select replace(content, '_cents\":500000,\"m', '_cents\":900000,\"m') as forged from decision) f"
        )
    found = lendmill("replay", "--all")
    assert found.exit_code == 1
    assert "1 of 1 are not the same when made again" in found.output
    assert "decision.terms.limit_cents: kept 900000, now 500000" in found.output


@pytest.mark.parametrize("words", [["why", "x"], ["replay"], ["replay", "x"], ["publish", "--policy", "none.toml"]])
def test_a_wrong_word_is_told(lendmill: Callable[..., Result], words: list[str]) -> None:
    assert lendmill(*words).exit_code == 2


@pytest.mark.parametrize("option", ["--policy", "--product"])
def test_a_file_that_is_no_text_is_told(lendmill: Callable[..., Result], tmp_path: Path, option: str) -> None:
    (tmp_path / "x.toml").write_bytes(b"key = '\xb1\xea'")
    refused = lendmill("publish", option, "x.toml").exception
    assert isinstance(refused, NotAText)
    assert str(refused) == "x.toml is neither TOML in UTF-8 nor an Excel file (.xlsx)."


def test_a_product_is_published_from_its_document(
    lendmill: Callable[..., Result], house: Database, tmp_path: Path
) -> None:
    shipped = (Path(actions.__file__).parents[1] / "products" / "presets" / "credit-line.toml").read_text("utf-8")
    document = tmp_path / "mine.toml"
    document.write_text(shipped.replace('key = "credit-line"', 'key = "gold-line"', 1))
    assert (
        f"product gold-line, version {preset('credit-line').version}"
        in lendmill("publish", "--product", str(document)).output
    )
    document.write_text(shipped.replace("version = 2", "version = 3").replace("grace_days = 3", "grace_days = 5"))
    assert isinstance(lendmill("publish", "--product", str(document)).exception, TakesTwoPeople)
    with house.transaction() as db:
        found = db.execute("select max(version) from product_version where product_key = 'credit-line'").fetchone()
    assert found == (preset("credit-line").version,)
