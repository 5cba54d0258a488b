"""A burst is many orders at once, alike or by a handful; a festival is none; views and stars are held against it."""

from pathlib import Path

import polars as pl
import pytest

from lendmill.shops.signs.bursts import order_days
from lendmill.shops.signs.view import view
from lendmill.shops.trust import signs
from shops.rows_of_shops import ON, Row, at, lake_of, steady

VIEWS = [Row("visit", ago, figure=99) for ago in range(120)]


def alike(ago: int, count: int, *, yuan: float = 80, buyers: int | None = None) -> list[Row]:
    return [
        Row("order", ago, yuan, f"x{ago}-{n % (buyers or count)}", clock=at(100 + n)) for n in range(count)
    ]  # fmt: skip


def spread(ago: int, count: int, *, buyers: int | None = None) -> list[Row]:
    return [
        row._replace(yuan=40 + 120 * (n % 10) / 10) for n, row in enumerate(alike(ago, count, buyers=buyers))
    ]  # fmt: skip


def bursts(folder: Path, rows: list[Row]) -> list[int]:
    days = order_days(view(lake_of(folder, rows), ON)).filter(pl.col("burst")).collect()
    return sorted(days["age"].to_list())


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (alike(10, 6), [10]),
        (alike(10, 5), []),
        (spread(10, 20), []),
        (spread(10, 20, buyers=10), []),
        (spread(10, 20, buyers=9), [10]),
        ([row._replace(who="") for row in spread(10, 20)], []),
        (alike(89, 6), [89]),
        (alike(90, 6), []),
        ([*alike(10, 6), *alike(40, 30)], [10, 40]),
    ],
    ids=[
        "eight",
        "seven",
        "a festival",
        "twelve buyers of 22",
        "eleven of 22",
        "nobody named",
        "in the window",
        "out",
        "two",
    ],
)
def test_a_burst_has_many_orders_that_are_alike_or_by_a_handful(
    tmp_path: Path, rows: list[Row], found: list[int]
) -> None:
    assert bursts(tmp_path, [*steady(150), *rows]) == found


def test_three_times_the_median_of_its_own_sixty_days_before_is_needed(tmp_path: Path) -> None:
    assert bursts(tmp_path / "less", [*steady(150, each=4), *alike(10, 7, buyers=1)]) == []
    assert bursts(tmp_path / "three", [*steady(150, each=4), *alike(10, 8, buyers=1)]) == [10]
    assert bursts(tmp_path / "quiet", [*steady(60, first=40), *alike(10, 8)]) == [10]


def test_a_shop_too_new_has_nothing_to_be_held_against(tmp_path: Path) -> None:
    assert bursts(tmp_path / "new", [*steady(23), *alike(10, 6)]) == []
    assert bursts(tmp_path / "older", [*steady(25), *alike(10, 6)]) == [10]


def test_orders_that_bring_no_views_with_them_have_odds(tmp_path: Path) -> None:
    told = signs(lake_of(tmp_path, [*steady(120), *VIEWS, *alike(10, 17)]), ON)
    assert told["brushing_burst_days_90"].item() == 1
    assert told["orders_per_visit_odds_90"].item() == pytest.approx((20 / 100) / (179 / (89 * 99 + 1)), rel=1e-12)


def test_odds_are_one_without_a_burst_and_unknown_without_views(tmp_path: Path) -> None:
    assert signs(lake_of(tmp_path / "a", [*steady(120), *VIEWS]), ON)["orders_per_visit_odds_90"].item() == 1
    told = signs(lake_of(tmp_path / "b", [*steady(120), *alike(10, 17)]), ON)
    assert told["orders_per_visit_odds_90"].item() is None
    assert told["brushing_burst_days_90"].item() == 1


def stars(ago: int, count: int, figure: float = 5) -> list[Row]:
    return [Row("review", ago, who=f"r{ago}-{n}", figure=figure, clock=at(n)) for n in range(count)]


@pytest.mark.parametrize(
    ("rows", "burst"),
    [(stars(10, 5), 5), ([*stars(10, 4), *stars(10, 1, 4)], 0), (stars(10, 4), 0)],
    ids=["five of five stars", "one of four", "only four"],
)
def test_many_reviews_of_one_voice_are_a_burst(tmp_path: Path, rows: list[Row], burst: int) -> None:
    usual = [row for ago in range(150) for row in stars(ago, 1, 5 if ago % 2 else 3) if ago != 10]
    told = signs(lake_of(tmp_path, [*usual, *rows]), ON)["five_star_burst_share_90"].item()
    assert told == burst / (89 + len(rows))


def test_where_five_stars_are_the_rule_many_of_them_tell_nothing(tmp_path: Path) -> None:
    usual = [row for ago in range(150) for row in stars(ago, 2)]
    assert signs(lake_of(tmp_path, [*usual, *stars(10, 10)]), ON)["five_star_burst_share_90"].item() == 0
