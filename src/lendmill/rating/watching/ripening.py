"""What became of the borrowers against what the card said: by month, as outcomes ripen, and in what order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from lendmill.rating import measures
from lendmill.rating.measures import Measured
from lendmill.rating.watching.alarms import AlarmLevel, level_of
from lendmill.rating.watching.chance import share_interval
from lendmill.rating.watching.figure import AUC, BRIER, CALIBRATION, KS, SO_FAR, Alarm, WatchFigure

RIPE_AFTER_MONTHS: Final = 12
EACH_MIN: Final = 10  # so many good and so many bad payers before anything is measured
SURE, VERY_SURE = 0.95, 0.99
DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class MonthCount:
    """The decisions of one month that lent, by its first day: how many, their mean PD, how many defaulted so far."""

    month_on: date
    counted: int
    mean_pd: float
    bads: int


@dataclass(frozen=True, slots=True)
class RipeOutcome:
    """One decision whose twelve months are over: the PD it was given, and whether it ended in default."""

    pd: float
    defaulted: bool


def ripe_on(decided_on: date) -> date:
    """From which day on a decision has its outcome, whatever it is: twelve months on.

    >>> ripe_on(date(2024, 2, 29))
    datetime.date(2025, 3, 1)
    """
    try:
        return decided_on.replace(year=decided_on.year + 1)
    except ValueError:
        return date(decided_on.year + 1, 3, 1)


def month_figures(months: Iterable[MonthCount], today: date) -> Iterator[WatchFigure]:
    """By month of decision, the share that defaulted beside the mean PD.

    A month whose decisions are all twelve months old is ripe: it is drift when the mean PD lies outside the interval of
    what was seen (95 %: look, 99 %: act). A younger month is told as it stands; it can only get worse, so it alarms
    when even the low end of the interval lies above the PD of the whole twelve months.
    """
    for each in _together(months):
        ripe = ripe_on(last_day_of_month(each.month_on)) <= today
        low, high = share_interval(each.bads, each.counted, SURE)
        figure, share = CALIBRATION if ripe else SO_FAR, each.bads / each.counted
        yield WatchFigure(
            figure, f"{each.month_on:%Y-%m}", share, each.counted, low, high, each.mean_pd, bads=each.bads,
            alarm=_drifted(each, ripe),
        )  # fmt: skip


def _together(months: Iterable[MonthCount]) -> list[MonthCount]:
    """One count a month: decisions with an outcome and those still open, put together."""
    found: dict[date, MonthCount] = {}
    for each in months:
        before = found.get(each.month_on, MonthCount(each.month_on, 0, 0.0, 0))
        counted = before.counted + each.counted
        mean = (before.counted * before.mean_pd + each.counted * each.mean_pd) / counted
        found[each.month_on] = MonthCount(each.month_on, counted, mean, before.bads + each.bads)
    return [found[month_on] for month_on in sorted(found)]


def last_day_of_month(day: date) -> date:
    """The last day of the month a day is in.

    >>> last_day_of_month(date(2026, 2, 1)), last_day_of_month(date(2025, 12, 5))
    (datetime.date(2026, 2, 28), datetime.date(2025, 12, 31))
    """
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _drifted(month: MonthCount, ripe: bool) -> Alarm:
    def outside(sureness: float) -> bool:
        low, high = share_interval(month.bads, month.counted, sureness)
        return month.mean_pd < low or (ripe and month.mean_pd > high)

    return "alarm" if outside(VERY_SURE) else "watch" if outside(SURE) else ""


def order_figures(
    ripe: Sequence[RipeOutcome], trained: Measured | None, levels: Mapping[str, AlarmLevel], seed: int = 0
) -> list[WatchFigure]:
    """AUC, KS and Brier score over all decisions that are ripe, with their intervals.

    The AUC alarms by how far it lies below the one measured in training; not when chance could explain it, that is,
    while training's figure lies inside the interval. Only borrowers who were approved are seen, so the AUC is lower
    than over all who applied even when the card is as good as ever: compare it with itself over time.
    """
    bad = np.array([each.defaulted for each in ripe], dtype=np.bool_)
    counted, bads = len(ripe), int(bad.sum())
    if min(bads, counted - bads) < EACH_MIN:
        return [WatchFigure(name, "", None, counted, bads=bads) for name in (AUC, KS, BRIER)]
    pd = np.array([each.pd for each in ripe], dtype=np.float64)
    auc = measures.area(bad, pd)
    ks, brier = measures.ks_and_brier(bad, np.round(pd, DIGITS), seed)  # a resample takes as long as there are PDs
    expected = trained.value if trained else None
    alarm: Alarm = ""
    if expected is not None and expected > auc.high:
        alarm = level_of(AUC, levels).of(auc.value - expected)
    first = WatchFigure(AUC, "", auc.value, counted, auc.low, auc.high, expected, bads=bads, alarm=alarm)
    others = (
        WatchFigure(name, "", each.value, counted, each.low, each.high, bads=bads)
        for name, each in ((KS, ks), (BRIER, brier))
    )
    return [first, *others]
