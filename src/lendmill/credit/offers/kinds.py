"""Files alike in what settles a step: the step is asked once for each kind of file, and told to all of that kind."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import polars as pl

from lendmill.credit.finding import Finding
from lendmill.credit.offers.files import FILE, OneFile, Setting, covers
from lendmill.credit.rules.stops import Stop

PLACES_MAX: Final = 1 << 22  # of a table in which kinds are numbered without sorting
T = TypeVar("T")


@dataclass(frozen=True)
class Kinds:
    """Of which kind each file is, and one file of each kind."""

    of: Any  # an array with the number of its kind for each file
    files: Sequence[OneFile]

    def spread(self, values: Sequence[Any], kind: Any) -> pl.Series:
        """One value for each kind, given to every file of it."""
        return pl.Series(values, dtype=kind).gather(pl.Series(self.of))

    def stops(self, found: Callable[[OneFile], Sequence[Finding]]) -> Iterator[Stop]:
        """Whom the findings of a step hold back, in the order of the findings."""
        told = [found(each) for each in self.files]
        for place in range(max(map(len, told), default=0)):
            ways = {
                (each.step, each.effect, each.reason)
                for findings in told
                for each in findings[place : place + 1]
                if each.effect != "none"
            }
            for step, effect, reason in sorted(ways, key=str):
                assert effect != "counter", "nothing is asked for that could be countered"
                assert reason is not None
                held = [any(_says(each, step, effect, reason) for each in one[place : place + 1]) for one in told]
                yield Stop(step, effect, reason, pl.lit(self.spread(held, pl.Boolean)))


def _says(finding: Finding, step: str, effect: str, reason: str) -> bool:
    return (finding.step, finding.effect, finding.reason) == (step, effect, reason)


def kinds_of(table: pl.DataFrame, by: Sequence[str], on: Setting) -> Kinds:
    """The kinds of file there are by these columns."""
    of, places = np.zeros(table.height, np.int64), 1
    for name in by:
        numbers, more = _numbered(table.get_column(name))
        of, places = of * more + numbers, places * more
        if places > PLACES_MAX:
            of, places = _close_together(of)
    firsts = np.full(places, -1, np.int64)
    firsts[of[::-1]] = np.arange(table.height - 1, -1, -1)
    there = firsts >= 0
    read = [*FILE, *map(covers, on.policy.sources), *on.facts]
    rows = table.select(read)[firsts[there]].rows(named=True)
    return Kinds((np.cumsum(there) - 1)[of], [OneFile(row, on) for row in rows])


def _numbered(column: pl.Series) -> tuple[Any, int]:
    """Each value as a number from nought on, nought for what is not known, and how many numbers there may be."""
    if column.null_count() == len(column):
        return np.zeros(len(column), np.int64), 1
    if column.dtype == pl.String:
        column = column.cast(pl.Categorical)
    whole = column.to_physical()
    if whole.dtype.is_float():
        whole = whole.rank("dense")
    whole = whole.cast(pl.Int64)
    least, most = int(whole.min()), int(whole.max())  # type: ignore[arg-type]
    if most - least >= PLACES_MAX:
        whole = whole.rank("dense").cast(pl.Int64)
        least, most = 1, int(whole.max())  # type: ignore[arg-type]
    return (whole - (least - 1)).fill_null(0).to_numpy(), most - least + 2


def _close_together(of: Any) -> tuple[Any, int]:
    different, numbers = np.unique(of, return_inverse=True)
    return numbers, len(different)
