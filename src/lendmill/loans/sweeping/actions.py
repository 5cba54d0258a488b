"""Bringing a batch of borrowers up to today: what is plain in columns, what is not one by one, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from lendmill.db import Db
from lendmill.ledger import actions as books
from lendmill.ledger.accounts import exact_unit
from lendmill.ledger.alike import AlikeEntries
from lendmill.ledger.entry import Line
from lendmill.loans import actions as loans
from lendmill.loans import life
from lendmill.loans import queries as loans_now
from lendmill.loans.loan import OPEN
from lendmill.loans.postings import billed
from lendmill.loans.sweeping import queries, store
from lendmill.loans.sweeping.due import Keys, Swept, swept, text_keys, uuids_of
from lendmill.loans.sweeping.tally import Tally, tally_of_change


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch did, and how many of its borrowers somebody else was busy with."""

    tally: Tally
    passed_over: int


def sweep(db: Db, *, borrower_ids: Sequence[UUID], today: date, waiting: bool = False) -> Batch:
    """Bring borrowers up to today. Done twice, the second finds nothing to do.

    Whoever is being served at this moment is passed over, and comes again when `waiting`.
    """
    store.ready(db)
    locked = store.lock(db, borrower_ids, waiting=waiting)
    if not locked:
        return Batch(Tally(), len(borrower_ids))
    tally = Tally(borrowers=queries.still_due(db, today))
    plain, products, alone = _set_apart(db, today)
    store.keep(db, plain, products, today)
    bills = _Bills(plain, products)
    tally += plain.tally
    posted = 0
    for borrower_id in alone:  # in the books, too, everybody has their place
        before = bills.before(borrower_id)
        bills.post(db, slice(posted, before), today)
        tally += _one_by_one(db, borrower_id, today)
        posted = before
    bills.post(db, slice(posted, None), today)
    return Batch(tally, len(borrower_ids) - locked)


def _set_apart(db: Db, today: date) -> tuple[Swept, list[str], list[UUID]]:
    """What is plain, brought to today; and the borrowers, in their order, who are looked at one by one."""
    planned = queries.with_plans(db, today)
    store.leave_apart(db, planned)
    due, products = queries.due(db, today), queries.products(db, today)
    plain, apart = swept(due, today)
    others = list(dict.fromkeys(uuids_of(due.borrower_id[apart])))
    store.leave_apart(db, others)
    return plain, products, sorted([*planned, *others])


def _one_by_one(db: Db, borrower_id: UUID, today: date) -> Tally:
    """Bring up a borrower as online; what will have happened to the loans by itself is worked out beforehand."""
    found = loans_now.stored_loans(db, borrower_id, statuses=OPEN)
    changes = [change for loan in found if (change := life.brought_up(loan, today)) is not None]
    loans.bring_up(db, borrower_id=borrower_id, today=today)
    return sum(map(tally_of_change, changes), Tally())


@dataclass(frozen=True, slots=True)
class _Many:
    """Whose loans many entries are about: what `Of` is to one."""

    entry_id: Keys
    borrower_id: Keys
    loan_id: Keys
    product_key: str
    rate_den: int
    currency: str = "CNY"

    @property
    def exact(self) -> str:
        """The unit of these loans' accruals."""
        return exact_unit(self.currency, self.rate_den)

    def entry(self, what: str, value_on: date, booked_on: date, *made: Line) -> AlikeEntries:
        """Entries about these loans; each line's amount is a column."""
        mine = self.entry_id, self.borrower_id, self.loan_id, self.product_key
        return AlikeEntries(what, made, value_on, booked_on, *mine)


class _Bills:
    """What was billed, row by row, in the order of the borrowers."""

    def __init__(self, plain: Swept, products: Sequence[str]) -> None:
        arrival, self.plain, self.products = plain.arrival, plain, products
        self.rows = np.flatnonzero((arrival.interest_cents != 0) | (arrival.penalty_cents != 0))
        self.borrowers = text_keys(plain.due.borrower_id)[plain.due.book.loan[self.rows]]

    def before(self, borrower_id: UUID) -> int:
        """How many of them belong to borrowers before this one."""
        return int(np.searchsorted(self.borrowers, np.bytes_(borrower_id.bytes)))

    def post(self, db: Db, some: slice, today: date) -> None:
        """Put some of them into the books, by the posting that makes one."""
        due, rows = self.plain.due, self.rows[some]
        loans, keys = due.book.loan[rows], store.new_keys(len(rows))
        alike = []
        for product, den in sorted(
            set(zip(due.product[loans].tolist(), due.book.rate_den[loans].tolist(), strict=True))
        ):
            here = (due.product[loans] == product) & (due.book.rate_den[loans] == den)
            of = _Many(keys[here], due.borrower_id[loans[here]], due.loan_id[loans[here]], self.products[product], den)
            entries: Any = billed(
                of,  # type: ignore[arg-type]
                interest_cents=self.plain.arrival.interest_cents[rows[here]],
                penalty_cents=self.plain.arrival.penalty_cents[rows[here]],
                value_on=today,
                booked_on=today,
            )
            alike.append(entries)
        books.post_alike(db, alike)
