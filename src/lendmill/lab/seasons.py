"""When people buy: festivals, sales days, weekends, and shocks that hit a trade or a region for some weeks."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.float64]

NEW_YEARS: Final = (
    date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29),
    date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3),
)  # fmt: skip
REGIONS: Final = ("浙江", "广东", "江苏", "福建", "山东", "上海", "河南", "河北", "四川", "湖北", "湖南", "安徽")
WEEKDAY: Final = (1.02, 1.0, 0.99, 0.98, 0.97, 1.0, 1.04)
# day of the year on which a trade sells most, and by how much it swings
SWING: Final = {
    "apparel": (310, 0.18), "home": (275, 0.08), "food": (10, 0.15), "beauty": (75, 0.08), "electronics": (255, 0.06),
    "toys": (150, 0.12), "sports": (165, 0.16), "books": (245, 0.22), "pets": (120, 0.04), "crafts": (340, 0.14),
}  # fmt: skip
TRADES: Final = tuple(SWING)


@dataclass(frozen=True, slots=True)
class Shock:
    """Some weeks in which a trade or a region sells less."""

    trade: str | None
    region: str | None
    first: int
    days: int
    factor: float


def demand(first: date, days: int, trade: str) -> Days:
    """How much a trade sells on each day, against its usual day."""
    factors = np.ones(days)
    peak, swing = SWING[trade]
    for n in range(days):
        day = first + timedelta(days=n)
        yearly = 1 + swing * np.cos((day.timetuple().tm_yday - peak) / 365.25 * 2 * np.pi)
        factors[n] = yearly * WEEKDAY[day.weekday()] * _festival(day)
    return factors


def _festival(day: date) -> float:
    """Sales days 6.18, 11.11 and 12.12 with their run-up and hangover; the Chinese new year's dip."""
    for month, number, peak, ramp in ((6, 18, 3.2, 17), (11, 11, 5.5, 11), (12, 12, 2.2, 3)):
        ahead = (date(day.year, month, number) - day).days
        if ahead == 0:
            return peak
        if 0 < ahead <= ramp:
            return 1.0 + 0.5 * (1 - ahead / ramp)
        if -8 <= ahead < 0:
            return 0.78
    for festival in NEW_YEARS:
        ahead = (festival - day).days
        if 8 < ahead <= 24:
            return 1.25
        if -9 <= ahead <= 8:
            return 0.35
    return 1.0


def shocks(chance: Any, days: int) -> list[Shock]:
    """A few bad stretches for a whole trade or region."""
    found = []
    for _ in range(int(chance.integers(2, 5))):
        whole_trade = bool(chance.random() < 0.5)
        trade = TRADES[int(chance.integers(len(TRADES)))]
        region = REGIONS[int(chance.integers(len(REGIONS)))]
        found.append(
            Shock(
                trade=trade if whole_trade else None,
                region=None if whole_trade else region,
                first=int(chance.integers(0, max(1, days - 20))),
                days=int(chance.integers(20, 46)),
                factor=float(chance.uniform(0.6, 0.85)),
            )
        )
    return found


def shocked(found: list[Shock], days: int, trade: str, region: str) -> Days:
    """What the shocks leave of a seller's demand, day by day."""
    factors = np.ones(days)
    for shock in found:
        if shock.trade == trade or shock.region == region:
            factors[shock.first : shock.first + shock.days] *= shock.factor
    return factors
