"""When instalments fall due and how much principal each carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from lendmill.days import months_after, nights
from lendmill.refusals import Refusal
from lendmill.terms.interest import billed, interest
from lendmill.terms.rates import Rate

Method = Literal["on-demand", "interest-first", "equal-principal", "level-payment"]
METHODS: Final[tuple[Method, ...]] = ("on-demand", "interest-first", "equal-principal", "level-payment")


class UnknownMethod(Refusal):
    """{method!r} is not a way of repaying that this lender offers; choose one of {methods}."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One instalment as promised: its principal is fixed, its interest is what accrues if all goes to plan."""

    n: int
    due_on: date
    principal_cents: int
    interest_cents: int
    balance_after_cents: int

    @property
    def due_cents(self) -> int:
        """All that is to be paid on the day."""
        return self.principal_cents + self.interest_cents


def due_dates(method: str, drawn_on: date, months: int) -> tuple[date, ...]:
    """The days on which something falls due: one at the end, or one a month counted from the day of the draw.

    >>> due_dates("interest-first", date(2026, 1, 31), 2)
    (datetime.date(2026, 2, 28), datetime.date(2026, 3, 31))
    """
    if method not in METHODS:
        raise UnknownMethod(method=method, methods=", ".join(METHODS))
    first = months if method == "on-demand" else 1
    return tuple(months_after(drawn_on, month) for month in range(first, months + 1))


def principal_parts(
    method: str, principal_cents: int, rate: Rate, drawn_on: date, dues: Sequence[date]
) -> tuple[int, ...]:
    """How much principal each instalment carries (DOMAIN: equal parts are rounded down, the last takes the rest)."""
    count = len(dues)
    if method in ("on-demand", "interest-first"):
        return (0,) * (count - 1) + (principal_cents,)
    if method == "equal-principal":
        part = principal_cents // count
        return (part,) * (count - 1) + (principal_cents - part * (count - 1),)
    if method == "level-payment":
        return _level_parts(principal_cents, rate, drawn_on, dues)
    raise UnknownMethod(method=method, methods=", ".join(METHODS))


def level_payment(principal_cents: int, rate: Rate, drawn_on: date, dues: Sequence[date]) -> int:
    """The one payment that brings the balance to nothing on the last day, from the actual nights, rounded half-up.

    payment = principal / sum of 1 / ((1 + f1) ... (1 + fk)),  fk = daily rate x nights of period k
    """
    worth, growth, last = Fraction(0), Fraction(1), drawn_on
    for due_on in dues:
        growth *= 1 + Fraction(rate.num * nights(last, due_on), rate.den)
        worth, last = worth + 1 / growth, due_on
    exact = principal_cents / worth
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def _level_parts(principal_cents: int, rate: Rate, drawn_on: date, dues: Sequence[date]) -> tuple[int, ...]:
    payment = level_payment(principal_cents, rate, drawn_on, dues)
    parts: list[int] = []
    left, rest, last = principal_cents, 0, drawn_on
    for due_on in dues[:-1]:
        owed, rest = billed(rest + interest(left, rate.num, nights(last, due_on)), rate.den)
        part = max(0, min(left, payment - owed))
        parts.append(part)
        left, last = left - part, due_on
    return (*parts, left)


def planned_rows(
    principal_cents: int, rate: Rate, drawn_on: date, dues: Sequence[date], parts: Sequence[int]
) -> tuple[PlannedRow, ...]:
    """The schedule the borrower is shown: interest billed on each due date, what rounding leaves carried to the next.

    >>> dues = due_dates("interest-first", date(2026, 1, 10), 2)
    >>> rows = planned_rows(1_000_000, Rate(600, 1_000_000), date(2026, 1, 10), dues, (0, 1_000_000))
    >>> [row.due_cents for row in rows]
    [18600, 1016800]
    """
    rows: list[PlannedRow] = []
    left, rest, last = principal_cents, 0, drawn_on
    for n, (due_on, part) in enumerate(zip(dues, parts, strict=True), start=1):
        owed, rest = billed(rest + interest(left, rate.num, nights(last, due_on)), rate.den)
        left, last = left - part, due_on
        rows.append(PlannedRow(n, due_on, part, owed, left))
    return tuple(rows)
