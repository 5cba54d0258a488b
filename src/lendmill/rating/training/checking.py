"""What a table must be to learn from: outcomes of nought and one, numbers where they are expected, no bank's grade."""

from collections.abc import Collection, Sequence
from typing import Final

import polars as pl

from lendmill.rating.axes import FORBIDDEN, WHOLE_MAX, BankRatingOffered, nameable
from lendmill.rating.measures import Flags
from lendmill.rating.training.bins import Feature
from lendmill.rating.training.report import FOLDS
from lendmill.refusals import Refusal

LARGEST: Final = 1e12  # no fact of a shop is so large; it stands for something that was not known


class UnusableForTraining(Refusal):
    """The table to learn from cannot be used: {what}."""


class TooFewBad(Refusal):
    """There are {bads} bad and {goods} good payers; a card is learned and measured from at least {least} of each."""


def checked(
    frame: pl.DataFrame, target: str, catalogue: Sequence[Feature], categories: Collection[str]
) -> tuple[pl.DataFrame, Flags]:
    """The table in a fixed order with the outcomes known, or a refusal that says what is wrong with it."""
    for name in frame.columns:
        if name.lower() in FORBIDDEN:
            raise BankRatingOffered(feature=name)
    if target not in frame.columns or target in {feature.name for feature in catalogue}:
        raise UnusableForTraining(what=f"{target} must be one of its columns, and none of the features")
    frame = frame.filter(pl.col(target).is_not_null())
    if "shop_key" in frame.columns:
        frame = frame.sort("shop_key", *(["as_of_on"] if "as_of_on" in frame.columns else []))
    else:
        frame = frame.with_row_index("shop_key").with_columns(pl.col("shop_key").cast(pl.String))
    if not (frame[target].dtype.is_numeric() or frame[target].dtype == pl.Boolean):
        raise UnusableForTraining(what=f"{target} is a column of {frame[target].dtype}, not of 0 and 1")
    outcome = frame[target].cast(pl.Float64)
    if not outcome.is_in([0.0, 1.0]).all():
        raise UnusableForTraining(what=f"{target} holds more than 0 and 1")
    for feature in catalogue:
        if feature.name in frame.columns:
            _check_column(frame[feature.name], feature.name in categories)
    bad = outcome.to_numpy() == 1.0
    bads, goods = (frame.filter(bad == which)["shop_key"].n_unique() for which in (True, False))
    if min(bads, goods) < 2 * FOLDS:
        raise TooFewBad(bads=bads, goods=goods, least=2 * FOLDS)
    return frame, bad


def _check_column(column: pl.Series, category: bool) -> None:
    """Refuse text where numbers are learned, numbers that are not finite, and such as stand for something else."""
    if category:
        _check_category(column)
        return
    if not (column.dtype.is_numeric() or column.dtype == pl.Null):
        raise UnusableForTraining(what=f"{column.name} is a column of {column.dtype}, not of numbers")
    numbers = column.cast(pl.Float64).drop_nulls()
    if not numbers.is_finite().all():
        raise UnusableForTraining(what=f"{column.name} holds values that are no finite numbers")
    if len(numbers) and float(numbers.abs().max()) >= LARGEST:  # type: ignore[arg-type]
        raise UnusableForTraining(what=f"{column.name} holds {LARGEST:g} or more: leave empty what is not known")


def _check_category(column: pl.Series) -> None:
    """Refuse what names no category: fractions, numbers too large to be exact, days, lists and the like."""
    if not nameable(column.dtype):
        raise UnusableForTraining(what=f"{column.name} is a column of {column.dtype}, which names no categories")
    if not column.dtype.is_float():
        return
    numbers = column.cast(pl.Float64).fill_nan(None).drop_nulls()
    if not (numbers == numbers.floor()).all():
        raise UnusableForTraining(what=f"{column.name} is to be a category, and holds fractions")
    if not (numbers.abs() <= WHOLE_MAX).all():
        raise UnusableForTraining(
            what=f"{column.name} is to be a category, and holds numbers too large to be exact: give whole numbers"
        )
