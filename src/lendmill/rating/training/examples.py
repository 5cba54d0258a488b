"""The shops to learn from: what was known of each on a day, beside what became of it afterwards."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

import polars as pl

from lendmill.refusals import Refusal

OUTCOME: Final = "defaulted"
OUTCOMES: Final = (OUTCOME, "defaulted_within_12_months", "default")
SHOPS: Final = ("shop_key", "shop", "firm")
KNOWN: Final = "known_on"
AS_OF: Final = "as_of_on"

AsOf = Callable[[date, Sequence[str]], pl.DataFrame]
"""The features of some shops as of a day, as `features.windows.as_of` gives them."""


class NoOutcomes(Refusal):
    """The labels cannot be learned from: {what}."""


def examples(labels: pl.DataFrame, as_of: AsOf, *, today: date, default_as_of: date | None = None) -> pl.DataFrame:
    """Each labelled shop's features as of the day its label is about, with the outcome in `defaulted`.

    Labels whose outcome is known only after `today` are left out. Labels that name no day are about `default_as_of`, or
    today. Whatever else the labels hold, such as another bank's grade, stays behind.
    """
    outcomes = _outcomes(labels, default_as_of or today).filter(pl.col(KNOWN).is_null() | (pl.col(KNOWN) <= today))
    if outcomes.is_empty():
        raise NoOutcomes(what=f"none of their outcomes was known on {today}")
    found = []
    for (day,), some in outcomes.sort(AS_OF).group_by(AS_OF, maintain_order=True):
        assert isinstance(day, date)
        facts = as_of(day, some["shop_key"].to_list())
        found.append(some.select("shop_key", AS_OF, OUTCOME).join(facts, on="shop_key", how="inner"))
    return pl.concat(found).sort("shop_key", AS_OF)


def _outcomes(labels: pl.DataFrame, default_as_of: date) -> pl.DataFrame:
    shop, outcome = _named(labels, SHOPS, "shop"), _named(labels, OUTCOMES, "outcome")
    days = [
        (pl.col(name) if name in labels.columns else pl.lit(None, dtype=pl.Date)).cast(pl.Date).alias(name)
        for name in (AS_OF, KNOWN)
    ]
    told = labels.select(pl.col(shop).cast(pl.String).alias("shop_key"), pl.col(outcome).alias(OUTCOME), *days)
    return told.filter(pl.col(OUTCOME).is_not_null()).with_columns(
        pl.col(OUTCOME).cast(pl.Float64), pl.col(AS_OF).fill_null(default_as_of)
    )


def _named(labels: pl.DataFrame, names: Sequence[str], what: str) -> str:
    for name in names:
        if name in labels.columns:
            return name
    raise NoOutcomes(what=f"no column for the {what} among {labels.columns}: call it {names[0]}")
