"""Statement rows (账单日/还款日): purchases join the row of their cycle and bear nothing until it falls due."""

from dataclasses import replace
from datetime import date

from lendmill.days import ONE_DAY, months_after
from lendmill.loans.account import Account, Row
from lendmill.loans.nights import minimum_paid
from lendmill.terms.allocation import Parts


def minimum_cents(row: Row, account: Account) -> int:
    """The least to be paid by the due date: a share of the row, all that is billed on it, all already overdue."""
    before = min(row.due_on, account.seen_on)
    overdue = sum(each.left.total_cents for each in account.rows if each.due_on < before)
    share_cents = -(-row.principal_cents * account.terms.minimum_bp // 10_000)
    still_cents = max(0, share_cents - row.principal_paid_cents)
    return overdue + row.billed_left.total_cents + still_cents


def purchased(account: Account, amount_cents: int, due_on: date) -> Account:
    """A purchase joins the row due on its cycle's day, and bears nothing until then."""
    account, row = _row_due(account, due_on)
    more = replace(
        row, principal_cents=row.principal_cents + amount_cents, free_cents=row.free_cents + amount_cents, closed=False
    )
    return _with(account, more)


def refunded(account: Account, amount_cents: int, due_on: date) -> tuple[Account, tuple[tuple[int, Parts], ...], int]:
    """A refund reduces its own row first, then the next ones; what is still left is paid in like money.

    Only principal not billed for payment yet is reduced. Gives the parts by row and what is left over.
    """
    left_cents, parts = amount_cents, []
    for row in sorted(account.rows, key=lambda row: row.due_on):
        taken_cents = min(left_cents, row.principal_left_cents) if row.due_on >= due_on else 0
        if taken_cents:
            part = Parts(principal=taken_cents)
            account, left_cents = _with(account, row.less(part)), left_cents - taken_cents
            parts.append((row.n, part))
    return account, tuple(parts), left_cents


def carried_over(account: Account) -> Account:
    """The morning after a due date: if the minimum was paid, what is left joins the next row and is not overdue.

    It has borne the contract rate since the due date, and goes on to; nothing is charged back to the purchase day.
    """
    on = account.seen_on
    for row in account.rows:
        if row.due_on + ONE_DAY == on and row.principal_left_cents and minimum_paid(account, row):
            account = _moved_on(account, row)
    return account


def _moved_on(account: Account, row: Row) -> Account:
    left_cents = row.principal_left_cents
    account = _with(account, replace(row.less(Parts(principal=left_cents)), free_cents=0))
    account, coming = _row_due(account, _next_due_on(account, row.due_on))
    return _with(account, replace(coming, principal_cents=coming.principal_cents + left_cents, closed=False))


def _next_due_on(account: Account, due_on: date) -> date:
    later = [row.due_on for row in account.rows if row.due_on > due_on]
    first = min(row.due_on for row in account.rows)
    months = (due_on.year - first.year) * 12 + due_on.month - first.month + 1
    return min(later, default=months_after(first, months))


def _row_due(account: Account, due_on: date) -> tuple[Account, Row]:
    found = next((row for row in account.rows if row.due_on == due_on), None)
    if found is not None:
        return account, found
    row = Row(max((each.n for each in account.rows), default=0) + 1, due_on, 0)
    return replace(account, rows=(*account.rows, row)), row


def _with(account: Account, row: Row) -> Account:
    return replace(account, rows=tuple(row if each.n == row.n else each for each in account.rows))
