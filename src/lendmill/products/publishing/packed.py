"""The parts of an Excel file, packed anew for who reads its values: once it is known how much they come to."""

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Final
from xml.parsers import expat

from lendmill.products.publishing.sheets import column_number
from lendmill.refusals import Refusal

BYTES_MAX: Final = 5_000_000
UNPACKED_BYTES_MAX: Final = 30_000_000
CELLS_MAX: Final = 400_000
TEXTS_LETTERS_MAX: Final = 30_000_000  # of the texts that cells share, each counted as often as it is used
ELEMENTS_MAX: Final = 2_000_000
PARTS_MAX: Final = 1_000
WORK_MAX: Final = 10 * UNPACKED_BYTES_MAX  # as if each sheet were the longest part
FORMAT_LETTERS_MAX: Final = 255
WORKBOOK: Final = "xl/workbook.xml"
PLACE: Final = re.compile(r"([A-Za-z]{1,9})([1-9][0-9]{0,17})")
ROW: Final = re.compile(r"[1-9][0-9]{0,17}")
INDEX: Final = re.compile(r"[0-9]{1,18}")


class NotASpreadsheet(Refusal):
    """{name} is no Excel file that can be read: save it as .xlsx and send it again."""


class SpreadsheetTooLarge(Refusal):
    """{name} is too large for a policy or a product: an Excel file here has at most 5 MB and 400,000 cells."""


class _Unclear(Exception):
    """A part says something in a way that could be read otherwise."""


class _TooMuch(Exception):
    """The parts come to more than any document does."""


def packed_anew(content: bytes, name: str) -> bytes:
    """An Excel file with those of its parts that are plain XML; refuses with `NotASpreadsheet`, `SpreadsheetTooLarge`.

    Whoever opens it lays out no more cells, copies no more letters and goes through no more than the bounds above. A
    part that is no plain XML is left out: a picture, a printer's settings, one with entities of its own.
    """
    if len(content) > BYTES_MAX:
        raise SpreadsheetTooLarge(name=name)
    counted, anew = _Counted(), BytesIO()
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed, zipfile.ZipFile(anew, "w") as plain:
            for part, told in _parts(packed):
                with suppress(UnicodeDecodeError, expat.ExpatError):
                    counted.go_through(told.decode("utf-8-sig"))
                    plain.writestr(part, told)
        counted.check()
    except _TooMuch:
        raise SpreadsheetTooLarge(name=name) from None
    except (_Unclear, zipfile.BadZipFile, RuntimeError, OSError, EOFError, zlib.error) as error:
        raise NotASpreadsheet(name=name) from error  # packed in an unknown way, or damaged
    return anew.getvalue()


def _parts(packed: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    parts = packed.infolist()
    if len(parts) > PARTS_MAX or sum(each.file_size for each in parts) > UNPACKED_BYTES_MAX:
        raise _TooMuch
    if WORKBOOK not in packed.namelist() or len({each.filename.lower() for each in parts}) < len(parts):
        raise _Unclear
    for each in parts:
        if each.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _Unclear
        yield each.filename, packed.read(each)


class _Counted:
    """How much the parts come to: whatever may be a sheet, a cell or a text is counted as one, wherever it stands."""

    def __init__(self) -> None:
        self.elements = self.sheets = self.longest_part = 0
        self.uses: Counter[int] = Counter()
        self.letters: dict[int, int] = {}
        self._begin_part()

    def _begin_part(self) -> None:
        self.row, self.rows, self.column, self.columns, self.cells = 0, 1, 0, 1, 0
        self.shared, self.texts = False, 0
        self.value: list[str] | None = None
        self.length: int | None = None

    def go_through(self, part: str) -> None:
        """Count one part; raises `ExpatError` where it is no plain XML."""
        self._begin_part()
        self.longest_part = max(self.longest_part, len(part))
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._own_entities
        parser.XmlDeclHandler = self._spelled
        parser.Parse(part, True)

    def check(self) -> None:
        """Hold what the parts come to together against the bounds."""
        if max(self.uses, default=-1) >= len(self.letters):
            raise _Unclear
        letters = sum(self.letters[at] * uses for at, uses in self.uses.items())
        if letters > TEXTS_LETTERS_MAX or self.sheets * self.longest_part > WORK_MAX:
            raise _TooMuch

    def _own_entities(self, *_: object) -> None:
        raise expat.ExpatError("a part with entities of its own")

    def _spelled(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() != "utf-8":
            raise _Unclear

    def _start(self, name: str, about: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > ELEMENTS_MAX:
            raise _TooMuch
        if len(about.get("formatCode", "")) > FORMAT_LETTERS_MAX:
            raise _Unclear
        name = name.rpartition(":")[2]
        if name == "row":
            self.row, self.column = int(_said(ROW, about["r"])[0]) if "r" in about else self.row + 1, 0
            self._reach()
        elif name == "c":
            self._begin_cell(about)
        elif name == "v" and self.shared:
            self.value = []
        elif name == "si":
            if self.length is not None:
                raise _Unclear
            self.length = 0
        elif name == "sheet":
            self.sheets += 1

    def _begin_cell(self, about: dict[str, str]) -> None:
        self.cells, self.column, self.shared = self.cells + 1, self.column + 1, about.get("t") == "s"
        if "r" in about:
            place = _said(PLACE, about["r"])
            self.column = column_number(place[1].upper())
            self.rows = max(self.rows, int(place[2]))
        self._reach()

    def _reach(self) -> None:
        self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
        if max(self.rows * self.columns, self.cells) > CELLS_MAX:
            raise _TooMuch

    def _text(self, text: str) -> None:
        if self.value is not None:
            self.value.append(text)
        if self.length is not None:
            self.length += len(text)

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "v" and self.value is not None:
            if len(self.value) > 1:  # in pieces, as by an entity: who reads only the first reads another number
                raise _Unclear
            if self.value:
                self.uses[int(_said(INDEX, self.value[0])[0])] += 1
            self.value = None
        elif name == "si" and self.length is not None:
            self.letters[self.texts] = max(self.letters.get(self.texts, 0), self.length)
            self.texts, self.length = self.texts + 1, None


def _said(way: re.Pattern[str], text: str) -> re.Match[str]:
    """What is said in the one way it is said; nothing is guessed."""
    found = way.fullmatch(text.strip())
    if found is None:
        raise _Unclear
    return found
