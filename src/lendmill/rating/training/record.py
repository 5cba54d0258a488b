"""A card learned from the lake's own record of the shops whose outcome is known."""

from collections.abc import Callable
from datetime import date
from typing import Final

import polars as pl

from lendmill.features import windows
from lendmill.features.catalogue import FEATURES
from lendmill.rating.card import Card
from lendmill.rating.training.examples import OUTCOME, examples
from lendmill.rating.training.lessons import Report, train
from lendmill.shops.lake import Lake

# What sellers say of themselves is voluntary and not validated: a card reads it only where somebody asks for it.
READ: Final = tuple(feature for feature in FEATURES if feature.block != "psychometrics")


def learned_from(
    lake: Lake,
    labels: pl.DataFrame,
    *,
    today: date,
    key: str,
    repeats: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Card, Report]:
    """Learn from outcomes known on a day, each beside what was known of its shop on the day it is about."""
    known = examples(labels, lambda on, shops: windows.as_of(lake, on, shops), today=today)
    return train(known, OUTCOME, READ, key=key, repeats=repeats, progress=progress)
