"""How a document is read, so that a mistake in it is told by field, value and what would be allowed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from lendmill.products.spelled import WHOLE_MAX, Misspelled, NumberBeyond, content_in

T = TypeVar("T")
Check = tuple[bool, str, Any, str]
"""Whether something holds, of which field, what stands there, and what would be allowed."""
MISTAKES_MAX: Final = 100  # told of a file, and of each part of a document
PLAINLY: Final = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "fields with their values",
    "date": "a day, such as 2026-01-31",
    "Invalid RFC3339 encoded date": "a day, such as 2026-01-31",
    "uuid": "an id",
    "Invalid UUID": "an id",
    "float | int | str": "a word or a number",
}
"""What a field's type takes, in words."""


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
        raise Misread("the file", error.said, f"valid TOML ({error})") from None
    except NumberBeyond as error:
        raise Misread(error.field, str(error), f"a number, at most {WHOLE_MAX:,}") from None
    return from_content(content, kind)


def from_content(content: Mapping[str, Any], kind: type[T]) -> T:
    """Read a document's content with nothing left over and nothing guessed; raises `Misread`."""
    try:
        return msgspec.convert(content, kind, strict=True)
    except msgspec.ValidationError as error:
        raise _told(str(error), content, kind) from None


def every_misread(content: Any, kind: Any, path: str = "") -> Iterator[Misread]:
    """Every mistake in the shape of a document's content, each by its own field; what its own checks hold is not here.

    >>> [wrong.field for wrong in every_misread({"a": {"x": "1", "y": 2}}, dict[str, dict[str, int]])]
    ['a.x']
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        given = [each for each in inner if each not in (NoneType, msgspec.UnsetType)]
        if len(given) == 1 and content is not None:
            yield from every_misread(content, given[0], path)
            return
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(content, Mapping):
        yield from _misread_fields(content, kind, path)
        return
    elif origin in (tuple, list) and inner[1:] in ((), (...,)) and isinstance(content, list):
        for n, each in enumerate(content):
            yield from every_misread(each, inner[0], f"{path}[{n}]")
        return
    elif origin in (dict, Mapping) and isinstance(content, Mapping):
        for name, each in content.items():
            yield from every_misread(each, inner[1], _joined(path, name))
        return
    try:
        msgspec.convert(content, kind, strict=True)
    except msgspec.ValidationError as error:
        wrong = _told(str(error), content, kind)
        whole = wrong.field == "the document"
        yield (
            Misread(path or wrong.field, content, wrong.allowed)
            if whole
            else Misread(_joined(path, wrong.field), wrong.value, wrong.allowed)
        )


def _misread_fields(content: Mapping[str, Any], kind: type[msgspec.Struct], path: str) -> Iterator[Misread]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in content:
        if name not in fields:
            yield Misread(_joined(path, name), content[name], "left out: there is no such field")
    for name, field in fields.items():
        if name in content:
            yield from every_misread(content[name], field.type, _joined(path, name))
        elif field.required:
            yield Misread(_joined(path, name), None, "given")


def readable(content: Any, kind: Any) -> Any:
    """Content in its right shape, for what the checks say of the rest: where it is not, something neutral stands.

    >>> readable({"a": "one", "b": 2, "c": 3}, msgspec.defstruct("AB", [("a", int), ("b", int)]))
    {'a': 1, 'b': 2}
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        given = [each for each in inner if each not in (NoneType, msgspec.UnsetType)]
        if len(given) == 1 and content is not None:
            return readable(content, given[0])
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        said = content if isinstance(content, Mapping) else {}
        fields = msgspec.structs.fields(kind)
        return {
            each.encode_name: readable(said.get(each.encode_name), each.type)
            for each in fields
            if each.required or said.get(each.encode_name) is not None
        }
    elif origin in (tuple, list) and inner[1:] in ((), (...,)) and isinstance(content, list):
        return [readable(each, inner[0]) for each in content]
    elif origin in (dict, Mapping) and isinstance(content, Mapping):
        return {str(name): readable(each, inner[1]) for name, each in content.items()}
    try:
        msgspec.convert(content, kind, strict=True)
    except msgspec.ValidationError:
        return _neutral(kind)
    return content


def _neutral(kind: Any) -> Any:
    """Something of a kind: the first of several words, the day one, nothing in a list."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if NoneType in inner else _neutral(inner[0])
    if origin in (tuple, list):
        return []
    if origin in (dict, Mapping):
        return {}
    return inner[0] if origin is Literal else {bool: False, int: 1, float: 1.0, date: "2000-01-01"}.get(kind, "?")


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name else path or name


def content_of(document: Any) -> Any:
    """A document as plain content, ready for its canonical form."""
    return msgspec.to_builtins(document)


def require(holds: bool, field: str, value: Any, allowed: str) -> None:
    """Hold a field to what is allowed."""
    if not holds:
        raise Misread(field, value, allowed)


def mistakes(part: Iterable[Check]) -> Iterator[Misread]:
    """What does not hold of one part of a document, as many as are told."""
    yield from islice((Misread(*said) for holds, *said in part if not holds), MISTAKES_MAX)


def _told(message: str, content: Mapping[str, Any], kind: Any) -> Misread:
    what, _, path = message.partition(" - at `$")
    path = path.rstrip("`").lstrip(".")
    if missing := re.search(r"missing required field `(\w+)`", what):
        return Misread(".".join(filter(None, (path, missing[1]))), None, "given")
    if unknown := re.search(r"unknown field `(\w+)`", what):
        field = ".".join(filter(None, (path, unknown[1])))
        return Misread(field, value_at(content, field), "left out: there is no such field")
    if what.startswith("Invalid enum value"):
        return Misread(path, value_at(content, path), f"one of {', '.join(map(str, _choices(kind, path)))}")
    wanted = what.replace("Expected ", "").replace("`", "").split(", got ")[0]
    plainly = " | ".join(sorted(set(wanted.split(" | ")) - {"null"}))
    return Misread(path or "the document", value_at(content, path), PLAINLY.get(plainly, wanted))


def value_at(content: Any, path: str) -> Any:
    """What stands at a field such as `rules[2].reason`, or None."""
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
