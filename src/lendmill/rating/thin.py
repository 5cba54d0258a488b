"""A shop whose record is short: what it says counts in part only, and how good its grade may be is limited."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Context, Decimal
from math import isqrt
from typing import Any, Final, Literal

import msgspec

from lendmill.rating.scale import LOGIT_UNITS, Scale, logit_of, probability

WHOLE_BP: Final = 10_000
_EXACT: Final = Context(prec=28)

FileClass = Literal["full", "thin", "unjudged"]


class ThinRule(msgspec.Struct, frozen=True, kw_only=True):
    """From how long a history, how many sales and how many blocks on a record is full; dated, as rules change."""

    in_force_on: date
    history_days_min: int
    sales_min: int
    blocks_min: int
    grade_best: str
    spread_milli: int
    """How far shops' log odds spread around the average, in thousandths of a logit: what is unknown of a new shop."""


RULES: Final = (
    ThinRule(
        in_force_on=date(2020, 1, 1),
        history_days_min=90,
        sales_min=20,
        blocks_min=2,
        grade_best="BB",
        spread_milli=1_000,
    ),
)


def rule_on(day: date) -> ThinRule:
    """The rule in force on a day; before the first, the first."""
    return max((rule for rule in RULES if rule.in_force_on <= day), key=lambda r: r.in_force_on, default=RULES[0])


class File(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a record there is: full, thin, or unjudged where the table rated says nothing of its own length."""

    kind: FileClass
    short_of: tuple[str, ...] = ()
    history_days: int | None = None
    sales: int | None = None
    blocks: int | None = None
    credibility_bp: int = WHOLE_BP
    rule_on: date | None = None


HISTORY: Final = "history_days"
SALES: Final = ("sales_count_365", "payment_count_365")  # the first that is known: some sources tell payments only


def file_of(facts: Mapping[str, Any], blocks: int, rule: ThinRule) -> File:
    """How full the record is, and how much it may count: the square-root rule of limited fluctuation credibility.

        Z = min over days, sales and blocks of sqrt(have / needed), at most 1

    (Mowbray 1914; Longley-Cook 1962.) It reaches 1 exactly where the record is full, so that nothing jumps on that day.
    A length nobody can tell counts as none; a table without such a column is another's, and is not judged.

    >>> found = file_of({"history_days": 40.0, "sales_count_365": 300.0}, 3, RULES[0])
    >>> found.kind, found.short_of, found.credibility_bp
    ('thin', ('history',), 6666)
    """
    if HISTORY not in facts:
        return File(kind="unjudged")
    days, sales = (
        _whole(facts.get(HISTORY)),
        _whole(next((facts[name] for name in SALES if facts.get(name) is not None), None)),
    )
    held = (
        ("history", days, rule.history_days_min),
        ("sales", sales, rule.sales_min),
        ("blocks", blocks, rule.blocks_min),
    )
    short_of = tuple(name for name, have, need in held if have < need)
    return File(
        kind="thin" if short_of else "full",
        short_of=short_of,
        history_days=days,
        sales=sales,
        blocks=blocks,
        credibility_bp=min(credibility_bp(have, need) for _, have, need in held),
        rule_on=rule.in_force_on,
    )


def credibility_bp(have: int, need: int) -> int:
    """How much a record counts, in ten-thousandths, rounded down.

    >>> credibility_bp(40, 90), credibility_bp(90, 90), credibility_bp(0, 90), credibility_bp(400, 90)
    (6666, 10000, 0, 10000)
    """
    return min(WHOLE_BP, isqrt(max(0, have) * WHOLE_BP**2 // need))


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and value == value and abs(value) < 10**9 else 0


def shrunk(logit: int, population: int, bp: int) -> int:
    """A logit drawn towards the population's, as a whole number: all of it where the record is full.

        population + (logit - population) * Z

    >>> shrunk(3_000, 1_000, 5_000), shrunk(-3_000, 1_000, 0), shrunk(7, 1, 10_000)
    (2000, 1000, 7)
    """
    return population + (logit - population) * bp // WHOLE_BP


def interval(
    pd: tuple[float, float] | None, logit: int, moved: int, bp: int, rule: ThinRule
) -> tuple[float, float] | None:
    """The interval of a PD after it was moved from one logit to another, wider the less of the record counts.

        half_width = sqrt(card_half_width ** 2 + (1.96 * (1 - Z) * spread) ** 2)

    The card's own doubt stays whole, and the part of the shop that was taken from the population is as uncertain as
    shops differ. Where the card tells no interval, none is made up.
    """
    if pd is None:
        return None
    best, worst = (logit_of(min(max(each, 1e-6), 1 - 1e-6)) for each in pd)
    more = Decimal("1.96") * (WHOLE_BP - bp) * rule.spread_milli * LOGIT_UNITS / (WHOLE_BP * 1000)
    above, below = (_EXACT.sqrt(Decimal(max(0, side)) ** 2 + more**2) for side in (best - logit, logit - worst))
    return probability(moved + int(above)), probability(moved - int(below))


def capped(grades: Iterable[str], scale: Scale, rule: ThinRule) -> str:
    """The grade a thin file may have: the worst of those found for it and of the best the rule allows.

    What is drawn towards the population must not be graded better than the little that is known of it. A scale that
    does not know the rule's grade has no cap.

    >>> capped(["AA"], Scale(), RULES[0]), capped(["C"], Scale(), RULES[0]), capped(["BBB", "D"], Scale(), RULES[0])
    ('BB', 'C', 'D')
    """
    names = [each.name for each in scale.grades]
    allowed = [rule.grade_best] if rule.grade_best in names else []
    return max((*grades, *allowed), key=names.index)
