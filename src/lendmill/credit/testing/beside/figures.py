"""What a comparison tells: shares with their bounds, and whether a difference may be chance."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

import numpy as np

from lendmill.credit.testing.arms import HOLD_OUT, Arm
from lendmill.credit.testing.backtest import UNKNOWN, Estimate, ratio, share
from lendmill.credit.testing.tally import GROUPS
from lendmill.rating.watching.chance import share_interval

ARMS: Final[tuple[Arm, ...]] = ("champion", "challenger", "hold-out")
ENOUGH_DEFAULTS: Final = 10  # with fewer in an arm a difference of default rates says next to nothing


@dataclass(frozen=True, slots=True)
class ShadowPair:
    """Files that the live policy decided so and the shadow so, with the limits each granted and what became of them."""

    before: str
    after: str
    files: int
    limit_before_cents: int
    limit_after_cents: int
    more: int
    less: int
    known: int
    defaults: int


@dataclass(frozen=True, slots=True)
class ShadowReason:
    """In how many files each of the two gave a reason."""

    reason: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ShadowDifference:
    """One file the two would not grant alike."""

    decision_id: UUID
    borrower_id: UUID
    decided_on: date
    before: str
    after: str
    limit_before_cents: int
    limit_after_cents: int
    reasons_before: list[str]
    reasons_after: list[str]


@dataclass(frozen=True, slots=True)
class Ripened:
    """What became of the loans of one side: granted by both, by the live policy alone, by the shadow alone."""

    swap: str
    files: int
    known: int
    defaults: int
    default_rate: Estimate


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """A shadow beside the live policy, over all the files both decided."""

    policy_key: str
    policy_version: int
    since_on: date | None
    until_on: date | None
    files: int
    alike: Estimate
    more: int
    less: int
    other_reasons: int
    limit_before_cents: int
    limit_after_cents: int
    pairs: tuple[ShadowPair, ...]
    ripened: tuple[Ripened, ...]
    reasons: tuple[ShadowReason, ...]
    largest: tuple[ShadowDifference, ...]


def share_of(some: int, of: int) -> Estimate:
    """A share of files with its bounds; of nothing there is none.

    >>> share_of(0, 0).value, round(share_of(50, 100).low or 0, 3)
    (None, 0.404)
    """
    if not of:
        return UNKNOWN
    return Estimate(some / of, *share_interval(some, of))


def ripened(pairs: tuple[ShadowPair, ...]) -> tuple[Ripened, ...]:
    """What became of the loans, by who granted: known only where the live policy, or a person after it, lent."""
    sides: dict[str, list[ShadowPair]] = {"both": [], "out": [], "in": [], "neither": []}
    for pair in pairs:
        was, now = pair.limit_before_cents > 0, pair.limit_after_cents > 0
        sides["both" if was and now else "out" if was else "in" if now else "neither"].append(pair)
    found = []
    for side, held in sides.items():
        known, defaults = sum(each.known for each in held), sum(each.defaults for each in held)
        found.append(Ripened(side, sum(each.files for each in held), known, defaults, share_of(defaults, known)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ArmGroup:
    """The sums of one arm over one of 100 groups of borrowers."""

    arm: Arm
    part: int
    files: int
    granted: int
    referred: int
    limit_cents: int
    at_risk_cents: float
    known: int
    defaults: int
    known_pd: float


@dataclass(frozen=True, slots=True)
class ArmReport:
    """One arm of a trial. `limit_mean` is cents of those granted; `at_risk_share` PD times limit over limits."""

    arm: Arm
    files: int
    granted: Estimate
    referred: Estimate
    limit_mean: Estimate
    limit_cents: int
    at_risk_cents: int
    at_risk_share: Estimate
    known: int
    defaults: int
    default_rate: Estimate
    known_mean_pd: float | None


@dataclass(frozen=True, slots=True)
class ArmDifference:
    """The challenger less the champion in one figure, and whether that may be chance."""

    figure: str
    difference: Estimate
    may_be_chance: bool
    too_few: bool


@dataclass(frozen=True, slots=True)
class TrialReport:
    """A trial by lot: its arms beside each other, the hold-out beside both, and what the difference is worth."""

    trial: str
    since_on: date | None
    until_on: date | None
    arms: tuple[ArmReport, ...]
    differences: tuple[ArmDifference, ...]
    shares_bp: tuple[tuple[date, int], ...]

    @property
    def share_changed(self) -> bool:
        """Whether the challenger's share was another meanwhile: then the arms are not of one time."""
        return len(self.shares_bp) > 1


def trial_report(
    trial: str,
    rows: list[ArmGroup],
    since_on: date | None,
    until_on: date | None,
    shares_bp: tuple[tuple[date, int], ...] = (),
) -> TrialReport:
    """The report of what was summed up by arm and group."""
    sums = {arm: _sums([each for each in rows if each.arm == arm]) for arm in ARMS}
    arms = tuple(_arm(arm, each) for arm, each in sums.items() if each["files"].sum() or arm != HOLD_OUT)
    return TrialReport(trial, since_on, until_on, arms, tuple(_differences(sums)), shares_bp)


def _sums(rows: list[ArmGroup]) -> dict[str, np.ndarray]:
    names = ("files", "granted", "referred", "limit_cents", "at_risk_cents", "known", "defaults", "known_pd")
    found = {name: np.zeros(GROUPS) for name in names}
    for each in rows:
        for name in names:
            found[name][each.part] += getattr(each, name)
    return found


def _arm(arm: Arm, sums: Mapping[str, np.ndarray]) -> ArmReport:
    known = float(sums["known"].sum())
    return ArmReport(
        arm=arm,
        files=int(sums["files"].sum()),
        granted=share(sums["granted"], sums["files"]),
        referred=share(sums["referred"], sums["files"]),
        limit_mean=_mean(sums["limit_cents"], sums["granted"]),
        limit_cents=int(sums["limit_cents"].sum()),
        at_risk_cents=round(float(sums["at_risk_cents"].sum())),
        at_risk_share=_mean(sums["at_risk_cents"], sums["limit_cents"], most=1.0),
        known=int(known),
        defaults=int(sums["defaults"].sum()),
        default_rate=share(sums["defaults"], sums["known"]),
        known_mean_pd=float(sums["known_pd"].sum()) / known if known else None,
    )


def _mean(of: np.ndarray, among: np.ndarray, most: float = math.inf) -> Estimate:
    """A mean of what is never below nought, with bounds of what can be; of borrowers of one group it has none."""
    found = ratio(of, among)
    if found.low is None or found.high is None or np.count_nonzero(among) == 1:
        return Estimate(found.value, None, None)
    return Estimate(found.value, max(0.0, found.low), min(most, found.high))


def _differences(sums: Mapping[Arm, Mapping[str, np.ndarray]]) -> list[ArmDifference]:
    champion, challenger = sums["champion"], sums["challenger"]
    found = []
    for figure, of, among, how in (
        ("granted", "granted", "files", share), ("referred", "referred", "files", share),
        ("limit_mean", "limit_cents", "granted", _mean),
        ("at_risk_share", "at_risk_cents", "limit_cents", partial(_mean, most=1.0)),
        ("default_rate", "defaults", "known", share),
    ):  # fmt: skip
        gap = between(how(challenger[of], challenger[among]), how(champion[of], champion[among]))
        few = (
            figure == "default_rate"
            and min(each["defaults"].sum() for each in (champion, challenger)) < ENOUGH_DEFAULTS
        )
        found.append(ArmDifference(figure, gap, may_be_chance(gap), bool(few)))
    return found


def between(one: Estimate, other: Estimate) -> Estimate:
    """One figure less another that rests on other borrowers: Newcombe's bounds (1998), from those of the two.

    low = d - sqrt((p1 - low1)^2 + (high2 - p2)^2), high alike

    >>> between(Estimate(0.5, 0.25, 0.75), Estimate(0.25, 0.25, 0.25)).low
    0.0
    """
    p, low, high = one.value, one.low, one.high
    q, least, most = other.value, other.low, other.high
    if p is None or low is None or high is None or q is None or least is None or most is None:
        return UNKNOWN
    return Estimate(p - q, p - q - math.hypot(p - low, most - q), p - q + math.hypot(high - p, q - least))


def may_be_chance(gap: Estimate) -> bool:
    """Whether nothing at all lies within the bounds of a difference, or nothing is known of it."""
    return gap.low is None or gap.high is None or gap.low <= 0 <= gap.high
