"""The public index (诚信指数): how a shop keeps its word, from what other parties may see; it says nothing of its PD.

It reads no sales figure, no tax, bureau or customs figure, no stated figure and no answer of a questionnaire, and
neither points nor grade: two shops alike in what is read here have the same index, however they are rated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec

INDEX_MAX: Final = 1000
WHOLE: Final = 1000  # a share in thousandths


class Measure(msgspec.Struct, frozen=True):
    """A figure and what it is worth, in thousandths: the last step whose figure it reaches."""

    feature: str
    steps: tuple[tuple[float, int], ...]

    def worth(self, value: float) -> int:
        """What a figure is worth.

        >>> Measure("years", ((0.0, 200), (1.0, 500), (3.0, 1000))).worth(2.5)
        500
        """
        return max((step for step in self.steps if step[0] <= value), default=self.steps[0])[1]


class Part(msgspec.Struct, frozen=True):
    """One part of the index: its weight, and its measures, of which the weakest known one counts."""

    key: str
    weight: int
    measures: tuple[Measure, ...]
    consent: str = "index"


class Formula(msgspec.Struct, frozen=True):
    """The whole index as data: its name, from when on it holds, its parts, its levels, and how much must be known."""

    name: str
    in_force_on: date
    parts: tuple[Part, ...]
    levels: tuple[tuple[str, int], ...]
    known_weight_min: int


def _falling(feature: str, *steps: tuple[float, int]) -> Measure:
    """A measure of which little is best: from nought on all, then less."""
    return Measure(feature, ((0.0, WHOLE), *steps))


IDENTITY: Final = "identity_verified"
YEARS: Final = "years_trading"
REPAID: Final = "loans_repaid"
LATE_DAYS: Final = "days_past_due_worst"

FORMULAS: Final = (
    Formula(
        name="index-1",
        in_force_on=date(2020, 1, 1),
        parts=(
            Part("identity", 150, (Measure(IDENTITY, ((0.0, 0), (1.0, WHOLE))),)),
            Part("years", 150, (Measure(YEARS, ((0.0, 200), (1.0, 500), (2.0, 650), (3.0, 800), (5.0, WHOLE))),)),
            Part(
                "registry",
                150,
                (
                    Measure("registry_active", ((0.0, 0), (1.0, WHOLE))),
                    _falling("registry_enforcement", (1.0, 0)),
                    _falling("registry_legal_cases", (1.0, 700), (3.0, 400), (10.0, 0)),
                ),
            ),
            Part("refunds", 150, (_falling("refund_rate_365", (0.02, 900), (0.05, 750), (0.1, 450), (0.2, 0)),)),
            Part("disputes", 150, (_falling("dispute_rate_365", (0.001, 900), (0.005, 700), (0.02, 350), (0.05, 0)),)),
            Part(
                "delivery",
                100,
                (_falling("order_cancelled_share_90", (0.01, 900), (0.03, 700), (0.08, 350), (0.15, 0)),),
            ),
            Part(
                "answers",
                75,
                (
                    _falling("message_answer_minutes_90", (15.0, 850), (60.0, 650), (240.0, 350), (1440.0, 0)),
                    _falling("message_unanswered_share_90", (0.02, 850), (0.1, 500), (0.3, 0)),
                ),
            ),
            Part(
                "reviews",
                75,
                (Measure("review_mean_365", ((0.0, 0), (3.0, 300), (4.0, 650), (4.5, 850), (4.8, WHOLE))),),
            ),
            Part(
                "repayment",
                150,
                (
                    Measure(REPAID, ((0.0, 600), (1.0, 800), (3.0, WHOLE))),
                    _falling(LATE_DAYS, (1.0, 900), (4.0, 600), (31.0, 200), (91.0, 0)),
                ),
                consent="index-repayment",
            ),
        ),
        levels=(("excellent", 900), ("very good", 800), ("good", 650), ("fair", 450), ("building", 0)),
        known_weight_min=500,
    ),
)

NOT_ENOUGH: Final = "not enough known"
STRENGTHS: Final = (("strong", 800), ("fair", 450), ("weak", 0))


@dataclass(frozen=True, slots=True)
class PartShown:
    """One part as others see it: strong, fair or weak, or not known; never the figure behind it."""

    key: str
    strength: str


@dataclass(frozen=True, slots=True)
class PublicIndex:
    """The index as others see it: all of it, and nothing beside."""

    formula: str
    as_of_on: date | None
    points: int | None
    level: str
    parts: tuple[PartShown, ...]


def formula_on(day: date, formulas: Sequence[Formula] = FORMULAS) -> Formula:
    """The formula in force on a day; before the first, the first."""
    return max((f for f in formulas if f.in_force_on <= day), key=lambda f: f.in_force_on, default=formulas[0])


def public_index(
    formula: Formula, facts: Mapping[str, Any], consents: frozenset[str], *, as_of_on: date | None
) -> PublicIndex:
    """The index of one shop, of the parts it agreed to show and of which anything is known.

        points = 1000 * sum(weight * worth) / sum(weight), over the known parts

    Where less than half of all weight is known there is no index yet, only its parts.
    """
    shown, weighed, weights = [], 0, 0
    for part in formula.parts:
        worth = _worth(part, facts) if part.consent in consents else None
        if part.consent in consents:
            shown.append(PartShown(part.key, "unknown" if worth is None else _named(STRENGTHS, worth)))
        if worth is not None:
            weighed, weights = weighed + part.weight * worth, weights + part.weight
    if weights < formula.known_weight_min:
        return PublicIndex(formula.name, as_of_on, None, NOT_ENOUGH, tuple(shown))
    points = (2 * INDEX_MAX * weighed + weights * WHOLE) // (2 * weights * WHOLE)
    return PublicIndex(formula.name, as_of_on, points, _named(formula.levels, points), tuple(shown))


def _worth(part: Part, facts: Mapping[str, Any]) -> int | None:
    known = [(measure, facts.get(measure.feature)) for measure in part.measures]
    worths = [measure.worth(float(value)) for measure, value in known if isinstance(value, int | float)]
    return min(worths, default=None)


def _named(levels: Sequence[tuple[str, int]], value: int) -> str:
    return next(name for name, least in levels if value >= least)


def years_between(since_on: date | None, today: date) -> float | None:
    """Whole years a shop has been there.

    >>> years_between(date(2023, 3, 1), date(2026, 2, 28)), years_between(None, date(2026, 1, 1))
    (2.0, None)
    """
    if since_on is None or since_on > today:
        return None
    return float(today.year - since_on.year - ((today.month, today.day) < (since_on.month, since_on.day)))
