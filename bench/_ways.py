"""Our cards and what analysts use, asked alike: learn from some rows, tell PDs of others."""

import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from _yardsticks import YARDSTICKS

from lendmill.rating.crowd import probabilities
from lendmill.rating.scale import Scale
from lendmill.rating.training.bins import Feature
from lendmill.rating.training.learners import LEARNERS, Asked, NothingLearned
from lendmill.rating.training.record import FEATURES_MAX, READ

CARDS = {"boosted card": "boosted", "classic card": "classic"}


@dataclass(frozen=True)
class Asking:
    """What all are asked: to learn from these rows, whether they turned bad, and which shops they are of."""

    learn: pl.DataFrame
    bad: Any
    shops: Any
    held: pl.DataFrame
    catalogue: Sequence[Feature]
    target: str


@dataclass(frozen=True)
class Answer:
    """What one told of the rows held back, and how many of them its card would not have rated in serving."""

    pd: Any
    unknown: int | None = None
    tables: tuple[str, ...] = ()


def ways(names: Collection[str]) -> dict[str, Callable[[Asking], Answer]]:
    """Each way asked for, by its name."""
    there: dict[str, Callable[[Asking], Answer]] = {name: _card(kind) for name, kind in CARDS.items()}
    there |= {f"{name}, signs of default": _card(kind, READ) for name, kind in CARDS.items()}
    there |= {name: _yardstick(name) for name in YARDSTICKS}
    return {name: there[name] for name in names}


def _card(kind: str, catalogue: Sequence[Feature] = ()) -> Callable[[Asking], Answer]:
    def told(asking: Asking) -> Answer:
        asked = Asked(catalogue or asking.catalogue, (), kind, asking.target, Scale(), features_max=FEATURES_MAX)
        shops = np.unique(asking.shops, return_inverse=True)[1]
        try:
            card = LEARNERS[kind](asking.learn, asking.bad, shops, asked).card
        except NothingLearned:
            return Answer(np.full(asking.held.height, asking.bad.mean()), 0)
        logit, unknown = card.logits(asking.held)
        return Answer(np.asarray(probabilities(logit)), int(unknown.sum()), tuple(t.feature for t in card.tables))

    return told


def _yardstick(name: str) -> Callable[[Asking], Answer]:
    """One of the others, on the columns of which anything is known."""

    def told(asking: Asking) -> Answer:
        way = YARDSTICKS[name]
        names = [each.name for each in asking.catalogue if asking.learn[each.name].drop_nulls().n_unique() > 1]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tells = way.fit(way.ready(asking.learn.select(names), {}), asking.bad)
            return Answer(np.asarray(tells(way.ready(asking.held.select(names), {})), dtype=np.float64))

    return told
