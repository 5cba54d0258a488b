"""People who answer the questionnaire, made by rule: steady ones, straight-liners, hurried ones, embellishers."""

from collections.abc import Callable

import numpy as np

from lendmill.rating.psychometrics.form import composed
from lendmill.rating.psychometrics.graded import likelihoods
from lendmill.rating.psychometrics.item import Item, ItemBank, shipped_bank
from lendmill.rating.psychometrics.timing import ItemAnswer, pace_of

BANK = shipped_bank()
LANGUAGE = "zh-Hans"


def usual_seconds(item: Item) -> float:
    """What an item takes when nothing is unusual."""
    return round(float(np.exp(pace_of(BANK, item, LANGUAGE).log_seconds)), 3)


def sheet(
    choose: Callable[[Item], int], *, seed: int = 7, seconds: Callable[[Item], float | None] = usual_seconds
) -> list[ItemAnswer]:
    """A whole form answered by a rule: `choose` gives the score in the direction of the trait."""
    items = [BANK.by_key[screen.item_key] for screen in composed(BANK, seed)]
    return [ItemAnswer(item.key, item.scored(choose(item)), seconds(item), LANGUAGE) for item in items]


def drawn_score(item: Item, theta: float, rng: np.random.Generator) -> int:
    """A score as the model draws it for somebody with this trait."""
    chances = likelihoods(item.a, item.b, np.array([theta]))[0]
    return int(min((rng.random() > chances.cumsum()).sum(), item.steps - 1))


def modest(item: Item) -> int:
    """Somebody in the middle of every scale, who admits ordinary faults."""
    return item.steps // 2


def bank_with(**changed: object) -> ItemBank:
    """The shipped bank's content, changed."""
    from msgspec import to_builtins

    from lendmill.rating.psychometrics.item import bank_of

    return bank_of({**to_builtins(BANK), **changed})
