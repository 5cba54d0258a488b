"""One loan as arithmetic: what has accrued, what has been billed, what is owed on a day, and what a payment settles."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from lendmill.days import ONE_DAY, nights
from lendmill.terms.allocation import Parts, Waterfall, allocate, stage_at
from lendmill.terms.interest import billed, interest
from lendmill.terms.rates import Rate
from lendmill.terms.schedule import due_dates, principal_parts

Prepay = Literal["next-due", "prepay"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed for one loan; both rates are numerators over one denominator, fixed when it was opened."""

    rate_num: int
    rate_den: int
    penalty_num: int
    grace_days: int
    waterfall: tuple[Waterfall, ...]

    @property
    def rate(self) -> Rate:
        """The contract rate per day."""
        return Rate(self.rate_num, self.rate_den)


@dataclass(frozen=True, slots=True)
class Row:
    """One instalment: what is planned, billed and paid on it, in cents, and its own exact penalty accrual."""

    n: int
    due_on: date
    principal_cents: int
    principal_paid_cents: int = 0
    interest_cents: int = 0
    interest_paid_cents: int = 0
    penalty_cents: int = 0
    penalty_paid_cents: int = 0
    fees_cents: int = 0
    fees_paid_cents: int = 0
    penalty_accrued: int = 0

    @property
    def principal_left_cents(self) -> int:
        """Planned principal not paid yet."""
        return self.principal_cents - self.principal_paid_cents

    @property
    def billed_left(self) -> Parts:
        """Fees, penalty and interest billed and not paid."""
        return Parts(
            fees=self.fees_cents - self.fees_paid_cents,
            penalty=self.penalty_cents - self.penalty_paid_cents,
            interest=self.interest_cents - self.interest_paid_cents,
        )

    @property
    def left(self) -> Parts:
        """All that is unpaid on this row, its principal included."""
        return replace(self.billed_left, principal=self.principal_left_cents)

    @property
    def paid_ahead(self) -> bool:
        """Its planned principal is all paid, so interest no longer comes to it."""
        return self.principal_cents > 0 and self.principal_left_cents == 0

    def paid(self, parts: Parts) -> "Row":
        """The row after a payment of these parts."""
        return replace(
            self,
            fees_paid_cents=self.fees_paid_cents + parts.fees,
            penalty_paid_cents=self.penalty_paid_cents + parts.penalty,
            interest_paid_cents=self.interest_paid_cents + parts.interest,
            principal_paid_cents=self.principal_paid_cents + parts.principal,
        )


@dataclass(frozen=True, slots=True)
class Billed:
    """Interest or penalty became an amount in cents on an instalment."""

    on: date
    n: int
    interest_cents: int
    penalty_cents: int


@dataclass(frozen=True, slots=True)
class Repriced:
    """From this day a night earns so much more or less, as numerators over the loan's denominator."""

    on: date
    interest_per_night: int
    penalty_per_night: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The loan is paid in full; what rounding left in its accruals leaves them."""

    on: date
    interest_accrued: int
    penalty_accrued: int


Happening = Billed | Repriced | Closed


@dataclass(frozen=True, slots=True)
class Account:
    """A loan as of the end of a day."""

    terms: Terms
    rows: tuple[Row, ...]
    seen_on: date
    interest_accrued: int = 0

    @property
    def outstanding_cents(self) -> int:
        """Principal not paid back."""
        return sum(row.principal_left_cents for row in self.rows)

    @property
    def penalty_accrued(self) -> int:
        """Penalty not billed yet, over all rows."""
        return sum(row.penalty_accrued for row in self.rows)

    @property
    def settled(self) -> bool:
        """No principal is out and nothing billed is unpaid: the loan can close."""
        return not any(row.left.total_cents for row in self.rows)


@dataclass(frozen=True, slots=True)
class Totals:
    """A loan as the books see it: what is unpaid of each component, and what was ever billed."""

    principal_cents: int
    interest_cents: int
    penalty_cents: int
    fees_cents: int
    interest_billed_cents: int
    penalty_billed_cents: int


def totals(account: Account) -> Totals:
    """The figures the control accounts must equal."""
    left = sum((row.left for row in account.rows), Parts())
    return Totals(
        left.principal,
        left.interest,
        left.penalty,
        left.fees,
        sum(row.interest_cents for row in account.rows),
        sum(row.penalty_cents for row in account.rows),
    )


def opened(terms: Terms, method: str, principal_cents: int, months: int, drawn_on: date) -> tuple[Account, Repriced]:
    """The loan on the day its money arrived; that day itself costs nothing."""
    dues = due_dates(method, drawn_on, months)
    parts = principal_parts(method, principal_cents, terms.rate, drawn_on, dues)
    rows = tuple(Row(n, due, part) for n, (due, part) in enumerate(zip(dues, parts, strict=True), start=1))
    account = Account(terms, rows, drawn_on)
    return account, Repriced(drawn_on, *per_night(account))


def penalised(row: Row, terms: Terms, on: date) -> bool:
    """Whether the night starting on this day is charged at the penalty rate: grace has run out, principal is unpaid.

    The first penalty date is the due date + grace days + 1, whose night starts on due date + grace days.
    """
    return row.principal_left_cents > 0 and on >= row.due_on + timedelta(days=terms.grace_days)


def per_night(account: Account) -> tuple[int, int]:
    """What the coming night earns: contract interest, and penalty instead of it on principal past its grace."""
    late_cents = sum(row.principal_left_cents for row in account.rows if penalised(row, account.terms, account.seen_on))
    contract_cents = account.outstanding_cents - late_cents
    return interest(contract_cents, account.terms.rate_num, 1), interest(late_cents, account.terms.penalty_num, 1)


def advance(account: Account, to: date) -> tuple[Account, list[Happening]]:
    """Bring a loan to a day: accrue each stretch of nights at once, bill what falls due, switch what passes its grace.

    Going there in one step or in many gives the same account to the last numerator.
    """
    happenings: list[Happening] = []
    while account.seen_on < to:
        stop = min(to, next_on(account) or to)
        before = per_night(account)
        account = _accrued(account, stop)
        if any(row.due_on == stop for row in account.rows):
            account, bills = bill(account)
            happenings += bills
        happenings += _repriced(before, account)
    return account, happenings


def next_on(account: Account) -> date | None:
    """The next day on which something happens by itself: a row falls due, is late for the first time, or passes its
    grace."""
    days = [
        day
        for row in account.rows
        for day in (row.due_on, row.due_on + ONE_DAY, row.due_on + timedelta(days=account.terms.grace_days))
        if day > account.seen_on and (row.left.total_cents or account.outstanding_cents)
    ]
    return min(days, default=None)


def bill(account: Account) -> tuple[Account, list[Happening]]:
    """Round what has accrued into cents: contract interest to the coming row, penalty to the row it belongs to.

    A row whose planned principal is paid takes no more interest; after the last due date the last row does.
    """
    target = _billed_to(account)
    rows: list[Row] = []
    bills: list[Happening] = []
    cents, accrued = billed(account.interest_accrued, account.terms.rate_den)
    for row in account.rows:
        interest_cents = cents if row.n == target else 0
        penalty_cents, penalty_accrued = billed(row.penalty_accrued, account.terms.rate_den)
        rows.append(
            replace(
                row,
                interest_cents=row.interest_cents + interest_cents,
                penalty_cents=row.penalty_cents + penalty_cents,
                penalty_accrued=penalty_accrued,
            )
        )
        if interest_cents or penalty_cents:
            bills.append(Billed(account.seen_on, row.n, interest_cents, penalty_cents))
    return replace(account, rows=tuple(rows), interest_accrued=accrued), bills


def days_past_due(account: Account) -> int:
    """Days since the oldest due date with anything billed and unpaid; 1 on the day after, 0 once all of it is paid."""
    oldest = oldest_due_on(account)
    return nights(oldest, account.seen_on) if oldest else 0


def oldest_due_on(account: Account) -> date | None:
    """The due date of the oldest row due before today that is not paid in full."""
    return min(
        (row.due_on for row in account.rows if row.due_on < account.seen_on and row.left.total_cents), default=None
    )


@dataclass(frozen=True, slots=True)
class Paid:
    """What a payment did: the parts by row, and what exceeds the debt."""

    parts: tuple[tuple[int, Parts], ...]
    left_cents: int

    @property
    def total(self) -> Parts:
        """All parts together."""
        return sum((parts for _, parts in self.parts), Parts())


def repay(
    account: Account, amount_cents: int, on: date, prepay: Prepay = "next-due"
) -> tuple[Account, Paid, list[Happening]]:
    """Take a payment: bill first, then settle rows due so far, then what is billed ahead, then principal ahead.

    `next-due` pays the coming instalment's principal early; `prepay` lets the last rows shrink. No prepayment fee.
    """
    account, happenings = advance(account, on)
    before = per_night(account)
    stage = stage_at(account.terms.waterfall, days_past_due(account))
    account, bills = bill(account)
    due = [row for row in account.rows if row.due_on <= on]
    ahead = [row for row in account.rows if row.due_on > on]
    paid_due, left = allocate(amount_cents, [row.left for row in due], stage)
    paid_ahead, left = allocate(left, [row.billed_left for row in ahead], stage)
    early = ahead if prepay == "next-due" else ahead[::-1]
    principal, left = allocate(left, [Parts(principal=row.principal_left_cents) for row in early], stage)
    by_row = {row.n: parts for row, parts in zip(due + ahead, paid_due + paid_ahead, strict=True)}
    shrunk = {row.n: parts.principal for row, parts in zip(early, principal, strict=True)}
    rows = tuple(_after_payment(row, by_row[row.n], shrunk.get(row.n, 0), prepay) for row in account.rows)
    account = replace(account, rows=rows)
    parts = tuple(
        (row.n, total) for row in rows if (total := by_row[row.n] + Parts(principal=shrunk.get(row.n, 0))).total_cents
    )
    return account, Paid(parts, left), [*happenings, *bills, *_repriced(before, account)]


def close(account: Account) -> tuple[Account, list[Happening]]:
    """End a loan that is paid in full; a loan with anything owed stays as it is."""
    if not account.settled:
        return account, []
    rows = tuple(replace(row, penalty_accrued=0) for row in account.rows)
    closing = Closed(account.seen_on, account.interest_accrued, account.penalty_accrued)
    return replace(account, rows=rows, interest_accrued=0), [closing]


def owed(account: Account, on: date) -> tuple[Parts, Parts]:
    """What a payment on this day would find: what is due so far, and all that would settle the loan."""
    seen, _ = bill(advance(account, on)[0])
    due = sum((row.left for row in seen.rows if row.due_on <= on), Parts())
    return due, sum((row.left for row in seen.rows), Parts())


def _after_payment(row: Row, parts: Parts, early_cents: int, prepay: Prepay) -> Row:
    row = row.paid(parts)
    if prepay == "prepay":
        return replace(row, principal_cents=row.principal_cents - early_cents)
    return row.paid(Parts(principal=early_cents))


def _accrued(account: Account, to: date) -> Account:
    count, terms = nights(account.seen_on, to), account.terms
    earned, _ = per_night(account)
    rows = tuple(
        replace(
            row,
            penalty_accrued=row.penalty_accrued + interest(row.principal_left_cents, terms.penalty_num, count),
        )
        if penalised(row, terms, account.seen_on)
        else row
        for row in account.rows
    )
    return replace(account, rows=rows, seen_on=to, interest_accrued=account.interest_accrued + earned * count)


def _repriced(before: tuple[int, int], account: Account) -> list[Happening]:
    after = per_night(account)
    if after == before:
        return []
    return [Repriced(account.seen_on, after[0] - before[0], after[1] - before[1])]


def _billed_to(account: Account) -> int:
    coming: Sequence[Row] = [row for row in account.rows if row.due_on >= account.seen_on and not row.paid_ahead]
    return (coming[0] if coming else account.rows[-1]).n
