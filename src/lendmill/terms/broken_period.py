"""The odd days before the first regular period, and which instalments carry their interest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from lendmill.refusals import Refusal
from lendmill.terms.interest import rounded
from lendmill.terms.moments import Pricing, Stretch
from lendmill.terms.periods import periods_between
from lendmill.terms.schedule import Draw, PlannedRow

BrokenPeriod = Literal["spread", "first-instalment", "upfront"]
BROKEN_PERIODS: Final[tuple[BrokenPeriod, ...]] = ("spread", "first-instalment", "upfront")


class UnknownBrokenPeriod(Refusal):
    """{way!r} is not a way of asking for a broken period's interest; choose one of {ways}."""


def broken_period_interest(pricing: Pricing, draws: Sequence[Draw], regular_from: date) -> int:
    """What the nights between the draws and the first regular period cost, rounded once.

    >>> from fractions import Fraction
    >>> drawn = Draw(date(2023, 11, 3), 10_000_000)
    >>> broken_period_interest(Pricing(Fraction("0.145"), "actual/365"), [drawn], date(2023, 11, 5))
    7945
    """
    early = [draw for draw in draws if draw.on < regular_from]
    if not early:
        return 0
    (period,) = periods_between(min(draw.on for draw in early), [regular_from])
    exact = pricing.exact([Stretch(period, draw.on, regular_from, draw.amount_cents) for draw in early])
    return pricing.cents(exact)


def with_broken_period(
    rows: Sequence[PlannedRow], way: str, broken_cents: int, direction: str
) -> tuple[PlannedRow, ...]:
    """The rows with the broken period's interest: an equal part on each, all on the first, or on none (paid at once).

    The payment and the principal parts do not change.
    """
    if way not in BROKEN_PERIODS:
        raise UnknownBrokenPeriod(way=way, ways=", ".join(BROKEN_PERIODS))
    share = Fraction(broken_cents, len(rows))
    each = rounded(share.numerator, share.denominator, direction) if way == "spread" else 0
    first = broken_cents if way == "first-instalment" else each
    more = (first, *[each] * (len(rows) - 1))
    return tuple(replace(row, interest_cents=row.interest_cents + cents) for row, cents in zip(rows, more, strict=True))
