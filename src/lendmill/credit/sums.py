"""The same sum for one file and for many at once: what whole numbers and columns of them say differently."""

from typing import TypeVar

import polars as pl

N = TypeVar("N", int, pl.Expr)
"""An amount of one file, or the column of that amount of many."""


def greater(one: N, other: N | int) -> N:
    """The larger of two.

    >>> greater(3, 5)
    5
    """
    return pl.max_horizontal(one, other) if isinstance(one, pl.Expr) else max(one, int(other))


def lesser(one: N, other: N | int) -> N:
    """The smaller of two.

    >>> lesser(3, 5)
    3
    """
    return pl.min_horizontal(one, other) if isinstance(one, pl.Expr) else min(one, int(other))
