"""Learning a card from shops whose outcome is known, and measuring it on shops it was not learned from."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any, Final, Literal

import msgspec
import numpy as np
import polars as pl

from lendmill.rating import measures
from lendmill.rating.card import Card
from lendmill.rating.crowd import probabilities
from lendmill.rating.measures import Flags, Floats
from lendmill.rating.scale import Scale
from lendmill.rating.training import boosted, proof, rejects
from lendmill.rating.training.bins import Feature
from lendmill.rating.training.checking import TooFewBad as TooFewBad
from lendmill.rating.training.checking import UnusableForTraining as UnusableForTraining
from lendmill.rating.training.checking import checked
from lendmill.rating.training.learners import LEARNERS, Asked, Lesson
from lendmill.rating.training.learners import NothingLearned as NothingLearned
from lendmill.rating.training.report import FOLDS, OutOfTime
from lendmill.rating.training.report import Kept as Kept
from lendmill.rating.training.report import Learned as Learned
from lendmill.rating.training.report import Report as Report
from lendmill.rating.training.writing import counted, information

Kind = Literal["classic", "boosted"]

BOOSTED_LEAST: Final = 100  # bad payers, and good ones; with fewer, trees learn chance
TOO_FEW_TO_BOOST: Final = (
    "A boosted card was asked for; with {bads} bad and {goods} good payers a classic one was learned: trees need"
    " {least} of each to tell shops from chance."
)


def train(
    frame: pl.DataFrame,
    target: str,
    catalogue: Sequence[Feature],
    seed: int = 0,
    *,
    kind: Kind = "classic",
    key: str = "card",
    categories: Collection[str] = (),
    repeats: int = 0,
    pairs: int = boosted.PAIRS,
    features_max: int = boosted.FEATURES_MAX,
    recipe: boosted.Recipe | None = None,
    turned_away: pl.DataFrame | None = None,
    later_from: date | None = None,
    scale: Scale | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Card, Report]:
    """Learn a card and measure it out of fold.

    All is learned inside each fold anew, from the catalogue's features only; another lender's rating is refused. A shop
    may come as of several days (`as_of_on`): it is in one fold, measured as of its last day, and a card of the earlier
    days is measured on the later ones (from `later_from` on). `repeats`: other seeds for the folds, to show their luck.
    `turned_away`: see `rejects`. Refuses with `UnusableForTraining`, `TooFewBad`, `NothingLearned`.
    """
    began = time.perf_counter()
    frame, bad = checked(frame, target, catalogue, categories)
    known = [feature for feature in catalogue if feature.name in frame.columns]
    asked = Asked(known, categories, key, target, scale or Scale(), seed, pairs, features_max, recipe)
    bads, goods = (frame.filter(bad == which)["shop_key"].n_unique() for which in (True, False))
    chosen, notes = kind_taught(kind, bads, goods)
    lessons = _Lessons(frame, bad, asked, chosen, turned_away)
    steps = _Steps(progress, 1 + FOLDS * (1 + repeats))
    lesson = lessons.learn(np.arange(frame.height))
    steps.taken()

    times, last = Counter[str](), lessons.last
    told, by_fold = lessons.out_of_fold(seed, times, steps)
    others = [lessons.out_of_fold(seed + n, Counter(), steps)[0].pd[last] for n in range(1, repeats + 1)]
    card = proof.banded(lesson.card, bad[last], told.logit[last])
    kept = _kept(card, lesson, frame, bad, times)
    report = msgspec.structs.replace(
        _measured(bad[last], told.pd[last], seed, others, int(told.unknown.sum())),
        kind=chosen,
        auc_by_fold=by_fold,
        kept=kept,
        out_of_time=lessons.out_of_time(seed, later_from),
        **_learned_from(lessons, lesson, card, catalogue, notes + proof.giveaways(kept)),
    )
    return card, msgspec.structs.replace(report, train_seconds=round(time.perf_counter() - began, 1))


def _learned_from(
    lessons: "_Lessons", lesson: Lesson, card: Card, catalogue: Sequence[Feature], notes: list[str]
) -> dict[str, Any]:
    """What the report says of the shops learned from, and of what learned."""
    frame, asked = lessons.frame, lessons.asked
    points = card.scale.points(card.logits(frame.filter(pl.Series(lessons.last)))[0])
    absent = {feature.name: "not in the table" for feature in catalogue if feature.name not in frame.columns}
    assumed = [rejects.ASSUMED] if lessons.turned_away is not None else []
    return {
        "left_out": dict(sorted((absent | dict(lesson.left_out)).items())),
        "notes": (*notes, *lesson.notes, *assumed),
        "target": asked.target,
        "rows": frame.height,
        "bad_rows": int(lessons.bad.sum()),
        **proof.span(frame),
        "spreads": proof.spreads(frame, card),
        "points_quantiles": proof.quantiles(points),
        "data_hash": proof.data_hash(frame, asked.target, [feature.name for feature in asked.catalogue]),
        "versions": proof.versions(),
        "digest": card.digest,
    }


def kind_taught(kind: Kind, bads: int, goods: int) -> tuple[Kind, list[str]]:
    """The kind of card that so many shops can teach, and why it is not the one asked for."""
    if kind == "boosted" and min(bads, goods) < BOOSTED_LEAST:
        return "classic", [TOO_FEW_TO_BOOST.format(bads=bads, goods=goods, least=BOOSTED_LEAST)]
    return kind, []


def _measured(bad: Flags, pd: Floats, seed: int, others: Sequence[Floats], unknown_rows: int = 0) -> Report:
    """The figures of a report; what was learned is filled in after."""
    ks, brier = measures.ks_and_brier(bad, pd, seed)
    start, slope = measures.calibration(bad, pd)
    return Report(
        shops=len(bad),
        bads=int(bad.sum()),
        seed=seed,
        unknown_rows=unknown_rows,
        auc=measures.area(bad, pd),
        ks=ks,
        brier=brier,
        auc_by_seed=tuple(measures.area(bad, other).value for other in others),
        mean_pd=float(pd.mean()),
        calibration_start=start,
        calibration_slope=slope,
        calibration_slope_between=measures.slope_between(bad, pd),
    )


class _Steps:
    """How many cards have been learned of those it takes."""

    def __init__(self, told: Callable[[int, int], None] | None, total: int) -> None:
        self.told, self.total, self.done = told, total, 0

    def taken(self) -> None:
        """One more is learned."""
        self.done += 1
        if self.told is not None:
            self.told(self.done, self.total)


class _Told(msgspec.Struct, frozen=True):
    """What cards that had not seen them said of all rows; which of them they would have called UNKNOWN."""

    logit: Any
    unknown: Any

    @property
    def pd(self) -> Floats:
        """The PD of each row."""
        return np.asarray(probabilities(self.logit), dtype=np.float64)


class _Lessons:
    """The shops to learn from, and cards learned from some of them."""

    def __init__(
        self, frame: pl.DataFrame, bad: Flags, asked: Asked, kind: Kind, turned_away: pl.DataFrame | None = None
    ) -> None:
        self.frame, self.bad, self.asked, self.kind, self.turned_away = frame, bad, asked, kind, turned_away
        shops = frame["shop_key"].to_numpy()
        self.shops = np.unique(shops, return_inverse=True)[1]
        self.last = np.append(shops[1:] != shops[:-1], True)

    def learn(self, rows: Any) -> Lesson:
        """A card from some of the shops, and what was chosen for it."""
        learner = LEARNERS[self.kind]
        frame, bad, shops = self.frame[rows], self.bad[rows], self.shops[rows]
        lesson = learner(frame, bad, shops, self.asked)
        if self.turned_away is None:
            return lesson
        both = rejects.with_turned_away(frame, bad, shops, self.turned_away, lesson.card, self.asked.seed)
        return learner(*both, self.asked)

    def out_of_fold(self, seed: int, times: Counter[str], steps: "_Steps") -> tuple[_Told, tuple[float, ...]]:
        """What each shop was told by a card learned without it, the very card to be served; and each fold's AUC."""
        logit, unknown = np.zeros(self.frame.height, dtype=np.int64), np.zeros(self.frame.height, dtype=np.bool_)
        by_fold = []
        for learned, held in self._folds(seed):
            try:
                card = self.learn(learned).card
            except NothingLearned:
                logit[held] = boosted.logit_of_share(self.bad[learned])
            else:
                times.update(table.feature for table in card.tables)
                logit[held], unknown[held] = card.logits(self.frame[held])
            asked = held[self.last[held]]
            by_fold.append(measures.area(self.bad[asked], -logit[asked].astype(np.float64)).value)
            steps.taken()
        return _Told(logit, unknown), tuple(by_fold)

    def out_of_time(self, seed: int, later_from: date | None = None) -> OutOfTime | None:
        """What a card of the earlier days says of the later ones, where both have enough bad payers."""
        split = proof.split_in_time(self.frame, self.bad, later_from)
        if split is None:
            return None
        earlier, later, learned_to, measured_from = split
        try:
            card = self.learn(earlier).card
        except NothingLearned:
            return None
        last = later[np.append(self.shops[later][1:] != self.shops[later][:-1], True)]
        pd, bad = np.asarray(probabilities(card.logits(self.frame[last])[0])), self.bad[last]
        found = _measured(bad, pd, seed, ())
        return OutOfTime(
            learned_to, measured_from, found.shops, found.bads, found.auc, found.ks, found.brier,
            found.calibration_start, found.calibration_slope,
        )  # fmt: skip

    def _folds(self, seed: int) -> Any:
        from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

        nothing = np.zeros(len(self.bad))
        if self.last.all():
            return StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(nothing, self.bad)
        grouped = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
        return grouped.split(nothing, self.bad, self.shops)


def _kept(card: Card, lesson: Lesson, frame: pl.DataFrame, bad: Flags, times: Counter[str]) -> tuple[Kept, ...]:
    """Each table with the shops that training saw in its cells."""
    found = []
    places, _ = card.lookup.placed_columns(frame)
    for n, table in enumerate(card.tables):
        weight = card.scale.weight
        worth = {name: weight(cell) for name, cell in zip(table.names, table.cells, strict=True)}
        cells = counted(table, card.lookup.cells_of(n, places), bad)
        goods, bads = (np.array([cell[which] for cell in cells], dtype=np.float64) for which in (1, 2))
        bins = tuple(Learned(name, good, ill, worth[name]) for name, good, ill in cells)
        told = round(information(goods, bads), 3)
        weighed = round(lesson.weights.get(table.feature, 1.0), 3)
        found.append(Kept(table.feature, table.block, told, weighed, times[table.feature], bins))
    return tuple(found)
