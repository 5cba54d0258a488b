"""Sheets as an Excel file and back: numbers stay numbers, text stays text, whatever it begins with, dates dates."""

import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, Final

import python_calamine
import xlsxwriter

from lendmill.products.publishing.cells import Cell
from lendmill.products.publishing.sheets import MAIN, NUMBER, Rows
from lendmill.refusals import Refusal

BYTES_MAX: Final = 5_000_000
UNPACKED_BYTES_MAX: Final = 30_000_000
CELLS_MAX: Final = 400_000
NAME_LETTERS_MAX: Final = 31
WIDTHS: Final = {MAIN: (44, 44, 60)}
STAMP: Final = datetime(2000, 1, 1, tzinfo=UTC)  # the same document gives the same file
WORKBOOK: Final = "xl/workbook.xml"
CELL: Final = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
ROW: Final = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["'](\d{1,7})["']""")
LOOKS_LIKE_A_FORMULA: Final = ("=", "+", "-", "@")


class NotASpreadsheet(Refusal):
    """{name} is no Excel file that can be read: save it as .xlsx and send it again."""


class SpreadsheetTooLarge(Refusal):
    """{name} is too large for a policy or a product: an Excel file here has at most 5 MB and 400,000 cells."""


def written(sheets: Mapping[str, Rows], meaning: Callable[[str, str], str]) -> bytes:
    """An Excel file of the sheets; `meaning` says what a sheet and a field in it mean, for people."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": STAMP})
        looks = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
            "text": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
            "quoted": book.add_format({"num_format": "@", "text_wrap": True, "quote_prefix": True, "valign": "top"}),
            "soft": book.add_format({"font_color": "#666666", "text_wrap": True}),
        }
        for name, rows in sheets.items():
            assert len(name) <= NAME_LETTERS_MAX, f"a sheet's name has at most {NAME_LETTERS_MAX} letters: {name}"
            _write_sheet(book.add_worksheet(name), name, rows, looks, meaning)
    return file.getvalue()


def _write_sheet(
    sheet: Any, name: str, rows: Rows, looks: Mapping[str, Any], meaning: Callable[[str, str], str]
) -> None:
    sheet.freeze_panes(1, 0)
    for column, width in enumerate(WIDTHS.get(name, ())):
        sheet.set_column(column, column, width)
    if name not in WIDTHS and rows:
        for column, head in enumerate(rows[0]):
            sheet.set_column(column, column, 6 if head == NUMBER else 24)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if at == 0:
                sheet.write_string(at, column, str(cell), looks["head"])
                if name != MAIN and (told := meaning(name, str(cell))):
                    sheet.write_comment(at, column, told)
            else:
                _write_cell(sheet, at, column, cell, looks)
        if name == MAIN and at:
            sheet.write_string(at, 2, meaning(name, str(row[0])), looks["soft"])


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, looks: Mapping[str, Any]) -> None:
    if cell is None:
        sheet.write_blank(row, column, None, looks["text"])
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, looks["date"])
    else:
        sheet.write_string(row, column, cell, looks["quoted" if cell.startswith(LOOKS_LIKE_A_FORMULA) else "text"])


def read(content: bytes, name: str) -> dict[str, Rows]:
    """The sheets of an Excel file; refuses with `NotASpreadsheet` and `SpreadsheetTooLarge`."""
    _check_size(content, name)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
        sheets = {
            each.name: book.get_sheet_by_name(each.name)
            for each in book.sheets_metadata
            if each.typ is python_calamine.SheetTypeEnum.WorkSheet
        }
        if sum(each.total_height * each.total_width for each in sheets.values()) > CELLS_MAX:
            raise SpreadsheetTooLarge(name=name)
        return {title: [_plain(row) for row in each.to_python(skip_empty_area=False)] for title, each in sheets.items()}
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise NotASpreadsheet(name=name) from error


def _plain(row: Sequence[Any]) -> list[Cell]:
    """The cells of a row; a time of day, which no document has, as its text."""
    return [cell if isinstance(cell, str | int | float | date) else str(cell) for cell in row]


def _check_size(content: bytes, name: str) -> None:
    """Refuse what is too large, packed, unpacked or spread over too many cells, before a sheet is laid out."""
    if len(content) > BYTES_MAX:
        raise SpreadsheetTooLarge(name=name)
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > UNPACKED_BYTES_MAX:
                raise SpreadsheetTooLarge(name=name)
            if WORKBOOK not in packed.namelist():
                raise NotASpreadsheet(name=name)
            for part in packed.namelist():
                if _spread(packed.read(part)) > CELLS_MAX:
                    raise SpreadsheetTooLarge(name=name)
    except (zipfile.BadZipFile, RuntimeError, OSError, zlib.error) as error:  # packed in an unknown way, or damaged
        raise NotASpreadsheet(name=name) from error


def _spread(part: bytes) -> int:
    """How many cells a sheet would have, from its first to the one that stands furthest down and right."""
    cells = CELL.findall(part)
    rows = [int(row) for _, row in cells] + [int(row) for row in ROW.findall(part)]
    columns = {_column(letters) for letters in {letters for letters, _ in cells}}
    return max(rows, default=0) * max(columns, default=1)


def _column(letters: bytes) -> int:
    """A column's number by its letters.

    >>> _column(b"A"), _column(b"AB")
    (1, 28)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
