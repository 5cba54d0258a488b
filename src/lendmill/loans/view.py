"""A loan as its borrower reads it: what is owed today, instalment by instalment, and what would settle it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from lendmill.loans.account import Account, Row, adjusted_days_past_due, days_past_due, total_left
from lendmill.loans.loan import OPEN, Loan, Status
from lendmill.loans.passing import advance, bill
from lendmill.loans.paying import owed, repay
from lendmill.terms.allocation import Parts
from lendmill.terms.rates import Rate

RowStatus = Literal["to come", "due today", "late", "paid"]


@dataclass(frozen=True, slots=True)
class RowView:
    """One instalment with what is planned, billed, paid and unpaid on it; `asked` is what it will ask on its day, if
    everything is paid on its day and nothing before.
    """

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
    unpaid_cents: int
    asked_cents: int
    asked_interest_cents: int
    status: RowStatus
    adjusted_on: date | None = None


@dataclass(frozen=True, slots=True)
class LoanView:
    """A loan as of today; interest and penalty include what has accrued and is not billed yet, rounded."""

    loan_id: UUID
    borrower_id: UUID
    line_id: UUID
    product_key: str
    status: Status
    method: str
    months: int
    rate: Rate
    grace_days: int
    asked_on: date
    drawn_on: date | None
    matures_on: date | None
    closed_on: date | None
    principal_cents: int
    outstanding_cents: int
    interest_cents: int
    penalty_cents: int
    fees_cents: int
    due_now_cents: int
    payoff_cents: int
    next_due_on: date | None
    next_due_cents: int
    days_past_due: int
    adjusted_days_past_due: int
    nonaccrual: bool
    settlement_left_cents: int | None
    settlement_until_on: date | None
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class Payoff:
    """What a payment on a day would find: the part due so far, all that settles the loans, and what the borrower owes
    beside them because a payment sent back had bounced; that is met first.
    """

    on: date
    due: Parts
    all: Parts
    claimed_cents: int = 0

    @property
    def total_cents(self) -> int:
        """What settles everything."""
        return self.all.total_cents + self.claimed_cents


def view(loan: Loan, today: date) -> LoanView:
    """The loan as if a payment came today; nothing is changed by looking."""
    if loan.account is None:
        return _view(loan, Account(loan.terms, (), loan.asked_on), loan.asked_on)
    account = loan.account
    if loan.status in OPEN:
        account, _ = bill(advance(account, max(today, account.seen_on))[0])
    return _view(loan, account, max(today, account.seen_on))


def payoff(accounts: Sequence[Account], on: date, claimed_cents: int = 0) -> Payoff:
    """What settles these loans on a day, and what of it is due by then."""
    due = total = Parts()
    for account in accounts:
        loan_due, loan_total = owed(account, max(on, account.seen_on))
        due, total = due + loan_due, total + loan_total
    return Payoff(on, due, total, claimed_cents)


@dataclass(frozen=True, slots=True)
class LoanShare:
    """What a payment would settle on one loan."""

    loan_id: UUID
    parts: Parts


@dataclass(frozen=True, slots=True)
class PaymentQuote:
    """What a payment on a day would settle, the borrower's bounced refunds first, and what would exceed all debts."""

    on: date
    shares: tuple[LoanShare, ...]
    claimed_cents: int
    excess_cents: int


def _view(loan: Loan, account: Account, today: date) -> LoanView:
    left = total_left(account.rows)
    due = total_left([row for row in account.rows if row.due_on <= today])
    shown = [row for row in account.rows if not row.closed or row.open or row.principal_cents or row.interest_cents]
    ahead = if_all_goes_to_plan(account, today)
    coming = next((row for row in shown if ahead.get(row.n, Parts()).total_cents), None)
    return LoanView(
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        line_id=loan.line_id,
        product_key=loan.product_key,
        status=loan.status,
        method=loan.method,
        months=loan.months,
        rate=account.terms.rate,
        grace_days=loan.terms.grace_days,
        asked_on=loan.asked_on,
        drawn_on=loan.drawn_on,
        closed_on=loan.closed_on,
        principal_cents=loan.principal_cents,
        matures_on=max((row.due_on for row in shown), default=None),
        outstanding_cents=left.principal,
        interest_cents=left.interest,
        penalty_cents=left.penalty,
        fees_cents=left.fees,
        due_now_cents=due.total_cents,
        payoff_cents=left.total_cents,
        next_due_on=coming.due_on if coming else None,
        next_due_cents=ahead[coming.n].total_cents if coming else 0,
        days_past_due=days_past_due(account),
        adjusted_days_past_due=adjusted_days_past_due(account),
        nonaccrual=account.nonaccrual,
        settlement_left_cents=account.settlement.left_cents if account.settlement else None,
        settlement_until_on=account.settlement.until_on if account.settlement else None,
        rows=tuple(_row_view(row, today, ahead.get(row.n, Parts()), loan.status) for row in shown),
    )


def if_all_goes_to_plan(account: Account, today: date) -> dict[int, Parts]:
    """What each row from today on will ask on its day, if everything is paid then and nothing before."""
    asked: dict[int, Parts] = {}
    for row in sorted(account.rows, key=lambda row: (row.due_on, row.n)):
        if row.due_on >= today and account.outstanding_cents and not row.closed:
            account, _ = advance(account, row.due_on)
            asked[row.n] = next(each.left for each in account.rows if each.n == row.n)
            due_cents = total_left([each for each in account.rows if each.due_on <= row.due_on]).total_cents
            account, _, _ = repay(account, due_cents, row.due_on)
    return asked


def _row_view(row: Row, today: date, ahead: Parts, loan_status: Status) -> RowView:
    left_cents = row.left.total_cents
    status: RowStatus = "to come"
    if loan_status == "closed":
        status = "paid"
    elif row.due_on <= today:
        status = "paid" if not left_cents else "due today" if row.due_on == today else "late"
    elif row.paid_ahead and not left_cents:
        status = "paid"
    return RowView(
        n=row.n,
        due_on=row.due_on,
        principal_cents=row.principal_cents,
        principal_paid_cents=row.principal_paid_cents,
        interest_cents=row.interest_cents,
        interest_paid_cents=row.interest_paid_cents,
        penalty_cents=row.penalty_cents,
        penalty_paid_cents=row.penalty_paid_cents,
        fees_cents=row.fees_cents,
        fees_paid_cents=row.fees_paid_cents,
        unpaid_cents=left_cents,
        asked_cents=ahead.total_cents,
        asked_interest_cents=ahead.interest,
        status=status,
        adjusted_on=row.adjusted_on,
    )
