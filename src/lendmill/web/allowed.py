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
    "a change of the limit or of the rate, not of both",
    "{most}, and not {left_out}",
    "above {least} for the reason {reason}",
    "below {most} for the reason {reason}",
    "a day",
    "true or false",
    "a rule has at most {most} letters: write two",
    "brackets go deeper than {most}: write two rules",
    "this gives {kind}, but must give {wanted}",
    "half a letter is not text",
    "a rule is written in letters, digits and signs",
    "a quote is not closed",
    "say when the rule stops somebody, such as refund_rate_90 > 0.3",
    "cannot be read at {word}: write a condition such as refund_rate_90 > 0.3",
    "what is not known makes the rule unknown; its field `unknown` says what then",
    "{part} is not part of a rule: its signs are {signs}",
    "{part} is not part of a rule: facts, figures, words, and, or, not, {signs}",
    "{part} is more than a rule may say here",
    "something is missing here",
    "there is no fact called {name}",
    "{name}; did you mean {near}?",
    "{number} is not a number that can be counted with",
    "only a day is written with its type, such as date '2026-01-31'",
    "{written} is not a day: write date '2026-01-31'",
    "{kind} is not more or less than another: use =, <> or in",
    "{kind} is not between two others: use in",
    "in (...) lists what is looked for as written: ('A', 'B') or (1, 2)",
    "here must stand {kind}, not {other}",
    "{word} is none of {choices}",
    "in this file",
    "in this form",
    "left open",
)
BLANK: Final = re.compile(r"\\\{(\w+)\\\}")
FIGURES: Final = ("line", "column", "n", "m")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each sentence with what finds it: those that begin with a blank last; of the others, as of those, the one with
    fewest blanks, and of those the longest, first."""
    ordered = sorted(ALLOWED, key=lambda each: (each.startswith("{"), each.count("{"), -len(each)))
    return tuple((each, re.compile(BLANK.sub(_filled, re.escape(each)), re.DOTALL)) for each in ordered)


def _filled(blank: re.Match[str]) -> str:
    return f"(?P<{blank[1]}>{'[0-9]+' if blank[1] in FIGURES else '.+'})"


def found_in(text: str) -> tuple[str, dict[str, str]]:
    """Which sentence a text is, and what fills its blanks; one that is none of ours is itself.

    >>> found_in("at least 18"), found_in("one of a, b"), found_in("otherwise")
    (('at least {least}', {'least': '18'}), ('one of {choices}', {'choices': 'a, b'}), ('otherwise', {}))
    """
    for sentence, pattern in _patterns():
        if whole := pattern.fullmatch(text):
            return sentence, whole.groupdict()
    return text, {}
