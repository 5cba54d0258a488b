"""The rows of a loan: planned when money arrives, and again when the agreement changes."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from lendmill.loans.account import Account, Row, Terms
from lendmill.loans.nights import factors
from lendmill.terms.planning import NOTHING, equal_parts, level_parts_over, level_payment_over


def direction_for(method: str) -> str:
    """How this house rounds an instalment: equal parts down, a level payment half-up (DOMAIN section 4)."""
    return "down" if method == "equal-principal" else "half-up"


def planned(
    terms: Terms,
    method: str,
    principal_cents: int,
    dues: Sequence[date],
    periods: Sequence[Fraction],
    payment_cents: int = 0,
    accrued: Fraction = NOTHING,
) -> tuple[tuple[int, ...], int]:
    """How much principal each row carries, and the level payment; a payment of nothing is solved for.

    What has accrued before the first period, in cents, is asked with the first payment, which is level all the same.
    """
    count = len(dues)
    if method == "equal-principal":
        return equal_parts(principal_cents, count, terms.instalment_multiple_cents, terms.instalment_direction), 0
    if method != "level-payment":
        return (0,) * (count - 1) + (principal_cents,), 0
    payment_cents = payment_cents or level_payment_over(
        principal_cents + accrued / (1 + periods[0]),
        periods,
        terms.instalment_multiple_cents,
        terms.instalment_direction,
    )
    return level_parts_over(principal_cents, periods, payment_cents, terms.direction, accrued), payment_cents


def rows_on(
    terms: Terms, principal_cents: int, drawn_on: date, dues: Sequence[date], payment_cents: int = 0
) -> tuple[tuple[Row, ...], int]:
    """The rows of a draw with its due dates, and its level payment: the one given, or solved for."""
    blank = Account(terms, tuple(Row(n, due_on, 0) for n, due_on in enumerate(dues, start=1)), drawn_on, 0, drawn_on)
    periods = factors(blank, drawn_on, list(dues)) if terms.method == "level-payment" else []
    parts, payment_cents = planned(terms, terms.method, principal_cents, dues, periods, payment_cents)
    return tuple(
        Row(n, due, part) for n, (due, part) in enumerate(zip(dues, parts, strict=True), start=1)
    ), payment_cents


def planned_again(account: Account, mode: str = "", paid_ahead: Collection[int] = ()) -> Account:
    """Solve a level payment anew over the rows to come, as the product says: fewer payments, or lower ones.

    Under `keep` the other rows keep their principal. A row whose planned principal was paid ahead stays closed.
    """
    terms, mode, on = account.terms, mode or account.terms.after_prepay, account.seen_on
    coming = (row for row in account.rows if row.due_on > on and not row.closed and row.n not in paid_ahead)
    undue = sorted(coming, key=lambda row: (row.due_on, row.n))
    if terms.method != "level-payment" or mode == "keep" or not undue:
        return account
    left_cents, dues = sum(row.principal_left_cents for row in undue), [row.due_on for row in undue]
    parts, payment_cents = planned(
        terms,
        terms.method,
        left_cents,
        dues,
        factors(account, on, dues),
        account.payment_cents if mode == "shorten" else 0,
        accrued_cents(account),
    )
    ends = mode == "shorten"  # the rows that the balance no longer reaches are over
    new = {
        row.n: replace(
            row, principal_cents=row.principal_paid_cents + part, closed=ends and part == 0 == row.touched_cents
        )
        for row, part in zip(undue, parts, strict=True)
    }
    return replace(account, rows=tuple(new.get(row.n, row) for row in account.rows), payment_cents=payment_cents)


def accrued_cents(account: Account) -> Fraction:
    """Contract interest not billed yet, in cents, exact."""
    return Fraction(account.interest_accrued, account.terms.rate_den)
