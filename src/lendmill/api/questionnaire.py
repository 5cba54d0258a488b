"""The voluntary questionnaire for programs: a marketplace's own pages may ask it, question by question."""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from lendmill.api.callers import Asked, database_of
from lendmill.people.queries import act_today, borrower, house_day
from lendmill.rating.psychometrics import actions, queries
from lendmill.rating.psychometrics.attempt import QuestionnaireNotOffered
from lendmill.rating.psychometrics.consent import wording

SEED_BITS = 62


@dataclass(frozen=True)
class QuestionnaireNow:
    """Where a borrower stands: the consent to show first, the form to go on with, when the next may be begun."""

    offered: bool
    consent: str
    attempt_id: UUID | None
    answered: int
    questions: int
    expires_on: date | None
    sent_on: date | None
    again_on: date | None


@get("/borrowers/{borrower_id:uuid}/questionnaire", sync_to_thread=True)
def questionnaire(
    request: Asked, borrower_id: FromPath[UUID], language: FromQuery[str] = "zh-Hans"
) -> QuestionnaireNow:
    """Where a borrower stands with the questionnaire."""
    return _now(request, borrower_id, language)


def _now(request: Asked, borrower_id: UUID, language: str) -> QuestionnaireNow:
    with database_of(request).transaction() as db:
        borrower(db, borrower_id)
        state = queries.state(db, borrower_id, house_day(db))
    going_on, sent = state.going_on, state.sent
    return QuestionnaireNow(
        offered=bool(request.app.state.settings.questionnaire),
        consent=wording(language),
        attempt_id=going_on.attempt_id if going_on else None,
        answered=state.answered,
        questions=state.screens,
        expires_on=going_on.expires_on if going_on else None,
        sent_on=sent.finished_on if sent and not sent.withdrawn else None,
        again_on=state.again_on,
    )


def _check_offered(request: Asked) -> None:
    if not request.app.state.settings.questionnaire:
        raise QuestionnaireNotOffered


@dataclass(frozen=True)
class Agreement:
    """Whether the person agreed to the consent shown, and in which language it was read."""

    agreed: bool
    language: str = "zh-Hans"


@post("/borrowers/{borrower_id:uuid}/questionnaire", sync_to_thread=True)
def begin(request: Asked, borrower_id: FromPath[UUID], data: JSONBody[Agreement]) -> QuestionnaireNow:
    """Begin a form, or go on with the one begun; asked again it is the same form."""
    _check_offered(request)
    act_today(
        database_of(request),
        actions.begin,
        borrower_id=borrower_id,
        agreed=data.agreed,
        language=data.language,
        seed=secrets.randbits(SEED_BITS),
        at=datetime.now(UTC),
    )
    return _now(request, borrower_id, data.language)


@dataclass(frozen=True)
class Spoken:
    """The language a person reads."""

    language: str = "zh-Hans"


@post("/borrowers/{borrower_id:uuid}/questionnaire/withdrawal", sync_to_thread=True)
def withdraw(request: Asked, borrower_id: FromPath[UUID], data: JSONBody[Spoken]) -> QuestionnaireNow:
    """Take the consent back: the answers are used no more."""
    act_today(
        database_of(request),
        actions.withdraw,
        borrower_id=borrower_id,
        language=data.language,
        at=datetime.now(UTC),
    )
    return _now(request, borrower_id, data.language)


@dataclass(frozen=True)
class Question:
    """One question as it is to be shown: the choices in the order to show them, each with the number to send back."""

    item_key: str
    number: int
    questions: int
    text: str
    choices: list[tuple[int, str]]
    chosen: int | None


@dataclass(frozen=True)
class QuestionNext:
    """The question to show, or none when the form can be sent."""

    question: Question | None


@get("/borrowers/{borrower_id:uuid}/questionnaire/{attempt_id:uuid}/question", sync_to_thread=True)
def question(
    request: Asked,
    borrower_id: FromPath[UUID],
    attempt_id: FromPath[UUID],
    number: FromQuery[int] = 0,
    language: FromQuery[str] = "zh-Hans",
) -> QuestionNext:
    """The next question without an answer, or the one of a number; its time runs from this call."""
    _check_offered(request)
    with database_of(request).transaction() as db:
        begun = queries.attempt(db, borrower_id, attempt_id)
        begun.check_open(house_day(db))
        answered = queries.choices(db, begun)
        bank = queries.bank(db, begun.bank_digest)
    at = begun.place(number, answered)
    if at == len(begun.keys):
        return QuestionNext(None)
    screen = begun.screens[at]
    act_today(
        database_of(request),
        actions.show,
        borrower_id=borrower_id,
        attempt_id=attempt_id,
        item_key=screen.item_key,
        at=datetime.now(UTC),
    )
    item = bank.by_key[screen.item_key]
    texts = item.answers(language)
    choices = [(choice, texts[choice]) for choice in screen.order]
    chosen = answered.get(item.key)
    return QuestionNext(Question(item.key, at + 1, len(begun.keys), item.told(language), choices, chosen))


@dataclass(frozen=True)
class Answered:
    """An answer: the number of the choice, the language it was read in, and what the device measured."""

    choice: int
    language: str = "zh-Hans"
    client_ms: int | None = None


@put(
    "/borrowers/{borrower_id:uuid}/questionnaire/{attempt_id:uuid}/answers/{item_key:str}",
    sync_to_thread=True,
)
def answer(
    request: Asked,
    borrower_id: FromPath[UUID],
    attempt_id: FromPath[UUID],
    item_key: FromPath[str],
    data: JSONBody[Answered],
) -> QuestionnaireNow:
    """Keep an answer; sent again, the last one counts and all are kept."""
    _check_offered(request)
    act_today(
        database_of(request),
        actions.answer,
        borrower_id=borrower_id,
        attempt_id=attempt_id,
        item_key=item_key,
        choice=data.choice,
        language=data.language,
        client_ms=data.client_ms,
        at=datetime.now(UTC),
    )
    return _now(request, borrower_id, data.language)


@post("/borrowers/{borrower_id:uuid}/questionnaire/{attempt_id:uuid}/sending", sync_to_thread=True)
def send(
    request: Asked, borrower_id: FromPath[UUID], attempt_id: FromPath[UUID], data: JSONBody[Spoken]
) -> QuestionnaireNow:
    """Send the form in; sent twice it is one result. No scores are told back."""
    act_today(
        database_of(request),
        actions.finish,
        borrower_id=borrower_id,
        attempt_id=attempt_id,
        at=datetime.now(UTC),
    )
    return _now(request, borrower_id, data.language)


@dataclass(frozen=True)
class QuestionnaireScores:
    """What the newest form came to, for those who look at a borrower's file."""

    finished_on: date
    bank_digest: str
    usable: bool
    flags: list[str]
    figures: dict[str, float | None]
    errors: dict[str, float]


@get("/borrowers/{borrower_id:uuid}/questionnaire/result", sync_to_thread=True)
def result(request: Asked, borrower_id: FromPath[UUID]) -> QuestionnaireScores:
    """The figures of the newest form whose consent stands, traits with their standard errors."""
    with database_of(request).transaction() as db:
        found = queries.newest_result(db, borrower_id)
    scores = found.scores
    errors: dict[str, Any] = {name: score.error for name, score in scores.traits.items()}
    return QuestionnaireScores(
        found.finished_on, found.bank_digest, scores.is_usable, list(scores.flags), scores.quantities(), errors
    )
