"""What a rating says: to the seller and the staff all of it, to others the public index a seller agreed to."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from litestar import get, post, put
from litestar.params import FromPath, JSONBody

from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.credit import queries as credit
from lendmill.db import Db
from lendmill.features import queries as features
from lendmill.people import queries as people
from lendmill.people.queries import house_day
from lendmill.rating import queries as ratings
from lendmill.rating.card import Card
from lendmill.rating.telling import actions, queries
from lendmill.rating.telling.changes import Move, moves
from lendmill.rating.telling.consents import INDEX, REPAYMENT, IndexNotShared
from lendmill.rating.telling.index import IDENTITY, LATE_DAYS, REPAID, YEARS, PublicIndex, formula_on, years_between
from lendmill.rating.telling.index import public_index as worked_out
from lendmill.rating.telling.kept import Telling
from lendmill.rating.telling.reasons import BY_NAME, Against, reasons
from lendmill.rating.telling.sentences import sentence, short_file, unread
from lendmill.rating.thin import rule_on

LANGUAGES = ("en", "zh-Hans")


@dataclass(frozen=True)
class RatingRead:
    """A rating with all that follows from it: why, what moved since the one before, what could not be read."""

    rating: ratings.Rating
    card: Card
    telling: Telling
    against: tuple[Against, ...]
    before: queries.RatingDay | None
    moved: tuple[Move, ...]
    same_card: bool

    def unread(self, language: str) -> list[str]:
        """What the card could not read, and why, as sentences."""
        split = (doubt.partition(": ") for doubt in self.rating.doubts)
        return [unread(BY_NAME.get(name), name, why, language) for name, _, why in split]

    def short_file(self, language: str) -> list[str]:
        """What a thin file means, as sentences."""
        file = self.telling.file
        return short_file(file, rule_on(file.rule_on or self.rating.as_of_on), language)


def rating_read(db: Db, borrower_id: UUID) -> RatingRead | None:
    """The latest rating of a borrower, explained by the card that gave it and the facts it was given."""
    rating = ratings.latest_rating(db, borrower_id)
    if rating is None:
        return None
    card = ratings.model(db, rating.model_id).card
    snapshot = features.snapshot(db, borrower_id, rating.snapshot_id) if rating.snapshot_id else None
    facts = snapshot.facts if snapshot is not None and snapshot.shop_id == rating.shop_id else {}
    days = [day for day in queries.rating_days(db, borrower_id) if day.as_of_on < rating.as_of_on]
    before = days[0] if days else None
    earlier = ratings.rating(db, borrower_id, before.rating_id) if before else None
    same_card = earlier is not None and earlier.model_id == rating.model_id
    known = rating.points is not None and facts
    return RatingRead(
        rating=rating,
        card=card,
        telling=rating.told,
        against=reasons(card, rating.parts, facts) if known else (),
        before=before,
        moved=moves(earlier.parts, rating.parts) if earlier is not None and same_card else (),
        same_card=same_card,
    )


@dataclass(frozen=True)
class BlockTold:
    """A sub-score: from 0, the worst the card could say, to 100; without one, `state` says why."""

    state: str
    score: int | None


@dataclass(frozen=True)
class RatingTold:
    """A rating as it is told: with its sub-scores, the reasons in both languages, and what was put on top."""

    rating_id: UUID
    as_of_on: date
    model_id: str
    grade: str
    points: int | None
    pd: float | None
    pd_low: float | None
    pd_high: float | None
    blocks: dict[str, BlockTold]
    reasons: list[dict[str, str]]
    file: str
    about_file: list[dict[str, str]]
    adjustment_points: int
    adjustments: list[dict[str, Any]]
    unread: list[dict[str, str]]


@get("/borrowers/{borrower_id:uuid}/rating", sync_to_thread=True)
def rating(request: Asked, borrower_id: FromPath[UUID]) -> RatingTold | None:
    """The latest rating of a borrower with its reasons; nothing where there is none yet."""
    with database_of(request).transaction() as db:
        people.borrower(db, borrower_id)
        read = rating_read(db, borrower_id)
    if read is None:
        return None
    told, given = read.telling, read.rating
    return RatingTold(
        rating_id=given.rating_id,
        as_of_on=given.as_of_on,
        model_id=given.model_id,
        grade=given.grade,
        points=given.points,
        pd=given.pd,
        pd_low=told.pd_low,
        pd_high=told.pd_high,
        blocks={name: BlockTold(each.state, each.score) for name, each in told.blocks.items()},
        reasons=[{language: sentence(each, language) for language in LANGUAGES} for each in read.against],
        file=told.file.kind,
        about_file=_both(read.short_file),
        adjustment_points=told.adjustment_points,
        adjustments=list(told.adjustments),
        unread=_both(read.unread),
    )


def _both(told: Any) -> list[dict[str, str]]:
    """Sentences side by side in all languages."""
    return [
        dict(zip(LANGUAGES, each, strict=True))
        for each in zip(*(told(language) for language in LANGUAGES), strict=True)
    ]


def index_of(db: Db, borrower_id: UUID, shop: people.Shop, purposes: frozenset[str], today: date) -> PublicIndex:
    """The public index of a shop today, of the parts for which these purposes are agreed to."""
    borrower, standing = people.borrower(db, borrower_id), credit.standing(db, borrower_id)
    snapshot = features.latest_snapshot(db, borrower_id)
    own = snapshot if snapshot is not None and snapshot.shop_id == shop.shop_id else None
    facts: dict[str, Any] = dict(own.facts) if own else {}
    facts[IDENTITY] = 1.0 if borrower.identity_verified else 0.0
    facts[YEARS] = years_between(shop.since_on or borrower.member_since_on, today)
    if standing.loans_drawn:
        facts[REPAID], facts[LATE_DAYS] = standing.loans_repaid, standing.days_past_due_worst
    return worked_out(formula_on(today), facts, purposes, as_of_on=own.as_of_on if own else None)


def agreed(db: Db, borrower_id: UUID) -> frozenset[str]:
    """For which purposes a seller agrees today."""
    return frozenset(each.purpose for each in queries.index_consents(db, borrower_id).values() if each.given)


@get("/index/{shop_key:str}", sync_to_thread=True)
def public_index(request: Asked, shop_key: FromPath[str]) -> PublicIndex:
    """The public index of a shop whose seller agreed to it; who looked is kept, and the seller can see it.

    A shop that is not here and one whose seller did not agree are refused alike; that a shop is here, `shops` tells.
    """
    caller = caller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        shop = people.shops_by_key(db, [shop_key]).get(shop_key)
        purposes = agreed(db, shop.borrower_id) if shop else frozenset()
        if shop is None or INDEX not in purposes:
            raise IndexNotShared()
        shown = index_of(db, shop.borrower_id, shop, purposes, today)
        actions.note_view(
            db,
            borrower_id=shop.borrower_id,
            shop_key=shop_key,
            shown=shown,
            by=caller,
            viewer=caller.display_name,
            today=today,
        )
    return shown


@dataclass(frozen=True)
class OwnIndex:
    """A seller's own index: exactly what others see, what was agreed to, and who looked."""

    shop_key: str
    shared: bool
    with_repayment: bool
    shown: PublicIndex
    views: list[queries.IndexView]


def own_index(db: Db, borrower_id: UUID, today: date) -> OwnIndex | None:
    """What others see of a seller, or would see if the seller agreed; None without a shop."""
    shop = people.shop_of(db, borrower_id)
    if shop is None:
        return None
    purposes = agreed(db, borrower_id)
    shown = index_of(db, borrower_id, shop, purposes | {INDEX}, today)
    return OwnIndex(
        shop.shop_key, INDEX in purposes, REPAYMENT in purposes, shown, queries.index_views(db, borrower_id)
    )


@get("/borrowers/{borrower_id:uuid}/index", sync_to_thread=True)
def seller_index(request: Asked, borrower_id: FromPath[UUID]) -> OwnIndex | None:
    """What others see of this seller, or would see, and who looked."""
    with database_of(request).transaction() as db:
        people.borrower(db, borrower_id)
        return own_index(db, borrower_id, house_day(db))


@dataclass(frozen=True)
class ConsentSaid:
    """Whether a seller agrees, and in which language the text was read."""

    given: bool
    language: str = "zh-Hans"


@put("/borrowers/{borrower_id:uuid}/index/consents/{purpose:str}", sync_to_thread=True)
def tell_consent(
    request: Asked, borrower_id: FromPath[UUID], purpose: FromPath[str], data: JSONBody[ConsentSaid]
) -> OwnIndex | None:
    """Agree to `index` or `index-repayment`, or take it back; it holds from now on."""
    with database_of(request).transaction() as db:
        today = house_day(db)
        actions.tell_consent(
            db, borrower_id=borrower_id, purpose=purpose, given=data.given, language=data.language,
            by=caller_of(request), today=today,
        )  # fmt: skip
        return own_index(db, borrower_id, today)


@dataclass(frozen=True)
class Said:
    """What somebody asks or answers, in words."""

    words: str


@post("/borrowers/{borrower_id:uuid}/rating/questions", sync_to_thread=True)
def ask_person(request: Asked, borrower_id: FromPath[UUID], data: JSONBody[Said]) -> list[queries.RatingQuestion]:
    """Ask that a person looks at the latest rating, and say why; once for each rating."""
    with database_of(request).transaction() as db:
        actions.ask_person(db, borrower_id=borrower_id, words=data.words, today=house_day(db))
        return queries.questions_of(db, borrower_id)


@get("/rating-questions", sync_to_thread=True)
def open_questions(request: Asked) -> list[queries.RatingQuestion]:
    """What sellers asked about their ratings and nobody answered yet, the longest waiting first."""
    with database_of(request).transaction() as db:
        return queries.open_questions(db)


@post("/borrowers/{borrower_id:uuid}/rating/questions/{question_id:uuid}/answer", sync_to_thread=True)
def answer(
    request: Asked, borrower_id: FromPath[UUID], question_id: FromPath[UUID], data: JSONBody[Said]
) -> list[queries.RatingQuestion]:
    """Answer a seller's question about a rating, once; the seller reads it on the page of the rating."""
    with database_of(request).transaction() as db:
        actions.answer(
            db, borrower_id=borrower_id, question_id=question_id, words=data.words, by=caller_of(request),
            today=house_day(db),
        )  # fmt: skip
        return queries.questions_of(db, borrower_id)
