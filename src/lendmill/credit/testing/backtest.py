"""What a policy would have done with what was decided: who would swap sides, what it would have cost and earned.

Every figure that rests on a sample has its bounds: 95 %, by leaving out one group of borrowers at a time (jackknife).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from lendmill.credit.pricing.assumptions import Assumptions, text_of
from lendmill.credit.testing.tally import BANDS_CENTS, GROUPS, SEGMENTS, SWAPS, Segment, Swap, Tally
from lendmill.products.document import GRADES
from lendmill.rating.watching.chance import share_interval

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
class Blind:
    """What no backtest can know, in numbers: how far its figures rest on the model's word alone.

    `gain_ends_at`: how many times as often as their PDs say those newly granted may default before the expected gain is
    gone, lost on them and in interest they leave unpaid; None where there is no gain, nobody new or no assumption.
    `granted_by_person`: files the computer had referred or declined.
    """

    new_files: int
    new_limit_cents: int
    new_mean_pd: float | None
    new_known: int
    gain_ends_at: float | None
    unrated: int
    unripe: int
    known: int
    known_mean_pd: float | None
    known_default_rate: Estimate
    referred_before: int
    referred_after: int
    granted_by_person: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """The report. Money in cents, shares from 0 to 1; losses and profits are expected ones, by PDs and assumptions.

    `at_risk` is PD times limit: what would be lost if every limit were drawn whole and nothing recovered. Losses and
    profits are unknown where no assumptions were given.
    """

    files: int
    granted_before: Estimate
    granted_after: Estimate
    granted_change: Estimate
    limit_before: Estimate
    limit_after: Estimate
    limit_change: Estimate
    at_risk_before: Estimate
    at_risk_after: Estimate
    at_risk_change: Estimate
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
    blind: Blind
    assumptions: str = ""


def report(tally: Tally, assumptions: Assumptions | None = None) -> Backtest:
    """The report of what was counted, under the assumptions its worth came from."""
    files = tally.groups("files")
    granted = {"before": tally.groups("files", "both", "out"), "after": tally.groups("files", "both", "in")}
    limit, at_risk = _changed(tally, "limit"), _changed(tally, "at_risk")
    nothing = (UNKNOWN, UNKNOWN, UNKNOWN)
    loss = _changed(tally, "loss") if assumptions is not None else nothing
    profit = _changed(tally, "profit") if assumptions is not None else nothing
    reasons = sorted(tally.reasons_before | tally.reasons_after)
    return Backtest(
        files=tally.files,
        granted_before=share(granted["before"], files),
        granted_after=share(granted["after"], files),
        granted_change=ratio(granted["after"] - granted["before"], files),
        limit_before=limit[0],
        limit_after=limit[1],
        limit_change=limit[2],
        at_risk_before=at_risk[0],
        at_risk_after=at_risk[1],
        at_risk_change=at_risk[2],
        loss_before=loss[0],
        loss_after=loss[1],
        loss_change=loss[2],
        profit_before=profit[0],
        profit_after=profit[1],
        profit_change=profit[2],
        swaps=tuple(_swap_row(tally, swap, priced=assumptions is not None) for swap in SWAPS),
        outcomes=tuple(sorted((*pair, count) for pair, count in tally.outcomes.items())),
        reasons=tuple((code, tally.reasons_before[code], tally.reasons_after[code]) for code in reasons),
        limits=tuple((band, tally.limits_before[band], tally.limits_after[band]) for band in BANDS_CENTS),
        segments=tuple((*key, tally.segments[key]) for key in sorted(tally.segments, key=_in_order)),
        blind=_blind(tally, priced=assumptions is not None),
        assumptions=text_of(assumptions) if assumptions is not None else "",
    )


def _in_order(key: tuple[str, str]) -> tuple[int, int, str]:
    """Segments in the order they are read in: grades from the best, all else by name."""
    by, value = key
    return SEGMENTS.index(by), GRADES.index(value) if by == "grade" and value in GRADES else len(GRADES), value


def _changed(tally: Tally, figure: str) -> tuple[Estimate, Estimate, Estimate]:
    before, after = tally.groups(f"{figure}_before"), tally.groups(f"{figure}_after")
    return total(before), total(after), total(after - before)


def _swap_row(tally: Tally, swap: Swap, *, priced: bool) -> SwapRow:
    return SwapRow(
        swap=swap,
        files=int(tally.whole("files", swap)),
        limit_before_cents=int(tally.whole("limit_before", swap)),
        limit_after_cents=int(tally.whole("limit_after", swap)),
        mean_pd=_mean(tally, "pd", "rated", swap),
        loss_after=total(tally.groups("loss_after", swap)) if priced else UNKNOWN,
        known=int(tally.whole("known", swap)),
        defaults=int(tally.whole("defaults", swap)),
        default_rate=share(tally.groups("defaults", swap), tally.groups("known", swap)),
    )


def _blind(tally: Tally, *, priced: bool) -> Blind:
    gain = tally.whole("profit_after") - tally.whole("profit_before")
    per_time = tally.whole("loss_after", "in") + tally.whole("unpaid_after", "in")  # what each time as often costs
    before = {outcome: sum(n for (was, _), n in tally.outcomes.items() if was == outcome) for outcome in ("refer",)}
    after = {outcome: sum(n for (_, now), n in tally.outcomes.items() if now == outcome) for outcome in ("refer",)}
    granted_before = tally.whole("files", "both", "out")
    return Blind(
        new_files=int(tally.whole("files", "in")),
        new_limit_cents=int(tally.whole("limit_after", "in")),
        new_mean_pd=_mean(tally, "pd", "rated", "in"),
        new_known=int(tally.whole("known", "in")),
        gain_ends_at=1 + gain / per_time if priced and gain > 0 and per_time > 0 else None,
        unrated=tally.files - int(tally.whole("rated")),
        unripe=int(granted_before - tally.whole("known", "both", "out")),
        known=int(tally.whole("known", "both", "out")),
        known_mean_pd=_mean(tally, "known_pd", "known", "both", "out"),
        known_default_rate=share(tally.groups("defaults", "both", "out"), tally.groups("known", "both", "out")),
        referred_before=before["refer"],
        referred_after=after["refer"],
        granted_by_person=sum(
            n for (was, said), n in tally.persons.items() if said == "approve" and was in ("refer", "decline")
        ),
        unpriced=int(tally.whole("unpriced_before") + tally.whole("unpriced_after")) if priced else 0,
    )


def _mean(tally: Tally, of: str, among: str, *swaps: Swap) -> float | None:
    counted = tally.whole(among, *swaps)
    return tally.whole(of, *swaps) / counted if counted else None


def share(of: np.ndarray, among: np.ndarray) -> Estimate:
    """A share of files with its bounds, never narrower than Wilson's for as many files: of few, or where nothing has
    happened yet, the spread between groups alone would look too sure."""
    found, counted = ratio(of, among), float(among.sum())
    if found.value is None or found.low is None or found.high is None:
        return found
    low, high = share_interval(round(float(of.sum())), round(counted))
    return Estimate(found.value, max(0.0, min(found.low, low)), min(1.0, max(found.high, high)))


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
