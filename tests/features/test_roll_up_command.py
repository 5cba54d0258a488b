"""`lendmill roll-up` says what is summed up, and makes everything again when asked."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from features.whole_record import ON, bring_in, record
from lendmill.cli import app
from lendmill.features.rolling.pages import RollUps
from lendmill.shops.lake import Lake


def test_it_rolls_up_what_waits_and_makes_everything_again_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path))
    lake = Lake(tmp_path / "lake")
    bring_in(lake, tmp_path, "some", record(events=30, kinds=["order"], ages=range(5)))
    told = CliRunner().invoke(app(), ["roll-up"])
    assert told.exit_code == 0, told.output
    rollups = RollUps(lake)
    rows = sum(file.rows for page in rollups.pages() for file in page.files if file.table == "days")
    assert f"{rows} days of shops in 2 months summed up; nothing is waiting." in told.output
    again = CliRunner().invoke(app(), ["roll-up", "--all"])
    assert again.output.splitlines()[-1] == told.output.splitlines()[-1]
    out = tmp_path / "features.csv"
    worked_out = CliRunner().invoke(app(), ["features", "--as-of", str(ON), "--lake-only", "--out", str(out)])
    assert worked_out.exit_code == 0, worked_out.output
    assert "3 shops, 324 features" in worked_out.output
    assert len(out.read_text().splitlines()) == 4
