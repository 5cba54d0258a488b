"""Money that names no loan, shared among several."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from lendmill import ids
from lendmill.loans.account import Account, Row, Terms
from lendmill.loans.sharing import shares
from lendmill.terms.allocation import STANDARD

A, B = ids.new(), ids.new()
TODAY = date(2026, 4, 1)
TERMS = Terms(600, 1_000_000, 900, 3, STANDARD)


def _loan(*rows: tuple[date, int]) -> Account:
    return Account(TERMS, tuple(Row(n, due, cents) for n, (due, cents) in enumerate(rows, start=1)), TODAY)


PARTS = _loan(*((date(2026, month, 1), 100_000) for month in range(4, 10)))
WHOLE = _loan((date(2026, 4, 2), 600_000))


def test_what_falls_due_tomorrow_comes_before_the_next_instalment_of_the_loan_just_served() -> None:
    assert shares(150_000, [(A, PARTS), (B, WHOLE)], None) == ({A: 100_000, B: 50_000}, 0)


def test_the_loan_named_is_served_whole_before_the_others() -> None:
    assert shares(650_000, [(A, PARTS), (B, WHOLE)], B) == ({B: 600_000, A: 50_000}, 0)
    assert shares(50_000, [(A, PARTS), (B, WHOLE)], B) == ({B: 50_000}, 0)


def test_what_exceeds_all_debts_is_left() -> None:
    assert shares(1_200_001, [(A, PARTS), (B, WHOLE)], None) == ({A: 600_000, B: 600_000}, 1)
    assert shares(5, [], A) == ({}, 5)


rows = st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 500)), min_size=1, max_size=4)


@given(st.integers(1, 5_000), st.lists(rows, max_size=3), st.integers(0, 3))
def test_every_cent_has_a_place_and_no_loan_gets_more_than_it_is_owed(
    amount: int, loans: list[list[tuple[date, int]]], pick: int
) -> None:
    accounts: list[tuple[UUID, Account]] = [(ids.new(), _loan(*sorted(each))) for each in loans]
    named = accounts[pick][0] if pick < len(accounts) else None
    taken, left = shares(amount, accounts, named)
    owed = {key: sum(row.left.total_cents for row in account.rows) for key, account in accounts}
    assert sum(taken.values()) + left == amount
    assert left == max(0, amount - sum(owed.values()))
    assert all(0 < cents <= owed[key] for key, cents in taken.items())
    if named in owed and named is not None:
        assert taken.get(named, 0) == min(amount, owed[named])
