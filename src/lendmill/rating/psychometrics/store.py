"""Consents, forms, answers and results as they are written down; rows are only ever added."""

from collections.abc import Mapping
from datetime import date, datetime

from lendmill import ids
from lendmill.db import Db, copy_in, note, run
from lendmill.rating.psychometrics.attempt import Attempt, QuestionnaireConsent

KEEP_BANK = """
insert into questionnaire_bank (bank_digest, edition, parameters, body, kept_on)
values (%(digest)s, %(edition)s, %(parameters)s, %(body)s, %(kept_on)s)
    on conflict (bank_digest) do nothing
"""


def keep_bank(db: Db, *, digest: str, edition: int, parameters: int, body: str, kept_on: date) -> None:
    """Write a version of the bank down once."""
    run(db, KEEP_BANK, digest=digest, edition=edition, parameters=parameters, body=body, kept_on=kept_on)


SAY_CONSENT = """
insert into questionnaire_consent (consent_id, borrower_id, given, language, wording, said_on, said_at)
values (%(consent_id)s, %(borrower_id)s, %(given)s, %(language)s, %(wording)s, %(said_on)s, %(said_at)s)
"""


def say_consent(db: Db, consent: QuestionnaireConsent, *, wording: str, said_at: datetime) -> None:
    """Write down that a borrower agrees, or agrees no more."""
    note(
        db,
        SAY_CONSENT,
        consent_id=consent.consent_id,
        borrower_id=consent.borrower_id,
        given=consent.given,
        language=consent.language,
        wording=wording,
        said_on=consent.said_on,
        said_at=said_at,
    )


START = """
insert into questionnaire_attempt (attempt_id, borrower_id, shop_id, consent_id, bank_digest, seed, form, started_on,
                                   expires_on, started_at)
values (%(attempt_id)s, %(borrower_id)s, %(shop_id)s, %(consent_id)s, %(bank_digest)s, %(seed)s, %(form)s::jsonb,
        %(started_on)s, %(expires_on)s, %(started_at)s)
"""


def start(db: Db, attempt: Attempt, *, form: str, started_at: datetime) -> None:
    """Write a form down as it is given out."""
    note(
        db,
        START,
        attempt_id=attempt.attempt_id,
        borrower_id=attempt.borrower_id,
        shop_id=attempt.shop_id,
        consent_id=attempt.consent_id,
        bank_digest=attempt.bank_digest,
        seed=attempt.seed,
        form=form,
        started_on=attempt.started_on,
        expires_on=attempt.expires_on,
        started_at=started_at,
    )


SHOW = """
insert into questionnaire_shown (shown_id, borrower_id, attempt_id, item_key, shown_at)
values (%(shown_id)s, %(borrower_id)s, %(attempt_id)s, %(item_key)s, %(shown_at)s)
"""


def show(db: Db, attempt: Attempt, *, item_key: str, shown_at: datetime) -> None:
    """Write down that an item was put before the person."""
    note(
        db,
        SHOW,
        shown_id=ids.new(),
        borrower_id=attempt.borrower_id,
        attempt_id=attempt.attempt_id,
        item_key=item_key,
        shown_at=shown_at,
    )


ANSWER = """
insert into questionnaire_answer (answer_id, borrower_id, attempt_id, item_key, choice, language, answered_at,
                                  client_ms)
values (%(answer_id)s, %(borrower_id)s, %(attempt_id)s, %(item_key)s, %(choice)s, %(language)s, %(answered_at)s,
        %(client_ms)s)
"""


def answer(
    db: Db, attempt: Attempt, *, item_key: str, choice: int, language: str, answered_at: datetime, client_ms: int | None
) -> None:
    """Write an answer down, beside those before it."""
    note(
        db,
        ANSWER,
        answer_id=ids.new(),
        borrower_id=attempt.borrower_id,
        attempt_id=attempt.attempt_id,
        item_key=item_key,
        choice=choice,
        language=language,
        answered_at=answered_at,
        client_ms=client_ms,
    )


FINISH = """
insert into questionnaire_result (attempt_id, borrower_id, content, content_hash, is_usable, finished_on, finished_at)
values (%(attempt_id)s, %(borrower_id)s, %(content)s, %(content_hash)s, %(is_usable)s, %(finished_on)s, %(finished_at)s)
"""


def finish(
    db: Db,
    attempt: Attempt,
    *,
    content: str,
    content_hash: str,
    is_usable: bool,
    quantities: Mapping[str, float | None],
    finished_on: date,
    finished_at: datetime,
) -> None:
    """Write a result down with its figures."""
    note(
        db,
        FINISH,
        attempt_id=attempt.attempt_id,
        borrower_id=attempt.borrower_id,
        content=content,
        content_hash=content_hash,
        is_usable=is_usable,
        finished_on=finished_on,
        finished_at=finished_at,
    )
    columns = ("attempt_id", "borrower_id", "subject", "quantity")
    rows = ((attempt.attempt_id, attempt.borrower_id, subject, value) for subject, value in quantities.items())
    copy_in(db, "questionnaire_index", columns, rows)


WISH = """
insert into questionnaire_wish (attempt_id, borrower_id, words, wished_on)
values (%(attempt_id)s, %(borrower_id)s, %(words)s, %(wished_on)s)
    on conflict do nothing
"""


def wish(db: Db, attempt: Attempt, *, words: str, wished_on: date) -> None:
    """Write down the wish for an explanation, once."""
    run(db, WISH, attempt_id=attempt.attempt_id, borrower_id=attempt.borrower_id, words=words, wished_on=wished_on)
