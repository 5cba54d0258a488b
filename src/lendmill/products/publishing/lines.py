"""On which line of a TOML file a field stands, so that a mistake can be told by its line."""

import re
from collections import Counter
from typing import Final

HEADER: Final = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]")
ENTRY: Final = re.compile(r'^\s*((?:[\w-]+|"[^"]*")(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=\s*(.*)$')
LONG_TEXT: Final = re.compile(r'"""|\'\'\'')


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


def places_of(text: str) -> dict[str, int]:
    """The line of every table and entry, by the way to it; what is inside a long text or a list is not looked at."""
    places: dict[str, int] = {}
    counts: Counter[str] = Counter()
    within, closing, depth = "", "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if depth > 0:
            depth += _opened(line)
            continue
        if header := HEADER.match(line):
            within = _table(header[2], header[1] == "[[", counts)
            places.setdefault(within, number)
        elif entry := ENTRY.match(line):
            way = ".".join(filter(None, (within, re.sub(r"\s*\.\s*", ".", entry[1]).replace('"', ""))))
            places.setdefault(way, number)
            if (long_text := LONG_TEXT.match(entry[2])) and entry[2].count(long_text[0]) == 1:
                closing = long_text[0]
            elif not long_text:
                depth = max(0, _opened(entry[2]))
    return places


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
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'', "", line).split("#")[0]
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
