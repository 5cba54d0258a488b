"""Learning a card by boosting: many small trees of one feature, then of the pairs that matter, summed into tables."""

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from lendmill.rating.measures import Flags, Floats
from lendmill.rating.scale import logit_of
from lendmill.rating.tables import TABLES_MAX
from lendmill.rating.training import straight
from lendmill.rating.training.grid import COARSE_MAX, FINE_MAX, Codes, Column
from lendmill.rating.training.pairs import BRISK, FEW, SLOW, Pace, best_pairs, learned_pairs
from lendmill.rating.training.plain import plain_lines
from lendmill.rating.training.sharing import AT_ONCE, CLASSIC, IN_TURN, PLAIN, SINGLE, STRAIGHT, blended, shared, shrunk
from lendmill.rating.training.trees import Tables, centred, summed

PAIRS: Final = 40
FEATURES_MAX: Final = 200
FEW_FEATURES: Final = 60  # that few shops can tell apart from chance
ROUNDS_MAX: Final = 3000


@dataclass(frozen=True)
class Recipe:
    """How finely to learn; what the size of the table calls for, see `recipe`."""

    repeats: int
    rate: float
    leaf_min: int
    patience: int
    pairs: int
    share: float  # of the features that each tree may choose from
    leaves: int = 3  # of a tree of one feature
    random: bool = True  # whether thresholds are drawn, which smooths what few shops tell
    ridge: float = 2.0
    pair_share: float = 0.5
    pair_rate: float = 1.0  # how fast pairs are learned, beside single features
    pace: Pace = SLOW  # and how fast where both features are looked at at once
    plain: bool = False  # whether values and levels by themselves are a straight part
    steady: bool = False  # few shops: shares are held to the usual ones, the classic card has one, pairs are proven
    folds: int = 5
    fine: int = FINE_MAX
    coarse: int = COARSE_MAX
    features_max: int = FEATURES_MAX
    threads: int = 1


@dataclass
class Boosted:
    """The tables learned, on the columns' fine axes (pairs: on the coarse ones), and how the parts were weighed.

    `beside`: the weight of the card that was learned beside it, where there was one.
    """

    start: float
    tables: Tables
    weights: tuple[float, ...]
    beside: float = 0.0
    parts: tuple[str, ...] = ()
    pairs: list[tuple[int, int]] = field(default_factory=list)
    rounds: list[int] = field(default_factory=list)


def recipe(rows: int, bads: int, pairs: int = PAIRS) -> Recipe:
    """Small tables are learned slowly and often, large ones faster and once per fold."""
    if rows <= 5_000:
        few = min(pairs, 20, max(3, min(bads, rows - bads) // 10))
        return Recipe(4, 0.05, 10, patience=150, pairs=few, share=0.3, leaves=2, pair_rate=0.5, pace=FEW,
                      plain=True, steady=True, features_max=FEW_FEATURES)  # fmt: skip
    if rows <= 40_000:
        return Recipe(2, 0.1, 60, patience=60, pairs=pairs, share=0.4, folds=4, coarse=20, plain=rows <= 20_000)
    return Recipe(1, 0.1, 30, patience=40, pairs=pairs, share=0.5, folds=4, threads=2, fine=400, coarse=48,
                  pace=BRISK)  # fmt: skip


def learn(
    columns: Sequence[Column],
    bad: Flags,
    signs: Sequence[int],
    seed: int,
    how: Recipe,
    shops: Any = None,
    beside: Floats | None = None,
) -> Boosted:
    """Learn the tables: mains in every fold, pairs on top of them in two ways, straight parts; then weigh them all.

    Each part is learned without one fold of the shops in turn, and stops where that fold no longer gains. The parts'
    weights come from what they told of those they had not seen. What is kept is the mean over the folds. `signs`: +1
    where more of a feature can only mean more bad payers, -1 where fewer, 0 where that is not known. `beside`: what
    another card told out of fold, as logits of turning bad, to have its share too.
    """
    bags = folded(bad, how.folds, how.repeats, seed, shops)
    work = _Work(columns, bad, signs, seed, how)
    mains = work.mains(bags)
    seen = work.out_of_fold(mains, bags)
    pairs = work.best_pairs(seen)
    deeper = work.deeper(bags, mains, [pairs] * len(bags)) if pairs else []
    named = {
        SINGLE: mains,
        IN_TURN: deeper,
        AT_ONCE: work.of_pairs(bags, mains, pairs) if pairs else [],
        STRAIGHT: [] if how.steady else straight.lines(columns, bad, signs, bags),
        PLAIN: plain_lines(columns, bad, signs, bags) if how.plain else [],
    }
    parts = {name: part for name, part in named.items() if part}
    told = {name: seen if name == SINGLE else work.out_of_fold(part, bags) for name, part in parts.items()}
    if how.steady:
        told |= work.proven(bags[: how.folds], mains, seen) if pairs else {}
    told |= {} if beside is None else {CLASSIC: beside}
    start, weights = shrunk(told, bad, shared(told, bad)[1]) if how.steady else blended(told, bad)
    tables: Tables = {}
    for name, part in parts.items():
        for each in part:
            for features, values in each.items():
                tables[features] = tables.get(features, 0.0) + values * (weights[name] / len(bags))
    moved, tables = work.centred(tables)
    return Boosted(
        start + moved, tables, tuple(weights.values()), weights.get(CLASSIC, 0.0), tuple(weights), pairs, work.rounds
    )


def telling(columns: Sequence[Column], bad: Flags, signs: Sequence[int], seed: int, how: Recipe) -> list[int]:
    """Which of many features gain most in a first quick look: the places of as many as the recipe takes."""
    return _Work(columns, bad, signs, seed, how).telling()


def logit_of_share(bad: Flags) -> int:
    """The logit of paying back that the share of bad payers alone tells, in units of 10^-15."""
    return logit_of(float(bad.mean()))


Bag = tuple[Any, Any]
Grown = tuple[Any, dict[int, Codes]]
"""The trees of one fold, and the order in which they know the levels of categories."""


def steadied(best: Sequence[int], folds: int) -> list[int]:
    """For each fold the mean of the other folds' best rounds, so many folds at a time."""
    lots = [best[first : first + folds] for first in range(0, len(best), folds)]
    return [max(1, round((sum(lot) - each) / (len(lot) - 1))) for lot in lots for each in lot]


def folded(bad: Flags, folds: int, repeats: int, seed: int, shops: Any) -> list[Bag]:
    """The folds, several times over where there are few shops; all rows of a shop are in one."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    nothing = np.zeros(len(bad))
    once = shops is None or len(np.unique(shops)) == len(bad)
    way = StratifiedKFold if once else StratifiedGroupKFold
    ways = [way(folds, shuffle=True, random_state=seed * 100 + n) for n in range(repeats)]
    return [bag for each in ways for bag in each.split(nothing, bad, None if once else shops)]


class _Work:
    """The columns as numbers for the trees, and the parts learned from them."""

    def __init__(self, columns: Sequence[Column], bad: Flags, signs: Sequence[int], seed: int, how: Recipe) -> None:
        self.columns, self.bad, self.signs, self.seed, self.how = columns, bad, list(signs), seed, how
        self.fine = [column.codes for column in columns]
        self.coarse = [column.to_coarse[column.codes] for column in columns]
        self.fine_sizes = [column.axis.size for column in columns]
        self.coarse_sizes = [column.coarse.size for column in columns]
        self.label = bad.astype(np.int64)
        self.rounds: list[int] = []

    def mains(self, bags: Sequence[Bag]) -> list[Tables]:
        """Each fold's tables of single features."""
        alone = [[n] for n in range(len(self.columns))]
        return self._stopped([self._boost(bag, self.fine, alone, None) for bag in bags], self.fine_sizes)

    def deeper(
        self, bags: Sequence[Bag], mains: Sequence[Tables], pairs: Sequence[list[tuple[int, int]]]
    ) -> list[Tables]:
        """Each fold's trees that ask about a feature, then its partner; what they say of one feature included."""
        alone = [[n] for n in range(len(self.columns))]
        grown = [
            self._boost(bag, self.coarse, [*map(list, these), *alone], self.logit(main))
            for bag, main, these in zip(bags, mains, pairs, strict=True)
        ]
        return [
            {
                features: values[self.columns[features[0]].to_coarse] if len(features) == 1 else values
                for features, values in found.items()
            }
            for found in self._stopped(grown, self.coarse_sizes)
        ]

    def of_pairs(self, bags: Sequence[Bag], mains: Sequence[Tables], pairs: list[tuple[int, int]]) -> list[Tables]:
        """Each fold's tables of pairs, learned on top of the single features' ones."""
        with ThreadPoolExecutor(self.how.threads) as at_once:
            return list(at_once.map(lambda bag, main: self._pairs(bag, main, pairs), bags, mains))

    def _pairs(self, bag: Bag, main: Tables, pairs: list[tuple[int, int]]) -> Tables:
        order = self._ordered(bag[0], self.coarse)
        places = self._places(self.coarse, self.coarse_sizes, order, np.arange(len(self.bad)))
        found, steps = learned_pairs(
            places, self.label, self.logit(main), bag, pairs, self.coarse_sizes, self.signs, self.seed, self.how.pace
        )
        self.rounds.append(steps)
        return {features: _in_order(values, [order.get(f) for f in features]) for features, values in found.items()}

    def proven(self, bags: Sequence[Bag], mains: Sequence[Tables], seen: Floats) -> dict[str, Floats]:
        """What pairs tell of shops that had no say in which pairs they are: they are ranked anew in each fold.

        Ranked with all shops, as for the card, pairs that matter by luck would seem to tell much of each shop.
        """
        told = {IN_TURN: np.zeros(len(self.bad)), AT_ONCE: np.zeros(len(self.bad))}
        pairs = [self.best_pairs(seen, learned) for learned, _ in bags]
        deeper = self.deeper(bags, mains[: len(bags)], pairs)
        for bag, main, these, found in zip(bags, mains, pairs, deeper, strict=False):
            told[IN_TURN][bag[1]] = self.logit(found)[bag[1]]
            told[AT_ONCE][bag[1]] = self.logit(self._pairs(bag, main, these))[bag[1]]
        return told

    def best_pairs(self, seen: Floats, rows: Any = None) -> list[tuple[int, int]]:
        """The pairs that gain most on top of what the single features told out of fold, of some rows or of all."""
        most = min(self.how.pairs, TABLES_MAX - len(self.columns))
        if most <= 0 or len(self.columns) < 2:
            return []
        rows = np.arange(len(self.bad)) if rows is None else rows
        places = self._places(self.coarse, self.coarse_sizes, self._ordered(rows, self.coarse), rows)
        return best_pairs(places, self.label[rows], seen[rows], most)

    def telling(self) -> list[int]:
        """The features that gain most in a first quick look, as many as the recipe takes."""
        every = np.arange(len(self.bad))
        data = self._dataset(self.coarse, self._ordered(every, self.coarse), every, None)
        gains = self._train(self._params(None), data, 100).feature_importance("gain")
        return sorted(np.argsort(-gains, kind="stable")[: self.how.features_max].tolist())

    def logit(self, tables: Tables) -> Floats:
        """What tables say of every row."""
        found = np.zeros(len(self.bad))
        for features, values in tables.items():
            if len(features) == 0:
                found += float(values)
            elif len(features) == 1:
                found += values[self.fine[features[0]]]
            else:
                found += values[self.coarse[features[0]], self.coarse[features[1]]]
        return found

    def out_of_fold(self, parts: Sequence[Tables], bags: Sequence[Bag]) -> Floats:
        """What the parts said of the rows they had not seen, on average."""
        found, times = np.zeros(len(self.bad)), np.zeros(len(self.bad))
        for tables, (_, held) in zip(parts, bags, strict=True):
            found[held] += self.logit(tables)[held]
            times[held] += 1
        return found / times

    def centred(self, tables: Tables) -> tuple[float, Tables]:
        """The same sum with every table about nought."""
        rows = len(self.bad)
        fine = [np.bincount(c, minlength=s) / rows for c, s in zip(self.fine, self.fine_sizes, strict=True)]
        coarse = [np.bincount(c, minlength=s) / rows for c, s in zip(self.coarse, self.coarse_sizes, strict=True)]
        return centred(tables, fine, coarse, [column.to_coarse for column in self.columns])

    def _boost(self, bag: Bag, codes: list[Codes], groups: list[list[int]], begun: Floats | None) -> Grown:
        import lightgbm as lgb

        learned, held = bag
        order = self._ordered(learned, codes)
        data = self._dataset(codes, order, learned, begun)
        check = self._dataset(codes, order, held, begun, data)
        quiet = [lgb.early_stopping(self.how.patience, first_metric_only=True, verbose=False)]
        kept = {"keep_training_booster": self.how.steady}  # with the trees after the best round
        return self._train(self._params(groups), data, ROUNDS_MAX, valid_sets=[check], callbacks=quiet, **kept), order

    def _stopped(self, grown: Sequence[Grown], sizes: list[int]) -> list[Tables]:
        """The trees as tables, up to the round from which the fold held out no longer gained.

        Of few shops it is the round at which the other folds of the same five were best, on average: stopped by the
        very shops that weigh it, a part would seem to tell more than it tells of others.
        """
        rounds = [model.best_iteration for model, _ in grown]
        if self.how.steady:
            most = [model.current_iteration() for model, _ in grown]
            rounds = [min(pair) for pair in zip(steadied(rounds, self.how.folds), most, strict=True)]
        self.rounds += rounds
        return [
            {
                features: _in_order(values, [order.get(f) for f in features])
                for features, values in summed(model.dump_model(num_iteration=last), sizes).items()
            }
            for (model, order), last in zip(grown, rounds, strict=True)
        ]

    def _ordered(self, rows: Any, codes: list[Codes]) -> dict[int, Codes]:
        """For each category the place of each level, ordered by their share of bad payers in these rows."""
        orders = {}
        bad = self.label[rows]
        for n, column in enumerate(self.columns):
            if column.category:
                size = column.axis.size
                counts = np.bincount(codes[n][rows], minlength=size)
                bads = np.bincount(codes[n][rows], weights=bad, minlength=size)
                share = (bads + 10 * bad.mean()) / (counts + 10)
                rank = np.empty(size, dtype=np.int32)
                rank[np.argsort(share[:-1], kind="stable")] = np.arange(size - 1)
                rank[-1] = size - 1
                orders[n] = rank
        return orders

    def _places(self, codes: list[Codes], sizes: list[int], order: dict[int, Codes], rows: Any) -> Any:
        """The rows' places as numbers, categories by their order, missing as NaN."""
        table = np.empty((len(rows), len(codes)), dtype=np.float64, order="F")
        for n, (column, size) in enumerate(zip(codes, sizes, strict=True)):
            places = column[rows]
            table[:, n] = order[n][places] if n in order else places
            table[places == size - 1, n] = np.nan
        return table

    def _dataset(
        self, codes: list[Codes], order: dict[int, Codes], rows: Any, begun: Floats | None, like: Any = None
    ) -> Any:
        import lightgbm as lgb

        sizes = self.fine_sizes if codes is self.fine else self.coarse_sizes
        params = {"max_bin": 1100, "min_data_in_bin": 1, "bin_construct_sample_cnt": max(len(rows), 1), "verbosity": -1,
                  "feature_pre_filter": False, "num_threads": self.how.threads}  # fmt: skip
        places = self._places(codes, sizes, order, rows)
        so_far = None if begun is None else begun[rows]
        return lgb.Dataset(places, self.label[rows], init_score=so_far, params=params, reference=like)

    def _params(self, groups: list[list[int]] | None) -> dict[str, Any]:
        params: dict[str, Any] = {
            "objective": "binary", "max_depth": 2, "num_leaves": 4, "learning_rate": self.how.rate,
            "extra_trees": self.how.random,
            "min_data_in_leaf": self.how.leaf_min, "lambda_l2": self.how.ridge, "feature_fraction": self.how.share,
            "max_bin": 1100, "min_data_in_bin": 1, "verbosity": -1, "num_threads": self.how.threads, "seed": self.seed,
            "deterministic": True, "force_col_wise": True, "feature_pre_filter": False,
        }  # fmt: skip
        if groups is not None:
            params["interaction_constraints"] = groups
            if all(len(group) == 1 for group in groups):
                params["num_leaves"] = self.how.leaves
            else:
                params["feature_fraction"] = self.how.pair_share
                params["learning_rate"] *= self.how.pair_rate
        if any(self.signs):
            params |= {"monotone_constraints": self.signs, "monotone_constraints_method": "intermediate"}
        return params

    @staticmethod
    def _train(params: dict[str, Any], data: Any, rounds: int, **more: Any) -> Any:
        import lightgbm as lgb

        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", message="Overriding the parameters from Reference Dataset", module="lightgbm"
            )
            return lgb.train(params, data, rounds, **more)


def _in_order(values: Floats, ranks: list[Codes | None]) -> Floats:
    """A table over levels by rank, with the levels back in their own order."""
    for axis, rank in enumerate(ranks):
        if rank is not None:
            values = np.take(values, rank, axis=axis)
    return values
