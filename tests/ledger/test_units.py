"""Cents and accruals balance each by themselves: one never makes up for the other."""

import pytest
from play import anything

from lendmill.ledger.accounts import Account, NotAUnit
from lendmill.ledger.entry import Unbalanced, credit, debit


def test_a_cent_missing_is_not_made_up_by_an_accrual() -> None:
    two = debit(Account.CASH, "CNY", 5), credit(Account.INTEREST_INCOME, "CNY/1000000", 5)
    with pytest.raises(Unbalanced, match="sum to 5 in CNY;"):
        anything(*two)


def test_accruals_over_two_denominators_are_two_units() -> None:
    two = debit(Account.INTEREST_ACCRUED, "CNY/1000000", 5), credit(Account.INTEREST_INCOME, "CNY/2000000", 5)
    with pytest.raises(Unbalanced, match="sum to 5 in CNY/1000000;"):
        anything(*two)


def test_an_entry_may_balance_in_two_units_at_once() -> None:
    four = (
        debit(Account.CASH, "CNY", 5), credit(Account.LOANS, "CNY", 5),
        debit(Account.INTEREST_ACCRUED, "CNY/1000000", 7), credit(Account.INTEREST_INCOME, "CNY/1000000", 7),
    )  # fmt: skip
    assert anything(*four).lines == four


@pytest.mark.parametrize("unit", ["", "yuan", "CNY/", "CNY/0", "CNY/-5", "CNY/1000000 "])
def test_a_unit_that_is_none_is_refused(unit: str) -> None:
    with pytest.raises(NotAUnit):
        anything(debit(Account.CASH, unit, 5), credit(Account.LOANS, unit, 5))
