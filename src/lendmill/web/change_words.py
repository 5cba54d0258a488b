"""Changes of a loan told in a sentence each: as they are asked for, and as they were made."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from lendmill.days import ONE_DAY
from lendmill.loans.servicing.queries import Changed, Planned
from lendmill.terms.rates import Rate
from lendmill.web import names
from lendmill.web.words import CHINESE, Words


def asked(words: Words, kind: str, body: Mapping[str, Any]) -> str:
    """What a proposal asks for, in one sentence."""
    say, cents = words.say, body.get("amount_cents")
    amount = words.money(cents) if cents else ""
    match kind:
        case "charge_fee":
            return say("A fee of {amount}", amount=amount)
        case "waive":
            return say("Waive {parts}", parts=parts(words, {name.removesuffix("_cents"): body[name] for name in body}))
        case "change_rate":
            return say("{rate} a day from {day} on", rate=body["daily_rate"], day=_day(words, body["from_on"]))
        case "payment_holiday":
            months = body["months"]
            return say("No payment for 1 month") if months == 1 else say("No payment for {n} months", n=months)
        case "extend":
            row = say("Payment {n}", n=body["n"]) if body.get("n") else say("The last payment")
            return say("{what} to {day}", what=row, day=_day(words, body["to_on"]))
        case "replan":
            return say("{method}, {n} months", method=say(names.METHODS[body["method"]]), n=body["months"])
        case "re_age":
            return _moves(words, body["dues"])
        case "accelerate":
            return say("{amount} of what is not due", amount=amount) if cents else say("All that is not due")
        case "agree_settlement":
            return say("{amount} by {day} settles all", amount=amount, day=_day(words, body["until_on"]))
        case "receive_payment":
            return say("{amount} of {day}", amount=amount, day=_day(words, body["value_on"]))
        case "reverse_receipt":
            return say(names.CAUSES[body["cause"]])
        case "untie":
            return say("No longer with {named} from {day} on", named=body["named"], day=_day(words, body["from_on"]))
        case "verdict":
            return say("Grant {amount}", amount=amount) if amount else say("Decline")
        case _:
            return say("The whole loan")


def made(words: Words, change: Changed | Planned, den: int) -> str:
    """What was changed, or is planned, in one sentence; the same for the staff and for the seller."""
    say, details, amount = words.say, change.details, words.money(change.amount_cents)
    begins_on = change.value_on if isinstance(change, Changed) else change.begins_on
    match change.kind:
        case "charged":
            return say("A fee of {amount} was charged.", amount=amount)
        case "waived":
            return say("{parts} need not be paid.", parts=parts(words, details))
        case "repriced":
            rate = Rate(details["rate_num"], den)
            return say("From {day} on the rate is {rate} a day.", day=words.day(begins_on), rate=rate)
        case "moved":
            return say("Due dates were moved: {rows}.", rows=_moves(words, details["dates"]))
        case "replanned":
            method, last = say(names.METHODS[details["method"]]), _day(words, details["due"][-1])
            return say("A new plan for what was not due yet: {method}, until {day}.", method=method, day=last)
        case "re-aged":
            return say("Overdue payments are to be made by another day: {rows}.", rows=_moves(words, details["dates"]))
        case "accelerated":
            what = amount if change.amount_cents else say("All that was not due yet")
            return say("{what} is due since {day}.", what=what, day=words.day(begins_on))
        case "written-off":
            return say("{amount} was written off in our books; it is still owed.", amount=amount)
        case "settling":
            until = _day(words, details["until_on"])
            return say("Agreed: {amount} paid by {day} settles everything.", amount=amount, day=until)
        case _:
            return say(names.DIARY[change.kind])


def parts(words: Words, amounts: Mapping[str, int]) -> str:
    """Fees, penalty and interest with their amounts, those that are something."""
    told = (
        f"{words.say(name)} {words.money(amounts[part])}" for part, name in names.PARTS.items() if amounts.get(part)
    )
    return _listed(words, told)


def late_days(due_on: date | None, today: date) -> int:
    """How many days a payment that is still open is past a day."""
    return max(0, (today - due_on) // ONE_DAY) if due_on else 0


def _moves(words: Words, dates: Mapping[str, str]) -> str:
    in_order = sorted(dates.items(), key=lambda row: int(row[0]))
    return _listed(words, (words.say("payment {n} to {day}", n=n, day=_day(words, day)) for n, day in in_order))


def _listed(words: Words, told: Iterable[str]) -> str:
    return ("、" if words.language == CHINESE else ", ").join(told)


def _day(words: Words, day: str) -> str:
    return words.day(date.fromisoformat(day))
