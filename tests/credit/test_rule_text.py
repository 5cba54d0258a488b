"""What a rule's text may say, and where a wrong one is told to be wrong."""

import re
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lendmill.credit.rules.expression import Expression
from lendmill.credit.rules.grammar import RuleMisread, read
from lendmill.credit.rules.rows import value_of
from lendmill.credit.rules.vocabulary import vocabulary
from lendmill.products.document import GRADES
from lendmill.web.words import CHINESE, Words

SAID = {
    "refund_rate_90": 0.4, "sales_growth_90": -0.5, "grade": "C", "region": "Hangzhou", "banned": False,
    "today": date(2026, 3, 1), "rated_on": date(2026, 1, 31), "points": 600, "pd": 0.05, "loans_repaid": 3,
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("refund_rate_90 > 0.3", True),
        ("REFUND_RATE_90 > .3 -- too many come back", True),
        ('"refund_rate_90" >= 0.4 and refund_rate_90 <= 0.4', True),
        ("refund_rate_90 between 0.41 and 1", False),
        ("refund_rate_90 not between 0.41 and 1", True),
        ("grade in ('C', 'D') or points < 500", True),
        ("grade not in ('C', 'D')", False),
        ("grade <> 'C'", False),
        ("not banned", True),
        ("banned = false", True),
        ("today - rated_on > 28", True),
        ("today - rated_on > 29", False),
        ("today >= date '2026-03-01'", True),
        ("1 / 2 = 0.5", True),  # numbers are real numbers, whole ones too
        ("2 + 3 * 4 = 14 and (2 + 3) * 4 = 20", True),
        ("- points < -599", True),
        ("abs(sales_growth_90) = 0.5", True),
        ("least(points, 1, 2) = 1 and greatest(points, 1, 2) = 600", True),
        ("floor(2.7) = 2 and ceil(2.1) = 3 and ceiling(2.1) = 3", True),
        ("points / (pd - 0.05) > 1", None),  # nothing divided by nought is known
        ("purpose = 'stock'", None),
        ("purpose = 'stock' or grade = 'C'", True),
        ("purpose = 'stock' and grade = 'D'", False),
    ],
)
def test_a_text_means_what_it_says_in_sql(text: str, answer: bool | None) -> None:
    assert value_of(read(text), SAID) is answer


IN_RULES = {
    "refund_rate_90",
    "between",
    "abs",
    "least",
    "greatest",
    "floor",
    "ceil",
    "and",
    "not",
    "unknown",
    "date",
    *GRADES,
}


@pytest.mark.parametrize(
    ("text", "line", "column", "what"),
    [
        ("refund_rate_9 > 1", 1, 1, "there is no fact called refund_rate_9; did you mean refund_rate_90?"),
        ("points > 1 and\n  (pd > '3')", 2, 9, "here must stand a number, not a word"),
        ("points > (select 1)", 1, 18, "'subquery' is not part of a rule"),
        ("points > 1; drop table loan", 1, 13, "cannot be read at 'drop'"),
        ("select points", 1, 1, "cannot be read at 'select'"),
        ("points >", 1, 8, "cannot be read at '>'"),
        ("points is null", 1, 1, "what is not known makes the rule unknown"),
        ("coalesce(points, 0) > 1", 1, 1, "what is not known makes the rule unknown"),
        ("case when banned then true end", 1, 11, "what is not known makes the rule unknown"),
        ("grade = 'b'", 1, 9, "'b' is none of AAA, AA, A, BBB, BB, B, C, D"),
        ("grade < 'B'", 1, 1, "a word is not more or less than another"),
        ("region between 'a' and 'b'", 1, 1, "a word is not between two others"),
        ("points in (pd)", 1, 1, "in (...) lists what is looked for as written"),
        ("points", 1, 1, "this gives a number, but must give true or false"),
        ("points > 1e999", 1, 10, "1e999 is not a number that can be counted with"),
        ("today > '2026-01-01'", 1, 9, "here must stand a day, not a word"),
        ("today > date '2026-02-30'", 1, 14, "'2026-02-30' is not a day"),
        ("points::text = 'a'", 1, 1, "only a day is written with its type"),
        ("points between symmetric 1 and 2", 1, 1, "'symmetric' is more than a rule may say here"),
        ("loan.points > 1", 1, 1, "'table' is more than a rule may say here"),
        ("pg_sleep(9) > 1", 1, 1, "'pg_sleep' is not part of a rule"),
        ("points >> 1", 1, 1, "'points >> 1' is not part of a rule"),
        ("region = 'a", 1, 10, "a quote is not closed"),
        ("", 1, 1, "say when the rule stops somebody"),
        ("(" * 200 + "banned" + ")" * 200, 1, 1, "brackets go deeper than 64"),
        (" " * 2_001, 1, 2_001, "a rule has at most 2000 letters"),
        ("points > \0", 1, 10, "a rule is written in letters, digits and signs"),
        ("region = '\ud800'", 1, 11, "half a letter is not text"),
    ],
)
def test_a_wrong_text_is_told_by_line_and_column(text: str, line: int, column: int, what: str) -> None:
    with pytest.raises(RuleMisread) as told:
        read(text)
    assert (told.value.line, told.value.column) == (line, column), told.value
    assert what in told.value.what
    said = Words(CHINESE).allowed(f"a condition that can be read (r, {told.value})")
    assert said.startswith(f"可识别的条件（r，第 {line} 行第 {column} 列：")
    unquoted = re.sub("'[^']*'", "", said)
    assert set(re.findall(r"\b[A-Za-z]\w{2,}", unquoted, re.ASCII)) <= {*re.findall(r"\w+", text), *IN_RULES}


def test_an_expression_names_the_facts_it_reads_each_once_in_their_order() -> None:
    assert read("pd > 0.1 or points < 500 and pd < 1").names == ("pd", "points")


def test_an_amount_is_asked_for_where_an_amount_is_wanted() -> None:
    assert value_of(read("0.5 * points", "number"), SAID) == 300.0
    with pytest.raises(RuleMisread, match="this gives true or false, but must give a number"):
        read("points > 1", "number")


WORDS = [
    "points", "pd", "grade", "refund_rate_90", "today", "banned", "and", "or", "not", "in", "between", "is", "null",
    "(", ")", "'", '"', ",", "=", "<>", ">", "-", "/", "*", "::", ";", "--", "/*", "$1", ":a", "?", "select", "from",
    "case", "when", "date", "'C'", "1", "0.5", "1e400", "[", "]", "{", "}", "@", "\\", "\n", "\t", "loan.id", "now()",
    "日", "😀", "\x00", "cast", "as", "interval", "array", "lateral", "E'\\x'", "$$", "#",
]  # fmt: skip


def read_or_told(text: str) -> Expression | RuleMisread:
    """What a text says, or what is wrong with it; anything else it does is a crash."""
    try:
        return read(text)
    except RuleMisread as told:
        return told


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join) | st.text(max_size=60))
@example("points > 1 # 2")
@example("points = $$a$$")
def test_no_text_does_anything_but_be_read_or_be_told_its_place(text: str) -> None:
    found = read_or_told(text)
    if isinstance(found, RuleMisread):
        lines = text.split("\n")
        assert 1 <= found.line <= len(lines) + 1
        assert 1 <= found.column <= max(map(len, lines)) + 1
        assert found.what
    else:
        assert set(found.names) <= set(vocabulary())
        assert value_of(found, {}) in (True, False, None)
