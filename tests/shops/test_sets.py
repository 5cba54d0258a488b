"""Sets we know come in as what they say and nothing more; the real ones too, where they are at hand."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from lendmill.features.windows import as_of
from lendmill.shops.importers.files import CannotRead
from lendmill.shops.importers.presets.bringing import PRESETS, import_preset
from lendmill.shops.importers.presets.olist import INDUSTRY, industry_of
from lendmill.shops.industries import INDUSTRIES
from lendmill.shops.lake import Lake
from lendmill.shops.sellers import Seller

RECEIVED_AT = datetime(2026, 1, 1, tzinfo=UTC)
REAL = Path(__file__).parents[3] / "shared" / "data"
there = {name: (REAL / name / files[0]).exists() for name, (_, files) in PRESETS.items()}


def write_olist(folder: Path) -> None:
    folder.mkdir()
    moments = ["2018-03-01 23:30:00", "2018-03-01 23:30:00", "2018-03-09 00:00:00", "2020-02-03 00:00:00"]
    pl.DataFrame(
        {
            "order_id": ["o1", "o1", "o1", "o2"],
            "order_item_id": [1, 2, 3, 1],
            "product_id": ["p1", "p2", "p1", "p2"],
            "seller_id": ["s1", "s1", "s2", "s1"],
            "shipping_limit_date": pl.Series(moments).str.to_datetime(time_zone="UTC"),
            "price": [58.9, 0.1, 0.2, 7.0],
            "freight_value": [13.29, 1.0, 1.0, 1.0],
        }
    ).write_parquet(folder / "order_items.parquet")
    pl.DataFrame({"product_id": ["p1", "p2"], "product_category_name": ["moveis_sala", None]}).write_parquet(
        folder / "products.parquet"
    )
    pl.DataFrame(
        {"seller_id": ["s1", "s2", "s3"], "seller_city": ["campinas"] * 3, "seller_state": ["SP"] * 3}
    ).write_parquet(folder / "sellers.parquet")


def write_koubei(folder: Path) -> None:
    folder.mkdir()
    about = "city_name,location_id,per_pay,score,comment_cnt,shop_level,cate_1_name,cate_2_name,cate_3_name"
    (folder / "shop_info.csv").write_text(
        f"shop_id,{about}\n7,湖州,1,8,4,12,2,美食,休闲茶饮,奶茶\n8,杭州,2,9,0,0,1,购物,其他,\n", encoding="utf-8"
    )
    (folder / "count_user_view.csv").write_text(
        "shop_id,count_user_view_2016_09_19,count_user_view_2016_09_20\n7,,31.0\n8,4.0,0.0\n"
    )
    for week, day in zip("ABCD", (20, 21, 22, 23), strict=True):
        (folder / f"week{week}.csv").write_text(f"shop_id,2016-09-{day} 00:00:00\n7,{day}.0\n8,0.0\n")


def test_a_seller_s_items_of_an_order_are_one_order_on_the_day_they_must_leave(tmp_path: Path) -> None:
    write_olist(tmp_path / "set")
    lake = Lake(tmp_path / "lake")
    found = import_preset("olist", tmp_path / "set", lake, received_at=RECEIVED_AT)
    events = lake.scan().sort("shop_key").collect()
    assert events.select("shop_key", "happened_on", "amount_cents", "quantity", "subject", "counterparty").rows() == [
        ("s1", date(2018, 3, 1), 5900, 2.0, "moveis_sala", None),
        ("s2", date(2018, 3, 9), 20, 1.0, "moveis_sala", None),
    ]
    (report,) = found.reports
    assert (report.rows, report.good, report.rejected) == (3, 2, 1)
    assert report.rejects_file is not None
    assert "ship_by '2020-02-03 00:00:00 (after the set's last month)' is not a time" in report.rejects_file.read_text()
    assert found.sellers == [
        Seller("s1", "campinas s1", "firm", "home", "SP", member_since_on=date(2018, 3, 1)),
        Seller("s2", "campinas s2", "firm", "home", "SP", member_since_on=date(2018, 3, 9)),
        Seller("s3", "campinas s3", "firm", "unknown", "SP"),
    ]


def test_counts_stay_counts_and_are_known_the_day_after(tmp_path: Path) -> None:
    write_koubei(tmp_path / "set")
    lake = Lake(tmp_path / "lake")
    found = import_preset("koubei", tmp_path / "set", lake, received_at=RECEIVED_AT)
    columns = ("shop_key", "kind", "happened_on", "known_on", "quantity", "amount_cents")
    events = lake.scan().sort("kind", "shop_key", "happened_on").select(columns).collect().rows()
    paid = [("payment", date(2016, 9, day), date(2016, 9, day + 1)) for day in (20, 21, 22, 23)]
    assert events == [
        *(("koubei-7", kind, on, known, float(on.day), None) for kind, on, known in paid),
        *(("koubei-8", kind, on, known, 0.0, None) for kind, on, known in paid),
        ("koubei-7", "visit", date(2016, 9, 20), date(2016, 9, 21), 31.0, None),
        ("koubei-8", "visit", date(2016, 9, 19), date(2016, 9, 20), 4.0, None),
    ]
    assert found.sellers == [
        Seller("koubei-7", "湖州 奶茶 7", "firm", "food", "湖州", member_since_on=date(2016, 9, 20)),
        Seller("koubei-8", "杭州 其他 8", "firm", "trade", "杭州", member_since_on=date(2016, 9, 19)),
    ]


@pytest.mark.parametrize("write", [write_olist, write_koubei])
def test_a_set_a_second_time_changes_nothing(tmp_path: Path, write: object) -> None:
    name = "olist" if write is write_olist else "koubei"
    (write_olist if write is write_olist else write_koubei)(tmp_path / "set")
    lake = Lake(tmp_path / "lake")
    import_preset(name, tmp_path / "set", lake, received_at=RECEIVED_AT)
    assert [report.already for report in import_preset(name, tmp_path / "set", lake, received_at=RECEIVED_AT).reports]
    assert len(lake.imports()) == 1


def test_a_folder_that_lacks_a_table_is_refused_with_its_name(tmp_path: Path) -> None:
    write_koubei(tmp_path / "set")
    (tmp_path / "set" / "weekC.csv").unlink()
    with pytest.raises(CannotRead, match=r"it does not hold weekC\.csv"):
        import_preset("koubei", tmp_path / "set", Lake(tmp_path / "lake"), received_at=RECEIVED_AT)
    assert not (tmp_path / "lake").exists()


def test_a_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    write_koubei(tmp_path / "set")
    (tmp_path / "set" / "weekC.csv").write_text("shop_id,monday\n7,1\n")
    with pytest.raises(CannotRead, match="its columns are not shop_id and days: monday"):
        import_preset("koubei", tmp_path / "set", Lake(tmp_path / "lake"), received_at=RECEIVED_AT)
    write_olist(tmp_path / "other")
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "other" / "products.parquet")
    with pytest.raises(CannotRead, match="product_id"):
        import_preset("olist", tmp_path / "other", Lake(tmp_path / "lake"), received_at=RECEIVED_AT)


def test_every_category_has_a_line_of_business_the_house_knows() -> None:
    assert set(INDUSTRY) <= set(INDUSTRIES)
    assert [industry_of(word) for word in ("relogios_presentes", "dvds_blu_ray", "sinalizacao_e_seguranca", "xyz")] == [
        "apparel", "books", "services", "unknown",
    ]  # fmt: skip


@pytest.mark.skipif(not there["olist"], reason="the real set is not at hand")
def test_the_real_marketplace_comes_in_and_has_features(tmp_path: Path) -> None:
    items = pl.read_parquet(REAL / "olist" / "order_items.parquet")
    lake = Lake(tmp_path / "lake")
    found = import_preset("olist", REAL / "olist", lake, received_at=RECEIVED_AT)
    assert (len(found.sellers), found.reports[0].good, found.reports[0].rejected) == (3_095, 100_007, 3)
    kept = items.filter(pl.col("shipping_limit_date").dt.year() < 2020)
    cents = (kept["price"] * 100).round().cast(pl.Int64).sum()
    assert lake.scan().select(pl.col("amount_cents").sum()).collect().item() == cents
    table = as_of(lake, date(2018, 6, 30))
    sold = kept.filter(pl.col("shipping_limit_date").dt.date() <= date(2018, 6, 30))
    assert table.height == sold["seller_id"].n_unique()
    assert table["sales_monthly_mean"].null_count() < table.height / 20


@pytest.mark.skipif(not there["koubei"], reason="the real set is not at hand")
def test_the_real_local_shops_come_in_and_have_features(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    found = import_preset("koubei", REAL / "koubei", lake, received_at=RECEIVED_AT)
    assert (len(found.sellers), found.reports[0].good, found.reports[0].rejected) == (2_000, 475_281, 0)
    views = pl.read_csv(REAL / "koubei" / "count_user_view.csv", infer_schema_length=None).drop("shop_id")
    total = lake.scan(kinds=("visit",)).select(pl.col("quantity").sum()).collect().item()
    assert total == views.sum_horizontal().sum()
    table = as_of(lake, date(2016, 11, 1))
    assert table.height == 2_000
    assert table["visits_90"].null_count() == 0
    assert table["sales_monthly_mean"].null_count() == 2_000
