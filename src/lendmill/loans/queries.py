"""What is owed, what it would cost, and what has happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from lendmill.db import Db, many, maybe, one, scalar
from lendmill.loans.account import Account, Prepay, Row, Settlement, Terms
from lendmill.loans.loan import OPEN, Loan, NoSuchLoan, Status, terms_of
from lendmill.loans.passing import advance, bill
from lendmill.loans.paying import repay
from lendmill.loans.plan import direction_for
from lendmill.loans.receipts.queries import beside
from lendmill.loans.replay import Event, happen
from lendmill.loans.servicing.queries import planned_for
from lendmill.loans.sharing import shares
from lendmill.loans.statement import StatementLine
from lendmill.loans.statement import statement as told_to_borrower
from lendmill.loans.view import LoanShare, LoanView, PaymentQuote, Payoff, payoff, view


@dataclass(frozen=True, slots=True)
class _LoanRow:
    loan_id: UUID
    borrower_id: UUID
    line_id: UUID
    product_key: str
    product_version: int
    status: Status
    agreed: dict[str, Any]
    principal_cents: int
    months: int
    asked_on: date
    drawn_on: date | None
    closed_on: date | None
    seen_on: date | None
    events: int
    rate_num: int
    penalty_num: int
    method: str
    interest_accrued: int
    stretch_accrued: int
    payment_cents: int
    nonaccrual: bool
    written_off: bool
    settlement_left_cents: int | None
    settlement_until_on: date | None


@dataclass(frozen=True, slots=True)
class _InstalmentRow:
    loan_id: UUID
    n: int
    due_on: date
    principal_cents: int
    principal_paid_cents: int
    interest_cents: int
    interest_paid_cents: int
    penalty_cents: int
    penalty_paid_cents: int
    fees_cents: int
    fees_paid_cents: int
    penalty_accrued: int
    free_cents: int
    earns_cents: int
    adjusted_on: date | None
    closed: bool


LOAN_COLUMNS: Final = """
           loan_id, borrower_id, line_id, product_key, product_version, status, agreed, principal_cents, months,
           asked_on, drawn_on, closed_on, seen_on, events, rate_num, penalty_num, method, interest_accrued,
           stretch_accrued, payment_cents, nonaccrual, written_off, settlement_left_cents, settlement_until_on
"""

LOANS = f"""
    select {LOAN_COLUMNS}
      from loan
     where borrower_id = %(borrower_id)s
       and (%(loan_id)s::uuid is null or loan_id = %(loan_id)s)
       and (%(statuses)s::text[] is null or status = any(%(statuses)s))
       and (%(open_on)s::date is null or closed_on is null or closed_on >= %(open_on)s)
     order by loan_id
"""

INSTALMENTS = """
    select loan_id, n, due_on, principal_cents, principal_paid_cents, interest_cents, interest_paid_cents,
           penalty_cents, penalty_paid_cents, fees_cents, fees_paid_cents, penalty_accrued, free_cents, earns_cents,
           adjusted_on, closed
      from instalment
     where borrower_id = %(borrower_id)s
       and loan_id = any(%(loan_ids)s)
     order by loan_id, n
"""


def stored_loans(
    db: Db, borrower_id: UUID, *, loan_id: UUID | None = None, statuses: Sequence[str] | None = None,
    open_on: date | None = None, locked: bool = False,
) -> list[Loan]:  # fmt: skip
    """A borrower's loans as they are kept, oldest first; `locked` takes their locks, after the borrower's.

    `open_on`: only those that had not ended before that day.
    """
    statement = LOANS + ("for update" if locked else "")
    kinds = None if statuses is None else list(statuses)
    heads = many(db, _LoanRow, statement, borrower_id=borrower_id, loan_id=loan_id, statuses=kinds, open_on=open_on)
    rows: dict[UUID, list[Row]] = {head.loan_id: [] for head in heads}
    for found in many(db, _InstalmentRow, INSTALMENTS, borrower_id=borrower_id, loan_ids=list(rows)):
        rows[found.loan_id].append(_row(found))
    return [_loan(head, rows[head.loan_id]) for head in heads]


def stored_loan(db: Db, borrower_id: UUID, loan_id: UUID, *, locked: bool = False) -> Loan:
    """One loan of this borrower, or the refusal `NoSuchLoan`; another's loan is not there either."""
    found = stored_loans(db, borrower_id, loan_id=loan_id, locked=locked)
    if not found:
        raise NoSuchLoan(loan_id=loan_id)
    return found[0]


def loans_of(db: Db, borrower_id: UUID, today: date) -> list[LoanView]:
    """All loans of a borrower as they stand today, whatever the day end has done so far."""
    return [view(loan, today) for loan in stored_loans(db, borrower_id)]


def loan(db: Db, borrower_id: UUID, loan_id: UUID, today: date) -> LoanView:
    """One loan as it stands today."""
    return view(stored_loan(db, borrower_id, loan_id), today)


def quote_payoff(db: Db, borrower_id: UUID, loan_id: UUID | None, on: date) -> Payoff:
    """What settles one loan, or all of a borrower's, on a day: exactly what a payment on that day would take."""
    if loan_id is not None:
        stored_loan(db, borrower_id, loan_id)
    accounts = [account for _, account in _accounts_on(db, borrower_id, loan_id, on)]
    return payoff(accounts, on, beside(db, borrower_id).claimed_cents)


def quote_payment(
    db: Db, borrower_id: UUID, amount_cents: int, loan_id: UUID | None, on: date, prepay: Prepay = "next-due"
) -> PaymentQuote:
    """What a payment of an amount on a day to come would settle, loan by loan: exactly what is then taken."""
    if loan_id is not None:
        stored_loan(db, borrower_id, loan_id)
    claimed_cents = min(amount_cents, max(0, beside(db, borrower_id).claimed_cents))
    accounts = _accounts_on(db, borrower_id, None, on)
    seen = [(key, bill(advance(account, on)[0])[0]) for key, account in accounts]
    taken, excess_cents = shares(amount_cents - claimed_cents, seen, loan_id)
    paid = {key: repay(account, taken[key], on, prepay)[1].total for key, account in accounts if key in taken}
    return PaymentQuote(on, tuple(LoanShare(key, parts) for key, parts in paid.items()), claimed_cents, excess_cents)


def _accounts_on(db: Db, borrower_id: UUID, loan_id: UUID | None, on: date) -> list[tuple[UUID, Account]]:
    """The open loans with every change that is agreed to begin by a day."""
    found: list[tuple[UUID, Account]] = []
    for loan in stored_loans(db, borrower_id, loan_id=loan_id, statuses=OPEN):
        account = loan.owing
        for plan in planned_for(db, borrower_id, loan.loan_id, through=on):
            change = Event(0, plan.kind, plan.begins_on, plan.amount_cents, details=plan.details)
            account = happen(account, change)[0]
        found.append((loan.loan_id, account))
    return found


EVENTS = """
    select seq, kind, value_on, amount_cents, prepay, receipt_id, turn, details, strikes
      from loan_event
     where borrower_id = %(borrower_id)s
       and loan_id = %(loan_id)s
     order by seq
"""


def events_of(db: Db, borrower_id: UUID, loan_id: UUID) -> list[Event]:
    """What happened to a loan from outside, in the order booked."""
    return many(db, Event, EVENTS, borrower_id=borrower_id, loan_id=loan_id)


NEXT_TURN = """
    select 1 + greatest((select coalesce(max(turn), 0) from loan_event where borrower_id = %(borrower_id)s),
                        (select coalesce(max(turn), 0) from receipt where borrower_id = %(borrower_id)s))
"""


def next_turn(db: Db, borrower_id: UUID) -> int:
    """The next place in a borrower's diary; asked for under the borrower's lock."""
    return int(scalar(db, NEXT_TURN, borrower_id=borrower_id))


@dataclass(frozen=True, slots=True)
class Instruction:
    """What the payment rail was asked to do, and what is known of it."""

    instruction_id: UUID
    borrower_id: UUID
    rail_key: str
    kind: str
    amount_cents: int
    loan_id: UUID | None
    prepay: str
    status: str
    asked_on: date
    value_on: date | None
    reason: str
    tries: int


INSTRUCTION_COLUMNS: Final = """
           instruction_id, borrower_id, rail_key, kind, amount_cents, loan_id, prepay, status, asked_on, value_on,
           reason, tries
"""

INSTRUCTION = f"""
    select {INSTRUCTION_COLUMNS}
      from instruction
     where borrower_id = %(borrower_id)s
       and instruction_id = %(instruction_id)s
"""


def instruction(db: Db, borrower_id: UUID, instruction_id: UUID) -> Instruction | None:
    """One instruction of a borrower."""
    return maybe(db, Instruction, INSTRUCTION, borrower_id=borrower_id, instruction_id=instruction_id)


INSTRUCTIONS = f"""
    select {INSTRUCTION_COLUMNS}
      from instruction
     where borrower_id = %(borrower_id)s
     order by instruction_id desc
     limit %(most)s
"""


def instructions_of(db: Db, borrower_id: UUID, most: int = 50) -> list[Instruction]:
    """What was asked of the rail for a borrower, newest first."""
    return many(db, Instruction, INSTRUCTIONS, borrower_id=borrower_id, most=most)


def _row(found: _InstalmentRow) -> Row:
    return Row(
        found.n,
        found.due_on,
        found.principal_cents,
        found.principal_paid_cents,
        found.interest_cents,
        found.interest_paid_cents,
        found.penalty_cents,
        found.penalty_paid_cents,
        found.fees_cents,
        found.fees_paid_cents,
        found.penalty_accrued,
        found.free_cents,
        found.earns_cents,
        found.adjusted_on,
        found.closed,
    )


def _loan(head: _LoanRow, rows: Iterable[Row]) -> Loan:
    terms = terms_of(head.agreed)
    return Loan(
        loan_id=head.loan_id,
        borrower_id=head.borrower_id,
        line_id=head.line_id,
        product_key=head.product_key,
        product_version=head.product_version,
        status=head.status,
        principal_cents=head.principal_cents,
        months=head.months,
        asked_on=head.asked_on,
        drawn_on=head.drawn_on,
        closed_on=head.closed_on,
        events=head.events,
        terms=terms,
        account=_account(head, terms, tuple(rows)),
    )


def _account(head: _LoanRow, terms: Terms, rows: tuple[Row, ...]) -> Account | None:
    """The account of a loan, or none before its money has arrived."""
    if head.seen_on is None:
        return None
    settlement = None
    if head.settlement_left_cents is not None and head.settlement_until_on is not None:
        settlement = Settlement(head.settlement_left_cents, head.settlement_until_on)
    in_force = terms
    if (head.rate_num, head.penalty_num, head.method) != (terms.rate_num, terms.penalty_num, terms.method):
        direction = terms.instalment_direction if head.method == terms.method else direction_for(head.method)
        in_force = replace(
            terms, rate_num=head.rate_num, penalty_num=head.penalty_num, method=head.method,
            instalment_direction=direction,
        )  # fmt: skip
    return Account(
        in_force,
        rows,
        head.seen_on,
        head.interest_accrued,
        head.drawn_on,
        head.stretch_accrued,
        head.payment_cents,
        head.nonaccrual,
        head.written_off,
        settlement,
    )


@dataclass(frozen=True, slots=True)
class Debts:
    """What a borrower owes over all loans, and since when something has been late."""

    outstanding_cents: int
    reserved_cents: int
    late_since_on: date | None
    loans_drawn: int
    loans_repaid: int


DEBTS = """
    select coalesce(sum(outstanding_cents) filter (where status in ('running', 'written-off')), 0)::bigint
               as outstanding_cents,
           coalesce(sum(principal_cents) filter (where status = 'paying'), 0)::bigint as reserved_cents,
           min(oldest_due_on) filter (where status in ('running', 'written-off')) as late_since_on,
           (count(*) filter (where status in ('running', 'written-off', 'closed')))::int as loans_drawn,
           (count(*) filter (where status = 'closed'))::int as loans_repaid
      from loan
     where borrower_id = %(borrower_id)s
"""


def debts(db: Db, borrower_id: UUID) -> Debts:
    """A borrower's debts in one row, as the loans' own states give them."""
    return one(db, Debts, DEBTS, borrower_id=borrower_id)


PAYOUT = """
    select loan_id, instruction_id
      from instruction
     where borrower_id = %(borrower_id)s
       and loan_id = %(loan_id)s
       and kind = 'payout'
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw on its way: the loan it will become, and the instruction to the rail."""

    loan_id: UUID
    instruction_id: UUID


def drawn_by(db: Db, borrower_id: UUID, loan_id: UUID) -> Drawn:
    """The draw a loan came from."""
    return one(db, Drawn, PAYOUT, borrower_id=borrower_id, loan_id=loan_id)


def statement(db: Db, borrower_id: UUID, loan_id: UUID, today: date) -> tuple[StatementLine, ...]:
    """A loan's story for its borrower, by value date."""
    return told_to_borrower(stored_loan(db, borrower_id, loan_id), events_of(db, borrower_id, loan_id), today)
