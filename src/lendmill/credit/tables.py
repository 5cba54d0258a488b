"""Tables of figures by named facts: how much for which grade and how many years of record, as rows a sheet can hold."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain, islice
from itertools import product as combined
from typing import Any, Final, Literal, TypeVar

import msgspec
import polars as pl

from lendmill.credit.finding import HeldBack, known_number, known_text
from lendmill.credit.reasons import CODES
from lendmill.credit.rules.vocabulary import vocabulary
from lendmill.money import LARGEST_CENTS
from lendmill.products.document import GRADES
from lendmill.products.reading import Check
from lendmill.terms.rates import BASIS_POINTS

ANY_SOURCE: Final = "any"
ELSE: Final = ""
"""A cell that stands for every other word, and for every number below the first that is named."""
AXES_MAX: Final = 3
ROWS_MAX: Final = 2_000

Cell = str | int | float
Base = Literal["monthly sales", "open orders", "dues of sales", "dues of cash flow", "amount"]
BASES_IN_BP: Final = ("monthly sales", "open orders", "dues of sales", "dues of cash flow")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """A figure for each combination of what a few facts say.

    Each row holds one cell for each axis, then the figure. A word's cell is the word, a number's cell is from where on
    the row counts; an empty cell is everything else. Every combination stands there exactly once, so that no file falls
    through. What cannot be looked up, because a fact is not known, does what `unknown` says.
    """

    table: str
    label_en: str
    label_zh: str
    axes: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    products: tuple[str, ...] = ()  # the products it is for; none named: all
    source: str = ANY_SOURCE
    unknown: HeldBack = "refer"
    law: str = ""
    in_force_on: date | None = None

    def for_product(self, key: str) -> bool:
        """Whether the table is about a product."""
        return not self.products or key in self.products

    def figure(self, known: Mapping[str, Any]) -> int | None:
        """The figure for what is known, or None where a fact the table reads is not."""
        cells = []
        for axis in self._axes:
            cell = axis.cell(known.get(axis.fact))
            if cell is None:
                return None
            cells.append(cell)
        return self._figures.get(tuple(cells))

    def figure_in(self) -> pl.Expr:
        """The same figures of a table of files, whose facts stand in `columns.readable` columns."""
        first, *others = self._axes
        place = first.place_in()
        for axis in others:
            place = place * len(axis.spelled) + axis.place_in()
        return pl.lit(self._in_places).gather(place)

    def figures(self) -> tuple[int, ...]:
        """All its figures, row by row."""
        return tuple(self._figures.values())

    def words_on(self, fact: str) -> tuple[str, ...]:
        """The words an axis names."""
        at = self.axes.index(fact)
        return tuple(dict.fromkeys(str(row[at]) for row in self.rows if row[at] != ELSE))

    @cached_property
    def _axes(self) -> "tuple[_Axis, ...]":
        cells = zip(*(row[:-1] for row in self.rows), strict=True)
        return tuple(_Axis.of(fact, tuple(dict.fromkeys(each))) for fact, each in zip(self.axes, cells, strict=True))

    @cached_property
    def _figures(self) -> dict[tuple[Cell, ...], int]:
        return {tuple(row[:-1]): int(row[-1]) for row in self.rows}

    @cached_property
    def _in_places(self) -> pl.Series:
        """The figure of every combination of cells, the last axis' cells going round first."""
        every = combined(*(axis.spelled for axis in self._axes))
        return pl.Series([self._figures.get(cells) for cells in every], dtype=pl.Int64)


@dataclass(frozen=True, slots=True)
class _Axis:
    """One fact of a table, with the cells it is looked up among."""

    fact: str
    counted: bool
    cells: frozenset[Cell]
    bounds: tuple[float, ...]

    @classmethod
    def of(cls, fact: str, cells: Sequence[Cell]) -> "_Axis":
        counted = vocabulary()[fact].kind == "number"
        bounds = sorted(float(cell) for cell in cells if not isinstance(cell, str)) if counted else ()
        return cls(fact, counted, frozenset(cells), tuple(bounds))

    def cell(self, value: Any) -> Cell | None:
        """The cell a value falls into; nothing where it is not known."""
        if self.counted:
            number = known_number(value)
            if number is None:
                return None
            at = bisect_right(self.bounds, number)
            return self.bounds[at - 1] if at else ELSE
        word = known_text(value)
        return None if word is None else word if word in self.cells else ELSE

    @property
    def spelled(self) -> tuple[Cell, ...]:
        """Every cell a value can fall into, everything else first."""
        return (ELSE, *(self.bounds if self.counted else sorted(map(str, self.cells - {ELSE}))))

    def place_in(self) -> pl.Expr:
        """Which of these cells each value of a column falls into."""
        value = pl.col(self.fact)
        if self.counted:
            bounds = pl.Series(self.bounds, dtype=pl.Float64)
            found = value.map_batches(
                lambda told: bounds.search_sorted(told.fill_null(0.0), side="right").cast(pl.Int64),
                return_dtype=pl.Int64, is_elementwise=True,
            )  # fmt: skip
        else:
            words = pl.Enum([str(word) for word in self.spelled[1:]])
            found = (value.cast(words, strict=False).to_physical().cast(pl.Int64) + 1).fill_null(0)
        return pl.when(value.is_not_null()).then(found)


T = TypeVar("T", bound=Table)


def checks(
    tables: Sequence[T], at: str, *, sources: Sequence[str], granted: Sequence[str], least: int, most: int,
    also: Callable[[T, str], Iterator[Check]],
) -> Iterator[Check]:  # fmt: skip
    """What must hold of a set of tables: named once, facts there are, every combination once, figures in bounds.

    A table by grade has exactly the grades that are granted; `also` is what else its rows must hold. Of what counts
    on what was looked at before, each table tells the first.
    """
    names = [table.table for table in tables]
    yield len(set(names)) == len(names), at, names, "each table named once"
    for n, table in enumerate(tables):
        here = f"{at}[{n}]"
        for field, text in (("table", table.table), ("label_en", table.label_en), ("label_zh", table.label_zh)):
            yield bool(text.strip()) and text.isprintable() and len(text) <= 120, f"{here}.{field}", text, "a name"
        known = (*sources, ANY_SOURCE)
        yield table.source in known, f"{here}.source", table.source, f"one of {', '.join(known)}"
        dated = not table.law or table.in_force_on is not None
        yield dated, f"{here}.in_force_on", table.in_force_on, "the day from which that law is in force"
        built = (_axes(table, here), _rows(table, here, least, most), _grades(table, here, granted), also(table, here))
        yield from islice((each for each in chain(*built) if not each[0]), 1)


def _axes(table: Table, here: str) -> Iterator[Check]:
    yield 1 <= len(table.axes) <= AXES_MAX, f"{here}.axes", table.axes, f"1 to {AXES_MAX} named facts"
    yield len(set(table.axes)) == len(table.axes), f"{here}.axes", table.axes, "each fact named once"
    for fact in table.axes:
        kind = vocabulary()[fact].kind if fact in vocabulary() else ""
        yield kind in ("number", "text"), f"{here}.axes", fact, "a fact that is a number or a word"


def _rows(table: Table, here: str, least: int, most: int) -> Iterator[Check]:
    yield 1 <= len(table.rows) <= ROWS_MAX, f"{here}.rows", len(table.rows), f"1 to {ROWS_MAX} rows"
    for n, row in enumerate(table.rows):
        whole = len(row) == len(table.axes) + 1
        yield whole, f"{here}.rows[{n}]", row, f"{len(table.axes)} cells and a figure"
        figure = row[-1]
        counted = isinstance(figure, int) or (isinstance(figure, float) and figure.is_integer())
        bounds = f"a whole number from {least} to {most}"
        yield counted and least <= float(figure) <= most, f"{here}.rows[{n}]", figure, bounds
        for fact, cell in zip(table.axes, row, strict=False):
            fact_kind = vocabulary()[fact].kind
            allowed = cell == ELSE or (isinstance(cell, str) if fact_kind == "text" else known_number(cell) is not None)
            yield allowed, f"{here}.rows[{n}]", cell, "a word" if fact_kind == "text" else "from which number on"
    cells = [tuple(dict.fromkeys(each)) for each in zip(*(row[:-1] for row in table.rows), strict=True)]
    for fact, column in zip(table.axes, cells, strict=True):
        words = vocabulary()[fact].choices
        closed = bool(words) and set(words) <= set(map(str, column))
        if fact != "grade":
            yield closed or ELSE in column, f"{here}.rows", column, f"with an empty cell for any other {fact}"
        stray = [cell for cell in column if words and cell != ELSE and cell not in words]
        yield not stray, f"{here}.rows", stray, f"one of {', '.join(words)}"
    told = [tuple(row[:-1]) for row in table.rows]
    once = set(told)
    missing = list(islice((each for each in combined(*cells) if each not in once), 3))  # many more than can be laid out
    yield not missing, f"{here}.rows", missing, "given, as is every other combination"
    yield len(once) == len(told), f"{here}.rows", len(told), "each combination once"


def _grades(table: Table, here: str, granted: Sequence[str]) -> Iterator[Check]:
    if "grade" in table.axes:
        told = table.words_on("grade")
        exactly = f"exactly the grades {', '.join(granted)}"
        yield sorted(told) == sorted(granted), f"{here}.rows", sorted(told), exactly
        at = table.axes.index("grade")
        yield all(row[at] != ELSE for row in table.rows), f"{here}.rows", ELSE, exactly


def by_grade(table: Table) -> Iterator[tuple[int, ...]]:
    """The figures along the grades, from the best to the worst, for each combination of the other facts."""
    if "grade" not in table.axes:
        return
    at = table.axes.index("grade")
    others: dict[tuple[Cell, ...], dict[str, int]] = {}
    for row in table.rows:
        beside = tuple(cell for n, cell in enumerate(row[:-1]) if n != at)
        others.setdefault(beside, {})[str(row[at])] = int(row[-1])
    for figures in others.values():
        yield tuple(figures[grade] for grade in GRADES if grade in figures)


class LimitTable(Table, frozen=True, kw_only=True):
    """A cap on the limit: a share of one of the amounts a shop shows, or an amount itself."""

    of: Base
    reason: str = "limit-too-small"


def limit_checks(tables: Sequence[LimitTable], sources: Sequence[str], granted: Sequence[str]) -> Iterator[Check]:
    """What must hold of the caps: figures in bounds, never more for a worse grade, a share of sales among them."""
    at = "limit.tables"
    yield from checks(
        tables, at, sources=sources, granted=granted, least=0, most=LARGEST_CENTS, also=_shares
    )  # fmt: skip
    for n, table in enumerate(tables):
        yield table.reason in CODES, f"{at}[{n}].reason", table.reason, f"one of {', '.join(sorted(CODES))}"
    own = [table for table in tables if table.of != "open orders" and not table.products and table.source == ANY_SOURCE]
    yield bool(own), at, [table.of for table in tables], "at least one for every product and every shop"


def _shares(table: LimitTable, here: str) -> Iterator[Check]:
    most = 100 * BASIS_POINTS
    small = table.of not in BASES_IN_BP or max(table.figures()) <= most
    yield small, f"{here}.rows", table.of, f"a share of at most {most} basis points"
    yield from falling(table, here)


def falling(table: Table, here: str) -> Iterator[Check]:
    """Never more for a worse grade."""
    for figures in by_grade(table):
        yield list(figures) == sorted(figures, reverse=True), f"{here}.rows", figures, "never more for a worse grade"


def rising(table: Table, here: str) -> Iterator[Check]:
    """Never less for a worse grade."""
    for figures in by_grade(table):
        yield list(figures) == sorted(figures), f"{here}.rows", figures, "never less for a worse grade"
