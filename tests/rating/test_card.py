"""The card gives one shop and a table of shops the same rating, and says when it was asked what it has not learned."""

import random
from itertools import product
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rating_cards import AGE, DOUBLING, PAIR, REFUNDS, SMALL

from lendmill.rating.card import Card, Rated
from lendmill.rating.scale import Scale
from lendmill.rating.tables import (
    CELL_MAX,
    Axis,
    BankRatingOffered,
    FeatureAbsent,
    InvalidCard,
    NotANumber,
    Reading,
    Table,
)


def points_of(card: Card, **facts: Any) -> list[int]:
    return [each.points for each in card.rate(facts).contributions]


def test_a_shop_is_rated_by_adding_up_cells() -> None:
    rated = SMALL.rate({"months_active": 20.0, "refund_share": 0.05})
    assert (rated.points, rated.pd, rated.grade) == (640, 0.004975, "AAA")
    assert [(c.feature, c.bin, c.points, c.points_max, c.reading) for c in rated.contributions] == [
        ("start", "", 600, 600, Reading.KNOWN),
        ("months_active", "≥ 12", 20, 20, Reading.KNOWN),
        ("refund_share", "< 0.1", 20, 20, Reading.KNOWN),
    ]
    assert rated.by_block == {"": 600, "transactions": 20, "interaction": 20}
    assert (rated.doubts, rated.reasons) == ((), ())


def test_an_edge_belongs_to_the_bin_above_it() -> None:
    assert points_of(SMALL, months_active=2.999999, refund_share=0.0)[1] == -40
    assert points_of(SMALL, months_active=3.0, refund_share=0.0)[1] == 0
    assert points_of(SMALL, months_active=12, refund_share=0.0)[1] == 20


def test_missing_has_the_points_learned_for_it() -> None:
    rated = SMALL.rate({"months_active": None, "refund_share": 0.05})
    assert (rated.contributions[1].bin, rated.contributions[1].points) == ("missing", -20)
    assert rated.doubts == ()
    assert [c.feature for c in rated.reasons] == ["months_active"]


def test_missing_where_it_was_never_missing_is_neutral_and_doubted() -> None:
    rated = SMALL.rate({"months_active": 20.0, "refund_share": None})
    assert (rated.contributions[2].bin, rated.contributions[2].points) == ("missing", 0)
    assert rated.contributions[2].reading == Reading.NEVER_MISSING
    assert rated.doubts == ("refund_share",)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_is_no_number_gets_the_worst_points_and_is_doubted(value: float) -> None:
    rated = SMALL.rate({"months_active": value, "refund_share": 0.05})
    assert (rated.contributions[1].bin, rated.contributions[1].points) == ("unusable", -40)
    assert rated.doubts == ("months_active",)


@pytest.mark.parametrize(("value", "doubted"), [(80.0, ()), (80.1, ("months_active",)), (1e12, ("months_active",))])
def test_a_value_far_beyond_training_is_doubted(value: float, doubted: tuple[str, ...]) -> None:
    rated = SMALL.rate({"months_active": value, "refund_share": 0.05})
    assert (rated.contributions[1].bin, rated.doubts) == ("≥ 12", doubted)
    assert SMALL.rate({"months_active": -value, "refund_share": 0.05}).doubts == ("months_active",)


@pytest.mark.parametrize("value", ["12", "", True, b"1", [1.0], 10**400])
def test_a_number_sent_as_text_is_refused(value: Any) -> None:
    with pytest.raises(NotANumber):
        SMALL.rate({"months_active": value, "refund_share": 0.05})


def test_a_column_of_text_is_refused() -> None:
    with pytest.raises(NotANumber):
        SMALL.rate_table(pl.DataFrame({"shop_key": ["a"], "months_active": ["20"], "refund_share": [0.05]}))
    with pytest.raises(NotANumber):
        SMALL.rate_table(pl.DataFrame({"shop_key": ["a"], "months_active": [True], "refund_share": [0.05]}))


def test_a_feature_left_out_is_refused_by_name() -> None:
    with pytest.raises(FeatureAbsent, match="refund_share"):
        SMALL.rate({"months_active": 20.0})
    with pytest.raises(FeatureAbsent, match="refund_share"):
        SMALL.rate_table(pl.DataFrame({"shop_key": ["a"], "months_active": [20.0]}))


def test_the_order_of_columns_and_features_nobody_reads_change_nothing() -> None:
    frame = pl.DataFrame({"refund_share": [0.3], "other": ["x"], "shop_key": ["a"], "months_active": [2.0]})
    [row] = SMALL.rate_table(frame).rows(named=True)
    assert SMALL.rated_row(row) == SMALL.rate({"months_active": 2.0, "refund_share": 0.3})


NAN, INF = float("nan"), float("inf")
TELLING = (None, NAN, INF, -INF, 0.0, -0.0, 2.9999999999999996, 3.0, 5.0, 12.0, 0.09999999999999999, 0.1, 0.5, 80.0)
TELLING += (80.00000000000001, -40.0, -40.00000000000001, 1.6, 1.6000000000000003, 1e12, 1e308, 5e-324)
VALUES = st.one_of(st.sampled_from(TELLING), st.floats(-100, 100), st.floats())


def assert_rated_alike(card: Card, rows: list[tuple[Any, Any]]) -> None:
    frame = pl.DataFrame(
        {
            "shop_key": [f"s{n}" for n in range(len(rows))],
            "months_active": [row[0] for row in rows],
            "refund_share": [row[1] for row in rows],
        },
        schema={"shop_key": pl.String, "months_active": pl.Float64, "refund_share": pl.Float64},
    )
    rated = card.rate_table(frame)
    assert rated["shop_key"].to_list() == frame["shop_key"].to_list()
    for row, facts in zip(rated.iter_rows(named=True), frame.iter_rows(named=True), strict=True):
        alone = card.rate(facts)
        assert card.rated_row(row) == alone
        assert tuple(row["doubts"]) == alone.doubts
        assert row["pd"].hex() == alone.pd.hex()


@pytest.mark.parametrize("card", [SMALL, PAIR])
def test_every_telling_value_is_read_alike_for_one_shop_and_for_many(card: Card) -> None:
    assert_rated_alike(card, list(product(TELLING, TELLING)))


@settings(deadline=None)
@given(rows=st.lists(st.tuples(VALUES, VALUES), max_size=12), card=st.sampled_from([SMALL, PAIR]))
def test_one_shop_and_a_table_of_shops_get_the_same_to_the_bit(rows: list[tuple[Any, Any]], card: Card) -> None:
    assert_rated_alike(card, rows)


@settings(deadline=None)
@given(months=VALUES, refunds=VALUES)
def test_contributions_sum_to_the_points_exactly(months: float | None, refunds: float | None) -> None:
    rated = PAIR.rate({"months_active": months, "refund_share": refunds})
    assert sum(each.points for each in rated.contributions) == rated.points
    assert sum(rated.by_block.values()) == rated.points


@settings(deadline=None)
@given(
    edges=st.lists(st.floats(allow_nan=False, allow_infinity=False), unique=True, max_size=5).map(sorted),
    cells=st.lists(st.integers(-CELL_MAX, CELL_MAX), min_size=8, max_size=8),
    start=st.integers(-CELL_MAX, CELL_MAX),
)
def test_a_card_read_back_is_the_same_card(edges: list[float], cells: list[int], start: int) -> None:
    axis = Axis(feature="x", edges=tuple(edges), low=-1.0, high=1.0, missing_seen=True)
    card = Card(key="k", target="t", start=start, tables=(Table(axes=(axis,), cells=tuple(cells[: len(edges) + 3])),))
    assert Card.read(card.written()) == card
    assert Card.read(card.written()).digest == card.digest


def test_tables_in_another_order_give_the_same_rating() -> None:
    tables = list(PAIR.tables)
    random.Random(0).shuffle(tables)
    other = Card(key="pair", target="default", start=PAIR.start, tables=tuple(tables))
    facts = {"months_active": 5.0, "refund_share": 0.2}
    first, second = PAIR.rate(facts), other.rate(facts)
    assert (first.points, first.pd, first.logit) == (second.points, second.pd, second.logit)
    assert set(first.contributions) == set(second.contributions)


def test_reasons_are_what_told_against_the_shop_the_worst_first() -> None:
    rated: Rated = SMALL.rate({"months_active": 1.0, "refund_share": 0.5})
    assert [(r.feature, r.points) for r in rated.reasons] == [("months_active", -40), ("refund_share", -10)]
    assert SMALL.rate({"months_active": 5.0, "refund_share": 0.0}).reasons == ()


def card_with(**changes: Any) -> Card:
    axis = Axis(**{"feature": "x", "edges": (1.0,), "low": 0.0, "high": 2.0, "missing_seen": True} | changes)
    return Card(key="k", target="t", start=0, tables=(Table(axes=(axis,), cells=(0, 1, 2, 3)),))


def test_a_card_that_reads_the_banks_own_rating_is_refused() -> None:
    assert card_with(feature="x").features == ("x",)
    for name in ("rating", "bank_rating"):
        with pytest.raises(BankRatingOffered, match=name):
            card_with(feature=name)


def test_a_card_with_a_mistake_is_refused() -> None:
    for wrong in (
        {"edges": (2.0, 1.0)},
        {"edges": (float("nan"),)},
        {"low": 3.0},
        {"edges": ()},
        {"edges": (1.0, 2.0)},
    ):
        with pytest.raises(InvalidCard):
            card_with(**wrong)
    with pytest.raises(InvalidCard):
        Card(key="k", target="t", start=0, tables=())
    with pytest.raises(InvalidCard):
        Card(key="k", target="t", start=CELL_MAX + 1, tables=SMALL.tables)
    with pytest.raises(InvalidCard):
        Card(key="k", target="t", start=0, tables=(SMALL.tables[0], SMALL.tables[0]))
    with pytest.raises(InvalidCard):
        Card(key="k", target="t", start=0, tables=(Table(axes=(AGE, REFUNDS), cells=(0,) * 19),))
    with pytest.raises(InvalidCard):
        Card.read(b'{"key": "k"}')
    with pytest.raises(InvalidCard):
        Card.read(SMALL.written().replace(b'"target"', b'"targets"'))


def test_a_table_of_no_shops_is_rated_too() -> None:
    frame = pl.DataFrame(schema={"shop_key": pl.String, "months_active": pl.Float64, "refund_share": pl.Float64})
    assert SMALL.rate_table(frame).columns == ["shop_key", "points", "pd", "grade", "logit", "contributions", "doubts"]
    assert SMALL.rate_table(frame).height == 0


def test_a_column_that_is_all_missing_is_read_as_missing() -> None:
    frame = pl.DataFrame({"shop_key": ["a"], "months_active": [None], "refund_share": [0.05]})
    assert SMALL.rate_table(frame)["points"].to_list() == [600]
    assert SMALL.rate({"months_active": None, "refund_share": 0.05}).points == 600


def test_the_scale_of_a_card_is_part_of_it() -> None:
    other = Card(key="small", target="default", start=SMALL.start, tables=SMALL.tables, scale=Scale(double_points=40))
    assert other.rate({"months_active": 20.0, "refund_share": 0.05}).points == 680
    assert other.digest != SMALL.digest
    assert SMALL.start + 2 * DOUBLING == SMALL.rate({"months_active": 20.0, "refund_share": 0.05}).logit
