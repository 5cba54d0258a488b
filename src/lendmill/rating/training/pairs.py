"""What two features tell together: both are looked at at once, as trees that ask one after the other overlook it."""

import warnings
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lendmill.rating.measures import Floats
from lendmill.rating.training.bins import TrainingNotInstalled
from lendmill.rating.training.trees import Tables

Pair = tuple[int, int]
Pace = tuple[float, int, int]
"""How far each step goes, how many rounds draw their cuts (which smooths), and how many without gain are the last."""

SLOW: Final[Pace] = (0.015, 75, 100)
FEW: Final[Pace] = (0.015, 75, 30)  # few shops tell soon all that they can
BRISK: Final[Pace] = (0.03, 30, 30)  # many shops need no drawing: the same tables in less than half the steps
Label = npt.NDArray[np.int64]

LEARNED: Final = 1
HELD: Final = -1


def best_pairs(places: Floats, label: Label, begun: Floats, most: int) -> list[Pair]:
    """The pairs that could gain most on top of what is told already (FAST: Lou, Caruana, Gehrke and Hooker, 2013).

    `places`: a row for each shop, a column for each feature, its place on the coarse axis, NaN where it is missing.
    `begun`: the logit of each shop so far.
    """
    _learner()
    from interpret.utils import measure_interactions

    found = measure_interactions(
        places, label, interactions=most, init_score=begun, feature_types=["continuous"] * places.shape[1]
    )
    return sorted((int(first), int(second)) for (first, second), _ in found)


def learned_pairs(
    places: Floats,
    label: Label,
    begun: Floats,
    folds: tuple[Any, Any],
    pairs: Sequence[Pair],
    sizes: Sequence[int],
    signs: Sequence[int],
    seed: int,
    pace: Pace = SLOW,
) -> tuple[Tables, int]:
    """The tables of pairs on top of a logit, learned from some rows until the held ones no longer gain; and the steps.

    Each step adds four cells cut where the two features together gain most. A table has one value for each two places
    of its features' axes (`sizes`), the last place of an axis being the missing.
    """
    rows = np.concatenate(folds)
    step, drawn, patience = pace
    bags = np.repeat(np.array([LEARNED, HELD], dtype=np.int8), [len(each) for each in folds])
    model = _learner()(
        feature_types=["continuous"] * places.shape[1],
        interactions=list(pairs),
        exclude="mains",
        outer_bags=1,
        max_bins=max(3, *sizes),
        max_interaction_bins=max(3, *sizes),
        monotone_constraints=list(signs) if any(signs) else None,
        learning_rate=step,
        interaction_smoothing_rounds=drawn,
        early_stopping_rounds=patience,
        n_jobs=1,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Missing values detected", module="interpret")
        model.fit(places[rows], label[rows], bags=bags[:, None], init_score=begun[rows])
    where = [_where(cuts[-1] if cuts else [], size) for cuts, size in zip(model.bins_, sizes, strict=True)]
    tables: Tables = {(): np.array(float(model.intercept_[0]))}
    for features, values in zip(model.term_features_, model.term_scores_, strict=True):
        tables[features] = values[np.ix_(*(where[n] for n in features))]
    return tables, int(np.sum(model.best_iteration_))


def _where(cuts: Any, size: int) -> Any:
    """Where each place of an axis falls among the learner's own bins, of which the first is for the missing."""
    places = np.searchsorted(cuts, np.arange(size), side="right") + 1
    places[-1] = 0
    return places


def _learner() -> Any:
    try:
        from interpret.glassbox import ExplainableBoostingClassifier
    except ImportError:
        raise TrainingNotInstalled() from None
    return ExplainableBoostingClassifier
