"""Writing applications and consents down."""

from datetime import date
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from lendmill import ids
from lendmill.credit.consents import BY_PURPOSE
from lendmill.db import Db, run

START = """
    insert into application (application_id, borrower_id, shop_id, product_key, started_on)
    values (%(application_id)s, %(borrower_id)s, %(shop_id)s, %(product_key)s, %(today)s)
"""


def start(db: Db, *, application_id: UUID, borrower_id: UUID, shop_id: UUID, product_key: str, today: date) -> None:
    """Open an application at its first step."""
    run(
        db,
        START,
        application_id=application_id,
        borrower_id=borrower_id,
        shop_id=shop_id,
        product_key=product_key,
        today=today,
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
    run(db, SET_DECIDED, borrower_id=borrower_id, application_id=application_id, answers=Jsonb(answers))


SET_WITHDRAWN = """
    update application
       set status = 'withdrawn'
     where borrower_id = %(borrower_id)s
       and application_id = %(application_id)s
"""


def set_withdrawn(db: Db, *, borrower_id: UUID, application_id: UUID) -> None:
    """Close an application its applicant gave up."""
    run(db, SET_WITHDRAWN, borrower_id=borrower_id, application_id=application_id)


KEEP_CONSENT = """
    insert into consent (consent_id, borrower_id, application_id, purpose, language, wording)
    values (%(consent_id)s, %(borrower_id)s, %(application_id)s, %(purpose)s, %(language)s, %(wording)s)
"""


def keep_consent(db: Db, *, borrower_id: UUID, application_id: UUID, purpose: str, language: str) -> None:
    """Keep what was agreed to, word for word in the language it was read in."""
    run(
        db,
        KEEP_CONSENT,
        consent_id=ids.new(),
        borrower_id=borrower_id,
        application_id=application_id,
        purpose=purpose,
        language=language,
        wording=BY_PURPOSE[purpose].wording(language),
    )
