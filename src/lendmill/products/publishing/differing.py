"""What differs between two versions of a document: every field, every row, every name, and the order they stand in."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from lendmill.people.canonical import canonical

NAMED_BY: Final = ("rule", "table", "condition", "change", "figure", "key", "from_days_past_due")
"""The fields that name an item of a list: the same name in both versions is the same item."""

How = Literal["changed", "added", "gone", "order"]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two versions part.

    `field` is the way to it in the document's own names, with `*` for what names an item or a row; `names` are those
    names. `within` is the item it stands in, as the newer version has it.
    """

    how: How
    field: Path
    names: tuple[str, ...]
    before: Any
    after: Any
    within: Mapping[str, Any]


def differences(before: Any, after: Any) -> list[Difference]:
    """All that differs between two documents' contents; nothing exactly if they are the same to the last byte.

    >>> [(d.how, d.field, d.names, d.before, d.after) for d in differences({"share": {"B": 35}}, {"share": {"B": 30}})]
    [('changed', ('share', 'B'), (), 35, 30)]
    """
    return list(_parted(json.loads(canonical(before)), json.loads(canonical(after)), (), (), {}))


def _parted(
    before: Any, after: Any, field: Path, names: tuple[str, ...], within: Mapping[str, Any]
) -> Iterator[Difference]:
    if canonical(before) == canonical(after):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _by_field(before, after, field, names)
    elif (both := _as_items(before, after)) is not None:
        yield from _by_name(*both, field, names, within)
    else:
        yield Difference("changed", field, names, before, after, within)


def _by_field(
    before: Mapping[str, Any], after: Mapping[str, Any], field: Path, names: tuple[str, ...]
) -> Iterator[Difference]:
    for key in dict.fromkeys((*before, *after)):
        if key not in after:
            yield Difference("gone", (*field, key), names, before[key], None, after)
        elif key not in before:
            yield Difference("added", (*field, key), names, None, after[key], after)
        else:
            yield from _parted(before[key], after[key], (*field, key), names, after)


def _by_name(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    field: Path,
    names: tuple[str, ...],
    within: Mapping[str, Any],
) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        here, called = (*field, "*"), (*names, name)
        if name not in after:
            yield Difference("gone", here, called, before[name], None, within)
        elif name not in before:
            yield Difference("added", here, called, None, after[name], within)
        else:
            yield from _parted(before[name], after[name], here, called, within)
    kept_before = [name for name in before if name in after]
    kept_after = [name for name in after if name in before]
    if kept_before != kept_after:
        yield Difference("order", field, names, list(before), list(after), within)


def _as_items(before: Any, after: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Two lists as items by their names, or rows by what they are looked up by; None where that names not each once."""
    if not (isinstance(before, Sequence) and isinstance(after, Sequence)) or isinstance(before, str | bytes):
        return None
    for named in (_by_own_name, _by_cells):
        one, other = named(before), named(after)
        if one is not None and other is not None:
            return one, other
    return None


def _by_own_name(items: Sequence[Any]) -> dict[str, Any] | None:
    if not all(isinstance(item, Mapping) for item in items):
        return None
    if not items:
        return {}
    field = next((name for name in NAMED_BY if all(name in item for item in items)), None)
    found = {} if field is None else {str(item[field]): item for item in items}
    return found if len(found) == len(items) else None


def _by_cells(rows: Sequence[Any]) -> dict[str, Any] | None:
    if not all(isinstance(row, Sequence) and not isinstance(row, str) and len(row) > 1 for row in rows):
        return None
    found: dict[str, Any] = {row_name(row): row[-1] for row in rows}
    return found if len(found) == len(rows) else None


class RowName(str):
    """The name of a row: what it is looked up by, as JSON; what an author calls a rule is never one."""


def row_name(row: Sequence[Any]) -> RowName:
    """What a row of a table is looked up by, as one name.

    >>> row_name(["B", 2, 3500])
    '["B",2]'
    """
    return RowName(canonical(list(row[:-1])))
