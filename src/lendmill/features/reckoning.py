"""From roll-ups to features, in Narwhals: the same steps on Polars here and on Spark elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import narwhals as nw

from lendmill.features.catalogue import FEATURES
from lendmill.features.feature import all_told, with_steps
from lendmill.features.partners import dealt_with
from lendmill.features.rolling.reading import Record
from lendmill.features.sums import SHOP, Rows, seen_since, summed_up
from lendmill.features.trust import SIGN_NAMES
from lendmill.features.words import latest_words

ON: Final = "on"
CASE: Final = "case"

Dated = Callable[[Rows], Rows]
"""Gives the rows of a table the day as of which they are looked at."""


def on_one_day(record: Record, day: int) -> Record:
    """The record as of one day, for all its shops."""
    return _aged(record, lambda rows: rows.with_columns(nw.lit(day).cast(nw.Int32).alias(ON)))


def on_own_days(record: Record, cases: Rows) -> Record:
    """The record as of a day of each case's own; each case then stands where its shop stood.

    Cases have `shop_key`, `on` (a day's number) and `case`, their own name.
    """

    def own(rows: Rows) -> Rows:
        return rows.join(cases, on=SHOP, how="inner").drop(SHOP).rename({CASE: SHOP})

    return _aged(record, own)


def features_of(record: Record, signs: Rows) -> Rows:
    """All features of each shop of a record that has a day."""
    shops = seen_since(record.whole, record.sources)
    facts = (
        summed_up(record.recent, shops, record.measures)
        .join(dealt_with(record.partners, shops), on=SHOP, how="left")
        .join(latest_words(record.words), on=SHOP, how="left")
        .join(signs.select(SHOP, *SIGN_NAMES), on=SHOP, how="left")
    )
    needs = sorted({feature.needs for feature in FEATURES if feature.needs})
    facts = with_steps(facts.with_columns(all_told(need) for need in needs))
    return facts.select(SHOP, *(feature.worked_out() for feature in FEATURES))


def _aged(record: Record, dated: Dated) -> Record:
    """Only what had happened and was known by the day, with its age on that day."""
    on = nw.col(ON)

    def aged(rows: Rows) -> Rows:
        then = dated(rows).filter(nw.col("known") <= on, nw.col("day") <= on)
        return then.with_columns(
            (on - nw.col("day")).cast(nw.Int64).alias("age"), ((nw.col("day") + 3) % 7).alias("weekday")
        )

    return replace(
        record,
        whole=aged(record.whole),
        recent=aged(record.recent),
        partners=aged(record.partners),
        words=aged(record.words),
    )
