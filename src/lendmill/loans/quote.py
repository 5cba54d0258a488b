"""What a draw would cost, shown before anyone confirms it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lendmill.terms.cost import Flow, all_in, daily_return, effective_annual
from lendmill.terms.rates import Rate
from lendmill.terms.schedule import PlannedRow, due_dates, planned_rows, principal_parts


@dataclass(frozen=True, slots=True)
class DrawQuote:
    """The cost of a draw if all goes to plan: every payment, the cost in money and the yearly rates."""

    principal_cents: int
    rows: tuple[PlannedRow, ...]
    interest_cents: int
    total_cents: int
    rate: Rate
    nominal_annual: Decimal
    effective_annual: Decimal
    all_in: Decimal


def quote_draw(rate: Rate, *, amount_cents: int, method: str, months: int, on: date) -> DrawQuote:
    """Price a draw whose money would arrive on a day.

    >>> rate, day = Rate(600, 1_000_000), date(2026, 4, 1)
    >>> quote = quote_draw(rate, amount_cents=700_000, method="on-demand", months=1, on=day)
    >>> quote.interest_cents, quote.nominal_annual, quote.effective_annual
    (12600, Decimal('0.219'), Decimal('0.242409'))
    """
    dues = due_dates(method, on, months)
    rows = planned_rows(amount_cents, rate, on, dues, principal_parts(method, amount_cents, rate, on, dues))
    interest_cents = sum(row.interest_cents for row in rows)
    per_day = daily_return([Flow(on, -amount_cents), *(Flow(row.due_on, row.due_cents) for row in rows)])
    return DrawQuote(
        principal_cents=amount_cents,
        rows=rows,
        interest_cents=interest_cents,
        total_cents=amount_cents + interest_cents,
        rate=rate,
        nominal_annual=rate.nominal_annual(),
        effective_annual=effective_annual(per_day),
        all_in=all_in(per_day),
    )
