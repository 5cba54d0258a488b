"""A line (授信合同) as it stands, and a borrower's standing: the debts a decision may know of."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.refusals import Refusal
from lendmill.terms.rates import Rate


class NoSuchLine(Refusal):
    """There is no line {line_id} of this borrower."""


class LineNotOpen(Refusal):
    """Line {line_id} is {status}: nothing can be drawn on it."""


class LineExpired(Refusal):
    """Line {line_id} ended on {expires_on}: apply again to draw."""


class LimitExceeded(Refusal):
    """Line {line_id} has {available_cents} cents left, less than the {asked_cents} asked."""


class JointLimitExceeded(Refusal):
    """Together with {products} no more than {available_cents} cents are left, less than the {asked_cents} asked."""


class GroupLimitReached(Refusal):
    """We cannot lend {asked_cents} cents more to those who belong together with this borrower at present."""


class BorrowerLate(Refusal):
    """Something has been late since {late_since_on}: nothing can be drawn until it is paid."""


class BorrowerBanned(Refusal):
    """This borrower is shut out of credit: nothing can be drawn."""


class LineOpenAlready(Refusal):
    """This borrower already has an open line for {product_key}."""


class NothingAsked(Refusal):
    """The amount is {asked_cents} cents; it must be more than nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """One contract; each draw on it is a loan of its own (借据)."""

    line_id: UUID
    borrower_id: UUID
    product_key: str
    product_version: int
    decision_id: UUID
    limit_cents: int
    reserved_cents: int
    used_cents: int
    rate_den: int
    rate_num: int
    penalty_num: int
    grace_days: int
    months_max: int
    methods: list[str]
    joint_products: list[str]
    joint_max_cents: int | None
    opened_on: date
    expires_on: date
    status: str
    verdict_id: UUID | None = None  # a person's decision about this line after it was opened
    raise_to_cents: int | None = None  # what that decision raises it to once what it asks is met

    @property
    def granted_cents(self) -> int:
        """What is reserved by it as long as it stands: its limit, a raise that waits, or more that is owed."""
        return max(self.limit_cents, self.raise_to_cents or 0, self.used_cents + self.reserved_cents)

    @property
    def asked_by(self) -> UUID:
        """The decision whose conditions count."""
        return self.verdict_id or self.decision_id

    @property
    def available_cents(self) -> int:
        """What can still be drawn."""
        return max(0, self.limit_cents - self.reserved_cents - self.used_cents)

    def ended(self, today: date) -> bool:
        """Whether the contract has run out, whatever its row still says."""
        return self.expires_on <= today

    @property
    def rate(self) -> Rate:
        """The contract's daily rate."""
        return Rate(self.rate_num, self.rate_den)

    @property
    def penalty_rate(self) -> Rate:
        """The daily rate on what is late."""
        return Rate(self.penalty_num, self.rate_den)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a borrower owes in all, and how they have paid, which the loans keep up to date; and who is shut out."""

    outstanding_cents: int = 0
    reserved_cents: int = 0
    days_past_due_worst: int = 0
    late_since_on: date | None = None
    loans_drawn: int = 0
    loans_repaid: int = 0
    banned: bool = False
