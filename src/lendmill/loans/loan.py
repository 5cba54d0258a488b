"""A loan as it is kept: the agreement, its account as of a day, and how far its life has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from lendmill.loans.account import Account, Terms
from lendmill.loans.postings import Of
from lendmill.refusals import Refusal

Status = Literal["paying", "running", "written-off", "closed", "failed"]
OPEN: Final[tuple[Status, ...]] = ("running", "written-off")


class NoSuchLoan(Refusal):
    """There is no loan {loan_id} for this borrower."""


@dataclass(frozen=True, slots=True)
class Loan:
    """One draw (借据). While it is `paying` the rail has not said that the money arrived, and nothing is owed.

    `terms` are those of the first day; what is in force now is in its account.
    """

    loan_id: UUID
    borrower_id: UUID
    line_id: UUID
    product_key: str
    product_version: int
    status: Status
    principal_cents: int
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
    def method(self) -> str:
        """How it is repaid, by the plan in force."""
        return self.account.terms.method if self.account else self.terms.method

    @property
    def of(self) -> Of:
        """Whose entries these are."""
        return Of(self.borrower_id, self.loan_id, self.product_key, self.terms.rate_den)


def terms_text(terms: Terms) -> dict[str, Any]:
    """What was agreed, as it is stored with the loan."""
    return dict(msgspec.to_builtins(terms))


def terms_of(stored: Mapping[str, Any]) -> Terms:
    """What was agreed, read back."""
    return msgspec.convert(stored, Terms)
