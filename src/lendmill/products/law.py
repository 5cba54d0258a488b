"""Figures that come from law: which rule sets each, and from which day it is in force."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from lendmill.products.reading import Check
from lendmill.refusals import Refusal

LETTERS_MAX: Final = 300


class LawUnnamed(Refusal):
    """{document} does not say which law sets {figure}, and from which day: a figure from law carries its source."""


class LawNotInForce(Refusal):
    """{document} rests {figure} on a rule that is in force from {in_force_on} only, and would count from {on}."""


class LawFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A figure of the document that is not the lender's to choose freely: the rule behind it and its first day."""

    figure: str
    law: str
    in_force_on: date


def checks(laws: Sequence[LawFigure], content: Any) -> Iterator[Check]:
    """What must hold of the figures from law a document names: each once, each a figure it has, each with its rule."""
    named = [each.figure for each in laws]
    yield len(set(named)) == len(named), "laws", named, "each figure named once"
    for n, each in enumerate(laws):
        there = figure_in(content, each.figure) is not None
        yield there, f"laws[{n}].figure", each.figure, "a figure this document has"
        told = bool(each.law.strip()) and each.law.isprintable() and len(each.law) <= LETTERS_MAX
        yield told, f"laws[{n}].law", each.law, f"the rule by its name and number, in at most {LETTERS_MAX} letters"


def figure_in(content: Any, path: str) -> Any:
    """The value under a path of names, or None where the document has none there.

    >>> figure_in({"limit": {"share": 3}}, "limit.share"), figure_in({"limit": {}}, "limit.share")
    (3, None)
    """
    for name in path.split("."):
        content = content.get(name) if isinstance(content, dict) else None
    return None if isinstance(content, dict | list | tuple) else content


def check_named(laws: Sequence[LawFigure], needed: Sequence[str], *, document: str) -> None:
    """Refuse, by `LawUnnamed`, a document that rests on law without saying so."""
    named = {each.figure for each in laws}
    for figure in needed:
        if figure not in named:
            raise LawUnnamed(document=document, figure=figure)


def check_in_force(laws: Sequence[LawFigure], *, document: str, on: date) -> None:
    """Refuse, by `LawNotInForce`, a document that rests on a rule which is not in force on a day."""
    for each in laws:
        if each.in_force_on > on:
            raise LawNotInForce(document=document, figure=each.figure, in_force_on=each.in_force_on, on=on)
