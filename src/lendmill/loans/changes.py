"""What may be changed on a running loan by hand: each kind of change as a document that can be read, checked and kept.

A change is only what somebody asks for; whether the loan as it stands allows it, the action that carries it out says.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar, Final, Literal, TypeAlias
from uuid import UUID

import msgspec

from lendmill.money import LARGEST_CENTS
from lendmill.products.reading import Misread, content_of, from_content, require
from lendmill.refusals import Refusal
from lendmill.terms.rates import NotARate, Rate

MONTHS_MAX: Final = 60
HOLIDAY_MONTHS_MAX: Final = 12
ROW_MAX: Final = 600
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
SHOWN_MAX: Final = 60

Held: TypeAlias = Iterator[tuple[bool, str, Any, str]]
"""What must hold beyond each field's own type: whether it does, the field, its value, what would be allowed."""


class InvalidChange(Refusal):
    """The change {kind} cannot be asked for: {field} is {value!r}, but must be {allowed}."""


class UnknownChange(Refusal):
    """{kind!r} is no change of a loan; choose one of {kinds}."""


class _Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every change has: its kind, what must hold of it, and the amount that decides how many people it takes."""

    kind: ClassVar[str]

    @property
    def at_stake_cents(self) -> int | None:
        """The most this change can come to; None where it names no amount, so that it may come to any."""
        return None

    def held(self) -> Held:
        """What must hold beyond each field's own type."""
        yield from ()


class ChargeFee(_Change, frozen=True, kw_only=True):
    """A fee is charged, to one row or to the next one due."""

    kind: ClassVar[str] = "charge_fee"
    amount_cents: int
    n: int | None = None

    @property
    def at_stake_cents(self) -> int:
        """The fee."""
        return self.amount_cents

    def held(self) -> Held:
        """A fee is more than nothing."""
        yield _amount("amount_cents", self.amount_cents)
        yield _row("n", self.n)


class Waive(_Change, frozen=True, kw_only=True):
    """Fees, penalty and interest the borrower need not pay (减免)."""

    kind: ClassVar[str] = "waive"
    fees_cents: int = 0
    penalty_cents: int = 0
    interest_cents: int = 0

    @property
    def at_stake_cents(self) -> int:
        """All that is waived."""
        return self.fees_cents + self.penalty_cents + self.interest_cents

    def held(self) -> Held:
        """No part is below nothing, and together they are something."""
        for field in ("fees_cents", "penalty_cents", "interest_cents"):
            yield _amount(field, getattr(self, field), least=0)
        yield self.at_stake_cents > 0, "the amount", self.at_stake_cents, "more than nothing in all"


class ChangeRate(_Change, frozen=True, kw_only=True):
    """Another contract rate from a day on, a day's or a year's as the loan is priced; the penalty rate follows it."""

    kind: ClassVar[str] = "change_rate"
    daily_rate: str = ""
    yearly_rate: str = ""
    from_on: date

    def held(self) -> Held:
        """One of the two, written as a percentage."""
        if self.yearly_rate and not self.daily_rate:
            yield _a_rate(self.yearly_rate), "yearly_rate", self.yearly_rate, "a percentage per year, such as '18 %'"
        else:
            yield _a_rate(self.daily_rate), "daily_rate", self.daily_rate, "a percentage per day, such as '0.06 %'"
            yield not self.yearly_rate, "yearly_rate", self.yearly_rate, "left out where a daily rate is given"
        yield _day("from_on", self.from_on)


class Holiday(_Change, frozen=True, kw_only=True):
    """No instalment falls due for some months: every row not due yet moves on."""

    kind: ClassVar[str] = "payment_holiday"
    months: int

    def held(self) -> Held:
        """A holiday has an end."""
        yield _count("months", self.months, HOLIDAY_MONTHS_MAX)


class Extend(_Change, frozen=True, kw_only=True):
    """One row, or the last, falls due later (展期), as agreed before its day."""

    kind: ClassVar[str] = "extend"
    n: int | None = None
    to_on: date

    def held(self) -> Held:
        """A row that can be, and a day."""
        yield _row("n", self.n)
        yield _day("to_on", self.to_on)


class Replan(_Change, frozen=True, kw_only=True):
    """The principal of all rows not due yet is planned anew."""

    kind: ClassVar[str] = "replan"
    method: Literal["on-demand", "interest-first", "equal-principal", "level-payment"]
    months: int
    first_due_on: date | None = None

    def held(self) -> Held:
        """A plan has an end."""
        yield _count("months", self.months, MONTHS_MAX)
        if self.first_due_on is not None:
            yield _day("first_due_on", self.first_due_on)


class ReAge(_Change, frozen=True, kw_only=True):
    """Overdue rows are to be paid by other days; the days past due of the contract go on beside them."""

    kind: ClassVar[str] = "re_age"
    dues: dict[str, date]

    @property
    def due_on(self) -> dict[int, date]:
        """The new day of each row, by its number."""
        return {int(n): day for n, day in self.dues.items()}

    def held(self) -> Held:
        """At least one row, each named once by its number."""
        yield bool(self.dues), "dues", self.dues, "at least one row with its new day"
        for n, day in self.dues.items():
            counted = n.isascii() and n.isdecimal() and len(n) <= len(str(ROW_MAX)) and str(int(n)) == n
            yield counted, "dues", n, "the number of a row"
            yield _row(f"dues.{n}", int(n))
            yield _day(f"dues.{n}", day)


class Accelerate(_Change, frozen=True, kw_only=True):
    """All principal not due yet, or a part of it, falls due today (提前到期)."""

    kind: ClassVar[str] = "accelerate"
    amount_cents: int | None = None

    @property
    def at_stake_cents(self) -> int | None:
        """The part that falls due; None where it is all."""
        return self.amount_cents

    def held(self) -> Held:
        """A part is more than nothing."""
        if self.amount_cents is not None:
            yield _amount("amount_cents", self.amount_cents)


class WriteOff(_Change, frozen=True, kw_only=True):
    """The principal leaves the balance sheet (核销); the claim on the borrower stays."""

    kind: ClassVar[str] = "write_off"


class Settle(_Change, frozen=True, kw_only=True):
    """All is forgiven once this much less than all has been paid by a day (减额结清)."""

    kind: ClassVar[str] = "agree_settlement"
    amount_cents: int
    until_on: date

    @property
    def at_stake_cents(self) -> int:
        """What is to be paid."""
        return self.amount_cents

    def held(self) -> Held:
        """Something is to be paid, by some day."""
        yield _amount("amount_cents", self.amount_cents)
        yield _day("until_on", self.until_on)


class Reverse(_Change, frozen=True, kw_only=True):
    """A receipt is taken back, as if it had never been (冲正)."""

    kind: ClassVar[str] = "reverse_receipt"
    receipt_id: UUID
    cause: Literal["bounced", "wrong-loan", "duplicate"]
    to_loan_id: UUID | None = None

    def held(self) -> Held:
        """Where money came to the wrong loan, the right one is named; and only there."""
        named = self.to_loan_id is not None
        wrong_loan = self.cause == "wrong-loan"
        allowed = "the loan it was meant for" if wrong_loan else "left out unless the cause is wrong-loan"
        yield named == wrong_loan, "to_loan_id", str(self.to_loan_id) if named else None, allowed


class ManualPayment(_Change, frozen=True, kw_only=True):
    """Money that came in outside the rail: cash, or a transfer found on the bank's statement."""

    kind: ClassVar[str] = "receive_payment"
    amount_cents: int
    value_on: date
    loan_id: UUID | None = None
    prepay: Literal["next-due", "prepay"] = "next-due"

    @property
    def at_stake_cents(self) -> int:
        """What came in."""
        return self.amount_cents

    def held(self) -> Held:
        """Money is more than nothing, and has a day."""
        yield _amount("amount_cents", self.amount_cents)
        yield _day("value_on", self.value_on)


LoanChange: TypeAlias = (
    ChargeFee
    | Waive
    | ChangeRate
    | Holiday
    | Extend
    | Replan
    | ReAge
    | Accelerate
    | WriteOff
    | Settle
    | Reverse
    | ManualPayment
)

CHANGES: Final[tuple[type[LoanChange], ...]] = (
    ChargeFee, Waive, ChangeRate, Holiday, Extend, Replan, ReAge, Accelerate, WriteOff, Settle, Reverse, ManualPayment,
)  # fmt: skip
BY_KIND: Final[dict[str, type[LoanChange]]] = {change.kind: change for change in CHANGES}


def read_change(kind: str, content: Mapping[str, Any]) -> LoanChange:
    """Read a change as a door received it, nothing left over and nothing guessed; refuses with `InvalidChange`.

    >>> read_change("waive", {"penalty_cents": 1250}).at_stake_cents
    1250
    """
    if kind not in BY_KIND:
        raise UnknownChange(kind=str(kind)[:SHOWN_MAX], kinds=", ".join(BY_KIND))
    try:
        change = from_content(content, BY_KIND[kind])
    except Misread as wrong:
        raise _invalid(kind, wrong) from None
    check_change(change)
    return change


def check_change(change: LoanChange) -> None:
    """Hold a change to what its figures may be, whoever made it; refuses with `InvalidChange`."""
    try:
        for holds, field, value, allowed in change.held():
            require(holds, field, value, allowed)
    except Misread as wrong:
        raise _invalid(change.kind, wrong) from None


def written(change: LoanChange) -> dict[str, Any]:
    """A change as plain content, as it is kept; `read_change` reads it back.

    >>> written(Extend(n=3, to_on=date(2026, 4, 1)))
    {'n': 3, 'to_on': '2026-04-01'}
    """
    content: dict[str, Any] = content_of(change)
    return content


def _amount(field: str, amount_cents: int, least: int = 1) -> tuple[bool, str, Any, str]:
    return least <= amount_cents <= LARGEST_CENTS, field, amount_cents, f"from {least} to {LARGEST_CENTS} cents"


def _count(field: str, figure: int, most: int) -> tuple[bool, str, Any, str]:
    return 1 <= figure <= most, field, figure, f"from 1 to {most}"


def _row(field: str, n: int | None) -> tuple[bool, str, Any, str]:
    return n is None or 1 <= n <= ROW_MAX, field, n, f"the number of a row, from 1 to {ROW_MAX}"


def _day(field: str, day: date) -> tuple[bool, str, Any, str]:
    return FIRST_YEAR <= day.year < LAST_YEAR, field, day.isoformat(), f"a day from {FIRST_YEAR} to {LAST_YEAR - 1}"


def _a_rate(text: str) -> bool:
    try:
        Rate.parse(text)
    except NotARate:
        return False
    return True


def _invalid(kind: str, wrong: Misread) -> InvalidChange:
    field = wrong.field.removesuffix("[...]")[:SHOWN_MAX]
    return InvalidChange(kind=kind, field=field, value=_shown(wrong.value), allowed=wrong.allowed)


def _shown(value: Any) -> Any:
    """What was sent, short enough to be told."""
    if value is None or (isinstance(value, int) and abs(value) <= LARGEST_CENTS):
        return value
    text = value if isinstance(value, str) else "a very large number" if isinstance(value, int) else repr(value)
    return text if len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "…"
