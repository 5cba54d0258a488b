"""Timing, consistency, impression, concealment and straight lines, each on people made to show just that."""

import math

import pytest
from answer_sheets import BANK, modest, sheet, usual_seconds

from lendmill.rating.psychometrics.graded import PersonFit
from lendmill.rating.psychometrics.indices import concealment, consistency, impression, straight_line
from lendmill.rating.psychometrics.item import Item, Trait
from lendmill.rating.psychometrics.scoring import EXTREME, HURRIED, STRAIGHT, SUBJECTS, scored
from lendmill.rating.psychometrics.timing import ItemAnswer, pace_from, pace_of, robust_z, timing

GOOD_FIT = PersonFit(-10.0, -10.0, 4.0)


def saint(item: Item) -> int:
    """Somebody who claims the best of everything."""
    return item.steps - 1


def talker(item: Item) -> int:
    """Somebody who says the best of themselves and would do the least."""
    return 0 if item.is_situation else item.steps - 1


def test_a_pace_beforehand_is_settling_and_reading() -> None:
    item = BANK.by_key["con-01"]  # 9 letters, 5 words
    assert math.exp(pace_of(BANK, item, "zh-Hans").log_seconds) == pytest.approx(3.5 + 9 * 0.14)
    assert math.exp(pace_of(BANK, item, "en").log_seconds) == pytest.approx(3.5 + 4 * 0.3)


def test_a_pace_from_times_is_not_moved_by_who_was_called_away() -> None:
    usual = pace_from([4.0, 4.5, 5.0, 5.5, 6.0])
    assert pace_from([4.0, 4.5, 5.0, 5.5, 100.0]).log_seconds == usual.log_seconds
    assert pace_from([5.0] * 9).spread == 0.1


def test_the_time_of_an_item_put_aside_says_nothing() -> None:
    key = "con-01"
    assert robust_z(BANK, ItemAnswer(key, 0, 120.001, "en")) is None
    assert robust_z(BANK, ItemAnswer(key, 0, None, "en")) is None
    assert robust_z(BANK, ItemAnswer(key, 0, 120.0, "en")) is not None
    assert robust_z(BANK, ItemAnswer(key, 0, usual_seconds(BANK.by_key[key]), "zh-Hans")) == pytest.approx(0, abs=1e-3)


def test_who_hurries_is_found_by_time() -> None:
    steady, hurried = sheet(modest), sheet(modest, seconds=lambda item: usual_seconds(item) / 4)
    assert timing(BANK, steady).fast_share == 0.0
    assert timing(BANK, hurried).fast_share == 1.0
    assert timing(BANK, sheet(modest, seconds=lambda item: usual_seconds(item) * 4)).slow_share == 1.0
    assert HURRIED in scored(BANK, hurried).flags


def test_nothing_timed_is_no_time_at_all() -> None:
    untimed = timing(BANK, sheet(modest, seconds=lambda _: None))
    assert (untimed.seconds_median, untimed.fast_share, untimed.timed) == (None, 0.0, 0)


def test_the_same_answer_to_the_same_thing_is_consistent_in_full() -> None:
    same = consistency(BANK, sheet(modest), GOOD_FIT)
    assert (same.index, same.pair_distance) == (1.0, 0.0)


def test_answers_more_alike_than_expected_earn_no_more_than_all() -> None:
    assert consistency(BANK, sheet(modest), PersonFit(-8.0, -10.0, 4.0)).index == 1.0


def test_opposite_answers_to_the_same_thing_leave_only_the_fit() -> None:
    second = {other for _, other in BANK.pairs}
    opposite = consistency(BANK, sheet(lambda item: 0 if item.key in second else item.steps - 1), GOOD_FIT)
    assert (opposite.index, opposite.pair_distance) == (0.4, 1.0)


def test_answers_that_do_not_hang_together_lose_the_fits_part() -> None:
    bad = consistency(BANK, sheet(modest), PersonFit(-20.0, -10.0, 4.0))
    assert bad.lz == -5.0
    assert bad.index == pytest.approx(0.6, abs=1e-5)


def test_claiming_every_virtue_is_impression_management_in_full() -> None:
    assert impression(BANK, sheet(saint)) == 1.0
    assert impression(BANK, sheet(modest)) == 0.5
    assert impression(BANK, sheet(lambda _: 0)) == 0.0


def test_a_gap_between_saying_and_doing_conceals_and_the_other_way_round_does_not() -> None:
    says_more = concealment(BANK, sheet(talker), 0.0)
    does_more = concealment(BANK, sheet(lambda item: item.steps - 1 if item.is_situation else 0), 0.0)
    assert says_more.gap > 0.6
    assert says_more.index == pytest.approx(0.4 * says_more.gap, abs=1e-6)
    assert (does_more.gap, does_more.index) == (0.0, 0.0)


def test_quick_best_answers_are_eager_and_slow_ones_are_not() -> None:
    quick = concealment(BANK, sheet(saint, seconds=lambda item: usual_seconds(item) / 2), 1.0)
    calm = concealment(BANK, sheet(saint), 1.0)
    plain = concealment(BANK, sheet(modest, seconds=lambda item: usual_seconds(item) / 2), 0.5)
    assert (quick.eager_share, calm.eager_share, plain.eager_share) == (1.0, 0.0, 0.0)
    assert quick.index - calm.index == pytest.approx(0.25)


def test_hurrying_through_the_impression_scale_is_not_eager() -> None:
    claims_quickly = [
        each if BANK.by_key[each.item_key].trait is not Trait.IMPRESSION else hurried
        for each, hurried in zip(sheet(modest), sheet(saint, seconds=lambda _: 1.0), strict=True)
    ]
    assert concealment(BANK, claims_quickly, 1.0).eager_share == 0.0


def test_a_straight_line_is_found_by_the_step_pressed_not_by_what_it_means() -> None:
    pressed = [ItemAnswer(each.item_key, 3, each.seconds, each.language) for each in sheet(modest)]
    line = straight_line(BANK, pressed)
    assert (line.longest_run, line.same_share, line.extreme_share) == (30, 1.0, 0.0)
    assert STRAIGHT in scored(BANK, pressed).flags
    assert straight_line(BANK, sheet(saint)).longest_run < 12


def test_only_ends_are_told_but_do_not_spoil() -> None:
    scores = scored(BANK, sheet(saint))
    assert scores.flags == (EXTREME,)
    assert scores.is_usable


def test_a_form_nobody_read_says_nothing_of_traits() -> None:
    hurried = scored(BANK, sheet(modest, seconds=lambda _: 0.4))
    assert not hurried.is_usable
    figures = hurried.quantities()
    assert tuple(figures) == SUBJECTS
    unknown = {name for name, figure in figures.items() if figure is None}
    assert unknown == {*(str(trait) for trait in Trait), "concealment"}
    assert figures["seconds_median"] == 0.4


def test_the_same_answers_score_the_same_to_the_last_digit_and_higher_ones_higher() -> None:
    low, high = scored(BANK, sheet(modest)), scored(BANK, sheet(saint))
    assert scored(BANK, sheet(modest)) == low
    assert all(high.traits[name].theta > low.traits[name].theta + 1 for name in low.traits)
    assert all(score.answers == 7 for score in low.traits.values())
    assert all(0.3 < score.error < 0.75 for score in low.traits.values())
