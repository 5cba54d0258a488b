"""Plans worked through again, debts in two stages, daily posting and lateness: what holds whatever happened."""

from datetime import date, timedelta
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slow_telling import SlowTelling

from lendmill.terms.allocation import COMPONENTS
from lendmill.terms.collateral import Collateral
from lendmill.terms.debt import Item, TwoStages, charged, late_fees, pay
from lendmill.terms.lateness import (
    Due,
    Pause,
    Range,
    UnknownFirstDay,
    days_late,
    days_past_due,
    delinquent_days,
    paid_oldest_first,
    range_of,
)
from lendmill.terms.moments import MOMENTS, Pricing
from lendmill.terms.periods import Every, periods_between, spaced
from lendmill.terms.posted_daily import ChargedOffTwice, NotChargedOff, PostedDaily
from lendmill.terms.recalculated import (
    ON_PREPAYMENT,
    Early,
    Happened,
    InterestPause,
    OnPrepayment,
    Repaid,
    UnknownPrepayment,
    recalculated,
)
from lendmill.terms.schedule import METHODS, Conventions, Draw, PlannedRow, planned

START = date(2024, 1, 31)
DUES = [due_on for _, due_on in zip(range(6), spaced(START, Every(1, "month")), strict=False)]
PERIODS = periods_between(START, DUES, Every(1, "month"))
LENT = Draw(START, 100_000)

plans = st.builds(
    Conventions,
    st.builds(
        Pricing,
        st.just(Fraction("0.12")),
        st.sampled_from(["actual/365", "30/360", "30/360-prorated-by-days-in-period"]),
        st.sampled_from(MOMENTS),
        st.sampled_from(["half-up", "half-even"]),
    ),
    st.sampled_from(METHODS),
)
payments = st.lists(
    st.builds(Repaid, st.dates(START, DUES[-1]), st.sampled_from([1, 500, 17_253, 17_254, 60_000])), max_size=6
).map(lambda paid: sorted(paid, key=lambda each: each.on))


@given(plans)
def test_what_is_paid_on_time_leaves_the_plan_as_it_was(conventions: Conventions) -> None:
    steps = planned(conventions, PERIODS, [LENT])
    for seen in (0, 2, 6):
        paid = [Repaid(step.row.due_on, step.row.due_cents) for step in steps[:seen]]
        seen_on = DUES[seen - 1] if seen else START
        found = recalculated(conventions, PERIODS, Early(), Happened(seen_on, [LENT], paid))
        assert [each.row for each in found.rows] == [step.row for step in steps]
        assert [each.paid_cents for each in found.rows] == [
            step.row.due_cents if n < seen else 0 for n, step in enumerate(steps)
        ]


@given(plans, payments, st.sampled_from(ON_PREPAYMENT), st.dates(START, DUES[-1] + timedelta(days=40)))
def test_whatever_is_paid_the_rows_give_back_what_was_lent(
    conventions: Conventions, paid: list[Repaid], prepayment: str, seen_on: date
) -> None:
    happened = Happened(seen_on, [LENT], [each for each in paid if each.on <= seen_on])
    found = recalculated(conventions, PERIODS, Early(prepayment), happened)
    rows = [each.row for each in found.rows]
    received, due = sum(each.amount_cents for each in happened.repaid), sum(row.due_cents for row in rows)
    assert sum(row.principal_cents for row in rows) == LENT.amount_cents
    assert rows[-1].balance_after_cents == 0
    assert all(row.principal_cents >= 0 and row.interest_cents >= 0 for row in rows)
    assert all(0 <= each.paid_cents <= each.row.due_cents for each in found.rows)
    assert sum(each.paid_cents for each in found.rows) == min(received, due)


@given(
    payments, st.sampled_from([15_000, 17_253, 40_000]), st.booleans(), st.dates(START, DUES[-1] + timedelta(days=40))
)
def test_a_story_is_the_one_told_day_by_day(paid: list[Repaid], payment: int, skips: bool, seen_on: date) -> None:
    pricing = Pricing(Fraction("0.12"), "actual/365", "per-period")
    early = Early("skip-next" if skips else "shorten")
    happened = Happened(seen_on, [LENT], [each for each in paid if each.on <= seen_on])
    found = recalculated(Conventions(pricing, level_payment_cents=payment), PERIODS, early, happened)
    money = [(each.on, each.amount_cents) for each in paid]
    slow = SlowTelling(LENT.amount_cents, payment, pricing.rate, DUES, START, seen_on, money, skips)
    told = [
        (each.row.interest_cents, each.row.principal_cents, each.row.balance_after_cents, each.paid_cents)
        for each in found.rows
    ]
    assert told == [row.told for row in slow.tell()]


@given(plans, payments, st.dates(START, DUES[-1]), st.sampled_from(["pay-off-day", "next-due"]))
def test_a_pay_off_leaves_nothing_and_costs_what_was_told_the_same_day(
    conventions: Conventions, paid: list[Repaid], off_on: date, interest_to: str
) -> None:
    known = [each for each in paid if each.on <= off_on]
    early = Early(interest_to=interest_to)
    before = recalculated(conventions, PERIODS, early, Happened(off_on, [LENT], known))
    after = recalculated(conventions, PERIODS, early, Happened(off_on, [LENT], known, paid_off_on=off_on))
    assert after.pay_off_cents == before.pay_off_cents >= 0
    assert all(each.paid_cents == each.row.due_cents for each in after.rows)
    received = min(sum(each.amount_cents for each in known), sum(each.row.due_cents for each in after.rows))
    assert received + after.pay_off_cents == sum(each.row.due_cents for each in after.rows)


@given(st.lists(st.tuples(st.dates(START, DUES[2]), st.integers(0, 40)), min_size=1, max_size=3))
def test_the_nights_of_a_pause_bear_nothing_and_all_others_do(spans: list[tuple[date, int]]) -> None:
    conventions = Conventions(Pricing(Fraction("0.12"), "actual/365", "daily"), "interest-first")
    paused = [InterestPause(on, on + timedelta(days=days)) for on, days in spans]
    found = recalculated(conventions, PERIODS, Early(), Happened(START, [LENT], paused=paused))
    for each, period in zip(found.rows, PERIODS, strict=True):
        ends = (period.starts_on + timedelta(days=n) for n in range(1, period.nights + 1))
        bearing = sum(not any(pause.from_on <= day <= pause.to_on for pause in paused) for day in ends)
        assert each.row.interest_cents == 33 * bearing  # 32.88 cents a night


def test_an_unknown_way_with_early_money_is_refused() -> None:
    assert get_args(OnPrepayment) == ON_PREPAYMENT
    with pytest.raises(UnknownPrepayment, match="'ignore' does not say"):
        Early("ignore")
    with pytest.raises(UnknownPrepayment, match="'never' does not say"):
        Early(interest_to="never")


owed = st.lists(
    st.builds(
        Item, st.integers(1, 4), st.sampled_from(COMPONENTS), st.sampled_from(DUES[:3]), st.integers(0, 100)
    ),
    max_size=8,
)  # fmt: skip


@given(owed, st.integers(0, 500), st.sampled_from(DUES[:3]), st.permutations(COMPONENTS))
def test_nothing_in_advance_is_paid_while_anything_due_is_owed(
    items: list[Item], cents: int, on: date, order: list[str]
) -> None:
    stages = TwoStages(tuple(order), COMPONENTS)  # type: ignore[arg-type]
    left, paid, over = pay(items, cents, on, stages)
    total = sum(item.unpaid_cents for item in items)
    assert paid.total_cents + over == cents
    assert over == max(0, cents - total)
    assert sum(item.unpaid_cents for item in left) == total - paid.total_cents
    due_left = sum(item.unpaid_cents for item in left if item.due_on <= on)
    ahead_paid = sum(a.unpaid_cents - b.unpaid_cents for a, b in zip(items, left, strict=True) if a.due_on > on)
    assert due_left == 0 or ahead_paid == 0


def test_a_charge_belongs_to_the_first_instalment_due_on_its_day_or_later() -> None:
    rows = [PlannedRow(n, due_on, 100, 10, 0) for n, due_on in enumerate(DUES[:2], start=1)]
    assert charged(rows, "fees", 5, DUES[0]) == Item(1, "fees", DUES[0], 5)
    assert charged(rows, "fees", 5, DUES[0] + timedelta(days=1)).row == 2
    assert charged(rows, "penalty", 5, DUES[5]).row == 2
    assert late_fees(rows, DUES[0], Fraction(1, 10), True, "half-up") == ()
    (fee,) = late_fees(rows, DUES[0] + timedelta(days=1), Fraction(1, 10), True, "half-up")
    assert (fee.row, fee.component, fee.unpaid_cents) == (1, "penalty", 11)


def test_what_is_posted_day_by_day_is_the_rounded_whole_to_that_day() -> None:
    pricing = Pricing(Fraction("0.12"), "actual/365", "cumulative-difference", "half-even")
    periods = periods_between(START, [date(2024, 2, 29)])
    loan = PostedDaily(pricing, periods, planned(Conventions(pricing), periods, [LENT]))
    for n in range(1, 40):
        loan.day_end(START + timedelta(days=n))
    assert len(loan.posted) == 29
    assert sum(posting.interest_cents for posting in loan.posted) == loan.unpaid.interest == 953
    loan.charge_off_on(date(2024, 3, 1))
    with pytest.raises(ChargedOffTwice):
        loan.charge_off_on(date(2024, 3, 1))
    loan.undo_charge_off()
    with pytest.raises(NotChargedOff):
        loan.undo_charge_off()


def test_lateness_counts_the_oldest_day_unpaid() -> None:
    dues = (Due(DUES[0], 100), Due(DUES[1], 100))
    assert days_past_due(dues, DUES[0]) == 0
    assert days_past_due(dues, DUES[0], "due-date") == 1
    assert days_past_due(paid_oldest_first(dues, 99), DUES[1] + timedelta(days=1)) == 32
    assert days_past_due(paid_oldest_first(dues, 100), DUES[1] + timedelta(days=1)) == 1
    assert days_past_due(paid_oldest_first(dues, 200), DUES[5]) == 0
    pauses = [Pause(DUES[0], DUES[0] + timedelta(days=4)), Pause(DUES[0] + timedelta(days=2), DUES[5])]
    assert delinquent_days(32, 3, pauses, DUES[0] + timedelta(days=10)) == 32 - 3 - 10
    ranges = [Range("1-30", 1, 30), Range("over", 31)]
    assert [range_of(ranges, days) for days in (0, 1, 30, 31, 9999)] == ["none", "1-30", "1-30", "over", "over"]
    with pytest.raises(UnknownFirstDay, match="'never'"):
        days_late(DUES[0], DUES[0], "never")


@given(st.integers(0, 10**6), st.fractions(0, 100), st.fractions(0, 1000), st.fractions(0, 1))
def test_collateral_leaves_uncovered_what_it_is_worth_too_little(
    outstanding: int, units: Fraction, price: Fraction, haircut: Fraction
) -> None:
    pledged = Collateral(units, price, haircut)
    shortfall = pledged.shortfall(outstanding)
    assert shortfall >= 0
    assert shortfall == 0 or shortfall + units * price * (1 - haircut) == outstanding
