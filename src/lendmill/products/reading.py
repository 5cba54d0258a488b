"""How a document is read, so that a mistake in it is told by field, value and what would be allowed."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from lendmill.products.spelled import WHOLE_MAX, Misspelled, NumberBeyond, content_in

T = TypeVar("T")


class Misread(Exception):
    """A document that does not say what it must, by field, value and what is allowed."""

    def __init__(self, field: str, value: Any, allowed: str) -> None:
        super().__init__(f"{field} is {value!r}, but must be {allowed}")
        self.field, self.value, self.allowed = field, value, allowed


def from_toml(text: str, kind: type[T]) -> T:
    """Read a document as its author writes it, in TOML; raises `Misread`."""
    try:
        content = content_in(text)
    except Misspelled as error:
        raise Misread("the file", str(error), "valid TOML") from None
    except NumberBeyond as error:
        raise Misread(error.field, str(error), f"a number, at most {WHOLE_MAX:,}") from None
    return from_content(content, kind)


def from_content(content: Mapping[str, Any], kind: type[T]) -> T:
    """Read a document's content with nothing left over and nothing guessed; raises `Misread`."""
    try:
        return msgspec.convert(content, kind, strict=True)
    except msgspec.ValidationError as error:
        raise _told(str(error), content, kind) from None


def content_of(document: Any) -> Any:
    """A document as plain content, ready for its canonical form."""
    return msgspec.to_builtins(document)


def require(holds: bool, field: str, value: Any, allowed: str) -> None:
    """Hold a field to what is allowed."""
    if not holds:
        raise Misread(field, value, allowed)


def _told(message: str, content: Mapping[str, Any], kind: Any) -> Misread:
    what, _, path = message.partition(" - at `$")
    path = path.rstrip("`").lstrip(".")
    if missing := re.search(r"missing required field `(\w+)`", what):
        return Misread(".".join(filter(None, (path, missing[1]))), None, "given")
    if unknown := re.search(r"unknown field `(\w+)`", what):
        field = ".".join(filter(None, (path, unknown[1])))
        return Misread(field, _at(content, field), "left out: there is no such field")
    if what.startswith("Invalid enum value"):
        return Misread(path, _at(content, path), f"one of {', '.join(map(str, _choices(kind, path)))}")
    allowed = what.replace("Expected ", "").replace("`", "").split(", got ")[0]
    return Misread(path or "the document", _at(content, path), allowed)


def _at(content: Any, path: str) -> Any:
    for step in re.findall(r"\w+", path):
        try:
            content = content[int(step)] if isinstance(content, list) else content[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return content


def _choices(kind: Any, path: str) -> tuple[Any, ...]:
    """The words a field may hold, found by following the field's path through the document's type."""
    info: Any = msgspec.inspect.type_info(kind)
    for step in re.findall(r"\w+|\.\.\.", path):
        info = next(
            (part for part in getattr(info, "types", ()) if not isinstance(part, msgspec.inspect.NoneType)), info
        )
        if isinstance(info, msgspec.inspect.StructType):
            info = next(field.type for field in info.fields if field.name == step)
        else:
            info = getattr(info, "item_type", None) or getattr(info, "value_type", None)
    return tuple(getattr(info, "values", ()))
