"""Agreeing to the public index and taking it back, showing it and noting who saw it, asking a person, and answering."""

from datetime import date
from typing import Final
from uuid import UUID

from lendmill import ids
from lendmill.db import Db
from lendmill.people.sign_in.queries import Caller
from lendmill.rating import queries as ratings
from lendmill.rating.telling import queries, store
from lendmill.rating.telling.consents import INDEX, REPAYMENT, NoSuchQuestion, NothingToAsk, QuestionEmpty, wording
from lendmill.rating.telling.index import PublicIndex

LETTERS_MAX: Final = 2_000


def tell_consent(
    db: Db, *, borrower_id: UUID, purpose: str, given: bool, language: str, by: Caller, today: date
) -> None:
    """Keep a consent or its withdrawal; said again, nothing is written. Who takes back the index takes back its parts.

    Refuses with `UnknownPurpose`.
    """
    text = wording(purpose, language)
    purposes = [purpose] if given or purpose != INDEX else [REPAYMENT, INDEX]
    told = queries.index_consents(db, borrower_id)
    for each in purposes:
        if (each in told and told[each].given) == given:
            continue
        store.add_consent(
            db,
            consent_id=ids.new(),
            borrower_id=borrower_id,
            purpose=each,
            given=given,
            language=language,
            wording=text if each == purpose else wording(each, language),
            told_on=today,
            told_by=by.account_id,
        )


def note_view(
    db: Db, *, borrower_id: UUID, shop_key: str, shown: PublicIndex, by: Caller, viewer: str, today: date
) -> None:
    """Keep who was shown a seller's index and what they saw."""
    store.add_view(
        db,
        view_id=ids.new(),
        borrower_id=borrower_id,
        shop_key=shop_key,
        seen_by=by.account_id,
        viewer=viewer,
        seen_on=today,
        index_points=shown.points,
        level=shown.level,
        formula=shown.formula,
    )


def ask_person(db: Db, *, borrower_id: UUID, words: str, today: date) -> None:
    """Note a seller's wish that a person looks at the latest rating; asked again about the same rating it stays one.

    Refuses with `NothingToAsk`, `QuestionEmpty`.
    """
    rating = ratings.latest_rating(db, borrower_id)
    if rating is None:
        raise NothingToAsk()
    said = _said(words)
    store.add_question(
        db, question_id=ids.new(), borrower_id=borrower_id, rating_id=rating.rating_id, words=said, asked_on=today
    )


def answer(db: Db, *, borrower_id: UUID, question_id: UUID, words: str, by: Caller, today: date) -> None:
    """Answer a seller's question, once. Refuses with `NoSuchQuestion`, `QuestionEmpty`."""
    said = _said(words)
    if queries.question(db, borrower_id, question_id) is None:
        raise NoSuchQuestion()
    written = store.add_answer(
        db,
        question_id=question_id,
        borrower_id=borrower_id,
        words=said,
        answered_by=by.account_id,
        answered_on=today,
    )
    if not written:
        raise NoSuchQuestion()


def _said(words: str) -> str:
    said = words.strip()
    if not said or len(said) > LETTERS_MAX:
        raise QuestionEmpty(letters_max=LETTERS_MAX)
    return said
