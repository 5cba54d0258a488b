"""The day a rule turns, and who is served first: a due date, a loan that is named, the older of two debts."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from opening import opened

from lendmill.loans.account import Account, Terms, oldest_due_on
from lendmill.loans.passing import advance
from lendmill.loans.paying import repay
from lendmill.loans.sharing import shares
from lendmill.terms.allocation import STANDARD, Parts

DAY = date(2026, 3, 1)
DUE = date(2026, 4, 1)
TERMS = Terms(600, 1_000_000, 900, 3, STANDARD)
FREE = replace(TERMS, rate_num=0, penalty_num=0)
ONE, TWO = UUID(int=1), UUID(int=2)


def lent(method: str = "equal-principal", months: int = 3, cents: int = 600_000, on: date = DAY) -> Account:
    """A loan that costs nothing, so that its figures are its principal."""
    return opened(FREE, method, cents, months, on)


def test_nothing_is_late_on_its_due_date_and_it_is_on_the_next_day() -> None:
    seen = [oldest_due_on(advance(lent(), DUE + timedelta(days=n))[0]) for n in (-1, 0, 1)]
    assert seen == [None, None, DUE]


@pytest.mark.parametrize(
    ("days_after_due", "settled"),
    [(-1, ((2, Parts(principal=50_000)), (3, Parts(principal=200_000)))),
     (0, ((1, Parts(principal=200_000)), (3, Parts(principal=50_000))))],
)  # fmt: skip
def test_what_falls_due_today_is_settled_before_the_last_rows_shrink(
    days_after_due: int, settled: tuple[tuple[int, Parts], ...]
) -> None:
    _, paid, _ = repay(lent(), 250_000, DUE + timedelta(days=days_after_due), "prepay")
    assert paid.parts == settled


def test_the_days_interest_goes_to_the_row_due_that_day() -> None:
    account, _ = advance(opened(TERMS, "interest-first", 700_000, 2, DAY), DUE)
    assert [row.interest_cents for row in account.rows] == [700_000 * 600 * 31 // 1_000_000, 0]


def test_a_day_on_which_nothing_passes_costs_nothing() -> None:
    account = opened(TERMS, "on-demand", 700_000, 1, DAY)
    assert advance(account, DAY) == (account, [])
    assert advance(account, DAY + timedelta(days=1))[0].interest_accrued == 700_000 * 600


def both(on: date, first: Account, second: Account) -> list[tuple[UUID, Account]]:
    """Two loans as of one day, the second in time named first, so that the order is not that of their ids."""
    return [(ONE, advance(second, on)[0]), (TWO, advance(first, on)[0])]


def test_the_loan_named_is_served_first_and_whole_then_what_is_due() -> None:
    older, younger = lent(), lent(on=date(2026, 3, 11))
    loans = both(date(2026, 4, 11), older, younger)
    assert shares(700_000, loans, ONE) == ({ONE: 600_000, TWO: 100_000}, 0)


def test_the_oldest_due_across_all_loans_comes_first_whatever_the_loan() -> None:
    older, younger = lent(), lent(on=date(2026, 3, 11))
    loans = both(date(2026, 5, 11), older, younger)  # due on 1 and 11 April, 1 and 11 May, in turns
    given = [shares(cents, loans, None)[0] for cents in (150_000, 250_000, 450_000, 700_000)]
    assert given == [
        {TWO: 150_000},
        {TWO: 200_000, ONE: 50_000},
        {TWO: 250_000, ONE: 200_000},
        {TWO: 400_000, ONE: 300_000},
    ]


def test_what_falls_due_today_comes_before_what_comes_next() -> None:
    loans = both(DUE, lent(), lent())
    assert shares(300_000, loans, None) == ({ONE: 200_000, TWO: 100_000}, 0)
    assert shares(500_000, loans, None) == ({ONE: 300_000, TWO: 200_000}, 0)


def test_what_exceeds_all_debts_goes_back() -> None:
    loans = both(DUE, lent(), lent())
    assert shares(1_200_001, loans, None) == ({ONE: 600_000, TWO: 600_000}, 1)
    assert shares(500, [], None) == ({}, 500)
