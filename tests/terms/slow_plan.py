"""A plan worked out night by night from the conventions' own words: slow, and nothing of the engine in it."""

from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

NIGHT = timedelta(days=1)


@dataclass(frozen=True)
class SlowPlan:
    """The terms of a plan; `spans` are (from, due, months), draws are (day, cents)."""

    rate: Fraction
    day_count: str
    moment: str
    direction: str
    method: str
    spans: tuple[tuple[date, date, Fraction], ...]
    draws: tuple[tuple[date, int], ...]
    multiple: int = 1
    multiple_direction: str = "half-up"
    free: int = 0
    even_out: bool = False


def whole(exact: Fraction, direction: str) -> int:
    """An exact number to a whole one, by the decimal module's own rules where it can hold the number."""
    low = exact.__floor__()
    over = exact - low
    if direction == "half-up":
        return low + (over >= Fraction(1, 2))
    with localcontext() as context:
        context.prec = 60
        near = Decimal(low) + Decimal((over * 2**20).__floor__()) / 2**20  # the right side of a half
        if over * 2**20 != (over * 2**20).__floor__():
            near += Decimal(1) / 2**30
        way = {"half-even": ROUND_HALF_EVEN, "up": ROUND_CEILING, "down": ROUND_FLOOR}[direction]
        return int(near.to_integral_value(way))


def fraction(plan: SlowPlan, span: tuple[date, date, Fraction], night_ends: date) -> Fraction:
    """What part of a year (or of nothing, for a daily rate) one night is."""
    starts, due, months = span
    name = plan.day_count
    if name == "days":
        return Fraction(1)
    if name.startswith("actual/3"):
        return Fraction(1, int(name[7:]))
    if name == "actual/actual":
        return Fraction(1, 366 if isleap(night_ends.year) else 365)
    if name.startswith("30/360-prorated"):
        return months / 12 / (due - starts).days
    return Fraction(thirties(name, starts, night_ends) - thirties(name, starts, night_ends - NIGHT), 360)


def thirties(name: str, one: date, other: date) -> int:
    """Days between two dates in a year of twelve months of thirty, by the bond or the European rule."""
    first, last = one.day, other.day
    if name == "30E/360":
        first, last = min(first, 30), min(last, 30)
    else:
        if first == 31:
            first = 30
        if last == 31 and first == 30:
            last = 30
    return 360 * (other.year - one.year) + 30 * (other.month - one.month) + last - first


def later(first: date, months: int) -> date:
    """Months on, clipped to the month's end."""
    year, month = divmod(12 * first.year + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


class Book:
    """The interest so far: exact, and asked for."""

    def __init__(self) -> None:
        self.exact, self.asked = Fraction(0), 0

    def ask(self, plan: SlowPlan, nights: list[tuple[int, Fraction]]) -> int:
        """The interest of a period from its nights: (principal, earned) each, in order."""
        total = sum((earned for _, earned in nights), Fraction(0))
        if plan.moment == "per-period":
            asked = whole(total, plan.direction)
        elif plan.moment == "daily":
            asked = sum(whole(earned, plan.direction) for _, earned in nights)
        elif plan.moment == "per-sub-period":
            asked, run, last = 0, Fraction(0), None
            for principal, earned in nights:
                if last is not None and principal != last:
                    asked, run = asked + whole(run, plan.direction), Fraction(0)
                run, last = run + earned, principal
            asked += whole(run, plan.direction)
        elif plan.moment == "on-billing":
            asked = whole(self.exact - self.asked + total, plan.direction)
        else:
            asked = whole(self.exact + total, plan.direction) - self.asked
        self.exact, self.asked = self.exact + total, self.asked + asked
        return asked


def owed_at_end(plan: SlowPlan, at: int, balance: int, known: list[tuple[date, int]], payment: Fraction) -> Fraction:
    """What is left after the last row, never rounded, if a payment is made from row `at` on."""
    left = Fraction(balance)
    for n in range(at, len(plan.spans)):
        span = plan.spans[n]
        earned = Fraction(0)
        principal = left
        day = span[0]
        while day < span[1]:
            principal += sum(amount for on, amount in known if n == at and max(on, span[0]) == day)
            earned += principal * plan.rate * fraction(plan, span, day + NIGHT)
            day += NIGHT
        left = principal + earned
        left -= payment if n >= plan.free else earned
    return left


def payment_for(plan: SlowPlan, at: int, balance: int, known: list[tuple[date, int]]) -> int:
    """The level payment: two trial payments show how what is left falls with it, a straight line."""
    nothing, one = (owed_at_end(plan, at, balance, known, Fraction(trial)) for trial in (0, 1))
    exact = nothing / (nothing - one)
    return plan.multiple * whole(exact / plan.multiple, plan.multiple_direction)


def rows_from(
    plan: SlowPlan, at: int, balance: int, known: list[tuple[date, int]], book: Book, payment: int
) -> list[tuple[int, int, int, Fraction, int]]:
    """Rows (principal, interest, balance after, exact so far, asked so far) from row `at` on."""
    mine = Book()
    mine.exact, mine.asked = book.exact, book.asked
    rows = []
    for n in range(at, len(plan.spans)):
        span, nights, day = plan.spans[n], [], plan.spans[n][0]
        while day < span[1]:
            balance += sum(amount for on, amount in known if n == at and max(on, span[0]) == day)
            if balance:
                nights.append((balance, balance * plan.rate * fraction(plan, span, day + NIGHT)))
            day += NIGHT
        interest = mine.ask(plan, nights)
        part = payment - interest if plan.method == "level-payment" else payment
        if n < plan.free or plan.method in ("on-demand", "interest-first"):
            part = 0
        part = max(0, min(part, balance))
        if n == len(plan.spans) - 1:
            part = balance
        balance -= part
        rows.append((part, interest, balance, mine.exact, mine.asked))
    return rows


def slow_rows(plan: SlowPlan) -> list[tuple[int, int, int]]:
    """Every row as (principal, interest, balance after)."""
    rows: list[tuple[int, int, int, Fraction, int]] = []
    book, balance = Book(), 0
    for at in range(len(plan.spans)):
        span = plan.spans[at]
        known = [draw for draw in plan.draws if draw[0] < span[1] and (at == 0 or draw[0] >= span[0])]
        if known or at == 0:
            first = max(at, min(plan.free, len(plan.spans) - 1))
            total = balance + sum(amount for _, amount in known)
            payment = 0
            if plan.method == "level-payment":
                payment = payment_for(plan, at, balance, known)
            elif plan.method == "equal-principal":
                exact = Fraction(total, len(plan.spans) - first)
                payment = plan.multiple * whole(exact / plan.multiple, plan.multiple_direction)
            rows[at:] = rows_from(plan, at, balance, known, book, payment)
            if plan.even_out and plan.method == "level-payment":
                gap = rows[-1][0] + rows[-1][1] - payment
                more = whole(Fraction(gap, max(1, len(plan.spans) - max(at, plan.free))), plan.direction)
                other = rows_from(plan, at, balance, known, book, payment + more)
                if more and abs(other[-1][0] + other[-1][1] - payment - more) < abs(gap):
                    rows[at:] = other
        _, _, balance, book.exact, book.asked = rows[at]
    return [row[:3] for row in rows]
