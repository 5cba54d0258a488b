"""A journal entry that cannot be unbalanced, nor touch an account its kind has no business with."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from lendmill.ledger.accounts import Account, currency_and_den
from lendmill.ledger.posting import SIDES
from lendmill.refusals import Refusal


class Unbalanced(Refusal):
    """The entry {what!r} does not balance: its lines sum to {difference} in {unit}; every debit needs its credit."""


class WrongUnit(Refusal):
    """Account {account} is not kept in {unit}: cents and exact accruals are never mixed."""


class NoSuchPosting(Refusal):
    """No posting makes entries called {what!r}: the books take only what is drawn in docs/postings.md."""


class WrongSide(Refusal):
    """The entry {what!r} may not {side} the account {account}: its posting does not draw that line."""


class MemorandumMixed(Refusal):
    """The entry {what!r} leaves {difference} in {unit} among its memorandum accounts: they balance by themselves."""


class CurrenciesMixed(Refusal):
    """The entry {what!r} mixes {currencies}: an entry keeps to one currency."""


class ConversionDiffers(Refusal):
    """The entry {what!r} turns {accrued} of accruals into {billed_cents} cents: they must be equal."""


class Line(NamedTuple):
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
        _check_sides(self)
        sums: dict[str, int] = {}
        outside: dict[str, int] = {}
        for account, unit, amount in self.lines:
            sums[unit] = sums.get(unit, 0) + amount
            if account.outside:
                outside[unit] = outside.get(unit, 0) + amount
        for unit, difference in sums.items():
            if difference:
                raise Unbalanced(what=self.what, difference=difference, unit=unit)
        for unit, difference in outside.items():  # 表外 balances by itself, and so then does the balance sheet
            if difference:
                raise MemorandumMixed(what=self.what, difference=difference, unit=unit)
        currencies = {currency_and_den(unit)[0] for unit in sums}
        if len(currencies) > 1:
            raise CurrenciesMixed(what=self.what, currencies=" and ".join(sorted(currencies)))
        _check_conversion(self)


def _check_sides(entry: Entry) -> None:
    """Each line is one its posting draws, in the unit its account is kept in."""
    sides = SIDES.get(entry.what)
    if sides is None:
        raise NoSuchPosting(what=entry.what)
    for account, unit, amount in entry.lines:
        if account.exact != (currency_and_den(unit)[1] > 0):
            raise WrongUnit(account=account.value.name_en, unit=unit)
        if account not in (sides.debits if amount > 0 else sides.credits):
            side = "debit" if amount > 0 else "credit"
            raise WrongSide(what=entry.what, side=side, account=account.value.name_en)


def _check_conversion(entry: Entry) -> None:
    """What the conversion pair takes in cents it gives in accruals: the same money, to the last numerator."""
    cents = exact = 0
    for account, unit, amount in entry.lines:
        if account is Account.BILLED_CENTS:
            cents += amount
        elif account is Account.BILLED_EXACT:
            taken, rest = divmod(amount, currency_and_den(unit)[1])
            if rest:
                raise ConversionDiffers(what=entry.what, billed_cents=-cents, accrued=f"{amount} {unit}")
            exact += taken
    if cents + exact:
        raise ConversionDiffers(what=entry.what, billed_cents=-cents, accrued=f"{exact} cents")


def debit(account: Account, unit: str, amount: int) -> Line:
    """A debit of so much."""
    return Line(account, unit, amount)


def credit(account: Account, unit: str, amount: int) -> Line:
    """A credit of so much."""
    return Line(account, unit, -amount)


def lines(*parts: Line) -> tuple[Line, ...]:
    """The lines that carry an amount; those of nothing are left out."""
    return tuple(part for part in parts if part.amount)
