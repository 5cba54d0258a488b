"""A plan after what really happened, told day by day: slow, and nothing of the engine in it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from slow_plan import whole

DAY = timedelta(days=1)


@dataclass
class SlowRow:
    """An instalment: interest and principal asked for and paid."""

    interest: int
    principal: int
    balance: int
    interest_paid: int = 0
    principal_paid: int = 0

    @property
    def told(self) -> tuple[int, int, int, int]:
        """Interest, principal, balance after, paid."""
        return self.interest, self.principal, self.balance, self.interest_paid + self.principal_paid


@dataclass
class SlowTelling:
    """A loan on a payment that is given, a year of 365 days, interest rounded half-up once for each instalment."""

    lent: int
    payment: int
    yearly: Fraction
    dues: list[date]
    starts: date
    seen_on: date
    paid: list[tuple[date, int]]
    skips: bool
    rows: list[SlowRow] = field(default_factory=list)
    real: int = 0

    def settle(self, money: int) -> int:
        """Pay what rows ask for, the oldest first; what is left of the money."""
        for row in self.rows:
            part = min(money, row.interest - row.interest_paid)
            row.interest_paid, money = row.interest_paid + part, money - part
            part = min(money, row.principal - row.principal_paid)
            row.principal_paid, money = row.principal_paid + part, money - part
            self.real -= part
        return money

    def received(self, day: date) -> list[int]:
        """The money of a day, if the day has come."""
        return [amount for on, amount in self.paid if on == day and on <= self.seen_on]

    def tell(self) -> list[SlowRow]:
        """Every row, until the balance is nothing or the due dates end."""
        self.real = planned = self.lent
        before, to_skip, held = self.starts, 0, 0
        for n, due in enumerate(self.dues):
            earned, ahead, day = Fraction(0), 0, before
            while day < due:
                if day > before or n == 0:
                    for money in self.received(day):
                        left = self.settle(money)
                        part = min(left, self.real)
                        ahead, self.real, held = ahead + part, self.real - part, held + left - part
                if day == self.seen_on:
                    self.real = planned - ahead
                earned += self.real * self.yearly / 365
                day += DAY
            interest = whole(earned, "half-up")
            plan = max(0, min(planned, self.payment - interest))
            skipped = min(plan, to_skip)
            plan, to_skip = plan - skipped, to_skip - skipped
            principal = max(plan, ahead)
            if n == len(self.dues) - 1:
                plan = principal = planned
            row = SlowRow(interest, principal, planned - principal, principal_paid=ahead)
            self.rows.append(row)
            held = self.settle(held)
            for money in self.received(due):
                more = min(self.settle(money), row.balance)
                row.principal, row.principal_paid = row.principal + more, row.principal_paid + more
                row.balance, self.real = row.balance - more, self.real - more
            planned = row.balance
            if due >= self.seen_on:
                self.real = planned
            if self.skips:
                to_skip += max(0, row.principal - plan)
            elif not planned:
                break
            before = due
        for on, amount in self.paid:
            if self.dues[len(self.rows) - 1] < on <= self.seen_on:
                self.settle(amount)
        return self.rows
