"""Whom something is said of, among many files: a bit for each, eight to a byte, the first of them the lowest."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Whom = NDArray[np.uint8]


def whom(said: Any) -> Whom:
    """The files of which an array says yes."""
    return np.packbits(said, bitorder="little")


def as_said(who: Whom, height: int) -> NDArray[np.uint8]:
    """The same as an array of nought and one."""
    return np.unpackbits(who, count=height, bitorder="little")


def places_of(who: Whom) -> NDArray[np.int64]:
    """The numbers of the files, from the first; quick where they are few."""
    eights = np.flatnonzero(who != 0)
    bits = np.flatnonzero(as_said(who[eights], 8 * len(eights)).view(bool))
    places: NDArray[np.int64] = eights[bits >> 3] * 8 + (bits & 7)
    return places


def surely(column: pl.Series, everybody: Whom) -> Whom:
    """The files of which a column of yes and no says yes; nobody of whom it says nothing."""
    known, yes = _lain(column)
    if yes is None:
        return whom(column.fill_null(value=False).to_numpy())
    return everybody & yes if known is None else everybody & yes & known


def unsaid(column: pl.Series, everybody: Whom) -> Whom:
    """The files of which a column says nothing."""
    known, _ = _lain(column)
    return whom(column.is_null().to_numpy()) if known is None else everybody & ~known


def _lain(column: pl.Series) -> tuple[Whom | None, Whom | None]:
    """What is known and what is said as bits, as they lie in memory; nothing where no file begins a byte."""
    array = column.to_arrow()
    if array.offset % 8:
        return None, None
    known, said = array.buffers()[:2]
    eights = slice(array.offset // 8, array.offset // 8 + -(-len(column) // 8))
    return (
        None if known is None else np.frombuffer(known, np.uint8)[eights],
        None if said is None else np.frombuffer(said, np.uint8)[eights],
    )
