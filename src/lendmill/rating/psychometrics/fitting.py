"""Estimates the items' parameters from people's answers, so that the bank need not rest on its designers' guesses.

Marginal maximum likelihood by expectation and maximisation (Bock and Aitkin 1981): the trait is integrated out over
Gauss-Hermite nodes; then each item is fitted to the expected counts by Fisher scoring. Weak priors (log a normal
around 0.2 with deviation 0.5, each threshold around 0 with deviation 2) keep an item that few have answered, or a step
nobody took, from running away; with many answers they do not matter.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from lendmill.rating.psychometrics.graded import Floats, likelihoods
from lendmill.refusals import Refusal

NODES: Final = 41
ROUNDS: Final = 200
CLOSE: Final = 1e-4
NOT_ASKED: Final = -1
LOG_A_MEAN, LOG_A_DEVIATION, B_DEVIATION = 0.2, 0.5, 2.0
STEP_MOST: Final = 1.0
GAP_LEAST: Final = 0.02
MOST: Final = 8.0


class TooFewAnswers(Refusal):
    """Only {people} finished questionnaires can be used; the parameters of an item need at least {needed} people."""


class FittedItem(msgspec.Struct, frozen=True):
    """An item's parameters as estimated, and from how many people."""

    a: float
    b: tuple[float, ...]
    people: int


def fitted(scores: NDArray[np.int64], start: Sequence[tuple[float, tuple[float, ...]]]) -> list[FittedItem]:
    """Fit one trait's items.

    `scores`: people by items, each answer in the direction of the trait, `NOT_ASKED` where the form lacked the item.
    `start`: discrimination and thresholds to begin with.
    """
    nodes, weights = _nodes()
    now = [(a, np.array(b)) for a, b in start]
    for _ in range(ROUNDS):
        counts = _expected_counts(scores, now, nodes, weights)
        after = [_maximised(a, b, counts[n], nodes) for n, (a, b) in enumerate(now)]
        moved = max(max(abs(a - c), float(np.abs(b - d).max())) for (a, b), (c, d) in zip(now, after, strict=True))
        now = after
        if moved < CLOSE:
            break
    people = (scores != NOT_ASKED).sum(axis=0)
    return [
        FittedItem(round(a, 4), tuple(round(float(each), 4) for each in b), int(n))
        for (a, b), n in zip(now, people, strict=True)
    ]


def _nodes() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes, weights / weights.sum()


def _expected_counts(
    scores: NDArray[np.int64], items: Sequence[tuple[float, Floats]], nodes: Floats, weights: Floats
) -> list[Floats]:
    """For each item: how many people at each node (rows) took each step (columns), by all that they answered."""
    logs = np.tile(np.log(weights), (len(scores), 1))
    for n, (a, b) in enumerate(items):
        asked = scores[:, n] != NOT_ASKED
        logs[asked] += np.log(likelihoods(a, b, nodes)).T[scores[asked, n]]
    posterior = np.exp(logs - logs.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    counts = []
    for n, (_, b) in enumerate(items):
        took = [posterior[scores[:, n] == step].sum(axis=0) for step in range(len(b) + 1)]
        counts.append(np.stack(took, axis=1))
    return counts


def _maximised(a: float, b: Floats, counts: Floats, nodes: Floats) -> tuple[float, Floats]:
    """One damped step of Fisher scoring on (log a, b), halved until it does not make things worse."""
    score, information = _slopes(a, b, counts, nodes)
    step = np.linalg.solve(information, score)
    step *= min(1.0, STEP_MOST / float(np.abs(step).max()))
    worth = _worth(a, b, counts, nodes)
    for _ in range(12):
        new_a, new_b = float(a * np.exp(step[0])), b + step[1:]
        rising = np.all(np.diff(new_b) > GAP_LEAST) and np.abs(new_b).max() < MOST and new_a < MOST
        if rising and _worth(new_a, new_b, counts, nodes) >= worth:
            return new_a, new_b
        step /= 2
    return a, b


def _worth(a: float, b: Floats, counts: Floats, nodes: Floats) -> float:
    """The log likelihood of the expected counts, with the priors."""
    prior = -0.5 * ((np.log(a) - LOG_A_MEAN) / LOG_A_DEVIATION) ** 2 - 0.5 * float(((b / B_DEVIATION) ** 2).sum())
    return float((counts * np.log(likelihoods(a, b, nodes))).sum() + prior)


def _slopes(a: float, b: Floats, counts: Floats, nodes: Floats) -> tuple[Floats, Floats]:
    """The gradient of `_worth` in (log a, b) and the expected information, priors included."""
    chances = likelihoods(a, b, nodes)
    above = 1.0 / (1.0 + np.exp(-a * (nodes[:, None] - b[None, :])))
    bend = above * (1.0 - above)
    by_edge = np.zeros((len(b) + 1, len(nodes), len(b)))  # parameter, node, edge
    by_edge[0] = a * (nodes[:, None] - b[None, :]) * bend
    for k in range(len(b)):
        by_edge[k + 1, :, k] = -a * bend[:, k]
    padded = np.pad(by_edge, ((0, 0), (0, 0), (1, 1)))
    change = padded[:, :, :-1] - padded[:, :, 1:]  # of each step's probability
    score = (change * (counts / chances)[None]).sum(axis=(1, 2))
    people = counts.sum(axis=1, keepdims=True)
    information = np.einsum("pqk,rqk->pr", change, change * (people / chances)[None])
    precision = np.array([LOG_A_DEVIATION**-2] + [B_DEVIATION**-2] * len(b))
    score -= precision * np.concatenate([[np.log(a) - LOG_A_MEAN], b])
    return score, information + np.diag(precision)
