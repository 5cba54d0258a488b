"""Which features a card keeps: those that tell something, each something of its own, each in its expected direction."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from lendmill.rating.measures import Flags, Floats, logistic
from lendmill.rating.training.bins import Cut
from lendmill.rating.watching.chance import chi_square_quantile

INFORMATION_MIN: Final = 0.02
ALIKE_MAX: Final = 0.7
# These two were set on other people's data: 75 draws of 27 bad and 96 good payers from three open credit data sets,
# judged on the rest of each. They ranked best or nearly so, and the PDs came out neither too bold nor too timid.
RIDGE: Final = 6.0
BADS_PER_FEATURE: Final = 3
FEATURES_MAX: Final = 15
# Many bad payers teach more: more features, and such as say nearly the same may share the weight.
MANY_BADS: Final = 1_000
FEATURES_MAX_MANY: Final = 60
ALIKE_MAX_MANY: Final = 0.99
RIDGE_MANY: Final = 1.0
WEIGHT_MIN: Final = 0.05
# The 95 % points of chi-square with 1, 2, ... degrees of freedom: what a feature that says nothing reaches by chance.
CHANCE: Final = (3.841, 5.991, 7.815, 9.488, 11.070, 12.592, 14.067, 15.507, 16.919, 18.307, 19.675, 21.026)


@dataclass(frozen=True)
class Choice:
    """The cuts a card keeps with their weights, its start, and why each other feature was left out."""

    start: float
    kept: tuple[tuple[Cut, float], ...]
    left_out: dict[str, str]


def choose(cuts: list[Cut], columns: dict[str, Any], bad: Flags, independent: float = 1.0) -> Choice:
    """Keep the most informative features that are not alike, then those whose weight has the right sign.

    A few bad payers cannot teach many features: one feature for every three, between two and fifteen. Where shops come
    more than once, `independent` is how many shops there are for each row: what repeats itself teaches nothing more.
    """
    left_out: dict[str, str] = {}
    bads = int(bad.sum() * independent)
    most = int(np.clip(bads // BADS_PER_FEATURE, 2, FEATURES_MAX if bads < MANY_BADS else FEATURES_MAX_MANY))
    alike_max = ALIKE_MAX if bads < MANY_BADS else ALIKE_MAX_MANY
    kept: list[Cut] = []
    weighed: dict[str, Floats] = {}
    for each in sorted(cuts, key=lambda c: (-c.information, c.feature)):
        column = each.weigh(columns[each.feature])
        if (reason := _too_weak(each, bad, independent)) is not None:
            left_out[each.feature] = reason
        elif (twin := _twin(column, weighed, alike_max)) is not None:
            left_out[each.feature] = f"says what {twin} says"
        elif len(kept) == most:
            left_out[each.feature] = f"no room: {most} features are what {bads} bad payers can teach"
        else:
            kept.append(each)
            weighed[each.feature] = column
    return _signed(kept, weighed, bad, (RIDGE if bads < MANY_BADS else RIDGE_MANY) / independent, left_out)


def _too_weak(cut: Cut, bad: Flags, independent: float) -> str | None:
    """Information value against the floor and against chance: it times G B / (G + B) is close to a chi-square.

    With many bad payers even a weak feature may add something beside the others: it only has to tell more than noise
    does on average.
    """
    goods, bads = float((~bad).sum()) * independent, float(bad.sum()) * independent
    degrees = max(1, len(cut.evidence) - 1 + cut.has_missing)
    many = bads >= MANY_BADS
    if cut.information < INFORMATION_MIN and not many:
        return "tells next to nothing"
    if cut.information * goods * bads / (goods + bads) < (degrees if many else _chance(degrees)):
        return "may be chance"
    return None


def _chance(degrees: int) -> float:
    """The 95 % point of chi-square: exact for the few degrees that bins have, else nearly so."""
    return CHANCE[degrees - 1] if degrees <= len(CHANCE) else chi_square_quantile(degrees)


def _twin(column: Floats, weighed: dict[str, Floats], alike_max: float) -> str | None:
    for name, other in weighed.items():
        if abs(float(np.corrcoef(column, other)[0, 1])) > alike_max:
            return name
    return None


def _signed(kept: list[Cut], weighed: dict[str, Floats], bad: Flags, ridge: float, left_out: dict[str, str]) -> Choice:
    """Weigh the features together; one that would count against its own evidence goes, the worst first."""
    good = (~bad).astype(np.float64)
    while True:
        columns = np.column_stack([weighed[c.feature] for c in kept]) if kept else np.empty((len(bad), 0))
        start, *weights = logistic(columns, good, ridge).tolist()
        if not weights or min(weights) >= WEIGHT_MIN:
            return Choice(start, tuple(zip(kept, weights, strict=True)), left_out)
        least = int(np.argmin(weights))
        reason = "wrong sign beside the others" if weights[least] <= 0 else "adds nothing beside the others"
        left_out[kept.pop(least).feature] = reason
