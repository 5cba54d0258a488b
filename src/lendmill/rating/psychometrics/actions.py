"""Giving a form out, taking answers in, sending it, taking the consent back, and keeping a new version of the bank."""

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from lendmill import ids
from lendmill.db import Db
from lendmill.people import queries as people
from lendmill.people.actions import lock_borrower
from lendmill.people.canonical import digest_of
from lendmill.rating.psychometrics import queries, store
from lendmill.rating.psychometrics.attempt import (
    CLIENT_MS_MAX,
    DRAWS_DAYS,
    LANGUAGES,
    AnswersMissing,
    Attempt,
    NoResultYet,
    QuestionnaireConsent,
    QuestionnaireConsentMissing,
    QuestionnaireTooSoon,
    ShopMissing,
    check_choice,
    check_draws,
    counting,
)
from lendmill.rating.psychometrics.consent import wording
from lendmill.rating.psychometrics.form import composed
from lendmill.rating.psychometrics.item import ItemBank
from lendmill.rating.psychometrics.result import QuestionnaireResult, content_of
from lendmill.rating.psychometrics.scoring import scored


def begin(db: Db, *, borrower_id: UUID, agreed: bool, language: str, seed: int, today: date, at: datetime) -> Attempt:
    """Give a form to somebody who agrees to it; a form still open is gone on with instead.

    Refuses with `QuestionnaireConsentMissing` and, within `rules.days_between` of the last one sent,
    `QuestionnaireTooSoon`: taking the consent back does not give a second try. However a form ended, only a few are
    drawn within a month (`QuestionnaireBegunOften`).
    """
    lock_borrower(db, borrower_id)
    known = queries.state(db, borrower_id, today)
    if known.going_on is not None:
        return known.going_on
    if not agreed:
        raise QuestionnaireConsentMissing
    if known.again_on is not None and known.sent is not None:
        raise QuestionnaireTooSoon(finished_on=known.sent.finished_on, again_on=known.again_on)
    check_draws(queries.begun_since(db, borrower_id, today - timedelta(days=DRAWS_DAYS)))
    shop = people.shop_of(db, borrower_id)
    if shop is None:
        raise ShopMissing
    consent = QuestionnaireConsent(ids.new(), borrower_id, True, _spoken(language), today)
    store.say_consent(db, consent, wording=wording(consent.language), said_at=at)
    bank = queries.current_bank(db)
    keep_bank(db, bank, today=today)
    begun = _drawn(bank, borrower_id=borrower_id, shop_id=shop.shop_id, consent=consent, seed=seed, today=today)
    store.start(db, begun, form=msgspec.json.encode(begun.form).decode(), started_at=at)
    return begun


def _drawn(
    bank: ItemBank, *, borrower_id: UUID, shop_id: UUID, consent: QuestionnaireConsent, seed: int, today: date
) -> Attempt:
    return Attempt(
        attempt_id=ids.new(),
        borrower_id=borrower_id,
        shop_id=shop_id,
        consent_id=consent.consent_id,
        bank_digest=bank.digest,
        seed=seed,
        form=msgspec.to_builtins(composed(bank, seed)),
        started_on=today,
        expires_on=today + timedelta(days=bank.rules.days_to_finish),
        finished_on=None,
        withdrawn=False,
    )


def _spoken(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]


def show(db: Db, *, borrower_id: UUID, attempt_id: UUID, item_key: str, today: date, at: datetime) -> None:
    """Note that an item is put before the person now; its time runs from here."""
    begun = queries.attempt(db, borrower_id, attempt_id)
    begun.check_open(today)
    check_choice(queries.bank(db, begun.bank_digest), begun, item_key, 0, shown=True)
    store.show(db, begun, item_key=item_key, shown_at=at)


def answer(
    db: Db,
    *,
    borrower_id: UUID,
    attempt_id: UUID,
    item_key: str,
    choice: int,
    language: str,
    client_ms: int | None,
    today: date,
    at: datetime,
) -> None:
    """Take an answer in; until the form is sent another one to the same item takes its place, and both are kept.

    Only what was put before the person can be answered: an answer out of nowhere has no time, and is nobody's.
    """
    lock_borrower(db, borrower_id)
    begun = queries.attempt(db, borrower_id, attempt_id)
    begun.check_open(today)
    shown = item_key in begun.keys and queries.was_shown(db, begun, item_key, at)
    check_choice(queries.bank(db, begun.bank_digest), begun, item_key, choice, shown=shown)
    hint = client_ms if client_ms is not None and 0 <= client_ms <= CLIENT_MS_MAX else None
    store.answer(
        db, begun, item_key=item_key, choice=choice, language=_spoken(language), answered_at=at, client_ms=hint
    )


def finish(db: Db, *, borrower_id: UUID, attempt_id: UUID, today: date, at: datetime) -> QuestionnaireResult:
    """Send a form in and score it; sent twice it is the same result once. Refuses with `AnswersMissing`."""
    lock_borrower(db, borrower_id)
    begun = queries.attempt(db, borrower_id, attempt_id)
    earlier = queries.result_of(db, begun)
    if earlier is not None and not begun.withdrawn:
        return earlier
    begun.check_open(today)
    answers = counting(begun, queries.given(db, begun))
    if missing := len(begun.keys) - len(answers):
        raise AnswersMissing(missing=missing)
    scores = scored(queries.bank(db, begun.bank_digest), answers)
    content = content_of(begun.seed, answers, scores)
    made = QuestionnaireResult(begun.attempt_id, borrower_id, content, digest_of(content), today, at)
    store.finish(
        db,
        begun,
        content=content,
        content_hash=made.content_hash,
        is_usable=scores.is_usable,
        quantities=scores.quantities(),
        finished_on=today,
        finished_at=at,
    )
    return made


def withdraw(db: Db, *, borrower_id: UUID, language: str, today: date, at: datetime) -> None:
    """Take the consent back: open and sent forms are used no more. Without a consent nothing happens."""
    lock_borrower(db, borrower_id)
    if queries.state(db, borrower_id, today).consented:
        consent = QuestionnaireConsent(ids.new(), borrower_id, False, _spoken(language), today)
        store.say_consent(db, consent, wording="", said_at=at)


def ask_explanation(db: Db, *, borrower_id: UUID, words: str, today: date) -> None:
    """Note the wish that a person explains the newest result; wished twice it is one wish."""
    sent = queries.newest_attempt(db, borrower_id, finished=True)
    if sent is None or sent.withdrawn:
        raise NoResultYet
    store.wish(db, sent, words=words.strip()[:2000], wished_on=today)


def keep_bank(db: Db, bank: ItemBank, *, today: date) -> None:
    """Keep a version of the bank, once; the newest kept is the one new forms are drawn from."""
    store.keep_bank(
        db,
        digest=bank.digest,
        edition=bank.edition,
        parameters=bank.parameters,
        body=bank.body,
        kept_on=today,
    )
