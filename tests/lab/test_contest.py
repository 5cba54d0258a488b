"""A sum over firms: the best of small problems is found by trying everything, that of the real one by another way."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lendmill.credit.pricing.curve import ChurnCurve, curves_of
from lendmill.credit.pricing.sharing import IMPOSSIBLE, REACHED, TotalOutOfReach, ceiling, greedy, shared
from lendmill.lab.contest import (
    Firm,
    Terms,
    choices,
    equal_split,
    solved,
    spread_cents,
    started_anew,
    worth_under,
)

DATA = Path(__file__).parents[3] / "shared" / "data"
CURVES = {
    "A": ChurnCurve("A", (0.04, 0.08, 0.15), (0.0, 0.6, 0.9)),
    "B": ChurnCurve("B", (0.04, 0.08, 0.15), (0.0, 0.4, 0.8)),
}
SMALL = Terms(unit_cents=10_000_000, least_units=1, most_units=3)
FIRMS = [Firm("one", 0.005, "A"), Firm("two", 0.03, "B"), Firm("three", 0.06, "A"), Firm("four", 0.15, "B")]
WORTHS = st.integers(1, 5).flatmap(
    lambda borrowers: st.lists(
        st.lists(st.integers(-50, 50) | st.just(IMPOSSIBLE), min_size=4, max_size=4),
        min_size=borrowers,
        max_size=borrowers,
    )
)


@settings(deadline=None)
@given(WORTHS, st.integers(0, 16))
def test_no_way_of_sharing_earns_more_than_the_best(rows: list[list[int]], total: int) -> None:
    worths = np.array(rows, dtype=np.int64)
    every = [
        sum(worths[n, units] for n, units in enumerate(way))
        for way in product(range(4), repeat=len(rows))
        if sum(way) == total and all(worths[n, units] > REACHED for n, units in enumerate(way))
    ]
    if not every:
        with pytest.raises(TotalOutOfReach):
            shared(worths, total)
        return
    found = shared(worths, total)
    assert found.worth == max(every)
    assert found.total == total
    assert found.worth == worths[np.arange(len(rows)), found.units].sum()
    assert found.worth_by_total is not None
    assert found.worth_by_total[total] == found.worth
    assert ceiling(worths, np.arange(4), total).worth >= found.worth - 1e-6


def test_where_more_brings_ever_less_the_ceiling_is_reached() -> None:
    worths = np.array([[0, 9, 15, 18], [0, 8, 13, 15], [0, 3, 5, 6]], dtype=np.int64)
    for total in range(10):
        bound = ceiling(worths, np.arange(4), total)
        assert bound.worth == pytest.approx(shared(worths, total).worth, abs=1e-6)
    assert ceiling(worths, np.arange(4), 5).unit_worth == pytest.approx(3, abs=1)


def test_a_least_amount_makes_the_greedy_way_lose() -> None:
    worths = np.array([[0, IMPOSSIBLE, IMPOSSIBLE, 31], [0, IMPOSSIBLE, 20, 20], [0, IMPOSSIBLE, 20, 20]])
    assert shared(worths, 4).units.tolist() == [0, 2, 2]
    by_hand = greedy(worths, 4)
    assert (by_hand.units.tolist(), by_hand.worth) == ([3, 0, 0], 31)


def test_a_small_portfolio_is_the_best_of_all_there_are() -> None:
    """Four firms, nothing to three units each, all rates: every portfolio of five units is looked at."""
    found = solved(FIRMS, CURVES, SMALL, 5)
    open_to = choices(FIRMS, CURVES, SMALL)
    every = {
        way: sum(int(open_to.worths[n, units]) for n, units in enumerate(way))
        for way in product(range(4), repeat=4)
        if sum(way) == 5
    }
    assert found.best.worth == max(every.values())
    assert tuple(found.best.amounts_units.tolist()) == max(every, key=lambda way: every[way])
    assert worth_under(found.best, FIRMS, CURVES, SMALL) == found.best.worth
    assert found.gap_share < 0.01
    assert found.best.worth >= max(found.greedy.worth, found.equal.worth)
    assert found.best.counted_units == 5


def test_each_rate_is_the_best_for_its_amount() -> None:
    """Against the formula worked out by hand: kept x ((1 - PD) x rate - PD x loss)."""
    open_to = choices(FIRMS, CURVES, SMALL)
    rates = np.arange(400, 1_501) / 10_000
    for row, firm in enumerate(FIRMS):
        margin = (1 - CURVES[firm.curve].lost(rates)) * ((1 - firm.pd) * rates - firm.pd * 0.6)
        assert open_to.rates_bp[row, 2] == round(rates[np.argmax(margin)] * 10_000)
        assert open_to.worths[row, 2] == pytest.approx(margin.max() * 20_000_000 * 1_000, abs=4)


def test_counted_as_taken_up_the_offers_come_to_more_and_bring_more() -> None:
    terms = replace(SMALL, unit_cents=1_000_000, least_units=10, most_units=30)
    granted, taken = (solved(FIRMS, CURVES, replace(terms, counted=counted), 50) for counted in ("granted", "taken up"))
    kept = [
        units * (1 - float(CURVES[firm.curve].lost(rate / 10_000)))
        for firm, units, rate in zip(FIRMS, taken.best.amounts_units, taken.best.rates_bp, strict=True)
    ]
    assert sum(kept) <= 50
    assert taken.best.counted_units == 50
    assert taken.best.amounts_units.sum() > granted.best.amounts_units.sum() == 50
    assert taken.best.worth > granted.best.worth


def test_amounts_outside_what_may_be_lent_are_never_offered() -> None:
    terms = Terms(odds_per_doubling=1.5, operating_cents=200_000)
    firms = [replace(firm, monthly_sales_cents=30_000_000) for firm in FIRMS]
    found = solved(firms, CURVES, terms, 230)
    lent = found.best.amounts_units[found.best.amounts_units > 0]
    assert (lent.min() >= 10, lent.max() <= 100, lent.sum()) == (True, True, 230)
    with pytest.raises(TotalOutOfReach, match="from 0 to 400"):
        solved(firms, CURVES, terms, 401)
    with pytest.raises(TotalOutOfReach):
        solved(firms, CURVES, terms, 9)


def test_an_equal_split_gives_everybody_the_same_to_the_unit() -> None:
    found = equal_split(FIRMS, CURVES, replace(SMALL, most_units=10), 22)
    assert found.amounts_units.tolist() == [6, 6, 5, 5]
    assert len(set(found.rates_bp.tolist())) == 1


def test_chance_spreads_one_loan_by_what_it_earns_and_loses() -> None:
    certain = {"A": ChurnCurve("A", (0.04, 0.15), (0.0, 0.0))}
    firms, terms = [Firm("one", 0.1, "A")], Terms(least_units=10, most_units=10)
    found = solved(firms, certain, terms, 10).best
    assert found.rates_bp.tolist() == [1_500]
    assert spread_cents(found, firms, certain, terms) == round((0.09 * (0.15 + 0.6) ** 2) ** 0.5 * 10_000_000)


def test_pds_carried_over_keep_their_order_and_meet_the_share() -> None:
    pds = np.array([0.01, 0.2, 0.5, 0.9])
    moved = started_anew(pds, 0.05)
    assert moved.mean() == pytest.approx(0.05)
    ratios = (moved / (1 - moved)) / (pds / (1 - pds))
    assert np.allclose(ratios, ratios[0])


def test_on_the_real_curve_and_firms_another_solver_finds_the_same() -> None:
    """The bank's own grades as PDs; a mixed-integer program with a least amount, by HiGHS."""
    folder = DATA / "cumcm2020c"
    if not folder.is_dir():
        pytest.skip("real data not here: ../shared/data/cumcm2020c")
    scipy = pytest.importorskip("scipy.optimize", reason="training extra not installed: SciPy")
    curves = curves_of((folder / "rate_churn.csv").read_text("utf-8"))
    known = [line.split(",") for line in (folder / "firms.csv").read_text("utf-8").splitlines()[1:]]
    pds = {"A": 0.01, "B": 0.026, "C": 0.059}
    firms = [
        Firm(line[0], pds[line[-2]] * (1 + 0.002 * n), line[-2]) for n, line in enumerate(known) if line[-2] in pds
    ]
    assert len(firms) == 99
    found = solved(firms, curves, Terms(), 5_005)
    per_unit = choices(firms, curves, Terms()).worths[:, 100] / 100
    count, ones = len(firms), np.eye(len(firms))
    limits = [  # amounts, then whether a firm is lent to at all
        scipy.LinearConstraint(np.hstack([np.ones((1, count)), np.zeros((1, count))]), 5_005, 5_005),
        scipy.LinearConstraint(np.hstack([ones, -10 * ones]), 0, np.inf),
        scipy.LinearConstraint(np.hstack([ones, -100 * ones]), -np.inf, 0),
    ]
    whole = np.concatenate([np.zeros(count), np.ones(count)])
    bounds = scipy.Bounds(np.zeros(2 * count), np.concatenate([np.full(count, 100), np.ones(count)]))
    other = scipy.milp(
        np.concatenate([-per_unit, np.zeros(count)]), constraints=limits, integrality=whole, bounds=bounds
    )
    assert other.success
    assert found.best.worth == pytest.approx(-other.fun, rel=1e-6)
    assert found.gap_share < 0.001
