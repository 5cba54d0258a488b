"""The lot that says which policy decides a borrower."""

from collections import Counter
from functools import partial
from itertools import pairwise
from uuid import UUID

from lendmill.credit.testing.arms import LOTS, Arm, Spans, allotted, drawn, held_out, lot
from lendmill.credit.testing.backtest import Estimate
from lendmill.credit.testing.beside.figures import ArmGroup, trial_report

PEOPLE = [UUID(int=n * 7_919 + 1) for n in range(40_000)]
FOUR, FIVE, SIX = "standard/4", "standard/5", "standard/6"


def decided(spans: dict[str, Spans], hold_out_bp: int = 0) -> dict[UUID, str]:
    """The trial or the arm of each of the people."""
    found = ((each, drawn(each, spans, hold_out_bp)) for each in PEOPLE)
    return {each: trial or arm for each, (trial, arm) in found}


def stayed(before: dict[UUID, str], after: dict[UUID, str], trial: str) -> bool:
    """Whether everybody in a trial is in it still."""
    return all(after[each] == trial for each, was in before.items() if was == trial)


def test_a_lot_is_drawn_once_and_stays() -> None:
    # fixed for ever: another lot for the same borrower would move people between policies in the middle of a trial
    assert [lot("standard", UUID(int=n)) for n in (1, 2, 3)] == STANDARD_LOTS
    assert [lot("product standard", UUID(int=n)) for n in (1, 2, 3)] != STANDARD_LOTS
    assert allotted({}, {FOUR: 1}) == {FOUR: ((BEGINS, BEGINS + LOTS // 10_000),)}


STANDARD_LOTS = [1_960, 4_890, 4_744]
BEGINS = 12_602_635_501_019_233_932


def test_each_trial_has_its_share_of_all_borrowers() -> None:
    for shares, hold_out_bp in (({FOUR: 3_000, FIVE: 6_000}, 0), ({FOUR: 1_000, FIVE: 4_000}, 5_000)):
        found = Counter(decided(allotted({}, shares, hold_out_bp), hold_out_bp).values())
        for trial, share_bp in (*shares.items(), ("hold-out", hold_out_bp)):
            assert abs(found[trial] - 4 * share_bp) < 400, (trial, found)


def test_the_lots_of_a_trial_are_exactly_its_share_and_nobody_elses() -> None:
    spans = allotted({}, {FOUR: 3_333, FIVE: 6_000, SIX: 667}, 0)
    taken = sorted(span for each in spans.values() for span in each)
    assert [sum(end - start for start, end in each) for each in spans.values()] == [
        LOTS * bp // 10_000 for bp in (3_333, 6_000, 667)
    ]
    assert all(end <= start for (_, end), (start, _) in pairwise(taken))


def test_whoever_is_drawn_stays_while_shares_grow_shrink_begin_and_end() -> None:
    shares, spans = {FOUR: 1_000, FIVE: 2_000}, allotted({}, {FOUR: 1_000, FIVE: 2_000})
    before = decided(spans)
    for trial, share_bp in ((FOUR, 5_000), (SIX, 3_000), (FOUR, 500), (FIVE, 6_500), (SIX, None)):
        shares = {each: bp for each, bp in {**shares, trial: share_bp}.items() if bp}
        spans = allotted(spans, shares)
        after = decided(spans)
        for other in (FOUR, FIVE, SIX):
            if other != trial:
                assert {who for who in PEOPLE if before[who] == other} == {who for who in PEOPLE if after[who] == other}
        grown = shares.get(trial, 0) > Counter(before.values())[trial] / 4 + 100
        assert stayed(before, after, trial) is grown or trial == SIX
        if not grown:
            assert all(before[who] == trial for who in PEOPLE if after[who] == trial)
        before = after


def test_a_hold_out_that_grows_takes_from_trials_and_leaves_their_shares() -> None:
    trials = {FOUR: 3_000, FIVE: 3_000}
    spans = allotted({}, trials, 500)
    before, after = decided(spans, 500), decided(allotted(spans, trials, 4_000), 4_000)
    for trial in trials:
        assert all(after[who] in (trial, "hold-out") for who in PEOPLE if before[who] == trial)
        assert abs(Counter(after.values())[trial] - 12_000) < 400
    assert all((after[who] == "hold-out") is held_out(who, 4_000) for who in PEOPLE)


def test_the_lots_of_two_families_have_nothing_to_do_with_each_other() -> None:
    one, other = (decided(allotted({}, {trial: 5_000})) for trial in (FOUR, "product credit-line/4"))
    inside = [who for who in PEOPLE if one[who] == FOUR]
    assert abs(sum(other[who] != "champion" for who in inside) / len(inside) - 0.5) < 0.02


def test_a_trial_does_not_try_the_people_of_the_one_before_it() -> None:
    both = partial(allotted, {})
    assert both({FOUR: 1_000})[FOUR][0] != both({FIVE: 1_000})[FIVE][0]


def test_the_mean_of_one_file_has_no_bounds_and_none_lies_where_nothing_can_be() -> None:
    def group(arm: Arm, part: int, limit_cents: int) -> ArmGroup:
        return ArmGroup(arm, part, 1, 1, 0, limit_cents, limit_cents * 0.05, 0, 0, 0.0)

    rows = [group("champion", 3, 100_000), group("challenger", 1, 1_000), group("challenger", 2, 500_000)]
    alone, two = trial_report("standard/4", rows, None, None).arms
    assert alone.limit_mean == Estimate(100_000.0, None, None)
    assert alone.at_risk_share == Estimate(0.05, None, None)
    assert two.limit_mean.low == 0
    assert (two.limit_mean.high or 0) > 500_000
    assert all(0 <= (bound or 0) <= 1 for arm in (alone, two) for bound in (arm.granted.low, arm.granted.high))
    unknown = {each.figure for each in trial_report("t", rows, None, None).differences if each.difference.low is None}
    assert unknown == {"limit_mean", "at_risk_share", "default_rate"}
