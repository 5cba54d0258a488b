"""Invoices of small firms come in, voids and reversals too; what a bank said of a firm stays out of the events."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from lendmill.shops.importers.files import CannotRead
from lendmill.shops.importers.invoices import import_invoices, read_firms
from lendmill.shops.importers.mapping import UnknownColumn
from lendmill.shops.industries import INDUSTRIES
from lendmill.shops.lake import Lake
from lendmill.shops.sellers import InvalidSellers, Seller, read_sellers

REAL = Path(__file__).parents[3] / "shared" / "data" / "cumcm2020c"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
FIRMS = "firm,name,rating,default\nE1,***电器销售有限公司,A,0.0\nE2,个体经营E2 ,,\nE3,***劳务有限公司,D,1.0\n"
INVOICES = """firm,side,invoice_no,date,counterparty,amount,tax,total,void
E1,sale,1,2019-01-05,D1,100,13,113.00,0
E1,sale,2,2019-01-06,D1,100,13,113.00,1
E1,sale,3,2019-01-07,D1,-50,-6.5,-56.50,0
E1,purchase,1,2018-12-31,C9,10,1.3,11.3,0
E1,purchase,1,2018-12-31,C8,10,1.3,11.3,0
E1,sale,1,2019-01-05,D1,100,13,113.00,0
E2,sale,9,2019-02-30,D1,1,0,1,0
E2,sale,9,2019-02-03,D1,1,0,inf,0
E2,gift,9,2019-02-03,D1,1,0,1,2
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "firms.csv").write_text(FIRMS, encoding="utf-8")
    (tmp_path / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    return tmp_path


def test_invoices_become_sales_and_purchases(folder: Path) -> None:
    lake = Lake(folder / "lake")
    report = import_invoices(folder, lake, received_at=NOW).report
    assert (report.rows, report.good, report.repeated, report.rejected) == (9, 6, 1, 3)
    rows = lake.scan().select("kind", "happened_on", "counterparty", "amount_cents", "status").sort(pl.all()).collect()
    assert rows.rows() == [
        ("invoice-in", date(2018, 12, 31), "C8", 1130, "done"),
        ("invoice-in", date(2018, 12, 31), "C9", 1130, "done"),
        ("invoice-out", date(2019, 1, 5), "D1", 11300, "done"),
        ("invoice-out", date(2019, 1, 6), "D1", 11300, "void"),
        ("invoice-out", date(2019, 1, 7), "D1", -5650, "reversal"),
    ]
    assert report.rejects_file is not None
    reasons = [line.split(",")[:2] for line in report.rejects_file.read_text(encoding="utf-8").splitlines()[1:]]
    assert reasons == [
        ["8", "date '2019-02-30' is not a time in the mapping's format"],
        ["9", "total 'inf' is not an amount of money"],
        ["10", "side 'gift' is not among the mapping's values; void '2' is not among the mapping's values"],
    ]


def test_the_same_invoices_as_csv_and_as_parquet_are_the_same_events(folder: Path) -> None:
    lake = Lake(folder / "lake")
    import_invoices(folder, lake, received_at=NOW)
    before = lake.scan().collect().sort("event_id")
    pl.read_csv(folder / "invoices.csv", schema_overrides={"total": pl.Float64}).head(6).write_parquet(
        folder / "invoices.parquet"
    )
    report = import_invoices(folder, lake, received_at=NOW).report
    assert (report.file, report.good, report.repeated) == ("invoices.parquet", 6, 6)
    assert lake.scan().collect().sort("event_id").equals(before)


def test_firms_become_sellers_with_a_guessed_industry(folder: Path) -> None:
    found = import_invoices(folder, Lake(folder / "lake"), received_at=NOW)
    assert found.sellers == [
        Seller("E1", "***电器销售有限公司", "firm", industry="home", member_since_on=date(2018, 12, 31)),
        Seller("E2", "个体经营E2", "person"),
        Seller("E3", "***劳务有限公司", "firm", industry="construction"),
    ]
    assert {seller.industry for seller in found.sellers} <= set(INDUSTRIES)


def test_a_banks_verdict_is_a_label_and_nowhere_in_the_events(folder: Path) -> None:
    lake = Lake(folder / "lake")
    import_invoices(folder, lake, received_at=NOW)
    assert lake.labels("invoices").rows() == [("E1", "A", False), ("E3", "D", True)]
    assert not {"rating", "bank_rating", "default", "defaulted"} & set(lake.scan().collect_schema().names())


@pytest.mark.parametrize(
    ("firms", "problem"),
    [
        ("firm,title\nE1,x\n", "it lacks the column name; it has: firm, title"),
        ("firm,name\n", "it names no firm"),
        (
            "firm,name\nE1,x\nE1,y\n,z\nE2,\n",
            "line 3: firm 'E1' stands here twice; line 4: firm is empty; line 5: name is empty",
        ),
        (
            "firm,name,rating,default\nE1,x,E,2\n",
            "line 2: rating 'E' must be one of A, B, C, D or empty; line 2: default '2' must be",
        ),
    ],
)  # fmt: skip
def test_a_wrong_list_of_firms_is_refused_and_nothing_is_imported(folder: Path, firms: str, problem: str) -> None:
    (folder / "firms.csv").write_text(firms, encoding="utf-8")
    lake = Lake(folder / "lake")
    with pytest.raises(InvalidSellers) as refused:
        import_invoices(folder, lake, received_at=NOW)
    assert problem in str(refused.value)
    assert not lake.folder.exists()


def test_a_folder_without_invoices_is_refused(folder: Path) -> None:
    (folder / "invoices.csv").unlink()
    with pytest.raises(CannotRead, match=r"neither invoices\.parquet nor invoices\.csv"):
        import_invoices(folder, Lake(folder / "lake"), received_at=NOW)
    (folder / "invoices.csv").write_text("firm,date\nE1,2019-01-01\n")
    with pytest.raises(UnknownColumn, match="'invoice_no'"):
        import_invoices(folder, Lake(folder / "lake"), received_at=NOW)


def test_a_list_of_sellers_is_read_and_its_mistakes_are_told(tmp_path: Path) -> None:
    file = tmp_path / "sellers.csv"
    file.write_text(
        "shop_key,name,kind,born_on,identity_no\ns1,云杉小店,person,1990-05-17,\ns2,乙,firm,,X\n", encoding="utf-8"
    )
    assert read_sellers(file) == [
        Seller("s1", "云杉小店", "person", born_on=date(1990, 5, 17)), Seller("s2", "乙", "firm", identity_no="X"),
    ]  # fmt: skip
    file.write_text("shop_key,name,kind,born_on\ns1,a,cat,17.5.1990\n")
    with pytest.raises(
        InvalidSellers, match=r"line 2: kind 'cat' must be .*; line 2: born_on '17\.5\.1990' is not a day"
    ):
        read_sellers(file)


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the invoices of {REAL.name} are not on this machine")
def test_the_425_firms_come_in_whole(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    found = import_invoices(REAL, lake, received_at=NOW)
    report = found.report
    assert (report.rows, report.good, report.rejected, report.repeated) == (1_099_441, 1_099_441, 0, 11_670)
    assert (report.first_on, report.last_on) == (date(2016, 10, 4), date(2020, 2, 21))
    assert (len(found.sellers), found.labels.height, found.labels["defaulted"].sum()) == (425, 123, 27)
    assert read_firms(REAL / "firms.csv")[0][13].kind == "person"
    raw = pl.read_parquet(REAL / "invoices.parquet").unique()
    raw = raw.sort("void").unique(["firm", "side", "invoice_no", "date", "counterparty", "total"], keep="last")
    wanted = int((raw.filter(pl.col("void") == 0)["total"] * 100).round().cast(pl.Int64).sum())
    assert (
        lake.scan().filter(pl.col("status") != "void").select(pl.col("amount_cents").sum()).collect().item() == wanted
    )
    assert import_invoices(REAL, lake, received_at=NOW).report.already
