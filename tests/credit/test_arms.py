"""The lot that says which policy decides a borrower."""

from collections import Counter
from uuid import UUID

from lendmill.credit.testing.arms import drawn, held_out, lot

PEOPLE = [UUID(int=n * 7_919 + 1) for n in range(20_000)]


def test_a_lot_is_drawn_once_and_stays() -> None:
    # fixed for ever: another lot for the same borrower would move people between policies in the middle of a trial
    assert [lot("standard/4", UUID(int=n)) for n in (1, 2, 3)] == LOTS
    assert [lot("standard/5", UUID(int=n)) for n in (1, 2, 3)] != LOTS


LOTS = [2_206, 6_352, 7_573]


def test_an_arm_is_as_large_as_its_share() -> None:
    arms = Counter(drawn(each, [("standard/4", 1_500)], hold_out_bp=500)[1] for each in PEOPLE)
    assert abs(arms["hold-out"] - 1_000) < 120
    assert abs(arms["challenger"] - 0.95 * 3_000) < 200


def test_a_share_that_grows_keeps_everybody_who_was_in_it() -> None:
    before = {each for each in PEOPLE if drawn(each, [("standard/4", 500)])[1] == "challenger"}
    after = {each for each in PEOPLE if drawn(each, [("standard/4", 2_000)])[1] == "challenger"}
    assert before < after


def test_nobody_held_out_is_in_any_trial_and_nobody_is_in_two() -> None:
    trials = [("standard/4", 5_000), ("standard/5", 10_000)]
    placed = {each: drawn(each, trials, hold_out_bp=1_000) for each in PEOPLE}
    assert all((arm == "hold-out") is held_out(each, 1_000) for each, (_, arm) in placed.items())
    assert {trial for trial, _ in placed.values()} == {None, "standard/4", "standard/5"}
    first = {each for each, (trial, _) in placed.items() if trial == "standard/4"}
    assert first == {each for each in PEOPLE if drawn(each, trials[:1], hold_out_bp=1_000)[0] == "standard/4"}


def test_the_lots_of_two_trials_have_nothing_to_do_with_each_other() -> None:
    one = {each for each in PEOPLE if lot("a", each) < 5_000}
    both = sum(lot("b", each) < 5_000 for each in one)
    assert abs(both / len(one) - 0.5) < 0.02
