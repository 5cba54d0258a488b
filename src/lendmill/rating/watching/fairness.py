"""Whether segments of borrowers are rated alike: who reaches a grade that can be approved, and who pays as told."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lendmill.rating.watching.alarms import AlarmLevel, level_of
from lendmill.rating.watching.chance import ratio_interval, share_interval
from lendmill.rating.watching.figure import APPROVAL, GIVEN_AND_SEEN, IMPACT, Alarm, WatchFigure

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

    @property
    def share(self) -> float:
        """The share with a grade that can be approved."""
        return self.approvable / self.counted


@dataclass(frozen=True, slots=True)
class SegmentOutcome:
    """So many ripe decisions of one segment: the mean PD they were given, and how many defaulted."""

    division: str
    segment: str
    counted: int
    mean_pd: float
    bads: int


def impact_figures(counts: Iterable[SegmentCount], levels: Mapping[str, AlarmLevel]) -> Iterator[WatchFigure]:
    """Of each segment, the share with a grade that can be approved, and its adverse impact ratio.

        ratio = share of the segment / highest share among the segments of the same division

    Below four fifths is taken as adverse impact (Uniform Guidelines on Employee Selection, 29 CFR 1607.4 D; used for
    credit by supervisors and in fair-lending practice). A segment of fewer than 30 borrowers is not told by itself:
    small segments are put together as "others", and left out where even they are fewer. Nor is it an alarm while the
    ratio's interval holds 1, so that chance could explain it.
    """
    for division, segments in _told(counts).items():
        best = max(segments, key=lambda each: each.share)
        for each in sorted(segments, key=lambda each: -each.counted):
            about, given = f"{division}: {each.segment}", (each.approvable, each.counted)
            yield WatchFigure(APPROVAL, about, each.share, each.counted, *share_interval(*given))
            if each is best or not best.approvable:
                continue
            ratio, (low, high) = each.share / best.share, ratio_interval(given, (best.approvable, best.counted))
            alarm = level_of(IMPACT, levels).of(ratio) if high < 1 else ""
            yield WatchFigure(IMPACT, about, ratio, each.counted, low, high, expected=1.0, alarm=alarm)


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
