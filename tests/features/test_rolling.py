"""Roll-ups are the lake's own days: summed once, never written again, whole after any interruption."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from features.whole_record import OLDEST_DAYS, ON, Row, bring_in, record
from lendmill.features.rolling.catching_up import bring_up_to_date, roll_up_all
from lendmill.features.rolling.measures import DAYS, MEASURES, MICRO
from lendmill.features.rolling.pages import RollUps, RollUpsBusy, RollUpsOfAnotherLake
from lendmill.features.rolling.reading import number
from lendmill.features.rolling.summing import days_of, partners_of
from lendmill.features.sums import OLDEST
from lendmill.features.windows import as_of
from lendmill.shops.events import LARGEST_CENTS, MOST_A_DAY, QUANTITY_MAX
from lendmill.shops.importers.rows import FIRST_DAY, LAST_DAY
from lendmill.shops.lake import Lake
from lendmill.shops.versions import STORED

FIRST = ON - timedelta(days=OLDEST_DAYS)
LATELY = range(40)


def days(lake: Lake) -> pl.DataFrame:
    """All rows of days that count, in order."""
    rollups = RollUps(lake)
    files = rollups.files("days", rollups.pages())
    return pl.read_parquet(files, schema=DAYS).sort("shop_key", "source", "day", "known", "order_n", "order_cents")


def files(lake: Lake) -> dict[str, bytes]:
    return {str(p.relative_to(lake.folder)): p.read_bytes() for p in (lake.folder / "rollups").rglob("*.parquet")}


def test_a_days_row_known_by_a_day_is_the_lakes_own_sum_on_that_day(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    rows = record(ages=(*range(-20, 30), *range(370, 380)))
    bring_in(lake, tmp_path, "first", rows[::2])
    bring_up_to_date(lake)
    bring_in(lake, tmp_path, "second", rows[1::2])
    bring_up_to_date(lake)
    for on in (ON - timedelta(days=300), ON, ON + timedelta(days=400)):
        held = days(lake).filter(pl.col("known") <= number(on))
        sums = held.group_by("shop_key", "day").agg(pl.col(name).sum() for name in DAYS if DAYS[name] == pl.Int64)
        then = lake.scan(until_known_on=on)
        told = [
            pl.when(pl.col("kind") == measure.kind).then(measure.each).otherwise(0).sum().alias(measure.name)
            for measure in MEASURES
        ]
        wanted = then.group_by("shop_key", pl.col("happened_on").to_physical().alias("day")).agg(told).collect()
        assert wanted.height > 30
        assert sums.sort("shop_key", "day").equals(wanted.select(sums.columns).sort("shop_key", "day"))


def test_a_later_import_writes_only_what_is_new_and_no_file_again(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    bring_in(lake, tmp_path, "history", [row for row in record(events=400, ages=LATELY) if row.known < ON])
    bring_up_to_date(lake)
    before = files(lake)
    day = [Row("order", "S1", 90_001, ON, ON, 500, "", "b"), Row("login", "S1", 90_002, ON, ON, "", "", "d", "p")]
    bring_in(lake, tmp_path, "day", day)
    bring_up_to_date(lake)
    after = files(lake)
    assert {path: after[path] for path in before} == before
    (fresh,) = [path for path in after if path not in before and "-days-" in path]
    written = pl.read_parquet(lake.folder / fresh)
    assert written.select("shop_key", "source", "day", "known", "order_n", "order_cents", "login_n").rows() == [
        ("S1", "everything", number(ON), number(ON), 1, 500, 1)
    ]


def test_a_correction_adds_a_row_that_takes_the_old_figures_back(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    sale = Row("order", "S1", 1, FIRST, FIRST, 500, "", "b")
    other = Row("order", "S1", 2, FIRST, FIRST, 70, "", "c")
    later = FIRST + timedelta(days=9)
    bring_in(lake, tmp_path, "sale", [sale, other])
    bring_up_to_date(lake)
    before = files(lake)
    bring_in(lake, tmp_path, "void", [Row("order", "S1", 1, FIRST, later, 500, "", "b", "", "void")])
    bring_up_to_date(lake)
    assert {path: files(lake)[path] for path in before} == before
    told = days(lake).select("day", "known", "order_n", "order_cents", "order_void_n").rows()
    assert told == [(number(FIRST), number(FIRST), 2, 570, 0), (number(FIRST), number(later), -1, -500, 1)]
    rollups = RollUps(lake)
    partners = pl.read_parquet(rollups.files("partners", rollups.pages())).sort("known", "counterparty")
    assert partners.select("counterparty", "known", "n", "cents").rows() == [
        ("b", number(FIRST), 1, 500), ("c", number(FIRST), 1, 70), ("b", number(later), -1, -500)
    ]  # fmt: skip


def test_a_day_on_which_nothing_counted_is_known_of_even_beside_a_correction(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    sale = Row("order", "S1", 1, ON, ON, 500, "", "b")
    bring_in(lake, tmp_path, "sale", [sale])
    bring_up_to_date(lake)
    void = [replace(sale, state="void", known=ON + timedelta(days=1)), Row("login", "S9", 2, ON, ON, state="void")]
    bring_in(lake, tmp_path, "void", void)
    found = as_of(lake, ON + timedelta(days=2))
    assert found.select("shop_key", "history_days", "login_days_30").rows() == [("S1", 2.0, 0.0), ("S9", 2.0, 0.0)]


def test_what_is_rolled_up_step_by_step_is_what_is_rolled_up_at_once(tmp_path: Path) -> None:
    rows = record(seed=3, events=900, ages=LATELY)
    once, steps = Lake(tmp_path / "once"), Lake(tmp_path / "steps")
    for n in range(3):
        bring_in(steps, tmp_path, f"part {n}", rows[n::3])
        bring_up_to_date(steps)
        bring_in(once, tmp_path, f"part {n}", rows[n::3])
    table = as_of(once, ON)
    assert table.height == 3
    assert as_of(steps, ON).equals(table)
    roll_up_all(steps)
    assert days(steps).equals(days(once))
    assert as_of(steps, ON).equals(table)


def test_nothing_new_costs_no_lock_and_no_file(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    as_of(lake, ON)
    assert not lake.folder.exists()
    bring_in(lake, tmp_path, "some", record(events=20, kinds=["order", "login"]))
    bring_up_to_date(lake)
    with RollUps(lake).writing():
        assert as_of(lake, ON).height > 0


def test_two_processes_do_not_roll_up_at_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    bring_in(lake, tmp_path, "some", record(events=20, kinds=["order", "login"]))
    with RollUps(lake).writing(), pytest.raises(RollUpsBusy, match="wait until it has finished"):
        as_of(lake, ON)
    assert as_of(lake, ON).height > 0


def test_roll_ups_of_another_lake_are_refused_and_made_anew_when_asked(tmp_path: Path) -> None:
    one, other = Lake(tmp_path / "one"), Lake(tmp_path / "other")
    bring_in(one, tmp_path, "first", record(seed=1, events=30, kinds=["order"]))
    bring_in(other, tmp_path, "second", record(seed=2, events=30, kinds=["order"]))
    wanted = as_of(one, ON)
    bring_up_to_date(other)
    (one.folder / "rollups").rename(one.folder / "mine")
    (other.folder / "rollups").rename(one.folder / "rollups")
    with pytest.raises(RollUpsOfAnotherLake, match="roll-up --all"):
        as_of(one, ON)
    roll_up_all(one)
    assert as_of(one, ON).equals(wanted)


def test_roll_ups_of_another_form_are_swept_away(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    old = lake.folder / "rollups" / "0123456789ab"
    old.mkdir(parents=True)
    (old / "something.parquet").write_bytes(b"of a release before")
    bring_in(lake, tmp_path, "some", record(events=20, kinds=["order", "login"]))
    bring_up_to_date(lake)
    assert not old.exists()


ROLL = "import sys; from pathlib import Path; from lendmill.shops.lake import Lake; \
from lendmill.features.rolling.catching_up import bring_up_to_date; bring_up_to_date(Lake(Path(sys.argv[1])))"


def test_killed_at_any_moment_it_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    lake, whole = Lake(tmp_path / "lake"), Lake(tmp_path / "whole")
    rows = record(seed=4, events=600, ages=range(500), kinds=["order", "stated"])
    bring_in(lake, tmp_path, "all", rows)
    bring_in(whole, tmp_path, "all", rows)
    bring_up_to_date(whole)
    pages = lake.folder / "rollups"
    seen = []
    for least in (1, 5, 12):
        working = subprocess.Popen([sys.executable, "-c", ROLL, str(lake.folder)])
        while working.poll() is None and len(list(pages.glob("*/pages/*.json"))) < least:
            os.sched_yield()
        working.send_signal(signal.SIGKILL)
        working.wait()
        seen.append(len(RollUps(lake).pages()))
    assert 0 < seen[0] <= seen[-1] < len(RollUps(whole).pages())
    bring_up_to_date(lake)
    assert days(lake).equals(days(whole))
    live = {
        path for table in ("days", "partners", "words") for path in RollUps(lake).files(table, RollUps(lake).pages())
    }
    assert {*pages.rglob("*.parquet")} == live
    assert not list(pages.rglob("*.waiting"))


def many_rows(folder: Path, kind: str, rows: int, **each: object) -> list[Path]:
    """A file of the lake with the same row again and again."""
    said = {"shop_key": "S", "source": "s", "kind": kind, "happened_on": ON, "known_on": ON, "status": "done", **each}
    columns = [pl.repeat(said.get(name), rows, dtype=dtype, eager=True).alias(name) for name, dtype in STORED.items()]
    pl.DataFrame(columns).write_parquet(folder / f"{kind}.parquet")
    return [folder / f"{kind}.parquet"]


def test_a_day_with_more_than_64_bits_hold_stops_at_the_most_a_day_can_have(tmp_path: Path) -> None:
    views = many_rows(tmp_path, "visit", 184_467, quantity=1e8)
    assert days_of("visit", views).collect()["visit_micro"].to_list() == [MOST_A_DAY]
    bills = many_rows(tmp_path, "invoice-in", 184_467, amount_cents=-(10**14), counterparty="c")
    assert days_of("invoice-in", bills).collect()["received_done_cents"].to_list() == [-MOST_A_DAY]
    (dealt,) = partners_of("invoice-in", bills)
    assert dealt.select("n", "cents").collect().rows() == [(184_467, -MOST_A_DAY)]


@pytest.mark.parametrize(("rows", "cents"), [(100, MOST_A_DAY), (99, MOST_A_DAY - LARGEST_CENTS), (101, MOST_A_DAY)])
def test_up_to_the_most_a_day_can_have_a_sum_is_exact(tmp_path: Path, rows: int, cents: int) -> None:
    files = many_rows(tmp_path, "customs", rows, amount_cents=LARGEST_CENTS, subject="export")
    assert days_of("customs", files).collect()["customs_export_cents"].to_list() == [cents]


def test_sums_over_all_days_a_feature_or_a_record_can_have_fit_in_64_bits() -> None:
    most = 2**63 - 1
    assert max(QUANTITY_MAX.values()) * MICRO <= MOST_A_DAY
    assert most > 6 * OLDEST * MOST_A_DAY
    assert most > 2 * ((LAST_DAY - FIRST_DAY).days + 1) * MOST_A_DAY


def test_days_brought_in_by_many_imports_stop_there_too(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    first = Row("order", "S1", 1, ON - timedelta(days=400), ON, 100)
    bring_in(lake, tmp_path, "first", [first, *(Row("visit", "S1", n, ON, ON, "", 60_000_000) for n in (2, 3))])
    bring_up_to_date(lake)
    bring_in(lake, tmp_path, "second", [Row("visit", "S1", n, ON, ON, "", 60_000_000) for n in (4, 5)])
    assert as_of(lake, ON)["visits_30"].to_list() == [1e8]
