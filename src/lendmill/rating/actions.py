"""Keeping a card, making it the live one, and rating every shop with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import polars as pl

from lendmill import ids
from lendmill.db import Db
from lendmill.rating import queries, store
from lendmill.rating.card import Card
from lendmill.rating.queries import UnknownModel


@dataclass(frozen=True)
class RatedAll:
    """What a rating pass did: new ratings, those the same as before, and shops nobody here owns."""

    model_id: str
    as_of_on: date
    rated: int
    unchanged: int
    strangers: int


def model_id_of(card: Card) -> str:
    """A card's name: its key and the first letters of its digest.

    The same card always has the same name, so keeping it twice keeps it once.
    """
    return f"{card.key}-{card.digest[:12]}"


def keep_model(db: Db, card: Card, report: Any) -> str:
    """Keep a trained card with what was measured, and give its name back."""
    model_id = model_id_of(card)
    store.keep_model(
        db,
        model_id=model_id,
        target=card.target,
        body=card.written().decode(),
        digest=card.digest,
        report=msgspec.json.encode(report).decode(),
    )
    return model_id


def promote(db: Db, model_id: str) -> None:
    """Make a kept card the one that rates; the one before it retires."""
    if store.set_live(db, model_id) == 0:
        raise UnknownModel(model_id=model_id)


def rate_all(db: Db, card: Card, frame: pl.DataFrame, *, today: date, snapshot_id: UUID | None = None) -> RatedAll:
    """Rate every shop of a features table in one pass. Run again for the same day, it adds only what changed."""
    model_id = model_id_of(card)
    queries.model(db, model_id)
    rated = card.rate_table(frame)
    known = queries.known_shops(db, rated["shop_key"].to_list())
    added = store.add_ratings(db, _rows(rated), as_of_on=today, model_id=model_id, snapshot_id=snapshot_id)
    return RatedAll(model_id, today, rated=added, unchanged=known - added, strangers=rated.height - known)


def _rows(rated: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    told = rated.select("shop_key", "points", "pd", "grade", "contributions", "doubts")
    for shop_key, points, pd, grade, contributions, doubts in told.iter_rows():
        yield ids.new(), shop_key, points, pd, grade, msgspec.json.encode(contributions).decode(), doubts
