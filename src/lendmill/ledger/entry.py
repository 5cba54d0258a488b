"""A journal entry that cannot be unbalanced."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.ledger.accounts import Account
from lendmill.refusals import Refusal


class Unbalanced(Refusal):
    """The entry {what!r} does not balance: its lines sum to {difference} in {unit}; every debit needs its credit."""


class WrongUnit(Refusal):
    """Account {account} is not kept in {unit}: cents and exact accruals are never mixed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry: debits positive, credits negative."""

    account: Account
    unit: str
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened, in money: balanced in each unit, dated by value and by booking."""

    what: str
    lines: tuple[Line, ...]
    value_on: date
    booked_on: date
    borrower_id: UUID | None = None
    loan_id: UUID | None = None
    product_key: str = ""

    def __post_init__(self) -> None:
        sums: dict[str, int] = {}
        for line in self.lines:
            if line.account.value.exact != ("/" in line.unit):
                raise WrongUnit(account=line.account.value.name_en, unit=line.unit)
            sums[line.unit] = sums.get(line.unit, 0) + line.amount
        for unit, difference in sums.items():
            if difference:
                raise Unbalanced(what=self.what, difference=difference, unit=unit)


def debit(account: Account, unit: str, amount: int) -> Line:
    """A debit of so much."""
    return Line(account, unit, amount)


def credit(account: Account, unit: str, amount: int) -> Line:
    """A credit of so much."""
    return Line(account, unit, -amount)


def lines(*parts: Line) -> tuple[Line, ...]:
    """The lines that carry an amount; those of nothing are left out."""
    return tuple(part for part in parts if part.amount)
