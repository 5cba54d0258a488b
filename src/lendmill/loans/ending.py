"""How a loan is brought to an end before its day: called in, settled for less, written off."""

from dataclasses import replace
from datetime import date

from lendmill.loans.account import Account, Row, Settlement, total_left
from lendmill.loans.happenings import Earned, Happening, StoppedAccruing, WrittenOff
from lendmill.loans.passing import bill
from lendmill.terms.allocation import Parts


def accelerate(account: Account, amount_cents: int | None) -> tuple[Account, list[Happening]]:
    """Call in what is not due yet (提前到期): it moves to one row due today, from which grace and penalty run.

    With an amount only so much principal moves, from the last rows; all of it takes accrual and bills with it.
    """
    on = account.seen_on
    account, bills = bill(account) if amount_cents is None else (account, [])
    undue = [row for row in account.rows if row.due_on > on]
    moved, rows, left_cents = Parts(), dict[int, Row](), amount_cents
    for row in sorted(undue, key=lambda row: (row.due_on, row.n), reverse=True):
        if left_cents is None:
            part = row.left
            rows[row.n] = replace(row.less(part), closed=True)
        else:
            part = Parts(principal=min(left_cents, row.principal_left_cents))
            emptied = bool(part.principal) and part.principal == row.principal_left_cents
            rows[row.n], left_cents = replace(row.less(part), closed=emptied), left_cents - part.principal
        moved += part
    if moved == Parts():
        return account, bills
    earns_cents = 0 if left_cents is not None else sum(row.earns_cents for row in undue)
    if earns_cents:
        rows = {n: replace(row, earns_cents=0) for n, row in rows.items()}
    called = Row(
        max(row.n for row in account.rows) + 1, on, moved.principal, 0, moved.interest, 0, moved.penalty, 0, moved.fees
    )
    account = replace(account, rows=(*(rows.get(row.n, row) for row in account.rows), called))
    return account, [*bills, *([Earned(on, earns_cents)] if earns_cents else [])]


def write_off(account: Account) -> tuple[Account, list[Happening]]:
    """Take a loan off the balance sheet (核销): principal against the allowance; the claim goes on outside it."""
    on, left = account.seen_on, total_left(account.rows)
    happenings: list[Happening] = []
    if not account.nonaccrual:
        happenings.append(
            StoppedAccruing(on, left.interest, left.penalty, account.interest_accrued, account.penalty_accrued)
        )
    if earned_cents := sum(row.earns_cents for row in account.rows):
        happenings.append(Earned(on, earned_cents))
    rows = tuple(replace(row, earns_cents=0) for row in account.rows)
    happenings.append(WrittenOff(on, left.principal, left.fees))
    return replace(account, rows=rows, nonaccrual=True, written_off=True), happenings


def agree_settlement(account: Account, amount_cents: int, until_on: date) -> tuple[Account, list[Happening]]:
    """Agree that so much, paid by a day, settles all: when it is reached what is left is forgiven."""
    return replace(account, settlement=Settlement(amount_cents, until_on)), []
