"""Putting money in, reserving it for a draw, and letting it go again."""

from datetime import date
from typing import Final
from uuid import UUID

from lendmill.db import Db
from lendmill.funding import postings, store
from lendmill.funding.licence import lendable_cents
from lendmill.ledger import actions as books
from lendmill.refusals import Refusal

SLOTS: Final = 16


class FundingExhausted(Refusal):
    """The lender has {available_cents} cents left to lend, less than the {asked_cents} asked: ask less, or later."""


def pay_in_capital(db: Db, *, amount_cents: int, profile: str, today: date) -> None:
    """The owners put money in; what the licence lets it carry is spread over the slots."""
    carried_cents = lendable_cents(profile, net_assets_cents=amount_cents, registered_capital_cents=amount_cents)
    slots = store.lock_slots(db)
    if not slots:
        for slot in range(SLOTS):
            store.new_slot(db, slot)
        slots = store.lock_slots(db)
    _spread(db, carried_cents, [slot.slot for slot in slots])
    store.save_capital(db, amount_cents=amount_cents, lendable_cents=carried_cents, profile=profile, booked_on=today)
    books.post(db, [postings.capital_paid_in(amount_cents=amount_cents, value_on=today, booked_on=today)])


def reserve(db: Db, *, loan_id: UUID, borrower_id: UUID, amount_cents: int) -> None:
    """Set money aside for one draw; never more than there is, however many ask at once."""
    alone = store.lock_slot_with(db, amount_cents)
    if alone:
        store.take(db, slot=alone[0].slot, loan_id=loan_id, borrower_id=borrower_id, amount_cents=amount_cents)
        return
    fold_releases(db)  # before saying no, count what has come back since the last day end
    slots = store.lock_slots(db)
    available_cents = sum(slot.available_cents for slot in slots)
    if available_cents < amount_cents:
        raise FundingExhausted(available_cents=available_cents, asked_cents=amount_cents)
    left_cents = amount_cents
    for slot in slots:
        part_cents = min(left_cents, slot.available_cents)
        if part_cents:
            store.take(db, slot=slot.slot, loan_id=loan_id, borrower_id=borrower_id, amount_cents=part_cents)
        left_cents -= part_cents


def release(db: Db, *, borrower_id: UUID, loan_id: UUID, amount_cents: int) -> None:
    """Principal came back, or a draw did not happen: the money may be lent again after the next fold.

    Less than nothing came back when a payment told again settled less principal than before: what is out again leaves
    the slots at once, and what they cannot carry goes before all that comes back later.
    """
    if amount_cents < 0:
        amount_cents += _taken(db, -amount_cents)
    if amount_cents:
        store.release(db, borrower_id=borrower_id, loan_id=loan_id, amount_cents=amount_cents)


def write_off(db: Db, *, amount_cents: int, today: date) -> None:
    """Principal written off is gone: it no longer counts among what may be out on loan."""
    store.save_capital(db, amount_cents=0, lendable_cents=-amount_cents, profile="written off", booked_on=today)


def recover(db: Db, *, amount_cents: int, today: date) -> None:
    """Written-off principal came back (or, below nothing, went again when a payment bounced): it may be lent."""
    store.save_capital(db, amount_cents=0, lendable_cents=amount_cents, profile="recovered", booked_on=today)


def _taken(db: Db, amount_cents: int) -> int:
    """Take as much of an amount out of the slots as they hold; gives how much that was."""
    left_cents = amount_cents
    for slot in store.lock_slots(db):
        part_cents = min(left_cents, slot.available_cents)
        store.give(db, slot=slot.slot, amount_cents=-part_cents)
        left_cents -= part_cents
    return amount_cents - left_cents


def fold_releases(db: Db) -> dict[str, int]:
    """Return what has come back to the slots; the day end calls this, and a second call finds nothing."""
    slots = store.lock_slots(db)
    back = store.fold(db)
    if back.amount_cents > 0:
        _spread(db, back.amount_cents, [slot.slot for slot in slots])
    elif back.borrower_id is not None and back.loan_id is not None:
        release(db, borrower_id=back.borrower_id, loan_id=back.loan_id, amount_cents=back.amount_cents)
    return {"releases": back.releases, "released_cents": back.amount_cents}


def _spread(db: Db, amount_cents: int, slots: list[int]) -> None:
    part_cents, rest_cents = divmod(amount_cents, len(slots))
    for place, slot in enumerate(slots):
        store.give(db, slot=slot, amount_cents=part_cents + (1 if place < rest_cents else 0))
