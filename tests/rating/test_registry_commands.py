"""The commands of the registry: from a draft to live by two people, the figures, and the files of a card."""

import json
from datetime import date
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
import typer
from psycopg.conninfo import conninfo_to_dict
from rating_cards import SMALL
from trained_card import REPORT, TRAINED

from lendmill.cli import approvals, registry
from lendmill.credit.actions import publish_policy
from lendmill.credit.queries import preset_policy
from lendmill.db import Database
from lendmill.people.approvals.approval import OwnProposal
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account
from lendmill.rating import actions as rating
from lendmill.rating import queries as ratings
from lendmill.rating.queries import UnknownModel
from lendmill.rating.registry import queries
from lendmill.rating.registry.actions import first_live
from lendmill.rating.registry.stages import StageClosed

TODAY = date(2026, 1, 1)


@pytest.fixture
def house(database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A house where commands find this database: a live card, a draft, an analyst and two risk officers."""
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    for name, role in (("ana", Role.ANALYST), ("rita", Role.RISK_OFFICER), ("rolf", Role.RISK_OFFICER)):
        database.act(open_account, sign_in_name=name, display_name=name, role=role, password="correct horse battery")
    database.act(publish_policy, preset_policy(), today=TODAY)
    database.act(first_live, database.act(rating.keep_model, SMALL, {}), today=TODAY)
    return database


@pytest.fixture
def draft(house: Database) -> str:
    """A trained card, kept."""
    return house.act(rating.keep_model, TRAINED, REPORT, rating.Provenance(kind="boosted", page="# A card"))


def waiting(house: Database) -> UUID:
    """The one proposal that waits."""
    with house.transaction() as db:
        (proposal,) = queries.waiting(db, TODAY)
    return proposal.proposal_id


def test_a_card_goes_from_draft_to_live_by_two_people(
    house: Database, draft: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(StageClosed):
        registry.propose(draft, by="ana", reason="better")
    registry.shadow(draft, by="ana", reason="to compare")
    registry.propose(draft, by="rita", reason="finds more of the bad")
    told = capsys.readouterr().out
    assert f"{draft} to live  rita: finds more of the bad" in told
    assert "until 2026-01-15" in told
    registry.list_models()
    assert f"waits until 2026-01-15: {waiting(house)}" in (listed := capsys.readouterr().out)
    assert f"shadow   {draft}  boosted, defaulted: AUC 0.810 (0.770 to 0.850), 600 shops" in listed
    with pytest.raises(OwnProposal):
        registry.approve(waiting(house), by="rita")
    with pytest.raises(typer.BadParameter, match="Nobody signs in as nobody"):
        registry.approve(waiting(house), by="nobody")
    capsys.readouterr()
    approvals.list_waiting()
    assert capsys.readouterr().out == "No change of a loan waits.\n1 rating card waits: `lendmill models list`\n"
    registry.approve(waiting(house), by="rolf")
    assert "approved on 2026-01-01" in (told := capsys.readouterr().out)
    assert "It was last watched on 2026-01-01:\n" in told
    assert "Order of ripe decisions (AUC)" in told
    assert "lendmill rate" in told
    with house.transaction() as db:
        assert ratings.live_model(db).model_id == draft
    registry.show(draft)
    shown = capsys.readouterr().out
    for line in (
        "live, boosted",
        "2026-01-01  shadow   by ana: to compare",
        "live     by rolf: finds more",
        "# A card",
    ):
        assert line in shown


def test_a_proposal_is_declined_withdrawn_or_never_made(
    house: Database, draft: str, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.shadow(draft, by="ana", reason="to compare")
    registry.propose(draft, by="ana", reason="better")
    registry.decline(waiting(house), by="rita", reason="too few bad")
    assert "declined on 2026-01-01" in capsys.readouterr().out
    registry.propose(draft, by="ana", reason="better", key="one-key")
    registry.propose(draft, by="ana", reason="better", key="one-key")
    registry.withdraw(waiting(house), by="ana")
    assert "withdrawn on 2026-01-01" in capsys.readouterr().out
    registry.retire(draft, by="ana", reason="not needed")
    assert f"{draft}: retired" in capsys.readouterr().out
    with pytest.raises(UnknownModel):
        registry.show("nobody's")


def test_cards_are_watched_by_command_at_levels_of_the_houses_own(
    house: Database, draft: str, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.watch_model()
    assert "Protected features it reads" in (told := capsys.readouterr().out)
    assert draft not in told
    registry.watch_model(draft)
    assert told.split("\n")[0] != draft
    assert capsys.readouterr().out.startswith(draft)
    registry.level("psi", 0.2, 0.3, by="rita", reason="a young house")
    assert "psi: look from 0.2, act from 0.3" in capsys.readouterr().out
    with house.transaction() as db:
        assert [model.stage for model in ratings.models(db) if model.model_id == draft] == ["draft"]


def test_a_card_is_written_to_files(house: Database, draft: str, tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="reports extra not installed: typst")
    with pytest.raises(registry.NothingToWrite, match="--pdf"):
        registry.export(draft)
    files = {kind: tmp_path / "out" / f"card.{kind}" for kind in ("pdf", "sql", "pmml", "xlsx", "json", "page")}
    registry.watch_model(draft)
    registry.export(draft, **files, language="zh-Hans")
    assert "| protected |" in files["page"].read_text(encoding="utf-8")
    starts = {"pdf": b"%PDF-", "pmml": b"<?xml", "xlsx": b"PK", "json": b"{", "sql": b"", "page": b"# A card"}
    for kind, start in starts.items():
        assert files[kind].read_bytes().startswith(start)
    assert json.loads(files["json"].read_bytes())["key"] == "trained"
    with house.transaction() as db:
        assert files["json"].read_bytes() == ratings.model(db, draft).card.written()
