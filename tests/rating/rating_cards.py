"""Cards to test with, small enough to add up by hand."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lendmill.rating.card import Card, Contribution, Rated, Unknown
from lendmill.rating.tables import Axis, Table

UNIT = 10**15
DOUBLING = 693_147_180_559_945  # ln 2: one such cell is 20 points

AGE = Axis(feature="months_active", edges=(3.0, 12.0), low=0.0, high=40.0, missing_seen=True)
REFUNDS = Axis(feature="refund_share", edges=(0.1,), low=0.0, high=0.8, missing_seen=False)

SMALL = Card(
    key="small",
    target="default",
    start=3_912_023_005_428_146,  # ln 50: 600 points
    tables=(
        Table(axes=(AGE,), cells=(-2 * DOUBLING, 0, DOUBLING, -DOUBLING), block="transactions"),
        Table(axes=(REFUNDS,), cells=(DOUBLING, -DOUBLING // 2, 0), block="interaction"),
    ),
)
PAIR = Card(
    key="pair",
    target="default",
    start=1018 * UNIT // 1000,  # 516 and a half points: rounding falls differently from shop to shop
    tables=(
        *SMALL.tables,
        Table(axes=(AGE, REFUNDS), cells=tuple(37 * UNIT // 1000 * (n - 6) for n in range(12)), block="both"),
    ),
)


def rated_row(row: Mapping[str, Any]) -> Rated:
    """One row of a rated table, as the rating it is."""
    contributions = tuple(msgspec.convert(each, Contribution) for each in row["contributions"])
    unknown = tuple(msgspec.convert(each, Unknown) for each in row["unknown"])
    return Rated(
        row["points"], row["pd"], row["grade"], row["logit"], contributions, unknown, row["pd_low"], row["pd_high"]
    )
