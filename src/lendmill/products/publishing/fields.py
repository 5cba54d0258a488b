"""Which fields a kind of document has, found from its type: for the sheets, and to see that each has its words."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from lendmill.products.publishing.differing import Path


@cache
def info_of(kind: Any) -> inspect.Type:
    """A kind of document, looked into once."""
    return inspect.type_info(kind)


def one_of(info: inspect.Type) -> inspect.Type:
    """A field's type without the nothing it may be left out for.

    >>> one_of(inspect.type_info(int | None)) == inspect.type_info(int)
    True
    """
    if not isinstance(info, inspect.UnionType):
        return info
    kinds = [kind for kind in info.types if not isinstance(kind, inspect.NoneType)]
    return kinds[0] if len(kinds) == 1 else inspect.UnionType(tuple(kinds))


def may_be_none(info: inspect.Type) -> bool:
    """Whether a field may say that there is nothing."""
    kinds = info.types if isinstance(info, inspect.UnionType) else (info,)
    return any(isinstance(kind, inspect.NoneType) for kind in kinds)


def left_out(field: inspect.Field) -> bool:
    """Whether a field can be missing, or say nothing: what an empty cell then means."""
    if field.required or field.default_factory is not msgspec.NODEFAULT:
        return False
    return field.default is None or field.default is msgspec.NODEFAULT


def item_of(info: inspect.Type) -> inspect.Type | None:
    """What a list holds, where the type is one."""
    if isinstance(info, inspect.VarTupleType | inspect.ListType):
        return info.item_type
    return None


def ways(kind: Any) -> Iterator[Path]:
    """The way to every field of a document: items and rows by `*`."""
    yield from _ways(info_of(kind), ())


def _ways(info: inspect.Type, at: Path) -> Iterator[Path]:
    info = one_of(info)
    if isinstance(info, inspect.StructType):
        if at:
            yield at
        for field in info.fields:
            yield from _ways(field.type, (*at, field.encode_name))
    elif isinstance(info, inspect.DictType):
        yield at
        yield from _ways(info.value_type, (*at, "*"))
    elif (item := item_of(info)) is not None and isinstance(one_of(item), inspect.StructType):
        yield at
        yield from _ways(item, (*at, "*"))
    elif item is not None and item_of(item) is not None:
        yield at
        yield (*at, "*")
    else:
        yield at
