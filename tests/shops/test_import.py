"""An import is there whole or not at all; repeated or overlapping files change nothing; corrections keep the past."""

import fcntl
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lendmill.shops.importers.files import CannotRead
from lendmill.shops.importers.mapped import ImportReport, import_events, import_file
from lendmill.shops.importers.mapping import UnknownColumn
from lendmill.shops.lake import Lake, LakeBusy
from shops.selling import HEADER, RECEIVED_AT, UNDATED, bring, everything, mapping, sold, told, tree


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def test_a_row_becomes_an_event(lake: Lake, tmp_path: Path) -> None:
    report = bring(lake, tmp_path, "a.csv", "sold,S1,7,2025-03-01 23:30:00,2025-03-02 08:00:00,12.34,,buyer9,ok")
    assert (report.rows, report.good, report.repeated, report.corrected, report.rejected) == (1, 1, 0, 0, 0)
    assert lake.scan().collect().row(0, named=True) == {
        "event_id": "order:S1:2025-03-01:7",
        "shop_key": "S1",
        "kind": "order",
        "happened_at": datetime(2025, 3, 1, 15, 30, tzinfo=UTC),
        "known_at": datetime(2025, 3, 2, 0, 0, tzinfo=UTC),
        "happened_on": date(2025, 3, 1),
        "known_on": date(2025, 3, 2),
        "amount_cents": 1234,
        "counterparty": "buyer9",
        "quantity": None,
        "subject": None,
        "status": "done",
        "source": "my-shop",
    }


def test_the_same_file_twice_changes_nothing(lake: Lake, tmp_path: Path) -> None:
    bring(lake, tmp_path, "a.csv", sold(1), "sold,S1,2,never,2025-03-01,1,,b,ok")
    before = tree(lake.folder)
    again = import_file(tmp_path / "a.csv", mapping(), lake, received_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert again.already
    assert (again.good, again.rejected) == (1, 1)
    assert tree(lake.folder) == before


def test_overlapping_files_count_an_event_once(lake: Lake, tmp_path: Path) -> None:
    bring(lake, tmp_path, "a.csv", sold(1), sold(2))
    report = bring(lake, tmp_path, "b.csv", sold(2), sold(3), sold(3))
    assert (report.good, report.repeated, report.corrected) == (3, 2, 0)
    assert told(lake, "event_id") == [(f"order:S1:2025-03-01:{n}",) for n in (1, 2, 3)]


def test_a_correction_counts_from_the_day_it_was_known(lake: Lake, tmp_path: Path) -> None:
    bring(lake, tmp_path, "a.csv", sold(1), sold(2))
    report = bring(lake, tmp_path, "b.csv", sold(1, known="2025-04-10", state="cancelled"))
    assert (report.repeated, report.corrected) == (0, 1)

    def as_known(on: date) -> list[tuple[object, ...]]:
        return lake.scan(until_known_on=on).select("event_id", "status").sort("event_id").collect().rows()

    assert as_known(date(2025, 2, 28)) == []
    assert as_known(date(2025, 4, 9)) == [("order:S1:2025-03-01:1", "done"), ("order:S1:2025-03-01:2", "done")]
    assert as_known(date(2025, 4, 10)) == [("order:S1:2025-03-01:1", "void"), ("order:S1:2025-03-01:2", "done")]
    assert told(lake, "event_id", "status") == as_known(date(2025, 4, 10))


def test_a_correction_without_a_date_counts_from_the_day_it_was_received(lake: Lake, tmp_path: Path) -> None:
    bring(lake, tmp_path, "a.csv", sold(1), sold(2), by=UNDATED)
    report = bring(lake, tmp_path, "b.csv", sold(1, yuan="99"), sold(2), by=UNDATED)
    assert (report.repeated, report.corrected) == (1, 1)
    at = lake.scan(until_known_on=date(2025, 5, 31)).collect().sort("event_id")
    assert at["amount_cents"].to_list() == [1000, 1000]
    now = lake.scan(until_known_on=date(2025, 6, 1)).collect().sort("event_id")
    assert now["amount_cents"].to_list() == [9900, 1000]
    assert now["known_on"].to_list() == [date(2025, 6, 1), date(2025, 3, 1)]


def test_a_file_that_contradicts_what_was_said_of_a_moment_does_not_rewrite_the_past(
    lake: Lake, tmp_path: Path
) -> None:
    bring(lake, tmp_path, "a.csv", sold(1, yuan="10", known="2025-03-02"))
    bring(lake, tmp_path, "b.csv", sold(1, yuan="20", known="2025-03-02"))
    assert lake.scan(until_known_on=date(2025, 5, 31)).collect()["amount_cents"].to_list() == [1000]
    assert told(lake, "amount_cents", "known_on") == [(2000, date(2025, 6, 1))]


def test_a_version_that_arrives_late_takes_its_place_between_the_others(lake: Lake, tmp_path: Path) -> None:
    bring(lake, tmp_path, "a.csv", sold(1, yuan="1", known="2025-03-02"))
    bring(lake, tmp_path, "b.csv", sold(1, yuan="3", known="2025-03-20"))
    bring(lake, tmp_path, "c.csv", sold(1, yuan="2", known="2025-03-10"))
    amounts = [
        lake.scan(until_known_on=date(2025, 3, d)).collect()["amount_cents"].to_list() for d in (1, 2, 9, 10, 19, 20)
    ]
    assert amounts == [[], [100], [100], [200], [200], [300]]


def test_all_versions_in_one_file_give_the_same(lake: Lake, tmp_path: Path) -> None:
    rows = [sold(1, yuan=str(y), known=f"2025-03-{d:02d}") for y, d in ((3, 20), (1, 2), (2, 10), (2, 15))]
    report = bring(lake, tmp_path, "a.csv", *rows)
    assert (report.good, report.repeated, report.corrected) == (4, 1, 2)
    amounts = [lake.scan(until_known_on=date(2025, 3, d)).collect()["amount_cents"].to_list() for d in (2, 10, 19, 20)]
    assert amounts == [[100], [200], [200], [300]]


def test_of_two_rows_that_disagree_the_voiding_holds_in_any_order(tmp_path: Path) -> None:
    both = [sold(1), sold(1, state="cancelled")]
    for name, rows in (("x", both), ("y", both[::-1])):
        lake = Lake(tmp_path / name)
        bring(lake, tmp_path, f"{name}.csv", *rows)
        assert told(lake, "status") == [("void",)]


def test_the_order_of_rows_and_the_cut_into_files_do_not_matter(tmp_path: Path) -> None:
    rows = [sold(n, at=f"2025-0{1 + n % 5}-0{1 + n % 7}", yuan=f"{n}.{n % 10}") for n in range(60)]
    whole, parts = Lake(tmp_path / "whole"), Lake(tmp_path / "parts")
    bring(whole, tmp_path, "all.csv", *rows)
    bring(parts, tmp_path, "late.csv", *rows[40:][::-1])
    bring(parts, tmp_path, "early.csv", *rows[:45][::-1])
    assert everything(whole).equals(everything(parts))


def test_a_month_too_large_for_memory_is_taken_in_portions(tmp_path: Path) -> None:
    rows = [sold(n % 40, yuan=str(1 + n // 40), known=f"2025-03-{10 + n // 40}") for n in range(100)]
    whole, portions = Lake(tmp_path / "whole"), Lake(tmp_path / "portions")
    for name, part in (("a.csv", rows[::2]), ("b.csv", rows[1::2])):
        bring(whole, tmp_path, name, *part)
        report = import_file(tmp_path / name, mapping(), portions, received_at=RECEIVED_AT, at_once=9)
        assert report == whole_report(whole)
    assert len(portions.parts()) > len(whole.parts())
    for on in (date(2025, 3, 9), date(2025, 3, 10), date(2025, 3, 11), date(2025, 3, 12)):
        then = [lake.scan(until_known_on=on).collect().sort("event_id") for lake in (whole, portions)]
        assert then[0].equals(then[1])


def whole_report(lake: Lake) -> ImportReport:
    last = lake.imports()[-1]
    return ImportReport(
        last.file, last.rows, last.good, last.repeated, last.corrected, last.rejected, last.skipped, None, False,
        last.first_on, last.last_on,
    )  # fmt: skip


def test_what_a_killed_import_left_is_swept_away_by_the_next(lake: Lake, tmp_path: Path) -> None:
    bring(lake, tmp_path, "a.csv", sold(1))
    orphan = lake.folder / "parts" / "order" / "2025-03" / "000009-new-1.parquet"
    orphan.write_bytes(b"half a fi")
    (lake.folder / "staging").mkdir()
    (lake.folder / "staging" / "order.2025-03.1.arrow").write_bytes(b"half a fi")
    assert told(lake, "event_id") == [("order:S1:2025-03-01:1",)]
    bring(lake, tmp_path, "b.csv", sold(2))
    assert not orphan.exists()
    assert not (lake.folder / "staging").exists()
    assert told(lake, "event_id") == [("order:S1:2025-03-01:1",), ("order:S1:2025-03-01:2",)]


def test_two_names_never_run_together(lake: Lake, tmp_path: Path) -> None:
    by = UNDATED.replace('id = ["no"]', 'id = ["no", "buyer"]')
    bring(lake, tmp_path, "a.csv", "sold,S1,a|,2025-03-01,,1,,b,ok", "sold,S1,a,2025-03-01,,1,,|b,ok", by=by)
    bring(lake, tmp_path, "b.csv", "sold,S1:2025-03-01,1,2025-03-01,,1,,b,ok", by=by)
    assert len(told(lake, "event_id")) == 3


def test_bad_rows_are_told_with_their_line_and_every_reason(lake: Lake, tmp_path: Path) -> None:
    report = bring(
        lake,
        tmp_path,
        "a.csv",
        sold(1),
        "sold,,2,2025-03-01,2025-03-01,12.x,,b,ok",
        "sold,S1,3,2025-03-01",
        "sold,S1,4,2025-03-01,2025-02-01,5,,b,ok",
        "stolen,S1,5,1850-01-01,2025-02-01,5,,b,ok",
        "stars,S1,6,2025-03-01,2025-03-01,,6,b,ok",
        "sold,S1,7,2025-03-01,2025-03-01,-5,,b,ok",
        sold(8),
    )
    assert (report.rows, report.good, report.rejected) == (8, 2, 6)
    assert report.rejects_file is not None
    assert report.rejects_file.read_text(encoding="utf-8").splitlines() == [
        "line,reason,row",
        "3,shop is empty; yuan '12.x' is not an amount of money,"
        "shop= no=2 at=2025-03-01 what=sold known=2025-03-01 yuan=12.x state=ok buyer=b stars=",
        '4,4 cells where the header has 9,"sold,S1,3,2025-03-01"',
        "5,known before it happened,"
        "shop=S1 no=4 at=2025-03-01 what=sold known=2025-02-01 yuan=5 state=ok buyer=b stars=",
        "6,1850-01-01 is not a day of this century; what 'stolen' is not among the mapping's values,"
        "shop=S1 no=5 at=1850-01-01 what=stolen known=2025-02-01 yuan=5 state=ok buyer=b stars=",
        "7,stars '6' is out of range for this kind,"
        "shop=S1 no=6 at=2025-03-01 what=stars known=2025-03-01 yuan= state=ok buyer=b stars=6",
        "8,yuan '-5' is negative,shop=S1 no=7 at=2025-03-01 what=sold known=2025-03-01 yuan=-5 state=ok buyer=b stars=",
    ]


def test_one_row_can_tell_of_two_things(lake: Lake, tmp_path: Path) -> None:
    by = """
source = "s"
[[events]]
kind = "order"
shop = "shop"
id = ["no"]
happened = { column = "at" }
amount = { column = "yuan" }
[[events]]
kind = "refund"
shop = "shop"
id = ["no"]
happened = { column = "known" }
amount = { column = "yuan" }
skip_when_empty = "state"
"""
    report = bring(lake, tmp_path, "a.csv", sold(1, known="2025-03-09"), sold(2, state=""), by=by)
    assert (report.rows, report.good, report.skipped) == (2, 3, 1)
    assert told(lake, "kind", "happened_on") == [
        ("order", date(2025, 3, 1)), ("order", date(2025, 3, 1)), ("refund", date(2025, 3, 9)),
    ]  # fmt: skip


def test_nothing_is_read_when_one_of_the_files_does_not_fit(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(f"{HEADER}\n{sold(1)}\n")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    page = tmp_path / "m.toml"
    page.write_text(UNDATED)
    with pytest.raises(UnknownColumn):
        import_events([tmp_path / "good.csv", tmp_path / "other.csv"], page, lake, received_at=RECEIVED_AT)
    assert not lake.folder.exists()


def test_a_file_that_is_not_there_is_refused(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="there is no such file"):
        import_file(tmp_path / "none.csv", mapping(), lake, received_at=RECEIVED_AT)


def test_two_imports_at_once_are_refused_and_leave_the_first_alone(lake: Lake, tmp_path: Path) -> None:
    bring(lake, tmp_path, "a.csv", sold(1))
    with (lake.folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LakeBusy):
            bring(lake, tmp_path, "b.csv", sold(2))
    assert told(lake, "event_id") == [("order:S1:2025-03-01:1",)]


def test_an_empty_lake_has_no_events(lake: Lake) -> None:
    assert lake.scan().collect().is_empty()
    assert lake.covered().is_empty()


def test_what_a_source_delivers_is_known_by_day(lake: Lake, tmp_path: Path) -> None:
    bring(lake, tmp_path, "a.csv", sold(1), "returned,S1,1,2025-03-05,2025-03-06,1,,b,ok")
    assert lake.covered().rows() == [("my-shop", "order", date(2025, 3, 1)), ("my-shop", "refund", date(2025, 3, 6))]
    assert lake.covered(date(2025, 3, 5)).rows() == [("my-shop", "order", date(2025, 3, 1))]
