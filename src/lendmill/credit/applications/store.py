"""Writing applications and consents down."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from lendmill import ids
from lendmill.credit.applications.application import Application
from lendmill.credit.consents import BY_PURPOSE
from lendmill.db import Db, note, run

START = """
    insert into application (application_id, borrower_id, shop_id, product_key, started_on)
    values (%(application_id)s, %(borrower_id)s, %(shop_id)s, %(product_key)s, %(started_on)s)
"""


def start(db: Db, begun: Application) -> None:
    """Open an application at its first step."""
    note(
        db,
        START,
        application_id=begun.application_id,
        borrower_id=begun.borrower_id,
        shop_id=begun.shop_id,
        product_key=begun.product_key,
        started_on=begun.started_on,
    )


SAVE = """
    update application
       set step = greatest(step, %(step)s),
           answers = answers || %(answers)s
     where borrower_id = %(borrower_id)s
       and application_id = %(application_id)s
"""


def save(db: Db, *, borrower_id: UUID, application_id: UUID, step: int, answers: dict[str, Any]) -> None:
    """Keep a step's answers; an earlier step filled in again does not send the applicant back."""
    run(db, SAVE, borrower_id=borrower_id, application_id=application_id, step=step, answers=Jsonb(answers))


KEEP_DECIDED = """
    insert into application (application_id, borrower_id, shop_id, product_key, step, status, answers, started_on,
                             decided_at)
    values (%(application_id)s, %(borrower_id)s, %(shop_id)s, %(product_key)s, 3, 'decided', %(answers)s,
            %(started_on)s, now())
"""


def keep_decided(db: Db, begun: Application) -> None:
    """Write an application down that was made and decided in one call."""
    note(
        db,
        KEEP_DECIDED,
        application_id=begun.application_id,
        borrower_id=begun.borrower_id,
        shop_id=begun.shop_id,
        product_key=begun.product_key,
        answers=Jsonb(begun.answers),
        started_on=begun.started_on,
    )


SET_DECIDED = """
    update application
       set status = 'decided',
           step = 3,
           answers = answers || %(answers)s,
           decided_at = now()
     where borrower_id = %(borrower_id)s
       and application_id = %(application_id)s
"""


def set_decided(db: Db, *, borrower_id: UUID, application_id: UUID, answers: dict[str, Any]) -> None:
    """Close an application with what was finally asked."""
    note(db, SET_DECIDED, borrower_id=borrower_id, application_id=application_id, answers=Jsonb(answers))


SET_WITHDRAWN = """
    update application
       set status = 'withdrawn'
     where borrower_id = %(borrower_id)s
       and application_id = %(application_id)s
"""


def set_withdrawn(db: Db, *, borrower_id: UUID, application_id: UUID) -> None:
    """Close an application its applicant gave up."""
    run(db, SET_WITHDRAWN, borrower_id=borrower_id, application_id=application_id)


KEEP_CONSENTS = """
    insert into consent (consent_id, borrower_id, application_id, purpose, language, wording)
    select agreed.consent_id, %(borrower_id)s, %(application_id)s, agreed.purpose, %(language)s, agreed.wording
      from unnest(%(consent_ids)s::uuid[], %(purposes)s::text[], %(wordings)s::text[])
           as agreed (consent_id, purpose, wording)
"""


def keep_consents(db: Db, *, borrower_id: UUID, application_id: UUID, purposes: Sequence[str], language: str) -> None:
    """Keep what was agreed to, word for word in the language it was read in."""
    note(
        db,
        KEEP_CONSENTS,
        consent_ids=[ids.new() for _ in purposes],
        borrower_id=borrower_id,
        application_id=application_id,
        purposes=list(purposes),
        language=language,
        wordings=[BY_PURPOSE[purpose].wording(language) for purpose in purposes],
    )
