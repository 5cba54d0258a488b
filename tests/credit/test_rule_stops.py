"""A policy's rules over a table: each file gets the outcome and the reasons it would get by itself."""

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_chances import COLUMNS, CONDITIONS, TABLES

from lendmill.credit.decide import reasons, worst_outcome
from lendmill.credit.rules.columns import EveryFile, readable
from lendmill.credit.rules.rule import Rule, found
from lendmill.credit.rules.stops import stopped, stops_of

CODES = ["many-refunds", "falling-sales", "inactive", "facts-unknown"]
RULES = st.builds(
    Rule,
    rule=st.just("a rule"),
    label_en=st.just("a rule"),
    label_zh=st.just("规则"),
    source=st.sampled_from(["any", "market"]),
    applies=st.just("") | CONDITIONS,
    refer_when=CONDITIONS,
    decline_when=st.just("") | CONDITIONS,
    unknown=st.sampled_from(["refer", "decline"]),
    reason=st.sampled_from(CODES),
)


def in_columns(rules: list[Rule], frame: pl.DataFrame) -> list[tuple[str, list[str]]]:
    """Outcome and reasons of each row, all at once."""
    names = ("points", *(name for rule in rules for name in rule.facts))
    files = EveryFile(readable(frame, names))
    covered = {"market": files.everybody & ~files.unknown("points")}
    stops = [stop for rule in rules for stop in stops_of(rule, files, covered)]
    return stopped(files, stops).rows()  # type: ignore[return-value]


def one_by_one(rules: list[Rule], rows: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """The same from the findings of each row by itself."""
    answers = []
    for row in rows:
        sources = ("market",) if isinstance(row["points"], float) and abs(row["points"]) < float("inf") else ()
        findings = tuple(found(rule, row, sources) for rule in rules)
        answers.append((worst_outcome(findings), list(reasons(findings))))
    return answers


@settings(max_examples=60, deadline=None)
@given(st.lists(RULES, min_size=1, max_size=4), TABLES)
def test_all_files_at_once_are_stopped_as_each_by_itself(rules: list[Rule], rows: list[dict[str, Any]]) -> None:
    frame = pl.DataFrame(rows, schema={name: kind for name, (kind, _) in COLUMNS.items()})
    assert in_columns(rules, frame) == one_by_one(rules, frame.to_dicts())


def test_a_hundred_rules_are_all_heard() -> None:
    rules = [
        Rule(rule=f"r{n}", label_en="r", label_zh="r", refer_when=f"points > {n}", unknown="refer", reason=CODES[n % 3])
        for n in range(100)
    ]
    frame = pl.DataFrame({"points": [99.5, 0.5, -1.0, None]})
    assert in_columns(rules, frame) == [
        ("refer", ["many-refunds", "falling-sales", "inactive"]),
        ("refer", ["many-refunds"]),
        ("approve", []),
        ("refer", ["facts-unknown"]),
    ]


def test_part_of_a_table_is_read_from_where_it_begins() -> None:
    rule = Rule(rule="r", label_en="r", label_zh="r", refer_when="banned", unknown="decline", reason=CODES[0])
    frame = pl.DataFrame({"points": [1.0] * 21, "banned": [True, None, False] * 7})
    answers = [("refer", [CODES[0]]), ("decline", [CODES[0]]), ("approve", [])] * 7
    for first in range(10):
        assert in_columns([rule], frame.slice(first)) == answers[first:]
        assert in_columns([rule], frame.slice(first, 9)) == answers[first : first + 9]
