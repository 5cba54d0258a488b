"""Parameters are found again from simulated answers; too few answers are refused, and items too few answered stay."""

import math

import numpy as np
import pytest
from answer_sheets import BANK, LANGUAGE, drawn_score

from lendmill.rating.psychometrics.calibrating import PEOPLE_MIN, calibrated
from lendmill.rating.psychometrics.fitting import NOT_ASKED, TooFewAnswers, _maximised, _nodes, fitted
from lendmill.rating.psychometrics.form import composed
from lendmill.rating.psychometrics.graded import likelihoods
from lendmill.rating.psychometrics.item import TRAITS
from lendmill.rating.psychometrics.timing import ItemAnswer

TRUE = [
    (0.8, (-2.0, -0.8, 0.3, 1.5)),
    (1.2, (-1.5, -0.5, 0.5, 1.4)),
    (1.6, (-1.8, -1.0, 0.0, 0.9)),
    (2.0, (-1.2, -0.3, 0.6, 1.3)),
    (1.0, (-0.9, 0.2, 1.6)),
    (1.4, (-1.6, -0.2, 0.8)),
    (0.7, (-1.9, 0.0, 1.7)),
    (1.1, (-2.1, -1.3, -0.3, 1.0)),
]


def simulated(people: int, seed: int, asked: float = 1.0) -> np.ndarray:
    """Scores of people whose traits are normal; each item asked of a share of them."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=people)
    scores = np.full((people, len(TRUE)), NOT_ASKED, dtype=np.int64)
    for n, (a, b) in enumerate(TRUE):
        below = likelihoods(a, b, theta).cumsum(axis=1)
        took = np.minimum((rng.random(people)[:, None] > below).sum(axis=1), len(b))
        on_form = rng.random(people) < asked
        scores[on_form, n] = took[on_form]
    return scores


def test_parameters_are_found_again_from_answers() -> None:
    found = fitted(simulated(4000, seed=1), [(1.0, tuple(np.linspace(-1, 1, len(b)))) for _, b in TRUE])
    for (a, b), item in zip(TRUE, found, strict=True):
        assert item.a == pytest.approx(a, rel=0.15)
        assert item.b == pytest.approx(b, abs=0.2)
        assert item.people == 4000


def test_they_are_found_too_when_each_form_asks_half_of_the_items() -> None:
    found = fitted(simulated(4000, seed=2, asked=0.5), [(1.0, tuple(np.linspace(-1, 1, len(b)))) for _, b in TRUE])
    off = [math.log(item.a / a) for (a, _), item in zip(TRUE, found, strict=True)]
    assert np.sqrt(np.mean(np.square(off))) < 0.12
    assert all(1800 < item.people < 2200 for item in found)


def test_a_step_nobody_took_does_not_run_away() -> None:
    scores = simulated(500, seed=3)
    scores[scores[:, 0] == 4, 0] = 3
    found = fitted(scores, [(1.0, tuple(np.linspace(-1, 1, len(b)))) for _, b in TRUE])[0]
    assert found.b[3] < 8
    assert list(found.b) == sorted(found.b)


def test_where_it_begins_does_not_matter() -> None:
    scores = simulated(800, seed=4)
    far = [(4.0, tuple(np.linspace(-3, -2.7, len(b)))) for _, b in TRUE]
    near = [(1.0, tuple(np.linspace(-1, 1, len(b)))) for _, b in TRUE]
    for one, other in zip(fitted(scores, far), fitted(scores, near), strict=True):
        assert one.a == pytest.approx(other.a, abs=0.02)
        assert one.b == pytest.approx(other.b, abs=0.02)


def test_an_item_all_answer_alike_stays_within_what_a_bank_may_hold() -> None:
    nodes, weights = _nodes()
    counts = np.zeros((len(nodes), 5))
    counts[:, 0] = 1e7 * weights
    a, b = 1.0, np.linspace(-1, 1, 4)
    for _ in range(300):
        a, b = _maximised(a, b, counts, nodes)
    assert np.abs(b).max() < 8
    assert (np.diff(b) > 0).all()
    assert 0 < a < 8


def forms(people: int) -> list[list[ItemAnswer]]:
    """Whole forms as the model answers them, each in a time of its own."""
    rng = np.random.default_rng(9)
    made = []
    for seed in range(people):
        thetas = dict(zip((*TRAITS, "impression"), rng.normal(size=6), strict=True))
        items = [BANK.by_key[screen.item_key] for screen in composed(BANK, seed)]
        made.append(
            [
                ItemAnswer(item.key, item.scored(drawn_score(item, thetas[item.trait], rng)), 5.0, LANGUAGE)
                for item in items
            ]
        )
    return made


def test_a_new_version_says_where_its_parameters_are_from_and_keeps_its_texts() -> None:
    given = forms(PEOPLE_MIN)
    made = calibrated(BANK, given, people_min=60)
    assert (made.bank.edition, made.bank.parameters) == (1, 1)
    assert made.bank.origin == f"estimated from {PEOPLE_MIN} people"
    assert [(item.key, item.en, item.keyed) for item in made.bank.items] == [
        (item.key, item.en, item.keyed) for item in BANK.items
    ]
    changed = [key for key in made.estimated if made.bank.by_key[key].a != BANK.by_key[key].a]
    assert changed == list(made.estimated)
    assert len(made.estimated) + len(made.kept) == 101
    against = [fit.a for key, fit in made.estimated.items() if BANK.by_key[key].keyed < 0]
    assert np.mean(against) > 1.0, "an item keyed against the trait is turned before it is fitted"
    for key in made.kept:
        assert (made.bank.by_key[key].a, made.bank.by_key[key].b) == (BANK.by_key[key].a, BANK.by_key[key].b)


def test_paces_come_from_the_times_people_took() -> None:
    made = calibrated(BANK, forms(PEOPLE_MIN), people_min=PEOPLE_MIN)
    timed = [item for item in made.bank.items if item.paces]
    assert timed
    assert all(item.paces[LANGUAGE].log_seconds == math.log(5.0) for item in timed)


def test_too_few_people_are_refused() -> None:
    with pytest.raises(TooFewAnswers, match=r"Only 3 .* at least 200 people"):
        calibrated(BANK, forms(3))
