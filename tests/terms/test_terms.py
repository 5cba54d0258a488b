"""Interest, schedules, allocation and cost: exact figures and what holds for any of them."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyxirr import irr

from lendmill.days import months_after
from lendmill.terms.allocation import COMPONENTS, STANDARD, Parts, allocate, stage_at
from lendmill.terms.cost import Flow, NoRateOfReturn, daily_return, effective_annual
from lendmill.terms.interest import billed, interest
from lendmill.terms.rates import AmountsTooLarge, DenominatorFixed, NotARate, Rate, check_capacity, common_den
from lendmill.terms.schedule import METHODS, due_dates, level_payment, planned_rows, principal_parts

DAY = date(2026, 1, 31)
rates = st.integers(1, 2000).map(lambda num: Rate(num, 1_000_000))
amounts = st.integers(1, 100_000_000)


def test_a_rate_is_read_as_it_is_written() -> None:
    assert Rate.parse("0.05 %") == Rate(500, 1_000_000)
    assert Rate.parse("0.0000001%") == Rate(1, 1_000_000_000)
    assert Rate.yearly("12.5") == Rate(1, 8 * 365)
    for wrong in ("", "0.06", "six %", "-0.06 %", "1e-3 %", "0.06 % a day", "nan %"):
        with pytest.raises(NotARate, match="not a rate"):
            Rate.parse(wrong)


def test_overdue_at_one_and_a_half_times_is_whole_over_the_loans_denominator() -> None:
    odd = Rate(501, 1_000_000)
    assert odd.times(15_000) == Rate(1503, 2_000_000)
    den = common_den(odd, odd.times(15_000))
    assert (den, odd.over(den).num, odd.times(15_000).over(den).num) == (2_000_000, 1002, 1503)
    with pytest.raises(DenominatorFixed):
        odd.times(15_000).over(1_000_000)


def test_capacity_is_refused_one_cent_above_what_64_bits_hold_with_room() -> None:
    rate, days = Rate(900, 1_000_000), 3_650
    largest = (2**62 - 1) // (4 * 900 * days)
    check_capacity(largest, rate, days)
    with pytest.raises(AmountsTooLarge):
        check_capacity(largest + 1, rate, days)


@given(amounts, st.integers(1, 2000), st.lists(st.integers(0, 400), min_size=1, max_size=40))
def test_billing_often_or_once_comes_to_the_same(principal_cents: int, rate_num: int, stretches: list[int]) -> None:
    accrued = total_cents = 0
    for days in stretches:
        cents, accrued = billed(accrued + interest(principal_cents, rate_num, days), 1_000_000)
        total_cents += cents
        assert cents >= 0
        assert -500_000 <= accrued < 500_000
    assert billed(interest(principal_cents, rate_num, sum(stretches)), 1_000_000) == (total_cents, accrued)


@given(st.lists(st.tuples(amounts, st.integers(0, 3650)), min_size=1, max_size=20), st.integers(1, 2000))
def test_one_formula_serves_an_int_and_an_array(loans: list[tuple[int, int]], rate_num: int) -> None:
    principal, days = (np.array(column, dtype=np.int64) for column in zip(*loans, strict=True))
    cents, rest = billed(interest(principal, rate_num, days), 1_000_000)
    one_by_one = [billed(interest(p, rate_num, d), 1_000_000) for p, d in loans]
    assert list(zip(cents.tolist(), rest.tolist(), strict=True)) == one_by_one


def test_months_are_counted_from_the_original_day() -> None:
    assert due_dates("interest-first", DAY, 3) == (date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30))
    assert due_dates("on-demand", DAY, 3) == (date(2026, 4, 30),)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)


@given(amounts.filter(lambda cents: cents > 100), rates, st.sampled_from(METHODS), st.integers(1, 24))
def test_a_plan_returns_exactly_what_was_lent(cents: int, rate: Rate, method: str, months: int) -> None:
    dues = due_dates(method, DAY, months)
    rows = planned_rows(cents, rate, DAY, dues, principal_parts(method, cents, rate, DAY, dues))
    assert sum(row.principal_cents for row in rows) == cents
    assert rows[-1].balance_after_cents == 0
    assert all(row.principal_cents >= 0 and row.interest_cents >= 0 for row in rows)


@given(st.integers(100_000, 100_000_000), rates, st.integers(2, 24))
def test_level_payments_are_level_but_for_the_last(cents: int, rate: Rate, months: int) -> None:
    dues = due_dates("level-payment", DAY, months)
    rows = planned_rows(cents, rate, DAY, dues, principal_parts("level-payment", cents, rate, DAY, dues))
    payment = level_payment(cents, rate, DAY, dues)
    assert {row.due_cents for row in rows[:-1]} == {payment}
    assert abs(rows[-1].due_cents - payment) <= months * 2


owed_rows = st.lists(st.builds(Parts, *[st.integers(0, 50)] * 4), max_size=5)


@given(st.integers(0, 600), owed_rows, st.sampled_from(STANDARD))
def test_nothing_is_left_over_while_anything_is_owed(amount: int, owed: list[Parts], stage: object) -> None:
    paid, left = allocate(amount, owed, stage)  # type: ignore[arg-type]
    assert sum(parts.total_cents for parts in paid) + left == amount
    assert left == max(0, amount - sum(parts.total_cents for parts in owed))
    for parts, debt in zip(paid, owed, strict=True):
        assert all(0 <= getattr(parts, name) <= getattr(debt, name) for name in COMPONENTS)


def test_principal_comes_first_from_day_ninety_one_and_not_on_day_ninety() -> None:
    assert stage_at(STANDARD, 90).order[-1] == "principal"
    assert stage_at(STANDARD, 91).order[0] == "principal"


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=12), st.integers(1, 40))
def test_the_daily_return_is_the_one_pyxirr_finds(payments: list[int], every: int) -> None:
    out = max(1, sum(payments) * 100 // 110)
    flows = [Flow(DAY, -out)] + [
        Flow(DAY + timedelta(days=every * n), cents) for n, cents in enumerate(payments, start=1)
    ]
    expected = irr([-out, *payments])
    assert expected is not None
    per_step = (1 + daily_return(flows)) ** every - 1
    assert abs(per_step - Decimal(expected)) < Decimal("1e-9")


def test_the_yearly_rate_of_a_months_loan_is_the_compounded_one() -> None:
    per_day = daily_return([Flow(DAY, -700_000), Flow(DAY + timedelta(days=30), 712_600)])
    assert effective_annual(per_day) == Decimal("0.242409")  # 1.018 ^ (365 / 30) - 1


def test_money_that_never_comes_back_has_no_rate() -> None:
    for flows in ([Flow(DAY, -100)], [Flow(DAY, 100)], [Flow(DAY, -100), Flow(DAY, 110)]):
        with pytest.raises(NoRateOfReturn):
            daily_return(flows)
