"""Cards are kept, the live one and its shadows rate, and rating every shop twice says nothing twice."""

from datetime import date
from uuid import UUID

import msgspec
import polars as pl
import pytest
from psycopg.errors import InsufficientPrivilege
from rating_cards import PAIR, SMALL
from staff import Staff

from lender import Introduced
from lendmill import ids
from lendmill.credit.cases.queries import gathered
from lendmill.db import Database
from lendmill.people.actions import register_borrowers
from lendmill.people.roles import Role
from lendmill.rating import actions, queries
from lendmill.rating.card import Card
from lendmill.rating.registry.actions import first_live, move
from lendmill.rating.registry.queries import stages_of
from lendmill.rating.tables import Axis, InvalidCard, Table

TODAY = date(2026, 1, 1)


FRAME = pl.DataFrame(
    {
        "shop_key": ["a", "b", "nobody's"],
        "months_active": [20.0, None, 1.0],
        "refund_share": [0.05, 0.5, 0.5],
    }
)


@pytest.fixture
def borrowers(database: Database) -> dict[str, UUID]:
    return database.act(register_borrowers, sellers=[Introduced("a"), Introduced("b"), Introduced("c")], today=TODAY)


def live(database: Database) -> str:
    model_id = database.act(actions.keep_model, SMALL, {"auc": 0.5})
    database.act(first_live, model_id, today=TODAY)
    return model_id


def shadow(database: Database, card: Card = PAIR) -> str:
    model_id = database.act(actions.keep_model, card, {})
    analyst = Staff(database).member(Role.ANALYST)
    database.act(move, model_id=model_id, to_stage="shadow", reason="to be tried", by=analyst, today=TODAY)
    return model_id


def test_a_kept_card_comes_back_as_it_was(database: Database) -> None:
    model_id = database.act(actions.keep_model, PAIR, {"auc": 0.5})
    assert database.act(actions.keep_model, PAIR, {"auc": 0.6}) == model_id
    with database.transaction() as db:
        kept = queries.model(db, model_id)
        assert (kept.card, kept.card.digest, kept.stage, kept.report) == (PAIR, PAIR.digest, "draft", {"auc": 0.5})
        with pytest.raises(queries.NoLiveModel):
            queries.live_card(db)


def test_a_kept_card_says_where_it_comes_from(database: Database) -> None:
    analyst = Staff(database).member(Role.ANALYST)
    came = actions.Provenance("boosted", "d" * 64, "0.1.0+abc", "# The card", TODAY, analyst)
    model_id = database.act(actions.keep_model, PAIR, {}, came)
    with database.transaction() as db:
        kept, (step,) = queries.model(db, model_id), stages_of(db, model_id)
    assert (kept.kind, kept.data_hash, kept.code_version, kept.page) == ("boosted", "d" * 64, "0.1.0+abc", "# The card")
    assert (step.stage, step.changed_on, step.changer) == ("draft", TODAY, analyst.display_name)


def test_cards_in_the_shadow_rate_beside_the_live_one_and_nobody_decides_by_them(
    database: Database, borrowers: dict[str, UUID]
) -> None:
    model_id, tried = live(database), shadow(database)
    database.act(actions.keep_model, msgspec.structs.replace(PAIR, key="draft"), {})
    done = database.act(actions.rate_all, SMALL, FRAME, today=TODAY)
    assert done == actions.RatedAll(
        model_id, TODAY, rated=2, unchanged=0, strangers=1, shadows=(actions.ShadowRated(tried, 2),)
    )
    assert database.act(actions.rate_all, SMALL, FRAME, today=TODAY).shadows == (actions.ShadowRated(tried, 0),)
    with database.transaction() as db:
        told = db.execute(
            "select model_id, points, pd, grade, as_of_on from shadow_rating where borrower_id = %s", [borrowers["a"]]
        ).fetchall()
        latest = queries.latest_rating(db, borrowers["a"])
        (used,) = gathered(db, [borrowers["a"]], TODAY)
        models = db.execute("select distinct model_id from rating").fetchall()
    said = PAIR.rate({"months_active": 20.0, "refund_share": 0.05})
    assert told == [(tried, said.points, said.pd, said.grade, TODAY)]
    assert latest is not None
    assert (latest.model_id, latest.points, used.model_id, used.points) == (model_id, 640, model_id, 640)
    assert models == [(model_id,)]


@pytest.mark.usefixtures("borrowers")
def test_a_shadow_that_cannot_read_the_table_holds_nobody_up(database: Database) -> None:
    live(database)
    strange = Axis(feature="unheard_of", edges=(1.0,), low=0.0, high=2.0, missing_seen=True)
    tried = shadow(database, msgspec.structs.replace(SMALL, tables=(Table(axes=(strange,), cells=(1, 2, 3)),)))
    done = database.act(actions.rate_all, SMALL, FRAME, today=TODAY)
    assert done.rated == 2
    ((told),) = done.shadows
    with database.transaction() as db:
        grades = db.execute("select distinct grade from shadow_rating").fetchall()
    assert (told, grades) == (actions.ShadowRated(tried, 2), [("UNKNOWN",)])


def test_a_table_of_strangers_is_rated_by_nobody(database: Database) -> None:
    model_id, tried = live(database), shadow(database)
    done = database.act(actions.rate_all, SMALL, FRAME, today=TODAY)
    assert done == actions.RatedAll(
        model_id, TODAY, rated=0, unchanged=0, strangers=3, shadows=(actions.ShadowRated(tried, 0),)
    )


def test_only_the_live_card_rates(database: Database, borrowers: dict[str, UUID]) -> None:
    live(database)
    tried = shadow(database)
    with pytest.raises(actions.NotTheLiveCard, match=f"{tried} is shadow"):
        database.act(actions.rate_all, PAIR, FRAME, today=TODAY)
    with database.transaction() as db:
        assert queries.latest_rating(db, borrowers["a"]) is None


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
    assert (doubted.points, doubted.grade, doubted.doubts) == (570, "BB", [])
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


@pytest.mark.parametrize("key", ["a/b", "a?b", "a#b", "a%2fb", '"a"', "<a>", "a\tb"])
def test_a_card_whose_page_could_have_no_address_is_not_kept(database: Database, key: str) -> None:
    with pytest.raises(InvalidCard, match="an address can name"):
        database.act(actions.keep_model, msgspec.structs.replace(SMALL, key=key), {})
    with database.transaction() as db:
        assert queries.models(db) == []
