"""How receipts are shared among a borrower's loans: when one comes, and again when something earlier becomes known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.loans.account import Account, Prepay, Terms
from lendmill.loans.passing import advance, bill
from lendmill.loans.replay import Event, happen, in_order, opened

Turn = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Money:
    """A receipt, with as much of it as may still be shared: what has gone back already stays where it went."""

    receipt_id: UUID
    value_on: date
    turn: int
    amount_cents: int
    named: UUID | None
    prepay: Prepay


@dataclass(frozen=True, slots=True)
class Shared:
    """Which loan gets how much of a receipt, from which day, and what exceeds all debts."""

    on: date
    shares: Mapping[UUID, int]
    excess_cents: int


def shares(
    amount_cents: int, accounts: Sequence[tuple[UUID, Account]], named: UUID | None
) -> tuple[dict[UUID, int], int]:
    """To the loan named; then to the oldest due across all loans, and on to what falls due next; the rest is over.

    The accounts are as of the payment's day, with everything billed. Gives each loan's share and what exceeds all
    debts. A loan being settled for less claims no more than was agreed.
    """
    taken: dict[UUID, int] = {}
    left_cents = amount_cents
    for loan_id, asked_cents in _claims(accounts, named):
        part_cents = min(left_cents, asked_cents - taken.get(loan_id, 0))
        if part_cents > 0:
            taken[loan_id] = taken.get(loan_id, 0) + part_cents
            left_cents -= part_cents
    return taken, left_cents


def shared_again(
    stories: Mapping[UUID, tuple[Terms, Sequence[Event]]], money: Sequence[Money], since: Turn
) -> dict[UUID, Shared]:
    """Share out anew every receipt from a turn on, telling all the borrower's loans together, day by day.

    Earlier receipts keep their shares: nothing about them has changed. Gives the new shares by receipt.
    """
    again = [receipt for receipt in money if (receipt.value_on, receipt.turn) >= since]
    redone = {receipt.receipt_id for receipt in again}
    fixed = [
        (event.value_on, event.turn, loan_id, event)
        for loan_id, (_, events) in stories.items()
        for event in in_order(events)
        if event.receipt_id not in redone
    ]
    moves: list[tuple[date, int, UUID | None, Event | Money]] = [
        *fixed,
        *((_effective_on(receipt, stories), receipt.turn, None, receipt) for receipt in again),
    ]
    accounts: dict[UUID, Account] = {}
    found: dict[UUID, Shared] = {}
    for on, _, loan_id, what in sorted(moves, key=lambda move: move[:2]):
        if isinstance(what, Money):
            found[what.receipt_id] = _share_out(accounts, what, on)
        elif loan_id is not None:
            known = accounts.get(loan_id)
            accounts[loan_id] = happen(known, what)[0] if known else opened(stories[loan_id][0], what)[0]
    return found


def _share_out(accounts: dict[UUID, Account], receipt: Money, on: date) -> Shared:
    seen = {key: bill(advance(account, on)[0])[0] for key, account in accounts.items()}
    taken, excess_cents = shares(receipt.amount_cents, list(seen.items()), receipt.named)
    for key, share_cents in taken.items():
        event = Event(0, "repaid", on, share_cents, receipt.prepay, receipt.receipt_id)
        accounts[key] = happen(accounts[key], event)[0]
    return Shared(on, taken, excess_cents)


def _effective_on(receipt: Money, stories: Mapping[UUID, tuple[Terms, Sequence[Event]]]) -> date:
    """A receipt dated before the loan it names, or before every loan, counts from the day that loan was drawn."""
    first = {key: in_order(events)[0] for key, (_, events) in stories.items()}
    known = {key: drawn.value_on for key, drawn in first.items() if drawn.turn < receipt.turn}
    if receipt.named in known:
        return max(receipt.value_on, known[receipt.named])
    return max(receipt.value_on, min(known.values(), default=receipt.value_on))


def _claims(accounts: Sequence[tuple[UUID, Account]], named: UUID | None) -> list[tuple[UUID, int]]:
    """Who may have how much in all, in the order in which they are served: the loan named, then row by row as they fall
    due, whichever loan a row belongs to.
    """
    rows = sorted((row.due_on, loan_id, row.left.total_cents) for loan_id, account in accounts for row in account.rows)
    most = {loan_id: _most_cents(account) for loan_id, account in accounts}
    claims = [(named, most.get(named, 0))] if named else []
    so_far: dict[UUID, int] = {}
    for _, loan_id, cents in rows:
        so_far[loan_id] = min(so_far.get(loan_id, 0) + cents, most[loan_id])
        claims.append((loan_id, so_far[loan_id]))
    return claims


def _most_cents(account: Account) -> int:
    total_cents = sum(row.left.total_cents for row in account.rows)
    agreed = account.settlement
    if agreed is not None and account.seen_on <= agreed.until_on:
        return min(total_cents, agreed.left_cents)
    return total_cents
