"""A document from a file, TOML or Excel: taken over whole, or each mistake told by its line or its cell."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from lendmill.people.canonical import canonical
from lendmill.products.publishing import workbook
from lendmill.products.publishing.kind import Document, DocumentKind, KindName
from lendmill.products.publishing.lines import line_of
from lendmill.products.publishing.packed import BYTES_MAX, SpreadsheetTooLarge
from lendmill.products.publishing.sheets import MAIN, Taken, column_number, letters, sheets_of, taken
from lendmill.products.publishing.worked_out import without_value
from lendmill.products.reading import MISTAKES_MAX, Misread, content_of, every_misread, readable, value_at
from lendmill.products.spelled import Misspelled, NumberBeyond, content_in
from lendmill.refusals import Refusal

D = TypeVar("D", bound=Document)
TOLD_LETTERS_MAX: Final = 300
HELD_TO: Final = ("rating", "sources", "all_in_cap_bp")
"""Fields by which others are checked: which grades have a figure, which sources a rule may name, how dear a rate is."""
OWN: Final[dict[KindName, str]] = {"policy": "eligibility", "product": "waterfall_stages"}
"""What every document of a kind has, and none of the other."""


NAMED_BY: Final = ("rule", "table", "condition", "change", "key", "figure", "name")
"""By which of its fields something in a list is known to its author."""


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
    """Something wrong in a file: where it stands, what is there, and what may be; `called` is its field for people."""

    line: int | None
    sheet: str
    cell: str
    field: str
    value: str
    allowed: str
    called: str = ""

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else f"sheet {self.sheet}, cell {self.cell}: " if self.sheet else ""
        return f"{where}{self.called or self.field} is {self.value or 'empty'}, but must be {self.allowed}"


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
        raise misspelled(name, error) from None
    except NumberBeyond:
        pass  # told by its field, as every other value is
    try:
        return kind.written(text)
    except Refusal as wrong:
        misread = list(every_misread(content, kind.type)) if content is not None else []

        def place(field: str) -> tuple[int | None, str, str]:
            return line_of(text, field), "", ""

        found = [FileMistake(*place(each.field), each.field, shown(each.value), each.allowed) for each in misread]
        if len(found) <= 1:
            found = _told(wrong, place)
        if misread:
            found += _of_the_rest(kind, content, [each.field for each in misread], place)
        raise _by_lines(name, found, text, content) from None


def misspelled(name: str, error: Misspelled) -> FileWrong:
    """A text that is no TOML, told by the line that shows it."""
    return _refused(name, [FileMistake(error.line, "", "", "the file", error.said, f"valid TOML ({error})")], {})


def told_by_lines(name: str, wrong: Sequence[Misread], text: str, content: Any) -> FileWrong:
    """What is wrong in a text, each by its line, in their order."""
    found = [
        FileMistake(line_of(text, each.field), "", "", each.field, shown(each.value), each.allowed) for each in wrong
    ]
    return _by_lines(name, found, text, content)


def _by_lines(name: str, found: list[FileMistake], text: str, content: Any) -> FileWrong:
    found.sort(key=lambda each: each.line or len(text))
    told = [replace(each, line=each.line or _line_with(text, each.value)) for each in found[:MISTAKES_MAX]]
    told.sort(key=lambda each: each.line or len(text))
    return _refused(name, [*told, *found[MISTAKES_MAX:]], content)


def _check_kind(kind: DocumentKind[Any], fields: Collection[str], name: str) -> None:
    """Refuse a document that is of the other kind, by the fields it has."""
    if OWN[kind.name] not in fields:
        if OWN["policy"] in fields:
            raise PolicyNotProduct(name=name)
        if OWN["product"] in fields:
            raise ProductNotPolicy(name=name)


def _line_with(text: str, word: str) -> int | None:
    """The first line a word stands on."""
    at = text.find(word) if word else -1
    return None if at < 0 else text.count("\n", 0, at) + 1


def _from_sheets(kind: DocumentKind[D], content: bytes, name: str) -> D:
    sheets = workbook.read(content, name)
    _check_kind(kind, {*sheets, *(str(row[0]).split(".")[0] for row in sheets.get(MAIN, ()) if row)}, name)
    found, empty = taken(sheets, kind.type), without_value(content)
    there = {(each.sheet, each.row, each.column) for each in empty}
    found.wrong = [*empty, *(each for each in found.wrong if (each.sheet, each.row, each.column) not in there)]

    def told_in_order(mistakes: list[FileMistake]) -> FileWrong:
        order = {sheet: n for n, sheet in enumerate(sheets)}
        by_place = sorted(mistakes, key=lambda each: (order.get(each.sheet, len(order)), _place(each.cell)))
        return _refused(name, by_place, found.content)

    if found.wrong:
        fields = {(sheet, f"{letters(column)}{row + 1}"): way for way, (sheet, row, column) in found.places.items()}
        told = [
            FileMistake(None, each.sheet, cell, fields.get((each.sheet, cell), "the cell"), each.value, each.allowed)
            for each in found.wrong
            for cell in (f"{each.column}{each.row}",)
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
        raise told_in_order(told + _of_the_rest(kind, found.content, ways, lambda field: _cell_of(found, field)))
    try:
        return kind.checked(found.content)
    except Refusal as wrong:
        raise told_in_order(_told(wrong, lambda field: _cell_of(found, field))) from None


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
    place: Callable[[str], tuple[int | None, str, str]],
) -> list[FileMistake]:
    """What the checks say of the fields that could be read, unless one that others are held to could not."""
    if any(field.split(".")[0] in HELD_TO for field in misread):
        return []
    try:
        kind.checked(readable(content, kind.type))
    except Refusal as wrong:
        told = _told(wrong, place) if "field" in wrong.facts else []
        gone, within = set(misread), {way for field in misread for way in _ways(field)}
        return [each for each in told if each.field not in within and gone.isdisjoint(_ways(each.field))]
    return []


def _ways(field: str) -> Iterator[str]:
    """A field and all that it stands in.

    >>> list(_ways("rules[2].reason"))
    ['rules[2].reason', 'rules[2]', 'rules']
    """
    while field:
        yield field
        field = field[: max(field.rfind("."), field.rfind("["), 0)]


def _cell_of(found: Taken, field: str) -> tuple[int | None, str, str]:
    place = found.place_of(field)
    return (None, "", "") if place is None else (None, place[0], f"{letters(place[2])}{place[1] + 1}")


def _told(wrong: Refusal, place: Callable[[str], tuple[int | None, str, str]]) -> list[FileMistake]:
    """What a document's own checks say, each with the place of the field it names."""
    if "field" not in wrong.facts:
        return [FileMistake(None, "", "", "the document", str(wrong), "right")]
    first = Misread(str(wrong.facts["field"]), wrong.facts["value"], str(wrong.facts["allowed"]))
    return [
        FileMistake(*place(each.field), each.field, shown(each.value), each.allowed)
        for each in (first, *wrong.facts.get("others", ()))
    ]


def shown(value: Any) -> str:
    """A value as an author writes it.

    >>> shown(("AAA", 3)), shown(True), shown("yes")
    ('["AAA", 3]', 'true', 'yes')
    """
    plain = (
        "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    )
    return plain[:TOLD_LETTERS_MAX]


def called(field: str, content: Any) -> str:
    """A field as its author finds it: what stands in a list by its own name, or else counted from one.

    >>> called("rules[0].reason", {"rules": [{"rule": "few refunds"}]}), called("laws[1].law", {})
    ('rules "few refunds".reason', 'laws 2.law')
    """

    def named(found: re.Match[str]) -> str:
        item = value_at(content, field[: found.end()])
        own = next((item[by] for by in NAMED_BY if by in item), "") if isinstance(item, dict) else ""
        return f' "{own}"' if own and isinstance(own, str) else f" {int(found[1]) + 1}"

    return re.sub(r"\[(\d+)\]", named, field)


def _refused(name: str, mistakes: list[FileMistake], content: Any) -> FileWrong:
    told = [replace(each, called=called(each.field, content)) for each in mistakes[:MISTAKES_MAX]]
    count = len(mistakes) if len(mistakes) < MISTAKES_MAX else f"{MISTAKES_MAX}+"
    return FileWrong(name=name, count=count, first=str(told[0]), mistakes=told)


def spreadsheet_of(kind: DocumentKind[D], document: D, meaning: Callable[[str, str], str] = lambda _, __: "") -> bytes:
    """A document as an Excel file from which the very same document is read again."""
    return workbook.written(sheets_of(json.loads(canonical(content_of(document))), kind.type), meaning)
