"""One text, two engines: what a rule says of one applicant it says of the same applicant among a million."""

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_chances import COLUMNS, CONDITIONS, TABLES

from lendmill.credit.rules.columns import EveryFile, readable
from lendmill.credit.rules.grammar import read
from lendmill.credit.rules.rows import value_of

WRONG = {"points": pl.Series("points", ["600"]), "grade": pl.Series("grade", [1.0]), "banned": pl.Series("banned", [1])}


def by_column(text: str, frame: pl.DataFrame) -> list[Any]:
    """What the column engine gives each row."""
    found = read(text)
    told = readable(frame.with_row_index("row"), ("points", *found.names))  # one at least, for a rule that reads none
    return EveryFile(told).column(found).to_list()


@settings(max_examples=250, deadline=None)
@given(CONDITIONS, TABLES, st.sets(st.sampled_from(sorted(COLUMNS)), max_size=2))
def test_both_engines_say_the_same(text: str, rows: list[dict[str, Any]], absent: set[str]) -> None:
    frame = pl.DataFrame(rows, schema={name: kind for name, (kind, _) in COLUMNS.items()}).drop(sorted(absent))
    one_by_one = [value_of(read(text), row) for row in frame.to_dicts()]
    assert by_column(text, frame) == one_by_one, text


def test_a_value_of_another_kind_is_unknown_to_both() -> None:
    for name, text in (("points", "points > 1"), ("grade", "grade = 'A'"), ("banned", "banned")):
        frame = WRONG[name].to_frame()
        assert value_of(read(text), frame.to_dicts()[0]) is None
        assert by_column(text, frame) == [None]


def test_a_least_of_what_is_not_known_is_not_known() -> None:
    frame = pl.DataFrame({"points": [None, 5.0], "pd": [0.1, 0.1]})
    assert by_column("least(points, pd) < 1", frame) == [None, True]
