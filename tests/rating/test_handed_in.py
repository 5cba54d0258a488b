"""Whatever kind of column a notebook hands in, the card reads of it what a plain one would say, or says UNKNOWN."""

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest

pytest.importorskip("optbinning", reason="training extra not installed: OptBinning")

import pandas as pd
import pyarrow as pa

from lendmill.rating.axes import FLOAT_MAX, Axis, Levels
from lendmill.rating.card import Card
from lendmill.rating.handed_in import OutcomesUnclear, outcomes_of, table_of
from lendmill.rating.learning import NamedFeature, Scorecard
from lendmill.rating.tables import Table
from lendmill.rating.training.checking import UnusableForTraining, checked

UNIT = 10**15
LARGE = 2**53 + 1  # floating point cannot hold it
LEVELS = Levels("c", ("0", "1", "2.5", "2024-01-01", str(LARGE - 1), str(LARGE)), True)
CARD = Card(
    key="k",
    target="bad",
    start=UNIT,
    tables=(
        Table((Axis("x", (10.0, 20.0), 0.0, 30.0, False),), (UNIT, 0, -UNIT, 0)),
        Table((LEVELS,), tuple(n * UNIT // 3 for n in range(LEVELS.size))),
    ),
)


def arrow(values: list[Any], kind: Any) -> Any:
    return pd.Series(values, dtype=pd.ArrowDtype(kind))


NO_NUMBERS = {
    "arrow text": arrow(["15", "25"], pa.string()),
    "arrow yes or no": arrow([True, False], pa.bool_()),
    "arrow moments": arrow([pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02")], pa.timestamp("us")),
    "arrow spans": arrow([pd.Timedelta("1D"), pd.Timedelta("2D")], pa.duration("us")),
    "arrow dictionary": arrow(["15", "25"], pa.string()).astype(pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))),
    "arrow days": arrow([datetime.date(2024, 1, 1)] * 2, pa.date32()),
    "arrow decimals": arrow([Decimal("15.0"), Decimal("25.0")], pa.decimal128(10, 2)),
    "sparse yes or no": pd.Series(pd.arrays.SparseArray([True, False])),
    "sparse text": pd.Series(pd.arrays.SparseArray(np.array(["15", "25"], dtype=object))),
    "complex": pd.Series(np.array([15 + 0j, 25 + 0j])),
}


@pytest.mark.parametrize("kind", NO_NUMBERS)
def test_what_is_no_number_gets_no_pd_and_teaches_nothing(kind: str) -> None:
    learner = Scorecard()
    learner._card = CARD
    given = pd.DataFrame({"x": NO_NUMBERS[kind], "c": ["1", "1"]})
    assert np.isnan(learner.predict_proba(given)).all()
    assert learner.reasons(given) == [["x: not-a-number"]] * 2
    numbers = table_of(given[["x"]]).with_columns(bad=pl.Series([0, 1]))
    with pytest.raises(UnusableForTraining, match="x is a column of"):
        checked(numbers, "bad", [NamedFeature("x")], ())


def test_numbers_of_every_kind_are_numbers_and_the_mask_is_missing() -> None:
    kinds = (arrow([15.0, None], pa.float64()), pd.Series([15, None], dtype="Int64"), pd.Series([15.0, np.nan]))
    for column in (*kinds, pd.Series(pd.arrays.SparseArray([15.0, np.nan])), pd.Series([15, None], dtype=object)):
        assert table_of(pd.DataFrame({"x": column}))["x"].to_list() == [15, None]
    masked = np.ma.masked_array([[15.0, 1], [25.0, 2]], mask=[[False, False], [True, False]])
    assert table_of(masked, ["x", "y"]).rows() == [(15.0, 1.0), (None, 2.0)]
    with pytest.raises(OutcomesUnclear, match="y lacks the outcome of 1 rows"):
        outcomes_of(np.ma.masked_array([1, 0], mask=[False, True]), 2)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([LARGE, LARGE - 1]), pd.Series([LARGE, LARGE - 1], dtype="Int64"),
        pd.Series([LARGE, LARGE - 1], dtype=object), pd.Series(pd.Categorical([LARGE, LARGE - 1, None])[:2]),
        arrow([LARGE, LARGE - 1], pa.int64()),
    ],
)  # fmt: skip
def test_a_large_whole_number_is_the_category_it_names(column: Any) -> None:
    table = table_of(pd.DataFrame({"x": [15.0, 15.0], "c": column}))
    rated = [CARD.rate(row).logit for row in table.iter_rows(named=True)]
    assert rated == [CARD.rate({"x": 15.0, "c": str(whole)}).logit for whole in (LARGE, LARGE - 1)]


def test_a_number_in_floating_point_too_large_to_be_exact_names_no_category() -> None:
    facts = {"x": 15.0, "c": float(LARGE)}
    assert CARD.rate(facts).grade == "UNKNOWN"
    table = pl.DataFrame({"c": [float(LARGE), 1.0], "bad": [0, 1]})
    with pytest.raises(UnusableForTraining, match="c is to be a category, and holds numbers too large to be exact"):
        checked(table, "bad", [NamedFeature("c")], ["c"])
    days = table.with_columns(c=pl.lit(datetime.date(2024, 1, 1)))
    with pytest.raises(UnusableForTraining, match="c is a column of Date, which names no categories"):
        checked(days, "bad", [NamedFeature("c")], ["c"])


ODD_COLUMNS = {
    "both noughts": pl.Series([0.0, -0.0, 1.0, 2.5, float("nan"), float("inf"), None]),
    "spans": pl.Series([datetime.timedelta(1), None]),
    "lists": pl.Series([["1"], None]),
    "bytes": pl.Series([b"1", None]),
    "days": pl.Series([datetime.date(2024, 1, 1), None]),
    "decimals": pl.Series([Decimal("2.5"), None]),
    "objects": pl.Series(["1", 1, 2.5, object(), 10**5000, None], dtype=pl.Object),
    "yes and no": pl.Series([True, None]),
    "nothing": pl.Series([None, None]),
}


@pytest.mark.parametrize("feature", ["c", "x"])
@pytest.mark.parametrize("kind", ODD_COLUMNS)
def test_a_table_of_odd_values_is_rated_row_by_row_as_one_shop_is(kind: str, feature: str) -> None:
    column = ODD_COLUMNS[kind].alias(feature)
    other = {"c": pl.lit("1"), "x": pl.lit(15.0)}
    del other[feature]
    table = pl.DataFrame([column, pl.Series("shop_key", range(len(column)))]).with_columns(**other)
    plain = {"c": "1", "x": 15.0}
    one_by_one = [CARD.rate({**plain, feature: value}) for value in column.to_list()]
    rated = CARD.rate_table(table)
    assert rated["logit"].to_list() == [each.logit for each in one_by_one]
    told = [[{"feature": each.feature, "reason": each.reason.value} for each in one.unknown] for one in one_by_one]
    assert rated["unknown"].to_list() == told


def test_infinity_is_out_of_every_reach() -> None:
    wide = Axis("x", (0.0,), -1e308, 1e308, False)
    card = Card(key="wide", target="bad", start=0, tables=(Table((wide,), (UNIT, -UNIT, 0)),))
    values = [float("inf"), float("-inf"), FLOAT_MAX, -FLOAT_MAX]
    grades = card.rate_table(pl.DataFrame({"shop_key": range(4), "x": values}))["grade"].to_list()
    assert grades == [card.rate({"x": value}).grade for value in values]
    assert grades[:2] == ["UNKNOWN"] * 2
    assert "UNKNOWN" not in grades[2:]
