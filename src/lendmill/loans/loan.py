"""A loan as it is kept: the agreement, its account as of a day, and how far its life has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from lendmill.loans.account import Account, Row, Terms
from lendmill.loans.postings import Of
from lendmill.refusals import Refusal
from lendmill.terms.allocation import Waterfall

Status = Literal["paying", "running", "closed", "failed"]


class NoSuchLoan(Refusal):
    """There is no loan {loan_id} for this borrower."""


@dataclass(frozen=True, slots=True)
class Loan:
    """One draw (借据). While it is `paying` the rail has not said that the money arrived, and nothing is owed."""

    loan_id: UUID
    borrower_id: UUID
    line_id: UUID
    product_key: str
    product_version: int
    status: Status
    principal_cents: int
    method: str
    months: int
    asked_on: date
    drawn_on: date | None
    closed_on: date | None
    events: int
    terms: Terms
    account: Account | None

    @property
    def owing(self) -> Account:
        """The account of a loan whose money has arrived."""
        assert self.account is not None, f"loan {self.loan_id} is {self.status}: it has no account"
        return self.account

    @property
    def of(self) -> Of:
        """Whose entries these are."""
        return Of(self.borrower_id, self.loan_id, self.product_key, self.terms.rate_den)


def waterfall_text(waterfall: Sequence[Waterfall]) -> list[dict[str, object]]:
    """The order of settling, as it is stored with the loan."""
    return [{"from": stage.from_days_past_due, "by": stage.by, "order": list(stage.order)} for stage in waterfall]


def waterfall_of(stored: Sequence[dict[str, object]]) -> tuple[Waterfall, ...]:
    """The order of settling, read back."""
    return tuple(Waterfall(stage["from"], stage["by"], tuple(stage["order"])) for stage in stored)  # type: ignore[arg-type]


def account_of(terms: Terms, rows: Sequence[Row], seen_on: date | None, interest_accrued: int) -> Account | None:
    """The account of a loan, or none before its money has arrived."""
    return None if seen_on is None else Account(terms, tuple(rows), seen_on, interest_accrued)
