"""What a change asked for by hand comes to on a loan as it stands: the event it is, or why it cannot be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final

from lendmill.days import months_after
from lendmill.loans import changes
from lendmill.loans.account import Account, Row, total_left
from lendmill.loans.loan import Loan
from lendmill.loans.nights import countable
from lendmill.loans.passing import bill
from lendmill.loans.replay import Event
from lendmill.refusals import Refusal
from lendmill.terms.day_counts import PRORATED
from lendmill.terms.interest import rounded
from lendmill.terms.rates import BASIS_POINTS, DAYS_A_YEAR, DenominatorFixed, Rate, check_capacity
from lendmill.terms.schedule import due_dates

LONGEST_DAYS: Final = 3_650  # the longest a debt is followed


class LoanNotOpen(Refusal):
    """Loan {loan_id} is {status}: only a loan that is running can be changed."""


class WrittenOffAlready(Refusal):
    """Loan {loan_id} is written off: it can be paid, settled or given up, and nothing else."""


class NoSuchRow(Refusal):
    """Loan {loan_id} has no instalment {n} that is still open to this; look at its schedule."""


class WaivesTooMuch(Refusal):
    """Of {part} only {owed_cents} cents are owed today, less than the {asked_cents} to be waived."""


class NothingNotDue(Refusal):
    """Nothing of loan {loan_id} is still to fall due, so there is nothing to move, to plan anew or to call in."""


class MovesBack(Refusal):
    """Instalment {n} falls due on {due_on}: give a later day than that, after today, {today}, and not after the next
    instalment's."""


class NotOverdue(Refusal):
    """Instalment {n} is not overdue: only what is past its day can be given another day to pay by."""


class CallsInTooMuch(Refusal):
    """Only {undue_cents} cents are not due yet, less than the {asked_cents} to be called in."""


class NotLess(Refusal):
    """A settlement of {asked_cents} cents is not less than the {owed_cents} cents owed: let them simply pay."""


class SettlementPast(Refusal):
    """The settlement would have to be paid by {until_on}, before today, {today}: give a day to come."""


class PricedOtherwise(Refusal):
    """Loan {loan_id} is priced by the {unit}: give its new rate as a percentage per {unit}."""


class RateAboveCap(Refusal):
    """That is {rate} a year, more than the {cap} this loan may cost."""


class TooLong(Refusal):
    """Loan {loan_id} would run to {to_on}: no loan runs longer than 3,650 days from its draw."""


class NotCountable(Refusal):
    """The interest of loan {loan_id} is shared out over months of 28 to 31 days: choose days a month apart."""


class RateTooEarly(Refusal):
    """The new rate would begin on {from_on}, before the loan itself on {drawn_on}."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An event as it will be written: its kind, its day, an amount and what else its kind needs."""

    kind: str
    on: date
    amount_cents: int
    details: Mapping[str, Any]


def asked(loan: Loan, account: Account, change: changes.LoanChange, today: date) -> Asked:
    """The event a change is on this loan today; refuses by name what the loan does not allow.

    The account is as of today, before anything is billed for the occasion.
    """
    if loan.status not in ("running", "written-off"):
        raise LoanNotOpen(loan_id=loan.loan_id, status=loan.status)
    kind = type(change)
    if account.written_off and kind not in (changes.Waive, changes.Settle):
        raise WrittenOffAlready(loan_id=loan.loan_id)
    kind_of, on, amount_cents, details = EVENTS[kind](loan, account, change, today)
    if kind_of in ("moved", "replanned"):
        _check_length(loan, details)
    if kind_of in ("moved", "replanned") and account.terms.day_count == PRORATED:
        _check_countable(loan, account, Event(0, kind_of, on, amount_cents, details=details))
    return Asked(kind_of, on, amount_cents, details)


def _check_length(loan: Loan, details: Mapping[str, Any]) -> None:
    """What is agreed later is held to the ten years that the columns of a product's largest loan are counted for."""
    last_on = max(map(date.fromisoformat, details.get("due") or details["dates"].values()))
    if loan.drawn_on is not None and (last_on - loan.drawn_on).days > LONGEST_DAYS:
        raise TooLong(loan_id=loan.loan_id, to_on=last_on)


def _check_countable(loan: Loan, account: Account, event: Event) -> None:
    if event.kind == "moved":
        dates = {int(n): date.fromisoformat(day) for n, day in event.details["dates"].items()}
        after = replace(account, rows=tuple(replace(row, due_on=dates.get(row.n, row.due_on)) for row in account.rows))
    else:
        kept = tuple(replace(row, closed=row.due_on > account.seen_on) for row in account.rows)
        dues = [date.fromisoformat(day) for day in event.details["due"]]
        after = replace(account, rows=(*kept, *(Row(1_000 + n, day, 0) for n, day in enumerate(dues))))
    if not countable(after):
        raise NotCountable(loan_id=loan.loan_id)


Made = tuple[str, date, int, dict[str, Any]]


def _charge(loan: Loan, account: Account, change: changes.ChargeFee, today: date) -> Made:
    if change.n is not None and not any(row.n == change.n and not row.closed for row in account.rows):
        raise NoSuchRow(loan_id=loan.loan_id, n=change.n)
    return "charged", today, change.amount_cents, {"what": "fees", "fee": "other", "n": change.n}


def _waive(_loan: Loan, account: Account, change: changes.Waive, today: date) -> Made:
    owed = total_left(bill(account)[0].rows)
    parts = {"fees": change.fees_cents, "penalty": change.penalty_cents, "interest": change.interest_cents}
    for part, asked_cents in parts.items():
        if asked_cents > (owed_cents := getattr(owed, part)):
            raise WaivesTooMuch(part=part, owed_cents=owed_cents, asked_cents=asked_cents)
    return "waived", today, sum(parts.values()), parts


def _rate(loan: Loan, account: Account, change: changes.ChangeRate, today: date) -> Made:
    """The penalty rate keeps the multiple it was agreed at; the loan's one denominator must hold both."""
    terms, drawn_on = account.terms, loan.drawn_on or today
    if change.from_on < drawn_on:
        raise RateTooEarly(from_on=change.from_on, drawn_on=drawn_on)
    told = change.daily_rate or change.yearly_rate
    if (terms.day_count == "days") != bool(change.daily_rate):
        raise PricedOtherwise(loan_id=loan.loan_id, unit="day" if terms.day_count == "days" else "year")
    share = Fraction(told.strip().rstrip("%").strip()) / 100
    one = share if change.daily_rate else share / terms.day_basis  # the price of a night that weighs one
    rate, penalty = one * terms.rate_den, one * terms.rate_den * terms.penalty_multiple_bp / BASIS_POINTS
    if rate.denominator != 1 or penalty.denominator != 1:
        raise DenominatorFixed(rate=told, den=terms.rate_den)
    dearest = Fraction(terms.all_in_cap_bp, BASIS_POINTS)
    if terms.all_in_cap_bp and one * terms.usual_night * DAYS_A_YEAR > dearest:
        raise RateAboveCap(rate=_a_year(one * terms.usual_night), cap=f"{terms.all_in_cap_bp / 100:g} %")
    night = Rate(int(penalty) * terms.usual_night, terms.rate_den)
    check_capacity(loan.principal_cents, night, LONGEST_DAYS)
    return "repriced", change.from_on, 0, {"rate_num": int(rate), "penalty_num": int(penalty)}


def _a_year(night: Fraction) -> str:
    """The price of a night as a yearly rate, to the hundredth of a percent."""
    hundredths = rounded(night.numerator * DAYS_A_YEAR * BASIS_POINTS, night.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d} %"


def _holiday(loan: Loan, account: Account, change: changes.Holiday, today: date) -> Made:
    undue = _undue(loan, account, today)
    dates = {str(row.n): _later(loan, row, change.months).isoformat() for row in undue}
    return "moved", today, 0, {"dates": dates, "why": "holiday"}


def _later(loan: Loan, row: Row, months: int) -> date:
    """Months on from the original day: a row clipped to a month's end goes back to its own day."""
    first = loan.drawn_on or row.due_on
    since = (row.due_on.year - first.year) * 12 + row.due_on.month - first.month
    return (
        months_after(first, since + months)
        if months_after(first, since) == row.due_on
        else months_after(row.due_on, months)
    )


def _extend(loan: Loan, account: Account, change: changes.Extend, today: date) -> Made:
    undue = _undue(loan, account, today)
    row = next((row for row in undue if row.n == (change.n or undue[-1].n)), None)
    if row is None:
        raise NoSuchRow(loan_id=loan.loan_id, n=change.n)
    following = min((other.due_on for other in undue if other.due_on > row.due_on), default=date.max)
    if not row.due_on < change.to_on <= following or change.to_on <= today:
        raise MovesBack(n=row.n, due_on=row.due_on, today=today)
    return "moved", today, 0, {"dates": {str(row.n): change.to_on.isoformat()}, "why": "extension"}


def _replan(loan: Loan, account: Account, change: changes.Replan, today: date) -> Made:
    if not any(row.principal_left_cents for row in _undue(loan, account, today)):
        raise NothingNotDue(loan_id=loan.loan_id)
    first = change.first_due_on
    if first is not None and first <= today:
        raise MovesBack(n=1, due_on=today, today=today)
    if first is None:
        dues = due_dates(change.method, today, change.months)
    elif change.method == "on-demand":
        dues = (first,)
    else:
        dues = tuple(months_after(first, month) for month in range(change.months))
    return "replanned", today, 0, {"method": change.method, "due": [day.isoformat() for day in dues]}


def _re_age(loan: Loan, account: Account, change: changes.ReAge, today: date) -> Made:
    rows = {row.n: row for row in account.rows}
    for n, day in change.due_on.items():
        row = rows.get(n)
        if row is None:
            raise NoSuchRow(loan_id=loan.loan_id, n=n)
        if row.due_on >= today or not row.open:
            raise NotOverdue(n=n)
        if day <= today:
            raise MovesBack(n=n, due_on=row.due_on, today=today)
    return "re-aged", today, 0, {"dates": {str(n): day.isoformat() for n, day in change.due_on.items()}}


def _accelerate(loan: Loan, account: Account, change: changes.Accelerate, today: date) -> Made:
    undue_cents = sum(row.principal_left_cents for row in _undue(loan, account, today))
    if not undue_cents:
        raise NothingNotDue(loan_id=loan.loan_id)
    if change.amount_cents is not None and change.amount_cents > undue_cents:
        raise CallsInTooMuch(undue_cents=undue_cents, asked_cents=change.amount_cents)
    return "accelerated", today, change.amount_cents or 0, {}


def _write_off(_loan: Loan, account: Account, _change: changes.WriteOff, today: date) -> Made:
    return "written-off", today, account.outstanding_cents, {}


def _settle(_loan: Loan, account: Account, change: changes.Settle, today: date) -> Made:
    owed_cents = total_left(bill(account)[0].rows).total_cents
    if change.until_on < today:
        raise SettlementPast(until_on=change.until_on, today=today)
    if change.amount_cents >= owed_cents:
        raise NotLess(asked_cents=change.amount_cents, owed_cents=owed_cents)
    return "settling", today, change.amount_cents, {"until_on": change.until_on.isoformat()}


def _undue(loan: Loan, account: Account, today: date) -> list[Row]:
    rows = [row for row in account.rows if row.due_on > today and not row.closed]
    if not rows:
        raise NothingNotDue(loan_id=loan.loan_id)
    return sorted(rows, key=lambda row: (row.due_on, row.n))


EVENTS: Final[dict[type, Callable[..., Made]]] = {
    changes.ChargeFee: _charge,
    changes.Waive: _waive,
    changes.ChangeRate: _rate,
    changes.Holiday: _holiday,
    changes.Extend: _extend,
    changes.Replan: _replan,
    changes.ReAge: _re_age,
    changes.Accelerate: _accelerate,
    changes.WriteOff: _write_off,
    changes.Settle: _settle,
}
