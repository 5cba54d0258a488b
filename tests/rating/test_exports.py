"""A card written as SQL, PMML or a spreadsheet rates as the card itself does, what it cannot read included."""

import random
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from export_readers import Pmml, Workbook
from psycopg.errors import UndefinedFunction
from rating_cards import PAIR, SMALL, UNIT

from lendmill.db import Database
from lendmill.rating.axes import Axis, Levels
from lendmill.rating.card import Card
from lendmill.rating.exports import KINDS, UnknownExport, written
from lendmill.rating.scale import Grade, Scale
from lendmill.rating.tables import Table

SIZE = Axis(feature='size "net"', edges=(-1.5, 0.0, 0.1 + 0.2), low=-4.0, high=9.0, missing_seen=True)
TRADE = Levels(feature="trade", levels=("Toys", "toys", 'O\'Neill "x"'), missing_seen=True, pooled=("rare", "rarer"))
REGION = Levels(feature="region", levels=("north", "south"), missing_seen=False)
ODD = Card(
    key="odd",
    target="default",
    start=27 * UNIT // 7,
    tables=(
        Table(axes=(SIZE,), cells=(-UNIT, UNIT // 3, 7, 2 * UNIT, -UNIT // 9)),
        Table(axes=(TRADE,), cells=(UNIT, -UNIT, 11, UNIT // 7, 0)),
        Table(axes=(TRADE, SIZE), cells=tuple(UNIT // 13 * (n - 11) for n in range(25))),
        Table(axes=(REGION, TRADE), cells=tuple(UNIT // 17 * (7 - n) for n in range(15))),
    ),
)
CARDS = {"small": SMALL, "pair": PAIR, "odd": ODD}


def _facts(card: Card, chance: random.Random) -> dict[str, Any]:
    """Facts on the edges and beside them, unknown, out of reach, or of a category nobody saw."""
    facts: dict[str, Any] = {}
    for axis in {axis.feature: axis for table in card.tables for axis in table.axes}.values():
        if isinstance(axis, Axis):
            least, most = axis.reach
            at = chance.choice([*axis.edges, axis.low, axis.high, least, most, chance.uniform(least, most)])
            facts[axis.feature] = chance.choice([at] * 8 + [None, most * 1.01, -1e12, float("nan"), float("inf")])
        else:
            facts[axis.feature] = chance.choice([*axis.where()] * 4 + [None, "new", "TOYS"])
    return facts


def _crowd(card: Card, n: int) -> list[dict[str, Any]]:
    chance = random.Random(0)
    return [_facts(card, chance) for _ in range(n)]


@pytest.mark.parametrize("name", CARDS)
def test_the_statement_rates_as_the_card_does_to_the_last_digit(database: Database, name: str) -> None:
    card, crowd = CARDS[name], _crowd(CARDS[name], 400)
    numbers = [f for f in card.features if f not in card.categories]
    columns = ", ".join(
        f'"{f.replace(chr(34), chr(34) * 2)}" {"float8" if f in numbers else "text"}' for f in card.features
    )
    with database.transaction() as db:
        db.execute(f"create temporary table features (shop_key integer, {columns})")
        blanks = ", ".join(["%s"] * (1 + len(card.features)))
        with db.cursor() as cursor:
            rows = [(n, *(facts[f] for f in card.features)) for n, facts in enumerate(crowd)]
            cursor.executemany(f"insert into features values ({blanks})", rows)
        found = {row[0]: row[1:] for row in db.execute(written(card, None, "sql").decode()).fetchall()}
    rated = [card.rate(facts) for facts in crowd]
    assert len({each.grade for each in rated}) >= 3
    for n, each in enumerate(rated):
        logit, points, pd, grade, unknown = found[n]
        assert (logit, points, pd, grade) == (each.logit, each.points, each.pd, each.grade), crowd[n]
        assert unknown == [f"{u.feature}: {u.reason}" for u in each.unknown], crowd[n]


def test_text_where_a_number_was_learned_is_an_error_in_sql(database: Database) -> None:
    with database.transaction() as db:
        db.execute("create temporary table features (shop_key text, months_active text, refund_share float8)")
        with pytest.raises(UndefinedFunction), db.transaction():
            db.execute(written(SMALL, None, "sql").decode())


NAMED = Levels("c", ("0", "1", "2.5", "2024-01-01", "true", str(2**53)), missing_seen=True)
NAMED_CELLS = tuple(n * UNIT // 3 for n in range(NAMED.size))
NAMES = Card(key="names", target="default", start=UNIT, tables=(Table((NAMED,), NAMED_CELLS),))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", ["1", "2.5", "2024-01-01", "new"]), ("varchar(9)", ["2.5"]), ("bigint", [1, 2**53, 7]),
        ("smallint", [0, 3]), ("boolean", [True, False]), ("numeric", [Decimal("2.5"), Decimal(1)]),
        ("float8", [1.0, -0.0, 2.5, 2.0**53, 1e300, 5e-324, float("nan"), float("inf")]), ("real", [1.0, 2.5]),
        ("date", [date(2024, 1, 1)]),
    ],
)  # fmt: skip
def test_a_category_is_read_in_sql_from_any_column_as_the_card_reads_it(
    database: Database, kind: str, values: list[Any]
) -> None:
    with database.transaction() as db:
        db.execute(f"create temporary table features (shop_key integer, c {kind})")
        with db.cursor() as cursor:
            cursor.executemany("insert into features values (%s, %s)", list(enumerate([*values, None])))
        found = sorted(db.execute(written(NAMES, None, "sql").decode()).fetchall())
    rated = [NAMES.rate({"c": value}) for value in [*values, None]]
    assert [(row[1], row[4]) for row in found] == [(each.logit, each.grade) for each in rated]
    assert [row[5] for row in found] == [[f"{u.feature}: {u.reason}" for u in each.unknown] for each in rated]


def test_a_feature_may_be_called_as_something_the_pmml_works_out() -> None:
    axes = [
        msgspec.structs.replace(SIZE, feature=name) for name in ("points", "_points", "logit", "lendmill_pair_1_first")
    ]
    tables = (Table((axes[0],), (1, 2, 3, 4, 5)), Table((axes[1], axes[2]), tuple(UNIT // 9 * n for n in range(25))))
    card = Card(key="named", target="default", start=UNIT, tables=(*tables, Table((axes[3],), (9, 8, 7, 6, 5))))
    reader = Pmml(written(card, None, "pmml"))
    given = [field.get("name") for kind in ("DataField", "DerivedField", "OutputField") for field in reader._all(kind)]
    assert len(set(given)) == len(given) == 4 + 3 + 4
    for facts in _crowd(card, 50):
        rated, scored = card.rate(facts), reader.score(facts)
        assert (scored and scored["__points"]) == rated.points, facts


def test_a_reach_no_spreadsheet_has_numbers_for_is_written_as_far_as_it_goes() -> None:
    wide = Axis("x", (0.0,), -1e308, 1e308, False)
    card = msgspec.structs.replace(SMALL, tables=(*SMALL.tables, Table((wide,), (UNIT, -UNIT, 0))))
    book = Workbook(written(card, None, "xlsx"))
    rows = book.rows("Rate")
    book.cells[("Rate", rows["refund_share"], 2)] = 0.05
    for typed in (9.9e307, -9.9e307, -2e300):
        book.cells[("Rate", rows["x"], 2)] = typed
        rated = card.rate({"x": typed, "months_active": None, "refund_share": 0.05})
        assert book.at("Rate", rows["points"], 2) == rated.points is not None
    assert b"inf" not in written(card, None, "pmml")
    assert "'inf'" not in written(card, None, "sql").decode()


@pytest.mark.parametrize("name", CARDS)
def test_pmml_gives_the_same_points_and_no_result_where_the_card_says_unknown(name: str) -> None:
    card = CARDS[name]
    reader = Pmml(written(card, None, "pmml"))
    for facts in _crowd(card, 300):
        rated, scored = card.rate(facts), reader.score(facts)
        assert (scored is None) == (rated.points is None), facts
        if scored is not None:
            assert scored["logit"] == pytest.approx(rated.logit / UNIT, abs=1e-12)
            assert (scored["points"], scored["grade"]) == (rated.points, rated.grade), facts
            assert scored["pd"] == pytest.approx(rated.pd, abs=1e-6)


def test_pmml_is_in_the_order_its_schema_asks_for() -> None:
    root = Pmml(written(ODD, None, "pmml"))
    assert root.root.tag == "{http://www.dmg.org/PMML-4_4}PMML"
    assert [child.tag.split("}")[1] for child in root.root] == [
        "Header", "DataDictionary", "TransformationDictionary", "Scorecard",
    ]  # fmt: skip
    assert [child.tag.split("}")[1] for child in root.card] == ["MiningSchema", "Output", "Characteristics"]
    assert root.card.get("useReasonCodes") == "false"
    names = [field.get("name") for field in root.root.iter("{http://www.dmg.org/PMML-4_4}DerivedField")]
    assert len(set(names)) == len(names) == 6


@pytest.mark.parametrize("name", CARDS)
def test_a_typed_figure_gives_the_cards_points_in_the_spreadsheet(name: str) -> None:
    card = CARDS[name]
    book = Workbook(written(card, None, "xlsx"))
    rows = book.rows("Rate")
    for facts in _crowd(card, 150):
        if any(isinstance(value, float) and value - value != 0 for value in facts.values()):
            continue  # neither can be typed
        for feature, value in facts.items():
            book.cells[("Rate", rows[feature], 2)] = value
        rated = card.rate(facts)
        assert book.at("Rate", rows["grade"], 2) == rated.grade, facts
        assert book.at("Rate", rows["points"], 2) == ("" if rated.points is None else rated.points), facts
        wrong = [f for f in card.features if book.at("Rate", rows[f], 3)]
        assert wrong == [each.feature for each in rated.unknown], facts


def test_the_spreadsheet_counts_the_shops_behind_each_bin() -> None:
    kept = {"kept": [{"feature": "months_active", "bins": [{"bin": "< 3", "goods": 30, "bads": 10, "points": -40}]}]}
    book = Workbook(written(SMALL, kept, "xlsx"))
    assert book.names == ["Rate", "1 months_active", "2 refund_share"]
    row = book.rows("1 months_active")["< 3"]
    assert [book.at("1 months_active", row, column) for column in (4, 5, 6, 7)] == [-40, 30, 10, 0.25]
    assert book.at("1 months_active", row + 1, 5) is None


def test_the_same_card_is_written_the_same_and_an_unknown_kind_is_refused() -> None:
    for kind in ("sql", "pmml"):
        assert written(PAIR, None, kind) == written(PAIR, None, kind)
    assert KINDS == ("sql", "pmml", "xlsx")
    with pytest.raises(UnknownExport, match="it can as sql, pmml, xlsx"):
        written(PAIR, None, "pickle")


def test_a_grades_name_stays_a_text_in_the_spreadsheets_formula() -> None:
    named = Scale(grades=(Grade('A","=cmd', 600), Grade('"')))
    book = Workbook(written(msgspec.structs.replace(SMALL, scale=named), None, "xlsx"))
    rows = book.rows("Rate")
    for feature, value in (("months_active", 20.0), ("refund_share", 0.05)):
        book.cells[("Rate", rows[feature], 2)] = value
    assert book.at("Rate", rows["grade"], 2) in {'A","=cmd', '"'}
