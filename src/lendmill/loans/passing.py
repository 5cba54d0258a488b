"""What happens to a loan by itself as days pass: rows fall due, grace runs out, interest stops being income."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from lendmill.days import ONE_DAY
from lendmill.loans.account import Account, Row, days_past_due, total_left
from lendmill.loans.cycles import carried_over
from lendmill.loans.happenings import (
    Billed,
    Charged,
    Earned,
    Happening,
    Nightly,
    Repriced,
    ResumedAccruing,
    Rounded,
    Standing,
    StoppedAccruing,
)
from lendmill.loans.nights import accrued, bearing, next_weight, nightly, nights_vary
from lendmill.terms.interest import billed, rounded


def advance(account: Account, to: date) -> tuple[Account, list[Happening]]:
    """Bring a loan to a day: accrue each stretch of nights at once, bill what falls due, switch what passes its grace.

    Going there in one step or in many gives the same account to the last numerator.
    """
    happenings: list[Happening] = []
    while account.seen_on < to:
        stop = min(to, next_on(account) or to)
        before, bore = nightly(account), bearing(account)[0]
        account, happened = _arrived(accrued(account, stop))
        if bearing(account)[0] != bore:
            account, ended = stretch_ended(account, "per-sub-period")
            happened += ended
        happenings += [*happened, *repriced(before, account)]
    return account, happenings


def next_on(account: Account) -> date | None:
    """The next day on which something happens by itself: a row falls due, is late for the first time, passes its grace,
    is so late that interest stops being income, or nights begin to weigh differently."""
    outstanding = any(row.principal_left_cents for row in account.rows)
    days = {day for row in account.rows for day in _turns(account, row, outstanding) if day > account.seen_on}
    if nights_vary(account.terms) and any(bearing(account)) and (day := next_weight(account)) is not None:
        days.add(day)
    return min(days, default=None)


def bill(account: Account) -> tuple[Account, list[Happening]]:
    """Round what has accrued into cents: contract interest to the coming row, penalty to the row it belongs to.

    A row whose planned principal is paid takes no more interest; after the last due date the last row does.
    """
    terms, stretch = account.terms, account.stretch_accrued
    cents, rest = billed(account.interest_accrued - stretch, terms.rate_den, terms.direction)
    if stretch:  # not ended yet: rounded by itself, as its end will
        more_cents, more = billed(stretch, terms.rate_den, terms.direction)
        cents, rest = cents + more_cents, rest + more
    target = billed_to(account) if cents else None
    rows: list[Row] = []
    bills: list[Happening] = []
    for row in account.rows:
        interest_cents = cents if row.n == target else 0
        penalty_cents, penalty_accrued = billed(row.penalty_accrued, terms.rate_den, terms.direction)
        if interest_cents or penalty_cents:
            bills.append(Billed(account.seen_on, row.n, interest_cents, penalty_cents, account.nonaccrual))
            row = replace(
                row,
                interest_cents=row.interest_cents + interest_cents,
                penalty_cents=row.penalty_cents + penalty_cents,
                penalty_accrued=penalty_accrued,
            )
        rows.append(row)
    return replace(account, rows=tuple(rows), interest_accrued=rest), bills


def billed_to(account: Account) -> int:
    """The row that contract interest is billed to: the first not yet past that still takes some, else the last."""
    standing = [row for row in account.rows if not row.closed] or account.rows
    coming = [row for row in standing if row.due_on >= account.seen_on and not row.paid_ahead]
    found = min(coming, key=lambda row: row.due_on) if coming else max(standing, key=lambda row: (row.due_on, row.n))
    return found.n


def stretch_ended(account: Account, moment: str) -> tuple[Account, list[Happening]]:
    """Round a stretch of nights by itself where the product says so; what rounding took goes to the books' rounding."""
    terms = account.terms
    if terms.rounding != moment or not account.stretch_accrued:
        return account, []
    whole = rounded(account.stretch_accrued, terms.rate_den, terms.direction) * terms.rate_den
    taken = account.stretch_accrued - whole
    account = replace(account, interest_accrued=account.interest_accrued - taken, stretch_accrued=0)
    return account, [Rounded(account.seen_on, taken, account.nonaccrual)] if taken else []


def reclassified(account: Account) -> tuple[Account, list[Happening]]:
    """Stop counting interest as income from the product's day past due (DOMAIN: 91), and resume at nought.

    What was billed and is unpaid, and all accruals, move with it; a loan written off never resumes.
    """
    first_day = account.terms.nonaccrual_from_days
    late = days_past_due(account)
    stops = not account.nonaccrual and bool(first_day) and late >= first_day
    if not stops and not (account.nonaccrual and late == 0 and not account.written_off):
        return account, []
    left = total_left(account.rows)
    kind = StoppedAccruing if stops else ResumedAccruing
    moved = kind(account.seen_on, left.interest, left.penalty, account.interest_accrued, account.penalty_accrued)
    return replace(account, nonaccrual=stops), [moved]


def standing_of(account: Account) -> Standing:
    """Where the books keep this loan's claims."""
    return "written-off" if account.written_off else "non-accrual" if account.nonaccrual else "accruing"


def repriced(before: Nightly, account: Account) -> list[Happening]:
    """By how much the coming night earns more or less than the last one did."""
    change = nightly(account) - before
    return [Repriced(account.seen_on, change)] if change != Nightly() else []


def _arrived(account: Account) -> tuple[Account, list[Happening]]:
    """The morning of a day: rows due are billed, then fees and the change of standing that the day brings."""
    on, terms, happenings = account.seen_on, account.terms, list[Happening]()
    if any(row.due_on == on and not row.closed for row in account.rows):
        for step in (_period_ended, bill, _fees_due):
            account, happened = step(account)
            happenings += happened
    if terms.method == "statement":  # what has moved on is not late
        account = carried_over(account)
    if terms.late_fee_cents:
        first_on = on - ONE_DAY - timedelta(days=terms.grace_days)
        account, happened = _charged(account, "late", terms.late_fee_cents, _late_since(account.rows, first_on))
        happenings += happened
    account, happened = reclassified(account)
    return account, [*happenings, *happened]


def _period_ended(account: Account) -> tuple[Account, list[Happening]]:
    account, one = stretch_ended(account, "per-sub-period")
    account, other = stretch_ended(account, "per-period")
    return account, [*one, *other]


def _fees_due(account: Account) -> tuple[Account, list[Happening]]:
    """The service fee of a row that falls due while principal is out, and the part of the origination fee it earns."""
    due = [row for row in account.rows if row.due_on == account.seen_on]
    happenings: list[Happening] = []
    earned_cents = sum(row.earns_cents for row in due)
    if earned_cents:
        rows = tuple(replace(row, earns_cents=0) if row in due else row for row in account.rows)
        account = replace(account, rows=rows)
        happenings.append(Earned(account.seen_on, earned_cents))
    if account.terms.service_fee_cents and account.outstanding_cents:
        numbers = [row.n for row in due if not row.closed and not row.paid_ahead]
        account, charged = _charged(account, "service", account.terms.service_fee_cents, numbers)
        happenings += charged
    return account, happenings


def _late_since(rows: Iterable[Row], due_on: date) -> list[int]:
    return [row.n for row in rows if row.due_on == due_on and row.open]


def _charged(account: Account, fee: str, fee_cents: int, numbers: list[int]) -> tuple[Account, list[Happening]]:
    if account.written_off or not numbers:
        return account, []
    rows = tuple(
        replace(row, fees_cents=row.fees_cents + fee_cents) if row.n in numbers else row for row in account.rows
    )
    kind = "late" if fee == "late" else "service"
    charges = [Charged(account.seen_on, n, kind, fee_cents) for n in numbers]  # type: ignore[arg-type]
    return replace(account, rows=rows), list(charges)


def _turns(account: Account, row: Row, outstanding: bool) -> Iterable[date]:
    """The days that matter to one row."""
    terms, open_ = account.terms, row.open
    if row.due_on > account.seen_on:
        if open_ or row.earns_cents or (outstanding and not row.closed):
            yield row.due_on
        return
    if not open_:
        return
    grace_ends = row.due_on + timedelta(days=terms.grace_days)
    yield row.due_on + ONE_DAY
    yield grace_ends
    if terms.late_fee_cents:
        yield grace_ends + ONE_DAY
    if terms.nonaccrual_from_days and not account.nonaccrual:
        first_day = terms.nonaccrual_from_days - (terms.past_due_first_day == "due-date")
        yield row.due_on + timedelta(days=first_day)
