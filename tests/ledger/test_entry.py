"""An entry that does not balance in each unit cannot be made, and the books add up to nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from play import DAY, anything, paid_in

from lendmill.db import Database, scalar
from lendmill.ledger.accounts import BY_NUMBER, Account
from lendmill.ledger.actions import post
from lendmill.ledger.entry import Entry, Line, Unbalanced, WrongUnit, credit, debit
from lendmill.ledger.queries import balance, out_of_balance, trial_balance

CENTS = [each for each in Account if not (each.exact or each.outside) and each is not Account.BILLED_CENTS]
EXACT = [each for each in Account if each.exact and not each.outside and each is not Account.BILLED_EXACT]

loose_lines = st.lists(
    st.one_of(
        st.builds(Line, st.sampled_from(CENTS), st.just("CNY"), st.integers(-1000, 1000)),
        st.builds(Line, st.sampled_from(EXACT), st.just("CNY/1000000"), st.integers(-1000, 1000)),
    ),
    max_size=6,
)


@given(loose_lines)
def test_an_entry_exists_exactly_when_it_balances_in_each_unit(made: list[Line]) -> None:
    sums = {unit: sum(line.amount for line in made if line.unit == unit) for unit in ("CNY", "CNY/1000000")}
    if any(sums.values()):
        with pytest.raises(Unbalanced):
            anything(*made)
    else:
        assert anything(*made).lines == tuple(made)


def test_cents_and_exact_accruals_are_never_mixed() -> None:
    with pytest.raises(WrongUnit):
        anything(debit(Account.CASH, "CNY/1000000", 5), credit(Account.CAPITAL, "CNY", 5))
    with pytest.raises(WrongUnit):
        anything(debit(Account.INTEREST_ACCRUED, "CNY", 5), credit(Account.INTEREST_INCOME, "CNY", 5))


def test_account_numbers_are_used_once_and_names_too() -> None:
    assert len(BY_NUMBER) == len(Account)
    assert len({account.value.name_en for account in Account}) == len(Account)
    assert len({account.value.name_zh for account in Account}) == len(Account)


def test_the_trial_balance_of_a_past_day_knows_nothing_later(database: Database) -> None:
    for day, cents in ((1, 100), (2, 30), (3, 7)):
        booked_on = date(2026, 1, day)
        database.act(paid_in, cents, booked_on)
    with database.transaction() as db:
        seen = {day: trial_balance(db, date(2026, 1, day)) for day in (1, 2, 3)}
        assert balance(db, Account.CASH, "CNY") == 137
    cash = {day: [row.balance for row in rows if row.account == "1001"] for day, rows in seen.items()}
    assert cash == {1: [100], 2: [130], 3: [137]}
    assert out_of_balance(seen[3]) == {}
    assert out_of_balance(seen[3][:1]) == {"CNY": 137}


def test_an_entry_of_nothing_is_not_an_event(database: Database) -> None:
    assert database.act(post, [Entry("capital paid in", (), DAY, DAY)]) == []
    with database.transaction() as db:
        assert scalar(db, "select count(*) from entry") == 0
