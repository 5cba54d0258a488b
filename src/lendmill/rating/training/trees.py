"""Trees of two questions are tables: each leaf adds its value to the cells of the one or two features on its path."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lendmill.rating.measures import Flags, Floats

Tables = dict[tuple[int, ...], Floats]
"""What each feature, or two, adds, by the places on their axes; features are numbered as the trees number them."""


def summed(dump: dict[str, Any], sizes: Sequence[int], upto: int | None = None) -> Tables:
    """The tables that a dumped model's trees add up to; a path through more than two features cannot be one.

    The last place of each axis is that of missing values. A tree that asks about three features asks two on each side
    of its root, which are two tables.
    """
    tables: Tables = {}
    for tree in dump["tree_info"][:upto]:
        _add(tables, tree["tree_structure"], {}, sizes)
    return tables


def _add(tables: Tables, node: dict[str, Any], path: dict[int, Flags], sizes: Sequence[int]) -> None:
    if "leaf_value" in node and "split_feature" not in node:
        _add_leaf(tables, float(node["leaf_value"]), path, sizes)
        return
    feature = int(node["split_feature"])
    left = _goes_left(node, sizes[feature])
    held = path.get(feature)
    for child, goes in ((node["left_child"], left), (node["right_child"], ~left)):
        _add(tables, child, {**path, feature: goes if held is None else held & goes}, sizes)


def _goes_left(node: dict[str, Any], size: int) -> Flags:
    assert node["decision_type"] == "<=", "places are numbers"
    left = np.arange(size) <= float(node["threshold"])
    left[-1] = bool(node["default_left"]) if node["missing_type"] == "NaN" else float(node["threshold"]) >= 0
    return left


def _add_leaf(tables: Tables, value: float, path: dict[int, Flags], sizes: Sequence[int]) -> None:
    features = tuple(sorted(path))
    assert len(features) <= 2, "a path through three features is no table"
    if not features:
        tables[()] = tables.get((), np.zeros(())) + value
        return
    if features not in tables:
        tables[features] = np.zeros([sizes[each] for each in features])
    if len(features) == 1:
        tables[features][path[features[0]]] += value
    else:
        tables[features][np.ix_(path[features[0]], path[features[1]])] += value


def centred(
    tables: Tables, fine: Sequence[Floats], coarse: Sequence[Floats], to_coarse: Sequence[Any]
) -> tuple[float, Tables]:
    """The same sum with every table's mean moved out: of a pair into its two features, of a feature into the start.

    Means are weighed by each feature's own distribution, of a pair by the product of its two: with the joint one, parts
    of two features that go together would be shifted between them, and reasons would turn their sign. Single features
    are on fine axes and pairs on coarse ones; `fine` and `coarse` are the features' distributions over them.
    """
    start = 0.0
    mains: Tables = {}
    pairs: Tables = {}
    for features, values in tables.items():
        if len(features) == 0:
            start += float(values)
        elif len(features) == 1:
            mains[features] = mains.get(features, 0.0) + values
    for features, values in tables.items():
        if len(features) == 2:
            first, second = features
            rows, columns = values @ coarse[second], coarse[first] @ values
            mean = float(coarse[first] @ rows)
            pairs[features] = values - rows[:, None] - columns[None, :] + mean
            start += mean
            mains[first,] = mains.get((first,), 0.0) + (rows - mean)[to_coarse[first]]
            mains[second,] = mains.get((second,), 0.0) + (columns - mean)[to_coarse[second]]
    for features, values in mains.items():
        mean = float(fine[features[0]] @ values)
        mains[features] = values - mean
        start += mean
    return start, {**mains, **pairs}
