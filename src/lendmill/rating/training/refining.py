"""A scorecard's bins learned together: each near its evidence and its neighbours, as far as that tells unseen shops."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from lendmill.rating.measures import Floats
from lendmill.rating.training.straight import rising

STRENGTHS: Final = (10000.0, 3000.0, 1000.0, 300.0, 100.0, 30.0, 10.0)
EACH_SHARE: Final = 0.05  # how strongly a bin is held to its evidence, beside how strongly to what its neighbours do
STEPS_MAX: Final = 40
STEP_MIN: Final = 1e-7
SAME: Final = 0.03  # of a logit, less than a point: neighbours so near each other are one bin
GAINED: Final = 0.5  # of log loss, what one more figure gains by chance on average


@dataclass(frozen=True)
class Binned:
    """One feature in the card: the bin of each shop, what its evidence adds in each, and which way that must go."""

    places: Any
    told: Floats
    ordered: bool
    sign: int


def refined(
    parts: Sequence[Binned], start: float, good: Floats, strengths: Sequence[float]
) -> dict[float, tuple[float, list[Floats]]]:
    """For each strength of holding back, the start and what each bin adds when all bins are learned at once.

    minimise  log loss(start + sum of (told + more)) + strength / 2 * (sum over neighbours of (difference of more) ** 2
    + EACH_SHARE * sum of more ** 2); levels and the missing have no neighbours and are held by more ** 2 alone.
    Where a direction must be kept, bins that turn against it are pooled.
    """
    ends = np.cumsum([1, *(len(part.told) for part in parts)])
    logit = start + sum((part.told[part.places] for part in parts), np.zeros(len(good)))
    chance = 1 / (1 + np.exp(-logit))
    curve = _curve(parts, ends, chance * (1 - chance))
    held = _held(parts, ends)
    more = np.zeros(ends[-1])
    found = {}
    for strength in sorted(strengths, reverse=True):
        more = _settled(parts, ends, logit, good, more, curve + strength * held, strength * held)
        bins = [part.told + more[low:high] for part, (low, high) in zip(parts, pairwise(ends), strict=True)]
        found[strength] = start + float(more[0]), [_turned(*each) for each in zip(parts, bins, strict=True)]
    return found


def _settled(
    parts: Sequence[Binned], ends: Any, logit: Floats, good: Floats, more: Floats, curve: Floats, held: Floats
) -> Floats:
    """Newton's method with the curve of the beginning; a step that makes it worse is halved."""
    inverse = np.linalg.inv(curve + 1e-9 * np.eye(len(curve)))

    def loss(now: Floats, at: Floats) -> float:
        return float(np.logaddexp(0.0, np.where(good > 0.5, -now, now)).sum() + 0.5 * at @ held @ at)

    now = logit + _added(parts, ends, more)
    best = loss(now, more)
    for _ in range(STEPS_MAX):
        left = good - 1 / (1 + np.exp(-now))
        slope = np.concatenate([[left.sum()], *(np.bincount(p.places, left, len(p.told)) for p in parts)])
        step = inverse @ (slope - held @ more)
        while np.abs(step).max() >= STEP_MIN:
            tried = logit + _added(parts, ends, more + step)
            if (found := loss(tried, more + step)) <= best:
                break
            step = step / 2
        else:
            break
        more, now, best = more + step, tried, found
    return more


def _added(parts: Sequence[Binned], ends: Any, more: Floats) -> Floats:
    found = np.full(len(parts[0].places), more[0])
    for part, low in zip(parts, ends, strict=False):
        found += more[low:][part.places]
    return found


def _curve(parts: Sequence[Binned], ends: Any, weights: Floats) -> Floats:
    """How the log loss bends between every two bins: the shops that are in both, weighed."""
    found = np.zeros((ends[-1], ends[-1]))
    found[0, 0] = weights.sum()
    for n, (part, low) in enumerate(zip(parts, ends, strict=False)):
        size = len(part.told)
        alone = np.bincount(part.places, weights, size)
        found[0, low : low + size] = alone
        found[low : low + size, low : low + size] = np.diag(alone)
        for other, left in zip(parts[n + 1 :], ends[n + 1 :], strict=False):
            wide = len(other.told)
            both = np.bincount(part.places * wide + other.places, weights, size * wide)
            found[low : low + size, left : left + wide] = both.reshape(size, wide)
    upper = np.triu(found, 1)
    return found + upper.T


def _held(parts: Sequence[Binned], ends: Any) -> Floats:
    """What holds the bins: each to its evidence, and those in a row to each other."""
    found = np.zeros((ends[-1], ends[-1]))
    for part, (low, high) in zip(parts, pairwise(ends), strict=True):
        if not part.ordered:
            found[range(low, high), range(low, high)] = 1.0
            continue
        found[range(low, high), range(low, high)] = EACH_SHARE
        found[high - 1, high - 1] = 1.0
        for n in range(low, high - 2):
            found[n : n + 2, n : n + 2] += np.array([[1.0, -1.0], [-1.0, 1.0]])
    return found


def _turned(part: Binned, bins: Floats) -> Floats:
    """The bins with those pooled that turn against the direction to keep."""
    if not part.sign:
        return bins
    counts = np.bincount(part.places, minlength=len(bins)).astype(np.float64)
    return np.append(rising(bins[:-1] * part.sign, counts[:-1]) * part.sign, bins[-1])


def pooled(bins: Floats, weights: Floats, worth: float) -> Floats:
    """A row of bins with neighbours pooled whose difference nobody would miss, the least first.

    Either they are less than a point apart, or so few shops are behind the difference that keeping it gains less log
    loss than it has to be worth. `weights` are the bins' in the log loss: goods times bads over both.
    """
    values, loads, widths = bins.tolist(), np.maximum(weights, 1e-3).tolist(), [1] * len(bins)
    while len(values) > 1:
        steps = np.abs(np.diff(values))
        both = np.array(loads[1:]) * np.array(loads[:-1]) / (np.array(loads[1:]) + np.array(loads[:-1]))
        missed = np.where(steps < SAME, steps - SAME, both * steps**2 / 2)
        at = int(np.argmin(missed))
        if missed[at] >= worth:
            break
        load = loads[at] + loads[at + 1]
        values[at : at + 2] = [(values[at] * loads[at] + values[at + 1] * loads[at + 1]) / load]
        loads[at : at + 2], widths[at : at + 2] = [load], [widths[at] + widths[at + 1]]
    return np.repeat(values, widths)
