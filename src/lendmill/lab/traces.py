"""What a simulated seller leaves behind beside trade: messages and their answers, the community, places, devices."""

from typing import Any, Final

import numpy as np
import polars as pl

from lendmill.lab.hidden import BRUSHING, BUST_OUT, PAIRS, RINGS, Hidden, stream
from lendmill.lab.seasons import REGIONS, Days

RING_SELLERS: Final = 150  # so many neighbours in the list of sellers share one brushing agency
PAIR_CHANCE: Final = 0.02  # of two neighbours being run by one keeper from one telephone
DEVICES: Final = 16**8
MESSAGES_AN_ORDER: Final = 0.06
SECONDS: Final = 86_400


def accounts(seed: int, who: Hidden, buyers: int, side: Any) -> Any:
    """The accounts that brush a shop's sales: of an agency that serves its neighbours too, of the keeper's own friends,
    or of a crowd that hardly shows."""
    draw = side.random()
    if draw < 0.45:
        chance = stream(seed, RINGS, who.index // RING_SELLERS)
        return chance.integers(0, buyers, int(chance.integers(6, 10)))
    return side.integers(0, buyers, int(side.integers(5, 9)) if draw < 0.75 else 400)


def agency_device(seed: int, who: Hidden) -> int:
    """The computer of the agency that serves this part of the market."""
    return int(stream(seed, RINGS, who.index // RING_SELLERS, 1).integers(0, DEVICES))


def pair_device(seed: int, who: Hidden) -> int | None:
    """The telephone of a keeper of two shops, if this seller is one of two."""
    chance = stream(seed, PAIRS, who.index // 2)
    return int(chance.integers(0, DEVICES)) if chance.random() < PAIR_CHANCE else None


def logins(who: Hidden, seed: int, table: pl.DataFrame, side: Any) -> pl.DataFrame:
    """Sign-ins with their place: mostly home; the careless from many places, a bust-out at the end from elsewhere; some
    from a telephone that other shops use too."""
    count = table.height
    day = table["second"].to_numpy() // SECONDS
    device = table["device"].to_numpy().copy()
    place = np.full(count, REGIONS.index(who.seller.region))
    roams = float(np.clip(0.03 - 0.015 * who.quality + 0.02 * side.random(), 0.005, 0.15))
    elsewhere = side.random(count) < roams
    if who.kind == BUST_OUT:
        elsewhere |= (who.stops - day <= 45) & (side.random(count) < 0.6)
    place = np.where(elsewhere, side.integers(0, len(REGIONS), count), place)
    shared = pair_device(seed, who)
    if shared is not None:
        device = np.where(side.random(count) < 0.7, shared, device)
    if who.kind == BRUSHING and side.random() < 0.6:
        device = np.where(side.random(count) < 0.15, agency_device(seed, who), device)
    return table.with_columns(pl.Series("device", device), pl.Series(REGIONS).gather(place).alias("place"))


def messages(who: Hidden, care: Days, orders: pl.DataFrame, side: Any) -> pl.DataFrame:
    """Buyers ask before some orders; a good keeper answers within minutes, a tired one late or never."""
    asked = np.flatnonzero(side.random(orders.height) < MESSAGES_AN_ORDER)
    second = orders["second"].to_numpy()[asked] - side.integers(300, 7200, len(asked))
    kept = second >= 0
    asked, second = asked[kept], second[kept]
    careful = np.clip(care[second // SECONDS], 0.1, 1)
    median = 14 * np.exp(-0.35 * who.quality + 0.3 * side.normal()) / careful
    minutes = np.minimum((median * side.lognormal(0, 1.1, len(asked))).astype(np.int64) + 1, 20_000)
    never = side.random(len(asked)) < np.clip(0.06 - 0.025 * who.quality, 0.005, 0.3) / careful
    return pl.DataFrame(
        {
            "n": orders["n"].to_numpy()[asked],
            "second": second,
            "minutes": pl.Series(np.where(never, -1, minutes)).replace(-1, None),
            "buyer": orders["buyer"].to_numpy()[asked],
        }
    )


def community(who: Hidden, care: Days, side: Any) -> pl.DataFrame:
    """A part of the keepers writes in the sellers' community, the engaged more often."""
    writes = side.random() < 1 / (1 + np.exp(0.8 - 0.4 * who.quality))
    rate = 0.09 * np.exp(0.3 * who.quality + 0.5 * side.normal()) if writes else 0.003
    posts = side.poisson(np.clip(rate * care, 0, 20))
    days = np.flatnonzero(posts)
    return pl.DataFrame({"day": days, "posts": posts[days]})


def praise(brushed: pl.DataFrame, days: int, side: Any) -> pl.DataFrame:
    """Brushed orders leave their five stars two days later, many at once."""
    bought = brushed.filter(pl.Series(side.random(brushed.height) < 0.7))
    second = bought["second"].to_numpy() + 2 * SECONDS - side.integers(0, 14 * 3600, bought.height)
    stars = np.full(bought.height, 5)
    table = pl.DataFrame({"n": bought["n"], "second": second, "stars": stars, "buyer": bought["buyer"]})
    return table.filter(pl.Series(second < days * SECONDS))
