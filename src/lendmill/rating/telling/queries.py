"""Where shops belong, what sellers agreed to, who saw their index, and what they asked a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.db import Db, many, maybe
from lendmill.rating.telling.kept import Place


@dataclass(frozen=True, slots=True)
class _ShopPlace:
    shop_key: str
    industry: str
    region: str


PLACES = """
    select shop.shop_key, borrower.industry, borrower.region
      from shop
      join borrower on borrower.borrower_id = shop.borrower_id
     where shop.shop_key = any(%(shop_keys)s)
"""


def places_of(db: Db, shop_keys: Sequence[str]) -> dict[str, Place]:
    """The industry and region of the shops that belong to a borrower here."""
    found = many(db, _ShopPlace, PLACES, shop_keys=list(shop_keys))
    return {each.shop_key: Place(each.industry, each.region) for each in found}


@dataclass(frozen=True, slots=True)
class RatingDay:
    """A rating of an earlier day, as far as a seller compares it."""

    rating_id: UUID
    as_of_on: date
    model_id: str
    points: int | None
    grade: str


EARLIER = """
    select rating_id, as_of_on, model_id, points, grade
      from (
           select distinct on (as_of_on) rating_id, as_of_on, model_id, points, grade
             from rating
            where borrower_id = %(borrower_id)s
            order by as_of_on desc, rating_id desc
            limit %(size)s
           ) day
     order by as_of_on desc
"""


def rating_days(db: Db, borrower_id: UUID, size: int = 30) -> list[RatingDay]:
    """The last rating of each of the last days there was one, the newest first."""
    return many(db, RatingDay, EARLIER, borrower_id=borrower_id, size=size)


@dataclass(frozen=True, slots=True)
class IndexConsent:
    """What a seller last said to others seeing a part of the index."""

    purpose: str
    given: bool
    told_on: date
    wording: str


CONSENTS = """
    select distinct on (purpose) purpose, given, told_on, wording
      from index_consent
     where borrower_id = %(borrower_id)s
     order by purpose, consent_id desc
"""


def index_consents(db: Db, borrower_id: UUID) -> dict[str, IndexConsent]:
    """What counts today, by purpose; what was never asked is not there, and not agreed to."""
    return {each.purpose: each for each in many(db, IndexConsent, CONSENTS, borrower_id=borrower_id)}


@dataclass(frozen=True, slots=True)
class IndexView:
    """Somebody who was shown a seller's index, and what they saw."""

    view_id: UUID
    shop_key: str
    viewer: str
    seen_on: date
    index_points: int | None
    level: str


VIEWS = """
    select view_id, shop_key, viewer, seen_on, index_points, level
      from index_view
     where borrower_id = %(borrower_id)s
     order by view_id desc
     limit %(size)s
"""


def index_views(db: Db, borrower_id: UUID, size: int = 20) -> list[IndexView]:
    """Who saw the index last, the latest first."""
    return many(db, IndexView, VIEWS, borrower_id=borrower_id, size=size)


@dataclass(frozen=True, slots=True)
class RatingQuestion:
    """A seller's question about a rating, and the answer where there is one."""

    question_id: UUID
    borrower_id: UUID
    rating_id: UUID
    borrower: str
    words: str
    asked_on: date
    answer: str | None
    answerer: str | None
    answered_on: date | None


QUESTION_COLUMNS = """
           q.question_id, q.borrower_id, q.rating_id, b.display_name as borrower, q.words, q.asked_on,
           a.words as answer, p.display_name as answerer, a.answered_on
      from rating_question q
      join borrower b on b.borrower_id = q.borrower_id
      left join rating_answer a on (a.question_id, a.borrower_id) = (q.question_id, q.borrower_id)
      left join account p on p.account_id = a.answered_by
"""

QUESTION = f"""
    select {QUESTION_COLUMNS}
     where q.question_id = %(question_id)s
       and q.borrower_id = %(borrower_id)s
"""


def question(db: Db, borrower_id: UUID, question_id: UUID) -> RatingQuestion | None:
    """One question, if this borrower asked it."""
    return maybe(db, RatingQuestion, QUESTION, question_id=question_id, borrower_id=borrower_id)


QUESTIONS_OF = f"""
    select {QUESTION_COLUMNS}
     where q.borrower_id = %(borrower_id)s
     order by q.question_id desc
     limit %(size)s
"""


def questions_of(db: Db, borrower_id: UUID, size: int = 10) -> list[RatingQuestion]:
    """A seller's questions, the latest first."""
    return many(db, RatingQuestion, QUESTIONS_OF, borrower_id=borrower_id, size=size)


OPEN_QUESTIONS = f"""
    select {QUESTION_COLUMNS}
     where a.question_id is null
       and (%(after)s::uuid is null or q.question_id > %(after)s::uuid)
     order by q.question_id
     limit %(size)s
"""


def open_questions(db: Db, *, after: UUID | None = None, size: int = 50) -> list[RatingQuestion]:
    """What waits for a person, the longest first, a page at a time."""
    return many(db, RatingQuestion, OPEN_QUESTIONS, after=after, size=min(size, 500))
