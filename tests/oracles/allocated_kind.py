"""Kind `allocation`: what a repayment pays on a flat schedule, first what is due, then in advance."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lendmill.terms.allocation import COMPONENTS
from lendmill.terms.debt import Item, TwoStages, charged, items_of, late_fees, pay
from lendmill.terms.schedule import PlannedRow, planned

from .case import Check, Event, MalformedCaseError, Terms, number
from .planned_kind import row_of
from .posted_kind import allocation_of


@dataclass
class Debt:
    """What is owed, and from which place in the list and from which day a repayment can see it."""

    owed: list[Item] = field(default_factory=list)
    seen_from: list[tuple[int, date]] = field(default_factory=list)

    def add(self, items: tuple[Item, ...], place: int = -1, day: date = date.min) -> None:
        """More is owed."""
        self.owed += items
        self.seen_from += [(place, day)] * len(items)

    def total(self, row: int | None = None, component: str | None = None) -> int:
        """What is owed on a row, of a component, or of everything."""
        return sum(
            item.unpaid_cents for item in self.owed if row in (None, item.row) and component in (None, item.component)
        )


def figures(terms: Terms, check: Check) -> dict[str, Any]:
    """The plan with its charges, and what each repayment paid."""
    known = check.standing("draw", "repay", "pay-off", "charge")
    places = {id(event.raw): place for place, event in enumerate(check.events)}
    draws = check.draws(terms, known)
    periods = terms.periods(min(draw.on for draw in draws))
    steps = planned(terms.conventions(), periods, draws, open_ended=terms.is_open_ended)
    rows = [step.row for step in steps]
    debt = Debt()
    debt.add(items_of(rows))
    for event in known:
        if event.do == "charge":
            debt.add((_charge(terms, rows, event),), places[id(event.raw)])
    for fee in _late_fees(terms, check, rows):
        debt.add((fee,), day=fee.due_on)
    planned_debt = Debt(list(debt.owed))
    allocated = [
        _repay(terms, debt, event, places[id(event.raw)])
        for event in known
        if event.do in ("repay", "pay-off") and event.on <= check.as_of
    ]
    found = [_row(terms, row, period, planned_debt, debt) for row, period in zip(rows, periods, strict=False)]
    return {
        "schedule": found,
        "allocated": allocated,
        "instalment_count": len(rows),
        "level_payment": terms.money(steps[0].payment_cents or rows[0].due_cents),
        "total_interest": terms.money(planned_debt.total(component="interest")),
        "total_due": terms.money(planned_debt.total()),
        "total_unpaid": terms.money(debt.total()),
        "total_penalty": terms.money(planned_debt.total(component="penalty")),
    }


def _repay(terms: Terms, debt: Debt, event: Event, place: int) -> dict[str, Any]:
    """A repayment sees the charges listed above it, and the late fees of instalments that are late by its day."""
    seen = [n for n, (from_place, from_day) in enumerate(debt.seen_from) if from_place < place and from_day <= event.on]
    items = [debt.owed[n] for n in seen]
    everything = sum(item.unpaid_cents for item in items)
    cents = everything if event.do == "pay-off" else terms.cents(event.need("amount"))
    left, parts, over = pay(items, cents, event.on, _stages(terms))
    for n, item in zip(seen, left, strict=True):
        debt.owed[n] = item
    return allocation_of(terms, event.raw.get("id"), parts, over)


def _row(terms: Terms, row: PlannedRow, period: Any, planned_debt: Debt, debt: Debt) -> dict[str, Any]:
    due, unpaid = planned_debt.total(row.n), debt.total(row.n)
    return row_of(terms, row, period) | {
        "fees": terms.money(planned_debt.total(row.n, "fees")),
        "penalty": terms.money(planned_debt.total(row.n, "penalty")),
        "due": terms.money(due),
        "paid": terms.money(due - unpaid),
        "unpaid": terms.money(unpaid),
    }


def _charge(terms: Terms, rows: list[PlannedRow], event: Event) -> Item:
    what = event.need("what")
    if what not in ("fees", "penalty"):
        raise MalformedCaseError(f"a charge is for fees or penalty, not {what!r}")
    return charged(rows, what, terms.cents(event.need("amount")), event.on)


def _stages(terms: Terms) -> TwoStages:
    orders = {stage["for"]: tuple(stage["order"]) for stage in terms.raw.get("waterfall", ())}
    return TwoStages(orders.get("due", COMPONENTS), orders.get("in-advance", COMPONENTS))


def _late_fees(terms: Terms, check: Check, rows: list[PlannedRow]) -> tuple[Item, ...]:
    fee = terms.raw.get("late_fee")
    if fee is None:
        return ()
    if fee["of"] not in ("principal", "principal+interest"):
        raise MalformedCaseError(f"a late fee is a share of principal or principal+interest, not {fee['of']!r}")
    share = number(fee["percent"]) / 100
    return late_fees(rows, check.as_of, share, fee["of"] != "principal", terms.rounding()[1])
