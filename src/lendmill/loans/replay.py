"""A loan told again from its events: the same state, whoever tells it and whenever."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from lendmill.loans import changing, cycles, ending
from lendmill.loans.account import Account, Prepay, Terms
from lendmill.loans.happenings import Happening, Nightly, PaidOut, Rebated, Received, Repriced, Waived
from lendmill.loans.nights import nightly
from lendmill.loans.passing import advance, repriced, standing_of
from lendmill.loans.paying import Paid, after_change, close, repay
from lendmill.loans.plan import rows_on
from lendmill.terms.allocation import Parts

Details = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a loan from outside, on a day and at a turn in its borrower's diary.

    `details` holds what only its kind has: due dates, new rates, the parts waived. `strikes` is the number of an
    earlier event that this one makes as if it had never been.
    """

    seq: int
    kind: str
    value_on: date
    amount_cents: int
    prepay: Prepay = "next-due"
    receipt_id: UUID | None = None
    turn: int = 0
    details: Details = field(default_factory=dict)
    strikes: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A loan's whole story: where it stands, what happened by itself, and what each payment settled."""

    account: Account
    happenings: tuple[Happening, ...]
    paid: tuple[tuple[Event, Paid], ...]


def told(terms: Terms, events: Iterable[Event], to: date) -> Told:
    """Replay events by value date, in the order of their turns within a day, and bring the loan to a day."""
    first, *later = in_order(events)
    assert first.kind == "drawn", "a loan's story begins with its drawdown"
    account, happenings = opened(terms, first)
    paid: list[tuple[Event, Paid]] = []
    for event in later:
        account, settled, happened = happen(account, event)
        happenings += happened
        if settled is not None:
            paid.append((event, settled))
    account, happened = advance(account, to)
    return Told(account, (*happenings, *happened), tuple(paid))


def in_order(events: Iterable[Event]) -> list[Event]:
    """The events that stand, by value date and turn; what was struck out is left out, as if it had never been."""
    listed = list(events)
    struck = {event.strikes for event in listed}
    standing = [event for event in listed if event.strikes is None and event.seq not in struck]
    return sorted(standing, key=lambda event: (event.value_on, event.turn, event.seq))


def opened(terms: Terms, drawn: Event) -> tuple[Account, list[Happening]]:
    """The loan on the day its money arrived, over the due dates then fixed; that day itself costs nothing.

    An origination fee is owed with the first row, and earned by effective rate as `earns` says.
    """
    dues = [date.fromisoformat(day) for day in drawn.details["due"]]
    on, fee_cents = drawn.value_on, int(drawn.details.get("origination_cents", 0))
    if terms.method == "statement":
        account = cycles.purchased(Account(terms, (), on, opened_on=on), drawn.amount_cents, dues[0])
    else:
        rows, payment_cents = rows_on(terms, drawn.amount_cents, on, dues, drawn.details.get("payment_cents", 0))
        earns: Sequence[int] = drawn.details.get("earns", ())
        rows = tuple(replace(row, earns_cents=cents) for row, cents in zip(rows, earns, strict=True)) if earns else rows
        rows = (replace(rows[0], fees_cents=fee_cents), *rows[1:])
        account = Account(terms, rows, on, opened_on=on, payment_cents=payment_cents)
    return account, [PaidOut(on, drawn.amount_cents, fee_cents), *repriced(Nightly(), account)]


def happen(account: Account, event: Event) -> tuple[Account, Paid | None, list[Happening]]:
    """One event happens to a loan: days pass up to its own, then it does what its kind does."""
    if event.kind == "repaid":
        account, paid, happened = repay(account, event.amount_cents, event.value_on, event.prepay, event.receipt_id)
        if paid.parts:
            account, closing = close(account)
            happened += closing
        return account, paid, happened
    account, passed = advance(account, event.value_on)
    if event.kind == "refund":
        account, paid, happened = _refund(account, event)
        return account, paid, [*passed, *happened]
    before = nightly(account)
    account, happened = KINDS[event.kind](account, event)
    account, turned = after_change(account, before)
    closing = list[Happening]()
    if event.kind == "waived" and any(isinstance(one, Waived) for one in happened):
        account, closing = close(account)
    return account, None, [*passed, *happened, *turned, *closing]


def _drawn_again(account: Account, event: Event) -> tuple[Account, list[Happening]]:
    last = max((row for row in account.rows if not row.closed), key=lambda row: (row.due_on, row.n))
    more = replace(last, principal_cents=last.principal_cents + event.amount_cents)
    rows = tuple(more if row.n == last.n else row for row in account.rows)
    return replace(account, rows=rows), [PaidOut(event.value_on, event.amount_cents)]


def _purchase(account: Account, event: Event) -> tuple[Account, list[Happening]]:
    account = cycles.purchased(account, event.amount_cents, date.fromisoformat(event.details["due_on"]))
    return account, [PaidOut(event.value_on, event.amount_cents)]


def _refund(account: Account, event: Event) -> tuple[Account, Paid, list[Happening]]:
    """A purchase is taken back: its own row is smaller, then the next ones; what is left over is paid in like money."""
    before, on = nightly(account), event.value_on
    account, parts, left_cents = cycles.refunded(
        account, event.amount_cents, date.fromisoformat(event.details["due_on"])
    )
    taken = [Received(on, event.receipt_id, parts, standing_of(account))] if parts else []
    account, turned = after_change(account, before)
    if not left_cents:
        return account, Paid(parts, 0), [*taken, *turned]
    account, paid, happened = repay(account, left_cents, on, event.prepay, event.receipt_id)
    return account, Paid((*parts, *paid.parts), paid.left_cents), [*taken, *turned, *happened]


def _charged(account: Account, event: Event) -> tuple[Account, list[Happening]]:
    fees = event.details.get("what", "fees") == "fees"
    cents = event.amount_cents
    return changing.charge(
        account, event.details.get("fee", "other"), cents if fees else 0, 0 if fees else cents, event.details.get("n")
    )


def _waived(account: Account, event: Event) -> tuple[Account, list[Happening]]:
    asked = event.details
    return changing.waive(account, Parts(asked.get("fees", 0), asked.get("penalty", 0), asked.get("interest", 0)))


def _dates(event: Event) -> dict[int, date]:
    return {int(n): date.fromisoformat(day) for n, day in event.details["dates"].items()}


def _replanned(account: Account, event: Event) -> tuple[Account, list[Happening]]:
    dues = tuple(date.fromisoformat(day) for day in event.details["due"])
    return changing.replan(account, event.details["method"], dues)


def _settling(account: Account, event: Event) -> tuple[Account, list[Happening]]:
    return ending.agree_settlement(account, event.amount_cents, date.fromisoformat(event.details["until_on"]))


KINDS: Final[dict[str, Callable[[Account, Event], tuple[Account, list[Happening]]]]] = {
    "drawn": _drawn_again,
    "purchase": _purchase,
    "charged": _charged,
    "waived": _waived,
    "repriced": lambda account, event: changing.change_rate(
        account, event.details["rate_num"], event.details["penalty_num"]
    ),
    "moved": lambda account, event: changing.move(account, _dates(event)),
    "re-aged": lambda account, event: changing.re_age(account, _dates(event)),
    "replanned": _replanned,
    "accelerated": lambda account, event: ending.accelerate(account, event.amount_cents or None),
    "written-off": lambda account, _event: ending.write_off(account),
    "settling": _settling,
    "rebated": lambda account, event: (account, [Rebated(event.value_on, event.amount_cents)]),
}


def repricings(happenings: Iterable[Happening]) -> dict[date, Nightly]:
    """By how much a night's earnings changed on each day."""
    changes: dict[date, Nightly] = {}
    for happening in happenings:
        if isinstance(happening, Repriced):
            changes[happening.on] = changes.get(happening.on, Nightly()) + happening.change
    return changes


def repricing_difference(was: Iterable[Happening], now: Iterable[Happening]) -> dict[date, Nightly]:
    """What must be added to one story's repricings to make them another's."""
    old, new = repricings(was), repricings(now)
    return {
        day: new.get(day, Nightly()) - old.get(day, Nightly())
        for day in sorted(old.keys() | new.keys())
        if new.get(day, Nightly()) != old.get(day, Nightly())
    }
