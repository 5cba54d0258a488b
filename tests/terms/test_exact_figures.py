"""Figures a person can check by hand, where a rule turns from one side to the other."""

from datetime import date
from decimal import Decimal

import pytest

from lendmill.terms.cost import all_in, effective_annual
from lendmill.terms.rates import AmountsTooLarge, Rate, check_capacity
from lendmill.terms.schedule import due_dates, level_payment, planned_rows, principal_parts

DAY = date(2026, 1, 1)
FREE = Rate(0, 1_000_000)


@pytest.mark.parametrize(("cents", "months", "payment"), [(100, 3, 33), (101, 2, 51), (200, 3, 67), (103, 4, 26)])
def test_a_level_payment_is_rounded_half_up(cents: int, months: int, payment: int) -> None:
    dues = due_dates("level-payment", DAY, months)
    assert level_payment(cents, FREE, DAY, dues) == payment


def test_where_a_long_months_interest_is_more_than_the_payment_no_principal_is_lent_again() -> None:
    rate, dues = Rate.parse("1 %"), due_dates("level-payment", DAY, 36)
    parts = principal_parts("level-payment", 1_000_000, rate, DAY, dues)
    rows = planned_rows(1_000_000, rate, DAY, dues, parts)
    assert rows[0].interest_cents == 310_000 > level_payment(1_000_000, rate, DAY, dues)
    assert (parts[0], min(parts), sum(parts)) == (0, 0, 1_000_000)


def test_the_largest_accrual_stays_below_two_to_the_62() -> None:
    rate = Rate(1 << 10, 1_000_000)
    check_capacity((1 << 40) - 1, rate, 1 << 10)
    with pytest.raises(AmountsTooLarge):
        check_capacity(1 << 40, rate, 1 << 10)


def test_the_all_in_rate_is_not_compounded_and_the_effective_one_is() -> None:
    per_day = Decimal("0.0006")
    assert all_in(per_day) == Decimal("0.219000")
    assert effective_annual(per_day) == Decimal("0.244750")
