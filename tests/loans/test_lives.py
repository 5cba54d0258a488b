"""The engine against the slow loan, over random lives: every figure, to the last numerator, however it is reached."""

from datetime import timedelta

import pytest
from engine_lives import differences
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lives import CHANGES, Life, house_terms, lives, other_terms

DAY = timedelta(days=1)
SLOWLY = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def _at_every_stage(life: Life) -> list[str]:
    """Compare after each event as it became known, and at the end."""
    wrong = []
    for known in range(1, len(life.events) + 1):
        days = {event["on"] for event in life.events[:known] if "on" in event}
        wrong += [
            f"{known} known, {day}: {line}" for day in sorted(days)[-2:] for line in differences(life, day, known)
        ]
    return wrong or [f"{life.until}: {line}" for line in differences(life, life.until)]


@pytest.mark.parametrize("change", CHANGES)
@SLOWLY
@given(st.data())
def test_each_change_leaves_the_figures_of_the_slow_loan(change: str, data: st.DataObject) -> None:
    life = data.draw(lives(house_terms(), only=(change,)))
    assert _at_every_stage(life) == []


@SLOWLY
@given(lives(house_terms()))
def test_all_changes_in_any_order_leave_the_figures_of_the_slow_loan(life: Life) -> None:
    assert _at_every_stage(life) == []


@SLOWLY
@given(lives(other_terms()))
def test_so_do_the_conventions_of_other_houses(life: Life) -> None:
    assert _at_every_stage(life) == []
