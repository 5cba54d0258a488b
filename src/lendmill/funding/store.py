"""Writes slots, reservations and releases of lendable money."""

from dataclasses import dataclass
from uuid import UUID

from lendmill import ids
from lendmill.db import Db, many, run


@dataclass(frozen=True, slots=True)
class Slot:
    """A share of the lendable money."""

    slot: int
    available_cents: int


FREE_SLOT = """
    select slot, available_cents
      from funding_slot
     where available_cents >= %(amount_cents)s
     order by slot
     limit 1
       for update skip locked
"""

ALL_SLOTS = """
    select slot, available_cents
      from funding_slot
     order by slot
       for update
"""


def lock_slot_with(db: Db, amount_cents: int) -> list[Slot]:
    """One slot that can carry the amount alone and that nobody else is using now, locked."""
    return many(db, Slot, FREE_SLOT, amount_cents=amount_cents)


def lock_slots(db: Db) -> list[Slot]:
    """Every slot, locked in ascending order."""
    return many(db, Slot, ALL_SLOTS)


TAKE = "update funding_slot set available_cents = available_cents - %(amount_cents)s where slot = %(slot)s"

RESERVE = """
    insert into funding_reservation (loan_id, borrower_id, slot, amount_cents)
    values (%(loan_id)s, %(borrower_id)s, %(slot)s, %(amount_cents)s)
"""


def take(db: Db, *, slot: int, loan_id: UUID, borrower_id: UUID, amount_cents: int) -> None:
    """Reserve from one slot for one loan."""
    run(db, TAKE, slot=slot, amount_cents=amount_cents)
    run(db, RESERVE, slot=slot, loan_id=loan_id, borrower_id=borrower_id, amount_cents=amount_cents)


RELEASE = """
    insert into funding_release (release_id, borrower_id, loan_id, amount_cents)
    values (%(release_id)s, %(borrower_id)s, %(loan_id)s, %(amount_cents)s)
"""


def release(db: Db, *, borrower_id: UUID, loan_id: UUID, amount_cents: int) -> None:
    """Note that money has come back and may be lent again."""
    run(db, RELEASE, release_id=ids.new(), borrower_id=borrower_id, loan_id=loan_id, amount_cents=amount_cents)


FOLD = """
    with back as (delete from funding_release returning borrower_id, loan_id, amount_cents)
    select coalesce(sum(amount_cents), 0)::bigint as amount_cents,
           count(*)::int as releases,
           (array_agg(borrower_id order by amount_cents))[1] as borrower_id,
           (array_agg(loan_id order by amount_cents))[1] as loan_id
      from back
"""


@dataclass(frozen=True, slots=True)
class Folded:
    """What came back since the last fold, and the loan that took most again."""

    amount_cents: int
    releases: int
    borrower_id: UUID | None
    loan_id: UUID | None


def fold(db: Db) -> Folded:
    """Take all notes of returned money and say what they come to."""
    return many(db, Folded, FOLD)[0]


GIVE = "update funding_slot set available_cents = available_cents + %(amount_cents)s where slot = %(slot)s"
NEW_SLOT = "insert into funding_slot (slot, available_cents) values (%(slot)s, 0)"

CAPITAL = """
    insert into capital_change (change_id, amount_cents, lendable_cents, profile, booked_on)
    values (%(change_id)s, %(amount_cents)s, %(lendable_cents)s, %(profile)s, %(booked_on)s)
"""


def give(db: Db, *, slot: int, amount_cents: int) -> None:
    """Put lendable money into a slot."""
    run(db, GIVE, slot=slot, amount_cents=amount_cents)


def new_slot(db: Db, slot: int) -> None:
    """Make an empty slot."""
    run(db, NEW_SLOT, slot=slot)


def save_capital(db: Db, **change: object) -> None:
    """Write a change of capital with the licence profile it was made under."""
    run(db, CAPITAL, change_id=ids.new(), **change)
