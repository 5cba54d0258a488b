"""Kind `recalculated-schedule`: the plan after what really happened up to a day."""

from typing import Any

from lendmill.terms.recalculated import Early, Happened, InterestPause, Repaid, recalculated

from .case import Check, MalformedCaseError, Terms, day
from .planned_kind import row_of


def figures(terms: Terms, check: Check) -> dict[str, Any]:
    """The rows as they stand at the end of the day, and what paying everything off costs."""
    as_of = check.as_of
    known = [each for each in check.standing("draw", "repay", "pay-off", "pause-interest") if each.on <= as_of]
    draws = check.draws(terms, known)
    off = [each.on for each in known if each.do == "pay-off"]
    if len(off) > 1:
        raise MalformedCaseError("a loan is paid off once")
    repaid = [Repaid(each.on, terms.cents(each.need("amount"))) for each in known if each.do == "repay"]
    paused = [
        InterestPause(day(each.need("from")), day(each.need("to"))) for each in known if each.do == "pause-interest"
    ]
    early = Early(terms.raw.get("on_prepayment", "lower-payment"), terms.raw.get("pay_off_interest_to", "pay-off-day"))
    periods = terms.periods(min(draw.on for draw in draws))
    happened = Happened(as_of, draws, repaid, paused, off[0] if off else None)
    found = recalculated(terms.conventions(), periods, early, happened, open_ended=terms.is_open_ended)
    rows = [each.row for each in found.rows]
    paid = [each.paid_cents for each in found.rows]
    return {
        "schedule": [
            row_of(terms, row, period, cents) for row, period, cents in zip(rows, periods, paid, strict=False)
        ],
        "instalment_count": len(rows),
        "level_payment": terms.money(found.payment_cents),
        "total_interest": terms.money(sum(row.interest_cents for row in rows)),
        "total_due": terms.money(sum(row.due_cents for row in rows)),
        "total_unpaid": terms.money(sum(row.due_cents for row in rows) - sum(paid)),
        "total_penalty": terms.money(0),
        "pay_off": terms.money(found.pay_off_cents),
    }
