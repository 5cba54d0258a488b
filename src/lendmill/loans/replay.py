"""A loan told again from its events: the same state, whoever tells it and whenever."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.loans.account import Account, Happening, Paid, Prepay, Repriced, Terms, advance, close, opened, repay


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a loan from outside: its money arrived, or a payment came."""

    seq: int
    kind: str
    value_on: date
    amount_cents: int
    prepay: Prepay
    receipt_id: UUID | None


@dataclass(frozen=True, slots=True)
class Told:
    """A loan's whole story: where it stands, what happened by itself, and what each payment settled."""

    account: Account
    happenings: tuple[Happening, ...]
    paid: tuple[tuple[Event, Paid], ...]


def told(terms: Terms, method: str, months: int, events: Iterable[Event], to: date) -> Told:
    """Replay events by value date, in the order booked within a day, and bring the loan to a day."""
    first, *later = sorted(events, key=lambda event: (event.value_on, event.seq))
    assert first.kind == "drawn", "a loan's story begins with its drawdown"
    account, priced = opened(terms, method, first.amount_cents, months, first.value_on)
    happenings: list[Happening] = [priced]
    paid: list[tuple[Event, Paid]] = []
    for event in later:
        account, settled, happened = repay(account, event.amount_cents, event.value_on, event.prepay)
        account, closing = close(account) if settled.parts else (account, [])
        happenings += [*happened, *closing]
        paid.append((event, settled))
    account, happened = advance(account, to)
    return Told(account, (*happenings, *happened), tuple(paid))


def repriced(happenings: Iterable[Happening]) -> dict[date, tuple[int, int]]:
    """By how much a night's interest and penalty changed on each day."""
    changes: dict[date, tuple[int, int]] = {}
    for happening in happenings:
        if isinstance(happening, Repriced):
            interest, penalty = changes.get(happening.on, (0, 0))
            changes[happening.on] = interest + happening.interest_per_night, penalty + happening.penalty_per_night
    return changes


def repricing_difference(was: Iterable[Happening], now: Iterable[Happening]) -> dict[date, tuple[int, int]]:
    """What must be added to one story's repricings to make them another's."""
    old, new = repriced(was), repriced(now)
    nothing = (0, 0)
    return {
        day: (new.get(day, nothing)[0] - old.get(day, nothing)[0], new.get(day, nothing)[1] - old.get(day, nothing)[1])
        for day in sorted(old.keys() | new.keys())
    }
