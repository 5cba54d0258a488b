"""Whether segments of borrowers are rated alike: who reaches a grade that can be approved, and who pays as told."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lendmill.rating.watching.alarms import AlarmLevel, level_of
from lendmill.rating.watching.chance import share_interval
from lendmill.rating.watching.figure import GIVEN_AND_SEEN, IMPACT, Alarm, WatchFigure

CELL_MIN: Final = 30
OTHERS: Final = "others"
SEGMENTS: Final = ("region", "industry", "kind", "size")


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """So many borrowers of one segment, by one way of dividing them, and how many have a grade that can be approved."""

    division: str
    segment: str
    counted: int
    approvable: int


@dataclass(frozen=True, slots=True)
class SegmentOutcome:
    """So many ripe decisions of one segment: the mean PD they were given, and how many defaulted."""

    division: str
    segment: str
    counted: int
    mean_pd: float
    bads: int


def impact_figures(counts: Iterable[SegmentCount], levels: Mapping[str, AlarmLevel]) -> Iterator[WatchFigure]:
    """The adverse impact ratio of each segment: its approval-grade rate over that of the best-placed segment.

        ratio = rate of the segment / highest rate among the segments of the same division

    Below four fifths is taken as adverse impact (Uniform Guidelines on Employee Selection, 29 CFR 1607.4 D; used for
    credit by supervisors and in fair-lending practice). A segment of fewer than 30 borrowers is not told by itself:
    small segments are put together as "others", and left out where even they are fewer. Nor is it an alarm while the
    intervals of the two rates overlap.
    """
    for division, segments in _told(counts).items():
        best = max(segments, key=lambda each: each.approvable / each.counted)
        highest = best.approvable / best.counted
        for each in sorted(segments, key=lambda each: -each.counted):
            rate = each.approvable / each.counted
            low, high = share_interval(each.approvable, each.counted)
            ratio = rate / highest if highest else None
            apart = high < share_interval(best.approvable, best.counted)[0]
            alarm = level_of(IMPACT, levels).of(ratio) if apart else ""
            yield WatchFigure(IMPACT, f"{division}: {each.segment}", ratio, each.counted, low, high, rate, alarm=alarm)


def _told(counts: Iterable[SegmentCount]) -> dict[str, list[SegmentCount]]:
    divisions: dict[str, list[SegmentCount]] = defaultdict(list)
    small: dict[str, list[SegmentCount]] = defaultdict(list)
    for each in counts:
        (divisions if each.counted >= CELL_MIN else small)[each.division].append(each)
    for division, some in small.items():
        together = SegmentCount(
            division, OTHERS, sum(each.counted for each in some), sum(each.approvable for each in some)
        )
        if together.counted >= CELL_MIN:
            divisions[division].append(together)
    return {division: divisions[division] for division in SEGMENTS if division in divisions}


def outcome_figures(outcomes: Iterable[SegmentOutcome]) -> Iterator[WatchFigure]:
    """By segment, the share of ripe decisions that defaulted beside the mean PD they were given.

    A segment that pays better than told is charged for a risk it does not have; one that pays worse is carried by the
    others. 95 %: look; 99 %: act. Segments of fewer than 30 decisions are left out.
    """
    for each in outcomes:
        if each.counted < CELL_MIN:
            continue
        low, high = share_interval(each.bads, each.counted)
        yield WatchFigure(
            GIVEN_AND_SEEN, f"{each.division}: {each.segment}", each.bads / each.counted, each.counted, low, high,
            each.mean_pd, bads=each.bads, alarm=_apart(each),
        )  # fmt: skip


def _apart(each: SegmentOutcome) -> Alarm:
    sure, very = share_interval(each.bads, each.counted, 0.95), share_interval(each.bads, each.counted, 0.99)
    if not very[0] <= each.mean_pd <= very[1]:
        return "alarm"
    return "" if sure[0] <= each.mean_pd <= sure[1] else "watch"


def protected_inputs(features: Sequence[str], protected: Iterable[str]) -> tuple[str, ...]:
    """The protected features a card reads: there must be none."""
    forbidden = set(protected)
    return tuple(feature for feature in features if feature in forbidden)
