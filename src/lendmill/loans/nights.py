"""What a loan earns overnight: contract interest, and penalty instead of it on what is past its grace."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from lendmill.days import ONE_DAY, nights
from lendmill.loans.account import Account, Row, Terms
from lendmill.loans.happenings import Nightly
from lendmill.terms.day_counts import PRORATED, Period, next_weight_change, nights_alike, weight
from lendmill.terms.interest import interest, rounded

YEAR_AND_A_DAY: Final = timedelta(days=367)
A_MONTH: Final = timedelta(days=30)


def penalised(row: Row, terms: Terms, on: date) -> bool:
    """Whether the night starting on this day is charged at the penalty rate: grace has run out, something is unpaid.

    The first penalty date is the due date + grace days + 1, whose night starts on due date + grace days.
    """
    if on < row.due_on + timedelta(days=terms.grace_days):
        return False
    if terms.penalty_on == "overdue-interest":
        return row.interest_cents > row.interest_paid_cents
    return row.principal_left_cents > 0


def minimum_paid(account: Account, row: Row) -> bool:
    """The least a statement asks for by its due date is paid: a share of its principal, all that is billed on it, and
    all that was overdue before.
    """
    share_cents = -(-row.principal_cents * account.terms.minimum_bp // 10_000)
    if row.principal_paid_cents < share_cents or row.billed_left.total_cents:
        return False
    return not any(other.open for other in account.rows if other.due_on < row.due_on)


def bearing(account: Account) -> tuple[int, dict[int, int]]:
    """The amount that bears the contract rate the coming night, and by row what bears the penalty rate."""
    terms, on = account.terms, account.seen_on
    on_principal = terms.penalty_on == "overdue-principal"
    late: dict[int, int] = {}
    contract_cents = 0
    for row in account.rows:
        left_cents = row.principal_left_cents
        if row.free_cents and row.due_on > on:
            left_cents -= row.free_cents
        excused = row.due_on == on and terms.method == "statement" and minimum_paid(account, row)
        if penalised(row, terms, on) and not excused:
            late[row.n] = left_cents if on_principal else row.interest_cents - row.interest_paid_cents
            left_cents = 0 if on_principal else left_cents
        contract_cents += left_cents
    return contract_cents, late


def per_night(account: Account) -> tuple[int, int]:
    """What the coming night earns, as numerators: contract interest, and penalty."""
    contract_cents, late = bearing(account)
    if not contract_cents and not late:
        return 0, 0
    return _night(account, contract_cents, account.terms.rate_num), sum(
        _night(account, cents, account.terms.penalty_num) for cents in late.values()
    )


def nightly(account: Account) -> Nightly:
    """What the coming night earns, in the books or, once the loan is non-accrual, outside the balance sheet."""
    contract, penalty = per_night(account)
    return Nightly(0, 0, contract, penalty) if account.nonaccrual else Nightly(contract, penalty)


def accrued(account: Account, to: date) -> Account:
    """The loan some nights later, all of one kind: no due date, no change of balance or weight lies between."""
    terms = account.terms
    contract_cents, late = bearing(account)
    earned = _earned(account, contract_cents, terms.rate_num, to)
    rows = account.rows
    if late:
        rows = tuple(
            replace(row, penalty_accrued=row.penalty_accrued + _earned(account, late[row.n], terms.penalty_num, to))
            if row.n in late
            else row
            for row in rows
        )
    return replace(
        account,
        rows=rows,
        seen_on=to,
        interest_accrued=account.interest_accrued + earned,
        stretch_accrued=account.stretch_accrued + (earned if terms.rounding in ("per-sub-period", "per-period") else 0),
    )


def period_of(account: Account, on: date) -> Period:
    """The instalment period the night starting on a day lies in: from the last due date, or the start, to the next."""
    dues = sorted({row.due_on for row in account.rows if not row.closed})
    opened_on = account.opened_on or account.seen_on
    start = max([opened_on, *(day for day in dues if day <= on)])
    after = [day for day in dues if day > on]
    if after:
        return Period(start, after[0], account.terms.period_months)
    before = max([opened_on, *(day for day in dues if day < start)])
    last = Period(start, start + max(start - before, ONE_DAY), account.terms.period_months)
    return last if _whole(account.terms, last) else Period(start, start + A_MONTH)


def nights_vary(terms: Terms) -> bool:
    """Whether some nights weigh more than others."""
    return not nights_alike(terms.day_count)


def next_weight(account: Account) -> date | None:
    """The next day whose coming night weighs differently from the one now coming; none where all weigh the same."""
    if nights_alike(account.terms.day_count):
        return None
    period = period_of(account, account.seen_on)
    return next_weight_change(account.terms.day_count, period, account.seen_on, account.seen_on + YEAR_AND_A_DAY)


def countable(account: Account) -> bool:
    """Whether every night to come can be counted over the loan's one denominator: twelfths of a year are shared out
    over months of 28 to 31 nights only.
    """
    terms = account.terms
    starts = {account.seen_on, *(row.due_on for row in account.rows if not row.closed and row.due_on > account.seen_on)}
    return all(_whole(terms, period_of(account, on)) for on in starts)


def factors(account: Account, start: date, dues: list[date]) -> list[Fraction]:
    """The exact interest of one cent over each period between a start and the due dates to come."""
    terms, found, last = account.terms, [], start
    months = terms.period_months
    for due_on in dues:
        period = Period(last, due_on, months)
        found.append(Fraction(terms.rate_num * _weight(terms, period, last, due_on), terms.rate_den))
        last = due_on
    return found


def _whole(terms: Terms, period: Period) -> bool:
    if terms.day_count != PRORATED:
        return True
    return Fraction(terms.day_basis * period.months, 12 * period.nights).denominator == 1


def _night(account: Account, cents: int, rate_num: int) -> int:
    """One night's earning of an amount, rounded by itself where the product says so."""
    terms, on = account.terms, account.seen_on
    count = 1 if nights_alike(terms.day_count) else _weight(terms, period_of(account, on), on, on + ONE_DAY)
    exact = interest(cents, rate_num, count)
    return rounded(exact, terms.rate_den, terms.direction) * terms.rate_den if terms.rounding == "daily" else exact


def _earned(account: Account, cents: int, rate_num: int, to: date) -> int:
    """What an amount earns from the account's day to another; nights of one weight, so a product, not a sum."""
    terms, on = account.terms, account.seen_on
    if terms.rounding == "daily":
        return _night(account, cents, rate_num) * nights(on, to)
    if nights_alike(terms.day_count):
        return interest(cents, rate_num, nights(on, to))
    return interest(cents, rate_num, _weight(terms, period_of(account, on), on, to))


def _weight(terms: Terms, period: Period, start: date, end: date) -> int:
    return weight(terms.day_count, period, start, end, terms.day_basis)
