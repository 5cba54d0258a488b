"""Drawing, the arrival of money, payments, and bringing loans up to the day."""

from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.credit import actions as credit
from lendmill.credit.lines.line import Line
from lendmill.db import Db
from lendmill.funding import actions as funding
from lendmill.ledger import actions as books
from lendmill.loans import life, queries, store
from lendmill.loans.account import Prepay
from lendmill.loans.agreeing import first_plan, terms_for
from lendmill.loans.keeping import actions as keeping
from lendmill.loans.loan import OPEN, Loan
from lendmill.loans.postings_receipts import refunded
from lendmill.loans.receipts.actions import apply_held, check_amount, receive_payment
from lendmill.loans.receipts.queries import beside
from lendmill.loans.replay import Event
from lendmill.loans.servicing import actions as servicing
from lendmill.people import actions as people
from lendmill.people.actions import Command
from lendmill.people.groups.actions import lock_related
from lendmill.products import queries as products
from lendmill.products.document import Product
from lendmill.refusals import Refusal


class MethodNotOffered(Refusal):
    """This line is not repaid by {method}; choose one of {methods}."""


class TermTooLong(Refusal):
    """This line lends for 1 to {months_max} months, not for {months}."""


class DrawTooSmall(Refusal):
    """The smallest draw is {draw_min_cents} cents, more than the {asked_cents} asked."""


class ClaimOpen(Refusal):
    """{claimed_cents} cents sent back of a payment that then bounced are still owed: pay them before drawing again."""


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
    lock_related(db, borrower_id, today)
    earlier = people.once(db, borrower_id=borrower_id, command=command, action="draw")
    if earlier is not None:
        return queries.drawn_by(db, borrower_id, earlier)
    line = credit.lock_line(db, borrower_id=borrower_id, line_id=line_id)
    keeping.bring_loans_up(db, borrower_id, queries.stored_loans(db, borrower_id, statuses=OPEN, locked=True), today)
    if (claimed_cents := beside(db, borrower_id).claimed_cents) > 0:
        raise ClaimOpen(claimed_cents=claimed_cents)
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
    keeping.bring_standing(db, borrower_id, worst_days=0)
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
        months=months,
        asked_on=today,
        drawn_on=None,
        closed_on=None,
        events=0,
        terms=terms_for(line, product, method, today),
        account=None,
    )


def request_repayment(
    db: Db, *, command: Command, borrower_id: UUID, amount_cents: int, today: date, loan_id: UUID | None = None,
    prepay: Prepay = "next-due",
) -> UUID:  # fmt: skip
    """The seller asks to pay: the rail is told to collect, and what it brings is received when it says so."""
    people.lock_borrower(db, borrower_id)
    earlier = people.once(db, borrower_id=borrower_id, command=command, action="repay")
    if earlier is not None:
        return earlier
    check_amount(amount_cents)
    if loan_id is not None:
        queries.stored_loan(db, borrower_id, loan_id)
    owes = queries.stored_loans(db, borrower_id, loan_id=loan_id, statuses=OPEN)
    if not owes and beside(db, borrower_id).claimed_cents <= 0:
        raise NothingOwed()
    instruction_id = store.instruct(
        db, borrower_id=borrower_id, kind="collect", amount_cents=amount_cents, loan_id=loan_id, asked_on=today,
        prepay=prepay,
    )  # fmt: skip
    people.remember(db, borrower_id=borrower_id, command=command, action="repay", result_id=instruction_id)
    return instruction_id


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
        books.post(db, [refunded(borrower_id=asked.borrower_id, amount_cents=asked.amount_cents,
                                          value_on=value_on, booked_on=today)])  # fmt: skip


def _arrived(db: Db, asked: queries.Instruction, value_on: date, today: date) -> None:
    loan = _loan_of(db, asked)
    turn = queries.next_turn(db, loan.borrower_id)
    product = products.product(db, loan.product_key, loan.product_version)
    plan = first_plan(product, loan.terms, loan.principal_cents, value_on, loan.months)
    event = Event(1, "drawn", value_on, loan.principal_cents, turn=turn, details=plan)
    store.add_event(db, borrower_id=loan.borrower_id, loan_id=loan.loan_id, event=event, booked_on=today)
    line = credit.lock_line(db, borrower_id=loan.borrower_id, line_id=loan.line_id)
    credit.reserved_to_used(db, line, loan.principal_cents)
    change = life.arrived(loan, event, today)
    keeping.keep(db, change, today)
    keeping.bring_loans_up(db, loan.borrower_id, [change.loan], today)


def _never_left(db: Db, asked: queries.Instruction) -> None:
    loan = _loan_of(db, asked)
    line = credit.lock_line(db, borrower_id=loan.borrower_id, line_id=loan.line_id)
    credit.unreserve(db, line, loan.principal_cents)
    funding.release(db, borrower_id=loan.borrower_id, loan_id=loan.loan_id, amount_cents=loan.principal_cents)
    store.fail_loan(db, borrower_id=loan.borrower_id, loan_id=loan.loan_id)
    keeping.bring_standing(db, loan.borrower_id, worst_days=0)


def _loan_of(db: Db, asked: queries.Instruction) -> Loan:
    assert asked.loan_id is not None, f"payout {asked.instruction_id} is for no loan"
    loan = queries.stored_loan(db, asked.borrower_id, asked.loan_id, locked=True)
    assert loan.status == "paying", f"loan {loan.loan_id} is {loan.status}: its payout cannot be settled again"
    return loan


def bring_up(db: Db, *, borrower_id: UUID, today: date) -> int:
    """Bring all loans of a borrower up to today; gives how many changed. Done twice, the second finds nothing to do.

    Money held for them pays what has become due.
    """
    people.lock_borrower(db, borrower_id)
    loans = queries.stored_loans(db, borrower_id, statuses=OPEN, locked=True)
    for loan_id in servicing.begin_planned(db, loans, today):
        loans = [queries.stored_loan(db, borrower_id, loan_id) if loan.loan_id == loan_id else loan for loan in loans]
    changed = keeping.bring_loans_up(db, borrower_id, [loan for loan in loans if loan.status in OPEN], today)
    if any(loan.terms.excess == "hold" for loan in changed):
        apply_held(db, borrower_id=borrower_id, today=today)
    store.clear_agenda(db, borrower_id=borrower_id, through_on=today)
    return len(changed)
