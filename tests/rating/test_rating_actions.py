"""Cards are kept and promoted, and rating every shop twice says nothing twice."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import polars as pl
import pytest
from psycopg.errors import InsufficientPrivilege
from rating_cards import PAIR, SMALL

from lendmill import ids
from lendmill.db import Database
from lendmill.people.actions import register_borrowers
from lendmill.rating import actions, queries

TODAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Introduced:
    """A seller as a marketplace introduces one."""

    shop_key: str
    name: str = "一家小店"
    kind: str = "person"
    industry: str = "unknown"
    region: str = "unknown"
    born_on: date | None = None
    member_since_on: date | None = None
    identity_no: str | None = None
    phone: str | None = None


FRAME = pl.DataFrame(
    {
        "shop_key": ["a", "b", "nobody's"],
        "months_active": [20.0, None, 1.0],
        "refund_share": [0.05, float("nan"), 0.5],
    }
)


@pytest.fixture
def borrowers(database: Database) -> dict[str, UUID]:
    return database.act(register_borrowers, sellers=[Introduced("a"), Introduced("b"), Introduced("c")], today=TODAY)


def live(database: Database) -> str:
    model_id = database.act(actions.keep_model, SMALL, {"auc": 0.5})
    database.act(actions.promote, model_id)
    return model_id


def test_a_kept_card_comes_back_as_it_was(database: Database) -> None:
    model_id = database.act(actions.keep_model, PAIR, {"auc": 0.5})
    assert database.act(actions.keep_model, PAIR, {"auc": 0.6}) == model_id
    with database.transaction() as db:
        kept = queries.model(db, model_id)
        assert (kept.card, kept.card.digest, kept.stage, kept.report) == (PAIR, PAIR.digest, "trained", {"auc": 0.5})
        with pytest.raises(queries.NoLiveModel):
            queries.live_card(db)


def test_one_card_is_live(database: Database) -> None:
    first = live(database)
    second = database.act(actions.keep_model, PAIR, {})
    with database.transaction() as db:
        assert queries.live_card(db) == SMALL
    database.act(actions.promote, second)
    with database.transaction() as db:
        assert queries.live_card(db) == PAIR
        assert {m.model_id: m.stage for m in queries.models(db)} == {first: "retired", second: "live"}
    with pytest.raises(queries.UnknownModel):
        database.act(actions.promote, "no such")
    with database.transaction() as db:
        assert queries.live_card(db) == PAIR


def test_every_shop_is_rated_and_strangers_are_counted(database: Database, borrowers: dict[str, UUID]) -> None:
    model_id, snapshot_id = live(database), ids.new()
    done = database.act(actions.rate_all, SMALL, FRAME, today=TODAY, snapshot_id=snapshot_id)
    assert done == actions.RatedAll(model_id, TODAY, rated=2, unchanged=0, strangers=1)
    with database.transaction() as db:
        good, doubted = (queries.latest_rating(db, borrowers[key]) for key in "ab")
        assert queries.latest_rating(db, borrowers["c"]) is None
        assert good is not None
        assert doubted is not None
        assert queries.rating(db, borrowers["a"], good.rating_id) == good
        assert [(g.grade, g.borrowers, g.mean_pd) for g in queries.grade_counts(db, TODAY)] == [
            ("AAA", 1, 0.004975),
            ("BB", 1, 0.05354),
        ]
    assert (good.points, good.pd, good.grade, good.doubts, good.snapshot_id) == (640, 0.004975, "AAA", [], snapshot_id)
    assert (good.as_of_on, good.model_id) == (TODAY, model_id)
    assert good.parts == SMALL.rate({"months_active": 20.0, "refund_share": 0.05}).contributions
    assert (doubted.points, doubted.grade, doubted.doubts) == (570, "BB", ["refund_share"])
    assert [(r.feature, r.points) for r in doubted.reasons] == [("months_active", -20), ("refund_share", -10)]


def test_rating_again_the_same_day_adds_only_what_changed(database: Database, borrowers: dict[str, UUID]) -> None:
    model_id = live(database)
    database.act(actions.rate_all, SMALL, FRAME, today=TODAY)
    again = database.act(actions.rate_all, SMALL, FRAME, today=TODAY)
    assert (again.rated, again.unchanged) == (0, 2)

    changed = FRAME.with_columns(months_active=pl.lit(1.0))
    for frame, points in ((changed, 580), (FRAME, 640)):
        assert database.act(actions.rate_all, SMALL, frame, today=TODAY).rated == 2
        with database.transaction() as db:
            latest = queries.latest_rating(db, borrowers["a"])
            assert latest is not None
            assert latest.points == points
    assert database.act(actions.rate_all, SMALL, FRAME, today=date(2026, 1, 2)) == actions.RatedAll(
        model_id, date(2026, 1, 2), rated=2, unchanged=0, strangers=1
    )


def test_two_passes_in_one_transaction_do_not_mix(database: Database, borrowers: dict[str, UUID]) -> None:
    live(database)
    with database.transaction() as db:
        assert actions.rate_all(db, SMALL, FRAME.head(1), today=TODAY).rated == 1
        assert actions.rate_all(db, SMALL, FRAME.slice(1, 1), today=date(2026, 1, 2)).rated == 1
        assert queries.latest_rating(db, borrowers["b"]) is not None


def test_a_card_nobody_kept_rates_nobody(database: Database, borrowers: dict[str, UUID]) -> None:
    with pytest.raises(queries.UnknownModel):
        database.act(actions.rate_all, SMALL, FRAME, today=TODAY)
    with database.transaction() as db:
        assert queries.latest_rating(db, borrowers["a"]) is None


@pytest.mark.parametrize(
    "statement",
    [
        "update rating set points = 900",
        "delete from rating",
        "update model set body = '{}'",
        "delete from model",
    ],
)
def test_ratings_and_cards_are_never_changed(database: Database, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege), database.transaction() as db:
        db.execute(statement)
