"""Writing questions to third parties and their answers down."""

from datetime import date
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from lendmill.db import Db, run
from lendmill.rating.parties.answer import PartyAnswer

KEEP_REQUEST = """
    insert into party_request (request_id, borrower_id, party, request_key, product_key, identity_index, consent_id,
                               asked_by, asked_on)
    values (%(request_id)s, %(borrower_id)s, %(party)s, %(request_key)s, %(product_key)s, %(identity_index)s,
            %(consent_id)s, %(asked_by)s, %(asked_on)s)
"""


def keep_request(
    db: Db, *, request_id: UUID, borrower_id: UUID, party: str, product_key: str, identity_index: bytes,
    consent_id: UUID, asked_by: UUID | None, asked_on: date,
) -> None:  # fmt: skip
    """Put a question into the outbox; its key is what the party knows it by."""
    run(
        db, KEEP_REQUEST, request_id=request_id, borrower_id=borrower_id, party=party,
        request_key=f"{party}-{request_id.hex}", product_key=product_key, identity_index=identity_index,
        consent_id=consent_id, asked_by=asked_by, asked_on=asked_on,
    )  # fmt: skip


KEEP_ANSWER = """
    insert into party_answer (answer_id, borrower_id, request_id, party, state, as_of_on, figures, missing, reason,
                              answered_by, body_digest, answered_on)
    values (%(answer_id)s, %(borrower_id)s, %(request_id)s, %(party)s, %(state)s, %(as_of_on)s, %(figures)s,
            %(missing)s, %(reason)s, %(answered_by)s, %(body_digest)s, %(answered_on)s)
"""


def keep_answer(
    db: Db, *, answer_id: UUID, borrower_id: UUID, request_id: UUID, party: str, answer: PartyAnswer, on: date
) -> None:
    """Add what one exchange came to."""
    run(
        db, KEEP_ANSWER, answer_id=answer_id, borrower_id=borrower_id, request_id=request_id, party=party,
        state=answer.state, as_of_on=answer.as_of_on, figures=Jsonb(msgspec.to_builtins(answer.figures)),
        missing=list(answer.missing), reason=answer.reason, answered_by=answer.answered_by,
        body_digest=answer.body_digest, answered_on=on,
    )  # fmt: skip


CLOSE_REQUEST = """
    update party_request
       set status = %(status)s
     where request_id = %(request_id)s
       and borrower_id = %(borrower_id)s
"""


def close_request(db: Db, *, borrower_id: UUID, request_id: UUID, status: str) -> None:
    """Nothing more is to be carried: something was learned, or it was tried often enough."""
    run(db, CLOSE_REQUEST, borrower_id=borrower_id, request_id=request_id, status=status)


PUT_OFF = """
    update party_request
       set next_try_at = now() + make_interval(secs => %(seconds)s)
     where request_id = %(request_id)s
       and borrower_id = %(borrower_id)s
"""


def put_off(db: Db, *, borrower_id: UUID, request_id: UUID, seconds: int) -> None:
    """Ask again later."""
    run(db, PUT_OFF, borrower_id=borrower_id, request_id=request_id, seconds=seconds)
