"""How close stated figures come to the record: plain formulas, the same as the features', and one verdict."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import narwhals as nw
import polars as pl
import pytest

from lender import Introduced
from lendmill import ids
from lendmill.day_end.learning import lay_in
from lendmill.db import Database
from lendmill.features.stated import CLOSENESS, as_stated
from lendmill.features.windows import as_of
from lendmill.people.actions import register_borrower
from lendmill.rating.stated.actions import state_figures
from lendmill.rating.stated.closeness import SALES_FACT, WEIGHTS, compared, facts_now, overall, verdict
from lendmill.rating.stated.figures import StatedFigures
from lendmill.rating.stated.peers import PEERS_MIN, place
from lendmill.rating.stated.queries import peer_spreads, record_then
from lendmill.shops.importers.house import LearnedRow, import_learned, start_of
from lendmill.shops.importers.mapped import import_events
from lendmill.shops.lake import Lake

DAY = date(2026, 1, 1)
FIGURES = StatedFigures(
    sales_year_cents=12_000_000, platform_share=0.5, cost_year_cents=5_000_000, net_margin=0.4,
    liabilities_cents=2_000_000, top1_share=0.3, top1_years=2.0, assets_cents=9_000_000,
)  # fmt: skip
FACTS = {
    "sales_net_365": 80_000.0,
    "tax_declared_365": 100_000.0,
    "purchases_365": 40_000.0,
    "bureau_open_balance": 25_000.0,
    "customer_top_share_365": 0.2,
    "history_days": 364.0,
}


def test_each_figure_stands_beside_what_the_record_shows_of_it() -> None:
    found = {each.name: (each.stated, each.observed, each.closeness) for each in compared(FIGURES, FACTS)}
    assert found == {
        "sales_year": (60_000.0, 80_000.0, 0.75),
        "sales_declared": (120_000.0, 100_000.0, pytest.approx(100 / 120)),
        "cost_year": (50_000.0, 40_000.0, 0.8),
        "net_margin": (0.4, 0.5, 1.0),
        "platform_share": (0.5, 0.8, pytest.approx(0.7)),
        "assets": (90_000.0, None, None),
        "liabilities": (20_000.0, 25_000.0, 0.8),
        "top1_share": (0.3, 0.2, pytest.approx(0.9)),
        "top1_years": (2.0, None, None),
    }
    assert {each.closeness for each in compared(FIGURES, {})} == {None}


@pytest.mark.parametrize(
    ("platform_share", "seen", "expected"),
    [
        (0.0001, 80_000.0, (None, "cannot tell")),
        (0.0499, 80_000.0, (None, "cannot tell")),
        (0.05, 6_000.0, (1.0, "matches")),
        (None, 120_000.0, (1.0, "matches")),
        (0.5, -0.01, (0.0, "differs")),
        (0.0001, -0.01, (0.0, "differs")),
    ],
)
def test_a_share_that_fits_any_sales_tells_nothing_and_sales_below_nought_fit_none(
    platform_share: float | None, seen: float, expected: tuple[float | None, str]
) -> None:
    figures = StatedFigures(sales_year_cents=12_000_000, platform_share=platform_share)
    facts = facts_now(figures, {"sales_net_365": seen, "history_days": 364.0})
    assert (facts[SALES_FACT], verdict(facts, matches_from=0.9, differs_below=0.6)) == expected
    assert _feature(12_000_000, platform_share, round(seen * 100)) == facts[SALES_FACT]


def _feature(sales_cents: int, platform_share: float | None, seen_cents: int) -> float | None:
    """The closeness of sales as the features give it."""
    micro = None if platform_share is None else round(platform_share * 1_000_000)
    columns = {
        "said stated sales_year": [sales_cents],
        "said stated platform_share": pl.Series([micro], dtype=pl.Int64),
        "net_cents 0 to 365": [seen_cents],
    }
    expression = next(each.value for each in CLOSENESS if each.name == SALES_FACT)
    closeness = nw.from_native(pl.DataFrame(columns)).select(it=expression)["it"][0]
    return None if closeness is None else float(closeness)


def test_together_they_are_the_weighted_mean_of_those_known() -> None:
    facts = facts_now(FIGURES, FACTS)
    expected = (3 * 0.75 + 2 * 100 / 120 + 0.8 + 0.9 + 0.8) / 8
    assert overall(facts) == pytest.approx(expected)
    assert overall({**facts, SALES_FACT: None}) is None
    assert overall({SALES_FACT: 0.5}) == 0.5


@pytest.mark.parametrize(
    ("sales", "others", "history", "expected"),
    [
        (0.9, 0.9, 364, "matches"),
        (0.899, 0.9, 364, "cannot tell"),
        (0.9, 0.9, None, "matches"),
        (0.9, 0.9, 363, "cannot tell"),
        (0.6, 0.9, 364, "cannot tell"),
        (0.599, 1.0, 364, "differs"),
        (0.7, 0.3, 364, "differs"),
        (None, 1.0, 364, "cannot tell"),
    ],
)
def test_the_verdict_rests_on_all_together_and_on_the_sales_alone(
    sales: float | None, others: float, history: float | None, expected: str
) -> None:
    facts = {name: 1 - others if name.endswith("_difference") else others for name in WEIGHTS}
    facts = {**facts, SALES_FACT: sales, "history_days": history}
    assert verdict(facts, matches_from=0.9, differs_below=0.6) == expected


MAPPING = """
source = "market"
[[events]]
kind = "order"
shop = "shop"
id = ["n"]
happened = { column = "day" }
amount = { column = "amount" }
counterparty = "buyer"
"""


def test_the_features_give_the_same_closeness_once_the_figures_are_part_of_the_record(
    database: Database, tmp_path: Path
) -> None:
    lake, received_at = Lake(tmp_path / "lake"), datetime(2026, 1, 2, tzinfo=UTC)
    orders = [f"s1,{DAY - timedelta(days=9 * n)},{100 + 7 * n},b{n % 5},{n}" for n in range(45)]
    (tmp_path / "orders.csv").write_text("\n".join(["shop,day,amount,buyer,n", *orders]))
    (tmp_path / "m.toml").write_text(MAPPING)
    import_events([tmp_path / "orders.csv"], tmp_path / "m.toml", lake, received_at=received_at)
    at = start_of(DAY - timedelta(days=20))
    for kind, subject, cents, reference in (("tax", "vat", 700_000, "q1"), ("bureau", "open_balance", 90_000, "")):
        row = LearnedRow(kind, "s1", at, at, subject, amount_cents=cents, reference=reference)
        import_learned([row], kind, lake, received_at=received_at)
    borrower_id = database.act(register_borrower, seller=Introduced("s1"), today=DAY)
    figures = StatedFigures(
        sales_year_cents=1_500_000, platform_share=0.75, top1_share=0.4, liabilities_cents=30_000, cost_year_cents=1
    )
    before = as_of(lake, DAY).rows(named=True)[0]
    assert before[SALES_FACT] is None
    database.act(state_figures, borrower_id=borrower_id, figures=figures, today=DAY)
    lay_in(database, lake, received_at=received_at)
    after = as_of(lake, DAY).rows(named=True)[0]
    ours = facts_now(figures, after)
    assert {name: after[name] for name in WEIGHTS} == {name: pytest.approx(ours[name]) for name in WEIGHTS}
    assert [name for name in WEIGHTS if ours[name] is None] == ["stated_cost_closeness"]
    at_once = as_stated(figures.whole, 0, before)
    assert at_once == {name: after[name] for name in after if name.startswith("stated_")}

    database.act(state_figures, borrower_id=borrower_id, figures=StatedFigures(sales_year_cents=100), today=DAY)
    lay_in(database, lake, received_at=received_at)
    corrected = as_of(lake, DAY).rows(named=True)[0]
    assert corrected["stated_sales_year"] == 1.0
    assert (corrected["stated_top1_share"], corrected["stated_platform_share"]) == (None, None), "no longer stated"


def rated_peer(database: Database, n: int, sales_cents: int, industry: str = "tea") -> UUID:
    """Another seller with figures and a record of 1,000 yuan."""
    peer_id = database.act(register_borrower, seller=Introduced(f"p{n}", industry=industry), today=DAY)
    figures = StatedFigures(sales_year_cents=sales_cents)
    database.act(state_figures, borrower_id=peer_id, figures=figures, today=DAY)
    with database.transaction() as db:
        snapshot_id = ids.new()
        db.execute("insert into feature_run values (%s, %s, %s, 1)", [snapshot_id, DAY, str(snapshot_id)])
        db.execute(
            "insert into feature_snapshot select %s, borrower_id, shop_id, %s, %s::jsonb, 'd' from shop"
            " where borrower_id = %s",
            [snapshot_id, DAY, json.dumps({"sales_net_365": 1000.0}), peer_id],
        )
    return peer_id


def test_peers_are_others_of_the_trade_and_too_few_are_not_shown(database: Database) -> None:
    me = rated_peer(database, 0, 900_000)
    rated_peer(database, 99, 9_900_000, industry="silk")
    for n in range(1, PEERS_MIN):
        rated_peer(database, n, n * 100_000)
    with database.transaction() as db:
        assert peer_spreads(db, me, "tea", DAY) == {}
    rated_peer(database, PEERS_MIN, PEERS_MIN * 100_000)
    with database.transaction() as db:
        (spread,) = peer_spreads(db, me, "tea", DAY).values()
        assert (spread.ratio, spread.peers) == ("sales_to_seen", 5)
        assert (spread.quarter, spread.half, spread.three_quarters) == (2.0, 3.0, 4.0)
        assert peer_spreads(db, me, "tea", DAY - timedelta(days=1)) == {}
    assert [place(value, spread) for value in (1.9, 2.0, 4.0, 4.1)] == [
        "below most", "like most", "like most", "above most",
    ]  # fmt: skip


def test_the_record_of_the_time_of_the_statement_is_held_against_it(database: Database) -> None:
    me = rated_peer(database, 0, 900_000)
    with database.transaction() as db:
        (shop_id,) = db.execute("select shop_id from shop").fetchone() or (None,)
        for days, seen in ((-3, 1.0), (-1, 2.0), (1, 3.0)):
            snapshot_id, on = ids.new(), DAY + timedelta(days=days)
            db.execute("insert into feature_run values (%s, %s, %s, 1)", [snapshot_id, on, str(snapshot_id)])
            db.execute(
                "insert into feature_snapshot values (%s, %s, %s, %s, %s::jsonb, 'd')",
                [snapshot_id, me, shop_id, on, json.dumps({"sales_net_365": seen})],
            )
        seen_then = [record_then(db, me, shop_id, DAY + timedelta(days=days)) for days in (-9, -3, -2, 0, 9)]
    assert [then.facts["sales_net_365"] for then in seen_then if then] == [1.0, 1.0, 1.0, 1000.0, 3.0]
