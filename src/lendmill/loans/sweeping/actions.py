"""Bringing a batch of borrowers up to today: what is plain in columns, what is not one by one, in one transaction."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.db import Db
from lendmill.ledger import actions as books
from lendmill.ledger.entry import Entry
from lendmill.loans import actions as loans
from lendmill.loans import life
from lendmill.loans import queries as loans_now
from lendmill.loans.entries import entries_of
from lendmill.loans.happenings import Billed
from lendmill.loans.loan import OPEN
from lendmill.loans.postings import Of
from lendmill.loans.sweeping import queries, store
from lendmill.loans.sweeping.due import Swept, swept, uuids_of
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
    entries = _entries(plain, products, today)
    tally += plain.tally
    for borrower_id in alone:  # in the books, too, everybody has their place
        before = bisect_left([entry.borrower_id for entry in entries], borrower_id)  # type: ignore[type-var]
        books.post(db, entries[:before])
        tally += _one_by_one(db, borrower_id, today)
        del entries[:before]
    books.post(db, entries)
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


def _entries(plain: Swept, products: Sequence[str], today: date) -> list[Entry]:
    """What was billed, row by row, in the order of the borrowers."""
    arrival, due = plain.arrival, plain.due
    billed = ((arrival.interest_cents != 0) | (arrival.penalty_cents != 0)).nonzero()[0]
    places = due.book.loan[billed]
    of = map(Of, uuids_of(due.borrower_id[places]), uuids_of(due.loan_id[places]),
             (products[place] for place in due.product[places]), due.book.rate_den[places].tolist())  # fmt: skip
    figures = zip(of, due.n[billed].tolist(), arrival.interest_cents[billed].tolist(),
                  arrival.penalty_cents[billed].tolist(), strict=True)  # fmt: skip
    return [
        entry
        for one, n, interest_cents, penalty_cents in figures
        for entry in entries_of(one, [Billed(today, n, interest_cents, penalty_cents)], today)
    ]
