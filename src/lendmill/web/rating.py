"""A seller's rating on one page: where the shop stands, why, what helps, and what others may see of it."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.ratings import RatingRead, own_index, rating_read
from lendmill.api.statuses import status
from lendmill.people.queries import act_today, house_day
from lendmill.rating.scale import GRADES
from lendmill.rating.tables import START
from lendmill.rating.telling import actions, queries
from lendmill.rating.telling.blocks import BLOCKS
from lendmill.rating.telling.consents import INDEX, REPAYMENT, wording
from lendmill.rating.telling.index import INDEX_MAX
from lendmill.rating.telling.reasons import LOSS_MIN
from lendmill.rating.telling.sentences import advice, fact
from lendmill.rating.telling.words import BLOCK_NAMES, LEVEL_NAMES, PART_NAMES, STRENGTH_NAMES, called
from lendmill.refusals import Refusal
from lendmill.web.entrance import Form
from lendmill.web.own import seller_of
from lendmill.web.pages import go, page, words_of

SCALE: Final = (460, 700)  # the points a seller's scale shows; what lies beyond stands at its end
LOOKS: Final = {"strong": "good", "fair": "warn", "weak": "bad"}


@get("/rating", sync_to_thread=True)
def rating_page(request: Asked, asked: FromQuery[str] = "") -> Response[str]:
    """Grade, points, blocks, four reasons and what helps; what changed; the public index; and the way to a person."""
    return _page(request, question_asked=asked == "yes")


def _page(request: Asked, *, refused: str = "", typed: str = "", code: int = 200, **more: Any) -> Response[str]:
    borrower_id, language = seller_of(request), words_of(request).language
    with database_of(request).transaction() as db:
        today = house_day(db)
        read, index = rating_read(db, borrower_id), own_index(db, borrower_id, today)
        questions = queries.questions_of(db, borrower_id)
    facts: dict[str, Any] = {"question_asked": False, **more}
    return page(
        request,
        "rating.html",
        status_code=code,
        today=today,
        read=read,
        rating=_shown(read, language) if read else None,
        index=index,
        index_max=INDEX_MAX,
        parts=[(called(PART_NAMES, p.key, language), p.strength) for p in index.shown.parts] if index else [],
        level=called(LEVEL_NAMES, index.shown.level, language) if index else "",
        strengths={key: called(STRENGTH_NAMES, key, language) for key in STRENGTH_NAMES},
        looks=LOOKS,
        wordings={purpose: wording(purpose, language) for purpose in (INDEX, REPAYMENT)},
        questions=questions,
        waits=bool(questions and read and questions[0].rating_id == read.rating.rating_id),
        refused=refused,
        typed=typed,
        **facts,
    )


def _shown(read: RatingRead, language: str) -> dict[str, Any]:
    """A rating as its page shows it."""
    points = read.rating.points
    low, high = SCALE
    floors = [(grade.name, at(grade.points_min)) for grade in GRADES if grade.points_min is not None]
    return {
        "known": points is not None,
        "place": None if points is None else at(min(high, max(low, points))),
        "floors": floors,
        "blocks": [(called(BLOCK_NAMES, name, language), read.telling.blocks.get(name)) for name in BLOCKS],
        "reasons": [(fact(each, language), advice(each, language)) for each in read.against],
        "weighs": _weighs(read),
        "moved": [(move.named(language), move.points) for move in read.moved],
        "file": read.short_file(language),
        "unread": read.unread(language),
    }


def _weighs(read: RatingRead) -> bool:
    """Whether anything tells against a shop at all, or has taken points from it since the rating before."""
    points, before = read.rating.points, read.before.points if read.before else None
    fell = points is not None and before is not None and before > points
    return fell or any(part.points <= -LOSS_MIN for part in read.rating.parts if part.feature != START)


def at(points: int) -> float:
    """Where points stand on the scale, in hundredths of its length.

    >>> at(460), at(580), at(700)
    (0.0, 50.0, 100.0)
    """
    low, high = SCALE
    return round(100 * (points - low) / (high - low), 1)


@post("/rating/index", sync_to_thread=True)
def tell_index(request: Asked, data: Form) -> Response[str] | Redirect:
    """Agree to the public index or a part of it, or take it back."""
    try:
        act_today(
            database_of(request),
            actions.tell_consent,
            borrower_id=seller_of(request),
            purpose=data.get("purpose", ""),
            given=data.get("given") == "yes",
            language=words_of(request).language,
            by=caller_of(request),
        )
    except Refusal as refusal:
        return _page(request, refused=words_of(request).refusal(refusal), code=status(refusal))
    return go("/rating#index")


@post("/rating/question", sync_to_thread=True)
def ask_person(request: Asked, data: Form) -> Response[str] | Redirect:
    """Ask a person to look at the rating."""
    words = data.get("words", "")
    try:
        act_today(database_of(request), actions.ask_person, borrower_id=seller_of(request), words=words)
    except Refusal as refusal:
        return _page(request, refused=words_of(request).refusal(refusal), typed=words, code=status(refusal))
    return go("/rating?asked=yes")
