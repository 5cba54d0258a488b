"""What the staff do to a loan, as a story says it: each sentence is one change of the loan."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from lendmill.loans import changes
from lendmill.loans.changes import LoanChange
from lendmill.loans.receipts.actions import Cause
from lendmill.money import cents

AMOUNT = r"[\d,]+\.\d\d"
PARTS = rf"((?:(?:fees|penalty|interest) {AMOUNT}(?:, )?)+)"
DAY = r"(\d{4}-\d\d-\d\d)"
METHOD = r"(on-demand|interest-first|equal-principal|level-payment)"
ON = r"(?:payment (\d+) of )?(\w+)"

CAUSES: dict[str, Cause] = {"bounced": "bounced", "duplicate": "duplicate", "wrong loan": "wrong-loan"}

Ids = Mapping[str, UUID]
Read = tuple[str, LoanChange]


def read(sentence: str, loans: Ids, receipts: Ids) -> Read:
    """The loan a sentence is about, by its name in the story, and the change it asks for."""
    for pattern, made in SENTENCES:
        if found := re.fullmatch(pattern, sentence):
            return made(*found.groups())
    if found := re.fullmatch(r"takes back (\w+) on (\w+): (bounced|duplicate|wrong loan, meant for (\w+))", sentence):
        receipt, name, why, meant = found.groups()
        cause = CAUSES[why.split(",")[0]]
        to_loan_id = loans[meant] if meant else None
        return name, changes.Reverse(receipt_id=receipts[receipt], cause=cause, to_loan_id=to_loan_id)
    raise AssertionError(f"the staff cannot: {sentence}")


def _charges(amount: str, n: str | None, name: str) -> Read:
    return name, changes.ChargeFee(amount_cents=cents(amount), n=int(n) if n else None)


def _waives(listed: str, name: str) -> Read:
    given = {f"{part}_cents": cents(amount) for part, amount in re.findall(rf"(\w+) ({AMOUNT})", listed)}
    return name, changes.Waive(**given)


def _rate(name: str, rate: str, day: str) -> Read:
    return name, changes.ChangeRate(daily_rate=rate, from_on=date.fromisoformat(day))


def _holiday(name: str, months: str) -> Read:
    return name, changes.Holiday(months=int(months))


def _extends(n: str | None, name: str, day: str) -> Read:
    return name, changes.Extend(n=int(n) if n else None, to_on=date.fromisoformat(day))


def _replans(name: str, method: str, months: str) -> Read:
    return name, changes.Replan(method=method, months=int(months))  # type: ignore[arg-type]


def _re_ages(n: str, name: str, day: str) -> Read:
    return name, changes.ReAge(dues={n: date.fromisoformat(day)})


def _calls_in(amount: str | None, name: str) -> Read:
    return name, changes.Accelerate(amount_cents=cents(amount) if amount else None)


def _writes_off(name: str) -> Read:
    return name, changes.WriteOff()


def _settles(name: str, amount: str, day: str) -> Read:
    return name, changes.Settle(amount_cents=cents(amount), until_on=date.fromisoformat(day))


SENTENCES: list[tuple[str, Callable[..., Read]]] = [
    (rf"charges ({AMOUNT}) on {ON}", _charges),
    (rf"waives {PARTS} on (\w+)", _waives),
    (rf"changes the rate of (\w+) to ([\d.]+ %) from {DAY}", _rate),
    (r"gives (\w+) a holiday of (\d+) months?", _holiday),
    (rf"extends {ON} to {DAY}", _extends),
    (rf"replans (\w+) as {METHOD} over (\d+) months?", _replans),
    (rf"re-ages payment (\d+) of (\w+) to {DAY}", _re_ages),
    (rf"calls in (?:({AMOUNT}) of )?(\w+)", _calls_in),
    (r"writes off (\w+)", _writes_off),
    (rf"agrees that (\w+) is settled by ({AMOUNT}) until {DAY}", _settles),
]
