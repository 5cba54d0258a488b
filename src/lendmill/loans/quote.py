"""What a draw would cost, shown before anyone confirms it: told by the engine that will run it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lendmill.credit.lines.line import Line
from lendmill.loans.agreeing import QuotedRow, first_plan, quoted_rows, terms_for
from lendmill.products.document import Product
from lendmill.terms.cost import Flow, all_in, daily_return, effective_annual
from lendmill.terms.rates import Rate


@dataclass(frozen=True, slots=True)
class DrawQuote:
    """The cost of a draw if all goes to plan: every payment, the cost in money and the yearly rates."""

    principal_cents: int
    rows: tuple[QuotedRow, ...]
    interest_cents: int
    fees_cents: int
    total_cents: int
    rate: Rate
    nominal_annual: Decimal
    effective_annual: Decimal
    all_in: Decimal


def quote_draw(line: Line, product: Product, *, amount_cents: int, method: str, months: int, on: date) -> DrawQuote:
    """Price a draw whose money would arrive on a day; what is quoted is exactly what is then asked."""
    terms = terms_for(line, product, method, on)
    plan = first_plan(product, terms, amount_cents, on, months)
    rows = quoted_rows(terms, amount_cents, on, plan)
    interest_cents, fees_cents = sum(row.interest_cents for row in rows), sum(row.fees_cents for row in rows)
    per_day = daily_return([Flow(on, -amount_cents), *(Flow(row.due_on, row.due_cents) for row in rows)])
    return DrawQuote(
        principal_cents=amount_cents,
        rows=rows,
        interest_cents=interest_cents,
        fees_cents=fees_cents,
        total_cents=amount_cents + interest_cents + fees_cents,
        rate=line.rate,
        nominal_annual=line.rate.nominal_annual(),
        effective_annual=effective_annual(per_day),
        all_in=all_in(per_day),
    )
