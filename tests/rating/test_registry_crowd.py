"""Many at once about cards: one live card, one decision a proposal, one first card of a house."""

from collections import Counter
from datetime import date

import msgspec
import polars as pl
import pytest
from psycopg.errors import LockNotAvailable
from rating_cards import SMALL
from staff import Staff

from crowd import at_once
from lendmill import ids
from lendmill.db import Database
from lendmill.people.roles import Role
from lendmill.rating import actions as rating
from lendmill.rating import queries as ratings
from lendmill.rating.registry import actions, queries, store

TODAY = date(2026, 1, 1)
CROWD = 8


def kept(database: Database, count: int) -> list[str]:
    """So many cards, each of its own name."""
    cards = [msgspec.structs.replace(SMALL, key=f"card{n}") for n in range(count)]
    return [database.act(rating.keep_model, card, {}) for card in cards]


def test_of_many_first_cards_one_is_the_first(database: Database) -> None:
    cards = [msgspec.structs.replace(SMALL, key=f"card{n}") for n in range(CROWD)]

    def keep_and_go_live(card: object) -> None:
        def both(db) -> None:  # type: ignore[no-untyped-def]
            actions.first_live(db, rating.keep_model(db, card, {}), today=TODAY)  # type: ignore[arg-type]

        database.act(both)

    told = at_once([lambda card=card: keep_and_go_live(card) for card in cards])  # type: ignore[misc]
    assert told == {"done": 1, "takes-two": CROWD - 1}
    with database.transaction() as db:
        assert [model.stage for model in ratings.models(db)] == ["live"]


def test_of_many_promotions_at_once_there_is_one_live_card_and_each_stands_on_the_one_before(
    database: Database,
) -> None:
    staff = Staff(database)
    analyst, first, *others = staff.member(Role.ANALYST), *kept(database, CROWD)
    database.act(actions.first_live, first, today=TODAY)
    waiting = []
    for model_id in others:
        database.act(actions.move, model_id=model_id, to_stage="shadow", reason="try", by=analyst, today=TODAY)
        asked = {"key": str(ids.new()), "model_id": model_id, "to_stage": "live", "reason": "better"}
        waiting.append(database.act(actions.propose, by=analyst, today=TODAY, **asked))  # type: ignore[arg-type]
    officers = [staff.member(Role.RISK_OFFICER) for _ in others]
    told = at_once(
        [
            lambda one=one, by=by: database.act(  # type: ignore[misc]
                actions.decide, key=str(ids.new()), proposal_id=one.proposal_id, verdict="approve", by=by, today=TODAY
            )
            for one, by in zip(waiting, officers, strict=True)
        ]
    )
    assert told == {"done": 1, "live-card-changed": CROWD - 2}
    with database.transaction() as db:
        stages = Counter(model.stage for model in ratings.models(db))
        assert stages == {"live": 1, "retired": 1, "shadow": CROWD - 2}
        assert ratings.model(db, first).stage == "retired"
        live = queries.live_model_id(db)
        assert live is not None
        assert [step.n for step in queries.stages_of(db, live)] == [1, 2, 3]


def test_of_many_who_decide_one_proposal_one_does(database: Database) -> None:
    staff = Staff(database)
    analyst, (first, second) = staff.member(Role.ANALYST), kept(database, 2)
    database.act(actions.first_live, first, today=TODAY)
    database.act(actions.move, model_id=second, to_stage="shadow", reason="try", by=analyst, today=TODAY)
    asked = at_once(
        [
            lambda: database.act(
                actions.propose, key=str(ids.new()), model_id=second, to_stage="live", reason="better", by=analyst,
                today=TODAY,
            )
            for _ in range(CROWD)
        ]
    )  # fmt: skip
    assert asked == {"done": 1, "proposed-already": CROWD - 1}
    with database.transaction() as db:
        (proposal,) = queries.waiting(db, TODAY)
    told = at_once(
        [
            lambda by=by, verdict=verdict: database.act(  # type: ignore[misc]
                actions.decide, key=str(ids.new()), proposal_id=proposal.proposal_id, verdict=verdict, by=by,
                reason="as seen", today=TODAY,
            )
            for by, verdict in [(staff.member(Role.RISK_OFFICER), verdict) for verdict in ("approve", "decline") * 4]
        ]
    )  # fmt: skip
    assert told == {"done": 1, "decided-already": CROWD - 1}
    with database.transaction() as db:
        decided = queries.proposal(db, proposal.proposal_id)
        assert (ratings.model(db, second).stage == "live") == (decided.outcome == "approved")


def test_no_card_changes_its_stage_while_shops_are_being_rated(database: Database) -> None:
    (first,) = kept(database, 1)
    database.act(actions.first_live, first, today=TODAY)
    frame = pl.DataFrame({"shop_key": ["a"], "months_active": [5.0], "refund_share": [0.2]})
    with database.transaction() as rating_pass:
        rating.rate_all(rating_pass, msgspec.structs.replace(SMALL, key="card0"), frame, today=TODAY)
        with database.transaction() as other:
            other.execute("set local lock_timeout = '50ms'")
            with pytest.raises(LockNotAvailable), other.transaction():
                store.lock_cards(other)
    with database.transaction() as db:
        assert store.lock_cards(db) == {first: "live"}
