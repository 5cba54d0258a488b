"""A text in TOML taken apart within bounds: its size, how deep it nests, and how large its numbers are."""

import math
import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

LETTERS_MAX: Final = 1_000_000
DEPTH_MAX: Final = 32
WHOLE_MAX: Final = 2**63 - 1
NAME_LETTERS_MAX: Final = 200
# What names and brackets are not looked for in. One left open goes on as far as it can: no letter is read twice.
TEXTS: Final = (
    r'"""(?:[^"\\]|\\.|"(?!""))*(?:"{3,5})?'
    r"|'''(?:[^']|'(?!''))*(?:'{3,5})?"
    r'|"(?:[^"\\\n]|\\[^\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*"
)
TOKEN: Final = re.compile(TEXTS + r"|[][{}.=,\n]", re.DOTALL)
SYNTAX: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
WAY: Final = re.compile(r"\((?:'[^']*',? ?)+\)")  # a way to a table, as the reader of TOML tells it
LONG_NUMBER: Final = re.compile(r"(?<![\d_])\d[\d_]{999,}")


class Misspelled(Exception):
    """A text that is no TOML, or one beyond the bounds: what is wrong, on which line, and what that says."""

    def __init__(self, told: str, text: str = "", line: int | None = None, column: str = "") -> None:
        super().__init__(f"line {line}{column}: {told}" if line else told)
        self.line, self.said = line, text.split("\n")[line - 1].strip()[:NAME_LETTERS_MAX] if line else ""


class NumberBeyond(Exception):
    """A number no figure can be: where it stands, and what it is."""

    def __init__(self, field: str, told: str) -> None:
        super().__init__(told)
        self.field = field


def content_in(text: str) -> dict[str, Any]:
    """What a text in TOML says; raises `Misspelled` and `NumberBeyond`."""
    if len(text) > LETTERS_MAX:
        raise Misspelled(f"it has more than {LETTERS_MAX:,} letters")
    _check_depth(text)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = SYNTAX.search(str(error))
        at = int(found[1]) if found and found[1] else text.count("\n") + 1
        column = f", column {found[2]}" if found and found[2] else ""
        said = WAY.sub(lambda way: ".".join(re.findall("'([^']*)'", way[0])), SYNTAX.sub("", str(error)))
        raise Misspelled(said, text, at, column) from None
    except ValueError:  # a number of more digits than are read at all
        long = LONG_NUMBER.search(text)
        line = _line(text, long.start()) if long else None
        raise Misspelled("there is a number of thousands of digits", text, line) from None
    _check_names(content)
    for field, number in _numbers(content, ""):
        if isinstance(number, int) and abs(number) > WHOLE_MAX:
            raise NumberBeyond(field, f"a number of {number.bit_length() * 3 // 10} digits")
        if isinstance(number, float) and not math.isfinite(number):
            raise NumberBeyond(field, str(number))
    return content


def _check_depth(text: str) -> None:
    """Refuse names and lists that nest deeper than any document does, before they cost anything."""
    open_, dots = 0, 0
    for token in TOKEN.finditer(text):
        sign = token[0]
        if sign == ".":
            dots += 1
        elif sign in "[{":
            open_, dots = open_ + 1, 0
        elif sign in "]}":
            open_, dots = max(0, open_ - 1), 0
        elif sign in "=,\n":
            dots = 0
        if open_ + dots > DEPTH_MAX:
            line = _line(text, token.start())
            raise Misspelled(f"it nests deeper than {DEPTH_MAX} levels", text, line)


def _check_names(content: Any) -> None:
    """Refuse names longer than any document has, before each is told with all that it stands in."""
    if isinstance(content, dict) and max(map(len, content), default=0) > NAME_LETTERS_MAX:
        raise Misspelled(f"a name in it has more than {NAME_LETTERS_MAX} letters")
    for value in content.values() if isinstance(content, dict) else content:
        if isinstance(value, dict | list):
            _check_names(value)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _numbers(content: Any, at: str) -> Iterator[tuple[str, int | float]]:
    """Every number with the way to it."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _numbers(value, f"{at}.{name}" if at else str(name))
    elif isinstance(content, list):
        for n, value in enumerate(content):
            yield from _numbers(value, f"{at}[{n}]")
    elif isinstance(content, int | float):
        yield at, content
