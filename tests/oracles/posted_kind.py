"""Kind `accrual-posting`: interest posted day by day, charge-off and its undoing."""

from typing import Any

from lendmill.terms.posted_daily import PostedDaily
from lendmill.terms.schedule import planned

from .case import Check, Terms
from .planned_kind import row_of


def figures(terms: Terms, check: Check) -> dict[str, Any]:
    """The postings and the plan as they stand at the end of the day."""
    as_of = check.as_of
    known = [
        each
        for each in check.standing("draw", "repay", "pay-off", "day-end", "charge-off", "undo-charge-off")
        if each.on <= as_of
    ]
    draws = check.draws(terms, known)
    periods = terms.periods(min(draw.on for draw in draws))
    steps = planned(terms.conventions(), periods, draws, open_ended=terms.is_open_ended)
    loan = PostedDaily(terms.pricing(), periods, steps)
    allocated = []
    for each in known:
        if each.do in ("repay", "pay-off"):
            cents = loan.unpaid.total_cents if each.do == "pay-off" else terms.cents(each.need("amount"))
            parts, over = loan.repay(cents)
            allocated.append(allocation_of(terms, each.raw.get("id"), parts, over))
        elif each.do == "day-end":
            loan.day_end(each.on)
        elif each.do == "charge-off":
            loan.charge_off_on(each.on)
        elif each.do == "undo-charge-off":
            loan.undo_charge_off()
    paid = sum((parts.total_cents for parts in loan.paid), 0)
    rows = []
    for step, period in zip(steps, periods, strict=False):
        part = min(paid, step.row.due_cents)
        rows.append(row_of(terms, step.row, period, part))
        paid -= part
    off = loan.charge_off
    return {
        "schedule": rows,
        "instalment_count": len(rows),
        "total_interest": terms.money(sum(step.row.interest_cents for step in steps)),
        "total_due": terms.money(sum(step.row.due_cents for step in steps)),
        "total_unpaid": terms.money(loan.unpaid.total_cents),
        "total_penalty": terms.money(0),
        "posted": [{"on": each.on, "interest": terms.money(each.interest_cents)} for each in loan.posted],
        "allocated": allocated,
        "charge_off": off
        and {
            "on": off.on,
            "amount": terms.money(off.amount_cents),
            "principal": terms.money(off.principal_cents),
            "interest": terms.money(off.interest_cents),
        },
    }


def allocation_of(terms: Terms, name: Any, parts: Any, over_cents: int) -> dict[str, Any]:
    """What one repayment paid, by component."""
    named = {each: terms.money(getattr(parts, each)) for each in ("fees", "penalty", "interest", "principal")}
    return {"id": name, **named, "credit": terms.money(over_cents)}
