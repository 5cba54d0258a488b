"""Turns answers into traits: the graded-response model, with how sure it is and how well a person fits it.

The probability to answer step k or higher grows with the trait (Samejima 1969):

    P*(k) = 1 / (1 + exp(-a (theta - b[k]))),   P(k) = P*(k) - P*(k + 1),   P*(0) = 1, P*(steps) = 0

`theta` is normal with mean 0 and variance 1 among sellers. The estimate is the mean of what is left of that after the
answers (expected a posteriori, EAP), its standard error the standard deviation (Bock and Mislevy 1982).
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from lendmill.rating.psychometrics.item import Item

Floats = NDArray[np.float64]
GRID: Final[Floats] = np.linspace(-4.0, 4.0, 81)
NORMAL: Final[Floats] = np.exp(-0.5 * GRID**2) / np.exp(-0.5 * GRID**2).sum()
LEAST: Final = 1e-12
DIGITS: Final = 6


class TraitScore(msgspec.Struct, frozen=True):
    """An estimate of one trait with its standard error, and from how many answers."""

    theta: float
    error: float
    answers: int


class PersonFit(msgspec.Struct, frozen=True):
    """How likely a person's answers are, beside how likely the model expects such answers to be."""

    log_likelihood: float
    expected: float
    variance: float

    @property
    def lz(self) -> float:
        """The standardised likelihood (Drasgow, Levine and Williams 1985): far below nought, the answers do not hang
        together. With an estimated trait its variance is below 1, so that -2 is rarer than the normal says."""
        return (self.log_likelihood - self.expected) / self.variance**0.5 if self.variance > 0 else 0.0


def likelihoods(a: float, b: Sequence[float] | Floats, theta: Floats) -> Floats:
    """The probability of each step (columns) at each trait (rows); every row sums to 1.

    >>> likelihoods(1.0, (-1.0, 1.0), np.array([0.0])).round(4).tolist()
    [[0.2689, 0.4621, 0.2689]]
    """
    above = 1.0 / (1.0 + np.exp(-a * (theta[:, None] - np.asarray(b, dtype=np.float64)[None, :])))
    ones, noughts = np.ones((len(theta), 1)), np.zeros((len(theta), 1))
    edges = np.hstack([ones, above, noughts])
    chances: Floats = np.maximum(edges[:, :-1] - edges[:, 1:], LEAST)
    return chances


def estimate(answered: Sequence[tuple[Item, int]]) -> TraitScore:
    """The trait behind some scored answers; without answers what is known of everybody: 0 with an error of 1."""
    logs = np.zeros_like(GRID)
    for item, score in answered:
        logs += np.log(likelihoods(item.a, item.b, GRID)[:, score])
    weights = NORMAL * np.exp(logs - logs.max())
    weights /= weights.sum()
    theta = float(weights @ GRID)
    error = float(np.sqrt(weights @ (GRID - theta) ** 2))
    return TraitScore(round(theta, DIGITS), round(error, DIGITS), len(answered))


def fit_of(answered: Sequence[tuple[Item, int]], theta: float) -> PersonFit:
    """How well scored answers fit the trait estimated from them."""
    log_likelihood = expected = variance = 0.0
    for item, score in answered:
        chances = likelihoods(item.a, item.b, np.array([theta]))[0]
        logs = np.log(chances)
        mean = float(chances @ logs)
        log_likelihood += float(logs[score])
        expected += mean
        variance += float(chances @ logs**2) - mean**2
    return PersonFit(log_likelihood, expected, variance)


def together(fits: Sequence[PersonFit]) -> PersonFit:
    """The fit over several traits: each part is a sum."""
    return PersonFit(
        sum(fit.log_likelihood for fit in fits), sum(fit.expected for fit in fits), sum(fit.variance for fit in fits)
    )
