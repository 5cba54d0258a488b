"""A document as sheets and back: one sheet for its single figures, one for each list, one for each table's rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import inspect

from lendmill.products.publishing.cells import Cell, Unreadable, cell_of, value_of
from lendmill.products.publishing.fields import info_of, item_of, left_out, one_of

MAIN: Final = "document"
NUMBER: Final = "#"
FIGURE: Final = "figure"
NAME, VALUE, MEANING = "name", "value", "meaning"
Rows = list[list[Cell]]
Place = tuple[str, int, int]
"""A sheet, a row and a column, both counted from nought."""


@dataclass(frozen=True, slots=True)
class WrongCell:
    """A cell that cannot be taken over: where it stands, what is in it, and what may be."""

    sheet: str
    row: int
    column: str
    value: str
    allowed: str


@dataclass
class Taken:
    """What was read from sheets: the document's content, every cell that cannot be taken over, and what came whence."""

    content: dict[str, Any] = field(default_factory=dict)
    wrong: list[WrongCell] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)

    def place_of(self, way: str) -> Place | None:
        """Where a field stands, or else what it stands in."""
        while way:
            if way in self.places:
                return self.places[way]
            way = way[: max(way.rfind("."), way.rfind("["), 0)]
        return None


def sheets_of(content: Mapping[str, Any], kind: Any) -> dict[str, Rows]:
    """Every sheet of a document by its name."""
    made: dict[str, Rows] = {MAIN: [["field", VALUE, MEANING]]}
    _put_struct(made, content, info_of(kind), "")
    return made


def _put_struct(made: dict[str, Rows], content: Mapping[str, Any], info: inspect.Type, at: str) -> None:
    kind = one_of(info)
    assert isinstance(kind, inspect.StructType)
    for each in kind.fields:
        way, value, inner = f"{at}{each.encode_name}", content.get(each.encode_name), one_of(each.type)
        if isinstance(inner, inspect.StructType):
            if left_out(each):
                made[MAIN].append([way, value is not None])
            if value is not None:
                _put_struct(made, value, inner, f"{way}.")
        elif isinstance(inner, inspect.DictType):
            if value is not None:
                made[way] = [[NUMBER, NAME, VALUE], *_numbered(_pairs(value, inner))]
        elif _is_list_of_structs(inner):
            if value is not None:
                _put_items(made, value, inner, way)
        else:
            made[MAIN].append([way, cell_of(value, each.type, left_out=left_out(each))])


def _pairs(value: Mapping[str, Any], info: inspect.DictType) -> Iterator[list[Cell]]:
    for name, each in value.items():
        yield [
            cell_of(name, info.key_type, left_out=False),
            cell_of(each, info.value_type, left_out=False),
        ]


def _put_items(made: dict[str, Rows], items: Sequence[Mapping[str, Any]], info: inspect.Type, at: str) -> None:
    flat, grids = columns_of(info)
    rows = [
        [cell_of(item.get(each.encode_name), each.type, left_out=left_out(each)) for each in flat] for item in items
    ]
    made[at] = [[NUMBER, *(each.encode_name for each in flat)], *_numbered(rows)]
    for grid in grids:
        cells = _cells_of(grid)
        for n, item in enumerate(items):
            axes = [str(axis) for axis in item.get("axes", ())]
            made[grid_name(at, n)] = [
                [*axes, FIGURE],
                *([cell_of(cell, cells, left_out=False) for cell in row] for row in item[grid.encode_name]),
            ]


def _numbered(rows: Any) -> Rows:
    return [[n, *row] for n, row in enumerate(rows, start=1)]


def grid_name(at: str, n: int) -> str:
    """What the sheet with the rows of one table is called."""
    return f"{at} {n + 1}"


def columns_of(info: inspect.Type) -> tuple[list[inspect.Field], list[inspect.Field]]:
    """The fields of a list's items that are columns, and those that hold rows of their own."""
    item = item_of(info)
    struct = one_of(item) if item is not None else None
    assert isinstance(struct, inspect.StructType)
    grids = [each for each in struct.fields if _is_grid(each.type)]
    assert len(grids) <= 1, "an item has the rows of one table"
    return [each for each in struct.fields if each not in grids], grids


def _is_grid(info: inspect.Type) -> bool:
    item = item_of(one_of(info))
    return item is not None and item_of(one_of(item)) is not None


def _cells_of(grid: inspect.Field) -> inspect.Type:
    row = item_of(one_of(grid.type))
    cell = item_of(one_of(row)) if row is not None else None
    assert cell is not None
    return cell


def _is_list_of_structs(info: inspect.Type) -> bool:
    item = item_of(info)
    return item is not None and isinstance(one_of(item), inspect.StructType)


def taken(sheets: Mapping[str, Sequence[Sequence[Cell]]], kind: Any) -> Taken:
    """The document that sheets hold, with every cell that cannot be read."""
    reading = _Reading(sheets)
    reading.begin()
    found = reading.struct(info_of(kind), "")
    reading.taken.content.update(found)
    reading.end()
    return reading.taken


class _Reading:
    """Reads sheets by a document's type."""

    def __init__(self, sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> None:
        self.sheets, self.taken = sheets, Taken()
        self.seen: set[str] = set()
        self.main: dict[str, tuple[int, Cell]] = {}

    def begin(self) -> None:
        """Take up the sheet of single figures."""
        if MAIN not in self.sheets:
            self.wrong(MAIN, 0, 0, None, f"there: a sheet called {MAIN} with the single figures")
        for n, row in enumerate(self._rows(MAIN)[1:], start=1):
            way = _at(row, 0)
            if way in (None, ""):
                if any(cell not in (None, "") for cell in row[:2]):
                    self.wrong(MAIN, n, 0, way, "the name of a field")
            elif not isinstance(way, str) or way in self.main:
                self.wrong(MAIN, n, 0, way, "the name of a field, each once")
            else:
                self.main[way] = (n, _at(row, 1))

    def end(self) -> None:
        """Tell what was not asked for."""
        for way, (n, _) in self.main.items():
            self.wrong(MAIN, n, 0, way, "left out: there is no such field")
        for name in self.sheets:
            if name not in self.seen:
                self.wrong(name, 0, 0, name, "left out: the document has no such sheet")

    def _rows(self, name: str) -> Sequence[Sequence[Cell]]:
        self.seen.add(name)
        return self.sheets.get(name, ())

    def wrong(self, sheet: str, row: int, column: int, value: Any, allowed: str) -> None:
        """Note a cell that cannot be taken over."""
        told = "" if value is None else str(value)
        self.taken.wrong.append(WrongCell(sheet, row + 1, letters(column), told[:200], allowed))

    def struct(self, info: inspect.Type, at: str) -> dict[str, Any]:
        """The fields of one part of the document."""
        kind = one_of(info)
        assert isinstance(kind, inspect.StructType)
        content: dict[str, Any] = {}
        for each in kind.fields:
            value = self._field(each, f"{at}{each.encode_name}")
            if value is not None or not left_out(each):
                content[each.encode_name] = value
        return content

    def _field(self, each: inspect.Field, way: str) -> Any:
        inner = one_of(each.type)
        if isinstance(inner, inspect.StructType):
            given = self._single(each, way, inspect.BoolType()) if left_out(each) else True
            return self.struct(inner, f"{way}.") if given else None
        if isinstance(inner, inspect.DictType):
            return self._pairs(inner, way) if way in self.sheets else None if left_out(each) else {}
        if _is_list_of_structs(inner):
            return self._items(inner, way) if way in self.sheets else None if left_out(each) else []
        return self._single(each, way, each.type)

    def _single(self, each: inspect.Field, way: str, info: inspect.Type) -> Any:
        n, cell = self.main.pop(way, (None, None))
        if n is None:
            if not left_out(each):
                self.wrong(MAIN, len(self._rows(MAIN)), 0, way, "given")
            return None
        self.taken.places[way] = (MAIN, n, 1)
        return self._value(cell, info, left_out(each), (MAIN, n, 1))

    def _value(self, cell: Cell, info: inspect.Type, missing: bool, place: Place) -> Any:
        try:
            return value_of(cell, info, left_out=missing)
        except Unreadable as wrong:
            self.wrong(*place, cell, wrong.allowed)
            return None

    def _pairs(self, info: inspect.DictType, way: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for n, row in self._told(way, (NUMBER, NAME, VALUE)):
            name = self._value(_at(row, 1), info.key_type, False, (way, n, 1))
            if name in found:
                self.wrong(way, n, 1, name, "named once")
            self.taken.places[f"{way}.{name}"] = (way, n, 2)
            found[name] = self._value(_at(row, 2), info.value_type, False, (way, n, 2))
        return found

    def _told(self, name: str, header: Sequence[str]) -> Iterator[tuple[int, Sequence[Cell]]]:
        """The rows of a sheet that hold something, each with its number; a column out of its place is told."""
        rows = self._rows(name)
        head = list(rows[0]) if rows else []
        for n in range(max(len(head), len(header))):
            is_there, meant = _at(head, n), header[n] if n < len(header) else None
            if is_there != meant and not (meant is None and is_there == ""):
                self.wrong(name, 0, n, is_there, f"{meant!r}" if meant else "left out: there is no such column")
        for n, row in enumerate(rows[1:], start=1):
            if any(cell not in (None, "") for cell in row):
                yield n, row

    def _items(self, info: inspect.Type, way: str) -> list[dict[str, Any]]:
        flat, grids = columns_of(info)
        found: list[dict[str, Any]] = []
        self.taken.places[way] = (way, 0, 0)
        for n, row in self._told(way, (NUMBER, *(each.encode_name for each in flat))):
            here, item = f"{way}[{len(found)}]", {}
            self.taken.places[here] = (way, n, 0)
            for at, each in enumerate(flat, start=1):
                self.taken.places[f"{here}.{each.encode_name}"] = (way, n, at)
                value = self._value(_at(row, at), each.type, left_out(each), (way, n, at))
                if value is not None or not left_out(each):
                    item[each.encode_name] = value
            for grid in grids:
                item[grid.encode_name] = self._grid(grid, way, len(found), item.get("axes") or [])
            found.append(item)
        return found

    def _grid(self, grid: inspect.Field, way: str, n: int, axes: Sequence[Any]) -> list[list[Any]]:
        name, cells = grid_name(way, n), _cells_of(grid)
        if name not in self.sheets:
            self.wrong(way, 0, 0, name, "there: a sheet with the rows of this table")
        found: list[list[Any]] = []
        for at, row in self._told(name, (*map(str, axes), FIGURE)):
            self.taken.places[f"{way}[{n}].{grid.encode_name}[{len(found)}]"] = (name, at, len(axes))
            wide = [*row, *[None] * (len(axes) + 1 - len(row))][: len(axes) + 1]
            found.append([self._value(cell, cells, False, (name, at, m)) for m, cell in enumerate(wide)])
        return found


def _at(row: Sequence[Cell], n: int) -> Cell:
    return row[n] if n < len(row) else None


def letters(column: int) -> str:
    """A column's name in a spreadsheet.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    return (letters(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def column_number(name: str) -> int:
    """A column's number in a spreadsheet, counted from one, by its name.

    >>> column_number("A"), column_number("AB")
    (1, 28)
    """
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
