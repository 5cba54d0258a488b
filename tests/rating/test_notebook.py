"""The page for somebody at a notebook does what it says, from the first line to the card in a house."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("optbinning", reason="training extra not installed: OptBinning")
pytest.importorskip("lightgbm", reason="training extra not installed: LightGBM")

from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from lendmill.cli import app
from lendmill.db import Database
from lendmill.features.catalogue import NAMES
from lendmill.rating import queries

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.M | re.S)


def test_the_page_runs_from_top_to_bottom(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    text = (DOCS / "notebook.md").read_text(encoding="utf-8")
    known: dict[str, Any] = {}
    commands = []
    for kind, body in BLOCK.findall(text):
        if kind == "python":
            exec(compile(body, "docs/notebook.md", "exec"), known)
            continue
        for line in body.splitlines():
            done = CliRunner().invoke(app(), line.split()[1:])
            commands.append((line, done.exit_code, done.output))
    assert [(line, code) for line, code, _ in commands] == [
        ("lendmill models keep autumn.json", 0),
        ("lendmill models list", 0),
    ]
    kept, listed = (output for *_, output in commands)
    assert "a draft" in kept
    assert "This house knows nothing of" not in kept
    assert "bad: AUC" in listed
    with database.transaction() as db:
        [model] = queries.models(db)
    assert model.card == known["classic"].card
    assert set(known["shops"].columns) <= set(NAMES)
    assert known["boosted"].report.kind == "boosted"
    assert known["later"].learned_to_on.isoformat() == "2025-07-01"
    assert {path.name for path in tmp_path.glob("autumn.*")} == {
        f"autumn.{end}" for end in ["json", "md", "sql", "pmml", "xlsx"]
    }
    assert (tmp_path / "autumn.md").read_text(encoding="utf-8").startswith("# Autumn\n")


def test_the_page_is_found_from_where_people_begin() -> None:
    assert "docs/notebook.md" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert "docs/rating-proxies.md" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
