"""Spreading a sum over many borrowers so that no other way earns more: exact, whatever the shape of what each earns."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lendmill.refusals import Refusal

Whole = npt.NDArray[np.int64]

IMPOSSIBLE: Final = -(
    2**60
)  # what an amount is worth that a borrower may not have; sums of possible ones stay far above
REACHED: Final = -(2**59)
HALVINGS: Final = 200


class TotalOutOfReach(Refusal):
    """No way of lending comes to {total} units: with these borrowers it is from {least} to {most}, not each between."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """How many units each borrower gets, what all of it is worth together, and what the best of every smaller total
    would be worth where that was worked out too, `IMPOSSIBLE` where there is none."""

    units: Whole
    worth: int
    worth_by_total: Whole | None = None

    @property
    def total(self) -> int:
        """How many units are lent in all."""
        return int(self.units.sum())


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What no way of sharing can pass, and what one more unit would be worth there."""

    worth: float
    unit_worth: float


def shared(worths: Whole, total: int) -> Sharing:
    """The best way to lend exactly so many units, one row of `worths` per borrower, one column per number of units.

        best(i, t) = max over u of best(i - 1, t - u) + worth(i, u)

    Exact for any worths, not only where more units bring ever less: amounts may have a least and a fixed cost. Whole
    numbers throughout; borrowers x units x total steps. Refuses with `TotalOutOfReach`.
    """
    count, columns = worths.shape
    best = np.full(total + 1, IMPOSSIBLE, dtype=np.int64)
    best[0] = 0
    taken = np.zeros((count, total + 1), dtype=np.min_scalar_type(columns))
    for borrower in range(count):
        best = _with_one_more(best, worths[borrower], taken[borrower])
    if best[total] < REACHED:
        least, most = _reach(worths)
        raise TotalOutOfReach(total=total, least=least, most=most)
    units, left = np.zeros(count, dtype=np.int64), total
    for borrower in range(count - 1, -1, -1):
        units[borrower] = taken[borrower, left]
        left -= int(units[borrower])
    return Sharing(units, int(best[total]), best)


def _with_one_more(best: Whole, worth: Whole, taken: npt.NDArray[np.unsignedinteger]) -> Whole:
    """The best for every total once one more borrower may have something; what they take is noted in `taken`."""
    found = np.full(len(best), IMPOSSIBLE, dtype=np.int64)
    for units in np.flatnonzero(worth > REACHED).tolist():
        if units >= len(best):
            break
        tried = best[: len(best) - units] + worth[units]
        better = tried > found[units:]
        np.copyto(found[units:], tried, where=better)
        np.copyto(taken[units:], units, where=better)
    return np.where(found < REACHED, IMPOSSIBLE, found)


def _reach(worths: Whole) -> tuple[int, int]:
    """The fewest and the most units that all borrowers together may have."""
    possible = worths > REACHED
    columns = worths.shape[1]
    most = columns - 1 - np.argmax(possible[:, ::-1], axis=1)
    return int(np.argmax(possible, axis=1).sum()), int(most.sum())


def ceiling(worths: Whole, units: Whole, total: float) -> Ceiling:
    """What no sharing of a total can pass, by Lagrange: at a price for each unit, everybody takes what suits them best.

        worth <= price x total + sum over borrowers of max over u of (worth(u) - price x u), for every price

    The lowest of these bounds is found by halving the price until demand crosses the total. `units`: how many units
    each column stands for; they may be finer than those shared, so that the bound holds for those too.
    """
    low, high = -_steepest(worths, units), _steepest(worths, units)
    bound, at = np.inf, 0.0
    for _ in range(HALVINGS):
        price = (low + high) / 2
        left = np.where(worths > REACHED, worths - price * units, -np.inf)
        chosen = np.argmax(left, axis=1)
        worth = price * total + float(left[np.arange(len(worths)), chosen].sum())
        if worth < bound:
            bound, at = worth, price
        if units[chosen].sum() > total:
            low = price
        else:
            high = price
    return Ceiling(bound, at)


def _steepest(worths: Whole, units: Whole) -> float:
    possible = np.where(worths > REACHED, worths, 0)
    return 1.0 + 2 * float(np.abs(possible).max()) / max(1, int(units[units > 0].min(initial=1)))


def greedy(worths: Whole, total: int) -> Sharing:
    """The way many would do it by hand: everybody what is best for them alone, who earns most per unit first.

    Where the last cannot have all of it, they get the most they may have of what is left.
    """
    wanted = np.argmax(worths, axis=1)
    per_unit = worths[np.arange(len(worths)), wanted] / np.maximum(wanted, 1)
    units, left = np.zeros(len(worths), dtype=np.int64), total
    for borrower in np.argsort(-per_unit, kind="stable").tolist():
        row = worths[borrower]
        if wanted[borrower] <= left:
            units[borrower] = wanted[borrower]
        elif len(fits := np.flatnonzero(row[: left + 1] > REACHED)):
            units[borrower] = fits[-1] if row[fits[-1]] > 0 else 0
        left -= int(units[borrower])
    return Sharing(units, int(worths[np.arange(len(worths)), units].sum()))
