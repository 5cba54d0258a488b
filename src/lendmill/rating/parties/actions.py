"""Asking third parties, and keeping what came of it: the question first, the answers beside it for ever."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from lendmill import ids
from lendmill.db import Db, maybe, scalar
from lendmill.people.actions import lock_borrower
from lendmill.rating.parties import store
from lendmill.rating.parties.answer import ASKED_AGAIN, PartyAnswer
from lendmill.rating.parties.party import party_called
from lendmill.refusals import Refusal

TRIES_MAX: Final = 5
FIRST_WAIT_SECONDS: Final = 60
WAIT_TIMES: Final = 4  # each wait is so many times the one before: a minute, 4, 16, an hour


class NoIdentityToAskWith(Refusal):
    """The house does not know this borrower's identity number, and no third party answers without it."""


IDENTITY_INDEX = """
    select identity_index from borrower where borrower_id = %(borrower_id)s
"""

WAITING = """
    select request_id
      from party_request
     where borrower_id = %(borrower_id)s
       and party = %(party)s
       and status = 'waiting'
"""


def ask(
    db: Db, *, borrower_id: UUID, party: str, consent_id: UUID, today: date, product_key: str = "any",
    asked_by: UUID | None = None,
) -> UUID:  # fmt: skip
    """Write a question down, to be carried after the commit; one that is still open is the same question.

    The consent is a row that exists, by a foreign key: whoever asks has looked that it is in force.
    """
    party_called(party)
    lock_borrower(db, borrower_id)
    open_already = scalar(db, WAITING, borrower_id=borrower_id, party=party)
    if isinstance(open_already, UUID):
        return open_already
    index = scalar(db, IDENTITY_INDEX, borrower_id=borrower_id)
    if index is None:
        raise NoIdentityToAskWith
    request_id = ids.new()
    store.keep_request(
        db, request_id=request_id, borrower_id=borrower_id, party=party, product_key=product_key,
        identity_index=bytes(index), consent_id=consent_id, asked_by=asked_by, asked_on=today,
    )  # fmt: skip
    return request_id


@dataclass(frozen=True, slots=True)
class _Asked:
    party: str
    status: str
    tries: int


ASKED = """
    select party, status, tries
      from party_request
     where request_id = %(request_id)s
       and borrower_id = %(borrower_id)s
       for update
"""


def settle(db: Db, *, borrower_id: UUID, request_id: UUID, answer: PartyAnswer, today: date) -> None:
    """Keep what one exchange came to; where nothing was learned, ask again later, a bounded number of times.

    A question that is settled already keeps its answer: a second one, from a carrier that was thought dead, is dropped.
    """
    asked = maybe(db, _Asked, ASKED, borrower_id=borrower_id, request_id=request_id)
    assert asked is not None, "an answer to a question nobody asked"
    if asked.status != "waiting":
        return
    store.keep_answer(
        db, answer_id=ids.new(), borrower_id=borrower_id, request_id=request_id, party=asked.party, answer=answer,
        on=today,
    )  # fmt: skip
    if answer.state not in ASKED_AGAIN:
        store.close_request(db, borrower_id=borrower_id, request_id=request_id, status="settled")
    elif asked.tries >= TRIES_MAX:
        store.close_request(db, borrower_id=borrower_id, request_id=request_id, status="given up")
    else:
        wait_seconds = FIRST_WAIT_SECONDS * WAIT_TIMES ** max(0, asked.tries - 1)
        store.put_off(db, borrower_id=borrower_id, request_id=request_id, seconds=wait_seconds)
