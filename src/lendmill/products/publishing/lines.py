"""On which line of a TOML file a field stands, so that a mistake can be told by its line."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from lendmill.products.spelled import TEXTS

HEADER: Final = re.compile(r"\s*(\[\[?)([^\]]+)\]")
ENTRY: Final = re.compile(r'\s*((?:[\w-]+|"[^"]*")(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=(.*)')
ASIDE: Final = re.compile(TEXTS, re.DOTALL)
WAY_LETTERS_MAX: Final = 200


def line_of(text: str, field: str) -> int | None:
    """The line, counted from one, of a field such as `limit.share_bp` or `rules[2].reason`, or of what it stands in.

    >>> line_of('a = 1\\n[[rules]]\\nrule = "x"\\n[[rules]]\\nrule = "y"\\n', "rules[1].rule")
    5
    >>> line_of('a = 1\\n', "b") is None
    True
    """
    places = places_of(text)
    while field:
        if field in places:
            return places[field]
        field = field[: max(field.rfind("."), field.rfind("["), 0)]
    return None


@lru_cache(maxsize=1)
def places_of(text: str) -> Mapping[str, int]:
    """The line of every table and entry, by the way to it; what is inside a long text or a list is not looked at.

    >>> places_of('a = [\"\"\"\\n]\\nb = 1\\n\"\"\"]\\nc = 1\\n')
    {'a': 1, 'c': 5}

    That of the last text is kept: each of its mistakes asks again.
    """
    places: dict[str, int] = {}
    counts: Counter[str] = Counter()
    within, depth = "", 0
    for number, line in enumerate(ASIDE.sub(_short, text).split("\n"), start=1):
        if depth > 0:
            depth += _opened(line)
        elif header := HEADER.match(line):
            within = _table(header[2][:WAY_LETTERS_MAX], header[1] == "[[", counts)
            places.setdefault(within, number)
        elif entry := ENTRY.match(line):
            way = ".".join(part.strip() for part in entry[1].split(".")).replace('"', "")
            places.setdefault(f"{within}.{way}" if within else way, number)
            depth = max(0, _opened(entry[2]))
    return places


def _short(found: re.Match[str]) -> str:
    """A text of one line as it stands; of one that may be longer, and of a comment, only its ends of line."""
    long = found[0].startswith(('"""', "'''", "#"))
    return "\n" * found[0].count("\n") if long else found[0]


def _table(name: str, repeated: bool, counts: Counter[str]) -> str:
    """The way to a table; one that stands repeatedly by its number, also where a later header names it inside."""
    parts = [part.strip().strip('"') for part in name.split(".")]
    way = ""
    for n, part in enumerate(parts):
        way = f"{way}.{part}" if way else part
        last = n == len(parts) - 1
        if repeated and last:
            counts[way] += 1
        if counts[way]:
            way = f"{way}[{counts[way] - 1}]"
    return way


def _opened(line: str) -> int:
    """How many brackets a line opens and leaves open, texts and comments set aside."""
    bare = ASIDE.sub("", line)
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
