"""Figures that cannot be, rows told twice, shared devices: each is told at its limit and not before."""

from pathlib import Path

import pytest

from lendmill.shops.signs.impossible import CHECKS, impossible
from lendmill.shops.signs.view import view
from lendmill.shops.trust import signs
from shops.rows_of_shops import ON, Row, at, lake_of, steady

OLD = Row("order", 200, 1_000, "early")  # the shop has been known for long enough


def failed(folder: Path, rows: list[Row]) -> list[str]:
    row = impossible(view(lake_of(folder, rows), ON)).collect().row(0, named=True)
    return [check for check in CHECKS if row[check]]


@pytest.mark.parametrize(
    ("check", "at_the_limit", "beyond"),
    [
        ("refunds over orders", [Row("order", 179, 50), Row("refund", 3, 50)],
         [Row("order", 180, 50), Row("refund", 3, 50)]),
        ("a buyer's refunds over their orders",
         [Row("order", 100, 50, "a"), Row("order", 9, 50, "b"), Row("refund", 3, 50, "a")],
         [Row("order", 100, 50, "a"), Row("order", 9, 50, "b"), Row("refund", 3, "50.01", "a")]),
        ("settlements over orders", [Row("order", 179, 50), Row("settlement", 0, 50)],
         [Row("order", 179, 50), Row("settlement", 0, "50.01")]),
        ("reviews over orders", [Row("order", 100, 50), Row("review", 3, figure=5)],
         [Row("order", 100, 50), Row("review", 3, figure=5), Row("review", 4, figure=5)]),
        ("disputes over orders", [Row("order", 100, 50), Row("dispute", 3)],
         [Row("order", 100, 50), Row("dispute", 3), Row("dispute", 4)]),
        ("orders over page views", [Row("order", 3, 5), Row("order", 4, 5), Row("visit", 3, figure=2)],
         [Row("order", 3, 5), Row("order", 4, 5), Row("visit", 3, figure=1)]),
        ("sales before the firm was registered", [Row("registry", 0, figure=0.3, about="years_registered")],
         [Row("registry", 0, figure=0.2, about="years_registered")]),
    ],
)  # fmt: skip
def test_a_figure_that_cannot_be_is_told_and_the_last_that_can_is_not(
    tmp_path: Path, check: str, at_the_limit: list[Row], beyond: list[Row]
) -> None:
    early = OLD if check != "sales before the firm was registered" else Row("order", 140, 1_000, "early")
    assert failed(tmp_path / "can", [early, *at_the_limit]) == []
    assert failed(tmp_path / "cannot", [early, *beyond]) == [check]
    assert signs(lake_of(tmp_path / "counted", [early, *beyond]), ON)["impossible_count"].item() == 1


def test_a_shop_known_for_less_than_half_a_year_is_not_held_against_what_came_before(tmp_path: Path) -> None:
    assert failed(tmp_path / "young", [Row("order", 178, 10), Row("settlement", 3, 500)]) == []
    assert failed(tmp_path / "old", [Row("order", 179, 10), Row("settlement", 3, 500)]) == ["settlements over orders"]


def test_where_no_orders_are_told_nothing_is_held_against_them(tmp_path: Path) -> None:
    rows = [Row("review", ago, figure=5) for ago in range(300)]
    assert failed(tmp_path, rows) == []
    assert signs(lake_of(tmp_path / "again", rows), ON)["impossible_count"].item() is None


def test_rows_that_stand_there_twice_are_counted_and_days_without_a_clock_are_not(tmp_path: Path) -> None:
    twice = [Row("order", 5, 50, "a"), Row("order", 5, 50, "a"), Row("refund", 5, 50, "a"), Row("order", 6, 50, "a")]
    assert signs(lake_of(tmp_path / "a", twice), ON)["duplicate_share"].item() == 1 / 4
    dated = [row._replace(clock="00:00:00") for row in twice]
    assert signs(lake_of(tmp_path / "b", dated), ON)["duplicate_share"].item() is None


def test_a_device_tells_how_many_other_shops_use_it(tmp_path: Path) -> None:
    rows = [
        *(Row("login", ago, who="shared", shop=shop) for ago, shop in ((3, "S1"), (4, "S2"), (89, "S3"), (90, "S4"))),
        *(Row("login", ago, who="own", shop="S1", clock=at(ago)) for ago in range(50)),
        Row("login", 5, who="other", shop="S5"),
        Row("order", 5, 10, shop="S6"),
    ]
    lake = lake_of(tmp_path, rows)
    told = signs(lake, ON).select("shop_key", "shared_device_shops").rows()
    assert told == [("S1", 2), ("S2", 2), ("S3", 2), ("S4", None), ("S5", 0), ("S6", None)]
    assert signs(lake, ON, ["S2"])["shared_device_shops"].item() == 2


def test_trust_is_the_product_of_what_each_sign_leaves(tmp_path: Path) -> None:
    ring = [Row("order", ago, 100, "a", clock=at(n)) for ago in (5, 20) for n in range(3)]
    rows = [*steady(90, each=1), *ring, *(Row("login", 3, who="d", shop=shop) for shop in ("S1", "S2"))]
    told = signs(lake_of(tmp_path, rows), ON).row(0, named=True)
    share = told["brushing_ring_share_90"]
    assert share == pytest.approx(600 / sum(float(row.yuan) for row in rows if row.yuan), rel=1e-12)
    assert told["trust_share"] == pytest.approx((1 - 0.9 * 3 * share) * (1 - 0.4 / 5), rel=1e-12)


def test_an_honest_record_is_trusted_whole_and_an_unknown_one_not_at_all_known(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, [*steady(120), Row("message", 3, figure=5, shop="S2")])
    assert signs(lake, ON, ["S1", "S2", "S9"])["trust_share"].to_list() == [1, None, None]
