"""What stops files of a table, and the reasons, as `decide` gives them one by one: by effect, by step, by place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any, Final

import numpy as np
import polars as pl

from lendmill.credit.finding import STEPS, HeldBack, Step
from lendmill.credit.reasons import Reason
from lendmill.credit.rules.columns import column_of
from lendmill.credit.rules.expression import Expression
from lendmill.credit.rules.rule import ANY_SOURCE, Rule

EFFECTS: Final[tuple[HeldBack, ...]] = ("decline", "refer")
FLAGS: Final = 64  # that one whole number carries
_NO: Final = pl.lit(value=False)


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


def stops_of(rule: Rule, covered: Mapping[str, pl.Expr], *, fresh: bool = True) -> Iterator[Stop]:
    """The ways in which a rule stops files whose facts stand in `columns.readable` columns.

    `covered` says for each source which files it covers. Declines come before what refers, and both before what is
    unknown, as for one file; where the record is not `fresh`, what is unknown says nothing about the shop.
    """
    about = column_of(rule.scope) if rule.scope else pl.lit(value=True)
    covers = covered[rule.source] if rule.source != ANY_SOURCE else pl.lit(value=True)
    here = covers & about.fill_null(value=False)
    before, open_to_doubt = _NO, [pl.col(name).is_null() for name in rule.names]
    for effect, condition in rule.conditions:
        holds = column_of(condition)
        yield Stop(rule.step, effect, rule.reason, here & holds.fill_null(value=False) & ~before)
        before = before | holds.fill_null(value=False)
        open_to_doubt.append(holds.is_null())
    unknown = (here & ~before & reduce(or_, open_to_doubt)) | (covers & about.is_null())
    follows = rule.unknown if fresh else "refer"
    yield Stop(rule.step, follows, Reason.FACTS_UNKNOWN.code if follows == "refer" else rule.reason, unknown)


def stop_of_condition(asked_when: Expression, unknown: HeldBack) -> Stop:
    """A condition of which nobody can say whether it is to be asked."""
    holds = column_of(asked_when)
    open_to_doubt = reduce(or_, [pl.col(name).is_null() for name in asked_when.names], holds.is_null())
    return Stop("conditions", unknown, Reason.FACTS_UNKNOWN.code, open_to_doubt & ~holds.fill_null(value=False))


def stopped(files: pl.DataFrame, stops: Sequence[Stop]) -> pl.DataFrame:
    """For each file the `outcome` and its `reasons`, in their order.

    Stops that stand beside each other and say the same are one. Each step is worked out before the next, for one long
    expression is not taken apart and worked out once. Every different set of stops is put into words once.
    """
    in_order = sorted(stops, key=lambda stop: (EFFECTS.index(stop.effect), STEPS.index(stop.step)))
    runs = [(way, list(run)) for way, run in groupby(enumerate(in_order), key=lambda each: each[1].way)]
    each = files.with_columns(stop.who.alias(f"stop {n}") for n, stop in enumerate(in_order))
    held = each.select(
        pl.any_horizontal(f"stop {n}" for n, _ in run).alias(f"way {w}") for w, (_, run) in enumerate(runs)
    )
    sets, at = _different(held, files.height)
    told = [_told([way for bit, (way, _) in enumerate(runs) if flags >> bit & 1]) for flags in sets]
    words = pl.DataFrame(
        {"outcome": [outcome for outcome, _ in told], "reasons": [reasons for _, reasons in told]},
        schema={"outcome": pl.String, "reasons": pl.List(pl.String)},
    )
    return words.select(pl.all().gather(at))


def _told(held: Sequence[tuple[str, str]]) -> tuple[str, list[str]]:
    outcome = held[0][0] if held else "approve"  # what declines stands in front
    return outcome, list(dict.fromkeys(reason for _, reason in held))


def _different(held: pl.DataFrame, height: int) -> tuple[list[int], pl.Series]:
    """The different rows of yes and no, each as one whole number with its flags, and for each row which it is.

    Flags are put together eight at a time in bytes, for those are quickest, then the bytes in long words.
    """
    words: list[Any] = [np.zeros(height, np.uint64) for _ in range(max(1, -(-held.width // FLAGS)))]
    for first in range(0, held.width, 8):
        byte = np.zeros(height, np.uint8)
        for bit, column in enumerate(held.get_columns()[first : first + 8]):
            byte |= column.to_numpy().view(np.uint8) << np.uint8(bit)
        words[first // FLAGS] |= byte.astype(np.uint64) << np.uint64(first % FLAGS)
    names = [f"word {n}" for n in range(len(words))]
    table = pl.DataFrame(dict(zip(names, words, strict=True)))
    sets = table.unique(maintain_order=True).with_row_index("set")
    at = table.join(sets, on=names, how="left", maintain_order="left")["set"]
    numbers = [sum(word << FLAGS * n for n, word in enumerate(row)) for row in sets.select(names).rows()]
    return numbers, at
