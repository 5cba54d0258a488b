"""What nobody sees of a simulated seller: quality, fraud, and the day on which they would stop paying."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from lendmill.lab import identities
from lendmill.lab.seasons import REGIONS, TRADES
from lendmill.shops.sellers import Seller

SELLERS, MARKET, REPAYING, RECORD, SIDE, RINGS, PAIRS = range(7)  # which family a stream of chance belongs to
HONEST: Final = "honest"
BRUSHING: Final = "brushing"
BUST_OUT: Final = "bust-out"

# what an average sale of a trade is worth, in yuan, and its usual share of refunds
PRICE: Final = {
    "apparel": (130, 0.095), "home": (170, 0.045), "food": (75, 0.02), "beauty": (120, 0.04),
    "electronics": (320, 0.055),
    "toys": (95, 0.04), "sports": (180, 0.05), "books": (60, 0.02), "pets": (110, 0.03), "crafts": (140, 0.035),
}  # fmt: skip


def stream(seed: int, *place: int) -> np.random.Generator:
    """Chance of its own for each place in the market, so that another seller more changes nothing for the others."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=place)))


@dataclass(frozen=True, slots=True)
class Hidden:
    """A seller as only the simulator knows them."""

    index: int
    seller: Seller
    quality: float
    kind: str
    opened: int  # day of the market on which the shop's record begins, 0 or later
    stops: int  # day of the market on which they stop paying what they owe; far away for most
    warned: bool  # whether the shop shows it before
    closes: bool
    price: float
    orders_a_day: float
    growth_a_day: float
    refund_share: float
    stars: float
    login_chance: float
    advertising_share: float
    conversion: float
    loyalty: float

    def stops_within(self, day: int, days: int) -> bool:
        """Whether a loan running on a day would be in default some days later."""
        return day < self.stops <= day + days


def hidden_seller(seed: int, index: int, first_on: date, days: int) -> Hidden:
    """Draw one seller of a market."""
    chance = stream(seed, SELLERS, index)
    quality = float(chance.normal())
    trade = TRADES[int(chance.integers(len(TRADES)))]
    region = REGIONS[int(chance.integers(len(REGIONS)))]
    kind = "firm" if chance.random() < 0.3 else "person"
    habit = _habit(float(chance.random()))
    opened = int(chance.integers(1, days - 60)) if chance.random() < 0.12 else 0
    member_since = (
        first_on + timedelta(days=opened) if opened else first_on - timedelta(days=int(chance.integers(20, 2900)))
    )
    born_on = date(1962, 1, 1) + timedelta(days=int(chance.integers(0, 365 * 43)))
    usual_price, refunds = PRICE[trade]
    price = float(usual_price * chance.lognormal(0, 0.45))
    monthly = float(np.clip(chance.lognormal(np.log(12_500) + 0.3 * quality, 0.75), 800, 400_000))
    stops = _stopping_day(chance, quality, habit, days)
    seller = Seller(
        shop_key=f"m{seed}-{index:05d}",
        name=identities.shop_name(chance, trade, kind),
        kind=kind,
        industry=trade,
        region=region,
        born_on=born_on if kind == "person" else None,
        member_since_on=member_since,
        identity_no=identities.person_number(index, born_on) if kind == "person" else identities.firm_number(index),
        phone=identities.phone(index),
        wholesale=kind == "firm" and index % 3 == 0,
    )
    return Hidden(
        index=index,
        seller=seller,
        quality=quality,
        kind=habit,
        opened=opened,
        stops=stops,
        warned=bool(chance.random() < 0.75),
        closes=bool(chance.random() < 0.4),
        price=price,
        orders_a_day=monthly / 30 / price,
        growth_a_day=float(chance.normal(0.004 + 0.012 * quality, 0.014)) / 30,
        refund_share=float(np.clip(refunds * np.exp(-0.3 * quality + chance.normal(0, 0.3)), 0.003, 0.4)),
        stars=float(np.clip(4.62 + 0.13 * quality + chance.normal(0, 0.1), 3.4, 4.97)),
        login_chance=float(1 / (1 + np.exp(-(1.9 + 0.7 * quality + chance.normal(0, 0.6))))),
        advertising_share=float(chance.uniform(0.02, 0.12)) if chance.random() < 0.6 else 0.0,
        conversion=float(np.clip(0.026 * np.exp(0.15 * quality + chance.normal(0, 0.25)), 0.004, 0.12)),
        loyalty=float(np.clip(0.22 + 0.06 * quality + chance.normal(0, 0.06), 0.03, 0.6)),
    )


def _habit(draw: float) -> str:
    return BRUSHING if draw < 0.03 else BUST_OUT if draw < 0.045 else HONEST


def _stopping_day(chance: Any, quality: float, habit: str, days: int) -> int:
    """Bad luck comes to everybody, sooner to the weak; a bust-out is planned."""
    log_odds = -2.75 - 1.15 * quality + (2.0 if habit == BRUSHING else 0.0)
    within_a_year = 1 / (1 + np.exp(-log_odds))
    unlucky = float(chance.exponential(365 / -np.log1p(-within_a_year)))
    planned = int(chance.integers(200, days + 300))
    return planned if habit == BUST_OUT else int(min(unlucky, 100_000)) + 1
