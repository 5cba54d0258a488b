"""A random life told to the engine, and its figures put beside those of the slow loan."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any
from uuid import UUID, uuid5

from lives import PRORATED, Life
from slow_loan import CHARGES, COMPONENTS, SlowLoan, SlowTerms

from lendmill.loans.account import Account, Terms, adjusted_days_past_due, days_past_due
from lendmill.loans.paying import Paid
from lendmill.loans.replay import Event, Told, told
from lendmill.terms.allocation import Waterfall
from lendmill.terms.day_counts import Period, basis

HERE = UUID(int=0)


def terms_of(slow: SlowTerms, starts: date, dues: list[date]) -> Terms:
    """The engine's terms for a slow loan's: rates as numerators over one denominator."""
    months = 1
    periods = []
    if slow.day_count == PRORATED:
        if len(dues) == 1:
            months = max(1, 12 * (dues[0].year - starts.year) + dues[0].month - starts.month)
        periods = [Period(a, b, months) for a, b in zip([starts, *dues], dues, strict=False)]
    whole = basis(slow.day_count, periods)
    den = lcm(*(rate.denominator for share in (1, 2, 5) for rate in (slow.rate / share, slow.penalty / share)))
    return Terms(
        rate_num=int(slow.rate * den),
        rate_den=den * whole,
        penalty_num=int(slow.penalty * den),
        grace_days=slow.grace_days,
        waterfall=tuple(Waterfall(each.from_days, each.by, each.order) for each in slow.waterfall),  # type: ignore[arg-type]
        method=slow.method,
        day_count=slow.day_count,
        day_basis=whole,
        period_months=months,
        rounding=slow.rounding,  # type: ignore[arg-type]
        direction=slow.direction,
        instalment_multiple_cents=slow.instalment_multiple,
        instalment_direction=slow.instalment_direction,
        after_prepay=slow.after_prepay,  # type: ignore[arg-type]
        penalty_on=slow.penalty_on,  # type: ignore[arg-type]
        past_due_first_day=slow.past_due_first_day,  # type: ignore[arg-type]
        late_fee_cents=slow.late_fee,
        service_fee_cents=slow.service_fee,
        nonaccrual_from_days=slow.nonaccrual_from,
        minimum_bp=slow.minimum_bp,
    )


def _details(event: dict[str, Any], den: int) -> dict[str, Any]:
    match event["kind"]:
        case "drawn" | "replanned":
            plain = {"due": [day.isoformat() for day in event.get("due_dates", ())]}
            return plain | ({"method": event["method"]} if event["kind"] == "replanned" else {})
        case "purchase" | "refund":
            return {"due_on": event["due_on"].isoformat()}
        case "charged":
            return {"what": event["what"]} | ({"n": event["n"]} if event["n"] else {})
        case "waived":
            return {what: event[what] for what in CHARGES}
        case "repriced":
            return {"rate_num": int(event["rate"] * den), "penalty_num": int(event["penalty"] * den)}
        case "moved" | "re-aged":
            return {"dates": {str(n): day.isoformat() for n, day in event["to"].items()}}
        case "settling":
            return {"until_on": event["until"].isoformat()}
    return {}


def receipt_id(key: str) -> UUID:
    """A receipt's id, always the same for the same key."""
    return uuid5(HERE, key)


class Telling:
    """A life as the engine is told it."""

    def __init__(self, life: Life) -> None:
        drawn = life.events[0]
        self.life = life
        self.terms = terms_of(life.terms, drawn["on"], drawn["due_dates"])
        den = self.terms.rate_den // self.terms.day_basis
        seqs = {event["key"]: seq for seq, event in enumerate(life.events) if "key" in event}
        values = {event["key"]: event["on"] for event in life.events if "key" in event}
        self.events = [
            Event(
                seq=seq,
                kind=event["kind"],
                value_on=values[event["of"]] if event["kind"] == "reversed" else event["on"],
                amount_cents=event.get("amount") or 0,
                prepay=event.get("prepay", "next-due"),
                receipt_id=receipt_id(event["key"]) if "key" in event else None,
                turn=event["turn"],
                details=_details(event, den),
                strikes=seqs[event["of"]] if event["kind"] == "reversed" else None,
            )
            for seq, event in enumerate(life.events)
        ]

    def on(self, day: date, first: int | None = None) -> Told:
        """The engine's story up to a day, of the first events only if asked."""
        return told(self.terms, [event for event in self.events[:first] if event.value_on <= day], day)


def engine_figures(account: Account, paid: list[tuple[str, Paid]], over: bool = False) -> dict[str, Any]:
    """All that the engine says of a loan, in cents, days and exact fractions."""
    den = account.terms.rate_den
    figures = {
        "principal": account.outstanding_cents,
        "days past due": days_past_due(account),
        "adjusted days past due": adjusted_days_past_due(account),
        "non-accrual": account.nonaccrual,
        "written off": account.written_off,
        "accrued": Fraction(account.interest_accrued, den),
        "rows": {
            row.n: {name: getattr(row.left, name) for name in COMPONENTS}
            | {"due on": row.due_on, "penalty accrued": Fraction(row.penalty_accrued, den)}
            for row in account.rows
            if row.open or row.penalty_accrued
        },
        "receipts": {
            key: {(n, name): cents for n, parts in each.parts for name in COMPONENTS if (cents := getattr(parts, name))}
            | {"credit": each.left_cents}
            for key, each in paid
        },
    }  # fmt: skip
    return _without_accruals(figures) if over else figures


def slow_figures(loan: SlowLoan, over: bool = False) -> dict[str, Any]:
    """The same of the slow loan."""
    receipts: dict[str, dict[Any, int]] = {}
    for each in (receipt for receipt in loan.receipts if receipt.key):
        settled = receipts.setdefault(each.key, {})
        for n, component, amount in each.settled:
            settled[n, component] = settled.get((n, component), 0) + amount
        settled["credit"] = each.credit
    figures = {
        "principal": loan.principal,
        "days past due": loan.days_past_due(),
        "adjusted days past due": loan.days_past_due(adjusted=True),
        "non-accrual": loan.non_accrual,
        "written off": loan.written_off,
        "accrued": loan.accrued,
        "rows": {
            row.n: {name: row.left(name) for name in COMPONENTS}
            | {"due on": row.due_on, "penalty accrued": row.penalty_accrued}
            for row in loan.rows
            if row.owes() or row.penalty_accrued
        },
        "receipts": receipts,
    }
    return _without_accruals(figures) if over else figures


def _without_accruals(figures: dict[str, Any]) -> dict[str, Any]:
    """A loan that is over keeps no accrual: what rounding left goes to the books."""
    rows = {n: parts for n, each in figures["rows"].items() if any(parts := [each[name] for name in COMPONENTS])}
    return {name: each for name, each in figures.items() if name != "accrued"} | {"rows": rows}


def unlike(slow: dict[str, Any], engine: dict[str, Any], where: str = "") -> list[str]:
    """Where two sets of figures differ, slow one first."""
    lines = []
    for key in dict.fromkeys([*slow, *engine]):
        one, other = slow.get(key, "nothing"), engine.get(key, "nothing")
        if isinstance(one, dict) and isinstance(other, dict):
            lines += unlike(one, other, f"{where}{key} / ")
        elif one != other:
            lines.append(f"{where}{key}: slow {one}, engine {other}")
    return lines


def differences(life: Life, day: date, first: int | None = None) -> list[str]:
    """Where engine and slow loan differ at the end of a day, knowing the first events only."""
    loan = life.loan(day, first)
    story = Telling(life).on(day, first)
    keys = {receipt_id(event["key"]): event["key"] for event in life.events if "key" in event}
    paid = [(keys[event.receipt_id], each) for event, each in story.paid if event.receipt_id]
    over = not any(row.owes() for row in loan.rows)
    return unlike(slow_figures(loan, over), engine_figures(story.account, paid, over))


def at(life: Life, day: date) -> Life:
    """The life as seen on another day."""
    return replace(life, until=day)
