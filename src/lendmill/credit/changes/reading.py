"""What a rule about an open line may read: everything a rule about an applicant may, and the line itself."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final, Literal

from lendmill.credit.rules.expression import Expression
from lendmill.credit.rules.grammar import read
from lendmill.credit.rules.rows import value_of
from lendmill.credit.rules.vocabulary import Fact, vocabulary

Verdict = Literal["hit", "miss", "unknown"]

# What is read from the line; `credit.changes.weighing` takes each out of it.
LINE_FACTS: Final = (
    Fact("line_product", "text", "the product the line is for", "授信产品"),
    Fact("line_limit_cents", "number", "limit of the line", "授信额度", "cents"),
    Fact("line_used_share", "number", "how much of the limit is used or reserved", "额度使用率", "share"),
    Fact("line_open_days", "number", "days since the line was opened", "授信天数", "days"),
    Fact("line_rest_days", "number", "days since its limit or price was last changed", "距上次调整天数", "days"),
    Fact("late_days", "number", "days for which something has been late with us", "当前逾期天数", "days"),
    Fact("grade_at_opening", "text", "the grade when the line was opened", "开户时评级", "",
         vocabulary()["grade"].choices),
)  # fmt: skip


@cache
def line_vocabulary() -> Mapping[str, Fact]:
    """Every fact a rule about an open line may name."""
    return {**vocabulary(), **{fact.name: fact for fact in LINE_FACTS}}


@lru_cache(maxsize=1_024)
def read_change(text: str) -> Expression:
    """A rule about an open line, as read; raises `RuleMisread`."""
    return read(text, "truth", line_vocabulary())


@lru_cache(maxsize=1_024)
def _alone(name: str) -> Expression:
    return read(name, line_vocabulary()[name].kind, line_vocabulary())


def verdict(text: str, known: Mapping[str, Any]) -> tuple[Verdict, dict[str, Any]]:
    """Whether a rule holds of a line, with what it read; what is not known leaves it open unless it holds anyway.

    >>> verdict("loans_repaid >= 3 and late_days = 0", {"loans_repaid": 3, "late_days": 0})[0]
    'hit'
    >>> verdict("loans_repaid >= 3 and late_days = 0", {"loans_repaid": 1})[0]
    'unknown'
    """
    expression = read_change(text)
    values = {name: value_of(_alone(name), known) for name in expression.names}
    if value_of(expression, known):
        return "hit", values
    return ("unknown" if None in values.values() else "miss"), values
