"""A simulated seller's months, day by day: orders and all that follows from them."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lendmill.lab import traces
from lendmill.lab.hidden import BRUSHING, BUST_OUT, SIDE, Hidden, stream
from lendmill.lab.offices import papers
from lendmill.lab.seasons import Days

Whole = NDArray[np.int64]
SECONDS: Final = 86_400
HOURS: Final = np.array(
    [
        2.2, 1.2, 0.7, 0.4, 0.3, 0.4, 0.9, 1.8, 3.0, 4.4, 5.4, 5.2,
        5.0, 5.2, 5.2, 5.1, 5.1, 4.8, 4.8, 5.8, 7.2, 8.2, 7.6, 5.1,
    ]
)  # fmt: skip
BUYERS: Final = 80_000_000


@dataclass(frozen=True, slots=True)
class Mood:
    """How a shop fares on each day: its demand, its refunds, its keeper's care."""

    demand: Days
    refunds: Days
    care: Days


def mood(who: Hidden, season: Days, chance: Any) -> Mood:
    """Season, growth, a keeper's bad weeks, and the decline before somebody stops paying."""
    days = len(season)
    at = np.arange(days)
    demand = season * np.exp(who.growth_a_day * (at - days / 2))
    refunds, care = np.ones(days), np.ones(days)
    for _ in range(int(chance.poisson(0.8))):
        start, length = int(chance.integers(0, days)), int(chance.integers(6, 18))
        demand[start : start + length] *= 0.45
        care[start : start + length] *= 0.3
    left = who.stops - at
    if who.kind == BUST_OUT:
        demand = np.where((left <= 60) & (left > 0), demand * (1 + 2.5 * (60 - left) / 60), demand)
        demand, care = np.where(left <= 0, 0.0, demand), np.where(left <= 0, 0.0, care)
    elif who.warned:
        sinking = np.clip((150 - left) / 150, 0, 1)
        demand, care = demand * (1 - 0.7 * sinking), care * (1 - 0.6 * sinking)
        refunds = 1 + 1.6 * sinking
    if who.kind != BUST_OUT:
        after = left <= -20
        demand = np.where(after, 0.0 if who.closes else demand * 0.5, demand)
        care = np.where(after, 0.0 if who.closes else care * 0.5, care)
    open_yet = at >= who.opened
    return Mood(np.where(open_yet, demand, 0.0), refunds, np.where(open_yet, care, 0.0))


def record(who: Hidden, season: Days, seed: int, chance: Any, first_on: date) -> dict[str, pl.DataFrame]:
    """Everything a platform would have written down about one shop, a table for each kind of event.

    Days are counted from the market's first; times are whole seconds from its first midnight; money is in cents.
    """
    fares = mood(who, season, chance)
    days, side = len(season), stream(seed, SIDE, who.index)
    ring = traces.accounts(seed, who, BUYERS, side) if who.kind == BRUSHING else None
    orders, brushed = _orders(who, fares, ring, chance)
    refunds, refunded = _refunds(who, fares, orders, days, chance)
    tables = {
        "orders": orders,
        "refunds": refunds,
        "settlements": _settlements(orders, refunded, days, chance),
        "reviews": _reviews(who, fares, orders, days, chance),
        "disputes": _disputes(who, orders, days, chance),
        **_visitors(who, fares, orders, days, chance),
        "logins": traces.logins(who, seed, _logins(who, fares, days, chance), side),
        "messages": traces.messages(who, fares.care, orders.filter(~brushed), side),
        "community": traces.community(who, fares.care, side),
        "papers": papers(who, first_on, days, orders, side),
    }
    if who.kind == BRUSHING:
        praised = traces.praise(orders.filter(brushed), days, side)
        tables["reviews"] = pl.concat([tables["reviews"], praised]).unique("n", maintain_order=True)
    return {name: table.sort(table.columns) for name, table in tables.items()}


def _orders(who: Hidden, fares: Mood, ring: Whole | None, chance: Any) -> tuple[pl.DataFrame, pl.Series]:
    """The shop's orders in the order of their time, and which of them are brushed."""
    days = len(fares.demand)
    expected = who.orders_a_day * fares.demand * chance.gamma(6.0, 1 / 6.0, days)
    counts = chance.poisson(np.minimum(expected, 500))
    day = np.repeat(np.arange(days), counts)
    spread = chance.lognormal(-0.125, 0.5, len(day))
    cents = np.maximum((who.price * spread * 10).astype(np.int64) * 10, 100)
    regulars = chance.integers(0, BUYERS, 12 + int(len(day) ** 0.5))
    favourite = (len(regulars) * chance.random(len(day)) ** 2).astype(np.int64)
    returns = chance.random(len(day)) < who.loyalty
    buyer = np.where(returns, regulars[favourite], chance.integers(0, BUYERS, len(day)))
    second = day * SECONDS + _times(chance, len(day))
    true = len(second)
    if ring is not None:
        fake = _brushed(who, fares, ring, chance)
        second, cents, buyer = (np.concatenate(pair) for pair in zip((second, cents, buyer), fake, strict=True))
    place = np.lexsort((buyer, cents, second))
    table = pl.DataFrame(
        {"n": np.arange(len(second)), "second": second[place], "cents": cents[place], "buyer": buyer[place]}
    )
    return table, pl.Series(place >= true)


def _brushed(who: Hidden, fares: Mood, ring: Whole, chance: Any) -> tuple[Whole, Whole, Whole]:
    """Brushing (刷单): on some days accounts that belong together buy again and again."""
    days = len(fares.demand)
    bursts = np.flatnonzero((chance.random(days) < 0.07) & (fares.demand > 0))
    sizes = chance.integers(12, 45, len(bursts)) + int(2 * who.orders_a_day)
    day = np.repeat(bursts, sizes)
    cents = (who.price * chance.uniform(1.0, 2.2, len(day))).astype(np.int64) * 100 + 100
    within = chance.integers(20 * 3600, 23 * 3600, len(day))
    return day * SECONDS + within, cents, ring[chance.integers(0, len(ring), len(day))]


def _times(chance: Any, count: int) -> Whole:
    hours = np.searchsorted(np.cumsum(HOURS) / HOURS.sum(), chance.random(count), side="right")
    times: Whole = np.minimum(hours, 23) * 3600 + chance.integers(0, 3600, count)
    return times


def _refunds(
    who: Hidden, fares: Mood, orders: pl.DataFrame, days: int, chance: Any
) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    second, cents = orders["second"].to_numpy(), orders["cents"].to_numpy()
    share = np.minimum(who.refund_share * fares.refunds[second // SECONDS], 0.8)
    back = chance.random(len(second)) < share
    whole = chance.random(len(second)) < 0.8
    given = np.where(back, np.where(whole, cents, cents // 3), 0)
    later = second + (chance.gamma(2.0, 2.2, len(second)) * SECONDS).astype(np.int64) + 3600
    kept = back & (later < days * SECONDS) & (given > 0)
    table = orders.with_columns(pl.Series("second", later), pl.Series("cents", given)).filter(pl.Series(kept))
    return table, given


def _settlements(orders: pl.DataFrame, refunded: Whole, days: int, chance: Any) -> pl.DataFrame:
    """The buyer confirms after a week or so; the platform pays the day's confirmed orders in one sum."""
    day = orders["second"].to_numpy() // SECONDS + chance.integers(6, 13, orders.height)
    sums = np.bincount(day, weights=(orders["cents"].to_numpy() - refunded), minlength=days)[:days].astype(np.int64)
    paid = np.flatnonzero(sums > 0)
    return pl.DataFrame({"day": paid, "cents": sums[paid]})


def _reviews(who: Hidden, fares: Mood, orders: pl.DataFrame, days: int, chance: Any) -> pl.DataFrame:
    later = orders["second"].to_numpy() + (chance.gamma(3.0, 3.0, orders.height) * SECONDS).astype(np.int64) + SECONDS
    said = (chance.random(orders.height) < 0.3) & (later < days * SECONDS)
    worse = 0.35 * (fares.refunds[orders["second"].to_numpy() // SECONDS] - 1)
    happy = chance.random(orders.height) < np.clip((who.stars - worse - 2.0) / 3.0, 0.05, 0.99)
    stars = np.where(happy, 5, chance.choice([1, 2, 3, 4], orders.height, p=[0.35, 0.15, 0.2, 0.3]))
    return pl.DataFrame({"n": orders["n"], "second": later, "stars": stars, "buyer": orders["buyer"]}).filter(
        pl.Series(said)
    )


def _disputes(who: Hidden, orders: pl.DataFrame, days: int, chance: Any) -> pl.DataFrame:
    later = orders["second"].to_numpy() + (chance.gamma(3.0, 3.0, orders.height) * SECONDS).astype(np.int64) + SECONDS
    raised = chance.random(orders.height) < 0.004 * np.exp(-0.4 * who.quality)
    table = pl.DataFrame({"n": orders["n"], "second": later, "buyer": orders["buyer"]})
    return table.filter(pl.Series(raised & (later < days * SECONDS)))


def _visitors(who: Hidden, fares: Mood, orders: pl.DataFrame, days: int, chance: Any) -> dict[str, pl.DataFrame]:
    """Page views, favourites and advertising of each day; brushed orders come without visitors."""
    views = chance.poisson(np.minimum(who.orders_a_day * fares.demand / who.conversion, 1e6))
    marks = chance.binomial(views, 0.012)
    sold = np.bincount(orders["second"].to_numpy() // SECONDS, weights=orders["cents"].to_numpy(), minlength=days)[
        :days
    ]
    usual = np.convolve(sold, np.ones(28))[:days] / np.minimum(np.arange(days) + 1, 28)
    on = chance.random(days) < np.clip(fares.care, 0, 1) * 0.8
    spent = (usual * who.advertising_share * chance.uniform(0.5, 1.3, days)).astype(np.int64) * on
    seen, marked, advertised = np.flatnonzero(views), np.flatnonzero(marks), np.flatnonzero(spent > 0)
    return {
        "visits": pl.DataFrame({"day": seen, "views": views[seen]}),
        "favourites": pl.DataFrame({"day": marked, "marks": marks[marked]}),
        "advertising": pl.DataFrame({"day": advertised, "cents": spent[advertised]}),
    }


def _logins(who: Hidden, fares: Mood, days: int, chance: Any) -> pl.DataFrame:
    day = np.flatnonzero(chance.random(days) < who.login_chance * np.clip(fares.care, 0, 1))
    devices = chance.integers(0, 16**8, 3)
    device = devices[np.minimum((chance.random(len(day)) ** 3 * 3).astype(np.int64), 2)]
    return pl.DataFrame({"second": day * SECONDS + chance.integers(7 * 3600, 24 * 3600, len(day)), "device": device})
