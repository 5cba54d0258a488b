"""Cutting a feature into a few bins whose risk rises or falls in the expected direction only."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Protocol

import numpy as np
import polars as pl

from lendmill.rating.axes import Levels
from lendmill.rating.measures import Flags, Floats
from lendmill.rating.training.grid import cut_fine, edges_of
from lendmill.rating.training.refining import pooled
from lendmill.refusals import Refusal

TRENDS: Final = {"better": "descending", "worse": "ascending", None: "auto_asc_desc"}
FREE_BADS: Final = 200  # from so many bad payers on, a feature without a known direction may turn
MANY_BADS: Final = 1_000  # and from so many on it is cut finer
FINE_BINS: Final = 20
FINE_LEAST: Final = 50  # shops in each
PROVEN: Final = 1.92  # of log loss: half the 95 % point of chi-square
KNOWN_MIN: Final = 20  # borrowers of whom a feature must be known to be cut at all
PURE_LEAST: Final = 10.0  # payers of the other kind that would stand in a bin of one kind alone, were it like the rest
DIGITS: Final = 4  # edges are written with four digits, and the bins counted again with them
DOUBT: Final = 1.0  # borrowers of average risk added to each bin: one without bad payers is not for that safe
DOUBT_MISSING: Final = 5.0  # and to the missing, who are often few
DOUBT_LEVEL: Final = 2.0  # and to a category's level, which has no neighbours to steady it


class TrainingNotInstalled(Refusal):
    """Training needs OptBinning, which is not installed: run `pip install 'lendmill[train]'`. Rating works without."""


class Feature(Protocol):
    """What training has to know of a feature; the catalogue's entries have it."""

    @property
    def name(self) -> str:
        """Its name, which is the column's."""

    @property
    def higher_is(self) -> str | None:
        """`better` or `worse` where the direction is known beforehand, else None."""

    @property
    def block(self) -> str:
        """The block of the rating it belongs to."""


@dataclass(frozen=True)
class Cut:
    """A feature cut into bins, each with its weight of evidence: ln(share of the good / share of the bad)."""

    feature: str
    block: str
    edges: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 0.0
    levels: Levels | None = None
    fine: bool = False  # whether neighbours have the same evidence where their difference may be chance
    sign: int = 0  # 1 where evidence may only rise from bin to bin, -1 where it may only fall
    evidence: tuple[float, ...] = ()
    goods: tuple[int, ...] = ()
    bads: tuple[int, ...] = ()
    missing_evidence: float = 0.0
    missing: tuple[int, int] = (0, 0)
    information: float = 0.0

    @property
    def size(self) -> int:
        """How many bins there are, the one for missing included."""
        return len(self.edges) + 2 if self.levels is None else self.levels.size

    @property
    def has_missing(self) -> bool:
        """Whether any value was missing in training."""
        return sum(self.missing) > 0

    @property
    def degrees(self) -> int:
        """How many of its bins' figures are free to differ."""
        apart = len(set(self.evidence)) if self.fine else len(self.evidence)
        return max(1, apart - 1 + self.has_missing)

    @property
    def counts(self) -> Any:
        """The shops in each bin, the missing last."""
        return np.array([*self.goods, self.missing[0]]) + np.array([*self.bads, self.missing[1]])

    @property
    def loads(self) -> Floats:
        """How much each bin weighs in the log loss, about: goods times bads over both."""
        goods, bads = np.array([*self.goods, self.missing[0]]), np.array([*self.bads, self.missing[1]])
        return np.asarray(goods * bads / np.maximum(goods + bads, 1), dtype=np.float64)

    @property
    def told(self) -> Floats:
        """The evidence of each bin, the missing last."""
        return np.array([*self.evidence, self.missing_evidence])

    def places(self, values: Any) -> Any:
        """The bin of each value; NaN stands for missing here."""
        if self.levels is not None:
            return self.levels.places(values, len(values))[0]
        found = np.searchsorted(np.array(self.edges), values, side="right")
        return np.where(np.isnan(values), self.size - 1, found)

    def counted(self, places: Any, bad: Flags, independent: float = 1.0) -> "Cut":
        """The same bins with the evidence of these shops.

        A few shops of a bin prove little: some borrowers of average risk are added to each.
        """
        goods, bads = (np.bincount(places[which], minlength=self.size) for which in (~bad, bad))
        doubt = np.full(self.size, DOUBT if self.levels is None else DOUBT_LEVEL / independent)
        if self.levels is None:
            doubt[-1] = DOUBT_MISSING
        goods_all, bads_all = int(goods.sum()), int(bads.sum())
        evidence = _evidence(goods, bads, goods_all, bads_all, doubt)
        if self.fine:
            loads = goods * bads / np.maximum(goods + bads, 1) * independent
            evidence[:-1] = pooled(evidence[:-1], loads[:-1], PROVEN)
        return replace(
            self,
            evidence=tuple(evidence[:-1].tolist()),
            goods=tuple(goods[:-1].tolist()),
            bads=tuple(bads[:-1].tolist()),
            missing_evidence=float(evidence[-1]) if goods[-1] + bads[-1] else 0.0,
            missing=(int(goods[-1]), int(bads[-1])),
            information=float((goods / goods_all - bads / bads_all) @ evidence),
        )


def cut(feature: Feature, values: Floats, bad: Flags, independent: float = 1.0, quick: bool = False) -> Cut | None:
    """Cut one feature, or None where no cut tells good from bad in the direction expected.

    Few bad payers allow few bins: one for every seven, at most twelve, each with ten borrowers and a fiftieth of all.
    Very many, where no direction is known, allow twenty of about as many borrowers each, to be learned together.
    `independent`: how many shops there are for each row, where shops come more than once. `quick`: where risk may turn,
    it turns where it seems to at first sight, not where that is best: a fifth of the time.
    """
    known = ~np.isnan(values)
    if known.sum() < KNOWN_MIN or not bad[known].any() or bad[known].all() or np.ptp(values[known]) == 0:
        return None
    bads = bad.sum() * independent
    free = feature.higher_is is None and bads >= FREE_BADS
    fine = free and bads >= MANY_BADS
    ranked = edges_of(np.sort(values[known]), FINE_BINS)
    splits = ranked if fine else _splits(feature, values, bad, independent, quick)
    splits = [float(f"{split:.{DIGITS}g}") + 0.0 for split in splits] + _around_pure(
        ranked, values[known], bad[known], independent
    )
    edges = sorted(set(splits))
    goods_all, bads_all = int((~bad).sum()), int(bad.sum())
    while edges:
        goods, bads = _counts(edges, values[known], bad[known])
        evidence = _evidence(goods, bads, goods_all, bads_all, DOUBT)
        least = FINE_LEAST / independent if fine else 1
        spoilt = _first_spoilt(feature.higher_is, goods + bads, least, evidence, free)
        if spoilt is None:
            return _made(feature, values, bad, independent, edges, free, fine)
        del edges[spoilt]
    return None


def _made(
    feature: Feature, values: Floats, bad: Flags, independent: float, edges: list[float], free: bool, fine: bool
) -> Cut:
    known = values[~np.isnan(values)]
    low, high = float(known.min()) + 0.0, float(known.max()) + 0.0
    made = Cut(feature.name, feature.block, tuple(edges), low, high, fine=fine)
    made = made.counted(made.places(values), bad, independent)
    rises = made.evidence[-1] >= made.evidence[0]
    return made if free else replace(made, sign=1 if rises else -1)


def cut_category(feature: Feature, column: pl.Series, bad: Flags, independent: float = 1.0) -> Cut | None:
    """A category's levels, each with its own evidence, or None where it has one level or nothing to compare.

    Rare levels are pooled.
    """
    made = cut_fine(column.to_frame(), [column.name], {column.name: True})
    if not made or not bad.any() or bad.all():
        return None
    [levels] = made
    assert isinstance(levels.axis, Levels)
    return Cut(feature.name, feature.block, levels=levels.axis).counted(levels.codes, bad, independent)


def _around_pure(edges: list[float], values: Floats, bad: Flags, independent: float) -> list[float]:
    """The edges around bins of good or of bad payers alone, where that is no luck: OptBinning makes no such bin."""
    goods, bads = _counts(edges, values, bad)
    share = float(bad.mean())
    alone = np.where(goods == 0, bads * (1 - share), np.where(bads == 0, goods * share, 0.0)) * independent
    kind = np.where(alone < PURE_LEAST, 0, np.where(goods == 0, 1, -1))
    return [edges[n] for n in np.flatnonzero(np.diff(kind)).tolist()]


def _counts(edges: list[float], values: Floats, bad: Flags) -> tuple[Any, Any]:
    which = np.searchsorted(np.array(edges), values, side="right")
    everyone = np.bincount(which, minlength=len(edges) + 1)
    bads = np.bincount(which[bad], minlength=len(edges) + 1)
    return everyone - bads, bads


def _evidence(goods: Any, bads: Any, goods_all: int, bads_all: int, doubt: Any) -> Floats:
    share = goods_all / (goods_all + bads_all)
    found = np.log((goods + doubt * share) / goods_all) - np.log((bads + doubt * (1 - share)) / bads_all)
    return np.asarray(np.round(found, 6), dtype=np.float64)


def _first_spoilt(higher_is: str | None, counts: Any, least: float, evidence: Floats, free: bool) -> int | None:
    """The edge to take out first: beside a bin of too few, or where the evidence turns against the direction."""
    if counts.min() < least:
        return max(0, int(np.argmin(counts)) - 1)
    if free:
        return None
    if higher_is is None:
        higher_is = "better" if evidence[-1] >= evidence[0] else "worse"
    steps = np.diff(evidence) * (1 if higher_is == "better" else -1)
    return int(np.argmin(steps)) if steps.min() <= 0 else None


def _splits(feature: Feature, values: Floats, bad: Flags, independent: float, quick: bool) -> list[float]:
    smallest = float(np.clip(10 / len(values) / independent, 0.02, 0.2))
    free = feature.higher_is is None and bad.sum() * independent >= FREE_BADS
    with _contained():
        binning = _optimal_binning()(
            name=feature.name,
            dtype="numerical",
            solver="cp",
            monotonic_trend=("auto_heuristic" if quick else "auto") if free else TRENDS[feature.higher_is],
            max_n_bins=int(np.clip(bad.sum() * independent // 7, 2, 12)),
            min_prebin_size=min(smallest, 0.05),
            max_n_prebins=20,
            min_bin_size=smallest,
        )
        binning.fit(values, bad.astype(np.int64))
    return [float(split) for split in binning.splits]


@lru_cache
def _optimal_binning() -> Any:
    """OptBinning, loaded when first needed: it takes seconds, and only training uses it."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)  # a solver it never uses here complains of another library while loading
    try:
        with _contained():
            from optbinning import OptimalBinning
    except ImportError:
        raise TrainingNotInstalled() from None
    finally:
        logging.disable(before)
    return OptimalBinning


@contextmanager
def _contained() -> Iterator[None]:
    """Keep other libraries' notices of their own future to themselves; nothing else is silenced."""
    with warnings.catch_warnings():
        for kind in (FutureWarning, DeprecationWarning, PendingDeprecationWarning):
            warnings.filterwarnings("ignore", category=kind, module=r"(optbinning|sklearn|ortools|cvxpy|pandas)(\.|$)")
        yield
