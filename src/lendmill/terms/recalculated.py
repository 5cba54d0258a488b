"""A plan worked through again after what really happened: early, late and part payments, pay-off and pauses."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from lendmill.days import ONE_DAY
from lendmill.refusals import Refusal
from lendmill.terms.day_counts import Period
from lendmill.terms.moments import NOTHING_YET, Accrued, Stretch, stretches
from lendmill.terms.planning import level_part
from lendmill.terms.schedule import Conventions, Draw, PlannedRow, Standing, from_here

OnPrepayment = Literal["lower-payment", "shorten", "skip-next"]
ON_PREPAYMENT: Final[tuple[OnPrepayment, ...]] = ("lower-payment", "shorten", "skip-next")
InterestTo = Literal["pay-off-day", "next-due"]
INTEREST_TO: Final[tuple[InterestTo, ...]] = ("pay-off-day", "next-due")


class UnknownPrepayment(Refusal):
    """{choice!r} does not say what an early payment or a pay-off does; choose one of {choices}."""


@dataclass(frozen=True, slots=True)
class Repaid:
    """Money that came in on a day."""

    on: date
    amount_cents: int


@dataclass(frozen=True, slots=True)
class InterestPause:
    """Dates without interest, both counted: the nights that end on them."""

    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Happened:
    """All that is known of a loan up to a day."""

    seen_on: date
    draws: Sequence[Draw]
    repaid: Sequence[Repaid] = ()
    paused: Sequence[InterestPause] = ()
    paid_off_on: date | None = None


@dataclass(frozen=True, slots=True)
class Early:
    """What an early payment does to the rows after it, and up to when a pay-off bears interest."""

    prepayment: str = "lower-payment"
    interest_to: str = "pay-off-day"

    def __post_init__(self) -> None:
        for choice, choices in ((self.prepayment, ON_PREPAYMENT), (self.interest_to, INTEREST_TO)):
            if choice not in choices:
                raise UnknownPrepayment(choice=choice, choices=", ".join(choices))


@dataclass(slots=True)
class RecalculatedRow:
    """A planned row with what was really paid on it."""

    row: PlannedRow
    paid_interest_cents: int = 0
    paid_principal_cents: int = 0

    @property
    def paid_cents(self) -> int:
        """Interest and principal paid."""
        return self.paid_interest_cents + self.paid_principal_cents

    @property
    def unpaid_principal_cents(self) -> int:
        """Principal planned and not paid."""
        return self.row.principal_cents - self.paid_principal_cents

    def settle(self, amount_cents: int) -> tuple[int, int]:
        """Pay interest, then principal: the principal paid and what is left of the money."""
        interest = min(amount_cents, self.row.interest_cents - self.paid_interest_cents)
        principal = min(amount_cents - interest, self.unpaid_principal_cents)
        self.paid_interest_cents += interest
        self.paid_principal_cents += principal
        return principal, amount_cents - interest - principal


@dataclass(frozen=True, slots=True)
class Recalculated:
    """The rows as they stand, the level payment of the first, and what paying everything off costs on the day."""

    rows: tuple[RecalculatedRow, ...]
    payment_cents: int
    pay_off_cents: int


def recalculated(
    conventions: Conventions, periods: Sequence[Period], early: Early, happened: Happened, *, open_ended: bool = False
) -> Recalculated:
    """Work the rows through in time, with two balances: what is really outstanding, and what the rows plan.

    Up to the day, interest runs on what is really outstanding. After it everything is supposed to go to plan: what is
    overdue counts as paid on the day, each later row on its due date. Without a pay-off, what one would cost on the
    day is worked out the same way.
    """
    told = _Telling(conventions, periods, early, happened, open_ended)
    told.all_rows()
    if happened.paid_off_on is None:
        supposed = replace(happened, paid_off_on=happened.seen_on)
        other = _Telling(conventions, periods, early, supposed, open_ended)
        other.all_rows()
        told.pay_off_cents = other.pay_off_cents
    return Recalculated(tuple(told.rows), told.first_payment_cents, told.pay_off_cents)


@dataclass(slots=True)
class _Telling:
    """The rows so far. `real` is what is outstanding, `planned` what the rows leave."""

    conventions: Conventions
    periods: Sequence[Period]
    early: Early
    happened: Happened
    open_ended: bool
    rows: list[RecalculatedRow] = field(default_factory=list)
    real: int = 0
    planned: int = 0
    lent: int = 0
    ahead: int = 0
    held: int = 0
    to_skip: int = 0
    payment: int = 0
    first_payment_cents: int = 0
    pay_off_cents: int = 0
    accrued: Accrued = NOTHING_YET
    is_paid_off: bool = False

    def all_rows(self) -> None:
        """Every row in time; what is paid after the last due date settles what is left."""
        for at, period in enumerate(self.periods):
            self._row(at, period)
            if self._has_ended(at):
                break
        last_on = self.rows[-1].row.due_on
        for each in self._repaid(last_on, date.max):
            self._settle_due_rows(each.amount_cents)
        paid_off_on = self.happened.paid_off_on
        if not self.is_paid_off and paid_off_on is not None:
            self._pay_off_rest()

    def _has_ended(self, at: int) -> bool:
        later = any(draw.on >= self.periods[at].ends_on for draw in self.happened.draws)
        may_end = self.open_ended or self.early.prepayment == "shorten"
        return may_end and not self.planned and not later

    def _row(self, at: int, period: Period) -> None:
        new = self._draws(at, period)
        if new or not at:
            self._solve(at, new)
        self.ahead = 0
        off_on = self._paid_off_within(at, period)
        bearing = self._bearing(period, new, off_on)
        interest, after = self.conventions.bill(self.accrued, bearing)
        if self.conventions.flat and self._takes_the_rest(at) and bearing:  # what is left of all the interest
            interest = self.conventions.pricing.cents(after.exact_cents) - self.accrued.billed_cents
        self.accrued = Accrued(after.exact_cents, self.accrued.billed_cents + interest)
        plan = self._plan(at, interest)
        principal = max(plan, min(self.ahead, self.planned))
        if self._takes_the_rest(at):
            plan = principal = self.planned
        row = RecalculatedRow(PlannedRow(at + 1, period.ends_on, principal, interest, self.planned - principal))
        row.paid_principal_cents = min(self.ahead, principal)
        self.rows.append(row)
        if self.is_paid_off:
            row.paid_principal_cents = principal
        else:
            self._on_the_due_date(period)
        if off_on is not None:
            self._pay_off_rest()
            self.is_paid_off = True
        self.planned = row.row.balance_after_cents
        if period.ends_on >= self.happened.seen_on:
            self.real = self.planned
        self._after_more_than_planned(at, row.row.principal_cents - plan)

    def _draws(self, at: int, period: Period) -> list[Draw]:
        return [
            draw
            for draw in sorted(self.happened.draws, key=lambda draw: draw.on)
            if draw.on < period.ends_on and (not at or draw.on >= period.starts_on)
        ]

    def _solve(self, at: int, new: Sequence[Draw] = (), conventions: Conventions | None = None) -> None:
        standing = Standing(at, self.planned, self.lent, self.accrued)
        periods, until = (self.periods, at) if self.open_ended else (self.periods, None)
        self.payment = from_here(conventions or self.conventions, periods, standing, new, until)[0].payment_cents
        self.planned += sum(draw.amount_cents for draw in new)
        if not at:
            self.first_payment_cents = self.payment

    def _plan(self, at: int, interest_cents: int) -> int:
        """The principal a row plans: what the payment leaves after interest, less what was paid ahead of it."""
        conventions = self.conventions
        if self.is_paid_off:
            return min(self.payment, self.planned)
        if conventions.method in ("on-demand", "interest-first") or at < conventions.principal_free_instalments:
            return 0
        level = conventions.method == "level-payment"
        plan = level_part(self.planned, self.payment, interest_cents if level else 0)
        skipped = min(plan, self.to_skip)
        self.to_skip -= skipped
        return plan - skipped

    def _takes_the_rest(self, at: int) -> bool:
        return at == len(self.periods) - 1

    def _bearing(self, period: Period, new: Sequence[Draw], off_on: date | None) -> list[Stretch]:
        """What bears interest in a period: what is really outstanding up to the day, what is planned after it."""
        if self.is_paid_off:
            return []
        seen_on, changes = self.happened.seen_on, [(period.starts_on, self.real)]
        moments: list[tuple[date, int, Draw | Repaid | None]] = [(draw.on, 0, draw) for draw in new]
        after = period.starts_on if self.rows else date.min
        moments += [(each.on, 1, each) for each in self._repaid(after, period.ends_on)]
        if off_on is None and period.starts_on <= seen_on < period.ends_on:
            moments.append((seen_on, 2, None))
        planned_until_now = self.planned - sum(draw.amount_cents for draw in new)
        for on, _, what in sorted(moments, key=lambda each: each[:2]):
            if isinstance(what, Draw):
                self.real, planned_until_now = self.real + what.amount_cents, planned_until_now + what.amount_cents
                self.lent += what.amount_cents
            elif isinstance(what, Repaid):
                self._pay_ahead(what.amount_cents)
            else:
                self.real = max(0, planned_until_now - self.ahead)  # what is overdue counts as paid on the day
            changes.append((on, self.real))
        if self.conventions.flat:
            changes = [(period.starts_on, self.lent)]
        if off_on is not None and self.early.interest_to == "pay-off-day":
            changes.append((off_on, 0))
        return stretches(period, _without(changes, self.happened.paused))

    def _repaid(self, after: date, before: date) -> list[Repaid]:
        off_on = self.happened.paid_off_on or date.max
        return [each for each in self.happened.repaid if after < each.on < before and each.on <= off_on]

    def _settle_due_rows(self, amount_cents: int) -> int:
        for row in self.rows:
            principal, amount_cents = row.settle(amount_cents)
            self.real -= principal
        return amount_cents

    def _pay_ahead(self, amount_cents: int) -> None:
        """Rows already due first; what is left is principal of this row at once, its interest stays due.

        What is more than all principal waits for interest to fall due.
        """
        amount_cents = self._settle_due_rows(amount_cents)
        part = min(amount_cents, self.real)
        self.ahead += part
        self.real -= part
        self.held += amount_cents - part

    def _on_the_due_date(self, period: Period) -> None:
        """Money of the day itself settles the row too, and what is then left is added to its principal."""
        row, self.held = self.rows[-1], self._settle_due_rows(self.held)
        for each in self.happened.repaid:
            if each.on == period.ends_on and each.on <= (self.happened.paid_off_on or date.max):
                more = min(self._settle_due_rows(each.amount_cents), row.row.balance_after_cents)
                self.real -= more
                row.paid_principal_cents += more
                row.row = replace(
                    row.row,
                    principal_cents=row.row.principal_cents + more,
                    balance_after_cents=row.row.balance_after_cents - more,
                )

    def _after_more_than_planned(self, at: int, more_cents: int) -> None:
        if more_cents <= 0 or self.is_paid_off or at + 1 >= len(self.periods):
            return
        if self.early.prepayment == "skip-next":
            self.to_skip += more_cents
        elif self.early.prepayment == "lower-payment" and not self.open_ended:
            self._solve(at + 1, conventions=replace(self.conventions, level_payment_cents=None))

    def _paid_off_within(self, at: int, period: Period) -> date | None:
        off_on = self.happened.paid_off_on
        if off_on is None or self.is_paid_off or off_on > period.ends_on or (at and off_on <= period.starts_on):
            return None
        return off_on

    def _pay_off_rest(self) -> None:
        """Everything is paid: what is outstanding, this row's interest and what is unpaid of rows due."""
        interest = sum(row.row.interest_cents - row.paid_interest_cents for row in self.rows)
        self.pay_off_cents = self.real + interest
        for row in self.rows:
            row.settle(row.row.due_cents)


def _without(changes: Sequence[tuple[date, int]], paused: Sequence[InterestPause]) -> list[tuple[date, int]]:
    """The same balances with nothing bearing interest in the pauses."""
    found = list(changes)
    for pause in paused:
        from_on, to_on = pause.from_on - ONE_DAY, pause.to_on
        after = [cents for on, cents in found if on <= to_on]
        found = [
            *[(on, cents) for on, cents in found if on < from_on],
            (from_on, 0),
            *([(to_on, after[-1])] if after else []),
            *[(on, cents) for on, cents in found if on > to_on],
        ]
    return sorted(found, key=lambda change: change[0])
