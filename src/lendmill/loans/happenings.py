"""What happens to a loan, told in the words of its books: billed, received, waived, stopped accruing, closed."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from lendmill.terms.allocation import Parts

Standing = Literal["accruing", "non-accrual", "written-off"]
Fee = Literal["origination", "late", "service", "other"]
ByRow = tuple[tuple[int, Parts], ...]


@dataclass(frozen=True, slots=True)
class Nightly:
    """What the coming night earns, as numerators over the loan's denominator; memorandum is kept apart."""

    interest_accrued: int = 0
    penalty_accrued: int = 0
    memo_interest_accrued: int = 0
    memo_penalty_accrued: int = 0

    @property
    def contract_accrued(self) -> int:
        """Contract interest, wherever it is kept."""
        return self.interest_accrued + self.memo_interest_accrued

    def __sub__(self, other: "Nightly") -> "Nightly":
        return Nightly(
            self.interest_accrued - other.interest_accrued,
            self.penalty_accrued - other.penalty_accrued,
            self.memo_interest_accrued - other.memo_interest_accrued,
            self.memo_penalty_accrued - other.memo_penalty_accrued,
        )

    def __add__(self, other: "Nightly") -> "Nightly":
        return self - (Nightly() - other)


@dataclass(frozen=True, slots=True)
class Repriced:
    """From this day a night earns so much more or less."""

    on: date
    change: Nightly


@dataclass(frozen=True, slots=True)
class PaidOut:
    """Money reached the borrower, with an origination fee to be paid by them."""

    on: date
    principal_cents: int
    origination_cents: int = 0


@dataclass(frozen=True, slots=True)
class Billed:
    """Interest or penalty became an amount in cents on an instalment."""

    on: date
    n: int
    interest_cents: int
    penalty_cents: int
    memo: bool = False


@dataclass(frozen=True, slots=True)
class Rounded:
    """What a rounding moment took from the accrual, or added to it where it is below nothing."""

    on: date
    interest_accrued: int
    memo: bool = False


@dataclass(frozen=True, slots=True)
class Charged:
    """A fee, or a penalty set by hand, is owed on an instalment."""

    on: date
    n: int
    fee: Fee
    fees_cents: int
    penalty_cents: int = 0
    memo: bool = False


@dataclass(frozen=True, slots=True)
class Earned:
    """A part of the origination fee is earned."""

    on: date
    fees_cents: int


@dataclass(frozen=True, slots=True)
class Received:
    """A payment settled these parts, row by row."""

    on: date
    receipt_id: UUID | None
    parts: ByRow
    standing: Standing


@dataclass(frozen=True, slots=True)
class Waived:
    """The lender gave up fees, penalty or interest it was owed."""

    on: date
    parts: ByRow
    standing: Standing


@dataclass(frozen=True, slots=True)
class Forgiven:
    """A settlement for less was kept: what was left is no longer owed."""

    on: date
    parts: ByRow
    standing: Standing


@dataclass(frozen=True, slots=True)
class StoppedAccruing:
    """So late that interest is no longer income: what was billed and unpaid, and all accruals, leave the books."""

    on: date
    interest_cents: int
    penalty_cents: int
    interest_accrued: int
    penalty_accrued: int


@dataclass(frozen=True, slots=True)
class ResumedAccruing:
    """Nothing is late any more: interest is income again, with what was kept outside the balance sheet."""

    on: date
    interest_cents: int
    penalty_cents: int
    interest_accrued: int
    penalty_accrued: int


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """The principal left the balance sheet against the allowance, unpaid fees against fee income; the claim goes on."""

    on: date
    principal_cents: int
    fees_cents: int


@dataclass(frozen=True, slots=True)
class Rebated:
    """Charges above the dated cap were given back."""

    on: date
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The loan is paid in full; what rounding left in its accruals leaves them."""

    on: date
    interest_accrued: int
    penalty_accrued: int
    memo: bool = False


Happening = (
    Repriced
    | PaidOut
    | Billed
    | Rounded
    | Charged
    | Earned
    | Received
    | Waived
    | Forgiven
    | StoppedAccruing
    | ResumedAccruing
    | WrittenOff
    | Rebated
    | Closed
)
