"""Points, PD and grade say the same thing, exactly, whichever way it is asked."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lendmill.rating.scale import GRADES, Grade, InvalidScale, Scale, logit_of, probability

SCALE = Scale()


@pytest.mark.parametrize(("odds", "points"), [(50, 600), (100, 620), (25, 580), (800, 680), (1, 487)])
def test_twenty_points_double_the_odds(odds: int, points: int) -> None:
    assert SCALE.points(logit_of(1 / (1 + odds))) == points


@pytest.mark.parametrize(
    ("points", "grade"),
    [
        *[(640, "AAA"), (639, "AA"), (620, "AA"), (619, "A"), (600, "A"), (599, "BBB"), (580, "BBB"), (579, "BB")],
        *[(560, "BB"), (559, "B"), (540, "B"), (539, "C"), (520, "C"), (519, "D"), (-1000, "D")],
    ],
)
def test_a_grade_begins_at_its_floor(points: int, grade: str) -> None:
    assert SCALE.grade(points) == grade
    assert GRADES[int(SCALE.grades_of(np.array([points]))[0])].name == grade


@settings(deadline=None)
@given(st.integers(-3 * 10**17, 3 * 10**17))
def test_points_on_ints_and_on_arrays_agree(logit: int) -> None:
    assert int(SCALE.points(np.array([logit], dtype=np.int64))[0]) == SCALE.points(logit)


@settings(deadline=None)
@given(st.integers(-30 * 10**15, 30 * 10**15), st.integers(1, 10**15))
def test_better_odds_never_mean_fewer_points_or_a_higher_pd(logit: int, more: int) -> None:
    assert SCALE.points(logit + more) >= SCALE.points(logit)
    assert probability(logit + more) <= probability(logit)


@settings(deadline=None)
@given(st.floats(-25, 25))
def test_the_pd_is_the_logistic_of_the_logit_rounded_once(logit: float) -> None:
    assert probability(round(logit * 10**15)) == pytest.approx(1 / (1 + math.exp(logit)), abs=5.1e-7)
    assert round(probability(round(logit * 10**15)), 6) == probability(round(logit * 10**15))


def test_half_a_point_is_rounded_up() -> None:
    doubling = 693_147_180_559_945
    assert [SCALE.weight(doubling * n // 40) for n in (0, 1, 2, 3, -1, -2, -3)] == [0, 0, 1, 1, -1, -1, -2]


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_points": 0},
        {"base_odds": 0},
        {"double_points": 0},
        {"double_points": 1001},
        {"grades": ()},
        {"grades": (Grade("A", 600),)},
        {"grades": (Grade("A"), Grade("B"))},
        {"grades": (Grade("A", 600), Grade("B", 600), Grade("C"))},
        {"grades": (Grade("A", 600), Grade("A"))},
    ],
)
def test_a_scale_with_a_mistake_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidScale):
        Scale(**wrong)  # type: ignore[arg-type]
