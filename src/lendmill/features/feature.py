"""One feature: what it means in both languages, its unit, and its formula in words and as arithmetic."""

from dataclasses import dataclass, field
from typing import Final, Literal

import polars as pl

from lendmill.features.sums import MICRO, covers

Direction = Literal["better", "worse"]
Block = Literal[
    "transactions",
    "identity and registration",
    "behaviour trail",
    "customer interaction",
    "third party",
    "psychometrics",
    "soft information",
]

SALES: Final = ("order|invoice-out",)
ORDERS: Final = ("order",)
ISSUED: Final = ("invoice-out",)
RECEIVED: Final = ("invoice-in",)
HISTORY: Final = pl.col("age")


@dataclass(frozen=True, slots=True)
class Feature:
    """One fact about a shop as of a day; null where the shop's sources do not tell."""

    name: str
    meaning: str
    meaning_zh: str
    unit: str
    formula: str
    higher_is: Direction | None
    block: Block
    needs: tuple[str, ...]
    value: pl.Expr = field(compare=False, repr=False)

    def worked_out(self) -> pl.Expr:
        """The feature of each shop whose sources deliver what it needs."""
        delivered = [pl.any_horizontal(pl.col(covers(kind)) for kind in need.split("|")) for need in self.needs]
        known = pl.all_horizontal(delivered) if delivered else pl.lit(True)
        return pl.when(known).then(self.value.cast(pl.Float64)).alias(self.name)


def over(value: pl.Expr, number: float) -> pl.Expr:
    """A value divided by a fixed number, rounded once.

    The engine multiplies long columns by the number's reciprocal, which rounds twice, but divides a single row: a shop
    alone would differ from the same shop among others in the last bit. Divided by a column, both are the same.
    """
    return value / (value * 0 + number)


def yuan(cents: pl.Expr) -> pl.Expr:
    """A sum of cents in yuan."""
    return over(cents, 100)


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A part of a whole; of nothing there is no share."""
    return pl.when(whole > 0).then(part / whole)


def growth(now: pl.Expr, before: pl.Expr) -> pl.Expr:
    """By how much now exceeds before, as a share of before; unknown where there was nothing to grow from."""
    return pl.when(before > 0).then(now / before - 1)


def after(days: int, value: pl.Expr) -> pl.Expr:
    """A value that means something only once the shop has so long a history."""
    return pl.when(days <= HISTORY).then(value)


def millionths(name: str) -> pl.Expr:
    """A whole number of millionths as a number."""
    return over(pl.col(name), MICRO)


def months(name: str, count: int) -> list[pl.Expr]:
    """The last months' sums (30 days each), the latest first."""
    return [pl.col(f"{name}_month_{k}").cast(pl.Float64) for k in range(count)]


def added(parts: list[pl.Expr]) -> pl.Expr:
    """A sum in one fixed order, so that it is the same to the last bit each time."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def variation(parts: list[pl.Expr]) -> pl.Expr:
    """The standard deviation of some sums over their mean."""
    mean = over(added(parts), len(parts))
    spread = over(added([(part - mean) * (part - mean) for part in parts]), len(parts))
    return pl.when(mean > 0).then(spread.sqrt() / mean)


def slope(parts: list[pl.Expr]) -> pl.Expr:
    """The straight line through some sums, latest first: its rise per step over their mean."""
    middle = (len(parts) - 1) / 2
    weights = [middle - k for k in range(len(parts))]
    rise = over(
        added([part * weight for part, weight in zip(parts, weights, strict=True)]), sum(w * w for w in weights)
    )
    mean = over(added(parts), len(parts))
    return pl.when(mean > 0).then(rise / mean)
