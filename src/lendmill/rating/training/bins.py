"""Cutting a feature into a few bins whose risk rises or falls in the expected direction only."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

import numpy as np
import polars as pl

from lendmill.rating.axes import Levels
from lendmill.rating.measures import Flags, Floats
from lendmill.rating.training.grid import cut_fine
from lendmill.refusals import Refusal

TRENDS: Final = {"better": "descending", "worse": "ascending", None: "auto_asc_desc"}
FREE_BADS: Final = 200  # from so many bad payers on, a feature without a known direction may turn
KNOWN_MIN: Final = 20  # borrowers of whom a feature must be known to be cut at all
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
    edges: tuple[float, ...]
    low: float
    high: float
    evidence: tuple[float, ...]
    goods: tuple[int, ...]
    bads: tuple[int, ...]
    missing_evidence: float
    missing: tuple[int, int]
    information: float
    levels: Levels | None = None

    @property
    def has_missing(self) -> bool:
        """Whether any value was missing in training."""
        return sum(self.missing) > 0

    def weigh(self, values: Any) -> Floats:
        """The evidence of each value; NaN stands for missing here."""
        if self.levels is not None:
            places, _ = self.levels.places(values, len(values))
            return np.array([*self.evidence, self.missing_evidence])[places]
        found = np.array(self.evidence)[np.searchsorted(np.array(self.edges), values, side="right")]
        return np.where(np.isnan(values), self.missing_evidence, found)


def cut(feature: Feature, values: Floats, bad: Flags, independent: float = 1.0) -> Cut | None:
    """Cut one feature, or None where no cut tells good from bad in the direction expected.

    Few bad payers allow few bins: one for every seven, at most twelve, each with ten borrowers and a fiftieth of all.
    `independent`: how many shops there are for each row, where shops come more than once.
    """
    known = ~np.isnan(values)
    if known.sum() < KNOWN_MIN or not bad[known].any() or bad[known].all() or np.ptp(values[known]) == 0:
        return None
    splits = _splits(feature, values, bad, independent)
    edges = sorted({float(f"{split:.{DIGITS}g}") + 0.0 for split in splits})
    goods_all, bads_all = int((~bad).sum()), int(bad.sum())
    while edges:
        goods, bads = _counts(edges, values[known], bad[known])
        evidence = _evidence(goods, bads, goods_all, bads_all, DOUBT)
        free = feature.higher_is is None and bads_all * independent >= FREE_BADS
        spoilt = _first_spoilt(feature.higher_is, goods + bads, evidence, free)
        if spoilt is None:
            return _made(feature, values, bad, edges)
        del edges[spoilt]
    return None


def _made(feature: Feature, values: Floats, bad: Flags, edges: list[float]) -> Cut:
    known = ~np.isnan(values)
    goods_all, bads_all = int((~bad).sum()), int(bad.sum())
    goods, bads = _counts(edges, values[known], bad[known])
    evidence = _evidence(goods, bads, goods_all, bads_all, DOUBT)
    absent = np.array([(~bad & ~known).sum()]), np.array([(bad & ~known).sum()])
    missing = _evidence(*absent, goods_all, bads_all, DOUBT_MISSING)
    gaps = np.concatenate([goods, absent[0]]) / goods_all - np.concatenate([bads, absent[1]]) / bads_all
    return Cut(
        feature=feature.name,
        block=feature.block,
        edges=tuple(edges),
        low=float(values[known].min()) + 0.0,
        high=float(values[known].max()) + 0.0,
        evidence=tuple(evidence.tolist()),
        goods=tuple(goods.tolist()),
        bads=tuple(bads.tolist()),
        missing_evidence=float(missing[0]) if (~known).any() else 0.0,
        missing=(int(absent[0][0]), int(absent[1][0])),
        information=float(gaps @ np.concatenate([evidence, missing])),
    )


def cut_category(feature: Feature, column: pl.Series, bad: Flags, independent: float = 1.0) -> Cut | None:
    """A category's levels, each with its own evidence, or None where it has one level or nothing to compare.

    Rare levels are pooled. A few shops of a level prove little: each has ten borrowers of average risk added to it.
    """
    made = cut_fine(column.to_frame(), [column.name], {column.name: True})
    if not made or not bad.any() or bad.all():
        return None
    [levels] = made
    assert isinstance(levels.axis, Levels)
    size, goods_all, bads_all = levels.axis.size, int((~bad).sum()), int(bad.sum())
    bads = np.bincount(levels.codes[bad], minlength=size)
    goods = np.bincount(levels.codes[~bad], minlength=size)
    evidence = _evidence(goods, bads, goods_all, bads_all, DOUBT_LEVEL / independent)
    gaps = goods / goods_all - bads / bads_all
    return Cut(
        feature=feature.name, block=feature.block, edges=(), low=0.0, high=0.0, evidence=tuple(evidence[:-1].tolist()),
        goods=tuple(goods[:-1].tolist()), bads=tuple(bads[:-1].tolist()),
        missing_evidence=float(evidence[-1]) if levels.axis.missing_seen else 0.0,
        missing=(int(goods[-1]), int(bads[-1])), information=float(gaps @ evidence), levels=levels.axis,
    )  # fmt: skip


def _counts(edges: list[float], values: Floats, bad: Flags) -> tuple[Any, Any]:
    which = np.searchsorted(np.array(edges), values, side="right")
    everyone = np.bincount(which, minlength=len(edges) + 1)
    bads = np.bincount(which[bad], minlength=len(edges) + 1)
    return everyone - bads, bads


def _evidence(goods: Any, bads: Any, goods_all: int, bads_all: int, doubt: float) -> Floats:
    share = goods_all / (goods_all + bads_all)
    found = np.log((goods + doubt * share) / goods_all) - np.log((bads + doubt * (1 - share)) / bads_all)
    return np.asarray(np.round(found, 6), dtype=np.float64)


def _first_spoilt(higher_is: str | None, counts: Any, evidence: Floats, free: bool) -> int | None:
    """The edge to take out first: beside an empty bin, or where the evidence turns against the direction."""
    if (counts == 0).any():
        return max(0, int(np.argmin(counts)) - 1)
    if free:
        return None
    if higher_is is None:
        higher_is = "better" if evidence[-1] >= evidence[0] else "worse"
    steps = np.diff(evidence) * (1 if higher_is == "better" else -1)
    return int(np.argmin(steps)) if steps.min() <= 0 else None


def _splits(feature: Feature, values: Floats, bad: Flags, independent: float) -> list[float]:
    smallest = float(np.clip(10 / len(values) / independent, 0.02, 0.2))
    free = feature.higher_is is None and bad.sum() * independent >= FREE_BADS
    with _contained():
        binning = _optimal_binning()(
            name=feature.name,
            dtype="numerical",
            solver="cp",
            monotonic_trend="auto" if free else TRENDS[feature.higher_is],
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
