"""The open set of local shops on a payment platform: page views of nine months and payments counted in four weeks.

Payments are counts without money: they come in as counts (`payment`), never as orders with a guessed amount. A day
without page views tells nothing; a day of the four weeks without payments is a nought that was told. The shops'
scores, comments and price per head are totals without a date and are not brought in.
"""

from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from lendmill.shops.importers.files import CannotRead
from lendmill.shops.sellers import Seller

SHOPS: Final = "shop_info.csv"
VIEWS: Final = "count_user_view.csv"
WEEKS: Final = ("weekA.csv", "weekB.csv", "weekC.csv", "weekD.csv")
INDUSTRY: Final = {
    "美食": "food",
    "超市便利店": "trade",
    "购物": "trade",
    "医疗健康": "health",
    "美发/美容/美甲": "beauty",
    "休闲娱乐": "media",
}


def prepare(folder: Path, out: Path) -> tuple[list[Path], list[Seller]]:
    """Write the set's counts as one file, a row for each shop, day and kind of count, and tell who its shops are."""
    views = _long(folder / VIEWS, "views").filter(pl.col("count") > 0)
    payments = pl.concat([_long(folder / week, "payments") for week in WEEKS])
    counts = pl.concat([views, payments]).sort("what", "shop_id", "day")
    file = out / "koubei-counts.csv"
    counts.select(_key(), "what", "day", "count").write_csv(file)
    first = counts.group_by("shop_id").agg(pl.col("day").min().str.to_date().alias("first_on"))
    shops = pl.read_csv(folder / SHOPS).join(first, on="shop_id", how="left").sort("shop_id")
    return [file], [_shop(row) for row in shops.with_columns(_key()).iter_rows(named=True)]


def _key() -> pl.Expr:
    return pl.format("koubei-{}", "shop_id").alias("shop")


def _long(file: Path, what: str) -> pl.DataFrame:
    """A wide table, a column for each day, as rows; the day is what the column's name ends or begins with."""
    wide = pl.read_csv(file, infer_schema=False)
    days = {name: _day(name) for name in wide.columns if name != "shop_id"}
    unread = [name for name, day in days.items() if day is None]
    if unread or "shop_id" not in wide.columns:
        raise CannotRead(
            file=file, problem=f"its columns are not shop_id and days: {', '.join(unread) or 'no shop_id'}"
        )
    return (
        wide.unpivot(index="shop_id", variable_name="column", value_name="count")
        .with_columns(pl.col("column").replace_strict(days, return_dtype=pl.String).alias("day"))
        .select(pl.col("shop_id").cast(pl.Int64), pl.lit(what).alias("what"), "day", pl.col("count").cast(pl.Float64))
        .drop_nulls("count")
    )


def _day(name: str) -> str | None:
    """The day in a column's name.

    >>> _day("count_user_view_2016_02_01"), _day("2016-09-20 00:00:00"), _day("total")
    ('2016-02-01', '2016-09-20', None)
    """
    text = name.removeprefix("count_user_view_").replace("_", "-")[:10]
    return text if pl.Series([text]).str.to_date(strict=False).null_count() == 0 else None


def _shop(row: dict[str, object]) -> Seller:
    goods = row["cate_3_name"] or row["cate_2_name"] or row["cate_1_name"]
    first_on = row["first_on"]
    return Seller(
        shop_key=str(row["shop"]),
        name=f"{row['city_name']} {goods} {row['shop_id']}",
        kind="firm",
        industry=INDUSTRY.get(str(row["cate_1_name"]), "unknown"),
        region=str(row["city_name"]),
        member_since_on=first_on if isinstance(first_on, date) else None,
    )
