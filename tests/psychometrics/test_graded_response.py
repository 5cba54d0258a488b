"""The graded-response model: chances sum to one, an estimate is known from theory, a fit tells sense from noise."""

import math

import numpy as np
import pytest
from answer_sheets import BANK, drawn_score
from hypothesis import given
from hypothesis import strategies as st

from lendmill.rating.psychometrics.graded import GRID, NORMAL, PersonFit, estimate, fit_of, likelihoods, together
from lendmill.rating.psychometrics.item import Item, Trait

rising = st.lists(st.floats(-3, 3), min_size=2, max_size=5).map(
    lambda b: tuple(np.cumsum([b[0], *np.abs(b[1:]) + 0.1]))
)


@given(a=st.floats(0.2, 4), b=rising, theta=st.floats(-4, 4))
def test_the_chances_of_all_steps_sum_to_one(a: float, b: tuple[float, ...], theta: float) -> None:
    chances = likelihoods(a, b, np.array([theta]))
    assert chances.shape == (1, len(b) + 1)
    assert chances.sum() == pytest.approx(1.0, abs=1e-9)
    assert (chances > 0).all()


@given(a=st.floats(0.2, 4), b=rising)
def test_a_higher_trait_never_expects_a_lower_score(a: float, b: tuple[float, ...]) -> None:
    scores = likelihoods(a, b, GRID) @ np.arange(len(b) + 1)
    assert (np.diff(scores) >= -1e-9).all()
    assert scores[-1] > scores[0]


def test_without_answers_nothing_is_known_of_anybody_in_particular() -> None:
    nobody = estimate([])
    assert (nobody.theta, nobody.answers) == (0.0, 0)
    assert nobody.error == pytest.approx(1.0, abs=0.005)


def test_an_estimate_is_what_the_integral_gives() -> None:
    item = Item("x", Trait.PRUDENCE, 1, "own", 1.2, (-1.0, 0.5), "x", "x")
    finer = np.linspace(-8, 8, 20_001)
    weight = np.exp(-(finer**2) / 2) * likelihoods(1.2, (-1.0, 0.5), finer)[:, 2]
    theta = (weight * finer).sum() / weight.sum()
    error = math.sqrt((weight * (finer - theta) ** 2).sum() / weight.sum())
    found = estimate([(item, 2)])
    assert found.theta == pytest.approx(theta, abs=2e-3)
    assert found.error == pytest.approx(error, abs=2e-3)


def test_estimates_find_the_trait_within_their_own_error() -> None:
    rng = np.random.default_rng(4)
    items = [item for item in BANK.items if item.trait is Trait.PRUDENCE]
    off, errors = [], []
    for theta in rng.normal(size=300):
        found = estimate([(item, drawn_score(item, theta, rng)) for item in items])
        off.append(found.theta - theta)
        errors.append(found.error)
    assert np.std(off) == pytest.approx(np.sqrt(np.mean(np.square(errors))), rel=0.1)
    assert np.mean(off) == pytest.approx(0.0, abs=0.08)
    assert np.mean(errors) < 0.45


def test_answers_at_random_fit_far_worse_than_answers_by_the_model() -> None:
    rng = np.random.default_rng(5)
    items = [item for item in BANK.items if item.trait is Trait.INTEGRITY]

    def fit(answered: list[tuple[Item, int]]) -> PersonFit:
        return fit_of(answered, estimate(answered).theta)

    sense = [fit([(item, drawn_score(item, theta, rng)) for item in items]) for theta in rng.normal(size=200)]
    noise = [fit([(item, int(rng.integers(item.steps))) for item in items]) for _ in range(200)]
    assert abs(np.mean([each.lz for each in sense])) < 0.5
    assert np.mean([each.lz < -2 for each in sense]) < 0.05
    over_two = [together([one, two]).lz for one, two in zip(noise[::2], noise[1::2], strict=True)]
    assert np.mean(over_two) < np.mean([each.lz for each in noise]) < -1.5


def test_the_fit_over_traits_adds_up() -> None:
    item = BANK.by_key["pru-01"]
    one, two = fit_of([(item, 0)], -1.0), fit_of([(item, 4)], 1.0)
    both = together([one, two])
    assert both.log_likelihood == one.log_likelihood + two.log_likelihood
    assert both.variance == one.variance + two.variance


def test_the_grid_is_a_normal_to_the_third_decimal() -> None:
    assert NORMAL.sum() == pytest.approx(1.0)
    assert float(NORMAL @ GRID**2) == pytest.approx(1.0, abs=2e-3)
