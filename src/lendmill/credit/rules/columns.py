"""A rule worked out for a table of applicants at once, to the same answers as for each by itself."""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from math import isfinite
from operator import and_, or_
from typing import Any, Final

import polars as pl

from lendmill.credit.rules.expression import Applied, Constant, Expression, Kind, Named, Node, Op, names_in
from lendmill.credit.rules.rows import worked
from lendmill.credit.rules.vocabulary import vocabulary

_TYPES: Final[Mapping[Kind, pl.DataType | type[pl.DataType]]] = {
    "number": pl.Float64, "text": pl.String, "truth": pl.Boolean, "day": pl.Date,
}  # fmt: skip
NOT_SAID: Final = ("", "unknown")  # words that say nothing


def column_of(expression: Expression) -> pl.Expr:
    """An expression over columns that `readable` has prepared; null where it cannot be known."""
    return _column(expression.node)


def overflows(expression: Expression) -> bool:
    """Whether working it out can give no number although all it reads is known: a sum past all numbers, a quotient."""
    return bool(_ops(expression.node) & {"+", "-", "*", "/"})


def _ops(node: Node) -> set[Op]:
    return {node.op}.union(*map(_ops, node.on)) if isinstance(node, Applied) else set()


def readable(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """The columns of these facts, null where they are absent, of another kind, not finite, or a word that says nothing.

    What is a number stays what it is however it is stored; text is never read as a number, nor a number as yes or no.
    """
    facts, wanted = vocabulary(), list(dict.fromkeys(names))
    finite = _all_finite(frame, [name for name in wanted if facts[name].kind == "number"])
    schema = frame.schema
    told = [_readable(schema, name, facts[name].kind, name in finite).alias(name) for name in wanted]
    return in_full(frame.with_columns(told).select(wanted))


def in_full(table: pl.DataFrame) -> pl.DataFrame:
    """The same table, each column as long as it is: Polars keeps one value where all are alike, and trips over it."""
    return pl.DataFrame(table.get_columns())


def _all_finite(frame: pl.DataFrame, names: Iterable[str]) -> frozenset[str]:
    """The columns in which every number is finite: those whose sum is, for nothing brings one back that is not."""
    schema = frame.schema
    numbers = [name for name in names if name in schema and schema[name].is_numeric()]
    sums = frame.select(pl.col(name).cast(pl.Float64).sum() for name in numbers)
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
        return pl.when(~column.str.strip_chars().is_in(NOT_SAID)).then(column)
    return column


def _column(node: Node) -> pl.Expr:
    if isinstance(node, Constant):
        return pl.lit(node.value, dtype=_TYPES[node.kind])
    if isinstance(node, Named):
        return pl.col(node.name)
    if next(names_in(node), None) is None:  # the same for everybody: Polars would make a column of one row of it
        return pl.lit(worked(node)({}), dtype=_TYPES[node.kind])
    on = [_column(each) for each in node.on]
    done = _DONE[node.op](*on)
    return _finite(done) if node.kind == "number" else done


def _finite(column: pl.Expr) -> pl.Expr:
    return pl.when(column.is_finite()).then(column)


def _all_known(pick: Callable[..., pl.Expr]) -> Callable[..., pl.Expr]:
    """Polars leaves nulls out of a least or greatest; one of several that is not known leaves it open."""
    return lambda *on: pl.when(pl.all_horizontal(each.is_not_null() for each in on)).then(pick(*on))


_DONE: Final[Mapping[Op, Callable[..., pl.Expr]]] = {
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
    "days between": lambda one, other: (one - other).dt.total_days().cast(pl.Float64),
    "abs": lambda one: one.abs(),
    "least": _all_known(pl.min_horizontal),
    "greatest": _all_known(pl.max_horizontal),
    "floor": lambda one: one.floor(),
    "ceiling": lambda one: one.ceil(),
}
