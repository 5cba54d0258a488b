"""The loans of a batch to which something happens today, as columns, and whose loans must be looked at one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from lendmill.loans.many import LOAN_COLUMNS, NEVER, Arrival, Book, Int, arrive, days_past_due, next_on
from lendmill.loans.sweeping.tally import Tally

EPOCH: Final = date(1970, 1, 1)
Keys = NDArray[np.void]
Flags = NDArray[np.bool_]


def number(day: date) -> int:
    """A day as the columns count it."""
    return (day - EPOCH).days


@dataclass(frozen=True, slots=True)
class DueLoans:
    """Loans due, in the order of their borrowers; `n` and `odd` are columns of rows, as the last ones of the book."""

    borrower_id: Keys
    loan_id: Keys
    product: Int
    plain: Flags
    book: Book
    n: Int
    odd: Flags

    def only(self, loans: Flags) -> "DueLoans":
        """These loans, with their rows."""
        rows = loans[self.book.loan]
        place = np.cumsum(loans) - 1
        book = {name: getattr(self.book, name)[loans if name in LOAN_COLUMNS else rows] for name in Book.__slots__}
        return DueLoans(
            self.borrower_id[loans], self.loan_id[loans], self.product[loans], self.plain[loans],
            replace(Book(**book), loan=place[book["loan"]]), self.n[rows], self.odd[rows],
        )  # fmt: skip

    def of_borrowers(self, loans: Flags) -> Flags:
        """All loans of every borrower who has one of these."""
        mine = text_keys(self.borrower_id)
        return np.isin(mine, mine[loans])


def text_keys(keys: Keys) -> NDArray[np.bytes_]:
    """Identifiers as something that can be compared."""
    return np.ascontiguousarray(keys).view("S16")


def uuids_of(keys: Keys) -> list[UUID]:
    """Identifiers one by one."""
    told = keys.tobytes()
    return [UUID(bytes=told[at : at + 16]) for at in range(0, len(told), 16)]


def due_of(loans: Mapping[str, NDArray[Any]], rows: Mapping[str, NDArray[Any]]) -> DueLoans:
    """What the database told, put together; both come in the same order."""
    known = {name: loans[name] for name in LOAN_COLUMNS if name != "seen_on"}
    keys = text_keys(rows["loan_id"])
    place = np.cumsum(np.concatenate([np.ones(min(len(keys), 1), np.bool_), keys[1:] != keys[:-1]])) - 1
    assert len(place) == 0 or place[-1] + 1 == len(loans["loan_id"]), "rows without their loan, or a loan without rows"
    book = Book(
        **known,
        seen_on=_numbers(loans["seen_on"]),
        loan=place,
        due_on=_numbers(rows["due_on"]),
        **{name: rows[name] for name in ("principal_cents", "principal_left_cents", "billed_left_cents",
                                         "penalty_accrued")},
    )  # fmt: skip
    return DueLoans(
        loans["borrower_id"], loans["loan_id"], loans["product"], loans["plain"], book, rows["n"], rows["odd"]
    )


def _numbers(days: NDArray[Any]) -> Int:
    return days.astype("datetime64[D]").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Swept:
    """Plain loans, brought to today."""

    due: DueLoans
    arrival: Arrival
    next_on: Int
    days_past_due: Int
    was_past_due: Int

    @property
    def tally(self) -> Tally:
        """What happened to them."""
        interest, penalty = self.arrival.interest_cents, self.arrival.penalty_cents
        billed = int(((interest != 0) | (penalty != 0)).sum())
        return Tally(
            loans=len(self.due.loan_id),
            rows_billed=billed,
            interest_cents=int(interest.sum()),
            penalty_cents=int(penalty.sum()),
            became_late=int(((self.was_past_due == 0) & (self.days_past_due > 0)).sum()),
            entries=billed,
        )


def swept(due: DueLoans, today: date) -> tuple[Swept, Flags]:
    """Bring what is plain to today, and say which loans are left to be looked at one by one.

    Those are loans that are not plain, plain ones whose interest stops being income today, and all of their borrowers'.
    """
    on, book = number(today), due.book
    apart = ~due.plain
    apart[book.loan[due.odd]] = True
    late = days_past_due(book, on)  # what falls due today is not late today, so nothing here hangs on today's bills
    apart |= (book.nonaccrual_from_days > 0) & (late >= book.nonaccrual_from_days)
    apart = due.of_borrowers(apart)
    plain = due.only(~apart)
    arrival = arrive(plain.book, on)
    past_due, was_past_due = days_past_due(arrival.book, on), days_past_due(plain.book, on - 1)
    return Swept(plain, arrival, next_on(arrival.book), past_due, was_past_due), apart


def day_numbers(days: Int, none: Flags) -> NDArray[np.int32]:
    """Days as the database's binary form counts them, `infinity` where there is none."""
    since_2000 = days - number(date(2000, 1, 1))
    return np.where(none, np.int64(2**31 - 1), since_2000).astype(np.int32)


def coming_days(days: Int) -> NDArray[np.int32]:
    """The same for days to come, of which there may be none."""
    return day_numbers(days, days == NEVER)
