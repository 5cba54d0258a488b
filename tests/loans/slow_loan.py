"""One loan told night by night in exact fractions: slow, without cleverness, written from the domain's page alone."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

DAY = timedelta(days=1)
COMPONENTS = ("fees", "penalty", "interest", "principal")
CHARGES = ("fees", "penalty", "interest")
NOTHING = Fraction(0)


@dataclass(frozen=True)
class Stage:
    """From how many days past due on, which part of the debt money pays first."""

    from_days: int
    by: str
    order: tuple[str, ...]


FIVE_STARS = (Stage(0, "instalment", COMPONENTS), Stage(91, "component", ("principal", *CHARGES)))


@dataclass(frozen=True)
class SlowTerms:
    """A loan's terms; rates are per night for the count `days` and per year for all others."""

    rate: Fraction
    penalty: Fraction = NOTHING
    method: str = "on-demand"
    day_count: str = "days"
    rounding: str = "on-billing"
    direction: str = "half-up"
    penalty_on: str = "overdue-principal"
    grace_days: int = 0
    waterfall: tuple[Stage, ...] = (Stage(0, "instalment", COMPONENTS),)
    past_due_first_day: str = "day-after"
    after_prepay: str = "keep"
    instalment_multiple: int = 1
    instalment_direction: str = "half-up"
    late_fee: int = 0
    service_fee: int = 0
    nonaccrual_from: int = 91
    minimum_bp: int = 0
    closes: bool = True


def rounded(amount: Fraction, direction: str, multiple: int = 1) -> int:
    """An exact amount as a whole multiple of cents."""
    parts = Fraction(amount) / multiple
    match direction:
        case "up":
            whole = ceil(parts)
        case "down":
            whole = floor(parts)
        case "half-even":
            whole = round(parts)
        case _:
            whole = floor(parts + Fraction(1, 2))
    return whole * multiple


def thirty_days(start: date, end: date, european: bool) -> int:
    """Days between two dates when each month has thirty."""
    first, last = start.day, end.day
    if first == 31:
        first = 30
    if last == 31 and (european or first == 30):
        last = 30
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def night(day_count: str, ends_on: date, starts: date, due_on: date, months: int) -> Fraction:
    """What part of a year the night ending on a date is, in a period between two due dates."""
    match day_count:
        case "days":
            return Fraction(1)
        case "actual/actual":
            return Fraction(1, 366 if calendar.isleap(ends_on.year) else 365)
        case "30/360" | "30E/360":
            european = day_count == "30E/360"
            return Fraction(thirty_days(starts, ends_on, european) - thirty_days(starts, ends_on - DAY, european), 360)
        case "30/360-prorated-by-days-in-period":
            return Fraction(months, 12) / (due_on - starts).days
    return Fraction(1, int(day_count.removeprefix("actual/")))


@dataclass
class Row:
    """An instalment: what it asks, what was paid on it, and its own penalty accrual."""

    n: int
    due_on: date
    adjusted_on: date
    months: int
    principal: int = 0
    free: int = 0
    paid_ahead: int = 0
    unpaid: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHARGES, 0))
    billed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHARGES, 0))
    paid: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COMPONENTS, 0))
    waived: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COMPONENTS, 0))
    penalty_accrued: Fraction = NOTHING
    closed: bool = False
    replaced: bool = False

    def owes(self) -> int:
        """All that is billed or planned and unpaid."""
        return self.principal + sum(self.unpaid.values())

    def left(self, component: str) -> int:
        """What is unpaid of one component."""
        return self.principal if component == "principal" else self.unpaid[component]

    def take(self, component: str, amount: int) -> None:
        """Less of a component is unpaid."""
        if component == "principal":
            self.principal -= amount
            self.free = min(self.free, self.principal)
        else:
            self.unpaid[component] -= amount


@dataclass
class Receipt:
    """What one repayment settled, row by row, and what it left over."""

    key: Any
    amount: int
    settled: list[tuple[int, str, int]] = field(default_factory=list)
    credit: int = 0

    def of(self, component: str) -> int:
        """What it paid of one component."""
        return sum(amount for _, what, amount in self.settled if what == component)


class SlowLoan:
    """A loan as it lives: one night after the other, one row after the other."""

    def __init__(self, terms: SlowTerms, events: list[dict[str, Any]]) -> None:
        struck = {each["of"] for each in events if each["kind"] == "reversed"}
        told = [each for each in events if each["kind"] != "reversed" and each.get("key") not in struck]
        self.terms = terms
        self.events = sorted(told, key=lambda each: (each["on"], each.get("turn", 0)))
        self.rate, self.penalty = terms.rate, terms.penalty
        self.method, self.instalment_direction = terms.method, terms.instalment_direction
        self.rows: list[Row] = []
        self.accrued = NOTHING
        self.last_night: tuple[Any, ...] = ()
        self.receipts: list[Receipt] = []
        self.level_payment: int | None = None
        self.credit = 0
        self.interest_billed = 0
        self.non_accrual = False
        self.written_off = False
        self.settling: tuple[int, date] | None = None
        self.settled_by_agreement = 0
        self.forgiven = dict.fromkeys(COMPONENTS, 0)
        self.books: dict[str, Fraction] = defaultdict(Fraction)
        self.starts = self.today = self.events[0]["on"]
        self._todays_events()

    def live_until(self, day: date) -> SlowLoan:
        """Live on to the end of a day."""
        while self.today < day:
            self.today += DAY
            self._statement_rows_roll()
            self._night()
            self._rows_fall_due()
            self._late_fees()
            self._becomes_non_accrual()
            self._todays_events()
        return self

    # -- days -----------------------------------------------------------------------------------------------------

    def _night(self) -> None:
        """Interest of the night just ended, on principal as it stood after everything of the day before."""
        starts, due_on, months = self.period(self.today)
        part = night(self.terms.day_count, self.today, starts, due_on, months)
        bearing = 0
        for row in self.rows:
            bears, late = self._bears(row, self.today)
            bearing += bears
            self._accrue_penalty(row, self._nightly(late * self.penalty * part))
        self.last_night = (bearing, self.rate, starts)
        self._accrue(self._nightly(bearing * self.rate * part))

    def _bears(self, row: Row, ends_on: date) -> tuple[int, int]:
        """What of a row bears the contract rate in the night ending on a day, and what the penalty rate."""
        past_grace = ends_on >= row.due_on + (self.terms.grace_days + 1) * DAY
        bears = row.principal - (row.free if ends_on <= row.due_on else 0)
        if self.terms.penalty_on == "overdue-interest":
            return bears, row.unpaid["interest"] if past_grace else 0
        return (0, row.principal) if past_grace else (bears, 0)

    def _stretch_ends(self) -> None:
        """A stretch of nights alike is rounded by itself when the coming night bears on another balance or rate."""
        if self.terms.rounding == "per-sub-period" and self.last_night:
            coming = self.today + DAY
            bearing = sum(self._bears(row, coming)[0] for row in self.rows)
            if (bearing, self.rate, self.period(coming)[0]) != self.last_night:
                self._accrue(self._round(self.accrued) - self.accrued)

    def _nightly(self, amount: Fraction) -> Fraction:
        return Fraction(self._round(amount)) if self.terms.rounding == "daily" else amount

    def _round(self, amount: Fraction) -> int:
        return rounded(amount, self.terms.direction)

    def _rows_fall_due(self) -> None:
        """The rows due today are billed, and every row's penalty with them."""
        due = [row for row in self.in_order() if row.due_on == self.today]
        if not due:
            return
        self._bill(self.takes_interest)
        if self.terms.rounding in ("per-period", "per-sub-period"):
            self._accrue(-self.accrued)
        for row in due:
            if self.terms.service_fee and self.principal > 0 and not row.closed and not self.written_off:
                self._charge(row, "fees", self.terms.service_fee)

    def _late_fees(self) -> None:
        """The first penalty date costs a row still unpaid a fee, once."""
        for row in self.in_order():
            first_penalty_on = row.due_on + (self.terms.grace_days + 1) * DAY
            if self.terms.late_fee and self.today == first_penalty_on and row.owes() and not self.written_off:
                self._charge(row, "fees", self.terms.late_fee)

    def _statement_rows_roll(self) -> None:
        """With the minimum paid by its due date, what is left of a statement row joins the next."""
        if self.terms.method != "statement":
            return
        for row in self.in_order():
            if row.due_on == self.today - DAY and row.principal > 0 and self._minimum_paid(row):
                following = next((each for each in self.in_order() if each.due_on > row.due_on), None)
                following = following or self._statement_row(self._month_later(row.due_on))
                following.principal += row.principal
                row.principal = row.free = 0

    def _minimum_paid(self, row: Row) -> bool:
        """A share of the row is paid, all that is billed, and all that was overdue before."""
        asked = row.principal + row.paid["principal"]
        share = rounded(Fraction(asked * self.terms.minimum_bp, 10_000), "up")
        older = [each for each in self.in_order() if each.due_on < row.due_on]
        return (
            row.paid["principal"] >= share and not any(row.unpaid.values()) and not any(each.owes() for each in older)
        )

    def _month_later(self, due_on: date) -> date:
        """The next cycle's due date, clipped from the first one's day."""
        year, month = divmod(12 * due_on.year + due_on.month, 12)
        return date(year, month + 1, min(self.rows[0].due_on.day, calendar.monthrange(year, month + 1)[1]))

    def _statement_row(self, due_on: date) -> Row:
        for row in self.rows:
            if row.due_on == due_on:
                return row
        return self._new_rows([due_on], [1])[0]

    def _becomes_non_accrual(self) -> None:
        """From so many days past due on, income is not counted before it is received."""
        from_days = self.terms.nonaccrual_from
        if from_days and not self.non_accrual and self.days_past_due() >= from_days:
            self._leave_the_balance_sheet()

    def _todays_events(self) -> None:
        for event in self.events:
            if event["on"] == self.today:
                getattr(self, "_" + event["kind"].replace("-", "_"))(event)
                self._becomes_non_accrual()
                if self.non_accrual and not self.written_off and self.days_past_due() == 0:
                    self._come_back_on_the_balance_sheet()
        self._stretch_ends()

    # -- the plan -------------------------------------------------------------------------------------------------

    def in_order(self) -> list[Row]:
        """The rows, oldest due first; replaced ones are gone."""
        return sorted((row for row in self.rows if not row.replaced), key=lambda row: (row.due_on, row.n))

    def undue(self) -> list[Row]:
        """The open rows due after today."""
        return [row for row in self.in_order() if row.due_on > self.today and not row.closed]

    def planned_ahead(self) -> dict[int, int]:
        """The principal planned on each open row due after today."""
        return {row.n: row.principal for row in self.undue()}

    def period(self, day: date) -> tuple[date, date, int]:
        """The period a night ending on a day is in: from which date, to which, counted as how many months."""
        starts = self.starts
        for row in self.in_order():
            if day <= row.due_on:
                return starts, row.due_on, row.months
            starts = max(starts, row.due_on)
        rows = self.in_order()
        last = rows[-1]
        before = max([self.starts, *(row.due_on for row in rows if row.due_on < last.due_on)])
        return last.due_on, last.due_on + (last.due_on - before), last.months

    def year_part(self, after: date, until: date) -> Fraction:
        """The nights after one day up to another, as part of a year."""
        total, day = NOTHING, after
        while day < until:
            day += DAY
            total += night(self.terms.day_count, day, *self.period(day))
        return total

    def _new_rows(self, due_dates: list[date], months: list[int] | None) -> list[Row]:
        starts, rows = self.today, []
        for k, due_on in enumerate(due_dates):
            between = 12 * (due_on.year - starts.year) + due_on.month - starts.month
            n = len(self.rows) + 1
            rows.append(Row(n, due_on, due_on, months[k] if months else max(1, between)))
            self.rows.append(rows[-1])
            starts = due_on
        return rows

    def _plan(self, rows: list[Row], method: str, amount: int, accrued: Fraction, payment: int | None = None) -> None:
        """Fix each row's principal, so that what is out is nothing after the last."""
        for row in rows:
            row.principal = 0
        if method == "equal-principal":
            part = rounded(Fraction(amount, len(rows)), self.instalment_direction, self.terms.instalment_multiple)
            for row in rows[:-1]:
                row.principal = min(part, amount - sum(each.principal for each in rows))
        elif method == "level-payment":
            self._plan_level(rows, amount, accrued, payment)
        rows[-1].principal += amount - sum(row.principal for row in rows)

    def _plan_level(self, rows: list[Row], amount: int, accrued: Fraction, payment: int | None) -> None:
        parts, after = [], self.today
        for row in rows:
            parts.append(self.rate * self.year_part(after, row.due_on))
            after = row.due_on
        if payment is None:
            worth, worth_now, first = NOTHING, Fraction(1), NOTHING
            for part in parts:
                worth_now /= 1 + part
                worth += worth_now
                first = first or worth_now
            exact = (amount + accrued * first) / worth
            payment = rounded(exact, self.instalment_direction, self.terms.instalment_multiple)
        self.level_payment = payment
        left, carry = amount, accrued
        for row, part in zip(rows[:-1], parts, strict=False):
            carry += left * part
            interest = self._round(carry)
            carry -= interest
            row.principal = max(0, min(left, payment - interest))
            left -= row.principal

    def _solve_again(self, before: dict[int, int], payment: int | None = None) -> None:
        """Plan the principal of rows not yet due again; with the payment kept, rows no longer reached are gone."""
        rows = [self.rows[n - 1] for n in before]
        if amount := sum(row.principal for row in rows):
            self._plan(rows, "level-payment", amount, self.accrued, payment)
            for row in rows:
                ended = payment is not None and row.principal == 0 and not any([*row.billed.values(), row.paid_ahead])
                row.closed = row.replaced = ended

    # -- figures --------------------------------------------------------------------------------------------------

    @property
    def principal(self) -> int:
        """Principal outstanding."""
        return sum(row.principal for row in self.rows)

    @property
    def interest(self) -> int:
        """Interest unpaid if a repayment came now."""
        return sum(row.unpaid["interest"] for row in self.rows) + self._round(self.accrued)

    @property
    def penalty_unpaid(self) -> int:
        """Penalty interest unpaid if a repayment came now, row by row."""
        return sum(row.unpaid["penalty"] + self._round(row.penalty_accrued) for row in self.rows)

    @property
    def fees(self) -> int:
        """Fees unpaid."""
        return sum(row.unpaid["fees"] for row in self.rows)

    @property
    def pay_off(self) -> int:
        """What ends the loan today."""
        return self.principal + self.interest + self.penalty_unpaid + self.fees

    @property
    def interest_total(self) -> int:
        """All contract interest so far."""
        return self.interest_billed + self._round(self.accrued)

    @property
    def takes_interest(self) -> Row:
        """The row that interest billed today goes to."""
        rows = self.in_order()
        open_rows = [row for row in rows if not row.closed] or rows
        return next((row for row in open_rows if row.due_on >= self.today), open_rows[-1])

    def _past_due(self) -> list[Row]:
        counts_today = self.terms.past_due_first_day == "due-date"
        return [
            row
            for row in self.in_order()
            if row.owes() and (row.due_on < self.today or (counts_today and row.due_on == self.today))
        ]

    def plan(self) -> list[tuple[int, date, int, int, int]]:
        """What each row will ask if all goes to plan: number, date, principal, interest, what is then out."""
        asked, left, carry, after = [], self.principal, self.accrued, self.today
        for row in self.undue():
            carry += left * self.rate * self.year_part(after, row.due_on)
            interest = self._round(carry)
            carry, left, after = carry - interest, left - row.principal, row.due_on
            asked.append((row.n, row.due_on, row.principal, interest + row.unpaid["interest"], left))
        return asked

    def days_past_due(self, adjusted: bool = False) -> int:
        """Days since the oldest due date with anything billed and unpaid."""
        more = 1 if self.terms.past_due_first_day == "due-date" else 0
        counts = [(self.today - (row.adjusted_on if adjusted else row.due_on)).days + more for row in self._past_due()]
        return max([0, *counts])

    # -- billing and money ----------------------------------------------------------------------------------------

    def _bill(self, row: Row) -> None:
        """Round what has accrued and bill it; the rest is carried."""
        amount = self._round(self.accrued)
        row.unpaid["interest"] += amount
        row.billed["interest"] += amount
        self.interest_billed += amount
        self.accrued -= amount
        self._post(self._kept("interest"), self._kept("interest accrued"), amount)
        for each in self.rows:
            amount = self._round(each.penalty_accrued)
            each.unpaid["penalty"] += amount
            each.billed["penalty"] += amount
            each.penalty_accrued -= amount
            self._post(self._kept("penalty"), self._kept("penalty accrued"), amount)

    def _charge(self, row: Row, what: str, amount: int) -> None:
        row.unpaid[what] += amount
        row.billed[what] += amount
        self._earn(what, what, Fraction(amount))

    def _repaid(self, event: dict[str, Any]) -> None:
        self._bill(self.takes_interest)
        amount = self.pay_off if event["amount"] == "all" else event["amount"]
        receipt = Receipt(event.get("key"), amount)
        self.receipts.append(receipt)
        left, ahead = amount, False
        before = self.planned_ahead()
        for row, component in self._order_of_paying(event.get("prepay", "next-due")):
            paid = min(left, row.left(component))
            if paid > 0:
                row.take(component, paid)
                row.paid[component] += paid
                receipt.settled.append((row.n, component, paid))
                left -= paid
                self._post_paid(component, paid)
                if component == "principal" and row.due_on > self.today:
                    ahead = True
                    row.paid_ahead += paid if event.get("prepay") != "prepay" else 0
                    row.closed = row.principal == 0 and row.paid_ahead > 0
        receipt.credit = left
        self.credit += left
        self._post("cash", "borrower", left)
        if ahead and event.get("prepay") == "prepay" and self.method == "level-payment":
            if self.terms.after_prepay == "lower-payment":
                self._solve_again(before)
            elif self.terms.after_prepay == "shorten":
                self._solve_again(before, self.level_payment)
        if self.settling and self.today <= self.settling[1]:
            self.settled_by_agreement += amount - left
            if self.settled_by_agreement >= self.settling[0]:
                self._forgive_all()
        self._close_if_over()

    def _close_if_over(self) -> None:
        """What rounding left in the accruals of a loan that is paid in full goes to the books' rounding."""
        if self.terms.closes and self.terms.method != "statement" and not any(row.owes() for row in self.rows):
            self._accrue(-self.accrued)
            for row in self.rows:
                self._accrue_penalty(row, -row.penalty_accrued)

    def _order_of_paying(self, prepay: str) -> list[tuple[Row, str]]:
        stage = max(
            (each for each in self.terms.waterfall if each.from_days <= self.days_past_due()),
            key=lambda each: each.from_days,
        )
        due = [row for row in self.in_order() if row.due_on <= self.today]
        later = [row for row in self.in_order() if row.due_on > self.today]
        if stage.by == "instalment":
            order = [(row, component) for row in due for component in stage.order]
        else:
            order = [(row, component) for component in stage.order for row in due]
        order += [(row, component) for row in later for component in CHARGES]
        return order + [(row, "principal") for row in (reversed(later) if prepay == "prepay" else later)]

    def _forgive_all(self) -> None:
        self._bill(self.takes_interest)
        for row in self.rows:
            for component in COMPONENTS:
                self._let_go(row, component, row.left(component))
        self.settling = None

    def _let_go(self, row: Row, component: str, amount: int) -> None:
        row.take(component, amount)
        row.waived[component] += amount
        self.forgiven[component] += amount
        if self.written_off or (self.non_accrual and component in ("penalty", "interest")):
            self._post("memo", f"memo {component}", amount)
        elif component == "principal":
            self._post("allowance", "loans", amount)
        else:
            self._post(f"{component} income", component, amount)

    # -- events ---------------------------------------------------------------------------------------------------

    def _drawn(self, event: dict[str, Any]) -> None:
        self._post("loans", "cash", event["amount"])
        if self.rows:
            last = self.in_order()[-1]
            last.principal += event["amount"]
            last.closed = False
            return
        self.starts = event.get("starts", self.today)
        if self.terms.method == "statement":
            self._join(event["due_dates"][0], event["amount"])
            return
        rows = self._new_rows(event["due_dates"], event.get("months"))
        self._plan(rows, self.terms.method, event["amount"], NOTHING)

    def _purchase(self, event: dict[str, Any]) -> None:
        self._post("loans", "cash", event["amount"])
        self._join(event["due_on"], event["amount"])

    def _join(self, due_on: date, amount: int) -> None:
        row = self._statement_row(due_on)
        row.principal += amount
        row.free += amount
        row.closed = False

    def _refund(self, event: dict[str, Any]) -> None:
        """A refund reduces its own row, then the next ones; what is left is a receipt."""
        left = event["amount"]
        for row in self.in_order():
            if row.due_on >= event["due_on"]:
                less = min(left, row.principal)
                row.principal -= less
                row.free = max(0, row.free - less)
                left -= less
                self._post("cash", "loans", less)
        if left:
            self._repaid(event | {"amount": left, "prepay": "next-due"})

    def _charged(self, event: dict[str, Any]) -> None:
        n = event.get("n")
        self._charge(self.rows[n - 1] if n else self.takes_interest, event["what"], event["amount"])

    def _waived(self, event: dict[str, Any]) -> None:
        self._bill(self.takes_interest)
        for component in CHARGES:
            left = event.get(component, 0)
            for row in self.in_order():
                amount = min(left, row.unpaid[component])
                self._let_go(row, component, amount)
                left -= amount
        self._close_if_over()

    def _repriced(self, event: dict[str, Any]) -> None:
        self.rate, self.penalty = event["rate"], event["penalty"]
        if self.method == "level-payment":
            self._solve_again(self.planned_ahead())

    def _moved(self, event: dict[str, Any]) -> None:
        for n, due_on in event["to"].items():
            self.rows[n - 1].due_on = self.rows[n - 1].adjusted_on = due_on

    def _replanned(self, event: dict[str, Any]) -> None:
        old = [row for row in self.in_order() if row.due_on > self.today]
        amount = sum(row.principal for row in old)
        if not amount:
            return
        for row in old:
            row.replaced = row.closed = True
        rows = self._new_rows(event["due_dates"], event.get("months"))
        self._hand_over(old, rows[0])
        self.method = event["method"]
        self.instalment_direction = "down" if event["method"] == "equal-principal" else "half-up"
        self._plan(rows, event["method"], amount, self.accrued)

    def _hand_over(self, old: list[Row], new: Row) -> None:
        """What is billed and unpaid on old rows is from now on asked by a new one."""
        for row in old:
            row.principal = 0
            for component in CHARGES:
                new.unpaid[component] += row.unpaid[component]
                new.billed[component] += row.unpaid[component]
                row.billed[component] -= row.unpaid[component]
                row.unpaid[component] = 0

    def _re_aged(self, event: dict[str, Any]) -> None:
        for n, adjusted_on in event["to"].items():
            self.rows[n - 1].adjusted_on = adjusted_on

    def _accelerated(self, event: dict[str, Any]) -> None:
        later = [row for row in self.in_order() if row.due_on > self.today]
        principal = sum(row.principal for row in later)
        amount = min(principal, event["amount"] or principal)
        if not sum(row.owes() for row in later):
            return
        new = Row(len(self.rows) + 1, self.today, self.today, 1)
        kept = {row.n: row.principal for row in later}
        left = amount
        for row in reversed(later):
            moved = min(left, row.principal)
            left -= moved
            kept[row.n] -= moved
            if event["amount"] is None or (moved > 0 and kept[row.n] == 0):
                row.replaced = row.closed = True
        self.rows.append(new)
        if event["amount"] is None:
            self._hand_over(later, new)
            self._bill(new)
        for row in later:
            row.principal = kept[row.n]
        new.principal = amount

    def _written_off(self, _: dict[str, Any]) -> None:
        if not self.non_accrual:
            self._leave_the_balance_sheet()
        self._post("allowance", "loans", self.principal)
        self._post("memo principal", "memo", self.principal)
        self._post("fees income", "fees", self.fees)
        self._post("memo fees", "memo", self.fees)
        self.written_off = True

    def _settling(self, event: dict[str, Any]) -> None:
        self.settling = (event["amount"], event["until"])
        self.settled_by_agreement = 0

    # -- the books ------------------------------------------------------------------------------------------------

    def _post(self, debit: str, credit: str, amount: Fraction | int) -> None:
        self.books[debit] += amount
        self.books[credit] -= amount

    def _kept(self, account: str) -> str:
        return f"memo {account}" if self.non_accrual else account

    def _earn(self, component: str, account: str, amount: Fraction) -> None:
        if self.written_off or (self.non_accrual and component != "fees"):
            self._post(f"memo {account}", "memo", amount)
        else:
            self._post(account, f"{component} income", amount)

    def _accrue(self, amount: Fraction) -> None:
        self.accrued += amount
        self._earn("interest", "interest accrued", amount)

    def _accrue_penalty(self, row: Row, amount: Fraction) -> None:
        row.penalty_accrued += amount
        self._earn("penalty", "penalty accrued", amount)

    def _post_paid(self, component: str, amount: int) -> None:
        if component == "principal" and self.written_off:
            self._post("cash", "allowance", amount)
            self._post("memo", "memo principal", amount)
        elif component == "principal":
            self._post("cash", "loans", amount)
        elif self.written_off or (self.non_accrual and component != "fees"):
            self._post("cash", f"{component} income", amount)
            self._post("memo", f"memo {component}", amount)
        else:
            self._post("cash", component, amount)

    def _unearned(self) -> dict[str, Fraction]:
        """Interest and penalty recognised or noted but not received, by account."""
        return {
            "interest": Fraction(sum(row.unpaid["interest"] for row in self.rows)),
            "interest accrued": self.accrued,
            "penalty": Fraction(sum(row.unpaid["penalty"] for row in self.rows)),
            "penalty accrued": sum((row.penalty_accrued for row in self.rows), NOTHING),
        }

    def _leave_the_balance_sheet(self) -> None:
        for account, amount in self._unearned().items():
            self._post(f"{account.split()[0]} income", account, amount)
            self._post(f"memo {account}", "memo", amount)
        self.non_accrual = True

    def _come_back_on_the_balance_sheet(self) -> None:
        for account, amount in self._unearned().items():
            self._post(account, f"{account.split()[0]} income", amount)
            self._post("memo", f"memo {account}", amount)
        self.non_accrual = False
