"""Gaps are held against the shop's own rhythm, outages are the source's; each source is told with its days and rows."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from lendmill.shops.coverage import coverage
from lendmill.shops.lake import Lake
from lendmill.shops.signs.silence import gaps, source_outages
from lendmill.shops.signs.view import view
from lendmill.shops.trust import signs
from shops.rows_of_shops import ON, Row, bring, lake_of, steady


def stretches(folder: Path, days: list[int]) -> list[tuple[object, ...]]:
    lake = lake_of(folder, [Row("order", ago, 10) for ago in days])
    looked_at = view(lake, ON)
    return gaps(looked_at, source_outages(looked_at)).select("first", "last").sort("last").collect().rows()


def test_a_stretch_is_a_gap_when_the_shop_s_rhythm_leaves_no_room_for_it(tmp_path: Path) -> None:
    every_other = list(range(0, 200, 2))
    nine = [ago for ago in every_other if not 50 <= ago <= 56]
    eleven = [ago for ago in every_other if not 50 <= ago <= 58]
    assert stretches(tmp_path / "nine", nine) == [(None, None)]
    assert stretches(tmp_path / "eleven", eleven) == [(59, 49)]


def test_a_gap_runs_up_to_the_day_looked_back_from(tmp_path: Path) -> None:
    assert stretches(tmp_path, list(range(30, 200))) == [(29, 0)]
    told = signs(lake_of(tmp_path / "again", [Row("order", ago, 10) for ago in range(30, 200)]), ON)
    assert told["gap_days_90"].item() == 30


def test_only_the_days_of_a_gap_that_lie_in_the_window_count(tmp_path: Path) -> None:
    days = [*range(80), *range(100, 300)]
    told = signs(lake_of(tmp_path, [Row("order", ago, 10) for ago in days]), ON)
    assert told["gap_days_90"].item() == 10


def test_a_shop_with_few_sales_has_no_rhythm_and_no_gaps(tmp_path: Path) -> None:
    few = [Row("order", ago, 10) for ago in range(100, 119)]
    assert signs(lake_of(tmp_path / "19", few), ON)["gap_days_90"].item() is None
    assert signs(lake_of(tmp_path / "20", [*few, Row("order", 119, 10)]), ON)["gap_days_90"].item() == 90


@pytest.mark.parametrize(("shops", "outage"), [(8, True), (7, False)])
def test_a_day_on_which_all_of_many_shops_are_silent_is_the_source_s(tmp_path: Path, shops: int, outage: bool) -> None:
    silent = range(20, 26)
    rows = [
        Row("order", ago, 10, shop=f"S{n}") for n in range(shops) for ago in range(200) if ago not in silent
    ]  # fmt: skip
    lake = lake_of(tmp_path, rows)
    days = source_outages(view(lake, ON))["on"].to_list()
    assert days == ([ON - timedelta(days=ago) for ago in sorted(silent, reverse=True)] if outage else [])
    assert set(signs(lake, ON)["gap_days_90"]) == {0 if outage else 6}
    assert set(coverage(lake, ON)["outage_days_365"]) == {6 if outage else 0}


def test_a_source_that_rests_every_sunday_has_no_outage_on_sundays(tmp_path: Path) -> None:
    open_days = [ago for ago in range(200) if (ON - timedelta(days=ago)).weekday() != 6]
    rows = [Row("order", ago, 10, shop=f"S{n}") for n in range(9) for ago in open_days if ago not in (20, 21, 22)]
    assert source_outages(view(lake_of(tmp_path, rows), ON))["on"].to_list() == [date(2025, 6, 9), date(2025, 6, 10)]


def test_what_is_always_known_a_day_late_is_no_outage_today(tmp_path: Path) -> None:
    rows = [Row("order", ago, 10, shop=f"S{n}", known_ago=ago - 1) for n in range(9) for ago in range(1, 100)]
    assert source_outages(view(lake_of(tmp_path, rows), ON)).is_empty()


def test_each_source_is_told_apart(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    first = bring(lake, [*steady(100), Row("review", 250, figure=4), *steady(1)], source="platform")
    assert (first.good, first.repeated) == (203, 0)
    bring(lake, steady(100)[:150], source="platform")
    bring(lake, [Row("invoice-out", ago, 10, "p", known_ago=ago - 5) for ago in range(40, 90)], source="tax")
    assert coverage(lake, ON).drop("rejected_share").rows() == [
        ("S1", "platform", ["order", "review"], 203, date(2024, 10, 23), ON, 101, 0, 0, 0, 150 / 353, ),
        ("S1", "tax", ["invoice-out"], 50, date(2025, 4, 2), date(2025, 5, 21), 50, 40, 0, 35, 0.0),
    ]  # fmt: skip
    assert signs(lake, ON)["source_stale_days"].item() == 35


def test_coverage_is_as_known_on_the_day(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, steady(100, first=20))
    day = ON - timedelta(days=10)
    before = coverage(lake, day)
    bring(lake, [*steady(30), *steady(30, shop="S2")], source="later")
    assert coverage(lake, day)["shop_key"].to_list() == ["S1", "S1", "S2"]
    bring(lake, steady(100, first=20)[:10], source="platform", received_on=date(2025, 7, 9))
    same = coverage(lake, day)
    assert same.filter(source="platform").equals(before)
    assert coverage(lake, date(2025, 7, 9), ["S1"])["repeated_share"].to_list() == [0, 10 / 210]
