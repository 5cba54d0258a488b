"""A card learned from the lake's own record of the shops whose outcome is known."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import msgspec
import polars as pl

from lendmill.features import windows
from lendmill.features.catalogue import FEATURES, Feature
from lendmill.rating.card import Card
from lendmill.rating.training.examples import FELL, examples, outcome_of, undated
from lendmill.rating.training.lessons import Kind, Report, train
from lendmill.shops.lake import Lake

# What sellers say of themselves is voluntary and not validated: a card reads it only where somebody asks for it.
FEATURES_MAX: Final = 60  # of the catalogue's hundreds, many of which are windows of one figure
READ: Final = tuple(feature for feature in FEATURES if feature.block != "psychometrics")


def features_for(target: str) -> tuple[Feature, ...]:
    """What a card of an outcome reads.

    The catalogue's directions are those of default. A fall is measured against a shop's own last days, so that a good
    month makes one likelier: there no feature has a direction beforehand.
    """
    return tuple(replace(feature, higher_is=None) for feature in READ) if target == FELL else READ


def learned_from(
    lake: Lake,
    labels: pl.DataFrame,
    *,
    today: date,
    key: str,
    kind: Kind = "classic",
    repeats: int = 0,
    later_from: date | None = None,
    turned_away: Sequence[tuple[str, date]] = (),
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Card, Report]:
    """Learn from outcomes known on a day, each beside what was known of its shop on the day it is about.

    `turned_away`: shops that applied on a day and got nothing, for reject inference; nobody unless they are named.
    """
    known = examples(labels, lambda on, shops: windows.as_of(lake, on, shops), today=today)
    others = windows.training_set(lake, turned_away) if turned_away else None
    target = outcome_of(labels)
    card, report = train(
        known, target, features_for(target), kind=kind, key=key, repeats=repeats, later_from=later_from,
        turned_away=others, features_max=FEATURES_MAX, progress=progress,
    )  # fmt: skip
    return card, msgspec.structs.replace(report, notes=(*undated(labels, today), *report.notes))
