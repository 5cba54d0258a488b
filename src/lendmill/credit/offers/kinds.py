"""Files alike in what settles a step: the step is asked once for each kind of file, and told to all of that kind."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import numpy as np
import polars as pl

from lendmill.credit.finding import Finding
from lendmill.credit.offers.files import OneFile, Setting
from lendmill.credit.rules.stops import Stop
from lendmill.credit.rules.whom import whom

PLACES_MAX: Final = 1 << 22  # of a table in which kinds are numbered without sorting
ANSWERED_MAX: Final = 20_000  # kinds whose answers are kept for the next page
T = TypeVar("T")


@dataclass(frozen=True)
class Kinds:
    """Of which kind each file is, what makes each kind, and the files that are the first of theirs."""

    of: Any  # an array with the number of its kind for each file
    by: tuple[str, ...]
    said: Sequence[tuple[Any, ...]]
    firsts: Any
    table: pl.DataFrame
    on: Setting

    def each(self, step: Hashable, asked: Callable[[OneFile], T]) -> list[T]:
        """What a step answers for each kind. Who was answered once for a setting is not asked again."""
        answered: dict[tuple[Any, ...], T] = self.on.answered.setdefault((step, self.by), {})
        new = [n for n, said in enumerate(self.said) if said not in answered]
        told: dict[int, T] = {}
        for n, row in zip(new, self.table[self.firsts[new]].rows(named=True) if new else (), strict=True):
            told[n] = asked(OneFile(row, self.on))
            if len(answered) < ANSWERED_MAX:
                answered[self.said[n]] = told[n]
        return [told[n] if n in told else answered[said] for n, said in enumerate(self.said)]

    def spread(self, values: Sequence[Any], kind: Any) -> pl.Series:
        """One value for each kind, given to every file of it."""
        return pl.Series(values, dtype=kind).gather(pl.Series(self.of))

    def stops(self, told: Sequence[Sequence[Finding]]) -> Iterator[Stop]:
        """Whom the findings of a step, told for each kind, hold back, in the order of the findings."""
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
                yield Stop(step, effect, reason, whom(np.array(held)[self.of]))


def _says(finding: Finding, step: str, effect: str, reason: str) -> bool:
    return (finding.step, finding.effect, finding.reason) == (step, effect, reason)


@dataclass(frozen=True)
class Sorter:
    """A table of files to be sorted into kinds; each column is numbered once."""

    table: pl.DataFrame
    on: Setting
    _numbers: dict[str, tuple[Any, int]] = field(default_factory=dict)

    def kinds(self, by: Sequence[str], beside: pl.DataFrame | None = None) -> Kinds:
        """The kinds of file there are by these columns, some of which may stand in a table beside."""
        columns = [(beside if beside is not None and name in beside.columns else self.table)[name] for name in by]
        of, places = np.zeros(self.table.height, np.int64), 1
        for column in columns:
            numbers, more = self._numbered(column)
            of, places = numbers if places == 1 else of * more + numbers, places * more
            if places > PLACES_MAX:
                of, places = _close_together(of)
        firsts = np.full(places, -1, np.int64)
        firsts[of[::-1]] = np.arange(self.table.height - 1, -1, -1)
        there = firsts >= 0
        first = firsts[there]
        said = pl.DataFrame(columns).select_seq(pl.all().gather(first)).rows() if by else [()]
        whole = self.table if beside is None else self.table.with_columns_seq(beside)
        return Kinds((np.cumsum(there) - 1)[of], tuple(by), said, first, whole, self.on)

    def _numbered(self, column: pl.Series) -> tuple[Any, int]:
        if column.name not in self._numbers:
            self._numbers[column.name] = _numbered(column)
        return self._numbers[column.name]


def _numbered(column: pl.Series) -> tuple[Any, int]:
    """Each value as a number from nought on, nought for what is not known, and how many numbers there may be."""
    if column.null_count() == len(column):
        return np.zeros(len(column), np.int64), 1
    if column.dtype == pl.String:
        column = column.cast(pl.Categorical).to_physical()
    whole = column.rank("dense") if column.dtype.is_float() else column
    whole = whole.cast(pl.Int64)
    least, most = int(whole.min()), int(whole.max())  # type: ignore[arg-type]
    if most - least >= PLACES_MAX:
        whole = whole.rank("dense").cast(pl.Int64)
        least, most = 1, int(whole.max())  # type: ignore[arg-type]
    known = whole if not whole.null_count() else whole.fill_null(least - 1)
    return known.to_numpy() - (least - 1), most - least + 2


def _close_together(of: Any) -> tuple[Any, int]:
    different, numbers = np.unique(of, return_inverse=True)
    return numbers, len(different)
