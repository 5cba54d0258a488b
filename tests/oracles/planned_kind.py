"""Kind `schedule`: the plan, every instalment paid in full on its due date."""

from fractions import Fraction
from typing import Any

from lendmill.terms.day_counts import Period
from lendmill.terms.schedule import PlannedRow, planned

from .case import Check, Terms


def figures(terms: Terms, check: Check) -> dict[str, Any]:
    """The plan of the draws known so far, and its totals."""
    draws = check.draws(terms, check.standing("draw"))
    periods = terms.periods(min(draw.on for draw in draws))
    steps = planned(terms.conventions(), periods, draws, open_ended=terms.is_open_ended)
    broken_cents, rows = terms.broken(draws, [step.row for step in steps])
    return {
        "schedule": [row_of(terms, row, period) for row, period in zip(rows, periods, strict=False)],
        "instalment_count": len(rows),
        "level_payment": terms.money(steps[0].payment_cents or rows[0].due_cents),
        "total_interest": terms.money(sum(row.interest_cents for row in rows)),
        "total_due": terms.money(sum(row.due_cents for row in rows)),
        "total_unpaid": terms.money(sum(row.due_cents for row in rows)),
        "total_penalty": Fraction(0),
        "broken_period_interest": terms.money(broken_cents),
    }


def row_of(terms: Terms, row: PlannedRow, period: Period, paid_cents: int = 0) -> dict[str, Any]:
    """A row's figures."""
    return {
        "n": row.n,
        "due_on": row.due_on,
        "principal": terms.money(row.principal_cents),
        "interest": terms.money(row.interest_cents),
        "fees": Fraction(0),
        "penalty": Fraction(0),
        "due": terms.money(row.due_cents),
        "paid": terms.money(paid_cents),
        "unpaid": terms.money(row.due_cents - paid_cents),
        "balance_after": terms.money(row.balance_after_cents),
        "rate_factor": terms.pricing().fraction(period),
    }
