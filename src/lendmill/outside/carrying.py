"""Carrying instructions to the rail and its answers back, at least once, until each is settled."""

import logging
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from psycopg import OperationalError

from lendmill.db import Database, Db, many
from lendmill.loans import actions as loans
from lendmill.outside.rail import Answer, Rail, Request
from lendmill.people.queries import house_day

HOLD_SECONDS: Final = 60
BATCH: Final = 50
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Taken:
    instruction_id: UUID
    borrower_id: UUID
    rail_key: str
    kind: str
    amount_cents: int
    asked_on: date
    tries: int


TAKE = """
    update instruction
       set tries = tries + 1,
           next_try_at = now() + make_interval(secs => %(hold)s)
     where (instruction_id, borrower_id) in (
               select instruction_id, borrower_id
                 from instruction
                where status in ('waiting', 'unknown')
                  and next_try_at <= now()
                order by next_try_at
                limit %(most)s
                  for update skip locked)
    returning instruction_id, borrower_id, rail_key, kind, amount_cents, asked_on, tries
"""


def _take(db: Db, most: int) -> list[_Taken]:
    return many(db, _Taken, TAKE, hold=HOLD_SECONDS, most=most)


def carry(database: Database, rail: Rail, *, most: int = BATCH) -> int:
    """Carry what is waiting, once round; gives how many were carried.

    An instruction is held for a minute while the rail is asked, so a carrier that dies loses nothing: another asks
    again under the same key, and the rail, or our own record, makes sure that it happens once.
    """
    taken = database.act(_take, most)
    for asked in taken:
        _carry_one(database, rail, asked)
    return len(taken)


def _carry_one(database: Database, rail: Rail, asked: _Taken) -> None:
    """One that cannot be settled is told to the log and tried again later; the others do not wait for it."""
    try:
        database.act(_settle, asked, ask_or_send(rail, asked))
    except OperationalError:
        raise
    except Exception:
        log.exception("instruction %s could not be settled; it stays open and is asked after again", asked.rail_key)


def ask_or_send(rail: Rail, asked: _Taken) -> Answer:
    """The first time a payment is sent; later the rail is asked what became of it, and sent again if it never heard."""
    request = Request(asked.rail_key, asked.kind, asked.amount_cents, asked.asked_on)
    if asked.tries > 1:
        answer = rail.ask(request)
        if answer.status != "never heard":
            return answer
    return rail.send(request)


def _settle(db: Db, asked: _Taken, answer: Answer) -> None:
    loans.settle(
        db,
        borrower_id=asked.borrower_id,
        instruction_id=asked.instruction_id,
        status=answer.status,
        value_on=answer.value_on,
        reason=answer.reason,
        today=house_day(db),
    )
