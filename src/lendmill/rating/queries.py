"""Which card is live, and what it said of a borrower."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import msgspec

from lendmill.db import Db, many, maybe
from lendmill.rating.card import Card, Contribution, Rated
from lendmill.rating.telling.kept import Telling
from lendmill.refusals import Refusal


class NoLiveModel(Refusal):
    """No card is live: train one with `lendmill train --live`, or let two people promote one that is kept."""


class UnknownModel(Refusal):
    """There is no model {model_id}: it has to be kept before it can rate or go live."""


@dataclass(frozen=True)
class Model:
    """A card as kept: its document, what was measured when it was trained, and its stage."""

    model_id: str
    target: str
    body: dict[str, Any]
    digest: str
    report: dict[str, Any]
    stage: str
    kind: str
    data_hash: str
    code_version: str
    page: str
    made_at: datetime

    @cached_property
    def card(self) -> Card:
        """The card itself; its content must still be what its digest says."""
        card = Card.read(self.body)
        assert card.digest == self.digest, f"model {self.model_id} is not what was kept"
        return card


@dataclass(frozen=True)
class Rating:
    """What a card said of one shop as of one day."""

    rating_id: UUID
    borrower_id: UUID
    shop_id: UUID
    as_of_on: date
    model_id: str
    points: int
    pd: float
    grade: str
    contributions: list[dict[str, Any]]
    doubts: list[str]
    snapshot_id: UUID | None
    telling: dict[str, Any] | None = None

    @cached_property
    def told(self) -> Telling:
        """How the rating came about beside its parts; those from before it was kept tell nothing of it."""
        return msgspec.convert(self.telling or {}, Telling)

    @property
    def parts(self) -> tuple[Contribution, ...]:
        """What each feature gave, the start first; they sum to the points."""
        return tuple(msgspec.convert(each, Contribution) for each in self.contributions)

    @property
    def reasons(self) -> tuple[Contribution, ...]:
        """What told against the shop, the worst first."""
        return Rated(self.points, self.pd, self.grade, 0, self.parts).reasons


COLUMNS: Final = """
           model_id, target, body, digest, report, stage, kind, data_hash, code_version, page, made_at
      from model
"""

MODEL = f"""
    select {COLUMNS}
     where model_id = %(model_id)s
"""


def model(db: Db, model_id: str) -> Model:
    """A card by its name."""
    found = maybe(db, Model, MODEL, model_id=model_id)
    if found is None:
        raise UnknownModel(model_id=model_id)
    return found


LIVE_MODEL = f"""
    select {COLUMNS}
     where stage = 'live'
"""


def live_model(db: Db) -> Model:
    """The card that rates shops today, with its report."""
    found = maybe(db, Model, LIVE_MODEL)
    if found is None:
        raise NoLiveModel()
    return found


def live_card(db: Db) -> Card:
    """The card that rates shops today."""
    return live_model(db).card


MODELS = f"""
    select {COLUMNS}
     order by made_at desc, model_id
"""


def models(db: Db) -> list[Model]:
    """All cards ever kept, the newest first."""
    return many(db, Model, MODELS)


SHADOW_MODELS = f"""
    select {COLUMNS}
     where stage = 'shadow'
     order by model_id
"""


def shadow_models(db: Db) -> list[Model]:
    """The cards that rate in the shadow of the live one."""
    return many(db, Model, SHADOW_MODELS)


LATEST_RATING = """
select rating_id, borrower_id, shop_id, as_of_on, model_id, points, pd, grade, contributions, doubts, snapshot_id,
       telling
  from rating
 where borrower_id = %(borrower_id)s
 order by as_of_on desc, rating_id desc
 limit 1
"""


def latest_rating(db: Db, borrower_id: UUID) -> Rating | None:
    """The newest rating of a borrower's shop, if it was ever rated."""
    return maybe(db, Rating, LATEST_RATING, borrower_id=borrower_id)


RATING = """
select rating_id, borrower_id, shop_id, as_of_on, model_id, points, pd, grade, contributions, doubts, snapshot_id,
       telling
  from rating
 where rating_id = %(rating_id)s
   and borrower_id = %(borrower_id)s
"""


def rating(db: Db, borrower_id: UUID, rating_id: UUID) -> Rating | None:
    """One rating of a borrower, as a decision named it."""
    return maybe(db, Rating, RATING, rating_id=rating_id, borrower_id=borrower_id)


@dataclass(frozen=True)
class GradeCount:
    """How many borrowers stand in a grade, and their average PD."""

    grade: str
    borrowers: int
    mean_pd: float | None


GRADE_COUNTS = """
select grade,
       count(*)::integer as borrowers,
       avg(pd) as mean_pd
  from (
       select distinct on (borrower_id) grade, pd
         from rating
        where as_of_on <= %(today)s
        order by borrower_id, as_of_on desc, rating_id desc
       ) latest
 group by grade
 order by avg(pd)
"""


def grade_counts(db: Db, today: date) -> list[GradeCount]:
    """How the borrowers spread over the grades, by each one's newest rating."""
    return many(db, GradeCount, GRADE_COUNTS, today=today)
