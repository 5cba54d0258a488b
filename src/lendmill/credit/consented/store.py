"""Writing down what was agreed to, word for word, and what was taken back."""

from datetime import date
from uuid import UUID

from lendmill.db import Db, run

KEEP = """
    insert into consent (consent_id, borrower_id, application_id, purpose, language, wording, given_on)
    values (%(consent_id)s, %(borrower_id)s, null, %(purpose)s, %(language)s, %(wording)s, %(given_on)s)
"""


def keep(
    db: Db, *, consent_id: UUID, borrower_id: UUID, purpose: str, language: str, wording: str, given_on: date
) -> None:
    """Keep a consent given outside an application."""
    run(
        db, KEEP, consent_id=consent_id, borrower_id=borrower_id, purpose=purpose, language=language, wording=wording,
        given_on=given_on,
    )  # fmt: skip


TAKE_BACK = """
    insert into consent_withdrawal (consent_id, borrower_id, withdrawn_on)
    select consent_id, borrower_id, %(withdrawn_on)s
      from consent
     where borrower_id = %(borrower_id)s
       and purpose = %(purpose)s
        on conflict do nothing
"""


def take_back(db: Db, *, borrower_id: UUID, purpose: str, withdrawn_on: date) -> int:
    """Take back every consent to a purpose; gives how many stood."""
    return run(db, TAKE_BACK, borrower_id=borrower_id, purpose=purpose, withdrawn_on=withdrawn_on)
