"""A document from a file, TOML or Excel: taken over whole, or each mistake told by its line or its cell."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from lendmill.people.canonical import canonical
from lendmill.products.publishing import workbook
from lendmill.products.publishing.kind import Document, DocumentKind, KindName
from lendmill.products.publishing.lines import line_of
from lendmill.products.publishing.packed import BYTES_MAX, SpreadsheetTooLarge
from lendmill.products.publishing.sheets import MAIN, Taken, column_number, letters, sheets_of, taken
from lendmill.products.publishing.worked_out import without_value
from lendmill.products.reading import Misread, content_of, every_misread, readable
from lendmill.products.spelled import Misspelled, NumberBeyond, content_in
from lendmill.refusals import Refusal

D = TypeVar("D", bound=Document)
MISTAKES_MAX: Final = 100
TOLD_LETTERS_MAX: Final = 300
HELD_TO: Final = ("rating", "sources")
"""Fields by which others are checked: which grades have a figure, which sources a rule may name."""
OWN: Final[dict[KindName, str]] = {"policy": "eligibility", "product": "waterfall_stages"}
"""What every document of a kind has, and none of the other."""


class FileWrong(Refusal):
    """{name} cannot be taken over, {count} to put right: {first}"""


class NotAText(Refusal):
    """{name} is neither TOML in UTF-8 nor an Excel file (.xlsx)."""


class PolicyNotProduct(Refusal):
    """{name} is a policy: choose Policy, on the command line `lendmill policies`."""


class ProductNotPolicy(Refusal):
    """{name} is a product: choose Product, on the command line `lendmill products`."""


@dataclass(frozen=True, slots=True)
class FileMistake:
    """Something wrong in a file: where it stands, what is there, and what may be."""

    line: int | None
    sheet: str
    cell: str
    field: str
    value: str
    allowed: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else f"sheet {self.sheet}, cell {self.cell}: " if self.sheet else ""
        return f"{where}{self.field} is {self.value or 'empty'}, but must be {self.allowed}"


def document_in(kind: DocumentKind[D], content: bytes, name: str) -> D:
    """The document that a file holds; refuses with `FileWrong`, whose `mistakes` lists every one, `PolicyNotProduct`,
    `ProductNotPolicy`, `NotAText`, `NotASpreadsheet`, `SpreadsheetTooLarge`.
    """
    if len(content) > BYTES_MAX:
        raise SpreadsheetTooLarge(name=name)
    if content[:2] == b"PK":
        return _from_sheets(kind, content, name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotAText(name=name) from None
    return _from_text(kind, text, name)


def _from_text(kind: DocumentKind[D], text: str, name: str) -> D:
    content: Any = None
    try:
        content = content_in(text)
        _check_kind(kind, content, name)
    except Misspelled as error:
        raise _refused(name, [FileMistake(error.line, "", "", "the file", str(error), "valid TOML")]) from None
    except NumberBeyond:
        pass  # told by its field, as every other value is
    try:
        return kind.written(text)
    except Refusal as wrong:
        misread = list(every_misread(content, kind.type)) if content is not None else []
        found = [
            FileMistake(line_of(text, each.field), "", "", each.field, _shown(each.value), each.allowed)
            for each in misread
        ]

        def place(field: str, value: Any) -> tuple[int | None, str, str]:
            return line_of(text, field) or _line_with(text, value), "", ""

        if len(found) <= 1:
            found = _told(wrong, place)
        if misread:
            found += _of_the_rest(kind, content, [each.field for each in misread], place)
        raise _refused(name, sorted(found, key=lambda each: each.line or len(text))) from None


def _check_kind(kind: DocumentKind[Any], fields: Collection[str], name: str) -> None:
    """Refuse a document that is of the other kind, by the fields it has."""
    if OWN[kind.name] not in fields:
        if OWN["policy"] in fields:
            raise PolicyNotProduct(name=name)
        if OWN["product"] in fields:
            raise ProductNotPolicy(name=name)


def _line_with(text: str, word: Any) -> int | None:
    """The first line a word stands on."""
    said = str(word)
    return next((n for n, line in enumerate(text.splitlines(), start=1) if said in line), None)


def _from_sheets(kind: DocumentKind[D], content: bytes, name: str) -> D:
    sheets = workbook.read(content, name)
    fields = {str(row[0]).split(".")[0] for row in sheets.get(MAIN, ()) if row}
    _check_kind(kind, {*sheets, *fields}, name)
    found, empty = taken(sheets, kind.type), without_value(content)
    there = {(each.sheet, each.row, each.column) for each in empty}
    found.wrong = [*empty, *(each for each in found.wrong if (each.sheet, each.row, each.column) not in there)]

    def told_in_order(mistakes: list[FileMistake]) -> FileWrong:
        order = {sheet: n for n, sheet in enumerate(sheets)}
        return _refused(name, sorted(mistakes, key=lambda each: (order.get(each.sheet, len(order)), _place(each.cell))))

    if found.wrong:
        told = [
            FileMistake(None, each.sheet, f"{each.column}{each.row}", "the cell", each.value, each.allowed)
            for each in found.wrong
        ]
        where = {(each.sheet, each.row - 1) for each in found.wrong}
        cells = {(each.sheet, each.row - 1, each.column) for each in found.wrong}
        ways = [each.value for each in found.wrong if (each.sheet, each.column) == (MAIN, "A")]
        ways += [
            way
            for way, (sheet, row, column) in found.places.items()
            if (sheet, row, letters(column)) in cells
            or (way.endswith("]") and ".rows[" in way and (sheet, row) in where)
        ]
        raise told_in_order(told + _of_the_rest(kind, found.content, ways, lambda field, _: _cell_of(found, field)))
    try:
        return kind.checked(found.content)
    except Refusal as wrong:
        raise told_in_order(_told(wrong, lambda field, _: _cell_of(found, field))) from None


def _place(cell: str) -> tuple[int, int]:
    """A cell's row and column, by which cells are told in order.

    >>> _place("AB3"), _place("")
    ((3, 28), (0, 0))
    """
    column = cell.rstrip("0123456789")
    return int(cell[len(column) :] or 0), column_number(column)


def _of_the_rest(
    kind: DocumentKind[D],
    content: Any,
    misread: Sequence[str],
    place: Callable[[str, Any], tuple[int | None, str, str]],
) -> list[FileMistake]:
    """What the checks say of the fields that could be read, unless one that others are held to could not."""
    if any(field.split(".")[0] in HELD_TO for field in misread):
        return []
    try:
        kind.checked(readable(content, kind.type))
    except Refusal as wrong:
        told = _told(wrong, place) if "field" in wrong.facts else []
        return [each for each in told if not any(_within(each.field, field) for field in misread)]
    return []


def _within(one: str, other: str) -> bool:
    """Whether a field is another one, or stands in it, or the other way round."""
    shorter, longer = sorted((one, other), key=len)
    return longer == shorter or longer.startswith((f"{shorter}.", f"{shorter}["))


def _cell_of(found: Taken, field: str) -> tuple[int | None, str, str]:
    place = found.place_of(field)
    return (None, "", "") if place is None else (None, place[0], f"{letters(place[2])}{place[1] + 1}")


def _told(wrong: Refusal, place: Callable[[str, Any], tuple[int | None, str, str]]) -> list[FileMistake]:
    """What a document's own checks say, each with the place of the field it names."""
    if "field" not in wrong.facts:
        return [FileMistake(None, "", "", "the document", str(wrong), "right")]
    first = Misread(str(wrong.facts["field"]), wrong.facts["value"], str(wrong.facts["allowed"]))
    return [
        FileMistake(*place(each.field, each.value), each.field, _shown(each.value), each.allowed)
        for each in (first, *wrong.facts.get("others", ()))
    ]


def _shown(value: Any) -> str:
    return "" if value is None else str(value)[:TOLD_LETTERS_MAX]


def _refused(name: str, mistakes: list[FileMistake]) -> FileWrong:
    return FileWrong(name=name, count=len(mistakes), first=str(mistakes[0]), mistakes=mistakes[:MISTAKES_MAX])


def spreadsheet_of(kind: DocumentKind[D], document: D, meaning: Callable[[str, str], str] = lambda _, __: "") -> bytes:
    """A document as an Excel file from which the very same document is read again."""
    return workbook.written(sheets_of(json.loads(canonical(content_of(document))), kind.type), meaning)
