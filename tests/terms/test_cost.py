"""What a loan costs: returns beside pyxirr's, regulators' own examples, and the excess over a cap to the cent."""

from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyxirr import irr

from lendmill.terms.cost import (
    YEARLY_RATES,
    Flow,
    NoRateOfReturn,
    Timed,
    cap_excess_cents,
    compounded,
    daily_return,
    effective_annual,
    step_return,
    total_cost_cents,
    yearly_rate,
)
from lendmill.terms.effective_interest import PaymentsTooSmall, discount_factors, earned, payments_from_volume
from lendmill.terms.rates import Rate

DAY = date(2026, 1, 31)
WHOLE = Fraction(0)


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=24), st.integers(2, 3000))
def test_a_return_is_pyxirrs_also_below_nought_and_above_one(payments: list[int], share: int) -> None:
    out = max(1, sum(payments) * share // 1000)
    expected = irr([-out, *payments])
    assert expected is not None
    found = step_return([(0, -out), *enumerate(payments, start=1)])
    assert float(found) == pytest.approx(expected, rel=1e-6, abs=1e-9)
    with localcontext() as context:
        context.prec = 60
        worth = sum(Decimal(cents) / (1 + found) ** step for step, cents in enumerate(payments, start=1))
        assert abs(worth - out) < Decimal(10) ** -30 * out


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ([-100, 1], "-0.99"), ([-100, 100], "0"), ([-100, 250], "1.5"), ([-1, 1_000_001], "1000000"),
        ([-100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100], "0"), ([-1000, 300, -200, 990], "0.0334"),
    ],
)  # fmt: skip
def test_returns_of_extremes_are_found(flows: list[int], rate: str) -> None:
    assert round(step_return(list(enumerate(flows))), 4) == Decimal(rate)


mixed = st.lists(st.tuples(st.integers(1, 1200), st.integers(-900_000, 1_000_000)), min_size=1, max_size=25)


@given(st.integers(1, 10_000_000), mixed)
@example(1_866_813, [(1027, 2733), (1023, -320_939), (465, 92_627), (210, 960), (732, 757), (911, -14_664), (557, 391)])
def test_at_the_rate_found_the_flows_are_worth_nothing_however_they_alternate(
    out: int, later: list[tuple[int, int]]
) -> None:
    flows = [(0, -out), *later]
    try:
        found = step_return(flows)
    except NoRateOfReturn:
        return
    with localcontext() as context:
        context.prec = 80
        worths = [Decimal(cents) / (1 + found) ** step for step, cents in flows]
        assert abs(sum(worths)) <= sum(map(abs, worths)) * Decimal(10) ** -25


def test_a_fee_kept_back_on_the_day_counts_with_the_money_lent() -> None:
    kept = [Flow(DAY, -1_000_000), Flow(DAY, 50_000), Flow(DAY + timedelta(days=30), 1_000_000)]
    plain = [Flow(DAY, -950_000), Flow(DAY + timedelta(days=30), 1_000_000)]
    assert daily_return(kept) == daily_return(plain)
    assert (total_cost_cents(kept), total_cost_cents(plain)) == (50_000, 50_000)


@pytest.mark.parametrize("flows", [[], [-100], [100], [100, -50], [-100, -100], [0, 0]])
def test_money_that_does_not_go_out_and_come_back_has_no_rate(flows: list[int]) -> None:
    with pytest.raises(NoRateOfReturn):
        step_return(list(enumerate(flows)))


def test_a_daily_rate_is_told_on_both_bases_and_compounded() -> None:
    rate = Rate(600, 1_000_000)
    assert (rate.nominal_annual(), rate.nominal_annual(360)) == (Decimal("0.219"), Decimal("0.216"))
    assert (effective_annual(Decimal("0.0006")), effective_annual(Decimal("0.0006"), 360)) == (
        Decimal("0.244750"), Decimal("0.241022"),
    )  # fmt: skip


# Directive 98/7/EC of 16 February 1998, Annex II (examples of calculation, "accuracy of at least one decimal place"):
# on a calendar basis the first one, lent on 1 January 1994 and repaid on 1 July 1995; then on that of equal months.
@pytest.mark.parametrize(
    ("flows", "units_a_year", "percent"),
    [
        ([(0, -1000), (546, 1200)], 365, "13.0"),
        ([(0, -1000), (18, 1200)], 12, "12.9"),
        ([(0, -950), (18, 1200)], 12, "16.9"),
        ([(0, -1000), (12, 600), (24, 600)], 12, "13.1"),
        ([(0, -1000), (3, 272), (6, 272), (12, 544)], 12, "13.2"),
    ],
)
def test_the_european_directives_examples_come_out(
    flows: list[tuple[int, int]], units_a_year: int, percent: str
) -> None:
    timed = [Timed(units, WHOLE, euros * 100) for units, euros in flows]
    assert round(yearly_rate(timed, units_a_year, YEARLY_RATES["eu"]) * 100, 1) == Decimal(percent)


# Regulation Z (12 CFR 1026), Appendix J, section (c)(1): single advance, regular payments, examples (i) to (v).
@pytest.mark.parametrize(
    ("advance", "payment", "count", "first_units", "odd_part", "units_a_year", "percent"),
    [
        (5000_00, 230_00, 24, 1, Fraction(0), 12, "9.69"),
        (6000_00, 200_00, 36, 1, Fraction(19, 30), 12, "11.82"),
        (5000_00, 219_17, 24, 0, Fraction(6, 15), 24, "10.34"),
        (10_000_00, 385_00, 40, 1, Fraction(39, 90), 4, "8.97"),
        (500_00, 17_60, 30, 4, Fraction(4, 7), 52, "14.96"),
    ],
)
def test_regulation_zs_examples_come_out(
    advance: int, payment: int, count: int, first_units: int, odd_part: Fraction, units_a_year: int, percent: str
) -> None:
    payments = [Timed(first_units + n, odd_part, payment) for n in range(count)]
    found = yearly_rate([Timed(0, WHOLE, -advance), *payments], units_a_year, YEARLY_RATES["us"])
    assert round(found * 100, 2) == Decimal(percent)


def test_a_cap_just_met_leaves_nothing_to_pay_back_and_a_cent_more_does() -> None:
    lent = Flow(DAY, -1_000_000_00)
    on = DAY + timedelta(days=365)
    at_cap = 1_000_000_00 * (1 + Fraction(24, 36500)) ** 365
    assert cap_excess_cents([lent, Flow(on, at_cap.__floor__())], 2400, on) == 0
    assert cap_excess_cents([lent, Flow(on, at_cap.__floor__() + 1)], 2400, on) == 1
    assert cap_excess_cents([lent, Flow(on, at_cap.__floor__() + 100)], 2400, on + timedelta(days=1)) == 100
    assert cap_excess_cents([lent], 2400, on) == 0


flows = st.lists(st.tuples(st.integers(1, 700), st.integers(1, 50_000)), min_size=1, max_size=12)


@given(flows, st.sampled_from([2400, 3600, 1500]), st.integers(0, 60))
def test_paying_the_excess_back_brings_the_all_in_rate_to_the_cap_and_a_cent_less_does_not(
    paid: list[tuple[int, int]], cap_bp: int, later: int
) -> None:
    out = max(1, sum(cents for _, cents in paid) * 4 // 5)
    charged = [Flow(DAY, -out), *(Flow(DAY + timedelta(days=day), cents) for day, cents in paid)]
    on = max(flow.on for flow in charged) + timedelta(days=later)
    excess = cap_excess_cents(charged, cap_bp, on)
    a_night = 1 + Fraction(cap_bp, 3_650_000)

    def worth(back: int) -> Fraction:
        return sum((flow.amount_cents * a_night ** (on - flow.on).days for flow in charged), Fraction(-back))

    assert worth(excess) <= 0
    assert excess == 0 or worth(excess - 1) > 0


def test_a_fee_is_earned_in_full_by_the_last_payment() -> None:
    payment, payments = payments_from_volume(500_00, 100_000_00, Fraction(18), 360)
    rate, steps = earned([-450_00, *payments])
    assert (payment, len(payments)) == (50_00, 10)
    assert [step.income_cents for step in steps[:3]] == [8_83, 8_03, 7_20]
    assert sum(step.income_cents for step in steps) == 50_00
    assert (steps[-1].unearned_cents, round(steps[-1].balance_cents, 20)) == (0, 0)
    assert round(discount_factors(rate, 1)[0], 8) == Decimal("0.98074794")
    with pytest.raises(PaymentsTooSmall, match="0 % of 10000000 cents"):
        payments_from_volume(500_00, 100_000_00, Fraction(0), 360)


def test_a_rate_of_a_step_is_compounded_over_a_year() -> None:
    assert compounded(Decimal("0.01"), 2) == Decimal("0.0201")
