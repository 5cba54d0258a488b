"""One feature: what it means in both languages, its unit, and its formula in words and as arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import narwhals as nw

from lendmill.features.sums import MICRO, Rows, covers, total

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
Use = Literal["reason", "fairness", "public index"]

SALES: Final = ("order|invoice-out",)
ORDERS: Final = ("order",)
ISSUED: Final = ("invoice-out",)
RECEIVED: Final = ("invoice-in",)
HISTORY: Final = nw.col("history")


@dataclass(frozen=True, slots=True)
class Feature:
    """One fact about a shop as of a day; null where the shop's sources do not tell.

    `not_for` says where it may not be used: told to a seller as a reason, taken as a ground that explains a difference
    between groups (fairness), or shown to others in the public index. `actionable` says whether a seller can do
    something about it, `protected` that it lies too close to what nobody may be judged by.
    """

    name: str
    meaning: str
    meaning_zh: str
    unit: str
    formula: str
    higher_is: Direction | None
    block: Block
    needs: tuple[str, ...]
    value: nw.Expr = field(compare=False, repr=False)
    not_for: tuple[Use, ...] = ()
    actionable: bool = True
    protected: bool = False

    def worked_out(self) -> nw.Expr:
        """The feature of each shop whose sources deliver what it needs."""
        value = self.value.cast(nw.Float64)
        return (nw.when(nw.col(told(self.needs))).then(value) if self.needs else value).alias(self.name)


def told(needs: tuple[str, ...]) -> str:
    """The column that says whether a shop's sources deliver all that is needed."""
    return f"told {' and '.join(needs)}"


def all_told(needs: tuple[str, ...]) -> nw.Expr:
    """Whether a shop's sources deliver all that is needed, of each alternative at least one."""
    delivered = [
        nw.any_horizontal(*(nw.col(covers(kind)) for kind in need.split("|")), ignore_nulls=False) for need in needs
    ]
    return nw.all_horizontal(*delivered, ignore_nulls=False).alias(told(needs))


_steps: Final[dict[int, dict[str, nw.Expr]]] = {1: {}, 2: {}, 3: {}}


def _noted(step: int, value: nw.Expr) -> nw.Expr:
    """A value that is used more than once, worked out beforehand; a later step may use what an earlier one noted."""
    name = f"step {step} {len(_steps[step])}"
    _steps[step][name] = value.alias(name)
    return nw.col(name)


def with_steps(facts: Rows) -> Rows:
    """The sums with everything beside them that features have noted."""
    for values in _steps.values():
        facts = facts.with_columns(*values.values())
    return facts


def over(value: nw.Expr, number: float) -> nw.Expr:
    """A value divided by a fixed number, rounded once.

    The engine multiplies long columns by the number's reciprocal, which rounds twice, but divides a single row: a shop
    alone would differ from the same shop among others in the last bit. Divided by a column, both are the same.
    """
    return value / (value * 0 + number)


def yuan(cents: nw.Expr) -> nw.Expr:
    """A sum of cents in yuan."""
    return over(cents, 100)


def share(part: nw.Expr, whole: nw.Expr) -> nw.Expr:
    """A part of a whole; of nothing there is no share."""
    return part / nw.when(whole > 0).then(whole)


def growth(now: nw.Expr, before: nw.Expr) -> nw.Expr:
    """By how much now exceeds before, as a share of before; unknown where there was nothing to grow from."""
    return share(now, before) - 1


def closeness(one: nw.Expr, other: nw.Expr) -> nw.Expr:
    """How close two amounts are: the smaller over the larger, 1 if they are the same.

    >>> import polars as pl
    >>> stated = nw.from_native(pl.DataFrame({"stated": [80.0, 100.0], "seen": [100.0, 50.0]}))
    >>> stated.select(closeness(nw.col("stated"), nw.col("seen")))["stated"].to_list()
    [0.8, 0.5]
    """
    small, large = nw.min_horizontal(one, other), nw.max_horizontal(one, other)
    both = ~(one.is_null() | other.is_null())
    return nw.when(both & (small >= 0) & (large > 0)).then(share(small, large))


def after(days: int, value: nw.Expr) -> nw.Expr:
    """A value that means something only once the shop has so long a history."""
    return nw.when(days <= HISTORY).then(value)


def millionths(value: nw.Expr) -> nw.Expr:
    """A whole number of millionths as a number."""
    return over(value, MICRO)


def months(measure: str, count: int) -> list[nw.Expr]:
    """The last months' sums (30 days each), the latest first."""
    return [total(measure, 30 * (k + 1), 30 * k).cast(nw.Float64) for k in range(count)]


def weeks(measure: str, count: int) -> list[nw.Expr]:
    """The last weeks' sums, the latest first."""
    return [total(measure, 7 * (k + 1), 7 * k).cast(nw.Float64) for k in range(count)]


def added(parts: Sequence[nw.Expr]) -> nw.Expr:
    """A sum in one fixed order, so that it is the same to the last bit each time."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole


def _mean(parts: Sequence[nw.Expr]) -> nw.Expr:
    return _noted(2, over(_noted(1, added(parts)), len(parts)))


def variation(parts: Sequence[nw.Expr]) -> nw.Expr:
    """The standard deviation of some sums over their mean."""
    mean = _mean(parts)
    squares = _noted(3, added([(part - mean) * (part - mean) for part in parts]))
    return share(over(squares, len(parts)).sqrt(), mean)


def slope(parts: Sequence[nw.Expr]) -> nw.Expr:
    """The straight line through some sums, latest first: its rise per step over their mean."""
    middle = (len(parts) - 1) / 2
    weights = [middle - k for k in range(len(parts))]
    rise = _noted(1, added([part * weight for part, weight in zip(parts, weights, strict=True)]))
    return share(over(rise, sum(w * w for w in weights)), _mean(parts))


def daily_variation(square: nw.Expr, number: nw.Expr, days: int) -> nw.Expr:
    """The standard deviation of daily numbers over their mean, from their sum and the sum of their squares.

    variation^2 = days x squares / sum^2 - 1, which whole numbers give exactly up to the division
    """
    whole = number.cast(nw.Float64)
    ratio = share(square.cast(nw.Float64) * days, whole * whole) - 1
    return nw.max_horizontal(ratio, ratio * 0).sqrt()
