"""One loan as it stands: what was agreed, its rows, what has accrued and is not billed yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from lendmill.days import nights
from lendmill.terms.allocation import STANDARD, Parts, Waterfall
from lendmill.terms.rates import Rate

Prepay = Literal["next-due", "prepay"]
AfterPrepay = Literal["keep", "shorten", "lower-payment"]
Moment = Literal["on-billing", "daily", "per-sub-period", "per-period"]
PenaltyOn = Literal["overdue-principal", "overdue-interest"]
FirstDay = Literal["day-after", "due-date"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed for one loan; its rates are numerators over one denominator, fixed when it was opened.

    The denominator holds the day count's own (365, 360 and so on), so that each night weighs a whole number; a usual
    night weighs `usual_night`. A draw is a loan of its own, over when it is paid, unless the account `stays_open` for
    further draws, with what rounding left in its accrual.
    """

    rate_num: int
    rate_den: int
    penalty_num: int
    grace_days: int
    waterfall: tuple[Waterfall, ...] = STANDARD
    method: str = "on-demand"
    day_count: str = "days"
    day_basis: int = 1
    period_months: int = 1
    rounding: Moment = "on-billing"
    direction: str = "half-up"
    instalment_multiple_cents: int = 1
    instalment_direction: str = "half-up"
    after_prepay: AfterPrepay = "keep"
    penalty_on: PenaltyOn = "overdue-principal"
    past_due_first_day: FirstDay = "day-after"
    late_fee_cents: int = 0
    service_fee_cents: int = 0
    nonaccrual_from_days: int = 91
    minimum_bp: int = 0
    excess: Literal["refund", "hold"] = "refund"
    all_in_cap_bp: int = 0
    in_default_cap_bp: int = 0
    penalty_multiple_bp: int = 15_000
    usual_night: int = 1
    stays_open: bool = False

    @property
    def rate(self) -> Rate:
        """The contract rate of a usual night, which weighs more than one where nights are counted unlike."""
        return Rate(self.rate_num * self.usual_night, self.rate_den)


@dataclass(frozen=True, slots=True)
class Row:
    """One instalment: what is planned, billed and paid on it, in cents, and its own exact penalty accrual.

    `free_cents` of its principal bear nothing before the due date (statement rows). `adjusted_on` is the day a later
    plan asks for instead; the contractual day stays. A closed row has been replaced by a later plan and takes nothing
    more. `earns_cents` of the origination fee are earned when it falls due.
    """

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
    free_cents: int = 0
    earns_cents: int = 0
    adjusted_on: date | None = None
    closed: bool = False

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
    def open(self) -> bool:
        """Anything is unpaid on it."""
        return (
            self.principal_cents != self.principal_paid_cents
            or self.interest_cents != self.interest_paid_cents
            or self.penalty_cents != self.penalty_paid_cents
            or self.fees_cents != self.fees_paid_cents
        )

    @property
    def touched_cents(self) -> int:
        """All that was ever billed on it and the principal paid: nothing on a row that still only is a plan."""
        return self.principal_paid_cents + self.interest_cents + self.penalty_cents + self.fees_cents

    @property
    def paid_ahead(self) -> bool:
        """Its planned principal is all paid, so interest no longer comes to it."""
        return self.principal_cents > 0 and self.principal_left_cents == 0

    def paid(self, parts: Parts) -> "Row":
        """The row after a payment of these parts; what bears interest already is paid before what is still free."""
        left_cents = self.principal_left_cents - parts.principal
        return replace(
            self,
            fees_paid_cents=self.fees_paid_cents + parts.fees,
            penalty_paid_cents=self.penalty_paid_cents + parts.penalty,
            interest_paid_cents=self.interest_paid_cents + parts.interest,
            principal_paid_cents=self.principal_paid_cents + parts.principal,
            free_cents=min(self.free_cents, left_cents),
        )

    def less(self, parts: Parts) -> "Row":
        """The row with so much less owed: waived, forgiven, or moved elsewhere."""
        left_cents = self.principal_left_cents - parts.principal
        return replace(
            self,
            fees_cents=self.fees_cents - parts.fees,
            penalty_cents=self.penalty_cents - parts.penalty,
            interest_cents=self.interest_cents - parts.interest,
            principal_cents=self.principal_cents - parts.principal,
            free_cents=min(self.free_cents, left_cents),
        )


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settlement for less than owed: what is still to be paid of the agreed amount, and by when."""

    left_cents: int
    until_on: date


@dataclass(frozen=True, slots=True)
class Account:
    """A loan as of the end of a day.

    `interest_accrued` is all contract interest not billed yet; `stretch_accrued` is the part of it that a rounding
    moment has not reached (nothing, where interest is rounded on billing). `payment_cents` is the level payment in
    force. Once `nonaccrual`, interest is counted outside the balance sheet; `written_off` is for good.
    """

    terms: Terms
    rows: tuple[Row, ...]
    seen_on: date
    interest_accrued: int = 0
    opened_on: date | None = None
    stretch_accrued: int = 0
    payment_cents: int = 0
    nonaccrual: bool = False
    written_off: bool = False
    settlement: Settlement | None = None

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
        return not any(row.open for row in self.rows)


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
    left = total_left(account.rows)
    return Totals(
        left.principal,
        left.interest,
        left.penalty,
        left.fees,
        sum(row.interest_cents for row in account.rows),
        sum(row.penalty_cents for row in account.rows),
    )


def total_left(rows: Sequence[Row]) -> Parts:
    """All that is unpaid on these rows, by component."""
    return sum((row.left for row in rows), Parts())


def days_past_due(account: Account) -> int:
    """Contractual days since the oldest due date with anything billed and unpaid; 1 on the day after, 0 once paid.

    Where the product counts the due date itself as the first day, it is one more, and 1 on the due date.
    """
    oldest = oldest_due_on(account)
    return _counted(account, oldest)


def adjusted_days_past_due(account: Account) -> int:
    """Days past due by the dates of the latest plan; contact goes by these, classes and books by the contractual."""
    return _counted(account, adjusted_due_on(account))


def adjusted_due_on(account: Account) -> date | None:
    """The day, by the latest plan, since which something is past due and not paid in full."""
    dates = (row.adjusted_on or row.due_on for row in account.rows if row.open)
    return min((day for day in dates if _past(account, day)), default=None)


def oldest_due_on(account: Account) -> date | None:
    """The due date of the oldest row past due that is not paid in full."""
    return min((row.due_on for row in account.rows if _past(account, row.due_on) and row.open), default=None)


def _past(account: Account, due_on: date) -> bool:
    if account.terms.past_due_first_day == "due-date":
        return due_on <= account.seen_on
    return due_on < account.seen_on


def _counted(account: Account, oldest: date | None) -> int:
    if oldest is None:
        return 0
    return nights(oldest, account.seen_on) + (account.terms.past_due_first_day == "due-date")
