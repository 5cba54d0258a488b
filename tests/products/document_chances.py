"""Documents by chance: any content a type of document can hold, and changes of it."""

import json
from typing import Any, Final

from hypothesis import Phase, settings
from hypothesis import strategies as st
from msgspec import inspect

from lendmill.people.canonical import canonical
from lendmill.products.publishing.fields import info_of, item_of, left_out, may_be_none, one_of

LETTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\ufffe\uffff")
STRANGE = (
    "", " ", "=1+1", "+1", "-1", "@x", "007", "1e5", "2.0", "'", "''x", '"', '""', ",", "a, b", "贷款", "a\nb",
    "a\r\nb", "_x000D_", "\x01", " x ", "TRUE", "2026-01-01", "#REF!", "-0", "1.", "https://a.b", "{=A1}",
)  # fmt: skip
TEXTS = st.sampled_from(STRANGE) | st.text(LETTERS, max_size=12)
NUMBERS = st.integers(-(10**18), 10**18) | st.integers(-20_000, 20_000)
FRACTIONS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from((0.0, -0.0, 0.1 + 0.2, 2.0, 1e22, 1 / 3))


QUICK: Final = settings(max_examples=25, phases=(Phase.generate,), deadline=None)
"""Whole documents are large: one that fails is shown as it is, not made smaller for minutes."""


def contents(kind: Any) -> st.SearchStrategy[Any]:
    """Any content of a type of document."""
    return _value(info_of(kind)).map(lambda content: json.loads(canonical(content)))


def _value(info: inspect.Type) -> st.SearchStrategy[Any]:
    kind = one_of(info)
    if may_be_none(info):
        return st.none() | _value(kind)
    if isinstance(kind, inspect.StructType):
        return _struct(kind)
    if isinstance(kind, inspect.DictType):
        return st.dictionaries(TEXTS, _value(kind.value_type), max_size=3)
    if (item := item_of(kind)) is not None:
        return st.lists(_value(item), max_size=3)
    if isinstance(kind, inspect.UnionType):
        return TEXTS | NUMBERS | FRACTIONS
    if isinstance(kind, inspect.LiteralType):
        return st.sampled_from(list(kind.values))
    simple = {
        inspect.IntType: NUMBERS, inspect.FloatType: FRACTIONS, inspect.BoolType: st.booleans(),
        inspect.DateType: st.dates(), inspect.StrType: TEXTS,
    }  # fmt: skip
    return simple[type(kind)]


def _struct(kind: inspect.StructType) -> st.SearchStrategy[Any]:
    given = {each.encode_name: _value(each.type) for each in kind.fields if not left_out(each)}
    later = {each.encode_name: _value(each.type) for each in kind.fields if left_out(each)}
    made = st.fixed_dictionaries(given, optional=later)
    return made.flatmap(_with_rows) if "axes" in given and "rows" in given else made


def _with_rows(table: dict[str, Any]) -> st.SearchStrategy[Any]:
    """A table whose rows are as wide as what they are looked up by, and the figure."""
    cells = [TEXTS | NUMBERS | FRACTIONS] * len(table["axes"])
    rows = st.lists(st.tuples(*cells, NUMBERS | FRACTIONS).map(list), max_size=3)
    return rows.map(lambda found: {**table, "rows": found})


def changed_once(content: Any, data: Any) -> Any:
    """The same content with one thing changed somewhere: a value, an item gone or twice, two in each other's place."""
    content = json.loads(json.dumps(content))
    spots = list(_spots(content))
    holder, key = data.draw(st.sampled_from(spots))
    value = holder[key]
    if isinstance(value, list) and value and data.draw(st.booleans()):
        how = data.draw(st.sampled_from(("gone", "twice", "turned")))
        holder[key] = {"gone": value[1:], "twice": [*value, value[0]], "turned": value[::-1]}[how]
    else:
        holder[key] = data.draw(st.sampled_from((None, True, 1, 1.0, "x", [], {})) | NUMBERS | TEXTS)
    return content


def _spots(content: Any) -> Any:
    keys = content if isinstance(content, dict) else range(len(content)) if isinstance(content, list) else ()
    for key in keys:
        yield content, key
        yield from _spots(content[key])
