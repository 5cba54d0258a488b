"""One spelling for the same content, whichever way it is written."""

import math
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lendmill.people.canonical import canonical, canonical_struct

NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.none() | st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=["Cs"]))


class Kept(msgspec.Struct):
    """Anything."""

    what: Any


def figures(what: Any) -> Iterator[float]:
    """Every number in it that is no whole one."""
    if isinstance(what, float):
        yield what
    for each in what.values() if isinstance(what, dict) else what if isinstance(what, list) else ():
        yield from figures(each)


@given(st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text("abz名"), inner), max_leaves=8))
@example([1e-4, 9.999e-5, 1e16, 9999999999999998.0, -0.0, 5e-324, 0.1 + 0.2])
@example("".join(map(chr, range(300))) + "\u2028\U0001f600")
def test_the_quick_way_spells_as_the_long_one(what: Any) -> None:
    assert canonical_struct(Kept(what), figures(what)) == canonical({"what": what})


@pytest.mark.parametrize("no_number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_has_no_spelling(no_number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_struct(Kept(no_number), [no_number])
