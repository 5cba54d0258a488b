"""What each instalment carries: the plan, with every instalment paid in full on its due date."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from lendmill.days import months_after
from lendmill.refusals import Refusal
from lendmill.terms.day_counts import Period, year_fraction
from lendmill.terms.interest import rounded
from lendmill.terms.moments import NOTHING_YET, Accrued, Pricing, Stretch, stretches
from lendmill.terms.periods import periods_between
from lendmill.terms.planning import equal_part, level_part, level_payment_over
from lendmill.terms.rates import DAYS_A_YEAR, Rate

Method = Literal["on-demand", "interest-first", "equal-principal", "level-payment"]
METHODS: Final[tuple[Method, ...]] = ("on-demand", "interest-first", "equal-principal", "level-payment")


class UnknownMethod(Refusal):
    """{method!r} is not a way of repaying that this lender offers; choose one of {methods}."""


class NeverRepaid(Refusal):
    """A payment of {payment_cents} cents never brings this loan to nothing."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One instalment as promised: its principal is fixed, its interest is what accrues if all goes to plan."""

    n: int
    due_on: date
    principal_cents: int
    interest_cents: int
    balance_after_cents: int

    @property
    def due_cents(self) -> int:
        """All that is to be paid on the day."""
        return self.principal_cents + self.interest_cents


@dataclass(frozen=True, slots=True)
class Draw:
    """Money that goes out on a day."""

    on: date
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Conventions:
    """How a plan is worked out; lenders differ by a cent and are all right.

    `multiple_cents` and `multiple_direction` round the level payment or the equal principal part. A level payment is
    solved unless it is given; `level_payment_period` counts each period as that part of a year while solving.
    """

    pricing: Pricing
    method: str = "level-payment"
    flat: bool = False
    multiple_cents: int = 1
    multiple_direction: str = "half-up"
    level_payment_cents: int | None = None
    level_payment_period: Fraction | None = None
    even_out_last: bool = False
    principal_free_instalments: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise UnknownMethod(method=self.method, methods=", ".join(METHODS))

    def bill(self, before: Accrued, bearing: Sequence[Stretch]) -> tuple[int, Accrued]:
        """A row's interest; flat, it is rounded once by itself, whatever the moment."""
        pricing = replace(self.pricing, moment="per-period") if self.flat else self.pricing
        return pricing.bill(before, bearing)

    def instalment(self, exact: Fraction) -> int:
        """A level payment or an equal part, in whole multiples."""
        return rounded(exact.numerator, exact.denominator * self.multiple_cents, self.multiple_direction) * (
            self.multiple_cents
        )

    def growth(self, period: Period, from_on: date | None = None) -> Fraction:
        """By how much what is owed grows to the end of a period, as a level payment is solved."""
        starts_on, pricing = from_on or period.starts_on, self.pricing
        if self.level_payment_period is None:
            return 1 + pricing.rate * year_fraction(pricing.day_count, period, starts_on, period.ends_on)
        a_year = pricing.rate * DAYS_A_YEAR if pricing.day_count == "days" else pricing.rate
        return 1 + a_year * self.level_payment_period * Fraction((period.ends_on - starts_on).days, period.nights)


@dataclass(frozen=True, slots=True)
class Step:
    """A planned row with the level payment it was made by, and the interest of the plan up to it."""

    row: PlannedRow
    payment_cents: int
    accrued: Accrued


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a plan is taken up: at which period, with which balance, what was lent so far, and its interest so far."""

    at: int = 0
    balance_cents: int = 0
    lent_cents: int = 0
    accrued: Accrued = NOTHING_YET


PartOf = Callable[[int, int, int], int]  # (row, balance, interest) -> principal


def planned(
    conventions: Conventions, periods: Sequence[Period], draws: Sequence[Draw], *, open_ended: bool = False
) -> tuple[Step, ...]:
    """The rows of a plan. A draw belongs to the period in which it is made; from that row on it is planned anew.

    Open-ended, as many of the periods are used as a given level payment takes.
    """
    drawn = _by_period(periods, draws)
    steps: list[Step] = []
    for at, until in zip(sorted(drawn), [*sorted(drawn)[1:], 0], strict=True):
        balance_cents = steps[at - 1].row.balance_after_cents if at else 0
        lent_cents = sum(draw.amount_cents for row in drawn if row < at for draw in drawn[row])
        standing = Standing(at, balance_cents, lent_cents, steps[at - 1].accrued if at else NOTHING_YET)
        steps[at:] = from_here(conventions, periods, standing, drawn[at], until if open_ended else None)
    return tuple(steps)


def from_here(
    conventions: Conventions,
    periods: Sequence[Period],
    standing: Standing,
    draws: Sequence[Draw] = (),
    open_until: int | None = None,
) -> list[Step]:
    """The rows from some period on: the payment is solved (or given), and evened out where that is agreed."""
    payment_cents = payment_from_here(conventions, periods, standing, draws, open_until)
    steps = with_payment(conventions, periods, standing, draws, payment_cents, open_until)
    if not conventions.even_out_last or conventions.method != "level-payment" or conventions.level_payment_cents:
        return steps
    gap_cents = steps[-1].row.due_cents - payment_cents
    solved = len(periods) - max(standing.at, conventions.principal_free_instalments)
    change_cents = rounded(gap_cents, max(1, solved), conventions.pricing.direction)
    if not change_cents:
        return steps
    other = with_payment(conventions, periods, standing, draws, payment_cents + change_cents, open_until)
    return other if abs(other[-1].row.due_cents - payment_cents - change_cents) < abs(gap_cents) else steps


def payment_from_here(
    conventions: Conventions,
    periods: Sequence[Period],
    standing: Standing,
    draws: Sequence[Draw] = (),
    open_until: int | None = None,
) -> int:
    """The level payment, or the equal principal part, from some period on.

    Flat, it is an equal part of the principal and the first row's interest.
    """
    if conventions.method in ("on-demand", "interest-first"):
        return 0
    if conventions.method == "level-payment" and conventions.level_payment_cents is not None:
        return conventions.level_payment_cents
    if open_until is not None:
        raise NeverRepaid(payment_cents=0)
    first = min(max(standing.at, conventions.principal_free_instalments), len(periods) - 1)
    drawn_cents = sum(draw.amount_cents for draw in draws)
    principal_cents, count = standing.balance_cents + drawn_cents, len(periods) - first
    if conventions.method == "equal-principal":
        return equal_part(principal_cents, count, conventions.multiple_cents, conventions.multiple_direction)
    if conventions.flat:
        in_first = _bearing(conventions, periods[first], first, standing, draws, 0)
        return conventions.instalment(Fraction(principal_cents, count) + conventions.pricing.exact(in_first))
    factors = [conventions.growth(period) - 1 for period in periods[first:]]
    if first == standing.at:  # what is drawn on the way grows for fewer nights than the balance
        on_the_way = sum(
            draw.amount_cents * conventions.growth(periods[first], max(draw.on, periods[first].starts_on))
            for draw in draws
        )
        owed = standing.balance_cents + on_the_way / (1 + factors[0])
    else:
        owed = Fraction(standing.balance_cents + drawn_cents)
    return level_payment_over(owed, factors, conventions.multiple_cents, conventions.multiple_direction)


def with_payment(
    conventions: Conventions,
    periods: Sequence[Period],
    standing: Standing,
    draws: Sequence[Draw],
    payment_cents: int,
    open_until: int | None = None,
) -> list[Step]:
    """The rows that a payment makes; what it leaves is in the last one, and no principal is lent again."""

    def part_of(row: int, balance_cents: int, interest_cents: int) -> int:
        if row < conventions.principal_free_instalments or conventions.method in ("on-demand", "interest-first"):
            return 0
        return level_part(balance_cents, payment_cents, interest_cents if conventions.method == "level-payment" else 0)

    return with_parts(conventions, periods, standing, draws, part_of, payment_cents, open_until)


def with_parts(
    conventions: Conventions,
    periods: Sequence[Period],
    standing: Standing,
    draws: Sequence[Draw],
    part_of: PartOf,
    payment_cents: int = 0,
    open_until: int | None = None,
) -> list[Step]:
    """The rows that given principal parts make; interest is rounded at the moment agreed."""
    steps: list[Step] = []
    balance_cents, accrued = standing.balance_cents, standing.accrued
    for at in range(standing.at, len(periods)):
        bearing = _bearing(conventions, periods[at], at, standing, draws, balance_cents)
        if at == standing.at:
            balance_cents += sum(draw.amount_cents for draw in draws)
        interest_cents, after = conventions.bill(accrued, bearing)
        part_cents = part_of(at, balance_cents, interest_cents)
        ends = at == len(periods) - 1 if open_until is None else at + 1 >= open_until and part_cents == balance_cents
        if ends:
            part_cents = balance_cents
            if conventions.flat:  # the last row takes what is left of all the interest, rounded once
                interest_cents = conventions.pricing.cents(after.exact_cents) - accrued.billed_cents
        balance_cents -= part_cents
        row = PlannedRow(at + 1, periods[at].ends_on, part_cents, interest_cents, balance_cents)
        accrued = Accrued(after.exact_cents, accrued.billed_cents + interest_cents)
        steps.append(Step(row, payment_cents, accrued))
        if ends:
            return steps
    raise NeverRepaid(payment_cents=payment_cents)


def _bearing(
    conventions: Conventions,
    period: Period,
    at: int,
    standing: Standing,
    draws: Sequence[Draw],
    balance_cents: int,
) -> list[Stretch]:
    """What bears interest in a period, from which day: the balance, or flat all that was lent."""
    new = sorted(draws, key=lambda draw: draw.on) if at == standing.at else []
    if conventions.flat:
        balance_cents = standing.lent_cents + (0 if new else sum(draw.amount_cents for draw in draws))
    changes = [(period.starts_on, balance_cents)]
    for draw in new:
        balance_cents += draw.amount_cents
        changes.append((draw.on, balance_cents))
    return stretches(period, changes)


def _by_period(periods: Sequence[Period], draws: Sequence[Draw]) -> dict[int, list[Draw]]:
    found: dict[int, list[Draw]] = defaultdict(list, {0: []})
    for draw in draws:
        at = next((n for n, period in enumerate(periods) if draw.on < period.ends_on), len(periods) - 1)
        found[at].append(draw)
    return found


def due_dates(method: str, drawn_on: date, months: int) -> tuple[date, ...]:
    """The days on which something falls due: one at the end, or one a month counted from the day of the draw.

    >>> due_dates("interest-first", date(2026, 1, 31), 2)
    (datetime.date(2026, 2, 28), datetime.date(2026, 3, 31))
    """
    if method not in METHODS:
        raise UnknownMethod(method=method, methods=", ".join(METHODS))
    first = months if method == "on-demand" else 1
    return tuple(months_after(drawn_on, month) for month in range(first, months + 1))


def by_the_night(method: str, rate: Rate) -> Conventions:
    """The house's own conventions for a daily rate: equal parts are rounded down, a level payment half-up."""
    direction = "down" if method == "equal-principal" else "half-up"
    return Conventions(Pricing(Fraction(rate.num, rate.den)), method, multiple_direction=direction)


def principal_parts(
    method: str, principal_cents: int, rate: Rate, drawn_on: date, dues: Sequence[date]
) -> tuple[int, ...]:
    """How much principal each instalment carries (DOMAIN: equal parts are rounded down, the last takes the rest)."""
    draws = [Draw(drawn_on, principal_cents)]
    steps = planned(by_the_night(method, rate), periods_between(drawn_on, dues), draws)
    return tuple(step.row.principal_cents for step in steps)


def level_payment(principal_cents: int, rate: Rate, drawn_on: date, dues: Sequence[date]) -> int:
    """The one payment that brings the balance to nothing on the last day, from the actual nights, rounded half-up."""
    draws = [Draw(drawn_on, principal_cents)]
    return payment_from_here(by_the_night("level-payment", rate), periods_between(drawn_on, dues), Standing(), draws)


def planned_rows(
    principal_cents: int, rate: Rate, drawn_on: date, dues: Sequence[date], parts: Sequence[int]
) -> tuple[PlannedRow, ...]:
    """The schedule the borrower is shown: interest billed on each due date, what rounding leaves carried to the next.

    >>> dues = due_dates("interest-first", date(2026, 1, 10), 2)
    >>> rows = planned_rows(1_000_000, Rate(600, 1_000_000), date(2026, 1, 10), dues, (0, 1_000_000))
    >>> [row.due_cents for row in rows]
    [18600, 1016800]
    """
    draws, periods = [Draw(drawn_on, principal_cents)], periods_between(drawn_on, dues)
    steps = with_parts(
        by_the_night("interest-first", rate), periods, Standing(), draws, lambda row, _balance, _interest: parts[row]
    )
    return tuple(step.row for step in steps)
