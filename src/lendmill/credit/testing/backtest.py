"""What a policy would have done with what was decided: who would swap sides, what it would have cost and earned.

Every figure that rests on a sample has its bounds: 95 %, by leaving out one group of borrowers at a time (jackknife).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from lendmill.credit.testing.tally import BANDS_CENTS, FIGURES, GROUPS, SWAPS, Segment, Swap, Tally

SURE: Final = 1.96  # normal quantile of 95 %, both sides


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with the bounds between which it lies in 19 of 20 samples like this one; None where nothing is known."""

    value: float | None
    low: float | None
    high: float | None


UNKNOWN: Final = Estimate(None, None, None)


@dataclass(frozen=True, slots=True)
class SwapRow:
    """The files on one side of the swap: granted by both, only by the new policy, only by the old, by neither."""

    swap: Swap
    files: int
    limit_before_cents: int
    limit_after_cents: int
    mean_pd: float | None
    loss_after: Estimate
    known: int
    defaults: int
    default_rate: Estimate


@dataclass(frozen=True, slots=True)
class Backtest:
    """The report. Money in cents, shares from 0 to 1; losses and profits are expected ones, by PDs and assumptions."""

    files: int
    granted_before: Estimate
    granted_after: Estimate
    granted_change: Estimate
    loss_before: Estimate
    loss_after: Estimate
    loss_change: Estimate
    profit_before: Estimate
    profit_after: Estimate
    profit_change: Estimate
    swaps: tuple[SwapRow, ...]
    outcomes: tuple[tuple[str, str, int], ...]
    reasons: tuple[tuple[str, int, int], ...]
    limits: tuple[tuple[int, int, int], ...]
    segments: tuple[tuple[str, str, Segment], ...]


def report(tally: Tally) -> Backtest:
    """The report of what was counted."""
    files = tally.groups("files")
    granted = {"before": tally.groups("files", "both", "out"), "after": tally.groups("files", "both", "in")}
    shares = {when: ratio(count, files) for when, count in granted.items()}
    reasons = sorted(tally.reasons_before | tally.reasons_after)
    return Backtest(
        files=tally.files,
        granted_before=shares["before"],
        granted_after=shares["after"],
        granted_change=ratio(granted["after"] - granted["before"], files),
        loss_before=total(tally.groups("loss_before")),
        loss_after=total(tally.groups("loss_after")),
        loss_change=total(tally.groups("loss_after") - tally.groups("loss_before")),
        profit_before=total(tally.groups("profit_before")),
        profit_after=total(tally.groups("profit_after")),
        profit_change=total(tally.groups("profit_after") - tally.groups("profit_before")),
        swaps=tuple(_swap_row(tally, swap) for swap in SWAPS),
        outcomes=tuple(sorted((*pair, count) for pair, count in tally.outcomes.items())),
        reasons=tuple((code, tally.reasons_before[code], tally.reasons_after[code]) for code in reasons),
        limits=tuple((band, tally.limits_before[band], tally.limits_after[band]) for band in BANDS_CENTS),
        segments=tuple((*key, tally.segments[key]) for key in sorted(tally.segments)),
    )


def _swap_row(tally: Tally, swap: Swap) -> SwapRow:
    sums = dict(zip(FIGURES, tally.sums[SWAPS.index(swap)].sum(axis=1), strict=True))
    return SwapRow(
        swap=swap,
        files=int(sums["files"]),
        limit_before_cents=int(sums["limit_before"]),
        limit_after_cents=int(sums["limit_after"]),
        mean_pd=float(sums["pd"] / sums["rated"]) if sums["rated"] else None,
        loss_after=total(tally.groups("loss_after", swap)),
        known=int(sums["known"]),
        defaults=int(sums["defaults"]),
        default_rate=ratio(tally.groups("defaults", swap), tally.groups("known", swap)),
    )


def ratio(of: np.ndarray, among: np.ndarray) -> Estimate:
    """A share of sums over groups, with its bounds; unknown where there is nothing to be a share of."""
    if among.sum() == 0:
        return UNKNOWN
    return _bounded(lambda left: float((of.sum() - of[left].sum()) / max(among.sum() - among[left].sum(), 1e-300)))


def total(of: np.ndarray) -> Estimate:
    """A sum over groups, with its bounds."""
    return _bounded(lambda left: float(of.sum() - of[left].sum()), scaled=True)


def _bounded(without: Callable[[list[int]], float], *, scaled: bool = False) -> Estimate:
    """A figure, and its spread when each group is left out once; a sum is then scaled up for the group it lacks."""
    whole = without([])
    grown = GROUPS / (GROUPS - 1) if scaled else 1.0
    partial = np.array([without([group]) * grown for group in range(GROUPS)])
    error = float(np.sqrt((GROUPS - 1) / GROUPS * ((partial - partial.mean()) ** 2).sum()))
    return Estimate(whole, whole - SURE * error, whole + SURE * error)
