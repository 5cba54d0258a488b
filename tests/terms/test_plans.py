"""Plans under every convention agree with one worked out night by night, and give back exactly what was lent."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slow_plan import SlowPlan, later, slow_rows

from lendmill.terms.broken_period import UnknownBrokenPeriod, with_broken_period
from lendmill.terms.day_counts import DAY_COUNTS, PRORATED
from lendmill.terms.interest import DIRECTIONS
from lendmill.terms.moments import MOMENTS, Pricing, Stretch, UnknownMoment, stretches
from lendmill.terms.periods import DueDatesOutOfOrder, Every, UnknownSpacing, periods_between, spaced
from lendmill.terms.schedule import METHODS, Conventions, Draw, NeverRepaid, UnknownMethod, planned

STARTS = [date(2023, 12, 12), date(2024, 1, 1), date(2024, 1, 31), date(2023, 8, 30), date(2024, 2, 29)]


@st.composite
def plans(draw: st.DrawFn) -> SlowPlan:
    """Terms of every kind, small enough to be worked through night by night."""
    starts, day_count = draw(st.sampled_from(STARTS)), draw(st.sampled_from(list(DAY_COUNTS)))
    count, step = draw(st.integers(1, 5)), draw(st.sampled_from([1, 2, 14]))
    if step == 14:
        dues = [starts + timedelta(days=14 * n) for n in range(count + 1)]
    else:
        dues = [later(starts, step * n) for n in range(count + 1)]
    months = Fraction(14, 30) if step == 14 else Fraction(step)
    spans = tuple((a, b, months) for a, b in pairwise(dues))
    more = draw(st.lists(st.tuples(st.dates(starts, dues[-1] - timedelta(days=1)), st.integers(1, 90_000)), max_size=2))
    rate = draw(st.sampled_from(["0.07", "0.12", "0.2175", "0.36"]))
    return SlowPlan(
        rate=Fraction(rate) / 365 if day_count == "days" else Fraction(rate),
        day_count=day_count,
        moment=draw(st.sampled_from(MOMENTS)),
        direction=draw(st.sampled_from(DIRECTIONS)),
        method=draw(st.sampled_from(METHODS)),
        spans=spans,
        draws=tuple(sorted([(starts, draw(st.integers(1, 500_000))), *more])),
        multiple=draw(st.sampled_from([1, 1, 100])),
        multiple_direction=draw(st.sampled_from(DIRECTIONS)),
        free=draw(st.sampled_from([0, 0, 1, 2])) if count > 2 else 0,
        even_out=draw(st.booleans()),
    )


def conventions(plan: SlowPlan) -> Conventions:
    """The engine's conventions for a slow plan's."""
    pricing = Pricing(plan.rate, plan.day_count, plan.moment, plan.direction)
    return Conventions(
        pricing,
        plan.method,
        multiple_cents=plan.multiple,
        multiple_direction=plan.multiple_direction,
        even_out_last=plan.even_out,
        principal_free_instalments=plan.free,
    )


@given(plans())
def test_a_plan_is_the_one_worked_out_night_by_night(plan: SlowPlan) -> None:
    dues = [span[1] for span in plan.spans]
    periods = periods_between(plan.spans[0][0], dues, None)
    if plan.day_count == PRORATED:  # what a period is called is the spacing's, also for fourteen days
        periods = periods_between(plan.spans[0][0], dues, _spacing(plan))
    steps = planned(conventions(plan), periods, [Draw(*each) for each in plan.draws])
    found = [(row.principal_cents, row.interest_cents, row.balance_after_cents) for row in (s.row for s in steps)]
    assert found == slow_rows(plan)
    assert sum(row[0] for row in found) == sum(amount for _, amount in plan.draws)
    assert found[-1][2] == 0


def _spacing(plan: SlowPlan) -> Every:
    months = plan.spans[0][2]
    return Every(int(months), "month") if months.denominator == 1 else Every(2, "week")


JANUARY = date(2024, 1, 1)
MONTHLY = periods_between(JANUARY, [date(2024, 2, 1), date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)])
YEARLY_12 = Pricing(Fraction("0.12"), "30/360", "per-period", "half-even")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_flat_loans_last_row_takes_what_is_left_of_principal_and_of_all_interest(moment: str) -> None:
    pricing = Pricing(Fraction("0.15"), "30/360", moment, "half-even")
    flat = Conventions(pricing, flat=True, multiple_cents=100, multiple_direction="half-even")
    rows = [step.row for step in planned(flat, MONTHLY, [Draw(JANUARY, 1_250_00)])]
    assert [(row.principal_cents, row.interest_cents) for row in rows] == [(312_38, 15_62)] * 3 + [(312_86, 15_64)]


def test_as_many_rows_as_it_takes_come_from_a_given_payment() -> None:
    given_payment = Conventions(YEARLY_12, level_payment_cents=300_00)
    periods = periods_between(JANUARY, [Every(1, "month").after(JANUARY, n) for n in range(1, 40)])
    rows = [step.row for step in planned(given_payment, periods, [Draw(JANUARY, 1_000_00)], open_ended=True)]
    assert [row.due_cents for row in rows] == [300_00, 300_00, 300_00, 122_48]
    with pytest.raises(NeverRepaid, match="1000 cents never brings"):
        planned(Conventions(YEARLY_12, level_payment_cents=10_00), periods, [Draw(JANUARY, 1_000_00)], open_ended=True)
    with pytest.raises(NeverRepaid):
        planned(Conventions(YEARLY_12), periods, [Draw(JANUARY, 1_000_00)], open_ended=True)


def test_a_payment_given_for_a_fixed_number_leaves_the_rest_in_the_last_row() -> None:
    small = Conventions(YEARLY_12, level_payment_cents=100_00)
    rows = [step.row for step in planned(small, MONTHLY, [Draw(JANUARY, 1_000_00)])]
    assert [row.due_cents for row in rows] == [100_00, 100_00, 100_00, 734_56]
    assert [row.interest_cents for row in rows] == [10_00, 9_10, 8_19, 7_27]


@pytest.mark.parametrize(
    ("way", "interest"),
    [("spread", [11_99, 11_99, 11_99, 11_99]), ("first-instalment", [17_95, 10_00, 10_00, 10_00]),
     ("upfront", [10_00, 10_00, 10_00, 10_00])],
)  # fmt: skip
def test_a_broken_periods_interest_goes_where_it_was_agreed(way: str, interest: list[int]) -> None:
    rows = [step.row for step in planned(Conventions(YEARLY_12, "interest-first"), MONTHLY, [Draw(JANUARY, 1_000_00)])]
    found = with_broken_period(rows, way, 7_95, "half-up")
    assert [row.interest_cents for row in found] == interest
    assert [row.principal_cents for row in found] == [0, 0, 0, 1_000_00]


def test_a_period_is_cut_only_where_what_bears_interest_changes() -> None:
    january = MONTHLY[0]
    same = stretches(january, [(JANUARY, 100), (date(2024, 1, 8), 100), (date(2024, 1, 20), 100)])
    assert same == [Stretch(january, JANUARY, date(2024, 2, 1), 100)]
    rising = stretches(january, [(JANUARY, 0), (date(2024, 1, 8), 100), (date(2024, 1, 8), 150), (date(2024, 2, 9), 7)])
    assert rising == [Stretch(january, date(2024, 1, 8), date(2024, 2, 1), 150)]


def test_days_weeks_and_months_are_counted_from_the_first_day() -> None:
    day = date(2024, 1, 31)
    first_three = {
        Every(1, "day"): [date(2024, 2, 1), date(2024, 2, 2), date(2024, 2, 3)],
        Every(2, "week"): [date(2024, 2, 14), date(2024, 2, 28), date(2024, 3, 13)],
        Every(1, "month"): [date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)],
    }
    for every, dues in first_three.items():
        assert [due_on for _, due_on in zip(range(3), spaced(day, every), strict=False)] == dues
    first_due = spaced(day, Every(1, "month"), date(2024, 2, 15))
    assert [due_on for _, due_on in zip(range(2), first_due, strict=False)] == [date(2024, 2, 15), date(2024, 3, 15)]


def test_conventions_nobody_knows_are_refused() -> None:
    with pytest.raises(UnknownMethod, match="'balloon' is not a way"):
        Conventions(YEARLY_12, "balloon")
    with pytest.raises(UnknownMoment, match="'weekly' is not a moment"):
        Pricing(Fraction("0.12"), "30/360", "weekly")
    with pytest.raises(UnknownSpacing, match="every 1 'year'"):
        Every(1, "year")
    with pytest.raises(UnknownBrokenPeriod, match="'last' is not a way"):
        with_broken_period([], "last", 0, "half-up")
    with pytest.raises(DueDatesOutOfOrder, match="2024-01-01 does not"):
        periods_between(JANUARY, [JANUARY])
