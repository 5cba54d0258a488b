"""Asking third parties with a consent in force, and carrying the questions out and the answers back."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from psycopg import Error, OperationalError

from lendmill.credit.consented.queries import consent_in_force
from lendmill.db import Database, Db, many
from lendmill.outside.parties.party import Enquiry, Party
from lendmill.people.queries import house_day
from lendmill.people.seal import Seal
from lendmill.rating.parties import actions as kept
from lendmill.rating.parties.answer import PartyAnswer
from lendmill.rating.parties.party import party_called
from lendmill.refusals import Refusal

HOLD_SECONDS: Final = 120
BATCH: Final = 20
log = logging.getLogger(__name__)


class ConsentNeeded(Refusal):
    """The borrower has not agreed that the {party} is asked, or has taken that back; without it nobody is asked."""


def ask_party(
    db: Db, *, borrower_id: UUID, party: str, today: date, product_key: str = "any", asked_by: UUID | None = None
) -> UUID:
    """Put a question to a third party into the outbox, with the consent that allows it named in it."""
    purpose = party_called(party).consent
    consent_id = consent_in_force(db, borrower_id, purpose, today)
    if consent_id is None:
        raise ConsentNeeded(party=party)
    return kept.ask(
        db, borrower_id=borrower_id, party=party, consent_id=consent_id, today=today, product_key=product_key,
        asked_by=asked_by,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Taken:
    request_id: UUID
    borrower_id: UUID
    party: str
    request_key: str
    product_key: str
    identity_index: bytes
    identity_sealed: bytes | None
    consent_id: UUID
    withdrawn: bool
    asked_on: date
    tries: int


TAKE = """
    with taken as (
        update party_request
           set tries = tries + 1,
               next_try_at = now() + make_interval(secs => %(hold)s)
         where (request_id, borrower_id) in (
                   select request_id, borrower_id
                     from party_request
                    where status = 'waiting'
                      and party = any(%(parties)s)
                      and next_try_at <= now()
                    order by next_try_at
                    limit %(most)s
                      for update skip locked)
        returning request_id, borrower_id, party, request_key, product_key, identity_index, consent_id, asked_on, tries
    )
    select t.request_id, t.borrower_id, t.party, t.request_key, t.product_key, t.identity_index, b.identity_sealed,
           t.consent_id, t.asked_on, t.tries,
           exists (select from consent_withdrawal w
                    where (w.consent_id, w.borrower_id) = (t.consent_id, t.borrower_id)) as withdrawn
      from taken t
      join borrower b on b.borrower_id = t.borrower_id
"""


def _take(db: Db, parties: list[str], most: int) -> list[_Taken]:
    return many(db, _Taken, TAKE, hold=HOLD_SECONDS, parties=parties, most=most)


def carry_enquiries(database: Database, parties: Mapping[str, Party], seal: Seal, *, most: int = BATCH) -> int:
    """Carry what is waiting for the parties that have an address, once round; gives how many were carried.

    A question is held for two minutes while its party is asked, so a carrier that dies loses nothing.
    """
    taken = database.act(_take, sorted(parties), most)
    for asked in taken:
        _carry_one(database, parties[asked.party], seal, asked)
    return len(taken)


def _carry_one(database: Database, party: Party, seal: Seal, asked: _Taken) -> None:
    """One that cannot be settled is told to the log, by its key alone, and tried again; the others do not wait."""
    try:
        database.act(_settle, asked, _answer(party, seal, asked))
    except OperationalError:
        raise
    except (Error, AssertionError, ValueError) as problem:  # its text could hold what the party said of a person
        log.error("enquiry %s could not be settled (%s); it stays open", asked.request_key, type(problem).__name__)


def _answer(party: Party, seal: Seal, asked: _Taken) -> PartyAnswer:
    """The first time a question is sent; later the party is asked what came of it, and sent again if it never heard."""
    if asked.withdrawn:
        return PartyAnswer("refused", reason="the consent was taken back before anybody was asked")
    identity_no = _identity(seal, asked)
    if identity_no is None:
        return PartyAnswer("refused", reason="not asked: the identity number kept is not the one this was written for")
    enquiry = Enquiry(
        asked.request_key, asked.party, identity_no, str(asked.consent_id), asked.asked_on, asked.product_key
    )
    earlier = party.ask(enquiry) if asked.tries > 1 else None
    return party.send(enquiry) if earlier is None else earlier


def _identity(seal: Seal, asked: _Taken) -> str | None:
    """The number itself, opened for the party alone; none where it is not the one the question was written for."""
    if asked.identity_sealed is None:
        return None
    try:
        number = seal.opened(bytes(asked.identity_sealed), "identity")
    except InvalidTag:
        return None
    return number if seal.index("identity", number) == bytes(asked.identity_index) else None


def _settle(db: Db, asked: _Taken, answer: PartyAnswer) -> None:
    kept.settle(db, borrower_id=asked.borrower_id, request_id=asked.request_id, answer=answer, today=house_day(db))
