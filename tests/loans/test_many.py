"""Many loans in columns say what each loan says by itself, to the last numerator."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lendmill.loans import many
from lendmill.loans.account import Account, Row, Terms, days_past_due
from lendmill.loans.happenings import Billed
from lendmill.loans.many import Book, arrive, standing
from lendmill.loans.nights import per_night
from lendmill.loans.passing import advance, next_on

FIRST = date(2024, 2, 27)
EPOCH = date(1970, 1, 1)
STAGES = (1, 31, 91)


def number(day: date) -> int:
    """A day as the columns count it."""
    return (day - EPOCH).days


def book_of(accounts: Sequence[Account]) -> Book:
    """Accounts as columns."""
    rows = [(place, row) for place, account in enumerate(accounts) for row in account.rows]

    def loans(figure: str) -> np.ndarray:
        return np.array([getattr(account.terms, figure) for account in accounts])

    return Book(
        rate_num=loans("rate_num"),
        rate_den=loans("rate_den"),
        penalty_num=loans("penalty_num"),
        grace_days=loans("grace_days"),
        nonaccrual_from_days=loans("nonaccrual_from_days"),
        seen_on=np.array([number(account.seen_on) for account in accounts]),
        interest_accrued=np.array([account.interest_accrued for account in accounts]),
        outstanding_cents=np.array([account.outstanding_cents for account in accounts]),
        loan=np.array([place for place, _ in rows]),
        due_on=np.array([number(row.due_on) for _, row in rows]),
        principal_cents=np.array([row.principal_cents for _, row in rows]),
        principal_left_cents=np.array([row.principal_left_cents for _, row in rows]),
        billed_left_cents=np.array([row.billed_left.total_cents for _, row in rows]),
        penalty_accrued=np.array([row.penalty_accrued for _, row in rows]),
    )


@st.composite
def rows_of(draw: st.DrawFn, n: int, due_on: date, seen_on: date) -> Row:
    """An instalment in any state of payment; what is billed lies on rows in the past, mostly."""
    principal = draw(st.sampled_from([0, 1, 999_983, 10_000_000_000]) | st.integers(0, 10**7))
    paid = draw(st.sampled_from([0, principal]) | st.integers(0, principal))
    past = due_on <= seen_on
    interest = draw(st.integers(0, 5_000)) if past or draw(st.booleans()) else 0
    penalty = draw(st.integers(0, 5_000)) if past else 0
    return Row(
        n, due_on, principal, paid, interest, draw(st.sampled_from([0, interest])), penalty,
        draw(st.sampled_from([0, penalty])),
        penalty_accrued=draw(st.integers(-500_000, 10**9)) if past else 0,
    )  # fmt: skip


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """A plain loan with one row or several, the day it stands at somewhere among its due dates."""
    seen_on = FIRST + timedelta(days=draw(st.integers(0, 120)))
    den = draw(st.sampled_from([1_000_000, 3_650_000, 7]))
    rate = draw(st.integers(0, 2_000))
    terms = Terms(
        rate, den, rate * 3 // 2, draw(st.sampled_from([0, 1, 2, 3, 30])),
        nonaccrual_from_days=draw(st.sampled_from([0, 30, 91])),
    )  # fmt: skip
    days = sorted(draw(st.lists(st.integers(-100, 60), min_size=1, max_size=5, unique=True)))
    if draw(st.booleans()):
        days = days[::-1]  # a row called in early stands last and is due first
    rows = [draw(rows_of(n, seen_on + timedelta(days=day), seen_on)) for n, day in enumerate(days, start=1)]
    return Account(terms, tuple(rows), seen_on, draw(st.integers(-500_000, 10**10)))


books = st.lists(accounts(), min_size=1, max_size=12)


@settings(max_examples=200)
@given(books)
def test_the_next_day_of_many_is_the_next_day_of_each(loans: list[Account]) -> None:
    found = many.next_on(book_of(loans))
    coming = [next_on(account) for account in loans]
    assert [None if day == many.NEVER else EPOCH + timedelta(days=int(day)) for day in found] == coming


@settings(max_examples=200)
@given(books)
def test_a_night_of_many_earns_what_each_earns(loans: list[Account]) -> None:
    contract, penalty = many.per_night(book_of(loans))
    assert list(zip(contract.tolist(), penalty.tolist(), strict=True)) == [per_night(account) for account in loans]


@settings(max_examples=300)
@given(books)
def test_many_arrive_where_each_arrives(loans: list[Account]) -> None:
    for account in loans:
        on = next_on(account)
        if on is None:
            continue
        after, happenings = advance(account, on)
        if after.nonaccrual:
            continue  # such a loan is not plain on that day
        arrival = arrive(book_of([account]), number(on))
        bills = [
            (row.n, int(interest), int(penalty))
            for row, interest, penalty in zip(
                account.rows, arrival.interest_cents, arrival.penalty_cents, strict=True
            )
            if interest or penalty
        ]  # fmt: skip
        assert bills == [(h.n, h.interest_cents, h.penalty_cents) for h in happenings if isinstance(h, Billed)]
        assert _told(arrival.book) == _told(book_of([after]))
        assert (arrival.interest_per_night[0], arrival.penalty_per_night[0]) == per_night(after)
        was = per_night(account)
        assert (was[0] + arrival.interest_change[0], was[1] + arrival.penalty_change[0]) == per_night(after)


@settings(max_examples=100)
@given(books)
def test_many_that_arrive_together_arrive_as_if_alone(loans: list[Account]) -> None:
    on = max((day for account in loans if (day := next_on(account)) is not None), default=None)
    together = [account for account in loans if next_on(account) == on]
    if on is None:
        return
    all_at_once = arrive(book_of(together), number(on)).book
    alone = [arrive(book_of([account]), number(on)).book for account in together]
    for name in ("seen_on", "interest_accrued", "penalty_accrued", "billed_left_cents"):
        assert getattr(all_at_once, name).tolist() == [x for one in alone for x in getattr(one, name).tolist()], name


@settings(max_examples=200)
@given(books, st.integers(0, 400))
def test_many_stand_as_each_stands_when_nothing_falls_due(loans: list[Account], days: int) -> None:
    for account in loans:
        dues = [row.due_on for row in account.rows if row.due_on > account.seen_on]
        last = min([account.seen_on + timedelta(days=days), *(due - timedelta(days=1) for due in dues)])
        on = min([last, *_grace_over(account)])
        found = standing(book_of([account]), number(on), STAGES)
        after, _ = advance(account, on)
        assert found.interest_accrued.tolist() == [after.interest_accrued]
        assert found.penalty_accrued.tolist() == [row.penalty_accrued for row in after.rows]
        assert found.days_past_due.tolist() == [days_past_due(after)]
        assert found.stage.tolist() == [sum(days_past_due(after) >= first_day for first_day in STAGES)]


def _grace_over(account: Account) -> list[date]:
    """The days on which nights begin to earn otherwise."""
    ends = [row.due_on + timedelta(days=account.terms.grace_days) for row in account.rows]
    return [day for day in ends if day > account.seen_on]


def _told(book: Book) -> dict[str, list[int]]:
    return {name: getattr(book, name).tolist() for name in Book.__slots__}


@pytest.mark.parametrize("rows", [1, 7, 1_000])
def test_a_book_in_parts_is_the_whole_book(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    terms = Terms(600, 1_000_000, 900, 3)
    loans = [
        Account(terms, tuple(Row(n, FIRST + timedelta(days=30 * n), 100) for n in range(1, 2 + at % 4)), FIRST, at)
        for at in range(9)
    ]
    whole = book_of(loans)
    monkeypatch.setattr(many, "CHUNK_ROWS", rows)
    parts = list(whole.chunks())
    assert sum(len(part.seen_on) for part in parts) == 9
    assert [x for part in parts for x in part.due_on.tolist()] == whole.due_on.tolist()
    assert [x for part in parts for x in part.interest_accrued.tolist()] == list(range(9))
    assert all(part.loan[0] == 0 for part in parts)
    in_parts = [x for part in parts for x in many.next_on(part).tolist()]
    assert in_parts == many.next_on(whole).tolist()
