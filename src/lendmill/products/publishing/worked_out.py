"""The cells of an Excel file that hold no value of their own: a formula, or the error that one ended in."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any, Final
from xml.parsers import expat

from lendmill.products.publishing.sheets import WrongCell, column_number, letters

ERROR_ALLOWED: Final = "a value: what a spreadsheet could not work out says nothing"
FORMULA_ALLOWED: Final = "a value and no formula: copy the cells and paste them as values"
SHOWN_MAX: Final = 100
TOLD_MAX: Final = 101
PLACE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
ROW: Final = re.compile(r"[0-9]{1,7}")


def without_value(content: bytes) -> list[WrongCell]:
    """Every cell of an Excel file with a formula or an error, up to the first hundred; the file was opened before.

    A formula is refused with what it once came to: nobody who approves a figure sees from where it was taken.
    """
    found: list[WrongCell] = []
    with zipfile.ZipFile(BytesIO(content)) as packed:
        titles = _titles(packed)
        for part in packed.namelist():
            if part.lower().endswith(".xml"):
                for cell in _Sheet(titles.get(part.lower(), part)).cells(packed.read(part)):
                    found.append(cell)
                    if len(found) >= TOLD_MAX:
                        return found
    return found


class _Sheet:
    """Goes through one part of a file; what is no sheet has no cells."""

    def __init__(self, title: str) -> None:
        self.title, self.row, self.column = title, 0, 0
        self.error = self.formula = False
        self.words: list[str] = []
        self.reading = ""
        self.found: list[WrongCell] = []

    def cells(self, part: bytes) -> Iterator[WrongCell]:
        """The cells of this sheet that hold no value of their own."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        with suppress(expat.ExpatError, UnicodeDecodeError):  # refused by who reads the values
            parser.Parse(part.decode("utf-8-sig"), True)
        yield from self.found

    def _start(self, name: str, about: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            said = about.get("r", "")
            self.row, self.column = int(said) if ROW.fullmatch(said) else self.row + 1, 0
        elif name == "c":
            self.column += 1
            if place := PLACE.fullmatch(about.get("r", "")):
                self.row, self.column = int(place[2]), column_number(place[1])
            self.error, self.formula, self.words = about.get("t") == "e", False, []
        elif name in ("f", "v"):
            self.formula = self.formula or name == "f"
            self.reading = name
            self.words.append(" =" if name == "f" else " ")

    def _text(self, text: str) -> None:
        if self.reading and len(self.words) < SHOWN_MAX:
            self.words.append(text[:SHOWN_MAX])

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == self.reading:
            self.reading = ""
        elif name == "c" and (self.error or self.formula) and len(self.found) < TOLD_MAX:
            allowed = ERROR_ALLOWED if self.error and not self.formula else FORMULA_ALLOWED
            shown = "".join(self.words).strip()[:SHOWN_MAX]
            self.found.append(WrongCell(self.title, self.row, letters(self.column - 1), shown, allowed))


def _titles(packed: zipfile.ZipFile) -> dict[str, str]:
    """What the sheet in each part of the file is called, by the part's name in small letters."""
    names = {part.lower(): part for part in packed.namelist()}
    by_id: dict[str, str] = {}
    titles: dict[str, str] = {}

    def relation(name: str, about: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            target = about.get("Target", "")
            by_id[about.get("Id", "")] = (target[1:] if target.startswith("/") else f"xl/{target}").lower()

    def sheet(name: str, about: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            ids = (value for key, value in about.items() if key.rpartition(":")[2] == "id" and ":" in key)
            titles[by_id.get(next(ids, ""), "")] = about.get("name", "")

    for part, begins in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        if part in names:
            _each(packed.read(names[part]), begins)
    return titles


def _each(part: bytes, begins: Any) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = begins
    with suppress(expat.ExpatError, UnicodeDecodeError):
        parser.Parse(part.decode("utf-8-sig"), True)
