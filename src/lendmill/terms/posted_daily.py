"""Interest posted day by day against a plan, as some books do it, with charge-off and its undoing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from lendmill.days import ONE_DAY
from lendmill.refusals import Refusal
from lendmill.terms.allocation import Parts
from lendmill.terms.day_counts import Period
from lendmill.terms.moments import Pricing, Stretch
from lendmill.terms.schedule import Step


class ChargedOffTwice(Refusal):
    """This loan is charged off already."""


class NotChargedOff(Refusal):
    """This loan is not charged off: there is nothing to undo."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Interest posted, dated the day it was earned up to."""

    on: date
    interest_cents: int


@dataclass(frozen=True, slots=True)
class ChargeOff:
    """All that was unpaid when the lender gave the loan up."""

    on: date
    principal_cents: int
    interest_cents: int

    @property
    def amount_cents(self) -> int:
        """Principal and interest."""
        return self.principal_cents + self.interest_cents


@dataclass(slots=True)
class PostedDaily:
    """A loan whose interest is posted up to yesterday at each day end, as the difference to what is posted already.

    Its whole planned interest is owed, also when it is paid early. While it is charged off, and once everything is
    paid, nothing is posted; after an undoing the next day end catches up in one amount.
    """

    pricing: Pricing
    periods: Sequence[Period]
    steps: Sequence[Step]
    posted: list[Posting] = field(default_factory=list)
    paid: list[Parts] = field(default_factory=list)
    charge_off: ChargeOff | None = None

    @property
    def unpaid(self) -> Parts:
        """The plan's interest and principal less what was paid."""
        planned = Parts(
            interest=sum(step.row.interest_cents for step in self.steps),
            principal=sum(step.row.principal_cents for step in self.steps),
        )
        return planned - sum(self.paid, Parts())

    def day_end(self, on: date) -> None:
        """Post the interest up to the day before, never beyond the last due date; nothing where there is none."""
        if self.charge_off or not self.unpaid.total_cents:
            return
        until = min(on - ONE_DAY, self.periods[-1].ends_on)
        cents = self.pricing.cents(self._earned(until)) - sum(posting.interest_cents for posting in self.posted)
        if cents:
            self.posted.append(Posting(until, cents))

    def repay(self, amount_cents: int) -> tuple[Parts, int]:
        """Interest first, then principal; also after a charge-off. What is over is left."""
        unpaid = self.unpaid
        interest = min(amount_cents, unpaid.interest)
        principal = min(amount_cents - interest, unpaid.principal)
        self.paid.append(Parts(interest=interest, principal=principal))
        return self.paid[-1], amount_cents - interest - principal

    def charge_off_on(self, on: date) -> None:
        """Give up all principal and the plan's whole interest."""
        if self.charge_off:
            raise ChargedOffTwice()
        self.charge_off = ChargeOff(on, self.unpaid.principal, self.unpaid.interest)

    def undo_charge_off(self) -> None:
        """The loan is taken back as if it had not been given up; its next day end catches up."""
        if not self.charge_off:
            raise NotChargedOff()
        self.charge_off = None

    def _earned(self, until: date) -> Fraction:
        """What the plan earns up to a day, exact."""
        earned = Fraction(0)
        for period, step in zip(self.periods, self.steps, strict=False):
            balance_cents = step.row.balance_after_cents + step.row.principal_cents
            if until > period.starts_on:
                earned += self.pricing.exact(
                    [Stretch(period, period.starts_on, min(until, period.ends_on), balance_cents)]
                )
        return earned
