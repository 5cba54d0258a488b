"""What a draw will be: the terms it is agreed on, its due dates, its fees and how they are earned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from lendmill.credit.lines.line import Line
from lendmill.days import nights
from lendmill.loans.account import Terms
from lendmill.loans.plan import direction_for
from lendmill.loans.replay import Event, opened
from lendmill.loans.view import if_all_goes_to_plan
from lendmill.products.caps import caps_on
from lendmill.products.conventions import day_basis, usual_night
from lendmill.products.document import Product
from lendmill.terms.business_days import BusinessCalendar
from lendmill.terms.cost import DIGITS, Flow, daily_return
from lendmill.terms.interest import rounded
from lendmill.terms.rates import BASIS_POINTS
from lendmill.terms.schedule import due_dates


def terms_for(line: Line, product: Product, method: str, today: date) -> Terms:
    """What is agreed for a draw: the line's price, the product's rules, the caps in force today."""
    conventions, fees, caps = product.conventions, product.fees, caps_on(product.caps, today)
    return Terms(
        line.rate_num,
        line.rate_den * usual_night(conventions.day_count),
        line.penalty_num,
        line.grace_days,
        product.waterfall,
        method,
        conventions.day_count,
        day_basis(conventions.day_count),
        rounding=conventions.rounding,
        direction=conventions.direction,
        instalment_multiple_cents=conventions.instalment_multiple_cents,
        instalment_direction=direction_for(method),
        after_prepay=conventions.after_prepay,
        penalty_on=conventions.penalty_on,
        past_due_first_day=conventions.past_due_first_day,
        late_fee_cents=fees.late_cents,
        service_fee_cents=fees.service_cents,
        nonaccrual_from_days=conventions.nonaccrual_from_days,
        excess=product.excess,
        all_in_cap_bp=min(product.all_in_cap_bp, caps.all_in_bp),
        in_default_cap_bp=caps.in_default_bp or 0,
        penalty_multiple_bp=product.penalty_multiple_bp,
        usual_night=usual_night(conventions.day_count),
    )


def due_days(product: Product, method: str, drawn_on: date, months: int) -> tuple[date, ...]:
    """The days something falls due, each moved from its own day where it is no business day and the product says so."""
    conventions, dues = product.conventions, due_dates(method, drawn_on, months)
    if conventions.business_days == "unchanged":
        return dues
    calendar = BusinessCalendar(
        conventions.country, frozenset(conventions.more_holidays), frozenset(conventions.more_working_days)
    )
    return calendar.moved_dates(dues, conventions.business_days)


def first_plan(product: Product, terms: Terms, amount_cents: int, drawn_on: date, months: int) -> dict[str, Any]:
    """What is fixed the day money arrives: due dates (a calendar that changes later does not move them), and the
    origination fee with the part of it each row earns."""
    dues = due_days(product, terms.method, drawn_on, months)
    details: dict[str, Any] = {"due": [day.isoformat() for day in dues]}
    fee_cents = rounded(amount_cents * product.fees.origination_bp, BASIS_POINTS)
    if fee_cents:
        details["origination_cents"] = fee_cents
        rows = quoted_rows(terms, amount_cents, drawn_on, details)
        details["earns"] = list(earned_by_row(amount_cents, fee_cents, drawn_on, rows))
    return details


@dataclass(frozen=True, slots=True)
class QuotedRow:
    """One instalment as it will be asked if all goes to plan."""

    n: int
    due_on: date
    principal_cents: int
    interest_cents: int
    fees_cents: int

    @property
    def due_cents(self) -> int:
        """All that is to be paid on the day."""
        return self.principal_cents + self.interest_cents + self.fees_cents


def quoted_rows(terms: Terms, amount_cents: int, on: date, plan: dict[str, Any]) -> tuple[QuotedRow, ...]:
    """Every instalment as the engine itself will ask it, each paid on its day."""
    account, _ = opened(terms, Event(1, "drawn", on, amount_cents, details=plan))
    asked = if_all_goes_to_plan(account, on)
    return tuple(
        QuotedRow(row.n, row.due_on, part.principal, part.interest, part.fees)
        for row in account.rows
        if (part := asked.get(row.n)) is not None
    )


def earned_by_row(amount_cents: int, fee_cents: int, drawn_on: date, rows: Sequence[QuotedRow]) -> tuple[int, ...]:
    """The origination fee by effective rate: what each row earns of it, in cents; the last earns what is left.

    With the rate of return of all that is asked, the loan earns balance x ((1 + i)^nights - 1) in a period; what
    exceeds interest and the service fees of the row is the origination fee's.
    """
    per_day = daily_return([Flow(drawn_on, -amount_cents), *(Flow(row.due_on, row.due_cents) for row in rows)])
    earned: list[int] = []
    with localcontext() as context:
        context.prec = DIGITS
        balance, last = Decimal(amount_cents), drawn_on
        for row in rows:
            service_cents = row.fees_cents - (fee_cents if row is rows[0] else 0)
            income = balance * ((1 + per_day) ** nights(last, row.due_on) - 1)
            balance, last = balance + income - row.due_cents, row.due_on
            exact = Fraction(income) - row.interest_cents - service_cents
            part = rounded(exact.numerator, exact.denominator, "half-even")
            earned.append(max(0, min(part, fee_cents - sum(earned))))
    return (*earned[:-1], fee_cents - sum(earned[:-1]))
