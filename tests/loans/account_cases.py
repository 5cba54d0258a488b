"""The oracle's cases of kind `account`, read for the slow loan: terms, events and checks as its README has them."""

import calendar
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from slow_loan import COMPONENTS, SlowLoan, SlowTerms, Stage, rounded

UNITS = {"day": 1, "week": 7}
METHODS = ("on-demand", "interest-first", "equal-principal", "level-payment")


def later(first: date, count: int, unit: str) -> date:
    """A day so many days, weeks or months later; months clip to the month's end."""
    if unit in UNITS:
        return first + timedelta(days=count * UNITS[unit])
    year, month = divmod(12 * first.year + first.month - 1 + count, 12)
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))


def due_dates(terms: dict[str, Any], drawn_on: date) -> list[date]:
    """The due dates as the terms give them."""
    if "due_dates" in terms:
        return [date.fromisoformat(day) for day in terms["due_dates"]]
    every, count = terms["every"], terms["instalments"]
    if "first_due" in terms:
        first = date.fromisoformat(terms["first_due"])
        return [later(first, k * every["n"], every["unit"]) for k in range(count)]
    starts = date.fromisoformat(terms["starts"]) if "starts" in terms else drawn_on
    return [later(starts, (k + 1) * every["n"], every["unit"]) for k in range(count)]


def slow_terms(terms: dict[str, Any]) -> SlowTerms:
    """A case's terms as the slow loan takes them."""
    percent = terms.get("daily_rate_percent") or terms["annual_rate_percent"]
    rate = Fraction(percent) / 100
    penalty = terms.get("penalty", {"multiple_bp": 10_000, "on": "overdue-principal"})
    own = Fraction(penalty["annual_rate_percent"]) / 100 if "annual_rate_percent" in penalty else None
    cents = 10 ** terms["decimals"]
    parts = terms.get("instalment_rounding", {})
    stages = terms.get("waterfall") or [{"from_days_past_due": 0, "by": "instalment", "order": COMPONENTS}]
    return SlowTerms(
        rate=rate,
        penalty=rate * penalty["multiple_bp"] / 10_000 if own is None else own,
        penalty_on=penalty["on"],
        method=terms["method"],
        closes=False,
        day_count=terms["day_count"],
        rounding=terms["rounding"]["moment"],
        direction=terms["rounding"]["direction"],
        grace_days=terms.get("grace_days", 0),
        waterfall=tuple(Stage(each["from_days_past_due"], each["by"], tuple(each["order"])) for each in stages),
        past_due_first_day=terms.get("past_due_first_day", "day-after"),
        instalment_multiple=int(Fraction(str(parts.get("multiple_of", Fraction(1, cents)))) * cents),
        instalment_direction=parts.get("direction", terms["rounding"]["direction"]),
    )


def cents_of(case: dict[str, Any], amount: str) -> int:
    """Money as the case writes it, in minor units."""
    exact = Fraction(amount) * 10 ** case["terms"]["decimals"]
    assert exact.denominator == 1
    return int(exact)


def event_of(case: dict[str, Any], step: dict[str, Any]) -> dict[str, Any]:
    """A step that happened, as the slow loan takes it."""
    on = date.fromisoformat(step["on"]) if "on" in step else date.max
    match step["do"]:
        case "draw":
            return {"kind": "drawn", "on": on, "amount": cents_of(case, step["amount"]),
                    "due_dates": due_dates(case["terms"], on), "months": _months(case["terms"], on)}  # fmt: skip
        case "repay" | "pay-off":
            amount = cents_of(case, step["amount"]) if step["do"] == "repay" else "all"
            return {"kind": "repaid", "on": on, "amount": amount, "key": step.get("id"), "prepay": "prepay"}
        case "charge":
            return {"kind": "charged", "on": on, "what": step["what"], "n": step.get("instalment"),
                    "amount": cents_of(case, step["amount"])}  # fmt: skip
    assert step["do"] == "reverse"
    return {"kind": "reversed", "on": on, "of": step["of"]}


def _months(terms: dict[str, Any], drawn_on: date) -> list[int] | None:
    """How many months each period counts for, where the terms space them by months."""
    every = terms.get("every", {})
    if "due_dates" in terms or every.get("unit") != "month":
        return None
    starts = date.fromisoformat(terms["starts"]) if "starts" in terms else drawn_on
    first = due_dates(terms, drawn_on)[0]
    return [max(1, 12 * (first.year - starts.year) + first.month - starts.month)] + [every["n"]] * (
        terms["instalments"] - 1
    )


def figures(loan: SlowLoan) -> dict[str, Any]:
    """Every figure a check may name, in cents or days."""
    return {
        "principal": loan.principal,
        "interest": loan.interest,
        "penalty": loan.penalty_unpaid,
        "fees": loan.fees,
        "pay_off": loan.pay_off,
        "credit_balance": loan.credit,
        "days_past_due": loan.days_past_due(),
        "interest_total": loan.interest_total,
        "accrued_exact": loan.accrued,
        "level_payment": loan.level_payment,
        "allocated": [
            {"id": each.key, "credit": each.credit} | {component: each.of(component) for component in COMPONENTS}
            for each in loan.receipts
        ],
        "instalments": [_instalment(loan, row) for row in loan.in_order() if row.due_on <= loan.today],
        "plan": [
            {"n": n, "due_on": on, "principal": principal, "interest": interest, "due": principal + interest,
             "balance_after": left}
            for n, on, principal, interest, left in loan.plan()
        ],
    }  # fmt: skip


def _instalment(loan: SlowLoan, row: Any) -> dict[str, Any]:
    owed = {component: row.unpaid[component] + row.paid[component] for component in ("fees", "penalty", "interest")}
    owed["penalty"] += rounded(row.penalty_accrued, loan.terms.direction)
    owed["interest"] += rounded(loan.accrued, loan.terms.direction) if loan.takes_interest is row else 0
    owed["principal"] = row.principal + row.paid["principal"]
    due, paid = sum(owed.values()), sum(row.paid.values())
    return owed | {"n": row.n, "due_on": row.due_on, "due": due, "paid": paid, "unpaid": due - paid}


def coming(loan: SlowLoan) -> dict[str, Any]:
    """The next due date and the interest due there if nothing happens: the stretch to it rounded once."""
    row = next(row for row in loan.undue())
    stretch = loan.principal * loan.rate * loan.year_part(loan.today, row.due_on)
    return {"due_on": row.due_on, "interest": row.unpaid["interest"] + loan._round(loan.accrued + stretch)}


def differences(case: dict[str, Any]) -> list[str]:
    """Where the slow loan's figures are not the case's."""
    wrong: list[str] = []
    known: list[dict[str, Any]] = []
    terms = slow_terms(case["terms"])
    for step in case["steps"]:
        if "do" in step:
            known.append(event_of(case, step) | {"turn": len(known)})
            continue
        day = date.fromisoformat(step["as_of"])
        loan = SlowLoan(terms, known).live_until(day)
        found = figures(loan)
        if "coming" in step:
            found["coming"] = coming(loan)
        for name, expected in step.items():
            if name not in ("as_of", "rounded_to", "tolerance"):
                wrong += _compared(case, f"{day} {name}", expected, found[name])
    return wrong


def _compared(case: dict[str, Any], where: str, expected: Any, found: Any) -> list[str]:
    if isinstance(expected, list):
        key = "id" if where.endswith("allocated") else "n"
        by_key = {each[key]: each for each in found}
        return [line for each in expected for line in _compared(case, f"{where} {each[key]}", each, by_key[each[key]])]
    if isinstance(expected, dict):
        return [
            line for name, each in expected.items() for line in _compared(case, f"{where} {name}", each, found[name])
        ]
    if isinstance(expected, str) and where.endswith("due_on"):
        expected = date.fromisoformat(expected)
    elif isinstance(expected, str) and not where.endswith(" id"):
        expected = Fraction(expected) * 10 ** case["terms"]["decimals"]
    return [] if expected == found else [f"{where}: expected {expected}, found {found}"]
