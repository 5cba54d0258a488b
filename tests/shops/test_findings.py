"""What a look at a record finds is told in both languages, gravest first; one shop, a bucket and all are told alike."""

import re
import string
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lendmill.lab.market import Market, event_files, write_market
from lendmill.shops.coverage import coverage
from lendmill.shops.doubts import NOTE, SENTENCES, SERIOUS, WARNING
from lendmill.shops.findings import LIMITS, findings
from lendmill.shops.importers.mapped import import_events
from lendmill.shops.lake import Lake
from lendmill.shops.signs.impossible import CHECKS
from lendmill.shops.trust import signs, signs_by_source
from shops.rows_of_shops import ON, Row, at, bring, lake_of, steady


def told(lake: Lake, on: date = ON) -> list[tuple[str, str, date | None, date | None, str]]:
    return [(each.name, each.severity, each.from_on, each.to_on, each.sentence()) for each in findings(lake, on)]


def ago(days: int) -> date:
    return ON - timedelta(days=days)


def test_a_brushed_shop_is_told_with_days_and_figures(tmp_path: Path) -> None:
    ring = [Row("order", day, 50, buyer, clock=at(100 + n)) for buyer in "ab" for day in (5, 20) for n in range(4)]
    assert told(lake_of(tmp_path, [*steady(150), *ring, *(Row("visit", day, figure=200) for day in range(90))])) == [
        ("circular buyers", WARNING, ago(89), ON,
         "5% of the sales were paid by buyers who look like one ring: 2; their other shops: 0."),
        ("bursts of orders", WARNING, ago(20), ago(5),
         "Orders came in bursts, in even amounts or by a handful of buyers: 20 orders on 2 of 90 days."),
        ("orders without page views", WARNING, ago(20), ago(5),
         "On the days of bursts there were 5.2 times as many orders for each page view as on other days."),
    ]  # fmt: skip


def test_money_is_told_as_a_statement_shows_it(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, [Row("order", 200, 10), Row("order", 100, 20), Row("settlement", 3, 12_345)])
    (doubt,) = findings(lake, ON)
    assert (doubt.name, doubt.severity) == ("settlements over orders", SERIOUS)
    assert doubt.sentence() == (
        "The platform settled 12,345.00 yuan in 90 days, and all orders of 180 days come to 20.00 yuan."
    )
    assert doubt.sentence("zh") == "90 天平台结算 12,345.00 元，而 180 天的订单总额为 20.00 元。"


def test_gaps_and_what_is_wrong_with_a_source_are_told(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    bring(lake, steady(60, first=30))
    bring(lake, [*steady(40, first=30), Row("order", -2, 10)])
    assert told(lake) == [
        ("stale source", SERIOUS, None, ON, "The source has told of nothing for 30 days."),
        ("days that had not come", WARNING, None, ON + timedelta(days=2),
         "A file received on 2025-06-30 told of days up to 2025-07-02."),
        ("gap", WARNING, ago(29), ON, "No sale for 30 days, though this shop sells on 100% of days."),
        ("rows told again", NOTE, None, None, "40% of the source's rows had been told before."),
    ]  # fmt: skip


def test_a_day_beyond_what_a_shop_can_have_is_told_and_one_at_the_bound_is_not(tmp_path: Path) -> None:
    most = [Row("order", 3, 10**10, f"b{n}", clock=at(n)) for n in range(100)]  # 10^14 cents
    assert "days beyond bounds" not in [each[0] for each in told(lake_of(tmp_path / "a", [*steady(95), *most[:99]]))]
    found = told(lake_of(tmp_path / "b", [*steady(95), *most, Row("order", 3, 1, "one more")]))
    (over,) = [each for each in found if each[0] == "days beyond bounds"]
    assert over[1:] == (
        SERIOUS, ago(3), ago(3),
        "Days on which the order rows come to more than any shop can have: 1. Features stop at the bound.",
    )  # fmt: skip


def test_two_sources_that_correct_each_other_under_one_id_are_told(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    bring(lake, steady(95, each=1), source="platform", received_on=ago(2))
    bring(lake, steady(95, each=1), source="till", received_on=ago(1))
    assert "sources of one id" not in [each[0] for each in told(lake)]  # both say the same
    bring(lake, [Row("order", 0, 7_777, "S1-0-0")], source="till")
    (found,) = [each for each in told(lake) if each[0] == "sources of one id"]
    assert found == (
        "sources of one id", WARNING, ON, ON,
        "platform, till tell of the same rows under one id and say different things; rows: 1. The last word holds.",
    )  # fmt: skip
    assert "sources of one id" not in [each[0] for each in told(lake, ago(1))]


def test_a_young_record_is_told_to_be_one(tmp_path: Path) -> None:
    assert [each[:4] for each in told(lake_of(tmp_path / "a", steady(89)))] == [("short record", NOTE, ago(88), ON)]
    assert told(lake_of(tmp_path / "b", steady(90))) == []


def test_every_sentence_names_its_figures_in_both_languages() -> None:
    assert set(LIMITS) | set(CHECKS) <= set(SENTENCES)
    for english, chinese in SENTENCES.values():
        fields = [{name for _, name, *_ in string.Formatter().parse(text) if name} for text in (english, chinese)]
        assert fields[0] == fields[1]
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        assert english.endswith(".")
        assert chinese.endswith("。")


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    folder = tmp_path_factory.mktemp("market")
    mapping = write_market(Market(9, sellers=26, months=6), folder)
    lake = Lake(folder / "lake")
    import_events(event_files(folder), mapping, lake, received_at=datetime(2026, 1, 1, tzinfo=UTC))
    return lake


def test_one_shop_a_bucket_and_all_are_told_alike(market: Lake) -> None:
    day = date(2025, 12, 15)
    whole = signs(market, day)
    assert whole.height == 26
    assert whole.null_count().select("trust_share", "gap_days_90", "source_stale_days").row(0) < (5, 9, 1)
    assert signs(market, day, at_once=9_000).equals(whole)
    doubts = findings(market, day)
    assert {doubt.name for doubt in doubts} >= {"circular buyers", "bursts of orders", "gap"}
    for key in whole["shop_key"].to_list()[::8]:
        assert signs(market, day, [key]).equals(whole.filter(shop_key=key))
        assert findings(market, day, [key]) == [doubt for doubt in doubts if doubt.shop_key == key]
    assert signs_by_source(market, day).drop("source").equals(whole)
    assert coverage(market, day)["shop_key"].to_list() == whole["shop_key"].to_list()


def test_the_future_changes_nothing(market: Lake, tmp_path: Path) -> None:
    day = date(2025, 10, 31)
    shorter = tmp_path / "shorter"
    mapping = write_market(Market(9, sellers=26, months=6), shorter)
    for file in event_files(shorter):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not re.search(r"2025-1[12]-\d\d", line)]
        assert len(kept) < len(lines)
        file.write_text("".join(kept), encoding="utf-8")
    lake = Lake(shorter / "lake")
    import_events(event_files(shorter), mapping, lake, received_at=datetime(2025, 11, 1, tzinfo=UTC))
    assert signs(lake, day).equals(signs(market, day))
    assert findings(lake, day) == findings(market, day)
