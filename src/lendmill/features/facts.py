"""A shop's features as a row that can be kept: named figures in one spelling, and the digest of that spelling."""

import json
import math
from collections.abc import Iterator
from hashlib import sha256

import polars as pl

Facts = dict[str, float | None]


def spelled(facts: Facts) -> str:
    """Facts as text: names in order, each figure as the shortest text that reads back as it, unknown as null.

    >>> spelled({"b": None, "a": 0.1})
    '{"a":0.1,"b":null}'
    """
    assert all(figure is None or math.isfinite(figure) for figure in facts.values()), "a fact is a number or unknown"
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """The name of a content."""
    return sha256(text.encode()).hexdigest()


def rows(frame: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Each shop's key and its facts as text, in the order of the keys."""
    for row in frame.sort("shop_key").iter_rows(named=True):
        shop_key = row.pop("shop_key")
        yield shop_key, spelled(row)
