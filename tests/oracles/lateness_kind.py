"""Kind `days-past-due`: days, grace, pauses and ranges of amounts owed."""

from dataclasses import replace
from typing import Any

from lendmill.terms.lateness import (
    Due,
    Pause,
    Range,
    by_age,
    days_past_due,
    delinquent_days,
    paid_oldest_first,
    past_due,
    range_of,
)

from .case import Check, Event, Terms, day


def figures(terms: Terms, check: Check) -> dict[str, Any]:
    """How late the amounts are at the end of the day."""
    as_of = check.as_of
    known = [
        each
        for each in check.standing("repay", "pay-off", "pause-delinquency", "resume-delinquency")
        if each.on <= as_of
    ]
    dues = tuple(Due(day(each["due_on"]), terms.cents(each["amount"])) for each in terms.need("dues"))
    for each in known:
        if each.do == "repay":
            dues = paid_oldest_first(dues, terms.cents(each.need("amount")))
        elif each.do == "pay-off":
            dues = paid_oldest_first(dues, sum(due.unpaid_cents for due in dues))
    first_day = terms.raw.get("past_due_first_day", "day-after")
    plan = terms.raw.get("delinquency", {})
    ranges = [Range(each["name"], each["from"], each.get("to")) for each in plan.get("ranges", ())]
    late = days_past_due(dues, as_of, first_day)
    delinquent = delinquent_days(late, int(plan.get("grace_days", 0)), _pauses(known), as_of)
    ages = {each.name: 0 for each in ranges} | by_age(dues, ranges, as_of, first_day)
    return {
        "days_past_due": late,
        "amount_past_due": terms.money(sum(due.unpaid_cents for due in past_due(dues, as_of, first_day))),
        "delinquent_days": delinquent,
        "delinquency_range": range_of(ranges, delinquent),
        "by_instalment_age": {name: terms.money(cents) for name, cents in ages.items()},
        "total_unpaid": terms.money(sum(due.unpaid_cents for due in dues)),
    }


def _pauses(known: list[Event]) -> list[Pause]:
    """The pauses agreed so far; a resumption inside one ends it on that day."""
    found: list[Pause] = []
    for each in known:
        if each.do == "pause-delinquency":
            found.append(Pause(day(each.need("from")), day(each.need("to"))))
        elif each.do == "resume-delinquency":
            found = [
                replace(pause, to_on=each.on) if pause.from_on <= each.on < pause.to_on else pause for pause in found
            ]
    return found
