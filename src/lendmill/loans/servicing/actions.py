"""Changing a running loan by hand: at once, from an earlier day on, or from a later one."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from lendmill.credit import actions as credit
from lendmill.credit import queries as credit_now
from lendmill.db import Db
from lendmill.loans import changes, life, queries, store
from lendmill.loans.keeping import actions as keeping
from lendmill.loans.loan import OPEN, Loan
from lendmill.loans.passing import advance
from lendmill.loans.receipts import actions as receipts
from lendmill.loans.replay import Event
from lendmill.loans.servicing import queries as planned
from lendmill.loans.servicing import store as planned_store
from lendmill.loans.servicing.asked import Asked, asked
from lendmill.loans.view import LoanView
from lendmill.people import actions as people
from lendmill.people.actions import Command


def change_loan(
    db: Db, *, command: Command, borrower_id: UUID, loan_id: UUID, change: changes.LoanChange, today: date
) -> LoanView:
    """Carry out a change of a loan; asked twice under one key it happens once. Gives the loan as it stands after.

    A reversal or a payment found by hand concerns the borrower's money and goes where money goes.
    """
    changes.check_change(change)
    if isinstance(change, changes.Reverse):
        receipts.reverse_receipt(
            db, command=command, borrower_id=borrower_id, receipt_id=change.receipt_id, cause=change.cause, today=today,
            to_loan_id=change.to_loan_id,
        )  # fmt: skip
    elif isinstance(change, changes.ManualPayment):
        receipts.receive_payment(
            db, command=command, borrower_id=borrower_id, amount_cents=change.amount_cents, value_on=change.value_on,
            today=today, loan_id=change.loan_id, prepay=change.prepay,
        )  # fmt: skip
    else:
        _change(db, command, borrower_id, loan_id, change, today)
    open_loans = keeping.locked_loans(db, borrower_id)
    begin_planned(db, open_loans, today)  # a loan that is owed again takes up what was planned for it meanwhile
    if any(loan.terms.excess == "hold" for loan in open_loans):
        receipts.apply_held(db, borrower_id=borrower_id, today=today)
    return queries.loan(db, borrower_id, loan_id, today)


def _change(
    db: Db, command: Command, borrower_id: UUID, loan_id: UUID, change: changes.LoanChange, today: date
) -> None:
    people.lock_borrower(db, borrower_id)
    if people.once(db, borrower_id=borrower_id, command=command, action=change.kind) is not None:
        return
    queries.stored_loan(db, borrower_id, loan_id)
    loans = {loan.loan_id: loan for loan in keeping.locked_loans(db, borrower_id)}
    loan = loans.get(loan_id) or queries.stored_loan(db, borrower_id, loan_id)
    account = advance(loan.owing, today)[0] if loan.account else None
    event = asked(loan, account, change, today)  # type: ignore[arg-type]
    _carry_out(db, loan, event, today)
    if isinstance(change, changes.WriteOff):
        line = credit_now.line(db, borrower_id, loan.line_id)
        if line.status == "open":
            credit.set_line_status(db, line, "frozen")
    people.remember(db, borrower_id=borrower_id, command=command, action=change.kind, result_id=loan_id)


def _carry_out(db: Db, loan: Loan, what: Asked, today: date) -> None:
    """Now, from an earlier day on (all that came since is told again), or planned for a later day."""
    if what.on > today:
        planned_store.plan(db, loan=loan, what=what)
        store.note_in_agenda(db, happens_on=what.on, borrower_id=loan.borrower_id, loan_id=loan.loan_id)
        return
    turn = queries.next_turn(db, loan.borrower_id)
    event = Event(loan.events + 1, what.kind, what.on, what.amount_cents, turn=turn, details=what.details)
    if what.on < loan.owing.seen_on:
        receipts.share_again(db, loan.borrower_id, (what.on, turn), today, more={loan.loan_id: [event]})
        return
    store.add_event(db, borrower_id=loan.borrower_id, loan_id=loan.loan_id, event=event, booked_on=today)
    change = life.happened_to(loan, event, today)
    keeping.keep(db, change, today)
    still = [change.loan] if change.loan.status in OPEN else []
    keeping.bring_loans_up(db, loan.borrower_id, still, today)


def begin_planned(db: Db, loans: Sequence[Loan], today: date) -> list[UUID]:
    """Begin the changes whose day has come, on loans already locked; gives the loans that changed."""
    begun: list[UUID] = []
    for loan in loans:
        for plan in planned.planned_for(db, loan.borrower_id, loan.loan_id, through=today):
            now = queries.stored_loan(db, loan.borrower_id, loan.loan_id)
            possible = now.status in OPEN and not now.owing.written_off
            if possible:
                _carry_out(db, now, Asked(plan.kind, plan.begins_on, plan.amount_cents, plan.details), today)
                begun.append(loan.loan_id)
            planned_store.end(db, plan=plan, outcome="begun" if possible else "called off", booked_on=today)
    return begun
