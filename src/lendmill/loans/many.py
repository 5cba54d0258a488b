"""Many loans at once: interest, penalty, bills and ageing in whole columns, by the same formulas as one loan.

These are the plain loans: nights weigh alike, interest is rounded half-up when it is billed, penalty runs on overdue
principal, nothing is charged when a day comes, and interest is income. Any other loan is told by `passing`, one by one.
A day is a number here (days since 1970-01-01), so that every column is int64. The rows of a loan lie together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lendmill.terms.interest import billed, interest

Int = NDArray[np.int64]
NEVER: Final = 2**60
ONE: Final = np.ones(1, np.int64)
CHUNK_ROWS: Final = 65_536  # what is worked on at once stays in the processor's cache
LOAN_COLUMNS: Final = ("rate_num", "rate_den", "penalty_num", "grace_days", "nonaccrual_from_days", "seen_on",
                       "interest_accrued", "outstanding_cents")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Book:
    """Loans as columns, then their rows as columns: `loan` is the place of the loan a row belongs to, ascending."""

    rate_num: Int
    rate_den: Int
    penalty_num: Int
    grace_days: Int
    nonaccrual_from_days: Int
    seen_on: Int
    interest_accrued: Int
    outstanding_cents: Int
    loan: Int
    due_on: Int
    principal_cents: Int
    principal_left_cents: Int
    billed_left_cents: Int
    penalty_accrued: Int

    @property
    def first(self) -> Int:
        """Where each loan's rows begin."""
        return np.flatnonzero(np.diff(self.loan, prepend=-1))

    def to_rows(self, of_loans: NDArray[Any]) -> NDArray[Any]:
        """A figure of each loan, beside each of its rows."""
        return of_loans.take(self.loan)

    def least(self, of_rows: Int, places: Int, otherwise: int) -> Int:
        """By loan the least of a figure over its rows at these places, or what stands for no such row."""
        found = np.full(len(self.seen_on), otherwise)
        found[self.loan[places]] = NEVER
        np.minimum.at(found, self.loan[places], of_rows[places])
        return found

    def chunks(self) -> Iterator["Book"]:
        """The same book in parts of about so many rows, no loan torn apart."""
        loans, rows = 0, 0
        while rows < len(self.loan):
            last = self.loan[min(rows + CHUNK_ROWS, len(self.loan)) - 1] + 1
            end = int(np.searchsorted(self.loan, last))
            parts = {field.name: getattr(self, field.name)[loans:last] if field.name in LOAN_COLUMNS
                     else getattr(self, field.name)[rows:end] for field in fields(self)}  # fmt: skip
            yield Book(**parts | {"loan": parts["loan"] - loans})
            loans, rows = int(last), end


@dataclass(frozen=True, slots=True)
class Standing:
    """What loans have earned by a day and how late they are, if nothing happens until then."""

    interest_accrued: Int
    penalty_accrued: Int  # by row
    days_past_due: Int
    stage: NDArray[np.int8]


def standing(book: Book, on: int, stages: Sequence[int]) -> Standing:
    """Interest, penalty and ageing of each loan as of a day, in closed form; no row may fall due on the way.

    `stages` are the first days past due of each stage of lateness: 0 is a loan that is not late.
    """
    moved = _accrued(book, _late(book), on)
    past_due = days_past_due(moved, on)
    stage = np.zeros(len(past_due), np.int8)
    for first_day in stages:
        stage += past_due >= first_day
    return Standing(moved.interest_accrued, moved.penalty_accrued, past_due, stage)


def days_past_due(book: Book, on: int) -> Int:
    """Days since the oldest due date with anything unpaid; 1 on the day after, 0 where nothing is late."""
    past = np.flatnonzero(book.due_on < on)
    places = past[book.principal_left_cents[past] + book.billed_left_cents[past] > 0]
    return on - book.least(book.due_on, places, on)


def per_night(book: Book) -> tuple[Int, Int]:
    """What the coming night earns: contract interest, and penalty instead of it on principal past its grace."""
    late = _late(book)
    contract_cents, late_cents = _bearing(book, late)
    return interest(contract_cents, book.rate_num, ONE), interest(late_cents, book.penalty_num, ONE)


def next_on(book: Book) -> Int:
    """The next day on which something happens by itself to each loan, or NEVER.

    A row falls due, is late for the first time, passes its grace, or is so late that interest stops being income.
    """
    seen_on = book.to_rows(book.seen_on)
    unpaid = book.principal_left_cents + book.billed_left_cents > 0
    outstanding = book.to_rows(book.outstanding_cents) > 0
    stops = np.where(book.nonaccrual_from_days > 0, book.nonaccrual_from_days, NEVER)
    coming = np.where((book.due_on > seen_on) & (unpaid | outstanding), book.due_on, NEVER)
    for after in (np.ones_like(stops), book.grace_days, stops):
        day = book.due_on + book.to_rows(after)
        coming = np.minimum(coming, np.where((book.due_on <= seen_on) & unpaid & (day > seen_on), day, NEVER))
    return np.minimum.reduceat(coming, book.first)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Loans on the morning of a day on which something happened to each: what was billed, how the nights changed."""

    book: Book
    interest_cents: Int  # by row
    penalty_cents: Int  # by row
    interest_per_night: Int
    penalty_per_night: Int
    interest_change: Int
    penalty_change: Int


def arrive(book: Book, on: int) -> Arrival:
    """Bring loans to a day that is the next on which something happens to each of them."""
    before = per_night(book)
    moved = _accrued(book, _late(book), on)
    falls_due = np.zeros(len(book.seen_on), np.bool_)
    falls_due[book.loan[book.due_on == on]] = True
    moved, interest_cents, penalty_cents = _billed(moved, on, falls_due)
    after = per_night(moved)
    return Arrival(moved, interest_cents, penalty_cents, *after, after[0] - before[0], after[1] - before[1])


def _late(book: Book) -> Int:
    """The places of the rows that bear penalty the coming night: grace has run out, principal is unpaid."""
    grace_over = np.flatnonzero(book.due_on <= book.to_rows(book.seen_on - book.grace_days))
    return grace_over[book.principal_left_cents[grace_over] > 0]


def _bearing(book: Book, late: Int) -> tuple[Int, Int]:
    """By loan the principal that bears the contract rate the coming night, and what bears the penalty rate."""
    late_cents = np.zeros_like(book.outstanding_cents)
    np.add.at(late_cents, book.loan[late], book.principal_left_cents[late])
    return book.outstanding_cents - late_cents, late_cents


def _accrued(book: Book, late: Int, on: int) -> Book:
    """The loans some nights later: contract interest in one sum a loan, penalty on each late row by itself."""
    nights, loans = on - book.seen_on, book.loan[late]
    contract_cents, _ = _bearing(book, late)
    penalty_accrued = book.penalty_accrued.copy()
    penalty_accrued[late] += interest(book.principal_left_cents[late], book.penalty_num[loans], nights[loans])
    return replace(
        book,
        seen_on=np.full_like(book.seen_on, on),
        interest_accrued=book.interest_accrued + interest(contract_cents, book.rate_num, nights),
        penalty_accrued=penalty_accrued,
    )


def _billed(book: Book, on: int, falls_due: NDArray[np.bool_]) -> tuple[Book, Int, Int]:
    """Round what has accrued into cents where a row falls due: interest to the coming row, penalty to its own.

    The coming row is the earliest not yet past that still takes interest (one whose planned principal is paid takes no
    more); after the last due date it is the last row.
    """
    cents, rest = billed(np.where(falls_due, book.interest_accrued, 0), book.rate_den)
    interest_cents = np.zeros_like(book.due_on)
    interest_cents[_coming_row(book, on)] = cents
    due = book.to_rows(falls_due)
    penalty_cents, penalty_rest = billed(np.where(due, book.penalty_accrued, 0), book.to_rows(book.rate_den))
    moved = replace(
        book,
        interest_accrued=np.where(falls_due, rest, book.interest_accrued),
        penalty_accrued=np.where(due, penalty_rest, book.penalty_accrued),
        billed_left_cents=book.billed_left_cents + interest_cents + penalty_cents,
    )
    return moved, interest_cents, penalty_cents


def _coming_row(book: Book, on: int) -> Int:
    """The place of the row that interest is billed to, by loan: by due date, the first to come, or else the last."""
    places = np.arange(len(book.due_on))
    paid_ahead = (book.principal_cents > 0) & (book.principal_left_cents == 0)
    takes = np.flatnonzero((book.due_on >= on) & ~paid_ahead)
    order = book.due_on * len(places)  # the due date first, then the place in the book
    first = book.least(order + places, takes, -1)
    last = np.maximum.reduceat(order + places, book.first)
    return np.where(first >= 0, first, last) % len(places)
