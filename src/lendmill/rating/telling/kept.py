"""What is put on top of a card's answer: first a thin file, then the adjustment of the times; and how it is kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import msgspec
import polars as pl

from lendmill.rating.adjusting.table import Adjustment, body_of, together
from lendmill.rating.card import Card, Contribution, Rated
from lendmill.rating.scale import logit_of, probability
from lendmill.rating.tables import START, Reading
from lendmill.rating.telling.blocks import Ends, SubScore, ends_of, known_blocks, sub_scores
from lendmill.rating.thin import HISTORY, SALES, File, ThinRule, capped, file_of, interval, rule_on, shrunk

THIN: Final = "thin-file"
ADJUSTMENT: Final = "adjustment"
ROUNDING: Final = "rounding"
BESIDE: Final = frozenset({START, ROUNDING, THIN, ADJUSTMENT})
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
    shops, bads = sum(band.shops for band in card.bands), sum(band.bads for band in card.bands)
    return logit_of(bads / shops) if 0 < bads < shops else card.start


@dataclass(frozen=True)
class Teller:
    """Finishes the ratings of one card on one day; what they share is worked out once."""

    card: Card
    times: Times

    @cached_property
    def ends(self) -> Ends:
        """The fewest and most points each table can give, by block."""
        return ends_of(self.card)

    @cached_property
    def population(self) -> int:
        """The log odds thin files are drawn towards."""
        return population_logit(self.card)

    def finished(self, rated: Rated, facts: Mapping[str, Any], *, blocks: int, place: Place) -> tuple[Rated, Telling]:
        """A rating as it is given: the card's, drawn in where the file is thin, adjusted, its grade capped, and how.

        A point of adjustment is exactly one point: the logit moves by that many of the scale's, and PD and grade follow
        by the card's own scale. A rating the card could not give stays as it is; nothing is put on top of the unknown.
        """
        file = file_of(facts, blocks, self.times.thin)
        if rated.points is None or rated.logit is None:
            return rated, Telling(card_grade=rated.grade, file=file, grade_uncapped=rated.grade)
        scale, population = self.card.scale, self.population
        logit = shrunk(rated.logit, population, file.credibility_bp) if file.kind == "thin" else rated.logit
        concerned = tuple(each for each in self.times.adjustments if each.concerns(place.industry, place.region))
        added = together(concerned)
        thin_points = scale.points(logit) - rated.points
        moved = logit + added * scale.per_point
        points = scale.points(moved)
        assert points == rated.points + thin_points + added, "a point of adjustment is a point"

        own = None if rated.pd_low is None or rated.pd_high is None else (rated.pd_low, rated.pd_high)
        found = own if moved == rated.logit else interval(own, rated.logit, moved, file.credibility_bp, self.times.thin)
        uncapped = grade = scale.grade(points)
        if file.kind == "thin":
            grade = capped([uncapped, scale.grade(rated.points + added)], scale, self.times.thin)
        parts = [*rated.contributions, *_beside(thin_points, file, concerned, added)]
        given = msgspec.structs.replace(
            rated,
            points=points,
            pd=probability(moved),
            grade=grade,
            logit=moved,
            contributions=tuple(parts),
            pd_low=found[0] if found else None,
            pd_high=found[1] if found else None,
        )
        return given, Telling(
            card_points=rated.points,
            card_pd=rated.pd,
            card_grade=rated.grade,
            population_pd=probability(population) if file.kind == "thin" else None,
            pd_low=given.pd_low,
            pd_high=given.pd_high,
            blocks=sub_scores(self.ends, rated.contributions),
            file=file,
            grade_uncapped=uncapped,
            adjustments=tuple(body_of(each) for each in concerned),
            adjustment_points=added,
        )


def opened(card: Card, parts: Sequence[Contribution]) -> tuple[Contribution, ...]:
    """A rating's parts as they are shown: the start all shops have, and what rounding left over by itself."""
    start, shown = card.scale.points(card.start), []
    for part in parts:
        left = part.points - start if part.feature == START else 0
        shown.append(msgspec.structs.replace(part, points=part.points - left, points_max=part.points_max - left))
        if left:
            shown.append(Contribution(ROUNDING, "", left, left, Reading.KNOWN))
    return tuple(shown)


def _beside(thin_points: int, file: File, concerned: Sequence[Adjustment], added: int) -> list[Contribution]:
    """The contributions that no table gave; those of nothing are left out."""
    parts = []
    if file.kind == "thin":
        parts.append(Contribution(THIN, ", ".join(file.short_of), thin_points, thin_points, Reading.KNOWN))
    if concerned:
        what = "; ".join(each.reason for each in concerned)
        parts.append(Contribution(ADJUSTMENT, what, added, added, Reading.KNOWN))
    return parts


Row = tuple[str, int | None, float | None, str, str, list[str], str]
"""A rating as it is kept: shop, points, PD, grade, contributions, what could not be read and why, and the telling."""


def rows(card: Card, frame: pl.DataFrame, *, places: Mapping[str, Place], times: Times) -> Iterator[Row]:
    """The ratings of a table of features as the rows to keep, in its order; each is what `Teller.finished` gives.

    Every row carries its reasons, so shops are rated one by one: the same to the bit as `Card.rate_table`, and with the
    reasons quicker.
    """
    teller = Teller(card, times)
    read = [name for name in dict.fromkeys((*card.features, HISTORY, *SALES)) if name in frame.columns]
    shops = frame["shop_key"].to_list()
    for shop_key, facts, blocks in zip(
        shops, frame.select(read).iter_rows(named=True), known_blocks(frame), strict=True
    ):
        given, telling = teller.finished(card.rate(facts), facts, blocks=blocks, place=places.get(shop_key, Place()))
        doubts = [f"{each.feature}: {each.reason}" for each in given.unknown]
        parts, told = (msgspec.json.encode(each).decode() for each in (given.contributions, telling))
        yield shop_key, given.points, given.pd, given.grade, parts, doubts, told
