"""What somebody at a notebook hands in, from whichever library: a table of facts, and what became of each row."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl

from lendmill.rating.axes import WHOLE_MAX
from lendmill.refusals import Refusal

INT64: Final = np.iinfo(np.int64)


class NoColumnNames(Refusal):
    """The table has {columns} columns and {names} names: give a table with names, or as many feature_names."""


class TableUnclear(Refusal):
    """The table handed in is not clear: {what}."""


class OutcomesUnclear(Refusal):
    """The outcomes handed in are not clear: {what}."""


def table_of(given: Any, feature_names: Sequence[str] = ()) -> pl.DataFrame:
    """Polars from Polars, pandas or NumPy; NaN becomes missing, as notebooks mean it.

    Refuses columns of one name, and columns whose length differs.
    """
    if isinstance(given, pl.LazyFrame):
        given = given.collect()
    if isinstance(given, pl.DataFrame):
        frame = given
    elif hasattr(given, "columns"):
        names = [str(name) for name in given.columns]
        _check_once(names, "columns")
        frame = pl.DataFrame([_series(name, given.iloc[:, n]) for n, name in enumerate(names)])
    else:
        rows = _array(given)
        if rows.ndim != 2 or rows.shape[1] != len(feature_names):
            raise NoColumnNames(columns=rows.shape[1] if rows.ndim == 2 else 0, names=len(feature_names))
        _check_once(feature_names, "feature_names")
        frame = pl.DataFrame([_plain(name, rows[:, n]) for n, name in enumerate(feature_names)])
    return frame.with_columns(pl.col(pl.Float32, pl.Float64).fill_nan(None))


def outcomes_of(given: Any, rows: int) -> pl.Series:
    """One outcome for each row, 1 where it turned bad; refuses all else with what is wrong and where."""
    values = _array(given)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values.ravel()
    if values.ndim != 1:
        raise OutcomesUnclear(what=f"y has the shape {values.shape}; it takes one column")
    if len(values) != rows:
        raise OutcomesUnclear(what=f"X has {rows} rows and y has {len(values)}")
    told = values.tolist()
    missing = sum(map(_lacking, told))
    if missing:
        raise OutcomesUnclear(what=f"y lacks the outcome of {missing} rows; leave these rows out of X and y")
    for n, value in enumerate(told):
        if isinstance(value, str) or value not in (0, 1):
            raise OutcomesUnclear(what=f"y holds {value!r} in row {n}; write 1 where it turned bad and 0 elsewhere")
    return pl.Series([float(value) for value in told], dtype=pl.Float64)


def check_named(named: Iterable[str], there: Iterable[str], where: str) -> None:
    """Refuse to be told something about columns that are not there: a slip in a name would go unseen."""
    strange = sorted(set(named) - set(there))
    if strange:
        raise TableUnclear(what=f"{where} names {', '.join(strange)}, and no column is called so")


def _check_once(names: Sequence[str], what: str) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise TableUnclear(what=f"several {what} are called {', '.join(twice)}")


def _array(given: Any) -> Any:
    """An array as it is; where it is masked, the mask stays, and means missing."""
    return given if isinstance(given, np.ma.MaskedArray) else np.asarray(given)


def _series(name: str, column: Any) -> pl.Series:
    """A pandas column: its categories and objects as they read, days as days, missing as null."""
    if hasattr(column.dtype, "fill_value") and hasattr(column, "sparse"):
        column = column.sparse.to_dense()
    if str(column.dtype) == "category":
        labels = [None if _lacking(label) else str(label) for label in column.cat.categories.tolist()]
        return _plain(name, [None if code < 0 else labels[code] for code in column.cat.codes.tolist()])
    if getattr(column.dtype, "kind", "O") not in "iuf":
        return _plain(name, column.tolist())
    lacking = column.isna().to_numpy(dtype=bool)
    kind = getattr(column.dtype, "numpy_dtype", column.dtype)
    numbers = column.to_numpy(dtype=kind, na_value=0) if lacking.any() else column.to_numpy(dtype=kind)
    return _numbers(name, numbers, lacking)


def _numbers(name: str, values: Any, lacking: Any) -> pl.Series:
    """Whole numbers stay whole, for as names of categories they must not be rounded; all others are one kind."""
    column = pl.Series(name, values.astype(np.float64) if values.dtype.kind == "f" else values)
    return column.set(pl.Series(lacking), None) if lacking.any() else column


def _plain(name: str, values: Any) -> pl.Series:
    """Values of any kind as a column; where numbers and text are mixed, all are text, so that none is lost."""
    if isinstance(values, np.ndarray):
        if values.dtype.kind in "iuf":
            return _numbers(name, np.ma.getdata(values), np.ma.getmaskarray(values))
        if values.dtype.kind in "bMU" and not isinstance(values, np.ma.MaskedArray):
            return pl.Series(name, values)
    told = [None if _lacking(value) else _python(value) for value in values]
    kinds = {type(value) for value in told if value is not None}
    if not kinds:
        return pl.Series(name, told, dtype=pl.Float64)
    if kinds == {bool}:
        return pl.Series(name, told, dtype=pl.Boolean)
    if kinds == {int} and all(value is None or INT64.min <= value <= INT64.max for value in told):
        return pl.Series(name, told, dtype=pl.Int64)
    if kinds <= {int, float} and not any(isinstance(value, int) and abs(value) > WHOLE_MAX for value in told):
        return pl.Series(name, [None if value is None else float(value) for value in told], dtype=pl.Float64)
    if all(issubclass(kind, datetime.date) for kind in kinds):
        return pl.Series(name, told, strict=False)
    return pl.Series(name, [None if value is None else _as_text(value) for value in told], dtype=pl.String)


def _python(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _as_text(value: Any) -> str:
    """A value as it reads; a whole number with more digits than can be written stays one that nobody learned."""
    try:
        return str(value)
    except ValueError:
        return "a number too long to write"


def _lacking(value: Any) -> bool:
    """Whether a library's value means that nothing is known: None, NaN, NaT, NA, or masked."""
    if value is None or value is np.ma.masked or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    return isinstance(value, float | complex | np.inexact | np.datetime64 | np.timedelta64) and bool(value != value)
