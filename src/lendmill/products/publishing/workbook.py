"""Sheets as an Excel file and back: numbers stay numbers, text stays text, whatever it begins with, dates dates."""

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, Final

import python_calamine
import xlsxwriter

from lendmill.products.publishing.cells import Cell
from lendmill.products.publishing.packed import (
    CELLS_MAX,
    TEXTS_LETTERS_MAX,
    NotASpreadsheet,
    SpreadsheetTooLarge,
    packed_anew,
)
from lendmill.products.publishing.sheets import MAIN, NUMBER, Rows

NAME_LETTERS_MAX: Final = 31
WIDTHS: Final = {MAIN: (44, 44, 60)}
STAMP: Final = datetime(2000, 1, 1, tzinfo=UTC)  # the same document gives the same file
LOOKS_LIKE_A_FORMULA: Final = ("=", "+", "-", "@")


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
    anew = packed_anew(content, name)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(anew))
        return dict(_sheets(book, name))
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise NotASpreadsheet(name=name) from error


def _sheets(book: python_calamine.CalamineWorkbook, name: str) -> Iterator[tuple[str, Rows]]:
    """One sheet after the other, as long as all together are not too large: several may be the same part."""
    cells = letters = 0
    for each in book.sheets_metadata:
        if each.typ is not python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(each.name)
        cells += sheet.total_height * sheet.total_width
        if cells > CELLS_MAX:
            raise SpreadsheetTooLarge(name=name)
        rows = [_plain(row) for row in sheet.to_python(skip_empty_area=False)]
        letters += sum(len(cell) for row in rows for cell in row if isinstance(cell, str))
        if letters > TEXTS_LETTERS_MAX:
            raise SpreadsheetTooLarge(name=name)
        yield each.name, rows


def _plain(row: Sequence[Any]) -> list[Cell]:
    """The cells of a row; a time of day, which no document has, as its text."""
    return [cell if isinstance(cell, str | int | float | date) else str(cell) for cell in row]
