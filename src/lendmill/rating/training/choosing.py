"""Which features a card keeps: those that tell something, each something of its own, each in its expected direction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from lendmill.rating.measures import Flags, Floats, logistic
from lendmill.rating.training.bins import MANY_BADS, Cut
from lendmill.rating.training.boosted import folded
from lendmill.rating.training.refining import GAINED, SAME, STRENGTHS, Binned, pooled, refined
from lendmill.rating.watching.chance import chi_square_quantile

REFINED: Final = (
    "What each bin adds was learned together with all others, near its evidence and its neighbours, as told most of"
    " shops held back: points beside other features need not be in the order of the bins' own shares of bad payers."
)
INFORMATION_MIN: Final = 0.02
WEIGHT_MIN: Final = 0.05
BADS_PER_FEATURE: Final = 3
TRIED_BADS: Final = 200  # from so many on, ways to choose and weigh are tried on shops held back
SURE: Final = 1.0  # a ridge that few shops hardly feel: without it what parts them perfectly would be spread endlessly
FOLDS_SMALL: Final = 5
FOLDS: Final = 3
SMALL_ROWS: Final = 50_000
# The 95 % points of chi-square with 1, 2, ... degrees of freedom: what a feature that says nothing reaches by chance.
CHANCE: Final = (3.841, 5.991, 7.815, 9.488, 11.070, 12.592, 14.067, 15.507, 16.919, 18.307, 19.675, 21.026)


@dataclass(frozen=True)
class _Way:
    """How features are chosen and weighed: whether weak ones go, how alike two may be, how many, how strongly shrunk.

    `turning`: a feature whose direction nobody knows may count, beside the others, against its own evidence.
    """

    weak_go: bool
    alike_max: float
    features_max: int
    ridge: float
    turning: bool = False


# This one was set on other people's data: 75 draws of 27 bad and 96 good payers from three open credit data sets,
# judged on the rest of each. It ranked best or nearly so, and the PDs came out neither too bold nor too timid.
FEW: Final = _Way(weak_go=True, alike_max=0.7, features_max=15, ridge=6.0)
# More bad payers may teach more: more features, and such as say nearly the same may share the weight.
MORE: Final = (FEW, _Way(False, 0.99, 60, 1.0), _Way(False, 0.99, 60, 6.0))
MANY: Final = (_Way(False, 0.99, 60, 1.0, turning=True),)


@dataclass(frozen=True)
class Choice:
    """The cuts a card keeps with their weights, its start, and why each other feature was left out.

    `refined`: what each bin adds, where all bins were learned together. `told`: the logits of paying back that such
    choices told of shops they had not seen, where ways were tried.
    """

    start: float
    kept: tuple[tuple[Cut, float], ...]
    left_out: dict[str, str]
    refined: Mapping[str, Floats] = field(default_factory=dict)
    note: str = ""
    told: Floats | None = None

    def logits(self, places: Mapping[str, Any], rows: int) -> Floats:
        """The logit of paying back of shops in these bins."""
        found = np.full(rows, self.start)
        for cut, weight in self.kept:
            found += self.refined.get(cut.feature, weight * cut.told)[places[cut.feature]]
        return found

    def scaled(self, start: float, slope: float) -> "Choice":
        """The same with every logit spread by the slope."""
        kept = tuple((cut, weight * slope) for cut, weight in self.kept)
        refined = {name: bins * slope for name, bins in self.refined.items()}
        return replace(self, start=start + slope * self.start, kept=kept, refined=refined)


@dataclass(frozen=True)
class _Shops:
    """The shops to learn from: the bin of each in every feature, whether it was bad, and how many stand for one."""

    places: Mapping[str, Any]
    bad: Flags
    independent: float

    @property
    def bads(self) -> int:
        """Bad payers, not counting again what repeats itself."""
        return int(self.bad.sum() * self.independent)

    def some(self, rows: Any) -> "_Shops":
        """Some of them."""
        return _Shops({name: places[rows] for name, places in self.places.items()}, self.bad[rows], self.independent)


Told = dict[tuple[_Way, float | None], Floats]


def choose(
    cuts: Sequence[Cut], columns: Mapping[str, Any], bad: Flags, shops: Any, again: Callable[[Any], Sequence[Cut]]
) -> Choice:
    """Keep the most informative features that are not alike, then those whose weight has the right sign.

    A few bad payers cannot teach many features: one feature for every three, between two and fifteen. With more, the
    ways to choose and to weigh, and how far bins may leave their evidence, are tried on shops held back; how far apart
    the PDs are spread is what proved right there; `again` cuts for some rows only. Where shops come more than once,
    what repeats itself teaches nothing more.
    """
    independent = len(np.unique(shops)) / len(shops)
    seen = _Shops(_places(cuts, columns, slice(None)), bad, independent)
    if seen.bads < TRIED_BADS:
        return _chosen(cuts, seen, FEW)
    if seen.bads < MANY_BADS:
        told = _told_unseen(again, columns, seen, shops)
    else:
        told = _told_unseen_of_many(cuts, seen, shops)
    way, strength, start, slope = _best(told, bad)
    choice = replace(_chosen(cuts, seen, way), told=start + slope * told[way, strength])
    if slope < WEIGHT_MIN:
        unproven = {cut.feature: "tells nothing of shops held back" for cut, _ in choice.kept}
        return Choice(0.0, (), choice.left_out | unproven)
    if strength is None:
        return choice.scaled(start, slope)
    return _simpler(_refined(choice, seen, [strength])[strength].scaled(start, slope))


def _best(told: Told, bad: Flags) -> tuple[_Way, float | None, float, float]:
    """What told most of shops it had not seen, by log loss, with the start and the slope that make its PDs right."""
    good = (~bad).astype(np.float64)
    found = []
    for (way, strength), logit in told.items():
        start, slope = logistic(logit[:, None], good, SURE).tolist() if np.ptp(logit) else (0.0, 0.0)
        loss = float(np.logaddexp(0.0, np.where(bad, 1, -1) * (start + slope * logit)).sum())
        found.append((loss, way, strength, start, slope))
    return min(found, key=lambda each: each[0])[1:]


def _told_unseen(again: Callable[[Any], Sequence[Cut]], columns: Mapping[str, Any], seen: _Shops, shops: Any) -> Told:
    """What each way, and each strength of holding the bins back, told of shops whose outcome it had not seen.

    Each time it is cut anew, as cuts made for few bad payers have some of their luck in them.
    """
    strengths = (None, *STRENGTHS)
    told: Told = {(way, strength): np.zeros(len(seen.bad)) for way in MORE for strength in strengths}
    for learned, held in folded(seen.bad, FOLDS_SMALL, 1, 0, shops):
        cuts = again(learned)
        known = _Shops(_places(cuts, columns, learned), seen.bad[learned], seen.independent)
        _tell(told, cuts, known, _places(cuts, columns, held), held)
    return told


def _told_unseen_of_many(cuts: Sequence[Cut], seen: _Shops, shops: Any) -> Told:
    """The same with the bins as they are, and their evidence counted anew."""
    told: Told = {(way, strength): np.zeros(len(seen.bad)) for way in MANY for strength in STRENGTHS}
    for learned, held in folded(seen.bad, FOLDS_SMALL if len(seen.bad) <= SMALL_ROWS else FOLDS, 1, 0, shops):
        known = seen.some(learned)
        counted = [cut.counted(known.places[cut.feature], known.bad, seen.independent) for cut in cuts]
        _tell(told, counted, known, seen.some(held).places, held)
    return told


def _tell(told: Told, cuts: Sequence[Cut], known: _Shops, asked: Mapping[str, Any], held: Any) -> None:
    """Write down what each way and strength, learned from the known, tells of those asked about."""
    for way in dict.fromkeys(way for way, _ in told):
        choice = _chosen(cuts, known, way)
        found = _refined(choice, known, STRENGTHS)
        for each, strength in told:
            if each == way:
                made = choice if strength is None else found[strength]
                told[way, strength][held] = made.logits(asked, len(held))


def _places(cuts: Sequence[Cut], columns: Mapping[str, Any], rows: Any) -> dict[str, Any]:
    return {cut.feature: cut.places(columns[cut.feature][rows]) for cut in cuts}


def _refined(choice: Choice, seen: _Shops, strengths: Sequence[float]) -> dict[float, Choice]:
    """The choice with all bins learned together, for each strength of holding them back."""
    if not choice.kept:
        return dict.fromkeys(strengths, choice)
    parts = [
        Binned(seen.places[cut.feature], weight * cut.told, cut.levels is None, cut.sign) for cut, weight in choice.kept
    ]
    names = [cut.feature for cut, _ in choice.kept]
    found = refined(parts, choice.start, (~seen.bad).astype(np.float64), strengths)
    return {
        strength: replace(choice, start=start, refined=dict(zip(names, bins, strict=True)))
        for strength, (start, bins) in found.items()
    }


def _simpler(choice: Choice) -> Choice:
    """Neighbouring bins pooled whose difference nobody would miss; a feature of which nothing is left goes."""
    kept, bins, left_out = [], {}, dict(choice.left_out)
    start = choice.start
    for cut, weight in choice.kept:
        found, counts = choice.refined[cut.feature], cut.counts
        if cut.levels is None:
            found = np.append(pooled(found[:-1], cut.loads[:-1], GAINED if cut.fine else 0.0), found[-1])
        if np.ptp(found[counts > 0]) < SAME:
            start += float(found @ counts / counts.sum())
            left_out[cut.feature] = "adds nothing beside the others"
        else:
            kept.append((cut, weight))
            bins[cut.feature] = found
    return replace(choice, start=start, kept=tuple(kept), refined=bins, left_out=left_out, note=REFINED)


def _chosen(cuts: Sequence[Cut], seen: _Shops, way: _Way) -> Choice:
    """The features that one way keeps, with their weights."""
    left_out: dict[str, str] = {}
    most = int(np.clip(seen.bads // BADS_PER_FEATURE, 2, way.features_max))
    kept: list[Cut] = []
    weighed: dict[str, Floats] = {}
    alike: dict[str, Floats] = {}
    for each in sorted(cuts, key=lambda c: (-c.information, c.feature)):
        column = each.told[seen.places[each.feature]]
        if (reason := _too_weak(each, seen, way)) is not None:
            left_out[each.feature] = reason
        elif (twin := _twin(spread := _spread(column), alike, way.alike_max)) is not None:
            left_out[each.feature] = f"says what {twin} says"
        elif len(kept) == most:
            left_out[each.feature] = f"no room: {most} features are what {seen.bads} bad payers can teach"
        else:
            kept.append(each)
            weighed[each.feature], alike[each.feature] = column, spread
    return _signed(kept, weighed, seen, way, left_out)


def _too_weak(cut: Cut, seen: _Shops, way: _Way) -> str | None:
    """Information value against the floor and against chance: it times G B / (G + B) is close to a chi-square.

    With many bad payers even a weak feature may add something beside the others: it only has to tell more than noise
    does on average.
    """
    goods, bads = float((~seen.bad).sum()) * seen.independent, float(seen.bad.sum()) * seen.independent
    if cut.information < INFORMATION_MIN and way.weak_go:
        return "tells next to nothing"
    if cut.information * goods * bads / (goods + bads) < (_chance(cut.degrees) if way.weak_go else cut.degrees):
        return "may be chance"
    return None


def _chance(degrees: int) -> float:
    """The 95 % point of chi-square: exact for the few degrees that bins have, else nearly so."""
    return CHANCE[degrees - 1] if degrees <= len(CHANCE) else chi_square_quantile(degrees)


def _spread(column: Floats) -> Floats:
    """The column about nought with length one, so that two multiplied are their correlation."""
    centred = column - column.mean()
    return np.asarray(centred / max(float(np.linalg.norm(centred)), 1e-12), dtype=np.float64)


def _twin(column: Floats, others: dict[str, Floats], alike_max: float) -> str | None:
    return next((name for name, other in others.items() if abs(float(column @ other)) > alike_max), None)


def _signed(kept: list[Cut], weighed: dict[str, Floats], seen: _Shops, way: _Way, left_out: dict[str, str]) -> Choice:
    """Weigh the features together; one that would count against its own evidence goes, the worst first."""
    good = (~seen.bad).astype(np.float64)
    while True:
        columns = np.column_stack([weighed[c.feature] for c in kept]) if kept else np.empty((len(good), 0))
        start, *weights = logistic(columns, good, way.ridge / seen.independent).tolist()
        bound = [n for n, cut in enumerate(kept) if cut.sign or not way.turning]
        least = min(bound, key=lambda n: weights[n], default=None)
        if least is None or weights[least] >= WEIGHT_MIN:
            return Choice(start, tuple(zip(kept, weights, strict=True)), left_out)
        reason = "wrong sign beside the others" if weights[least] <= 0 else "adds nothing beside the others"
        left_out[kept.pop(least).feature] = reason
