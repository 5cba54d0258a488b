"""A borrower agrees to something outside an application, or takes it back; both are kept."""

from datetime import date
from typing import Final
from uuid import UUID

from lendmill import ids
from lendmill.credit.applications.application import AnswerWrong
from lendmill.credit.consented import store
from lendmill.credit.consented.queries import consent_in_force
from lendmill.credit.consents import BY_PURPOSE, LANGUAGES
from lendmill.db import Db
from lendmill.people.actions import lock_borrower

FREE: Final = ("official-records", "credit-report")  # may be given and taken back by itself


def give_consent(db: Db, *, borrower_id: UUID, purpose: str, language: str, today: date) -> UUID:
    """Agree to a purpose, in the words of the language it was read in; one in force stays the same one."""
    _known(purpose)
    if language not in LANGUAGES:
        raise AnswerWrong(field="language", value=language, allowed=f"one of {', '.join(LANGUAGES)}")
    lock_borrower(db, borrower_id)
    standing = consent_in_force(db, borrower_id, purpose, today)
    if standing is not None:
        return standing
    consent_id = ids.new()
    store.keep(
        db, consent_id=consent_id, borrower_id=borrower_id, purpose=purpose, language=language,
        wording=BY_PURPOSE[purpose].wording(language), given_on=today,
    )  # fmt: skip
    return consent_id


def take_back_consent(db: Db, *, borrower_id: UUID, purpose: str, today: date) -> None:
    """Take a consent back from today on: nobody is asked on its strength any more. What was learned before stays."""
    _known(purpose)
    lock_borrower(db, borrower_id)
    store.take_back(db, borrower_id=borrower_id, purpose=purpose, withdrawn_on=today)


def _known(purpose: str) -> None:
    if purpose not in FREE:
        raise AnswerWrong(field="purpose", value=purpose[:40], allowed=f"one of {', '.join(FREE)}")
