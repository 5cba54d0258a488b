"""A rule worked out for a table of applicants at once, to the same answers as for each by itself."""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from math import isfinite
from operator import and_, or_
from typing import Any, Final

import numpy as np
import polars as pl

from lendmill.credit.rules.expression import Constant, Expression, Kind, Named, Node, Op, names_in
from lendmill.credit.rules.rows import worked
from lendmill.credit.rules.vocabulary import vocabulary
from lendmill.credit.rules.whom import Whom, surely, unsaid, whom

_TYPES: Final[Mapping[Kind, pl.DataType | type[pl.DataType]]] = {
    "number": pl.Float64, "text": pl.String, "truth": pl.Boolean, "day": pl.Date,
}  # fmt: skip
NOT_SAID: Final = ("", "unknown")  # words that say nothing
SPACES: Final = "".join(filter(str.isspace, map(chr, range(0x3001))))  # what a text is stripped of elsewhere


class EveryFile:
    """The files of a table, of whom conditions are asked; what several conditions ask is worked out once.

    The facts stand in the table as `readable` prepares them.
    """

    def __init__(self, table: pl.DataFrame) -> None:
        self.table = table
        self.everybody = whom(np.ones(table.height, bool))
        self.nobody = np.zeros_like(self.everybody)
        self._said: dict[Node, pl.Series] = {}

    def column(self, asked: Expression | str) -> pl.Series:
        """What an expression gives, or what a column says: null where it cannot be known."""
        if isinstance(asked, str):
            return self.table.get_column(asked)
        said = self._worked(asked.node)
        return said if isinstance(said, pl.Series) else self._alike(asked.kind, said)

    def holds(self, asked: Expression | str) -> Whom:
        """Of whom a condition holds for certain."""
        return surely(self.column(asked), self.everybody)

    def unknown(self, asked: Expression | str) -> Whom:
        """Of whom it cannot be known."""
        column = self.column(asked)
        return unsaid(column, self.everybody) if column.null_count() else self.nobody

    def _worked(self, node: Node) -> Any:
        """A column, or a figure, a word or a day that is the same for everybody. Only yes and no are kept: bits."""
        if node.kind != "truth":
            return node.value if isinstance(node, Constant) else self._worked_out(node)
        if node not in self._said:
            self._said[node] = self._worked_out(node)
        return self._said[node]

    def _worked_out(self, node: Node) -> pl.Series:
        if isinstance(node, Named):
            return self.table.get_column(node.name)
        if isinstance(node, Constant) or next(names_in(node), None) is None:
            return self._alike(node.kind, worked(node)({}))
        said: pl.Series = _DONE[node.op](*map(self._worked, node.on))
        past_all_numbers = node.op in SUMS and not isfinite(said.sum())
        return pl.select(_finite(pl.lit(said))).to_series() if past_all_numbers else said

    def _alike(self, kind: Kind, said: Any) -> pl.Series:
        return pl.Series([said], dtype=_TYPES[kind]).new_from_index(0, self.table.height)


def readable(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """The columns of these facts, null where they are absent, of another kind, not finite, or a word that says nothing.

    What is a number stays what it is however it is stored; text is never read as a number, nor a number as yes or no.
    """
    facts, wanted = vocabulary(), list(dict.fromkeys(names))
    finite = _all_finite(frame, [name for name in wanted if facts[name].kind == "number"])
    schema = frame.schema
    told = [_readable(schema, name, facts[name].kind, name in finite).alias(name) for name in wanted]
    return in_full(frame.with_columns_seq(told).select_seq(wanted))


def in_full(table: pl.DataFrame) -> pl.DataFrame:
    """The same table, each column as long as it is: Polars keeps one value where all are alike, and trips over it."""
    return pl.DataFrame(table.get_columns())


def _all_finite(frame: pl.DataFrame, names: Iterable[str]) -> frozenset[str]:
    """The columns in which every number is finite: those whose sum is, for nothing brings one back that is not."""
    schema = frame.schema
    numbers = [name for name in names if name in schema and schema[name].is_numeric()]
    sums = frame.select_seq(pl.col(name).cast(pl.Float64).sum() for name in numbers)
    return frozenset(name for name in numbers if isfinite(sums.item(0, name)))


def _readable(schema: Mapping[str, Any], name: str, kind: Kind, finite: bool) -> pl.Expr:
    stored, wanted = schema.get(name), _TYPES[kind]
    told = stored is not None and (stored.is_numeric() if kind == "number" else stored == wanted)
    if not told:
        return pl.lit(None, dtype=wanted)
    column = pl.col(name)
    if kind == "number":
        number = column.cast(pl.Float64)
        return number if finite else _finite(number)
    if kind == "text":
        return pl.when(~column.str.strip_chars(SPACES).is_in(NOT_SAID)).then(column)
    return column


def _finite(column: pl.Expr) -> pl.Expr:
    return pl.when(column.is_finite()).then(column)


def _all_known(pick: Callable[..., pl.Expr]) -> Callable[..., pl.Series]:
    """Polars leaves nulls out of a least or greatest; one of several that is not known leaves it open."""

    def picked(*on: Any) -> pl.Series:
        among = [pl.lit(each) for each in on]
        known = pl.all_horizontal(each.is_not_null() for each in among)
        return pl.select(pl.when(known).then(pick(among))).to_series()

    return picked


def _days_between(one: Any, other: Any) -> pl.Series:
    return pl.select((pl.lit(one) - pl.lit(other)).dt.total_days().cast(pl.Float64)).to_series()


SUMS: Final = frozenset({"+", "-", "*", "/"})  # what can give no number although all it reads is known
_DONE: Final[Mapping[Op, Callable[..., pl.Series]]] = {
    "and": lambda *on: reduce(and_, on),
    "or": lambda *on: reduce(or_, on),
    "in": lambda one, *among: reduce(or_, (one == each for each in among)),
    "not": lambda one: ~one,
    "=": lambda one, other: one == other,
    "<>": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other,
    "negative": lambda one: -one,
    "days between": _days_between,
    "abs": lambda one: one.abs(),
    "least": _all_known(pl.min_horizontal),
    "greatest": _all_known(pl.max_horizontal),
    "floor": lambda one: one.floor(),
    "ceiling": lambda one: one.ceil(),
}
