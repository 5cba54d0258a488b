"""What a field must be, in Chinese: documents tell it in English, in sentences with figures and choices in them."""

import re
from functools import cache
from typing import Final

ALLOWED: Final = (
    "given",
    "left out: there is no such field",
    "valid TOML",
    "a number",
    "a number, at most {most}",
    "a whole number",
    "a date",
    "a word or a number",
    "TRUE or FALSE",
    "a name",
    "a name in Chinese",
    "at least one",
    "each named once",
    "each rule named once",
    "each table named once",
    "0 or more",
    "1 or more",
    "18 or more",
    "above 0",
    "above 0, at most 1",
    "from {least} to {most}",
    "at least {least}",
    "at most {most}",
    "one of {choices}",
    "out of {choices}",
    "some of {choices}",
    "grades out of {choices}",
    "exactly the grades {choices}",
    "given for exactly the grades {choices}",
    "a condition that can be read ({rule}, line {line}, column {column}: {what})",
    "in the catalogue of features",
    "never more for a worse grade",
    "never less for a worse grade",
    "no sooner than where it refers, {refer}",
    "given, or decline_when, or both",
    "told, in at most {most} letters",
    "a day, such as 2026-01-31",
    "a percentage with at most two decimals",
    "an amount in yuan, such as 7000 or 7000.50",
    "a limit in yuan and a percentage on each line, such as 10000 80%",
    "a PD between pd_low and pd_high",
    "at least one grade",
    "int",
    "str",
    "bool",
    "float",
    "array",
    "object",
    "a word",
    "from which number on",
    "at least one table",
    "at least one fact",
    "each combination once",
    "given, as is every other combination",
    "the rule that sets it",
    "the day from which that law is in force",
    "a share of at most {most} basis points",
    "small letters, digits and hyphens",
    "at most {most} letters",
    "both given, or neither",
    "{also}: format the cell as text",
    "{curve} has a rate outside 0 to 1: write 4 % as 0.04 or 4%",
    "{curve} has a share outside 0 to 1",
    "{curve} has rates that do not rise",
    "{curve} needs at least {n} rates",
    "{curve} has more than {n} rates",
    "{curve} has {n} rates, but {m} shares",
    "it needs a line of names and at least {n} rates",
    "each column after the rate needs a name of its own",
    "line {line} has {n} cells, the first line {m}",
    "line {line} says {cell}, which is not a number",
    "in this file",
    "in this form",
    "left open",
)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each sentence with what finds it; the one with fewest blanks, and of those the longest, first."""
    ordered = sorted(ALLOWED, key=lambda each: (each.count("{"), -len(each)))
    return tuple(
        (each, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(each)), re.DOTALL)) for each in ordered
    )


def found_in(text: str) -> tuple[str, dict[str, str]]:
    """Which sentence a text is, and what fills its blanks; one that is none of ours is itself.

    >>> found_in("at least 18"), found_in("one of a, b"), found_in("otherwise")
    (('at least {least}', {'least': '18'}), ('one of {choices}', {'choices': 'a, b'}), ('otherwise', {}))
    """
    for sentence, pattern in _patterns():
        if whole := pattern.fullmatch(text):
            return sentence, whole.groupdict()
    return text, {}
