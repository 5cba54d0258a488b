"""Writing one change of a loan whole, bringing a borrower's loans up to a day, and telling them again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from lendmill.credit import actions as credit
from lendmill.credit import queries as credit_now
from lendmill.db import Db
from lendmill.funding import actions as funding
from lendmill.ledger import actions as books
from lendmill.loans import life, queries, store
from lendmill.loans.account import days_past_due
from lendmill.loans.life import Change
from lendmill.loans.loan import OPEN, Loan
from lendmill.loans.rebate import excess_cents, may_be_too_dear
from lendmill.loans.receipts import store as receipts
from lendmill.loans.replay import Event, told
from lendmill.loans.servicing.queries import planned_for


@dataclass(frozen=True, slots=True)
class Story:
    """A loan, locked, with all its events."""

    loan: Loan
    events: tuple[Event, ...]


def keep(db: Db, change: Change, today: date) -> None:
    """Write one change whole: state, books, nightly interest, what receipts settled, and limit and funding given
    back. What was written off is not lendable any more; what of it comes back is."""
    loan = change.loan
    store.keep_loan(db, loan, change.was)
    store.add_deltas(db, loan, change.repricing)
    books.post(db, change.entries)
    for settled in change.settled:
        receipts.add_parts(
            db, borrower_id=loan.borrower_id, receipt_id=settled.receipt_id, loan_id=loan.loan_id, parts=settled.parts,
            booked_on=today,
        )  # fmt: skip
    if back_cents := change.principal_back_cents:
        line = credit_now.line(db, loan.borrower_id, loan.line_id)
        credit.give_back(db, line, back_cents)
        if change.was is not None and change.was.written_off:
            funding.recover(db, amount_cents=back_cents, today=today)
        funding.release(db, borrower_id=loan.borrower_id, loan_id=loan.loan_id, amount_cents=back_cents)
    if change.written_off_cents:
        funding.write_off(db, amount_cents=change.written_off_cents, today=today)
    if loan.status == "closed" and may_be_too_dear(loan.terms, loan.owing):
        _give_back(db, loan, today)


def _give_back(db: Db, loan: Loan, today: date) -> None:
    """A loan has ended: what it was charged above the dated caps goes back to the borrower."""
    story = queries.events_of(db, loan.borrower_id, loan.loan_id)
    tale = told(loan.terms, story, loan.owing.seen_on)
    ended_on = loan.closed_on or today
    amount_cents = excess_cents(loan.terms, tale.happenings, ended_on)
    if not amount_cents:
        return
    turn = queries.next_turn(db, loan.borrower_id)
    event = Event(loan.events + 1, "rebated", max(ended_on, loan.owing.seen_on), amount_cents, turn=turn)
    store.add_event(db, borrower_id=loan.borrower_id, loan_id=loan.loan_id, event=event, booked_on=today)
    change = life.happened_to(loan, event, today)
    store.keep_loan(db, replace(change.loan, status="closed", closed_on=loan.closed_on), loan.owing)
    books.post(db, change.entries)
    store.instruct(
        db, borrower_id=loan.borrower_id, kind="refund", amount_cents=amount_cents, loan_id=loan.loan_id, asked_on=today
    )


def locked_loans(db: Db, borrower_id: UUID) -> list[Loan]:
    """The open loans, locked after their lines: borrower, line, loan, always in this order."""
    for line in credit_now.lines_of(db, borrower_id):
        credit.lock_line(db, borrower_id=borrower_id, line_id=line.line_id)
    return queries.stored_loans(db, borrower_id, statuses=OPEN, locked=True)


def bring_loans_up(db: Db, borrower_id: UUID, loans: Iterable[Loan], today: date, worst_days: int = 0) -> list[Loan]:
    """Bring loans up to today and tell credit how the borrower stands; gives those that changed."""
    changes = [change for loan in loans if (change := life.brought_up(loan, today)) is not None]
    for change in changes:
        keep(db, change, today)
    changed = [change.loan for change in changes]
    bring_standing(db, borrower_id, max([worst_days, *(days_past_due(loan.owing) for loan in changed)]))
    return changed


def stories_since(db: Db, borrower_id: UUID, on: date) -> dict[UUID, Story]:
    """Every loan that was running on a day or has been since, locked, with its events."""
    open_loans = locked_loans(db, borrower_id)
    ended = queries.stored_loans(db, borrower_id, statuses=("closed",), open_on=on, locked=True)
    return {
        loan.loan_id: Story(loan, tuple(queries.events_of(db, borrower_id, loan.loan_id)))
        for loan in sorted([*open_loans, *ended], key=lambda loan: loan.loan_id)
    }


def tell_again(
    db: Db, stories: Mapping[UUID, Story], more: Mapping[UUID, Sequence[Event]], on: date, today: date
) -> list[Loan]:
    """Add events to loans whose past they change, tell each of them again, and write the differences."""
    changed: list[Loan] = []
    for loan_id, story in stories.items():
        added = more.get(loan_id, ())
        if not added:
            continue
        for event in added:
            store.add_event(db, borrower_id=story.loan.borrower_id, loan_id=loan_id, event=event, booked_on=today)
        change = life.retold(story.loan, story.events, [*story.events, *added], on, today)
        keep(db, change, today)
        changed.append(change.loan)
        if change.loan.status in OPEN and planned_for(db, story.loan.borrower_id, loan_id, through=today):
            # owed again, it takes up what was planned for it meanwhile
            store.note_in_agenda(db, happens_on=today, borrower_id=story.loan.borrower_id, loan_id=loan_id)
    return changed


def bring_standing(db: Db, borrower_id: UUID, worst_days: int) -> None:
    """Tell credit how the borrower stands, for the next decision."""
    now = queries.debts(db, borrower_id)
    before = credit_now.standing(db, borrower_id)
    credit.bring_standing(
        db,
        borrower_id=borrower_id,
        outstanding_cents=now.outstanding_cents,
        reserved_cents=now.reserved_cents,
        days_past_due_worst=max(before.days_past_due_worst, worst_days),
        late_since_on=now.late_since_on,
        loans_drawn=now.loans_drawn,
        loans_repaid=now.loans_repaid,
    )
