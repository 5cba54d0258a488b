"""Cents and accruals balance each by themselves: one never makes up for the other."""

from datetime import date

import pytest

from lendmill.ledger.accounts import Account
from lendmill.ledger.entry import Entry, Unbalanced, credit, debit

DAY = date(2026, 1, 1)


def test_a_cent_missing_is_not_made_up_by_an_accrual() -> None:
    two = debit(Account.CASH, "CNY", 5), credit(Account.INTEREST_INCOME, "CNY/1000000", 5)
    with pytest.raises(Unbalanced, match="sum to 5 in CNY;"):
        Entry("mixed", two, DAY, DAY)


def test_accruals_over_two_denominators_are_two_units() -> None:
    two = debit(Account.INTEREST_ACCRUED, "CNY/1000000", 5), credit(Account.INTEREST_INCOME, "CNY/2000000", 5)
    with pytest.raises(Unbalanced, match="sum to 5 in CNY/1000000;"):
        Entry("mixed", two, DAY, DAY)


def test_an_entry_may_balance_in_two_units_at_once() -> None:
    four = (
        debit(Account.CASH, "CNY", 5), credit(Account.LOANS, "CNY", 5),
        debit(Account.INTEREST_ACCRUED, "CNY/1000000", 7), credit(Account.INTEREST_INCOME, "CNY/1000000", 7),
    )  # fmt: skip
    assert Entry("both", four, DAY, DAY).lines == four
