"""One cell of a sheet: how a value of a document is put into it, and how it is read back to the last digit."""

import math
import re
from datetime import date, datetime
from typing import Any, Final

from msgspec import inspect

from lendmill.products.publishing.fields import item_of, may_be_none, one_of
from lendmill.products.spelled import WHOLE_MAX

Cell = str | int | float | bool | date | None
DIGITS_MAX: Final = 15  # what a spreadsheet keeps of a number
FIRST_DATE: Final = date(1900, 3, 1)  # spreadsheets count the days before it wrongly
NO_WORDS: Final = ","
WORD: Final = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^",]*?))\s*(,|$)')


class Unreadable(Exception):
    """A cell that does not hold what its field takes."""

    def __init__(self, allowed: str) -> None:
        super().__init__(allowed)
        self.allowed = allowed


def cell_of(value: Any, info: inspect.Type, *, left_out: bool) -> Cell:
    """A value as a cell; nothing is an empty one. `left_out`: the field may be missing, so that empty means missing."""
    kind, optional = one_of(info), left_out or may_be_none(info)
    if value is None:
        return None
    if isinstance(value, list):
        return words_cell(value) or (NO_WORDS if optional else None)
    if isinstance(kind, inspect.UnionType):
        return _any_cell(value)
    if isinstance(kind, inspect.DateType):
        day = date.fromisoformat(value)
        return day if day >= FIRST_DATE else value
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number_cell(value)
    if optional and not value.strip('"'):
        return f'{value}""'
    return value or None


def _number_cell(value: int | float) -> Cell:
    """A number, or its spelling where a spreadsheet would round it."""
    if isinstance(value, float):
        return value if float(f"{value:.16G}") == value else repr(value)
    return value if len(str(abs(value))) <= DIGITS_MAX else str(value)


def _any_cell(value: Any) -> Cell:
    """A word or a number where both may stand: a word that looks like a number, and a whole 2.0, carry a mark."""
    if isinstance(value, str):
        return f"'{value}" if _number(value) is not None or value.startswith("'") else value or None
    if isinstance(value, float) and value.is_integer():
        return repr(value)
    return _number_cell(value)


def value_of(cell: Cell, info: inspect.Type, *, left_out: bool) -> Any:
    """What a cell says, or `Unreadable`; an empty one is nothing, or the empty text or list where there must be one."""
    kind, optional = one_of(info), left_out or may_be_none(info)
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        cell = cell.date()
    if cell is None or cell == "":
        return _empty(kind, optional)
    if item_of(kind) is not None:
        return words_of(_text(cell, "words with commas between them"))
    if isinstance(kind, inspect.UnionType):
        return _any_value(cell)
    if isinstance(kind, inspect.DateType):
        return _day(cell)
    if isinstance(kind, inspect.BoolType):
        return _truth(cell)
    if isinstance(kind, inspect.IntType):
        return _whole(cell)
    if isinstance(kind, inspect.FloatType):
        return _fraction(cell)
    text = _text(cell, "text")
    if isinstance(kind, inspect.LiteralType) and text not in kind.values:
        raise Unreadable(f"one of {', '.join(map(str, kind.values))}")
    return text[:-2] if optional and len(text) >= 2 and not text.strip('"') else text


def _empty(kind: inspect.Type, optional: bool) -> Any:
    if optional:
        return None
    if item_of(kind) is not None:
        return []
    if isinstance(kind, inspect.StrType | inspect.UnionType) or "" in getattr(kind, "values", ()):
        return ""
    raise Unreadable("given")


def _text(cell: Cell, allowed: str) -> str:
    if not isinstance(cell, str):
        raise Unreadable(f"{allowed}: format the cell as text")
    return cell


def _whole(cell: Cell) -> int:
    if isinstance(cell, int | float) and not isinstance(cell, bool) and float(cell).is_integer():
        return int(cell)
    if isinstance(cell, str) and re.fullmatch(r"-?(0|[1-9]\d{0,18})", cell) and cell != "-0":
        number = int(cell)
        if abs(number) <= WHOLE_MAX:
            return number
    raise Unreadable("a whole number")


def _fraction(cell: Cell) -> float:
    number = _number(cell) if isinstance(cell, str) else cell
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise Unreadable("a number")
    return float(number)


def _any_value(cell: Cell) -> str | int | float:
    if isinstance(cell, str):
        number = _number(cell)
        if isinstance(number, float) and not math.isfinite(number):
            raise Unreadable("a word or a number")
        return number if number is not None else cell[1:] if cell.startswith("'") else cell
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        raise Unreadable("a word or a number")
    return int(cell) if float(cell).is_integer() else float(cell)


def _number(text: str) -> int | float | None:
    """A text that spells a number, as that number."""
    if not re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text):
        return None
    whole = int(text) if re.fullmatch(r"-?\d{1,19}", text) else None
    return whole if whole is not None and abs(whole) <= WHOLE_MAX else float(text)


def _day(cell: Cell) -> str:
    if type(cell) is date:
        return cell.isoformat()
    try:
        return date.fromisoformat(_text(cell, "a date")).isoformat()
    except (ValueError, Unreadable):
        raise Unreadable("a date") from None


def _truth(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, str) and cell.strip().lower() in ("true", "false"):
        return cell.strip().lower() == "true"
    raise Unreadable("TRUE or FALSE")


def words_cell(words: list[Any]) -> str:
    """Several words in one cell, those with a comma, a quote or a blank at an end in quotes.

    >>> words_cell(["a", "b, c", ""]), words_of('a, "b, c", ""')
    ('a, "b, c", ""', ['a', 'b, c', ''])
    """
    return ", ".join(_quoted(str(word)) for word in words)


def _quoted(word: str) -> str:
    plainly = word and word == word.strip() and not set(word) & {'"', ","} and word.isprintable()
    return word if plainly else '"' + word.replace('"', '""') + '"'


def words_of(text: str) -> list[str]:
    """The words of a cell, or `Unreadable` where its quotes do not close."""
    if text.strip() == NO_WORDS:
        return []
    found, at = [], 0
    while at < len(text):
        match = WORD.match(text, at)
        if match is None or match.end() == at:
            raise Unreadable("words with commas between them, a quote closed where it was opened")
        quoted, plainly, ending = match.groups()
        found.append(plainly if quoted is None else quoted.replace('""', '"'))
        at = match.end()
        if at == len(text) and ending == ",":
            raise Unreadable("words with commas between them, none left open at the end")
    return found
