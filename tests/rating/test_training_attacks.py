"""Whatever is wrong with what `train` and `rate` are given, one sentence says so, and nothing is kept of it."""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import polars as pl
import pytest

pytest.importorskip("optbinning", reason="training extra not installed: OptBinning")

from psycopg.conninfo import conninfo_to_dict

from lendmill.cli import main
from lendmill.db import Database, Db
from lendmill.rating import store
from lendmill.rating.registry import store as stages
from lendmill.rating.registry.actions import first_live
from lendmill.shops.importers.mapped import import_file
from lendmill.shops.importers.mapping import read_mapping
from lendmill.shops.lake import Lake

MAPPING = """
source = "house"
[[events]]
kind = "order"
shop = "shop"
id = ["no"]
happened = { column = "day", format = "%Y-%m-%d" }
amount = { column = "cents", unit = "cents" }
"""
LAST = date(2025, 12, 31)
KEPT = "select (select count(*) from model) + (select count(*) from rating) + (select count(*) from feature_run)"


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty shops, each selling on ten days."""
    folder = tmp_path_factory.mktemp("attacked")
    days = [LAST - timedelta(days=9 * n) for n in range(10)]
    rows = [f"s{n},{n}-{m},{day},{1000 + n * 10 + m}" for n in range(40) for m, day in enumerate(days)]
    (folder / "orders.csv").write_text("\n".join(["shop,no,day,cents", *rows]) + "\n", encoding="utf-8")
    lake = Lake(folder / "var" / "lake")
    import_file(folder / "orders.csv", read_mapping(MAPPING, "m"), lake, received_at=datetime(2026, 1, 1, tzinfo=UTC))
    lake.keep_labels("broken", pl.DataFrame({"shop_key": ["s1"]})).write_bytes(b"PAR1")
    return folder / "var"


@pytest.fixture
def told(
    database: Database, database_url: str, var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[str], str]:  # fmt: skip
    """Runs a command as somebody would, and gives the one sentence with which it refused."""
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(var))
    monkeypatch.chdir(tmp_path)

    def run(command: str) -> str:
        monkeypatch.setattr(sys, "argv", ["lendmill", *command.split()])
        with database.transaction() as db:
            before = db.execute(KEPT).fetchone()
        with pytest.raises(SystemExit) as ended:
            main()
        with database.transaction() as db:
            assert db.execute(KEPT).fetchone() == before, "something was kept"
        assert ended.value.code == 2
        [line] = [line for line in capsys.readouterr().err.splitlines() if line and not line.startswith("\x1b")]
        return line

    return run


FILES: dict[str, bytes] = {
    "empty.csv": b"",
    "header.csv": b"shop_key,defaulted\n",
    "binary.csv": b'\xff\xfe\x00shop_key,defaulted\ns1,\xff\n"',
    "half.parquet": b"PAR1\x00\x00",
    "nobody.csv": b"name,defaulted\ns1,1\n",
    "no-outcome.csv": b"shop_key,amount\ns1,1\n",
    "text.csv": b"shop_key,defaulted\ns1,yes\ns2,no\n",
    "shares.csv": b"shop_key,defaulted\ns1,0.5\n",
    "days.csv": b"shop_key,defaulted,as_of_on\ns1,1,mid 2025\n",
    "before.csv": b"shop_key,defaulted,as_of_on,known_on\ns1,1,2025-06-30,2025-01-31\n",
    "after.csv": b"shop_key,defaulted,as_of_on\ns1,1,2026-06-30\n",
    "still.csv": b"shop_key,defaulted,as_of_on,known_on\ns1,1,2025-06-30,2026-06-30\n",
    "both.csv": b"shop_key,defaulted\ns1,1\ns1,0\n",
    "strangers.csv": b"shop_key,defaulted\nx1,1\nx2,0\n",
    "three.csv": b"shop_key,defaulted\n" + b"".join(b"s%d,%d\n" % (n, n < 3) for n in range(40)),
    "good.csv": b"shop_key,defaulted\n" + b"".join(b"s%d,%d\n" % (n, n % 2) for n in range(40)),
    "away.csv": b"shop_key\ns1\n",
    "away-days.csv": b"shop_key,as_of_on\ns1,soon\n",
    "away-none.csv": b"shop_key,as_of_on\n",
}


@pytest.fixture
def here(told: Callable[[str], str]) -> Callable[[str], str]:
    """The same, with files of all kinds lying about."""
    for name, body in FILES.items():
        Path(name).write_bytes(body)
    Path("folder.csv").mkdir()
    return told


LABELS = (
    ("nowhere.csv", "There are no labels called nowhere.csv: name those an import kept"),
    ("nowhere", "There are no labels called nowhere"),
    ("folder.csv", "folder.csv cannot be read as a table: "),
    ("empty.csv", "empty.csv cannot be read as a table: "),
    ("binary.csv", "binary.csv cannot be read as a table: "),
    ("half.parquet", "half.parquet cannot be read as a table: "),
    ("broken", "broken cannot be read as a table: "),
    ("header.csv", "none of their outcomes was known on 2025-12-31"),
    ("nobody.csv", "no column for the shop among ['name', 'defaulted']: call it shop_key"),
    ("no-outcome.csv", "no column for the outcome among ['shop_key', 'amount']: call it defaulted"),
    ("text.csv", "defaulted holds 'yes'; write 1 for a shop that turned bad and 0 for others"),
    ("shares.csv", "defaulted holds 0.5;"),
    ("days.csv", "as_of_on holds 'mid 2025', which is no day: write it like 2026-01-31"),
    ("before.csv", "was known on 2025-01-31, before the day it is about, 2025-06-30"),
    ("after.csv", "is about 2026-06-30, which is after 2025-12-31"),
    ("still.csv", "none of their outcomes was known on 2025-12-31"),
    ("both.csv", "s1 as of 2025-12-31 is called both good and bad"),
    ("strangers.csv", "nothing was recorded of any of their shops, such as x1"),
    ("three.csv", "There are 3 bad and 37 good payers; a card is learned and measured from at least 10 of each."),
    ("good.csv --as-of 2020-01-01", "nothing was recorded of any of their shops"),
    ("good.csv --as-of 31.12.2025", "'31.12.2025' is not a day"),
    ("good.csv --out-of-time soon", "'soon' is not a day"),
    ("good.csv --as-of 2025-06-30 --out-of-time 2025-07-01", "There is nothing to measure from 2025-07-01 on"),
    ("good.csv --turned-away nowhere.csv", "There are no labels called nowhere.csv"),
    ("good.csv --turned-away away.csv", "away.csv names nobody who was turned away: it lacks as_of_on"),
    ("good.csv --turned-away away-none.csv", "it lacks a value of shop_key in every row and"),
    ("good.csv --turned-away away-days.csv", "as_of_on holds 'soon', which is no day"),
)
UNRATED = (
    ("rate", "No card is live: train one with `lendmill train --live`"),
    ("rate nobody --as-of 2025-12-31", "No card is live"),
    ("rate --as-of tomorrow", "'tomorrow' is not a day"),
    ("rate --as-of 2026-01-02", "Shops cannot be rated as of 2026-01-02: the house is at 2026-01-01."),
)


def test_labels_that_cannot_be_learned_from_are_one_sentence(here: Callable[[str], str]) -> None:
    said = {asked: here(f"train --target {asked}") for asked, _ in LABELS}
    assert {asked: line for asked, line in said.items() if dict(LABELS)[asked] not in line} == {}


def test_a_day_that_is_none_or_has_not_come_and_a_card_that_is_not_there_are_one_sentence(
    told: Callable[[str], str],
) -> None:
    said = {asked: told(asked) for asked, _ in UNRATED}
    assert {asked: line for asked, line in said.items() if dict(UNRATED)[asked] not in line} == {}


def test_a_card_that_a_newer_version_kept_is_told_of_and_rates_nobody(
    database: Database, told: Callable[[str], str]
) -> None:
    body = '{"format": 3, "key": "new", "target": "defaulted", "start": 0, "tables": []}'

    def keep(db: Db) -> None:
        store.keep_model(
            db, model_id="new-1", target="defaulted", body=body, digest="0", report="{}", kind="classic",
            data_hash="", code_version="", page="",
        )  # fmt: skip
        stages.add_stage(db, "new-1", "draft", reason="kept", changed_on=None, changed_by=None)
        first_live(db, "new-1", today=LAST)

    database.act(keep)
    said = "The card's format is 3; allowed: 1 to 2; a card written by a newer lendmill is read by a newer lendmill."
    assert told("rate") == told("rate s1 --as-of 2025-12-31") == said
