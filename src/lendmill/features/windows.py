"""All features of many shops as of one day, or of each shop as of a day of its own: only what was known by then."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import narwhals as nw
import polars as pl

from lendmill.features.catalogue import NAMES
from lendmill.features.reckoning import features_of, on_one_day, on_own_days
from lendmill.features.rolling.catching_up import bring_up_to_date
from lendmill.features.rolling.reading import Shelf, number, on_polars, own_polars
from lendmill.features.sums import Rows
from lendmill.features.trust import SIGN_NAMES
from lendmill.shops.lake import Lake
from lendmill.shops.trust import signs

CASES_AT_ONCE: Final = 6_000
AS_OF: Final = "as_of_on"
_EMPTY: Final = pl.Schema({"shop_key": pl.String()} | dict.fromkeys(NAMES, pl.Float64()))
_SIGNS: Final = pl.Schema({"shop_key": pl.String()} | dict.fromkeys(SIGN_NAMES, pl.Float64()))


def as_of(lake: Lake, on: date, shop_keys: Sequence[str] | None = None) -> pl.DataFrame:
    """One row per shop, ordered by its key, one column per feature; null is unknown.

    Reads only what was known at the end of `on`, from roll-ups that are first brought up to date. Shops asked for of
    which nothing was known have nulls throughout; without `shop_keys`, every shop of which anything was known.
    Raises RollUpsBusy while another process rolls up a new import.
    """
    keys = None if shop_keys is None else sorted(set(shop_keys))
    shelf = _shelf(lake, on, on)
    believed = trusted(lake, on, keys)
    found = [pl.DataFrame(schema=_EMPTY)]
    for shops in shelf.portions(keys):
        record = on_one_day(shelf.record(on_polars(shops, keys), own_polars), number(on))
        found.append(_collected(features_of(record, own_polars("signs", believed))))
    facts = pl.concat(found)
    if keys is not None:
        facts = pl.DataFrame({"shop_key": keys}, schema={"shop_key": pl.String}).join(facts, on="shop_key", how="left")
    return facts.sort("shop_key")


def training_set(lake: Lake, pairs: Iterable[tuple[str, date]]) -> pl.DataFrame:
    """The features of each shop as of the day beside it: `shop_key`, `as_of_on` and one column per feature.

    One row for each different pair, ordered by shop and day, exactly as `as_of` would have given it on that day; shops
    of which nothing was known then have nulls throughout.
    """
    asked = pl.DataFrame(sorted(set(pairs)), schema={"shop_key": pl.String, AS_OF: pl.Date}, orient="row")
    if asked.is_empty():
        return asked.join(pl.DataFrame(schema=_EMPTY), on="shop_key")
    cases = asked.with_columns(
        pl.format("{}\t{}", "shop_key", AS_OF).alias("case"), pl.col(AS_OF).to_physical().alias("on")
    )
    found = [_own_days(lake, some) for some in cases.iter_slices(CASES_AT_ONCE)]
    return cases.select("shop_key", AS_OF, "case").join(pl.concat(found), on="case", how="left").drop("case")


def trusted(lake: Lake, on: date, keys: Sequence[str] | None = None) -> pl.DataFrame:
    """The signs of trust in the record as numbers."""
    return signs(lake, on, keys).select(pl.col(name).cast(dtype) for name, dtype in _SIGNS.items())


def _own_days(lake: Lake, cases: pl.DataFrame) -> pl.DataFrame:
    """The features of some cases, each under its own name."""
    days = cases[AS_OF]
    first, last = days.min(), days.max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    keys = cases["shop_key"].unique().to_list()
    shelf = _shelf(lake, first, last)
    believed = [pl.DataFrame(schema=_SIGNS)]
    for (day,), some in cases.group_by(AS_OF, maintain_order=True):
        assert isinstance(day, date)
        told = trusted(lake, day, some["shop_key"].to_list())
        believed.append(some.join(told, on="shop_key").select(pl.col("case").alias("shop_key"), *SIGN_NAMES))
    (shops,) = shelf.portions(keys)
    record = shelf.record(on_polars(shops, keys), own_polars)
    dated = on_own_days(record, nw.from_native(cases.lazy().select("shop_key", "on", "case")))
    facts = _collected(features_of(dated, own_polars("signs", pl.concat(believed))))
    return facts.rename({"shop_key": "case"})


def _shelf(lake: Lake, first: date, last: date) -> Shelf:
    rollups = bring_up_to_date(lake)
    return Shelf(lake, rollups, tuple(rollups.pages()), first, last)


def _collected(features: Rows) -> pl.DataFrame:
    native = features.to_native()
    assert isinstance(native, pl.LazyFrame)
    return native.collect()
