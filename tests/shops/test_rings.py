"""Circular buyers are found and regulars, carts and placeholders are left alone; one shop alone is told the same."""

from pathlib import Path

import pytest

from lendmill.shops.signs.rings import ring_buyers
from lendmill.shops.signs.view import view
from lendmill.shops.trust import signs
from shops.rows_of_shops import ON, Row, at, bring, lake_of, steady


def brushed(shop: str, buyers: tuple[str, ...], *, days: tuple[int, ...] = (5, 20), each: int = 3) -> list[Row]:
    return [
        Row("order", ago, 50, buyer, shop=shop, clock=at(n)) for buyer in buyers for ago in days for n in range(each)
    ]


def found(folder: Path, rows: list[Row]) -> list[tuple[object, ...]]:
    lake = lake_of(folder, rows)
    rings = ring_buyers(view(lake, ON))
    keys = sorted({row.shop for row in rows})
    alone = [ring_buyers(view(lake, ON, [key])).rows() for key in keys]
    assert sorted((row for rows_of_one in alone for row in rows_of_one), key=str) == sorted(rings.rows(), key=str)
    return rings.select("shop_key", "counterparty", "why", "with_shop").rows()


def test_a_lone_buyer_who_comes_in_bursts_is_a_ring_and_the_share_is_of_the_money(tmp_path: Path) -> None:
    rows = [*steady(90, each=1, yuan=100), *brushed("S1", ("a",))]
    assert found(tmp_path, rows) == [("S1", "a", "lone", None)]
    whole = sum(float(row.yuan) for row in rows)
    share = signs(lake_of(tmp_path / "again", rows), ON)["brushing_ring_share_90"].item()
    assert share == pytest.approx(300 / whole, rel=1e-12)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (brushed("S1", ("a",), days=(5, 20), each=2), "too few a day"),
        (brushed("S1", ("a",), days=(5,), each=5), "too few in all"),
        ([row._replace(clock="12:00:00") for row in brushed("S1", ("a",))], "carts of many lines"),
        (brushed("S1", ("a",), days=(90, 120), each=9), "too long ago"),
        ([*brushed("S1", ("a",)), Row("order", 7, 50, "a", shop="S2")], "they buy elsewhere too"),
        ([row._replace(who="") for row in brushed("S1", ("a",))], "nobody is named"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)  # fmt: skip
def test_a_regular_is_no_ring(tmp_path: Path, rows: list[Row], why: str) -> None:
    assert why
    assert found(tmp_path, [*steady(90), *rows]) == []


def test_a_name_that_stands_for_half_of_all_buyers_is_nobody(tmp_path: Path) -> None:
    guest = [Row("order", ago, 50, "guest", clock=at(n)) for ago in range(20) for n in range(3)]
    assert found(tmp_path / "most", [*guest, *steady(29)]) == []
    assert found(tmp_path / "half", [*guest, *steady(31)]) == [("S1", "guest", "lone", None)]


def test_three_buyers_who_brush_two_shops_are_found_in_both(tmp_path: Path) -> None:
    three = [row for shop in ("S1", "S2") for row in brushed(shop, ("a", "b", "c"), each=2)]
    others = [*steady(60), *steady(60, shop="S2"), *steady(60, shop="S3")]
    assert found(tmp_path / "three", [*three, *others]) == [
        (shop, buyer, "shared", other) for shop, other in (("S1", "S2"), ("S2", "S1")) for buyer in "abc"
    ]
    two = [row for row in three if row.who != "c"]
    assert found(tmp_path / "two", [*two, *others]) == []


def test_shops_that_buy_from_each_other_are_told(tmp_path: Path) -> None:
    rows = [
        *(Row("order", ago, 100, "S2", shop="S1") for ago in (3, 30)),
        *(Row("order", ago, 90, "S1", shop="S2") for ago in (4, 31)),
        *(Row("order", ago, 90, "S1", shop="S3") for ago in (4, 31)),
    ]
    assert found(tmp_path, rows) == [("S1", "S2", "back and forth", "S2"), ("S2", "S1", "back and forth", "S1")]


def test_a_partner_invoiced_for_what_they_invoice_is_told(tmp_path: Path) -> None:
    rows = [
        Row("invoice-out", 10, 1_000, "p"), Row("invoice-in", 12, 800, "p"),
        Row("invoice-out", 10, 1_000, "q"), Row("invoice-in", 12, 799, "q"), Row("invoice-in", 100, 500, "q"),
        Row("invoice-out", 10, 2_000, "r"),
    ]  # fmt: skip
    assert found(tmp_path, rows) == [("S1", "p", "back and forth", None)]
    assert signs(lake_of(tmp_path / "again", rows), ON)["brushing_ring_share_90"].item() == 0.25


def test_what_was_learned_later_is_not_known_yet(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, [*steady(90), *(row._replace(known_ago=0) for row in brushed("S1", ("a",)))])
    yesterday = signs(lake, ON.replace(day=29))
    assert yesterday["brushing_ring_share_90"].item() == 0
    assert signs(lake, ON)["brushing_ring_share_90"].item() > 0
    bring(lake, [Row("order", -3, 50, f"b{n}", clock=at(n)) for n in range(40)])
    assert signs(lake, ON.replace(day=29)).equals(yesterday)
