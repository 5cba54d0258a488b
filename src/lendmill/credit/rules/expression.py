"""A rule's text as read: what is compared with what, and of which kind everything is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["number", "text", "truth", "day"]
Op = Literal[
    "and", "or", "not", "=", "<>", "<", "<=", ">", ">=", "in",
    "+", "-", "*", "/", "negative", "days between", "abs", "least", "greatest", "floor", "ceiling",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Constant:
    """A figure, a word, yes or no, or a day as written."""

    kind: Kind
    value: float | str | bool | date


@dataclass(frozen=True, slots=True)
class Named:
    """A fact by its name."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Applied:
    """An operation on others; the first of an `in` is looked for among the rest, which are constants."""

    kind: Kind
    op: Op
    on: tuple["Node", ...]


Node = Constant | Named | Applied


@dataclass(frozen=True, slots=True)
class Expression:
    """A text with what it says; `names` are the facts it reads, in the order they are written."""

    text: str
    node: Node
    names: tuple[str, ...]

    @property
    def kind(self) -> Kind:
        """What working it out gives."""
        return self.node.kind


def names_in(node: Node) -> Iterator[str]:
    """Every fact a node reads, as often as it reads it."""
    if isinstance(node, Named):
        yield node.name
    elif isinstance(node, Applied):
        for part in node.on:
            yield from names_in(part)
