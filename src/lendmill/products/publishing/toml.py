"""A document as TOML, as its author might have written it: read again it has the same fingerprint."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lendmill.products.publishing.kind import Document
from lendmill.products.reading import content_of

BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
WIDE: Final = 100  # a list longer than this stands one entry a line


def toml_of(document: Document, note: str = "") -> str:
    """What a document says, in TOML, under a note in comments.

    What a document leaves open is left out, as its author would: a field that has no value is not written.
    """
    head = [f"# {line}" for line in note.splitlines()]
    return "\n".join([*head, *_table(json.loads(json.dumps(content_of(document))), ())]).strip("\n") + "\n"


def _table(content: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """The plain fields first, then the tables below, each under its own head."""
    below = {name: value for name, value in content.items() if _is_table(value)}
    for name, value in content.items():
        if name not in below and value is not None:
            yield f"{_key(name)} = {_value(value)}"
    for name, value in below.items():
        here = (*path, name)
        head = ".".join(map(_key, here))
        for each in value if isinstance(value, list) else [value]:
            yield ""
            yield f"[[{head}]]" if isinstance(value, list) else f"[{head}]"
            yield from _table(each, here)


def _is_table(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, dict) for each in value)
    return isinstance(value, dict)


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        told = [_value(each) for each in value]
        line = f"[{', '.join(told)}]"
        return line if len(line) <= WIDE else "[\n" + "".join(f"    {each},\n" for each in told) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(each)}" for name, each in value.items()) + " }"
    return json.dumps(value)
