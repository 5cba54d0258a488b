"""The voluntary questionnaire on a phone: consent, one question a screen, a pause at any time, and taking it back."""

import secrets
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill.api.callers import Asked, database_of
from lendmill.api.statuses import status
from lendmill.db import Db
from lendmill.people.queries import act_today, house_day
from lendmill.rating.psychometrics import actions, queries
from lendmill.rating.psychometrics.attempt import (
    Attempt,
    NoSuchChoice,
    QuestionnaireBegunOften,
    QuestionnaireConsentMissing,
    QuestionnaireNotOffered,
)
from lendmill.rating.psychometrics.consent import wording
from lendmill.rating.psychometrics.scoring import EXTREME, HURRIED, STRAIGHT
from lendmill.rating.psychometrics.validity import validity
from lendmill.refusals import Refusal
from lendmill.web.entrance import Form
from lendmill.web.own import days_left, seller_of
from lendmill.web.pages import go, page, words_of
from lendmill.web.sheets import sheet
from lendmill.web.words import marked

SEED_BITS: Final = 62
TRAIT_NAMES: Final = dict(
    zip(
        ("conscientiousness", "emotional_stability", "prudence", "integrity", "locus_of_control"),
        marked(
            "Care in everyday work",
            "Calm when things go wrong",
            "Thinking before acting and spending",
            "Keeping one's word and the rules",
            "Taking matters into one's own hands",
        ),
        strict=True,
    )
)
SIGN_NAMES: Final = dict(
    zip(
        (HURRIED, STRAIGHT, EXTREME),
        marked(
            "Many questions were answered too fast to be read; the traits are not used.",
            "The statements were answered in a straight line; the traits are not used.",
            "Only the ends of the scale were chosen.",
        ),
        strict=True,
    )
)


def staff_panel(db: Db, borrower_id: UUID) -> dict[str, Any]:
    """What the panel on the borrower's page needs, for staff whose work it is."""
    return {
        "questionnaire": queries.panel(db, borrower_id),
        "traits": TRAIT_NAMES,
        "signs": SIGN_NAMES,
        "validity": validity,
    }


@get("/questionnaire", sync_to_thread=True)
def questionnaire_page(request: Asked) -> Response[str]:
    """What it is and what it is for; or how far one has come; or thanks, and what was measured."""
    return _overview(request)


def _overview(request: Asked, *, mistake: str = "", status_code: int = 200) -> Response[str]:
    borrower_id, words = seller_of(request), words_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        state = queries.state(db, borrower_id, today)
        panel = queries.panel(db, borrower_id)
    if not _offered(request) and state.sent is None and state.going_on is None:
        raise QuestionnaireNotOffered
    return page(
        request,
        "questionnaire.html",
        status_code=status_code,
        state=state,
        today=today,
        wish=panel.wish,
        traits=TRAIT_NAMES,
        offered=_offered(request),
        wording=wording(words.language),
        days_left=days_left,
        mistake=mistake,
    )


def _offered(request: Asked) -> bool:
    return bool(request.app.state.settings.questionnaire)


def _check_offered(request: Asked) -> None:
    if not _offered(request):
        raise QuestionnaireNotOffered


@post("/questionnaire", sync_to_thread=True)
def begin(request: Asked, data: Form) -> Response[str] | Redirect:
    """Begin with the consent given, or go on with the form begun."""
    _check_offered(request)
    try:
        begun = act_today(
            database_of(request),
            actions.begin,
            borrower_id=seller_of(request),
            agreed=data.get("agreed") == "yes",
            language=words_of(request).language,
            seed=secrets.randbits(SEED_BITS),
            at=datetime.now(UTC),
        )
    except (QuestionnaireConsentMissing, QuestionnaireBegunOften) as refusal:
        return _overview(request, mistake=words_of(request).refusal(refusal), status_code=status(refusal))
    return go(f"/questionnaire/{begun.attempt_id}")


@post("/questionnaire/withdrawal", sync_to_thread=True)
def withdraw(request: Asked) -> Redirect:
    """Take the consent back; nothing else changes."""
    act_today(
        database_of(request),
        actions.withdraw,
        borrower_id=seller_of(request),
        language=words_of(request).language,
        at=datetime.now(UTC),
    )
    return go("/questionnaire")


@post("/questionnaire/explanation", sync_to_thread=True)
def ask_explanation(request: Asked, data: Form) -> Redirect:
    """Note the wish that a person explains the result."""
    act_today(
        database_of(request), actions.ask_explanation, borrower_id=seller_of(request), words=data.get("words", "")
    )
    return go("/questionnaire")


@get("/questionnaire/{attempt_id:uuid}", sync_to_thread=True)
def question_page(request: Asked, attempt_id: FromPath[UUID], n: FromQuery[int] = 0) -> Response[str] | Redirect:
    """The next question without an answer, or an earlier one to look at again; after the last, the sending."""
    _check_offered(request)
    with database_of(request).transaction() as db:
        begun = queries.attempt(db, seller_of(request), attempt_id)
    if begun.finished_on is not None:
        return go("/questionnaire")
    return _question(request, begun, n)


def _question(
    request: Asked, begun: Attempt, n: int, *, mistake: str = "", status_code: int = 200
) -> Response[str] | Redirect:
    """Draw a screen of the form and note that it was shown; `n` counts from 1, 0 is the next one."""
    with database_of(request).transaction() as db:
        begun.check_open(house_day(db))
        answered = queries.choices(db, begun)
        bank = queries.bank(db, begun.bank_digest)
    at = begun.place(n, answered)
    facts: dict[str, Any] = {"begun": begun, "at": at, "answered": len(answered), "mistake": mistake}
    if at == len(begun.keys):
        return page(request, "question.html", status_code=status_code, item=None, choices=[], chosen=None, **facts)
    screen = begun.screens[at]
    act_today(
        database_of(request),
        actions.show,
        borrower_id=begun.borrower_id,
        attempt_id=begun.attempt_id,
        item_key=screen.item_key,
        at=datetime.now(UTC),
    )
    item, language = bank.by_key[screen.item_key], words_of(request).language
    texts = item.answers(language)
    return page(
        request,
        "question.html",
        status_code=status_code,
        item=item,
        choices=[(choice, texts[choice]) for choice in screen.order],
        chosen=answered.get(screen.item_key),
        **facts,
    )


@post("/questionnaire/{attempt_id:uuid}", sync_to_thread=True)
def take_answer(request: Asked, attempt_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Keep an answer and go on; without one, the question again with a sentence."""
    _check_offered(request)
    with database_of(request).transaction() as db:
        begun = queries.attempt(db, seller_of(request), attempt_id)
    item_key = data.get("item", "")
    try:
        act_today(
            database_of(request),
            actions.answer,
            borrower_id=begun.borrower_id,
            attempt_id=attempt_id,
            item_key=item_key,
            choice=_whole(data.get("choice"), otherwise=-1),
            language=words_of(request).language,
            client_ms=_whole(data.get("client_ms"), otherwise=None),
            at=datetime.now(UTC),
        )
    except NoSuchChoice as refusal:
        n = begun.keys.index(item_key) + 1
        return _question(request, begun, n, mistake=words_of(request).refusal(refusal), status_code=status(refusal))
    return go(f"/questionnaire/{attempt_id}" if data.get("then") != "pause" else "/questionnaire")


def _whole(text: str | None, *, otherwise: Any) -> Any:
    """A small whole number as a form sends it."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


@post("/questionnaire/{attempt_id:uuid}/send", sync_to_thread=True)
def send(request: Asked, attempt_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Send the form in; sent twice it is one result."""
    try:
        act_today(
            database_of(request),
            actions.finish,
            borrower_id=seller_of(request),
            attempt_id=attempt_id,
            at=datetime.now(UTC),
        )
    except Refusal as refusal:
        return _overview(request, mistake=words_of(request).refusal(refusal), status_code=status(refusal))
    return go("/questionnaire")


@get("/questionnaire/{attempt_id:uuid}/answers", sync_to_thread=True)
def own_answers(request: Asked, attempt_id: FromPath[UUID]) -> Response[str]:
    """A person's own answers as a file: every question as it was read, every answer, and how long it took."""
    words = words_of(request)
    with database_of(request).transaction() as db:
        begun = queries.attempt(db, seller_of(request), attempt_id)
        given = queries.given(db, begun)
        bank = queries.bank(db, begun.bank_digest)
    rows = [
        (
            bank.by_key[each.item_key].told(each.language),
            bank.by_key[each.item_key].answers(each.language)[each.choice],
            each.answered_at.isoformat(timespec="seconds"),
            each.seconds,
        )
        for each in given
    ]
    return sheet("questionnaire", words.heads("Question", "Answer", "Answered at", "Seconds"), rows)
