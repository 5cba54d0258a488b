"""How much each part of a boosted card counts, by what each told of shops it had not seen."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from lendmill.rating.measures import Flags, Floats, logistic

SINGLE: Final = "single features"
IN_TURN: Final = "pairs, one after the other"
AT_ONCE: Final = "pairs, both at once"
STRAIGHT: Final = "straight lines"
PLAIN: Final = "values and levels"
CLASSIC: Final = "the classic card"
Told = Mapping[str, Floats]
"""What each part told of every row, as logits of turning bad, by the part's name."""

# What did well from case to case: tables with straight lines in them and without, with pairs that matter and without.
USUAL: Final = {SINGLE: 0.4, IN_TURN: 0.32, AT_ONCE: 0.32, PLAIN: 0.32, CLASSIC: 0.25}
HOLD: Final = 20.0  # how strongly shares are held to the usual ones: a few hundred shops tell little of their own
LUCK: Final = 20.0  # what choosing stops, pairs and weights saves by chance in twice the log loss; found on made tables
SURE: Final = 1e-3  # what parts good from bad without a miss would be made ever bolder
STEPS_MAX: Final = 50
FAR: Final = 60.0  # no start lies farther
STEP_MIN: Final = 1e-10


def blended(told: Told, bad: Flags) -> tuple[float, dict[str, float]]:
    """The start and the weights of the parts: logistic regression on what each told out of fold, none below nought."""
    kept = list(told)
    while True:
        start, *weights = logistic(np.column_stack([told[name] for name in kept]), bad.astype(np.float64), 1.0).tolist()
        if not weights or min(weights) >= 0 or len(kept) == 1:
            found = dict(zip(kept, weights, strict=True))
            return start, {name: max(0.0, found.get(name, 0.0)) for name in told}
        kept.pop(int(np.argmin(weights)))


def shared(told: Told, bad: Flags) -> tuple[float, dict[str, float]]:
    """The same with the shares held to the usual ones, which few shops cannot tell better and many can.

    minimise  log loss(start + sum of weight * told) + HOLD / 2 * sum of (weight - scale * usual) ** 2
    over the start, the weights and the scale, no weight below nought; how bold the whole is stays free.
    """
    kept = list(told)
    while True:
        usual = np.array([USUAL[name] for name in kept])
        start, *weights = _held(np.column_stack([told[name] for name in kept]), bad.astype(np.float64), usual)
        if min(weights) >= 0 or len(kept) == 1:
            found = dict(zip(kept, weights, strict=True))
            return start, {name: max(0.0, found.get(name, 0.0)) for name in told}
        kept.pop(int(np.argmin(weights)))


def shrunk(told: Told, bad: Flags, weights: Mapping[str, float]) -> tuple[float, dict[str, float]]:
    """The weights less bold by the luck in them, and the start with which the PDs are right on average.

    Parts are told out of fold, yet with the same shops it is chosen when they stop, which pairs there are and how they
    are weighed; of others they tell less. Of what the parts save in twice the log loss, s, the share s / (s + LUCK)
    is taken to last: a heuristic shrinkage, as van Houwelingen and le Cessie have it (1990).
    """
    logit = np.sum([weights[name] * told[name] for name in told], axis=0)
    saved = max(0.0, 2 * (_loss(bad, np.zeros(len(bad))) - _loss(bad, logit)))
    share = saved / (saved + LUCK)
    return _start(bad, share * logit), {name: float(share * weight) for name, weight in weights.items()}


def _loss(bad: Flags, logit: Floats) -> float:
    """The log loss of what is said with the best start."""
    said = _start(bad, logit) + logit
    return float(np.logaddexp(0, np.where(bad, -said, said)).sum())


def _start(bad: Flags, logit: Floats) -> float:
    """The start with which the mean PD is the share of bad payers."""
    low, high = -FAR, FAR
    for _ in range(STEPS_MAX):
        start = (low + high) / 2
        more = float((1 / (1 + np.exp(-np.clip(start + logit, -30, 30)))).mean()) > float(bad.mean())
        low, high = (low, start) if more else (start, high)
    return (low + high) / 2


def _held(told: Floats, bad: Floats, usual: Floats) -> list[float]:
    """The start and the weights, by Newton's method; with the best scale put in, the hold is on what is left of it."""
    design = np.column_stack([np.ones(len(told)), told])
    hold = np.zeros((design.shape[1], design.shape[1]))
    hold[1:, 1:] = HOLD * (np.eye(len(usual)) - np.outer(usual, usual) / (usual @ usual))
    hold += SURE * np.eye(len(hold))
    at = np.array([0.0, *usual])
    for _ in range(STEPS_MAX):
        chance = 1 / (1 + np.exp(-np.clip(design @ at, -30, 30)))
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + hold
        step = np.linalg.solve(curve, design.T @ (bad - chance) - hold @ at)
        at = at + step
        if np.abs(step).max() < STEP_MIN:
            break
    return [float(each) for each in at]
