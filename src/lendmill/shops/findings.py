"""Everything a look at some shops' records finds, each with the days it is about and the figures it rests on."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from lendmill.shops.coverage import coverage, told_by_source
from lendmill.shops.doubts import NOTE, SERIOUS, WARNING, Doubt, gravest_first
from lendmill.shops.events import KIND_NAMES, MOST_A_DAY
from lendmill.shops.lake import Lake
from lendmill.shops.signs.bursts import order_days
from lendmill.shops.signs.impossible import BEFORE, CHECKS, DAYS, impossible
from lendmill.shops.signs.rings import ring_buyers
from lendmill.shops.signs.silence import YEAR, gaps, source_outages
from lendmill.shops.signs.view import SALES, View, view
from lendmill.shops.trust import signs

SHORT_DAYS: Final = 90
MICRO: Final = 1_000_000
Row = dict[str, Any]
# name, the sign it rests on, from which figure it is told, and from which figures it is a warning and serious
LIMITS: Final = {
    "circular buyers": ("brushing_ring_share_90", 0.0, 0.02, 0.2),
    "bursts of orders": ("brushing_burst_days_90", 0.0, 2.0, 5.0),
    "orders without page views": ("orders_per_visit_odds_90", 3.0, 5.0, 10.0),
    "bursts of five stars": ("five_star_burst_share_90", 0.0, 0.1, 0.3),
    "shared device": ("shared_device_shops", 0.0, 2.0, 5.0),
    "repeated rows": ("duplicate_share", 0.0, 0.02, 0.1),
}
GRAVE: Final = ("refunds over orders", "settlements over orders", "orders over page views")
GAP_WARNING_DAYS: Final = 14
STALE_DAYS: Final = (7, 14, 30)
REJECTED: Final = (0.0, 0.01, 0.1)
TOLD_AGAIN_SHARE: Final = 0.2


def findings(lake: Lake, on: date, shop_keys: Sequence[str] | None = None) -> list[Doubt]:
    """Every doubt about these shops' records as known at the end of a day, by shop, the gravest first."""
    looked_at = view(lake, on, shop_keys)
    outages, rings = source_outages(looked_at), ring_buyers(looked_at)
    doubts = _of_sources(coverage(lake, on, shop_keys), told_by_source(lake, on), outages, on)
    marks = signs(lake, on, shop_keys).rows(named=True)
    bursts: dict[str, Row] = {}
    for part in looked_at.buckets(BEFORE):
        bursts |= {row["shop_key"]: row for row in _bursts(part).iter_rows(named=True)}
        doubts += _of_figures(impossible(part).collect(), on)
    for part in looked_at.buckets(YEAR):
        doubts += _of_gaps(gaps(part, outages).collect(), on)
        doubts += _of_bounds(part)
        doubts += _of_one_id(part)
    return gravest_first([*doubts, *_of_signs(marks, rings, bursts, on)])


def _graded(figure: float | None, limits: tuple[float, float, float]) -> str | None:
    """How grave a figure is, above its limits; nothing at or below the first."""
    note, warning, serious = limits
    if figure is None or figure <= note:
        return None
    return SERIOUS if figure >= serious else WARNING if figure >= warning else NOTE


def _bursts(part: View) -> pl.DataFrame:
    """The days of bursts of each shop that has any: how many, the first and the last, and the orders on them."""
    days = order_days(part).filter(pl.col("burst")).group_by("shop_key")
    return days.agg(
        pl.len().alias("days"), pl.col("n").sum().alias("orders"), pl.col("age").max().alias("first"),
        pl.col("age").min().alias("last"),
    ).collect()  # fmt: skip


def _of_signs(marks: list[Row], rings: pl.DataFrame, bursts: dict[str, Row], on: date) -> list[Doubt]:
    ring = rings.group_by("shop_key").agg(
        pl.col("counterparty").n_unique().alias("buyers"),
        pl.col("with_shop").drop_nulls().n_unique().alias("shops"),
    )  # fmt: skip
    ring_of = {row["shop_key"]: row for row in ring.iter_rows(named=True)}
    found = []
    for mark in marks:
        key = mark["shop_key"]
        burst = bursts.get(key, {"days": 0, "orders": 0, "first": DAYS - 1, "last": 0})
        figures: dict[str, Row] = {
            "circular buyers": {"share": mark["brushing_ring_share_90"], **ring_of.get(key, {"buyers": 0, "shops": 0})},
            "bursts of orders": {"days": burst["days"], "orders": burst["orders"]},
            "orders without page views": {"odds": mark["orders_per_visit_odds_90"]},
            "bursts of five stars": {"share": mark["five_star_burst_share_90"]},
            "shared device": {
                "shops": None if mark["shared_device_shops"] is None else int(mark["shared_device_shops"])
            },
            "repeated rows": {"share": mark["duplicate_share"]},
        }
        for name, (sign, *limits) in LIMITS.items():
            severity = _graded(mark[sign], (limits[0], limits[1], limits[2]))
            if severity is not None:
                within = ("first", "last") if name in ("bursts of orders", "orders without page views") else ()
                first, last = (burst[end] for end in within) if within else (DAYS - 1, 0)
                told = {word: figure for word, figure in figures[name].items() if word != "shop_key"}
                found.append(Doubt(key, name, severity, _ago(on, first), _ago(on, last), told))
    return found


def _of_bounds(part: View) -> list[Doubt]:
    """Days whose sum is more than a shop can have: features stop there, and a reader must know."""
    units = pl.max_horizontal(pl.col("amount_cents").abs().cast(pl.Float64), pl.col("quantity").abs() * MICRO)
    days = (
        part.events(KIND_NAMES, YEAR)
        .group_by("shop_key", "kind", "happened_on")
        .agg(units.sum().alias("units"))
        .filter(pl.col("units") > MOST_A_DAY)
        .group_by("shop_key", "kind")
        .agg(pl.len().alias("days"), pl.col("happened_on").min().alias("first"),
             pl.col("happened_on").max().alias("last"))
    ).collect()  # fmt: skip
    return [
        Doubt(row["shop_key"], "days beyond bounds", SERIOUS, row["first"], row["last"],
              {"kind": row["kind"], "days": row["days"]})
        for row in days.sort("shop_key", "kind").iter_rows(named=True)
    ]  # fmt: skip


def _of_one_id(part: View) -> list[Doubt]:
    """Rows that two sources tell under one id, and not alike: each corrects the other."""
    events = (
        part.corrected(YEAR)
        .group_by("shop_key", "event_id")
        .agg(pl.col("source").unique().alias("sources"), pl.col("happened_on").min().alias("day"))
        .filter(pl.col("sources").list.len() > 1)
    )
    shops = events.group_by("shop_key").agg(
        pl.len().alias("rows"), pl.col("sources").explode().unique().sort().alias("sources"),
        pl.col("day").min().alias("first"), pl.col("day").max().alias("last"),
    ).collect()  # fmt: skip
    return [
        Doubt(row["shop_key"], "sources of one id", WARNING, row["first"], row["last"],
              {"sources": ", ".join(row["sources"]), "rows": row["rows"]})
        for row in shops.sort("shop_key").iter_rows(named=True)
    ]  # fmt: skip


def _of_figures(checked: pl.DataFrame, on: date) -> list[Doubt]:
    return [
        Doubt(
            row["shop_key"], check, SERIOUS if check in GRAVE else WARNING, _ago(on, DAYS - 1), on,
            {"this": row[f"{check}: this"], "against": row[f"{check}: against"]},
        )
        for row in checked.iter_rows(named=True)
        for check in CHECKS
        if row[check]
    ]  # fmt: skip


def _of_gaps(stretches: pl.DataFrame, on: date) -> list[Doubt]:
    found = []
    for key, rhythm, first, last in stretches.drop_nulls().iter_rows():
        days = first - last + 1
        severity = WARNING if days >= GAP_WARNING_DAYS else NOTE
        found.append(Doubt(key, "gap", severity, _ago(on, first), _ago(on, last), {"days": days, "rhythm": rhythm}))
    return found


def _of_sources(covered: pl.DataFrame, told: pl.DataFrame, outages: pl.DataFrame, on: date) -> list[Doubt]:
    """What is to be said of a shop's sources: told under each shop that has them."""
    by_source = {row["source"]: row for row in told.iter_rows(named=True)}
    silences = _stretches(outages)
    found = []
    for row in covered.iter_rows(named=True):
        key, source, first_on = row["shop_key"], row["source"], row["first_on"]
        files = by_source.get(source, {"rejected": 0, "ahead_on": None, "received_on": None})
        said: list[tuple[str, str | None, date | None, date | None, Row]] = [
            ("stale source", _graded(row["stale_days"], STALE_DAYS), None, on, {"days": row["stale_days"]}),
            ("rejected rows", _graded(row["rejected_share"], REJECTED), None, None,
             {"share": row["rejected_share"], "rows": files["rejected"]}),
            ("rows told again", NOTE if (row["repeated_share"] or 0) > TOLD_AGAIN_SHARE else None, None, None,
             {"share": row["repeated_share"]}),
            ("days that had not come", None if files["ahead_on"] is None else WARNING, None, files["ahead_on"],
             {"received": files["received_on"], "told": files["ahead_on"]}),
            *(("outage", NOTE, first, last, {"kind": kind, "days": (last - first).days + 1})
              for kind, first, last in silences.get(source, []) if last >= first_on),
        ]  # fmt: skip
        days = (on - first_on).days + 1
        if days < SHORT_DAYS and set(SALES) & set(row["kinds"]):
            said.append(("short record", NOTE, first_on, on, {"days": days}))
        found += [
            Doubt(key, name, severity, first, last, figures, source)
            for name, severity, first, last, figures in said
            if severity is not None
        ]
    return found


def _stretches(outages: pl.DataFrame) -> dict[str, list[tuple[str, date, date]]]:
    """Days of silence on end, by source: (kind, first day, last day)."""
    found: dict[str, list[tuple[str, date, date]]] = {}
    for source, kind, on in outages.iter_rows():
        before = found.setdefault(source, [])
        if before and before[-1][0] == kind and before[-1][2] == on - timedelta(days=1):
            before[-1] = (kind, before[-1][1], on)
        else:
            before.append((kind, on, on))
    return found


def _ago(on: date, days: int) -> date:
    return on - timedelta(days=days)
