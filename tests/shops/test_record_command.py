"""`lendmill record` shows one shop's record to a reader and writes every shop's to a table."""

from pathlib import Path

import polars as pl
import pytest

from lendmill.cli.record import NoRecord, WhichShop, record
from lendmill.cli.shops import NotADay, koubei
from lendmill.shops.importers.files import CannotRead
from lendmill.shops.lake import Lake
from shops.rows_of_shops import Row, at, bring, steady


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path))
    lake = Lake(tmp_path / "lake")
    ring = [Row("order", day, 50, buyer, clock=at(100 + n)) for buyer in "ab" for day in (5, 20) for n in range(4)]
    bring(lake, [*steady(150), *ring, *steady(130, shop="S2", first=20)])
    return lake


def shown(capsys: pytest.CaptureFixture[str], shop: str, language: str = "en", as_of: str = "") -> str:
    record(shop, every=False, out=None, as_of=as_of, language=language)
    return capsys.readouterr().out


def test_a_shop_is_shown_with_its_sources_and_what_was_found(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    assert lake.imports()
    assert shown(capsys, "S1") == (
        "S1 as of 2025-06-30\n"
        "  platform: 316 rows of order\n"
        "    2025-02-01 to 2025-06-30, something told on 150 of 150 days; within a year 0 gap days, 0 days of outage; "
        "stale for 0 days\n"
        "    told again 0.0%, rejected 0.0% of the source's rows; trust 0.74\n"
        "what was found:\n"
        "  warning  2025-04-02..2025-06-30   5% of the sales were paid by buyers who look like one ring: 2; "
        "their other shops: 0.\n"
        "  warning  2025-06-10..2025-06-25   Orders came in bursts, in even amounts or by a handful of buyers: "
        "20 orders on 2 of 90 days.\n"
    )
    assert "90 天中有 2 天订单异常集中，共 20 单" in shown(capsys, "S1", language="zh")
    assert shown(capsys, "S2", language="zh") == (
        "S2，截至 2025-06-30\n"
        "  platform：260 行，类型 order\n"
        "    2025-02-01 至 2025-06-10，130 天中有 130 天有记录；一年内缺口 20 天、数据源中断 0 天；已 0 天未更新\n"
        "    该数据源重复提供 0.0%，无法读取 0.0%；可信度 0.87\n"
        "发现的疑点：\n"
        "  警告       2025-06-11..2025-06-30   连续 20 天没有销售，而本店 100% 的日子都有销售。\n"
    )
    assert shown(capsys, "S1", as_of="2025-05-31").endswith("nothing speaks against it\n")


def test_every_shop_is_written_with_its_coverage_its_signs_and_its_doubts(
    lake: Lake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lake.imports()
    file = tmp_path / "all.csv"
    record("", every=True, out=file, as_of="", language="en")
    assert capsys.readouterr().out == f"2 shops as of 2025-06-30: {file}\n"
    table = pl.read_csv(file)
    assert table.select("shop_key", "kinds", "rows", "gap_days_365", "findings", "gravest").rows() == [
        ("S1", "order", 316, 0, 2, "warning"), ("S2", "order", 260, 20, 1, "warning"),
    ]  # fmt: skip
    assert table["told"][1] == "2025-06-11..2025-06-30 No sale for 20 days, though this shop sells on 100% of days."
    assert table["trust_share"][1] == pytest.approx(1 - 0.3 * 20 / 45)


def test_what_cannot_be_shown_is_refused_in_a_sentence(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(NoRecord, match=r"Nothing is known of shop S9 as of 2025-06-30"):
        record("S9", every=False, out=None, as_of="", language="en")
    for shop, every in (("", False), ("S1", True), ("", True)):
        with pytest.raises(WhichShop):
            record(shop, every=every, out=None, as_of="", language="en")
    with pytest.raises(NotADay):
        record("S1", every=False, out=None, as_of="soon", language="en")
    with pytest.raises(CannotRead, match="does not hold"):
        koubei(tmp_path, lake_only=True)
    assert len(lake.imports()) == 1


def test_an_empty_house_has_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path))
    with pytest.raises(NoRecord, match="any shop as of today"):
        record("", every=True, out=tmp_path / "all.csv", as_of="", language="en")
