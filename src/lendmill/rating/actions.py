"""Keeping a card, and rating every shop with the live one and with those in its shadow."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
import polars as pl

from lendmill import ids
from lendmill.db import Db
from lendmill.rating import queries, store
from lendmill.rating.adjusting import queries as adjusting
from lendmill.rating.axes import InvalidCard
from lendmill.rating.card import Card
from lendmill.rating.crowd import bins_counted
from lendmill.rating.registry import stages
from lendmill.rating.registry import store as registry
from lendmill.rating.registry.provenance import Provenance as Provenance
from lendmill.rating.telling import queries as telling
from lendmill.rating.telling.kept import Times, rows
from lendmill.refusals import Refusal

UNADDRESSABLE: Final = frozenset("/\\?#%&;\"'<>")  # a card's name stands in the address of its page


class NotTheLiveCard(Refusal):
    """Card {model_id} is {stage}, not live: only what the live card says of a shop counts."""


@dataclass(frozen=True)
class ShadowRated:
    """What a card in the shadow did in a rating pass: how many ratings were new, or why it could not rate."""

    model_id: str
    rated: int
    refused: str = ""


@dataclass(frozen=True)
class RatedAll:
    """What a rating pass did: new ratings, those the same as before, and shops nobody here owns."""

    model_id: str
    as_of_on: date
    rated: int
    unchanged: int
    strangers: int
    shadows: tuple[ShadowRated, ...] = ()


def model_id_of(card: Card) -> str:
    """A card's name: its key and the first letters of its digest.

    The same card always has the same name, so keeping it twice keeps it once.
    """
    return f"{card.key}-{card.digest[:12]}"


def keep_model(db: Db, card: Card, report: Any, provenance: Provenance | None = None) -> str:
    """Keep a trained card as a draft, with what was measured and where it comes from, and give its name back."""
    model_id, came = model_id_of(card), provenance or Provenance()
    if not model_id.isprintable() or set(model_id) & UNADDRESSABLE:
        raise InvalidCard(
            field="key", value=repr(card.key[:60]), allowed="letters and digits, which an address can name"
        )
    kept = store.keep_model(
        db,
        model_id=model_id,
        target=card.target,
        body=card.written().decode(),
        digest=card.digest,
        report=msgspec.json.encode(report).decode(),
        kind=came.kind,
        data_hash=came.data_hash,
        code_version=came.code_version,
        page=came.page,
    )
    if kept:
        kept_by = came.kept_by.account_id if came.kept_by else None
        registry.add_stage(db, model_id, "draft", reason=stages.KEPT, changed_on=came.kept_on, changed_by=kept_by)
    return model_id


def rate_all(db: Db, card: Card, frame: pl.DataFrame, *, today: date, snapshot_id: UUID | None = None) -> RatedAll:
    """Rate every shop of a features table in one pass, with the live card and with every card in the shadow stage.

    Run again for the same day, it adds only what changed. No card changes its stage meanwhile. A card in the shadow
    that cannot read the table is told of, and holds nobody up. Refuses with `UnknownModel` and `NotTheLiveCard`.
    """
    model_id = model_id_of(card)
    if (stage := store.hold_stage(db, model_id)) != "live":
        queries.model(db, model_id)
        raise NotTheLiveCard(model_id=model_id, stage=stage)
    places = telling.places_of(db, frame["shop_key"].to_list())
    ours, times = frame.filter(pl.col("shop_key").is_in(list(places))), Times.on(today, adjusting.in_force(db, today))
    finished = ((ids.new(), *row) for row in rows(card, ours, places=places, times=times))
    added = store.add_ratings(db, finished, as_of_on=today, model_id=model_id, snapshot_id=snapshot_id)
    shadows = tuple(_rate_in_shadow(db, each, ours, today) for each in queries.shadow_models(db))
    return RatedAll(
        model_id, today, rated=added, unchanged=ours.height - added, strangers=frame.height - ours.height,
        shadows=shadows,
    )  # fmt: skip


def _rate_in_shadow(db: Db, model: queries.Model, frame: pl.DataFrame, today: date) -> ShadowRated:
    try:
        rated = model.card.rate_table(frame)
    except Refusal as refusal:
        return ShadowRated(model.model_id, 0, str(refusal))
    rows = ((ids.new(), *row) for row in rated.select("shop_key", "points", "pd", "grade").iter_rows())
    added = store.add_shadow_ratings(db, rows, as_of_on=today, model_id=model.model_id)
    store.add_shadow_pass(db, pass_id=ids.new(), model_id=model.model_id, as_of_on=today, bins=bins_counted(rated))
    return ShadowRated(model.model_id, added)
