"""The shops to learn from: what was known of each on a day, beside what became of it afterwards."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

import polars as pl

from lendmill.refusals import Refusal

OUTCOME: Final = "defaulted"
FELL: Final = "fell"  # a stand-in where no outcome is known: whether the shop's trade fell
OUTCOMES: Final = (OUTCOME, "defaulted_within_12_months", "default", FELL)
SHOPS: Final = ("shop_key", "shop", "firm")
KNOWN: Final = "known_on"
AS_OF: Final = "as_of_on"
UNDATED: Final = (
    "{without} of {outcomes} outcomes name no day: their features are as of {day}, when what became of these shops may"
    " long have happened. What the card sees may follow the outcome instead of foretelling it, and the figures may be"
    " far too good. Give each label the day it is about, as_of_on."
)

AsOf = Callable[[date, Sequence[str]], pl.DataFrame]
"""The features of some shops as of a day, as `features.windows.as_of` gives them."""


class NoOutcomes(Refusal):
    """The labels cannot be learned from: {what}."""


def examples(labels: pl.DataFrame, as_of: AsOf, *, today: date, default_as_of: date | None = None) -> pl.DataFrame:
    """Each labelled shop's features as of the day its label is about, with the outcome in `defaulted`, or in `fell`.

    Beside it stands the day on which the outcome was known, where the labels tell one. Labels whose outcome is known
    only after `today` are left out. Labels that name no day are about `default_as_of`, or today. Whatever else the
    labels hold, such as another bank's grade, stays behind.
    """
    target = outcome_of(labels)
    outcomes = _outcomes(labels, target, default_as_of or today)
    outcomes = _by_then(outcomes, today)
    if outcomes.is_empty():
        raise NoOutcomes(what=f"none of their outcomes was known on {today}")
    found, anything = [], False
    for (day,), some in outcomes.sort(AS_OF).group_by(AS_OF, maintain_order=True):
        assert isinstance(day, date)
        facts = as_of(day, some["shop_key"].to_list())
        anything |= any(facts[name].null_count() < facts.height for name in facts.columns if name != "shop_key")
        found.append(some.select("shop_key", AS_OF, KNOWN, target).join(facts, on="shop_key", how="inner"))
    if not anything:
        raise NoOutcomes(what=f"nothing was recorded of any of their shops, such as {outcomes['shop_key'][0]}")
    return pl.concat(found).sort("shop_key", AS_OF)


def outcome_of(labels: pl.DataFrame) -> str:
    """What a card of these labels learns: a default, or that a shop's trade fell."""
    return FELL if _named(labels, OUTCOMES, "outcome") == FELL else OUTCOME


def undated(labels: pl.DataFrame, day: date) -> list[str]:
    """A warning where outcomes name no day: as of a later day, features may follow the outcome."""
    told = labels.filter(pl.col(_named(labels, OUTCOMES, "outcome")).is_not_null())
    without = told[AS_OF].null_count() if AS_OF in told.columns else told.height
    return [UNDATED.format(without=without, outcomes=told.height, day=day)] if without else []


def _outcomes(labels: pl.DataFrame, target: str, default_as_of: date) -> pl.DataFrame:
    """The labels that tell an outcome, each once."""
    shop, outcome = _named(labels, SHOPS, "shop"), _named(labels, OUTCOMES, "outcome")
    told = labels.select(
        pl.col(shop).cast(pl.String).alias("shop_key"),
        _numbers(labels[outcome]).alias(target),
        *(
            days_of(labels[name]) if name in labels.columns else pl.lit(None, pl.Date).alias(name)
            for name in (AS_OF, KNOWN)
        ),
    )
    told = told.filter(pl.col(target).is_not_null()).with_columns(pl.col(AS_OF).fill_null(default_as_of))
    if told["shop_key"].null_count():
        raise NoOutcomes(what=f"{told['shop_key'].null_count()} rows name no shop in {shop}")
    told = told.unique(["shop_key", AS_OF, target], keep="first", maintain_order=True)
    twice = told.filter(told.select("shop_key", AS_OF).is_duplicated())
    if twice.height:
        raise NoOutcomes(what=f"{twice['shop_key'][0]} as of {twice[AS_OF][0]} is called both good and bad")
    return told


def _by_then(outcomes: pl.DataFrame, today: date) -> pl.DataFrame:
    """The outcomes known by a day; one known before the day it is about, or about a later day, is refused."""
    for row in outcomes.filter(pl.col(KNOWN) < pl.col(AS_OF)).head(1).iter_rows(named=True):
        what = f"what became of {row['shop_key']} was known on {row[KNOWN]}, before the day it is about, {row[AS_OF]}"
        raise NoOutcomes(what=what)
    known = outcomes.filter(pl.col(KNOWN).is_null() | (pl.col(KNOWN) <= today))
    for row in known.filter(pl.col(AS_OF) > today).head(1).iter_rows(named=True):
        raise NoOutcomes(what=f"what became of {row['shop_key']} is about {row[AS_OF]}, which is after {today}")
    return known


def _numbers(column: pl.Series) -> pl.Series:
    """Outcomes as numbers; text, and anything but 0 and 1, is refused with the first such value."""
    if column.dtype in (pl.Boolean, pl.Null) or column.dtype.is_numeric():
        numbers = column.cast(pl.Float64)
        wrong = column.filter(~numbers.is_in([0.0, 1.0]).fill_null(True))
    else:
        numbers, wrong = column, column.drop_nulls()
    if len(wrong):
        raise NoOutcomes(what=f"{column.name} holds {wrong[0]!r}; write 1 for a shop that turned bad and 0 for others")
    return numbers


def days_of(column: pl.Series) -> pl.Series:
    """A column of days as such; refuses, by `NoOutcomes`, with the first value that is no day."""
    if column.dtype.is_temporal() or column.dtype == pl.Null:
        return column.cast(pl.Date)
    days = column.cast(pl.String).str.strip_chars().str.to_date("%Y-%m-%d", strict=False)
    wrong = column.filter(days.is_null() & column.is_not_null())
    if len(wrong):
        raise NoOutcomes(what=f"{column.name} holds {wrong[0]!r}, which is no day: write it like 2026-01-31")
    return days


def _named(labels: pl.DataFrame, names: Sequence[str], what: str) -> str:
    for name in names:
        if name in labels.columns:
            return name
    raise NoOutcomes(what=f"no column for the {what} among {labels.columns}: call it {names[0]}")
