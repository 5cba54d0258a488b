"""A rule worked out for one applicant: yes, no, or nothing where it depends on what is not known."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from lendmill.credit.case import readable_number
from lendmill.credit.finding import known_day, known_text, known_truth
from lendmill.credit.rules.expression import Applied, Constant, Expression, Kind, Named, Node, Op

Known = Mapping[str, Any]
Worked = Callable[[Known], Any]

_READ: Final[Mapping[Kind, Callable[[Any], Any]]] = {
    "number": readable_number, "text": known_text, "truth": known_truth, "day": known_day,
}  # fmt: skip


def value_of(expression: Expression, known: Known) -> Any:
    """What an expression gives for these facts, or None where that cannot be known.

    A fact that is absent, of another kind than declared, or infinite is not known; `and` and `or` are those of three
    values (SQL's): what is false on one side is false whatever the other is.
    """
    return worked(expression.node)(known)


@lru_cache(maxsize=16_384)
def worked(node: Node) -> Worked:
    """A node as a function of the facts; made once, for rules are asked for again and again."""
    if isinstance(node, Constant):
        value = node.value
        return lambda _: value
    if isinstance(node, Named):
        name, read = node.name, _READ[node.kind]
        return lambda known: read(known.get(name))
    if node.op == "and":
        return _join(*map(worked, node.on), decided_by=False)
    if node.op == "or":
        return _join(*map(worked, node.on), decided_by=True)
    if node.op == "in":
        return _among(worked(node.on[0]), frozenset(each.value for each in node.on[1:] if isinstance(each, Constant)))
    return _applied(_DONE[node.op], node)


def _join(left: Worked, right: Worked, *, decided_by: bool) -> Worked:
    def joined(known: Known) -> bool | None:
        one: bool | None = left(known)
        if one is decided_by:
            return decided_by
        other: bool | None = right(known)
        if other is decided_by:
            return decided_by
        return None if one is None or other is None else not decided_by

    return joined


def _among(on: Worked, among: frozenset[Any]) -> Worked:
    def found(known: Known) -> bool | None:
        value = on(known)
        return None if value is None else value in among

    return found


def _applied(done: Callable[..., Any], node: Applied) -> Worked:
    on = tuple(map(worked, node.on))
    counted = node.kind == "number"

    def applied(known: Known) -> Any:
        values = []
        for each in on:
            value = each(known)
            if value is None:
                return None
            values.append(value)
        found = done(*values)
        return None if counted and not math.isfinite(found) else found

    return applied


def _over(one: float, other: float) -> float:
    return one / other if other else math.nan


def _times(one: float, other: float) -> float:
    return float(one) * float(other)


_DONE: Final[Mapping[Op, Callable[..., Any]]] = {
    "not": lambda one: not one,
    "=": lambda one, other: one == other,
    "<>": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "+": lambda one, other: float(one) + float(other),
    "-": lambda one, other: float(one) - float(other),
    "*": _times,
    "/": lambda one, other: _over(float(one), float(other)),
    "negative": lambda one: -float(one),
    "days between": lambda one, other: float((one - other).days),
    "abs": lambda one: abs(float(one)),
    "least": lambda *all_of: min(map(float, all_of)),
    "greatest": lambda *all_of: max(map(float, all_of)),
    "floor": lambda one: float(math.floor(one)),
    "ceiling": lambda one: float(math.ceil(one)),
}
