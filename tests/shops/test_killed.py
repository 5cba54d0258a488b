"""An import killed at any moment leaves the lake as it was, and is made good by running it again."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lendmill.shops.importers.mapped import import_file
from lendmill.shops.lake import IMPORTS, PARTS, Lake
from shops.selling import HEADER, RECEIVED_AT, bring, everything, mapping, sold

PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from lendmill.shops.importers.mapped import import_file
from lendmill.shops.importers.mapping import load_mapping
from lendmill.shops.lake import Lake

folder = Path(sys.argv[1])
import_file(
    folder / "big.csv", load_mapping(folder / "m.toml"), Lake(folder / "lake"),
    received_at=datetime(2025, 6, 1, 4, tzinfo=UTC),
    progress=lambda done, total: print("end" if done == total else "some", flush=True),
)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from shops.selling import MAPPING

    rows = [sold(n, at=f"20{20 + n % 5}-{1 + n % 12:02d}-01", yuan=str(n % 97)) for n in range(120_000)]
    (tmp_path / "big.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    (tmp_path / "m.toml").write_text(MAPPING)
    bring(Lake(tmp_path / "lake"), tmp_path, "first.csv", sold(1, at="2021-02-01", yuan="5000"), sold(-1))
    return tmp_path


def wanted_parts(lake: Lake) -> set[str]:
    return {part.path for part in lake.parts()}


def found_parts(lake: Lake) -> set[str]:
    return {str(path.relative_to(lake.folder)) for path in (lake.folder / PARTS).glob("*/*/*.parquet")}


@pytest.mark.parametrize(
    "moment", ["while reading", "at the end of the file", "while files are written", "at the last file"]
)
def test_killed_and_run_again_the_lake_is_as_if_undisturbed(folder: Path, moment: str) -> None:
    lake = Lake(folder / "lake")
    before = everything(lake)
    child = subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    first_word = child.stdout.readline()
    assert first_word == "some\n"
    if moment != "while reading":
        while child.stdout.readline() != "end\n":
            assert child.poll() is None
    parts = {"while files are written": 10, "at the last file": 58}.get(moment, 0)
    while len(found_parts(lake)) < parts and child.poll() is None:
        pass
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()

    finished = len(list((lake.folder / IMPORTS).glob("*.json"))) == 2
    assert finished in ({True, False} if moment == "at the last file" else {False})
    if not finished:
        assert everything(lake).equals(before)

    again = import_file(folder / "big.csv", mapping(), lake, received_at=RECEIVED_AT)
    assert (again.already, again.good, again.corrected) == (finished, 120_000, 1)
    undisturbed = Lake(folder / "other")
    bring(undisturbed, folder, "first.csv", sold(1, at="2021-02-01", yuan="5000"), sold(-1))
    import_file(folder / "big.csv", mapping(), undisturbed, received_at=RECEIVED_AT)
    assert everything(lake).equals(everything(undisturbed))
    assert found_parts(lake) - wanted_parts(lake) <= {part for m in lake.imports() for part in m.removed}
    assert not (lake.folder / "staging").exists()
