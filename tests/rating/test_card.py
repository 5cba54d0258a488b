"""The card gives one shop and a table of shops the same rating, and says when it was asked what it has not learned."""

import random
from itertools import product
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rating_cards import AGE, DOUBLING, PAIR, REFUNDS, SMALL, rated_row

from lendmill.rating.card import Band, Card, Rated, Unknown
from lendmill.rating.crowd import probabilities
from lendmill.rating.scale import Grade, Scale, logit_of, probability
from lendmill.rating.tables import (
    CELL_MAX,
    Axis,
    BankRatingOffered,
    InvalidCard,
    Levels,
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
    assert {each.block: each.points for each in rated.contributions} == {"": 600, "transactions": 20, "interaction": 20}
    assert (rated.unknown, rated.reasons) == ((), ())


def test_an_edge_belongs_to_the_bin_above_it() -> None:
    assert points_of(SMALL, months_active=2.999999, refund_share=0.0)[1] == -40
    assert points_of(SMALL, months_active=3.0, refund_share=0.0)[1] == 0
    assert points_of(SMALL, months_active=12, refund_share=0.0)[1] == 20


def test_missing_has_the_points_learned_for_it() -> None:
    rated = SMALL.rate({"months_active": None, "refund_share": 0.05})
    assert (rated.contributions[1].bin, rated.contributions[1].points) == ("missing", -20)
    assert rated.unknown == ()
    assert [c.feature for c in rated.reasons] == ["months_active"]


def frame_of(rows: list[tuple[Any, Any]], dtypes: tuple[Any, Any] = (pl.Float64, pl.Float64)) -> pl.DataFrame:
    columns = {
        "shop_key": [f"s{n}" for n in range(len(rows))],
        "months_active": [row[0] for row in rows],
        "refund_share": [row[1] for row in rows],
    }
    types = {"shop_key": pl.String, "months_active": dtypes[0], "refund_share": dtypes[1]}
    return pl.DataFrame(columns, schema=types, strict=False)


BAD_INPUTS: tuple[tuple[Any, Reading], ...] = (
    (float("nan"), Reading.UNUSABLE),
    (float("inf"), Reading.UNUSABLE),
    (float("-inf"), Reading.UNUSABLE),
    (80.00000000000001, Reading.FAR_OUT),
    (-40.00000000000001, Reading.FAR_OUT),
    (1e12, Reading.FAR_OUT),
    (10**400, Reading.FAR_OUT),
    ("12", Reading.NOT_A_NUMBER),
    ("", Reading.NOT_A_NUMBER),
    (True, Reading.NOT_A_NUMBER),
    (b"1", Reading.NOT_A_NUMBER),
    ([1.0], Reading.NOT_A_NUMBER),
)


@pytest.mark.parametrize(("value", "why"), BAD_INPUTS)
@pytest.mark.parametrize("card", [SMALL, PAIR])
def test_what_the_card_never_learned_makes_the_rating_unknown_and_is_named(
    card: Card, value: Any, why: Reading
) -> None:
    rated = card.rate({"months_active": value, "refund_share": 0.05})
    assert (rated.points, rated.pd, rated.logit, rated.contributions) == (None, None, None, ())
    assert (rated.grade, rated.unknown) == ("UNKNOWN", (Unknown("months_active", why),))


def test_missing_where_it_was_never_missing_is_unknown() -> None:
    rated = SMALL.rate({"months_active": "?", "refund_share": None})
    found = (Unknown("months_active", Reading.NOT_A_NUMBER), Unknown("refund_share", Reading.NEVER_MISSING))
    assert (rated.grade, rated.unknown) == ("UNKNOWN", found)


@pytest.mark.parametrize("value", [80.0, -40.0, 80, 41])
def test_a_value_a_little_beyond_training_is_read_with_the_end_bin(value: float) -> None:
    rated = SMALL.rate({"months_active": value, "refund_share": 0.05})
    assert rated.contributions[1].bin == ("≥ 12" if value > 0 else "< 3")
    assert rated.unknown == ()


@pytest.mark.parametrize(("dtype", "value"), [(pl.String, "20"), (pl.Boolean, True), (pl.Categorical, "20")])
def test_a_column_of_something_else_is_unknown_in_every_row_that_has_it(dtype: Any, value: Any) -> None:
    rated = SMALL.rate_table(frame_of([(value, 0.05), (None, 0.05)], (dtype, pl.Float64)))
    assert rated["grade"].to_list() == ["UNKNOWN", "A"]
    assert rated["unknown"].to_list() == [[{"feature": "months_active", "reason": "not-a-number"}], []]


def test_a_feature_left_out_is_unknown_by_name() -> None:
    missing = (Unknown("refund_share", Reading.ABSENT),)
    assert SMALL.rate({"months_active": 20.0}).unknown == missing
    [row] = SMALL.rate_table(pl.DataFrame({"shop_key": ["a"], "months_active": [20.0]})).rows(named=True)
    assert rated_row(row) == SMALL.rate({"months_active": 20.0})
    assert rated_row(row).unknown == missing


CITY = Levels(feature="city", levels=("Hangzhou", "Yiwu"), missing_seen=True, pooled=("Lhasa", "3"))
CITIES = Card(
    key="cities",
    target="default",
    start=0,
    tables=(
        Table(axes=(CITY,), cells=(0, DOUBLING, -DOUBLING, 2 * DOUBLING)),
        Table(axes=(AGE, CITY), cells=tuple(DOUBLING * n for n in range(16))),
    ),
)


def test_a_category_is_read_by_its_name_and_a_new_one_is_unknown() -> None:
    def read(value: Any) -> tuple[Any, ...]:
        rated = CITIES.rate({"city": value, "months_active": 5.0})
        return (rated.contributions[1].bin, rated.contributions[2].bin) if rated.contributions else rated.unknown

    assert read("Yiwu") == ("Yiwu", "3 to < 12 × Yiwu")
    assert read("Lhasa") == read(3) == read(3.0) == ("other", "3 to < 12 × other")
    assert read(None) == ("missing", "3 to < 12 × missing")
    assert read("Urumqi") == read(True) == (Unknown("city", Reading.NEW_CATEGORY),)
    assert read(2.5) == read(float("nan")) == (Unknown("city", Reading.UNUSABLE),)


def test_many_categories_are_read_as_one() -> None:
    cities = ["Hangzhou", "Yiwu", "Lhasa", "3", "Urumqi", "", None]
    for dtype in (pl.String, pl.Categorical):
        frame = pl.DataFrame(
            {
                "shop_key": [f"s{n}" for n in range(7)],
                "city": pl.Series(cities, dtype=dtype),
                "months_active": [5.0] * 7,
            }
        )
        for row, facts in zip(CITIES.rate_table(frame).rows(named=True), frame.rows(named=True), strict=True):
            assert rated_row(row) == CITIES.rate(facts)
    numbers = pl.DataFrame({"shop_key": ["a", "b", "c"], "city": [3.0, 2.5, None], "months_active": [5.0] * 3})
    told = [[each["reason"] for each in row] for row in CITIES.rate_table(numbers)["unknown"].to_list()]
    assert told == [[], ["unusable"], []]


BANDED = msgspec.structs.replace(
    SMALL, bands=(Band(None, 100, 30, 0.22, 0.4), Band(560, 200, 10, 0.03, 0.09), Band(620, 500, 3, 0.002, 0.015))
)


def test_how_sure_a_pd_is_follows_from_the_band_of_its_points() -> None:
    rated = BANDED.rate({"months_active": 20.0, "refund_share": 0.05})
    assert (rated.points, rated.pd, rated.pd_low, rated.pd_high) == (640, 0.004975, 0.002, 0.015)
    weak = BANDED.rate({"months_active": 1.0, "refund_share": 0.5})
    assert (weak.points, weak.pd, weak.pd_low, weak.pd_high) == (550, 0.101638, 0.101638, 0.4)
    assert BANDED.rate({"months_active": 1.0}).pd_low is None
    assert_rated_alike(BANDED, [(20.0, 0.05), (1.0, 0.5), (None, 0.3), (1e12, 0.3)])


def test_the_order_of_columns_and_features_nobody_reads_change_nothing() -> None:
    frame = pl.DataFrame({"refund_share": [0.3], "other": ["x"], "shop_key": ["a"], "months_active": [2.0]})
    [row] = SMALL.rate_table(frame).rows(named=True)
    assert rated_row(row) == SMALL.rate({"months_active": 2.0, "refund_share": 0.3})


NAN, INF = float("nan"), float("inf")
TELLING = (None, NAN, INF, -INF, 0.0, -0.0, 2.9999999999999996, 3.0, 5.0, 12.0, 0.09999999999999999, 0.1, 0.5, 80.0)
TELLING += (80.00000000000001, -40.0, -40.00000000000001, 1.6, 1.6000000000000003, 1e12, 1e308, 5e-324)
VALUES = st.one_of(st.sampled_from(TELLING), st.floats(-100, 100), st.floats())


def assert_rated_alike(card: Card, rows: list[tuple[Any, Any]]) -> None:
    frame = frame_of(rows)
    rated = card.rate_table(frame)
    assert rated["shop_key"].to_list() == frame["shop_key"].to_list()
    for row, facts in zip(rated.iter_rows(named=True), frame.iter_rows(named=True), strict=True):
        alone = card.rate(facts)
        assert rated_row(row) == alone
        assert alone.pd is None or row["pd"].hex() == alone.pd.hex()


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
    if not rated.unknown:
        assert sum(each.points for each in rated.contributions) == rated.points
        assert sum(each.points for each in rated.contributions) == rated.points


@settings(deadline=None)
@given(
    edges=st.lists(st.floats(allow_nan=False, allow_infinity=False), unique=True, max_size=5).map(sorted),
    cells=st.lists(st.integers(-CELL_MAX, CELL_MAX), min_size=8, max_size=8),
    start=st.integers(-CELL_MAX, CELL_MAX),
)
def test_a_card_read_back_is_the_same_card(edges: list[float], cells: list[int], start: int) -> None:
    axis = Axis(feature="x", edges=tuple(edges), low=-1.0, high=1.0, missing_seen=True)
    card = Card(key="k", target="t", start=start, tables=(Table(axes=(axis,), cells=tuple(cells[: len(edges) + 2])),))
    assert Card.read(card.written()) == card
    assert Card.read(card.written()).digest == card.digest


def test_a_card_written_in_the_first_format_is_read_as_it_was_and_keeps_its_digest() -> None:
    first = (
        b'{"key":"old","target":"default","start":3912023005428146,"tables":[{"axes":[{"feature":"months_active",'
        b'"edges":[3.0,12.0],"low":0.0,"high":40.0,"missing_seen":true}],"cells":[-20,0,30,-10,-20],"block":"b"}],'
        b'"scale":{"base_points":600,"base_odds":50,"double_points":20,"grades":[{"name":"A","points_min":600},'
        b'{"name":"D","points_min":null}]}}'
    )
    card = Card.read(first)
    assert card.written() == first
    assert card.tables[0].cells == (-20, 0, 30, -10)
    assert card.rate({"months_active": 2.0}).logit == 3912023005428126
    assert card.rate({"months_active": float("inf")}).grade == "UNKNOWN"


@pytest.mark.parametrize("written", [3, 0, 1, "2", None])
def test_a_card_in_a_format_of_the_future_is_refused(written: Any) -> None:
    document = msgspec.json.decode(SMALL.written()) | {"format": written}
    with pytest.raises(InvalidCard, match="format"):
        Card.read(document)
    with pytest.raises(InvalidCard, match="format"):
        Card.read(msgspec.json.encode(document))


def test_tables_that_read_a_feature_in_two_ways_are_refused() -> None:
    wider = msgspec.structs.replace(AGE, high=50.0)
    with pytest.raises(InvalidCard, match="one range"):
        Card(key="k", target="t", start=0, tables=(SMALL.tables[0], Table(axes=(wider, REFUNDS), cells=(0,) * 12)))


def test_the_quick_rule_for_a_pd_gives_the_digits_of_the_exact_one() -> None:
    chance = np.random.default_rng(3)
    logits = np.concatenate([chance.integers(-(10**16), 10**16, 3000), [0, CELL_MAX, -CELL_MAX, 300 * CELL_MAX]])
    near = [logit_of((n + 0.5) / 10**6) + k for n in (1, 77, 4_975, 500_000, 999_998) for k in range(-3, 4)]
    both = np.concatenate([logits, np.array(near)]).astype(np.int64)
    assert probabilities(both).tolist() == [probability(int(each)) for each in both]


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
    return Card(key="k", target="t", start=0, tables=(Table(axes=(axis,), cells=(0, 1, 2)),))


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
        Card(key="k", target="t", start=0, tables=(Table(axes=(AGE, REFUNDS), cells=(0,) * 11),))
    with pytest.raises(InvalidCard):
        Card.read(b'{"key": "k"}')
    with pytest.raises(InvalidCard):
        Card.read(SMALL.written().replace(b'"target"', b'"targets"'))


def test_a_table_of_no_shops_is_rated_too() -> None:
    frame = pl.DataFrame(schema={"shop_key": pl.String, "months_active": pl.Float64, "refund_share": pl.Float64})
    assert SMALL.rate_table(frame).columns == [
        *("shop_key", "points", "pd", "grade", "logit", "contributions", "unknown", "pd_low", "pd_high")
    ]
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


@pytest.mark.parametrize("sign", ["\0", "\x0b", "\x1f", "\ufffe", "\ud800"])
def test_a_name_that_no_picture_can_show_is_refused(sign: str) -> None:
    """The program that draws pictures ends the whole web server over such a sign."""
    for axis in (
        Axis(feature=f"a{sign}", edges=(), low=0.0, high=1.0, missing_seen=True),
        Levels(feature="a", levels=("b", f"c{sign}"), missing_seen=True),
        Levels(feature="a", levels=("b",), missing_seen=True, pooled=(f"c{sign}",)),
    ):
        with pytest.raises(InvalidCard, match="can be written down"):
            Card(key="odd", target="t", start=0, tables=(Table(axes=(axis,), cells=(0,) * axis.size),))
    grades = Scale(grades=(Grade(f"A{sign}", 600), Grade("D")))
    with pytest.raises(InvalidCard, match="can be written down"):
        Card(key="odd", target="t", start=0, tables=SMALL.tables, scale=grades)


def test_no_grade_is_called_unknown() -> None:
    with pytest.raises(InvalidCard, match="not UNKNOWN"):
        Card(key="odd", target="t", start=0, tables=SMALL.tables, scale=Scale(grades=(Grade("UNKNOWN"),)))
