"""Learning a card from shops whose outcome is known, and measuring it on shops it was not learned from."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl

from lendmill.rating import measures
from lendmill.rating.card import Card
from lendmill.rating.measures import Flags, Floats, Measured
from lendmill.rating.scale import Scale
from lendmill.rating.tables import FORBIDDEN, Axis, BankRatingOffered, Table
from lendmill.rating.training import choosing
from lendmill.rating.training.bins import KNOWN_MIN, Cut, Feature, cut
from lendmill.refusals import Refusal

FOLDS: Final = 5
MICRO: Final = 10**6


class UnusableForTraining(Refusal):
    """The table to learn from cannot be used: {what}."""


class TooFewBad(Refusal):
    """There are {bads} bad and {goods} good payers; a card is learned and measured from at least {least} of each."""


class NothingLearned(Refusal):
    """No feature tells good payers from bad ones here, so there is no card."""


class Learned(msgspec.Struct, frozen=True):
    """One bin of a kept feature, as counted in training."""

    bin: str
    goods: int
    bads: int
    points: int


class Kept(msgspec.Struct, frozen=True):
    """One feature of the card, its information value, its weight, and in how many folds it was chosen as well."""

    feature: str
    block: str
    information: float
    weight: float
    folds: int
    bins: tuple[Learned, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What training measured. All figures are out of fold: each shop was rated by a card that had not seen it."""

    shops: int
    bads: int
    seed: int
    auc: Measured
    ks: Measured
    brier: Measured
    auc_by_seed: tuple[float, ...]
    mean_pd: float
    calibration_start: float
    calibration_slope: float
    folds: int = FOLDS
    target: str = ""
    rows: int = 0
    auc_by_fold: tuple[float, ...] = ()
    kept: tuple[Kept, ...] = ()
    left_out: dict[str, str] = {}
    digest: str = ""


def train(
    frame: pl.DataFrame,
    target: str,
    catalogue: Sequence[Feature],
    seed: int = 0,
    *,
    key: str = "card",
    repeats: int = 0,
    scale: Scale | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Card, Report]:
    """Learn a card and measure it out of fold.

    Cutting, choosing and weighing happen inside each fold anew. Only the catalogue's features are read; another
    lender's rating among the columns is refused. A shop may come as of several days (`as_of_on`): all its rows are
    then in one fold, and it is measured as of its last day. `repeats`: other seeds for the folds, to show their luck.
    Refuses with `UnusableForTraining`, `TooFewBad`, `NothingLearned`.
    """
    frame, bad = _checked(frame, target, catalogue)
    lessons = _Lessons(frame, bad, target, catalogue, key, scale or Scale())
    steps = _Steps(progress, 1 + FOLDS * (1 + repeats))
    asked = lessons.last
    card, choice = lessons.learn(np.arange(frame.height))
    steps.taken()

    chosen: Counter[str] = Counter()
    pd, by_fold = lessons.out_of_fold(seed, chosen, steps)
    others = [lessons.out_of_fold(seed + n, Counter(), steps)[0] for n in range(1, repeats + 1)]
    report = _measured(bad[asked], pd[asked], seed, [other[asked] for other in others])
    return card, msgspec.structs.replace(
        report,
        target=target,
        rows=frame.height,
        auc_by_fold=by_fold,
        kept=tuple(_kept(card, made, weight, chosen) for made, weight in choice.kept),
        left_out=dict(sorted(choice.left_out.items())),
        digest=card.digest,
    )


def _measured(bad: Flags, pd: Floats, seed: int, others: Sequence[Floats]) -> Report:
    """The figures of a report; what was learned is filled in after."""
    ks, brier = measures.ks_and_brier(bad, pd, seed)
    start, slope = measures.calibration(bad, pd)
    return Report(
        shops=len(bad),
        bads=int(bad.sum()),
        seed=seed,
        auc=measures.area(bad, pd),
        ks=ks,
        brier=brier,
        auc_by_seed=tuple(measures.area(bad, other).value for other in others),
        mean_pd=float(pd.mean()),
        calibration_start=start,
        calibration_slope=slope,
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


class _Lessons:
    """The shops to learn from, and cards learned from some of them."""

    def __init__(
        self, frame: pl.DataFrame, bad: Flags, target: str, catalogue: Sequence[Feature], key: str, scale: Scale
    ) -> None:
        self.frame, self.bad, self.target, self.key, self.scale = frame, bad, target, key, scale
        self.catalogue = [feature for feature in catalogue if feature.name in frame.columns]
        shops = frame["shop_key"].to_numpy()
        self.shops = np.unique(shops, return_inverse=True)[1]
        self.last = np.append(shops[1:] != shops[:-1], True)
        self.columns = {f.name: frame[f.name].cast(pl.Float64).to_numpy() for f in self.catalogue}

    def learn(self, rows: Any) -> tuple[Card, choosing.Choice]:
        """A card from some of the shops, and what was chosen for it."""
        bad = self.bad[rows]
        independent = len(np.unique(self.shops[rows])) / len(rows)
        columns = {name: values[rows] for name, values in self.columns.items()}
        cuts: list[Cut] = []
        no_cut: dict[str, str] = {}
        for feature in self.catalogue:
            made = cut(feature, columns[feature.name], bad, independent)
            if made is None:
                known = int((~np.isnan(columns[feature.name])).sum())
                no_cut[feature.name] = "no cut in the expected direction" if known >= KNOWN_MIN else "hardly ever known"
            else:
                cuts.append(made)
        choice = choosing.choose(cuts, columns, bad, independent)
        choice.left_out.update(no_cut)
        if not choice.kept:
            raise NothingLearned()
        tables = tuple(_table(made, weight) for made, weight in choice.kept)
        start = round(choice.start * MICRO) * 10**9
        return Card(key=self.key, target=self.target, start=start, tables=tables, scale=self.scale), choice

    def out_of_fold(self, seed: int, chosen: Counter[str], steps: "_Steps") -> tuple[Floats, tuple[float, ...]]:
        """Each shop's PD by a card learned without it, the very card that would be served; and the AUC of each fold."""
        pd = np.zeros(self.frame.height)
        by_fold = []
        for learned, held in self._folds(seed):
            try:
                card, _ = self.learn(learned)
            except NothingLearned:
                pd[held] = self.bad[learned].mean()
            else:
                chosen.update(card.features)
                pd[held] = card.rate_table(self.frame[held])["pd"].to_numpy()
            asked = held[self.last[held]]
            by_fold.append(measures.area(self.bad[asked], pd[asked]).value)
            steps.taken()
        return pd, tuple(by_fold)

    def _folds(self, seed: int) -> Any:
        from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

        nothing = np.zeros(len(self.bad))
        if self.last.all():
            return StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(nothing, self.bad)
        grouped = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
        return grouped.split(nothing, self.bad, self.shops)


def _table(cut: Cut, weight: float) -> Table:
    """One table of the card: evidence times weight, the missing after the bins."""
    evidence = (*cut.evidence, cut.missing_evidence)
    cells = [round(weight * MICRO) * round(each * MICRO) * 1000 for each in evidence]
    axis = Axis(feature=cut.feature, edges=cut.edges, low=cut.low, high=cut.high, missing_seen=cut.has_missing)
    return Table(axes=(axis,), cells=tuple(cells), block=cut.block)


def _kept(card: Card, cut: Cut, weight: float, chosen: Counter[str]) -> Kept:
    table = next(table for table in card.tables if table.feature == cut.feature)
    counted = [*zip(cut.goods, cut.bads, strict=True), *([cut.missing] if cut.has_missing else [])]
    bins = [
        Learned(name, goods, bads, card.scale.weight(cell))
        for name, cell, (goods, bads) in zip(table.names, table.cells, counted, strict=False)
    ]
    return Kept(cut.feature, cut.block, round(cut.information, 3), round(weight, 3), chosen[cut.feature], tuple(bins))


def _checked(frame: pl.DataFrame, target: str, catalogue: Sequence[Feature]) -> tuple[pl.DataFrame, Flags]:
    """The table in a fixed order with the outcomes known, or a refusal that says what is wrong with it."""
    for name in frame.columns:
        if name.lower() in FORBIDDEN:
            raise BankRatingOffered(feature=name)
    if target not in frame.columns or target in {feature.name for feature in catalogue}:
        raise UnusableForTraining(what=f"{target} must be one of its columns, and none of the features")
    frame = frame.filter(pl.col(target).is_not_null())
    if "shop_key" in frame.columns:
        frame = frame.sort("shop_key", *(["as_of_on"] if "as_of_on" in frame.columns else []))
    else:
        frame = frame.with_row_index("shop_key").with_columns(pl.col("shop_key").cast(pl.String))
    outcome = frame[target].cast(pl.Float64)
    if not outcome.is_in([0.0, 1.0]).all():
        raise UnusableForTraining(what=f"{target} holds more than 0 and 1")
    _check_numbers(frame, catalogue)
    bad = outcome.to_numpy() == 1.0
    bads, goods = (frame.filter(bad == which)["shop_key"].n_unique() for which in (True, False))
    if min(bads, goods) < 2 * FOLDS:
        raise TooFewBad(bads=bads, goods=goods, least=2 * FOLDS)
    return frame, bad


def _check_numbers(frame: pl.DataFrame, catalogue: Sequence[Feature]) -> None:
    """Refuse text, and numbers that are not finite, in what is to be learned from."""
    for feature in catalogue:
        if feature.name not in frame.columns:
            continue
        column = frame[feature.name]
        if not (column.dtype.is_numeric() or column.dtype == pl.Null):
            raise UnusableForTraining(what=f"{feature.name} is a column of {column.dtype}, not of numbers")
        if not column.cast(pl.Float64).drop_nulls().is_finite().all():
            raise UnusableForTraining(what=f"{feature.name} holds values that are no finite numbers")
