"""Cards for somebody at a notebook: fit a table, look at the card, keep it; it feels like the learners they know."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from lendmill.rating.card import Card, Rated
from lendmill.rating.handed_in import NoColumnNames as NoColumnNames
from lendmill.rating.handed_in import OutcomesUnclear as OutcomesUnclear
from lendmill.rating.handed_in import TableUnclear as TableUnclear
from lendmill.rating.handed_in import check_named, outcomes_of, table_of
from lendmill.rating.published import published
from lendmill.rating.scale import Scale
from lendmill.rating.tables import START
from lendmill.rating.training.lessons import Kind, train
from lendmill.rating.training.report import Report
from lendmill.refusals import Refusal

TARGET: Final = "bad"
KEY: Final = "shop_key"
NOT_FACTS: Final = (KEY, "as_of_on", "known_on")  # whose row it is, as of when, and when its outcome was known

Sign = Literal["better", "worse"]


class NotFitted(Refusal):
    """There is no card yet: call fit with a table and its outcomes first."""


@dataclass(frozen=True)
class NamedFeature:
    """A column as somebody at a notebook describes it."""

    name: str
    higher_is: Sign | None = None
    block: str = ""


class _Learner:
    """What both learners share; see `Scorecard` and `BoostedCard`."""

    kind: Kind = "classic"

    def __init__(
        self,
        *,
        signs: Mapping[str, Sign] | None = None,
        categories: Collection[str] | None = None,
        feature_names: Sequence[str] = (),
        key: str = "card",
        seed: int = 0,
        scale: Scale | None = None,
        **more: Any,
    ) -> None:
        self.signs, self.categories = dict(signs or {}), categories
        for name, sign in self.signs.items():
            if sign not in ("better", "worse"):
                raise TableUnclear(what=f"more {name} is said to be {sign!r}; it is better or worse")
        self.feature_names, self.key, self.seed, self.scale = tuple(feature_names), key, seed, scale
        self.more = more
        self._card: Card | None = None
        self._report: Report | None = None

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Learn a card and measure it out of fold; `y` is 1 where a shop turned bad.

        Columns of text, categories and yes or no are categories, all else numbers; NaN is missing. Columns called
        shop_key, as_of_on and known_on say whose row it is, as of when, and when its outcome was known. Refuses with
        a sentence: `TableUnclear`, `OutcomesUnclear`, `NoColumnNames`, and as `train` does.
        """
        table = self._table(X)
        outcome = outcomes_of(y, table.height).alias(TARGET)
        names = [name for name in table.columns if name not in NOT_FACTS]
        if KEY in table.columns and (nameless := table[KEY].null_count()):
            raise TableUnclear(what=f"{nameless} rows have no {KEY}: name the shop of each, or drop the column")
        if reserved := {TARGET, START} & set(names):
            raise TableUnclear(what=f"a column is called {reserved.pop()}, which a card means otherwise: rename it")
        categories = self.categories
        if categories is None:
            categories = [name for name in names if _category(table[name].dtype)]
        check_named(categories, names, "categories")
        check_named(self.signs, names, "signs")
        catalogue = [NamedFeature(name, self.signs.get(name)) for name in names]
        self._card, self._report = train(
            table.with_columns(outcome), TARGET, catalogue, self.seed, kind=self.kind, key=self.key,
            categories=categories, scale=self.scale, **self.more,
        )  # fmt: skip
        return self

    @property
    def card(self) -> Card:
        """The card learned: `card.written()` is the document that `lendmill` keeps and serves."""
        if self._card is None:
            raise NotFitted()
        return self._card

    @property
    def report(self) -> Report:
        """What was measured out of fold, and what was kept."""
        if self._report is None:
            raise NotFitted()
        return self._report

    def published(self) -> bytes:
        """The card and its report, for a file that `lendmill models keep` takes in; it refuses half of one."""
        return published(self.card, self.report)

    @property
    def classes_(self) -> npt.NDArray[np.int64]:
        """Good is 0, bad is 1."""
        return np.array([0, 1])

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: N803
        """For each row the probability of good and of bad; NaN where the rating is UNKNOWN."""
        bad = self._rated(X)["pd"].fill_null(float("nan")).to_numpy()
        return np.column_stack([1 - bad, bad])

    def score_points(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: N803
        """The points of each row; NaN where the rating is UNKNOWN."""
        return np.asarray(self._rated(X)["points"].cast(pl.Float64).fill_null(float("nan")).to_numpy())

    def ratings(self, X: Any) -> list[Rated]:  # noqa: N803
        """Each row's whole rating: points, PD, grade, contributions, or what could not be read."""
        return [self.card.rate(row) for row in self._table(X).iter_rows(named=True)]

    def reasons(self, X: Any, most: int = 4) -> list[list[str]]:  # noqa: N803
        """For each row the tables that told most against it, the worst first; what could not be read where UNKNOWN."""
        found = []
        for rated in self.ratings(X):
            against = [f"{each.feature} {each.bin}: {each.points:+d}" for each in rated.reasons[:most]]
            found.append(against or [f"{each.feature}: {each.reason.value}" for each in rated.unknown])
        return found

    def _rated(self, table: Any) -> pl.DataFrame:
        frame = self._table(table)
        return self.card.rate_table(frame if KEY in frame.columns else frame.with_row_index(KEY), told=False)

    def _table(self, table: Any) -> pl.DataFrame:
        return table_of(table, self.feature_names)


class Scorecard(_Learner):
    """The classic scorecard: bins by OptBinning, their evidence weighed by logistic regression.

        card = Scorecard(signs={"income": "better"}).fit(X, y)
        card.report.auc, card.predict_proba(X), card.reasons(X)

    `X` may be pandas, Polars, or NumPy with `feature_names`. `signs`: which direction is better or worse, where known.
    """

    kind = "classic"


class BoostedCard(_Learner):
    """The boosted card: many small trees of one feature and of the best pairs, summed into tables.

    As `Scorecard`; with fewer than a hundred bad or good payers it learns a classic card, and its report says so.
    `pairs`: how many pairs of features at most.
    """

    kind = "boosted"


def _category(dtype: pl.DataType) -> bool:
    return dtype in (pl.String, pl.Boolean, pl.Categorical, pl.Enum)
