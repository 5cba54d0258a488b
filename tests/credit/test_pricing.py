"""The price of a grade: the formula to the cent, the best of all rates, none outside the band, what would move it."""

import tomllib
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.pricing_cases import CURVE, TODAY, one_grade, stated
from lendmill.credit.pricing.assumptions import AssumptionsNotInForce, InvalidAssumptions, read_assumptions, text_of
from lendmill.credit.pricing.band import NoRateToChoose, bands, dearest_units, spelling_of
from lendmill.credit.pricing.best import GradePrice, break_even, grade_prices, ground_of, limits_tried
from lendmill.credit.pricing.profit import expected
from lendmill.credit.pricing.proposal import out_of_order, policy_table, proposal, rates_by_grade
from lendmill.credit.queries import preset_policy
from lendmill.products.caps import caps_on
from lendmill.products.conventions import Fees
from lendmill.products.dearest import DearerThanAllowed, check_caps
from lendmill.products.document import GRADES, Product
from lendmill.products.queries import preset

LINE = preset("credit-line")
DAY = spelling_of(LINE)
BAND = bands(LINE, one_grade(0.01), TODAY)["A"]


def priced(product: Product = LINE, **changes: Any) -> GradePrice:
    """The price of grade A."""
    return next(each for each in grade_prices(stated(**changes), product, TODAY) if each.grade == "A")


def yearly(**changes: Any) -> Product:
    """The credit line with a yearly rate."""
    conventions = msgspec.structs.replace(LINE.conventions, day_count="actual/365")
    changes = {"daily_rate": "", "yearly_rate": "18 %", "rate_by_grade": {}, "conventions": conventions} | changes
    return msgspec.structs.replace(LINE, **changes)


def test_the_formula_to_the_cent() -> None:
    """100 % drawn of 10,000 yuan at 0.02 % a day: 730 yuan a year; 1 % default, 60 % lost; 3 % for the money."""
    ground = ground_of(one_grade(0.01), LINE, "A")
    found = expected(ground, DAY.night, 200, 1_000_000, kept=0.5).at(0, 0)
    assert (found.interest_cents, found.funding_cents) == (500 * 73_000 * 99 // 100, 500 * 30_000)
    assert (found.loss_cents, found.operating_cents) == (500 * 6_000, 500 * 5_000)
    assert found.profit_cents == 500 * (72_270 - 30_000 - 6_000 - 5_000)


def test_half_a_year_earns_half_and_defaults_by_half_of_the_surviving() -> None:
    ground = ground_of(one_grade(0.19, days=365 * 2, funding_yearly_bp=0, operating_cents=0), LINE, "A")
    assert float(ground.default_share(0.1, 5_000_000)) == pytest.approx(1 - 0.81**2)
    found = expected(ground, DAY.night, 200, 1_000_000, kept=1.0).at(0, 0)
    assert found.interest_cents == round(1000 * 146_000 * 0.81**2)


def test_interest_paid_before_default_counts_and_more_may_be_drawn_at_default() -> None:
    changes: dict[str, Any] = {"utilisation": ({"limit_cents": 1_000_000, "share_bp": 5_000},), "operating_cents": 0}
    ground = ground_of(one_grade(0.1, interest_paid_before_default_bp=5_000, **changes), LINE, "A")
    found = expected(ground, DAY.night, 200, 1_000_000, kept=1.0).at(0, 0)
    assert found.interest_cents == 1000 * 36_500 * 95 // 100
    assert found.funding_cents == 1000 * 15_000
    assert found.loss_cents == 1000 * 1_000_000 * 6 // 100  # of the whole limit, not of the half usually drawn


def test_odds_grow_with_the_rate_and_with_each_doubling_of_the_limit() -> None:
    ground = ground_of(one_grade(0.1, odds_per_rate_point=2.0, odds_per_limit_doubling=3.0), LINE, "A")
    base = ground.today_yearly_rate
    assert base == pytest.approx(0.219)
    assert float(ground.default_share(base, 5_000_000)) == pytest.approx(0.1)
    assert float(ground.default_share(base + 0.01, 5_000_000)) == pytest.approx(2 / 11)
    assert float(ground.default_share(base, 10_000_000)) == pytest.approx(3 / 12)


def test_drawn_grows_with_the_limit_but_by_ever_less() -> None:
    steps = ({"limit_cents": 1_000_000, "share_bp": 8_000}, {"limit_cents": 4_000_000, "share_bp": 5_000})
    ground = ground_of(stated(utilisation=steps), LINE, "A")
    assert ground.drawn_cents([500_000, 1_000_000, 2_500_000, 4_000_000, 8_000_000]).tolist() == [
        400_000, 800_000, 1_400_000, 2_000_000, 4_000_000,
    ]  # fmt: skip


def test_the_best_is_no_worse_than_any_rate_and_limit_there_is() -> None:
    for each in grade_prices(stated(odds_per_limit_doubling=2.0), LINE, TODAY):
        found = expected(each.ground, DAY.night, each.band.units, each.limits_cents).profit_cents
        assert each.best.profit_cents == found.max()
        assert each.limit_ends_by == "inside"
        row, column = np.argwhere(found == found.max())[0]
        assert (each.best.units, each.best.limit_cents) == (each.band.units[row], each.limits_cents[column])


def test_a_profit_that_is_straight_in_the_limit_ends_only_where_the_search_does() -> None:
    assert priced().limit_ends_by == "highest"
    assert priced().best.limit_cents == LINE.limit_max_cents
    grades = {"A": {"pd": 0.01, "pd_low": 0.01, "pd_high": 0.01, "curve": "all", "limit_cents": 5_000_000}}
    grades["A"]["limit_max_cents"] = 7_000_000
    assert priced(grades=grades).best.limit_cents == 7_000_000


def test_all_that_is_as_good_as_the_best_is_told_and_nothing_else() -> None:
    found = priced()
    column = int(np.flatnonzero(found.limits_cents == found.best.limit_cents)[0])
    left = dict(zip(found.band.units.tolist(), found.profits_cents[:, column].tolist(), strict=True))
    good = {units for units, profit in left.items() if profit >= found.best.profit_cents * 9_500 // 10_000}
    assert good == {units for low, high in found.flat_units for units in range(low, high + 1)}
    assert found.gentlest_units == min(good)
    low, high = found.less_one_units
    assert low <= found.best.units <= high


def test_a_rough_curve_gives_stretches_that_lie_apart() -> None:
    twin = ((0.06, 0.0), (0.065, 0.0), (0.066, 0.42), (0.09, 0.42), (0.0901, 0.99), (0.2, 1.0))
    apart = priced(churn={"all": twin}, funding_yearly_bp=234, operating_cents=0)
    assert len(apart.flat_units) == 2
    low, high = apart.less_one_units  # without the fall at 9 % the dear end would be best
    assert low <= apart.best.units < high


def test_where_no_rate_pays_none_is_proposed() -> None:
    found = priced(funding_yearly_bp=10_000)
    assert not found.pays
    assert (found.flat_units, found.break_even_units) == ((), None)
    assert rates_by_grade([found]) == {}
    assert "No rate pays for grade A" in proposal([found], stated(), LINE, TODAY)


def test_the_break_even_rate_is_the_first_that_loses_nothing() -> None:
    """Money, loss and cost of 410 yuan on 10,000 a year, earned from the 99 in 100 who pay; up to the next unit."""
    ground = ground_of(one_grade(0.01), LINE, "A")
    units = break_even(BAND, ground, 1_000_000)
    assert units is not None
    exact = Fraction(30_000 + 6_000 + 5_000, 990_000) / 365 * 1_000_000
    assert units == -(-exact.numerator // exact.denominator)


@settings(max_examples=60, deadline=None)
@given(
    pd=st.floats(0.001, 0.4),
    worse=st.floats(1.0, 5.0),
    loss_bp=st.integers(0, 10_000),
    funding_bp=st.integers(0, 1_500),
    rate_odds=st.sampled_from([1.0, 1.05, 1.3]),
    limit_cents=st.integers(100_000, 100_000_000),
)
def test_a_higher_pd_never_lowers_the_break_even_rate(
    pd: float, worse: float, loss_bp: int, funding_bp: int, rate_odds: float, limit_cents: int
) -> None:
    said = one_grade(pd, loss_given_default_bp=loss_bp, funding_yearly_bp=funding_bp, odds_per_rate_point=rate_odds)
    ground, band = ground_of(said, LINE, "A"), BAND
    low = break_even(band, ground, limit_cents)
    high = break_even(band, ground, limit_cents, pd=min(pd * worse, 0.99))
    assert high is None or (low is not None and low <= high)


@settings(max_examples=40, deadline=None)
@given(
    lowest_bp=st.integers(0, 2_500),
    wide_bp=st.integers(0, 2_000),
    cap_bp=st.integers(500, 2_400),
    pd=st.floats(0.001, 0.5),
    per_year=st.booleans(),
)
def test_no_rate_lies_outside_the_band_the_cap_or_the_curve(
    lowest_bp: int, wide_bp: int, cap_bp: int, pd: float, per_year: bool
) -> None:
    product = yearly(all_in_cap_bp=cap_bp) if per_year else msgspec.structs.replace(LINE, all_in_cap_bp=cap_bp)
    said = one_grade(pd, yearly_rate_min_bp=lowest_bp, yearly_rate_max_bp=min(10_000, lowest_bp + wide_bp))
    try:
        [found] = grade_prices(said, product, TODAY)
    except NoRateToChoose:
        return
    least, most = (
        max(lowest_bp / 10_000, CURVE[0][0]),
        min((lowest_bp + wide_bp) / 10_000, CURVE[-1][0], cap_bp / 10_000),
    )
    tried = [float(found.band.spelling.yearly_rate(int(units))) for units in found.band.units[[0, -1]]]
    assert least - 1e-12 <= tried[0] <= found.best.yearly_rate <= tried[1] <= most + 1e-12
    assert found.best.profit_cents == found.profits_cents.max()
    shifted = [shift.best.yearly_rate for shift in found.shifts]
    assert all(tried[0] <= rate <= tried[1] for rate in shifted)
    assert all(shift.regret_cents >= 0 for shift in found.shifts)


def test_fees_and_the_cap_in_default_narrow_the_band_as_when_the_product_is_published() -> None:
    caps = caps_on("historical", TODAY)
    assert dearest_units(LINE, caps) == 657  # 24 % a year in millionths a day
    with_fee = msgspec.structs.replace(LINE, fees=Fees(origination_bp=100), months_max=6, methods=("level-payment",))
    highest = dearest_units(with_fee, caps)
    assert 0 < highest < 657
    for units, allowed in ((highest, True), (highest + 1, False)):
        product = msgspec.structs.replace(with_fee, daily_rate=DAY.text(units))
        try:
            check_caps(product, caps)
        except DearerThanAllowed:
            assert not allowed
        else:
            assert allowed
    in_default = dearest_units(msgspec.structs.replace(LINE, caps="current"), caps_on("current", TODAY))
    assert in_default == 438  # 1.5 times 16 % is 24 %


def test_the_products_own_band_ends_the_rates_and_no_policy_may_be_proposed_one_outside() -> None:
    banded = msgspec.structs.replace(LINE, rate_min="0.02 %", rate_max="0.03 %")
    found = priced(banded)
    assert (found.band.units[0], found.band.units[-1]) == (200, 300)
    assert (found.band.low_by, found.band.high_by) == ("the product's band", "the product's band")
    assert 200 <= found.best.units <= 300


def test_a_yearly_product_is_priced_in_hundredths_of_a_percent_a_year() -> None:
    found = priced(yearly())
    assert found.band.spelling.text(1234) == "12.34 %"
    assert found.band.spelling.yearly_rate(1234) == Fraction(1234, 10_000)
    assert float(priced().best.yearly_rate) == pytest.approx(found.best.yearly_rate, abs=0.0005)


def test_a_band_without_a_rate_names_both_ends() -> None:
    with pytest.raises(NoRateToChoose, match=r"from 22.00 % on by the lender's band, but at most 20.00 % by the curve"):
        grade_prices(stated(yearly_rate_min_bp=2_200), LINE, TODAY)


def test_assumptions_not_yet_in_force_price_nothing() -> None:
    with pytest.raises(AssumptionsNotInForce, match="hold from 2026-03-02 on"):
        grade_prices(stated(in_force_on=date(2026, 3, 2)), LINE, TODAY)


def test_what_moves_the_price_is_told_with_what_staying_would_forgo() -> None:
    found = priced()
    assert [shift.what for shift in found.shifts] == [
        "pd_low", "pd_high", "pd_double",
        "loss_given_default_bp", "loss_given_default_bp", "funding_yearly_bp", "funding_yearly_bp",
    ]  # fmt: skip
    assert [round(shift.value, 6) for shift in found.shifts] == [0.005, 0.02, 0.02, 0.4, 0.8, 0.02, 0.04]
    dear, dearer = found.shifts[-2:]
    assert dear.best.units <= found.best.units <= dearer.best.units
    assert dear.best.profit_cents > found.best.profit_cents > dearer.best.profit_cents


def test_the_limits_tried_hold_the_ends_and_the_limit_observed() -> None:
    tried = limits_tried(stated(), LINE, "A").tolist()
    assert (tried[0], tried[-1]) == (LINE.limit_min_cents, LINE.limit_max_cents)
    assert 5_000_000 in tried
    assert all(each % 10_000 == 0 for each in tried)


def test_a_proposal_is_a_table_the_product_can_take() -> None:
    prices = grade_prices(stated(), LINE, TODAY)
    text = proposal(prices, stated(), LINE, TODAY)
    chosen = rates_by_grade(prices)
    assert "said by the analyst" in text
    whole = tomllib.loads(text)["rate_by_grade"]
    assert whole == dict.fromkeys(GRADES, LINE.daily_rate) | chosen
    assert text.count("  # as today") == len(GRADES) - len(chosen)
    taken = msgspec.structs.replace(LINE, rate_by_grade=whole)
    assert [str(taken.rate_for(grade)) for grade in chosen] == list(chosen.values())
    gentle = rates_by_grade(prices, gentlest=True)
    assert all(gentle[grade] <= chosen[grade] for grade in chosen)
    steps = {each.grade: each.best.units for each in prices}
    [table] = tomllib.loads(policy_table(prices, LINE))["price"]["tables"]
    assert table["rows"] == [[grade, units] for grade, units in steps.items()]
    standard = preset_policy()
    [table] = tomllib.loads(policy_table(prices, LINE, standard))["price"]["tables"]
    assert table["rows"] == [[grade, steps.get(grade, figure)] for grade, figure in standard.price.tables[0].rows]


def test_a_better_grade_that_would_pay_more_is_pointed_out() -> None:
    own = {"pd": 0.001, "pd_low": 0.001, "pd_high": 0.001, "limit_cents": 5_000_000}
    loyal = ((0.04, 0.0), (0.2, 0.01))
    said = stated(
        grades={"A": own | {"curve": "loyal"}, "B": own | {"curve": "all"}}, churn={"all": CURVE, "loyal": loyal}
    )
    prices = grade_prices(said, LINE, TODAY)
    assert out_of_order(prices) == [("A", "B")]
    assert "Grade A would pay more than grade B." in proposal(prices, said, LINE, TODAY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key": " "}, "key"),
        ({"said_by": ""}, "said_by"),
        ({"days": 0}, "days"),
        ({"loss_given_default_bp": 10_001}, "loss_given_default_bp"),
        ({"funding_yearly_bp": -1}, "funding_yearly_bp"),
        ({"operating_cents": -1}, "operating_cents"),
        ({"odds_per_rate_point": 0.9}, "odds_per_rate_point"),
        ({"odds_per_limit_doubling": float("nan")}, "odds_per_limit_doubling"),
        ({"yearly_rate_min_bp": 900, "yearly_rate_max_bp": 800}, "yearly_rate_max_bp"),
        ({"utilisation": ()}, "utilisation"),
        ({"utilisation": ({"limit_cents": 2, "share_bp": 9}, {"limit_cents": 1, "share_bp": 9})}, "utilisation"),
        ({"utilisation": ({"limit_cents": 1, "share_bp": 1}, {"limit_cents": 2, "share_bp": 9})}, "utilisation"),
        ({"utilisation": ({"limit_cents": 10, "share_bp": 9000}, {"limit_cents": 20, "share_bp": 1})}, "utilisation"),
        ({"grades": {}}, "grades"),
        ({"churn": {}}, "grades.A.curve"),
        ({"unheard": 1}, "unheard"),
        ({"product": 3}, "product"),
    ],
)  # fmt: skip
def test_wrong_assumptions_are_refused_by_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidAssumptions) as refused:
        stated(**changes)
    assert refused.value.facts["field"] == field


def test_assumptions_written_down_and_read_again_are_the_same() -> None:
    said = stated(said_by='the "analyst"\n分析师', odds_per_rate_point=1.05)
    assert read_assumptions(text_of(said)) == said


@pytest.mark.parametrize(
    "own", [{"pd": 0.0}, {"pd": 1.0}, {"pd_low": 0.02}, {"pd_high": float("nan")}, {"limit_cents": 0}]
)
def test_a_grade_whose_pd_is_none_is_refused(own: dict[str, Any]) -> None:
    with pytest.raises(InvalidAssumptions):
        one_grade(0.01, own=own)
    with pytest.raises(InvalidAssumptions, match="one of AAA"):
        stated(grades={"UNKNOWN": {"pd": 0.1, "pd_low": 0.1, "pd_high": 0.1, "curve": "all", "limit_cents": 1}})
