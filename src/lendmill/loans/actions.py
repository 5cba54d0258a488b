"""Drawing, the arrival of money, payments, and bringing loans up to the day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.credit import actions as credit
from lendmill.credit import queries as credit_now
from lendmill.credit.lines.line import Line
from lendmill.db import Db
from lendmill.funding import actions as funding
from lendmill.ledger import actions as books
from lendmill.loans import life, postings, queries, store
from lendmill.loans.account import Prepay, Terms, days_past_due
from lendmill.loans.life import Change, as_known_on
from lendmill.loans.loan import Loan
from lendmill.loans.replay import Event
from lendmill.loans.sharing import shares
from lendmill.money import LARGEST_CENTS, NotAnAmount
from lendmill.people import actions as people
from lendmill.people.actions import Command
from lendmill.products import queries as products
from lendmill.products.document import Product
from lendmill.refusals import Refusal


class MethodNotOffered(Refusal):
    """This line is not repaid by {method}; choose one of {methods}."""


class TermTooLong(Refusal):
    """This line lends for 1 to {months_max} months, not for {months}."""


class DrawTooSmall(Refusal):
    """The smallest draw is {draw_min_cents} cents, more than the {asked_cents} asked."""


class NothingPaid(Refusal):
    """A payment of {amount_cents} cents is no payment: give an amount above nothing."""


class ValueDateAhead(Refusal):
    """The payment is dated {value_on}, after today, {today}: money counts from the day it left the payer."""


class NothingOwed(Refusal):
    """Nothing is owed, so there is nothing to repay."""


def draw(
    db: Db,
    *,
    command: Command,
    borrower_id: UUID,
    line_id: UUID,
    amount_cents: int,
    method: str,
    months: int,
    today: date,
) -> queries.Drawn:
    """Draw on a line. Limit and funding are reserved now; the loan begins when the rail says the money arrived."""
    people.lock_borrower(db, borrower_id)
    earlier = people.once(db, borrower_id=borrower_id, command=command, action="draw")
    if earlier is not None:
        return queries.drawn_by(db, borrower_id, earlier)
    line = credit.lock_line(db, borrower_id=borrower_id, line_id=line_id)
    _bring_up(db, borrower_id, queries.stored_loans(db, borrower_id, status="running", locked=True), today)
    product = products.product(db, line.product_key, line.product_version)
    if method not in line.methods:
        raise MethodNotOffered(method=method, methods=", ".join(line.methods))
    if not 1 <= months <= line.months_max:
        raise TermTooLong(months_max=line.months_max, months=months)
    if amount_cents < product.draw_min_cents:
        raise DrawTooSmall(draw_min_cents=product.draw_min_cents, asked_cents=amount_cents)
    credit.reserve(db, line, amount_cents, today=today)
    loan = _on_its_way(line, product, amount_cents=amount_cents, method=method, months=months, today=today)
    store.open_loan(db, loan)
    funding.reserve(db, loan_id=loan.loan_id, borrower_id=borrower_id, amount_cents=amount_cents)
    instruction_id = store.instruct(
        db, borrower_id=borrower_id, kind="payout", amount_cents=amount_cents, loan_id=loan.loan_id, asked_on=today
    )
    people.remember(db, borrower_id=borrower_id, command=command, action="draw", result_id=loan.loan_id)
    _bring_standing(db, borrower_id, worst_days=0)
    return queries.Drawn(loan.loan_id, instruction_id)


def _on_its_way(line: Line, product: Product, *, amount_cents: int, method: str, months: int, today: date) -> Loan:
    """The loan a draw will become: the line's price and the product's rules, fixed from now on."""
    return Loan(
        loan_id=ids.new(),
        borrower_id=line.borrower_id,
        line_id=line.line_id,
        product_key=line.product_key,
        product_version=line.product_version,
        status="paying",
        principal_cents=amount_cents,
        method=method,
        months=months,
        asked_on=today,
        drawn_on=None,
        closed_on=None,
        events=0,
        terms=Terms(line.rate_num, line.rate_den, line.penalty_num, line.grace_days, product.waterfall),
        account=None,
    )


def _check_amount(amount_cents: int) -> None:
    """A payment is more than nothing, and not more than any money there is."""
    if amount_cents <= 0:
        raise NothingPaid(amount_cents=amount_cents)
    if amount_cents > LARGEST_CENTS:
        raise NotAnAmount(text=str(amount_cents))


def request_repayment(
    db: Db, *, command: Command, borrower_id: UUID, amount_cents: int, today: date, loan_id: UUID | None = None,
    prepay: Prepay = "next-due",
) -> UUID:  # fmt: skip
    """The seller asks to pay: the rail is told to collect, and what it brings is received when it says so."""
    people.lock_borrower(db, borrower_id)
    earlier = people.once(db, borrower_id=borrower_id, command=command, action="repay")
    if earlier is not None:
        return earlier
    _check_amount(amount_cents)
    if loan_id is not None:
        queries.stored_loan(db, borrower_id, loan_id)
    if not queries.stored_loans(db, borrower_id, loan_id=loan_id, status="running"):
        raise NothingOwed()
    instruction_id = store.instruct(
        db, borrower_id=borrower_id, kind="collect", amount_cents=amount_cents, loan_id=loan_id, asked_on=today,
        prepay=prepay,
    )  # fmt: skip
    people.remember(db, borrower_id=borrower_id, command=command, action="repay", result_id=instruction_id)
    return instruction_id


def receive_payment(
    db: Db, *, command: Command, borrower_id: UUID, amount_cents: int, value_on: date, today: date,
    loan_id: UUID | None = None, prepay: Prepay = "next-due",
) -> queries.ReceiptView:  # fmt: skip
    """Take in a borrower's money. The same key twice is the same payment once; what exceeds all debts goes back."""
    people.lock_borrower(db, borrower_id)
    receipt_id = people.once(db, borrower_id=borrower_id, command=command, action="receive")
    if receipt_id is None:
        receipt_id = _receive(db, borrower_id, amount_cents, value_on, today, loan_id, prepay)
        people.remember(db, borrower_id=borrower_id, command=command, action="receive", result_id=receipt_id)
    return queries.receipts_of(db, borrower_id, receipt_id=receipt_id)[0]


def _receive(
    db: Db, borrower_id: UUID, amount_cents: int, value_on: date, today: date, loan_id: UUID | None, prepay: Prepay
) -> UUID:
    _check_amount(amount_cents)
    if value_on > today:
        raise ValueDateAhead(value_on=value_on, today=today)
    named = None if loan_id is None else queries.stored_loan(db, borrower_id, loan_id)
    loans = {loan.loan_id: loan for loan in _locked(db, borrower_id)}
    if named is not None and named.closed_on is not None and value_on < named.closed_on:
        loans[named.loan_id] = named  # it was not closed yet on that day: what was paid since is worked out again
    stories = {key: queries.events_of(db, borrower_id, key) for key in loans}
    accounts = [(key, as_known_on(loan, stories[key], value_on)) for key, loan in loans.items()]
    taken, excess_cents = shares(amount_cents, accounts, loan_id)
    receipt_id = ids.new()
    store.add_receipt(
        db,
        receipt_id=receipt_id,
        borrower_id=borrower_id,
        amount_cents=amount_cents,
        value_on=value_on,
        booked_on=today,
    )
    worst_days = max((days_past_due(account) for _, account in accounts), default=0)
    for key, share_cents in taken.items():
        loan = loans[key]
        effective_on = max(value_on, loan.drawn_on or value_on)
        event = Event(loan.events + 1, "repaid", effective_on, share_cents, prepay, receipt_id)
        store.add_event(db, borrower_id=borrower_id, loan_id=key, event=event, booked_on=today)
        change = life.paid(loan, event, stories[key], today)
        _write(db, change, today)
        excess_cents += change.refunded_cents
        loans[key] = change.loan
    overpaid_cents = amount_cents - sum(taken.values())
    if overpaid_cents:
        store.add_parts(db, borrower_id=borrower_id, receipt_id=receipt_id, loan_id=None, parts=(),
                        refunded_cents=overpaid_cents, booked_on=today)  # fmt: skip
        books.post(db, [postings.overpaid(borrower_id=borrower_id, excess_cents=overpaid_cents, value_on=value_on,
                                          booked_on=today)])  # fmt: skip
    if excess_cents > 0:
        store.instruct(
            db, borrower_id=borrower_id, kind="refund", amount_cents=excess_cents, loan_id=None, asked_on=today
        )
    _bring_up(db, borrower_id, [loan for loan in loans.values() if loan.status == "running"], today, worst_days)
    return receipt_id


def settle(
    db: Db, *, borrower_id: UUID, instruction_id: UUID, status: str, value_on: date | None, reason: str, today: date
) -> None:
    """Act on the rail's answer, once: what is settled stays as it is, however often the rail repeats itself."""
    people.lock_borrower(db, borrower_id)
    asked = queries.instruction(db, borrower_id, instruction_id)
    assert asked is not None, f"the rail answered about an instruction that was never given: {instruction_id}"
    if asked.status in ("confirmed", "failed"):
        return
    if status == "confirmed" and (value_on is None or not asked.asked_on <= value_on <= today):
        early = value_on is not None and value_on < asked.asked_on
        when = "before it was asked for" if early else "a day the house has not reached"
        status, reason = "unknown", f"confirmed for {value_on}, {when}"
    store.settle_instruction(
        db, borrower_id=borrower_id, instruction_id=instruction_id, status=status,
        value_on=value_on if status == "confirmed" else None, reason=reason,
    )  # fmt: skip
    if status == "confirmed" and value_on is not None:
        _confirmed(db, asked, value_on, today)
    elif status == "failed" and asked.kind == "payout":
        _never_left(db, asked)


def _confirmed(db: Db, asked: queries.Instruction, value_on: date, today: date) -> None:
    if asked.kind == "payout":
        _arrived(db, asked, value_on, today)
    elif asked.kind == "collect":
        receive_payment(
            db,
            command=Command.of(asked.rail_key, amount_cents=asked.amount_cents),
            borrower_id=asked.borrower_id,
            amount_cents=asked.amount_cents,
            value_on=value_on,
            today=today,
            loan_id=asked.loan_id,
            prepay="prepay" if asked.prepay == "prepay" else "next-due",
        )
    else:
        books.post(db, [postings.refunded(borrower_id=asked.borrower_id, amount_cents=asked.amount_cents,
                                          value_on=value_on, booked_on=today)])  # fmt: skip


def _arrived(db: Db, asked: queries.Instruction, value_on: date, today: date) -> None:
    loan = _loan_of(db, asked)
    event = Event(1, "drawn", value_on, loan.principal_cents, "next-due", None)
    store.add_event(db, borrower_id=loan.borrower_id, loan_id=loan.loan_id, event=event, booked_on=today)
    line = credit.lock_line(db, borrower_id=loan.borrower_id, line_id=loan.line_id)
    credit.reserved_to_used(db, line, loan.principal_cents)
    change = life.arrived(loan, event, today)
    _write(db, change, today)
    _bring_up(db, loan.borrower_id, [change.loan], today)


def _never_left(db: Db, asked: queries.Instruction) -> None:
    loan = _loan_of(db, asked)
    line = credit.lock_line(db, borrower_id=loan.borrower_id, line_id=loan.line_id)
    credit.unreserve(db, line, loan.principal_cents)
    funding.release(db, borrower_id=loan.borrower_id, loan_id=loan.loan_id, amount_cents=loan.principal_cents)
    store.fail_loan(db, borrower_id=loan.borrower_id, loan_id=loan.loan_id)
    _bring_standing(db, loan.borrower_id, worst_days=0)


def _loan_of(db: Db, asked: queries.Instruction) -> Loan:
    assert asked.loan_id is not None, f"payout {asked.instruction_id} is for no loan"
    loan = queries.stored_loan(db, asked.borrower_id, asked.loan_id, locked=True)
    assert loan.status == "paying", f"loan {loan.loan_id} is {loan.status}: its payout cannot be settled again"
    return loan


def bring_up(db: Db, *, borrower_id: UUID, today: date) -> int:
    """Bring all loans of a borrower up to today; gives how many changed. Done twice, the second finds nothing to do."""
    people.lock_borrower(db, borrower_id)
    changed = _bring_up(db, borrower_id, queries.stored_loans(db, borrower_id, status="running", locked=True), today)
    store.clear_agenda(db, borrower_id=borrower_id, through_on=today)
    return changed


def _bring_up(db: Db, borrower_id: UUID, loans: Sequence[Loan], today: date, worst_days: int = 0) -> int:
    changes = [change for loan in loans if (change := life.brought_up(loan, today)) is not None]
    for change in changes:
        _write(db, change, today)
    accounts = [change.loan.owing for change in changes]
    _bring_standing(db, borrower_id, max([worst_days, *map(days_past_due, accounts)]))
    return len(changes)


def _write(db: Db, change: Change, today: date) -> None:
    """Write one change whole: state, books, nightly interest, what a receipt settled, and limit and funding given
    back."""
    loan = change.loan
    store.keep_loan(db, loan, change.was)
    store.add_deltas(db, loan, change.repricing)
    books.post(db, change.entries)
    for settled in change.settled:
        store.add_parts(
            db, borrower_id=loan.borrower_id, receipt_id=settled.receipt_id, loan_id=loan.loan_id, parts=settled.parts,
            refunded_cents=settled.refunded_cents, booked_on=today,
        )  # fmt: skip
    if change.principal_back_cents:
        line = credit_now.line(db, loan.borrower_id, loan.line_id)
        credit.give_back(db, line, change.principal_back_cents)
        funding.release(
            db, borrower_id=loan.borrower_id, loan_id=loan.loan_id, amount_cents=change.principal_back_cents
        )


def _locked(db: Db, borrower_id: UUID) -> list[Loan]:
    """The running loans, locked after their lines: borrower, line, loan, always in this order."""
    for line in credit_now.lines_of(db, borrower_id):
        credit.lock_line(db, borrower_id=borrower_id, line_id=line.line_id)
    return queries.stored_loans(db, borrower_id, status="running", locked=True)


def _bring_standing(db: Db, borrower_id: UUID, worst_days: int) -> None:
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
