"""What stops files of a table, and the reasons, as `decide` gives them one by one: by effect, by step, by place."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, groupby
from operator import and_, or_
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa

from lendmill.credit.finding import STEPS, HeldBack, Step
from lendmill.credit.reasons import Reason
from lendmill.credit.rules.columns import column_of, overflows
from lendmill.credit.rules.expression import Expression
from lendmill.credit.rules.rule import ANY_SOURCE, Rule

EFFECTS: Final[tuple[HeldBack, ...]] = ("decline", "refer")
FLAGS: Final = 64  # that one whole number carries


@dataclass(frozen=True, slots=True)
class Stop:
    """One way in which a check holds files back: in which step, to which effect, why, and the column that says whom."""

    step: Step
    effect: HeldBack
    reason: str
    who: pl.Expr

    @property
    def way(self) -> tuple[str, str]:
        """The effect and the reason."""
        return self.effect, self.reason


def stops_of(
    rule: Rule, covered: Mapping[str, pl.Expr], *, fresh: bool = True, sure: Collection[str] = ()
) -> Iterator[Stop]:
    """The ways in which a rule stops files whose facts stand in `columns.readable` columns.

    `covered` says for each source which files it covers. Declines come before what refers, which adds no reason of its
    own to them, and both before what is unknown, as for one file; where the record is not `fresh`, what is unknown says
    nothing about the shop. `sure` are facts known of every file: what nobody can be in doubt about is not asked.
    """
    covers = [covered[rule.source]] if rule.source != ANY_SOURCE else []
    here = [*covers, _surely(rule.scope, sure)] if rule.scope else covers
    before: list[pl.Expr] = []
    for effect, condition in rule.conditions:
        holds = _surely(condition, sure)
        yield Stop(rule.step, effect, rule.reason, _all([*here, holds]))  # what declines gives the reason once
        before.append(~holds)
    unclear = [pl.col(name).is_null() for name in rule.names if name not in sure]
    unclear += [column_of(each).is_null() for _, each in rule.conditions if overflows(each)]
    ways = [_all([*here, *before, _any(unclear)])] if unclear else []
    if rule.scope and (overflows(rule.scope) or not set(rule.scope.names) <= set(sure)):
        ways.append(_all([*covers, column_of(rule.scope).is_null()]))
    if ways:
        follows = rule.unknown if fresh else "refer"
        yield Stop(rule.step, follows, Reason.FACTS_UNKNOWN.code if follows == "refer" else rule.reason, _any(ways))


def _surely(condition: Expression, sure: Collection[str]) -> pl.Expr:
    """Where a condition holds for certain."""
    holds = column_of(condition)
    told = not overflows(condition) and set(condition.names) <= set(sure)
    return holds if told else holds.fill_null(value=False)


def _all(parts: Sequence[pl.Expr]) -> pl.Expr:
    return reduce(and_, parts)


def _any(parts: Sequence[pl.Expr]) -> pl.Expr:
    return reduce(or_, parts)


def stop_of_condition(asked_when: Expression, unknown: HeldBack) -> Stop:
    """A condition of which nobody can say whether it is to be asked."""
    holds = column_of(asked_when)
    open_to_doubt = reduce(or_, [pl.col(name).is_null() for name in asked_when.names], holds.is_null())
    return Stop("conditions", unknown, Reason.FACTS_UNKNOWN.code, open_to_doubt & ~holds.fill_null(value=False))


def stopped(files: pl.DataFrame, stops: Sequence[Stop]) -> pl.DataFrame:
    """For each file the `outcome` and its `reasons`, in their order.

    Stops that stand beside each other and say the same are one. Every different set of stops is put into words once.
    """
    in_order = sorted(stops, key=lambda stop: (EFFECTS.index(stop.effect), STEPS.index(stop.step)))
    runs = [(way, list(run)) for way, run in groupby(in_order, key=lambda stop: stop.way)]
    ways = [_any([stop.who for stop in run]).alias(f"way {w}") for w, (_, run) in enumerate(runs)]
    # Lazily, for what many rules ask of a fact is then worked out once; each in full, as long as the table.
    held = files.lazy().with_columns(ways).select(f"way {w}" for w in range(len(runs))).collect(engine="streaming")
    sets, at = _different(held, files.height)
    told = [_told([runs[bit][0] for bit in _bits(flags)]) for flags in sets]
    return _words(told).select(pl.all().gather(at))


def _words(told: Sequence[tuple[str, list[str]]]) -> pl.DataFrame:
    """Outcomes and reasons as columns; a list column is made of one long list, for Polars makes a column of each."""
    flat = pl.Series([reason for _, reasons in told for reason in reasons], dtype=pl.String)
    ends = pl.Series([0, *accumulate(len(reasons) for _, reasons in told)], dtype=pl.Int64)
    lists = pa.LargeListArray.from_arrays(ends.to_arrow(), flat.to_arrow())
    outcomes = pl.Series([outcome for outcome, _ in told], dtype=pl.String)
    return pl.DataFrame({"outcome": outcomes, "reasons": pl.Series(lists)})


def _bits(flags: int) -> Iterator[int]:
    while flags:
        lowest = flags & -flags
        yield lowest.bit_length() - 1
        flags ^= lowest


def _told(held: Sequence[tuple[str, str]]) -> tuple[str, list[str]]:
    outcome = held[0][0] if held else "approve"  # what declines stands in front
    return outcome, list(dict.fromkeys(reason for _, reason in held))


def _different(held: pl.DataFrame, height: int) -> tuple[list[int], pl.Series]:
    """The different rows of yes and no, each as one whole number with its flags, and for each row which it is."""
    padded, words = -(-height // 8) * 8, max(1, -(-held.width // FLAGS))
    flags = np.zeros((padded, words * FLAGS // 8), np.uint8)
    columns = held.get_columns()
    for n in range(0, held.width, 8):
        flags[:, n // 8] = _turned(columns[n : n + 8], padded)
    names = [f"word {n}" for n in range(words)]
    table = pl.DataFrame(flags.view(np.dtype("<u8"))[:height], schema=names)
    firsts, at = _alike(table)
    numbers = [sum(word << FLAGS * n for n, word in enumerate(row)) for row in table[firsts].rows()]
    return numbers, at


def _alike(table: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """The first row of each different one, and for each row which of these it is.

    Rows are found by what they hash to; where two that differ hash alike, by all they say.
    """
    by = table.select(pl.struct(pl.all()).hash().alias("by"), at=pl.int_range(pl.len()))
    firsts = by.group_by("by", maintain_order=True).agg(pl.col("at").first()).with_row_index("set")
    number = by.join(firsts, on="by", how="left", maintain_order="left")["set"]
    if table[firsts["at"].gather(number)].equals(table):
        return firsts["at"], number
    every = table.with_row_index("at")
    firsts = every.unique(table.columns, keep="first", maintain_order=True).with_row_index("set")
    return firsts["at"], every.join(firsts, on=table.columns, how="left", maintain_order="left")["set"]


def _turned(columns: Sequence[pl.Series], padded: int) -> Any:
    """Up to eight columns of yes and no as one byte for each row: eight rows of eight bits are turned at a time.

    The bits of a square change places across its diagonal, first one by one, then in twos, then in fours (Hacker's
    Delight, 7-3).
    """
    square = np.zeros((padded // 8, 8), np.uint8)
    for n, column in enumerate(columns):
        square[:, n] = _bits_of(column)
    eight = square.view(np.dtype("<u8")).ravel()
    for shift, mask in ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0)):
        by = np.uint64(shift)
        swapped = (eight ^ (eight >> by)) & np.uint64(mask)
        eight = eight ^ swapped ^ (swapped << by)
    return eight.view(np.uint8)


def _bits_of(column: pl.Series) -> Any:
    """A column of yes and no as it lies in memory: a bit for each row, the first of eight the lowest."""
    array = column.to_arrow()
    if array.offset % 8:
        return np.packbits(column.to_numpy(), bitorder="little")
    first = array.offset // 8
    return np.frombuffer(array.buffers()[1], np.uint8)[first : first + -(-len(column) // 8)]
