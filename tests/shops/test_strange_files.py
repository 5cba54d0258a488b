"""Files and mappings nobody should send: a sentence says what is wrong, and no one row stops what comes later."""

from pathlib import Path

import pytest

from lendmill.shops.importers.mapping import InvalidMapping
from lendmill.shops.lake import Lake
from lendmill.shops.sellers import InvalidSellers, read_sellers
from shops.selling import MAPPING, bring, mapping, sold, told


@pytest.mark.parametrize("encoding", ["zlib", "base64", "rot13", "idna", "undefined", "klingon"])
def test_an_encoding_that_is_no_way_of_writing_text_is_refused(encoding: str) -> None:
    with pytest.raises(InvalidMapping, match="is not known: use utf-8 or gb18030"):
        mapping(f'encoding = "{encoding}"\n{MAPPING}')


@pytest.mark.parametrize("quantity", ["nan", "inf", "-1", "1e308"])
def test_a_fixed_quantity_that_is_no_count_is_refused(quantity: str) -> None:
    with pytest.raises(InvalidMapping, match="must be from 0 to"):
        mapping(MAPPING.replace('quantity = "stars"', f"quantity = {quantity}"))


def test_a_name_the_database_could_not_keep_is_rejected_and_the_others_come_in(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    rows = [sold(1), sold(2, shop="S\0"), sold(3, shop="S" * 201), sold("4\x1b"), sold(5, shop="S" * 200)]
    report = bring(lake, tmp_path, "a.csv", *rows)
    assert (report.good, report.rejected) == (2, 3)
    assert [shop for (shop,) in told(lake, "shop_key")] == ["S1", "S" * 200]
    assert report.rejects_file is not None
    assert report.rejects_file.read_text().count("signs that cannot be printed") == 3


def test_a_file_with_an_endless_name_is_brought_in_all_the_same(tmp_path: Path) -> None:
    report = bring(Lake(tmp_path / "lake"), tmp_path, "账" * 80 + ".csv", sold(1), sold(2, yuan="much"))
    assert (report.good, report.rejected) == (1, 1)
    assert report.rejects_file is not None
    assert report.rejects_file.is_file()


def test_a_file_whose_name_is_in_no_encoding_is_brought_in_all_the_same(tmp_path: Path) -> None:
    report = bring(Lake(tmp_path / "lake"), tmp_path, "a\udcff.csv", sold(1), sold(2, yuan="much"))
    assert (report.file, report.good, report.rejected) == ("a?.csv", 1, 1)


@pytest.mark.parametrize("name", ["a\0b", "x" * 201, "a\x1b[2J"])
def test_a_seller_who_could_not_be_registered_is_named_with_the_line(tmp_path: Path, name: str) -> None:
    file = tmp_path / "sellers.csv"
    file.write_text(f"shop_key,name,kind\nS1,Silk,firm\nS2,{name},firm\n", encoding="utf-8")
    with pytest.raises(InvalidSellers, match="line 3: name is longer than 200 letters or has signs"):
        read_sellers(file)
