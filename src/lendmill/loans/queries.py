"""What is owed, what it would cost, and what has happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from lendmill.db import Db, many, maybe, one
from lendmill.loans.account import Row, Terms
from lendmill.loans.loan import Loan, NoSuchLoan, Status, account_of, waterfall_of
from lendmill.loans.replay import Event
from lendmill.loans.statement import StatementLine
from lendmill.loans.statement import statement as told_to_borrower
from lendmill.loans.view import LoanView, Payoff, payoff, view
from lendmill.terms.allocation import Parts


@dataclass(frozen=True, slots=True)
class _LoanRow:
    loan_id: UUID
    borrower_id: UUID
    line_id: UUID
    product_key: str
    product_version: int
    status: Status
    principal_cents: int
    rate_den: int
    rate_num: int
    penalty_num: int
    grace_days: int
    method: str
    months: int
    waterfall: list[dict[str, object]]
    asked_on: date
    drawn_on: date | None
    closed_on: date | None
    seen_on: date | None
    events: int
    interest_accrued: int


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


LOAN_COLUMNS: Final = """
           loan_id, borrower_id, line_id, product_key, product_version, status, principal_cents, rate_den, rate_num,
           penalty_num, grace_days, method, months, waterfall, asked_on, drawn_on, closed_on, seen_on, events,
           interest_accrued
"""

LOANS = f"""
    select {LOAN_COLUMNS}
      from loan
     where borrower_id = %(borrower_id)s
       and (%(loan_id)s::uuid is null or loan_id = %(loan_id)s)
       and (%(status)s::text is null or status = %(status)s)
     order by loan_id
"""

INSTALMENTS = """
    select loan_id, n, due_on, principal_cents, principal_paid_cents, interest_cents, interest_paid_cents,
           penalty_cents, penalty_paid_cents, fees_cents, fees_paid_cents, penalty_accrued
      from instalment
     where borrower_id = %(borrower_id)s
       and loan_id = any(%(loan_ids)s)
     order by loan_id, n
"""


def stored_loans(
    db: Db, borrower_id: UUID, *, loan_id: UUID | None = None, status: str | None = None, locked: bool = False
) -> list[Loan]:
    """A borrower's loans as they are kept, oldest first; `locked` takes their locks, after the borrower's."""
    statement = LOANS + ("for update" if locked else "")
    heads = many(db, _LoanRow, statement, borrower_id=borrower_id, loan_id=loan_id, status=status)
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
    return payoff(stored_loans(db, borrower_id, loan_id=loan_id, status="running"), on)


EVENTS = """
    select seq, kind, value_on, amount_cents, prepay, receipt_id
      from loan_event
     where borrower_id = %(borrower_id)s
       and loan_id = %(loan_id)s
     order by seq
"""


def events_of(db: Db, borrower_id: UUID, loan_id: UUID) -> list[Event]:
    """What happened to a loan from outside, in the order booked."""
    return many(db, Event, EVENTS, borrower_id=borrower_id, loan_id=loan_id)


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


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """Money that came in, what it settled and what of it goes back."""

    receipt_id: UUID
    amount_cents: int
    value_on: date
    booked_on: date
    fees_cents: int
    penalty_cents: int
    interest_cents: int
    principal_cents: int
    refunded_cents: int

    @property
    def parts(self) -> Parts:
        """What was settled, by component."""
        return Parts(self.fees_cents, self.penalty_cents, self.interest_cents, self.principal_cents)


RECEIPTS = """
    select r.receipt_id, r.amount_cents, r.value_on, r.booked_on,
           sum(p.fees_cents)::bigint as fees_cents,
           sum(p.penalty_cents)::bigint as penalty_cents,
           sum(p.interest_cents)::bigint as interest_cents,
           sum(p.principal_cents)::bigint as principal_cents,
           sum(p.refunded_cents)::bigint as refunded_cents
      from receipt r
      join receipt_part p on p.receipt_id = r.receipt_id and p.borrower_id = r.borrower_id
     where r.borrower_id = %(borrower_id)s
       and (%(receipt_id)s::uuid is null or r.receipt_id = %(receipt_id)s)
     group by r.receipt_id, r.amount_cents, r.value_on, r.booked_on
     order by r.receipt_id desc
     limit %(most)s
"""


def receipts_of(db: Db, borrower_id: UUID, *, receipt_id: UUID | None = None, most: int = 50) -> list[ReceiptView]:
    """A borrower's payments, newest first."""
    return many(db, ReceiptView, RECEIPTS, borrower_id=borrower_id, receipt_id=receipt_id, most=most)


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
    )


def _loan(head: _LoanRow, rows: Iterable[Row]) -> Loan:
    terms = Terms(head.rate_num, head.rate_den, head.penalty_num, head.grace_days, waterfall_of(head.waterfall))
    return Loan(
        loan_id=head.loan_id,
        borrower_id=head.borrower_id,
        line_id=head.line_id,
        product_key=head.product_key,
        product_version=head.product_version,
        status=head.status,
        principal_cents=head.principal_cents,
        method=head.method,
        months=head.months,
        asked_on=head.asked_on,
        drawn_on=head.drawn_on,
        closed_on=head.closed_on,
        events=head.events,
        terms=terms,
        account=account_of(terms, tuple(rows), head.seen_on, head.interest_accrued),
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
    select coalesce(sum(outstanding_cents) filter (where status = 'running'), 0)::bigint as outstanding_cents,
           coalesce(sum(principal_cents) filter (where status = 'paying'), 0)::bigint as reserved_cents,
           min(oldest_due_on) filter (where status = 'running') as late_since_on,
           (count(*) filter (where status in ('running', 'closed')))::int as loans_drawn,
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
