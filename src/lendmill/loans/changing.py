"""What may be agreed while a loan runs: fees, waivers, another rate, other dates, another plan."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from lendmill.loans.account import Account, Row, total_left
from lendmill.loans.happenings import Charged, Fee, Happening, Waived
from lendmill.loans.nights import factors
from lendmill.loans.passing import bill, standing_of
from lendmill.loans.plan import accrued_cents, direction_for, planned, planned_again
from lendmill.terms.allocation import Parts


def charge(
    account: Account, fee: Fee, fees_cents: int, penalty_cents: int, n: int | None
) -> tuple[Account, list[Happening]]:
    """A fee, or a penalty set by hand, is owed on a row: the first due today or later, else the last."""
    assert not account.written_off, "what is written off takes no new charge"
    rows = sorted((row for row in account.rows if not row.closed), key=lambda row: (row.due_on, row.n))
    coming = [row for row in rows if row.due_on >= account.seen_on and not row.paid_ahead] or rows[-1:]
    number = n or coming[0].n
    charged = tuple(
        replace(row, fees_cents=row.fees_cents + fees_cents, penalty_cents=row.penalty_cents + penalty_cents)
        if row.n == number
        else row
        for row in account.rows
    )
    memo = account.nonaccrual
    return replace(account, rows=charged), [Charged(account.seen_on, number, fee, fees_cents, penalty_cents, memo)]


def waive(account: Account, asked: Parts) -> tuple[Account, list[Happening]]:
    """Give up fees, penalty or interest owed so far, oldest row first; never more than is owed, never principal."""
    account, bills = bill(account)
    left, parts, rows = asked, list[tuple[int, Parts]](), dict[int, Row]()
    for row in sorted(account.rows, key=lambda row: (row.due_on, row.n)):
        owed = row.billed_left
        part = Parts(min(left.fees, owed.fees), min(left.penalty, owed.penalty), min(left.interest, owed.interest))
        if part != Parts():
            rows[row.n], left = row.less(part), left - part
            parts.append((row.n, part))
    account = replace(account, rows=tuple(rows.get(row.n, row) for row in account.rows))
    waived = [Waived(account.seen_on, tuple(parts), standing_of(account))] if parts else []
    return account, [*bills, *waived]


def change_rate(account: Account, rate_num: int, penalty_num: int) -> tuple[Account, list[Happening]]:
    """From this night on another rate; a level payment is solved again over the rows to come, and is level again."""
    terms = replace(account.terms, rate_num=rate_num, penalty_num=penalty_num)
    paid_ahead = [row.n for row in account.rows if row.paid_ahead]
    return planned_again(replace(account, terms=terms), "lower-payment", paid_ahead), []


def move(account: Account, dates: Mapping[int, date]) -> tuple[Account, list[Happening]]:
    """A holiday or an extension (展期), agreed before the due dates it moves: the contractual days move with it."""
    rows = tuple(replace(row, due_on=dates[row.n], adjusted_on=None) if row.n in dates else row for row in account.rows)
    return replace(account, rows=rows), []


def re_age(account: Account, dates: Mapping[int, date]) -> tuple[Account, list[Happening]]:
    """A later plan gives overdue rows another day; only the adjusted count goes by it."""
    rows = tuple(replace(row, adjusted_on=dates[row.n]) if row.n in dates else row for row in account.rows)
    return replace(account, rows=rows), []


def replan(account: Account, method: str, dues: tuple[date, ...]) -> tuple[Account, list[Happening]]:
    """Principal not yet due is spread anew over new due dates; the rows it was on are closed.

    What is billed and unpaid on them, and what has accrued, is asked with the first new row.
    """
    on, terms = (
        account.seen_on,
        replace(account.terms, method=method, instalment_direction=direction_for(method)),
    )
    undue = [row for row in account.rows if row.due_on > on and not row.closed]
    moved = total_left(undue)
    last = max(row.n for row in account.rows)
    kept = tuple(
        replace(row.less(row.left), free_cents=0, earns_cents=0, closed=True) if row in undue else row
        for row in account.rows
    )
    account = replace(account, terms=terms, rows=kept)
    periods = factors(account, on, list(dues)) if method == "level-payment" else []
    parts, payment_cents = planned(terms, method, moved.principal, dues, periods, 0, accrued_cents(account))
    new = [Row(last + n, due, part) for n, (due, part) in enumerate(zip(dues, parts, strict=True), start=1)]
    new[0] = replace(
        new[0],
        interest_cents=moved.interest,
        penalty_cents=moved.penalty,
        fees_cents=moved.fees,
        penalty_accrued=sum(row.penalty_accrued for row in undue),
        earns_cents=sum(row.earns_cents for row in undue),
    )
    kept = tuple(replace(row, penalty_accrued=0) if row.closed and row.due_on > on else row for row in kept)
    return replace(account, rows=(*kept, *new), payment_cents=payment_cents), []
