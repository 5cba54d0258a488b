"""What a payment settles on one loan, what it leaves over, and when a loan is over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from lendmill.loans.account import Account, Prepay, Row, Settlement, days_past_due, total_left
from lendmill.loans.happenings import ByRow, Closed, Earned, Forgiven, Happening, Nightly, Received
from lendmill.loans.nights import nightly
from lendmill.loans.passing import advance, bill, reclassified, repriced, standing_of, stretch_ended
from lendmill.loans.plan import planned_again
from lendmill.terms.allocation import Parts, allocate, stage_at


@dataclass(frozen=True, slots=True)
class Paid:
    """What a payment did: the parts by row, and what exceeds the debt."""

    parts: ByRow
    left_cents: int

    @property
    def total(self) -> Parts:
        """All parts together."""
        return sum((parts for _, parts in self.parts), Parts())


def repay(
    account: Account, amount_cents: int, on: date, prepay: Prepay = "next-due", receipt_id: UUID | None = None
) -> tuple[Account, Paid, list[Happening]]:
    """Take a payment: bill first, then settle rows due so far, then what is billed ahead, then principal ahead.

    `next-due` pays the coming instalment's principal early; `prepay` lets the last rows shrink, or solves the level
    payment again, as the product says. No prepayment fee. A settlement for less that is reached forgives the rest.
    """
    account, happenings = advance(account, on)
    before = nightly(account)
    stage = stage_at(account.terms.waterfall, days_past_due(account))
    account, bills = bill(account)
    rows = sorted(account.rows, key=lambda row: (row.due_on, row.n))
    due = [row for row in rows if row.due_on <= on]
    ahead = [row for row in rows if row.due_on > on]
    paid_due, left = allocate(amount_cents, [row.left for row in due], stage)
    paid_ahead, left = allocate(left, [row.billed_left for row in ahead], stage)
    if account.terms.method == "statement":
        prepay = "next-due"  # what is paid on a row counts for its minimum
    early = ahead if prepay == "next-due" else ahead[::-1]
    principal, left = allocate(left, [Parts(principal=row.principal_left_cents) for row in early], stage)
    by_row = {row.n: parts for row, parts in zip(due + ahead, paid_due + paid_ahead, strict=True)}
    shrunk = {row.n: parts.principal for row, parts in zip(early, principal, strict=True)}
    standing = standing_of(account)
    account = replace(
        account, rows=tuple(_after_payment(row, by_row[row.n], shrunk.get(row.n, 0), prepay) for row in account.rows)
    )
    if prepay == "prepay" and any(shrunk.values()):
        account = planned_again(account, paid_ahead=[row.n for row in ahead if row.paid_ahead])
    parts = tuple(
        (n, total)
        for n, part in sorted(by_row.items())
        if (total := part + Parts(principal=shrunk.get(n, 0))) != Parts()
    )
    received = [Received(on, receipt_id, parts, standing)] if parts else []
    account, after = _settled_for_less(account, amount_cents - left, on)
    account, turned = after_change(account, before)
    return account, Paid(parts, left), [*happenings, *bills, *received, *after, *turned]


def after_change(account: Account, before: Nightly) -> tuple[Account, list[Happening]]:
    """What follows from any change of a loan: a stretch of nights ends if what bears interest changed, interest may be
    income again or no longer, and from now on a night may earn differently."""
    happenings: list[Happening] = []
    if nightly(account).contract_accrued != before.contract_accrued:
        account, happenings = stretch_ended(account, "per-sub-period")
    account, reclass = reclassified(account)
    return account, [*happenings, *reclass, *repriced(before, account)]


def close(account: Account) -> tuple[Account, list[Happening]]:
    """End a loan that is paid in full; one with anything owed stays as it is, and so does one kept for more draws."""
    if not account.settled or account.terms.stays_open or account.terms.method == "statement":
        return account, []
    on, happenings = account.seen_on, list[Happening]()
    if earned_cents := sum(row.earns_cents for row in account.rows):
        happenings.append(Earned(on, earned_cents))
    happenings.append(Closed(on, account.interest_accrued, account.penalty_accrued, account.nonaccrual))
    rows = tuple(replace(row, penalty_accrued=0, earns_cents=0) for row in account.rows)
    return replace(account, rows=rows, interest_accrued=0, stretch_accrued=0), happenings


def owed(account: Account, on: date) -> tuple[Parts, Parts]:
    """What a payment on this day would find: what is due so far, and all that would settle the loan."""
    seen, _ = bill(advance(account, on)[0])
    return total_left([row for row in seen.rows if row.due_on <= on]), total_left(seen.rows)


def _after_payment(row: Row, parts: Parts, early_cents: int, prepay: Prepay) -> Row:
    row = row.paid(parts)
    if not early_cents:
        return row
    early = Parts(principal=early_cents)
    return row.less(early) if prepay == "prepay" else row.paid(early)


def _settled_for_less(account: Account, applied_cents: int, on: date) -> tuple[Account, Sequence[Happening]]:
    agreed = account.settlement
    if agreed is None or on > agreed.until_on:
        return account, []
    left_cents = agreed.left_cents - applied_cents
    if left_cents > 0:
        return replace(account, settlement=Settlement(left_cents, agreed.until_on)), []
    parts = tuple((row.n, row.left) for row in account.rows if row.open)
    rows = tuple(row.less(row.left) for row in account.rows)
    forgiven = [Forgiven(on, parts, standing_of(account))] if parts else []
    return replace(account, rows=rows, settlement=None), forgiven
