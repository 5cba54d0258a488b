"""What is put on top of a card's answer, in this order: a thin file, then the adjustment of the times; and how it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec

from lendmill.rating.adjusting.table import Adjustment, body_of, together
from lendmill.rating.card import Card, Contribution, Rated
from lendmill.rating.scale import logit_of, probability
from lendmill.rating.tables import START, Reading
from lendmill.rating.telling.blocks import SubScore, sub_scores
from lendmill.rating.thin import File, ThinRule, capped, file_of, interval, rule_on, shrunk

THIN: Final = "thin-file"
ADJUSTMENT: Final = "adjustment"
BESIDE: Final = frozenset({START, THIN, ADJUSTMENT})
"""Contributions that are no table of the card; with the tables' they sum to the points."""


class Place(msgspec.Struct, frozen=True):
    """Where a shop belongs, for adjustments: its industry and region."""

    industry: str = "unknown"
    region: str = "unknown"


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """How a rating came about beside its contributions: the card's own answer, the sub-scores, what was put on top."""

    card_points: int | None = None
    card_pd: float | None = None
    card_grade: str = ""
    population_pd: float | None = None
    pd_low: float | None = None
    pd_high: float | None = None
    blocks: dict[str, SubScore] = {}
    file: File = File(kind="unjudged")
    grade_uncapped: str = ""
    adjustments: tuple[dict[str, Any], ...] = ()
    adjustment_points: int = 0


@dataclass(frozen=True)
class Times:
    """What holds for all ratings of a day: the rule for thin files and the adjustments in force."""

    thin: ThinRule
    adjustments: tuple[Adjustment, ...] = ()

    @classmethod
    def on(cls, day: date, adjustments: Sequence[Adjustment] = ()) -> "Times":
        """The rules in force on a day."""
        return cls(rule_on(day), tuple(adjustments))


def population_logit(card: Card) -> int:
    """The log odds of the shops a card was learned from; a card that does not tell them stands at its start."""
    bands = getattr(card, "bands", ())
    shops, bads = sum(each.shops for each in bands), sum(each.bads for each in bands)
    return logit_of(bads / shops) if 0 < bads < shops else card.start


def finished(
    card: Card, rated: Rated, facts: Mapping[str, Any], *, blocks: int, place: Place, times: Times
) -> tuple[Rated, Telling]:
    """A rating as it is given: the card's, drawn in where the file is thin, adjusted, its grade capped, and how.

    A point of adjustment is exactly one point: the logit moves by that many of the scale's, and PD and grade follow by the
    card's own scale. A rating the card could not give stays as it is; nothing is put on top of the unknown.
    """
    file = file_of(facts, blocks, times.thin)
    if rated.points is None or rated.pd is None:
        return rated, Telling(card_grade=rated.grade, file=file, grade_uncapped=rated.grade)
    scale, population = card.scale, population_logit(card)
    logit = shrunk(rated.logit, population, file.credibility_bp) if file.kind == "thin" else rated.logit
    concerned = tuple(each for each in times.adjustments if each.concerns(place.industry, place.region))
    added = together(concerned)
    thin_points = scale.points(logit) - rated.points
    moved = logit + added * scale.per_point
    points = scale.points(moved)
    assert points == rated.points + thin_points + added, "a point of adjustment is a point"

    own = _interval_of(rated)
    found = interval(own, rated.logit, moved, file.credibility_bp, times.thin)
    uncapped = grade = scale.grade(points)
    if file.kind == "thin":
        grade = capped([uncapped, scale.grade(rated.points + added)], scale, times.thin)
    parts = [*rated.contributions, *_beside(thin_points, file, concerned, added)]
    given = msgspec.structs.replace(
        rated,
        points=points,
        pd=probability(moved),
        grade=grade,
        logit=moved,
        contributions=tuple(parts),
    )
    return given, Telling(
        card_points=rated.points,
        card_pd=rated.pd,
        card_grade=rated.grade,
        population_pd=probability(population) if file.kind == "thin" else None,
        pd_low=found[0] if found else None,
        pd_high=found[1] if found else None,
        blocks=sub_scores(card, rated.contributions),
        file=file,
        grade_uncapped=uncapped,
        adjustments=tuple(body_of(each) for each in concerned),
        adjustment_points=added,
    )


def _interval_of(rated: Rated) -> tuple[float, float] | None:
    low, high = getattr(rated, "pd_low", None), getattr(rated, "pd_high", None)
    return None if low is None or high is None else (low, high)


def _beside(thin_points: int, file: File, concerned: Sequence[Adjustment], added: int) -> list[Contribution]:
    """The contributions that no table gave; those of nothing are left out."""
    parts = []
    if file.kind == "thin":
        parts.append(Contribution(THIN, ", ".join(file.short_of), thin_points, thin_points, Reading.KNOWN))
    if concerned:
        what = "; ".join(each.reason for each in concerned)
        parts.append(Contribution(ADJUSTMENT, what, added, added, Reading.KNOWN))
    return parts
