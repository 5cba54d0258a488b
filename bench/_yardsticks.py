"""What analysts use today, each as its own documents say, to stand beside our cards on the same folds."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

THREADS = 2

Levels = dict[str, list[str]]


@dataclass(frozen=True)
class Way:
    """How a model is learned: from a table made ready for it, giving what tells PDs of other rows made ready alike."""

    ready: Callable[[pl.DataFrame, Levels], Any]
    fit: Callable[[Any, Any], Callable[[Any], Any]]


def pandas_of(frame: pl.DataFrame, levels: Levels) -> pd.DataFrame:
    """The table as pandas has it: categories with the levels of the whole table, missing as NaN.

    Columns are called by their numbers, as some libraries stumble over the names that tables have.
    """
    columns = {}
    for n, name in enumerate(frame.columns):
        if name in levels:
            columns[f"c{n}"] = pd.Categorical(frame[name].to_list(), categories=levels[name])
        else:
            columns[f"c{n}"] = frame[name].to_numpy()
    return pd.DataFrame(columns)


def with_text(frame: pl.DataFrame, levels: Levels) -> pd.DataFrame:
    """The same with its categories as text."""
    table = pandas_of(frame, levels)
    return table.astype({name: object for name in table if isinstance(table[name].dtype, pd.CategoricalDtype)})


def texts(table: pd.DataFrame) -> list[str]:
    """The columns of text."""
    return [name for name in table if table[name].dtype == object]


def levels_of(frame: pl.DataFrame) -> Levels:
    """The levels of each column of text."""
    return {
        name: sorted(frame[name].drop_nulls().unique().to_list())
        for name, dtype in frame.schema.items()
        if dtype == pl.String
    }


def plain_logistic(table: pd.DataFrame, bad: Any) -> Any:
    """Median for missing, standard scale, dummies, logistic regression: what a first notebook does."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    dummies = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20),
    )
    categories = texts(table)
    made = ColumnTransformer(
        [("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
          [name for name in table if name not in categories]),
         ("categories", dummies, categories)]
    )  # fmt: skip
    model = make_pipeline(made, LogisticRegression(max_iter=1000)).fit(table, bad)
    return lambda other: model.predict_proba(other)[:, 1]


def optbinning(table: pd.DataFrame, bad: Any) -> Any:
    """OptBinning's own scorecard recipe: every variable binned to its weight of evidence, then logistic regression."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    from optbinning import BinningProcess
    from sklearn.linear_model import LogisticRegression

    logging.disable(before)
    process = BinningProcess(list(table.columns), categorical_variables=texts(table) or None)
    bad = bad.astype(int)
    found = process.fit(table, bad).transform(table, metric="woe", metric_missing="empirical")
    model = LogisticRegression(max_iter=1000).fit(found.to_numpy(), bad)
    told = {"metric": "woe", "metric_missing": "empirical"}
    return lambda other: model.predict_proba(process.transform(other, **told).to_numpy())[:, 1]


def lightgbm(table: pd.DataFrame, bad: Any) -> Any:
    """LightGBM as it comes."""
    import lightgbm as lgb

    model = lgb.LGBMClassifier(n_jobs=THREADS, random_state=0, verbosity=-1).fit(table, bad)
    return lambda other: model.predict_proba(other)[:, 1]


SEARCH = (
    {"num_leaves": 7, "learning_rate": 0.05, "min_child_samples": 20, "reg_lambda": 1.0, "feature_fraction": 0.8},
    {"num_leaves": 15, "learning_rate": 0.03, "min_child_samples": 50, "reg_lambda": 5.0, "feature_fraction": 0.6},
    {"num_leaves": 31, "learning_rate": 0.03, "min_child_samples": 100, "reg_lambda": 10.0, "feature_fraction": 0.5},
    {"num_leaves": 4, "learning_rate": 0.05, "min_child_samples": 20, "reg_lambda": 1.0, "feature_fraction": 0.5},
)


def lightgbm_tuned(table: pd.DataFrame, bad: Any) -> Any:
    """LightGBM with a light search by inner folds: the leaves, their size and the rounds."""
    import lightgbm as lgb
    from sklearn.model_selection import StratifiedKFold

    data = lgb.Dataset(
        table, bad.astype(int), free_raw_data=False, params={"verbosity": -1, "feature_pre_filter": False}
    )
    shared = {"objective": "binary", "metric": "auc", "verbosity": -1, "num_threads": THREADS, "seed": 0,
              "bagging_fraction": 0.8, "bagging_freq": 1, "feature_pre_filter": False}  # fmt: skip
    best: tuple[float, int, dict[str, Any]] = (0.0, 1, {})
    inner = StratifiedKFold(3 if len(bad) > 20_000 else 5, shuffle=True, random_state=1)
    for tried in SEARCH:
        told = lgb.cv(
            shared | tried, data, 2000, folds=inner.split(table, bad), callbacks=[lgb.early_stopping(50, verbose=False)]
        )
        scores = told["valid auc-mean"]
        if max(scores) > best[0]:
            best = (max(scores), int(np.argmax(scores)) + 1, tried)
    model = lgb.train(shared | best[2], data, best[1])
    return lambda other: model.predict(other, num_threads=THREADS)


def ebm(table: pd.DataFrame, bad: Any) -> Any:
    """The explainable boosting machine as it comes."""
    from interpret.glassbox import ExplainableBoostingClassifier

    categories = texts(table)
    kinds = ["nominal" if name in categories else "continuous" for name in table]
    model = ExplainableBoostingClassifier(feature_types=kinds, n_jobs=THREADS, random_state=0).fit(table, bad)
    return lambda other: model.predict_proba(other)[:, 1]


YARDSTICKS = {
    "optbinning": Way(with_text, optbinning),
    "plain logistic": Way(with_text, plain_logistic),
    "lightgbm": Way(pandas_of, lightgbm),
    "lightgbm tuned": Way(pandas_of, lightgbm_tuned),
    "ebm": Way(with_text, ebm),
}
