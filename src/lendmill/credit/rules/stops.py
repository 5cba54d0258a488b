"""A policy's rules over a table of files at once: what stops each, and the reasons, as `rule.found` gives them one by
one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from lendmill.credit.finding import HeldBack
from lendmill.credit.reasons import Reason
from lendmill.credit.rules.columns import column_of
from lendmill.credit.rules.rule import ANY_SOURCE, Rule

WORD_BITS: Final = 63  # flags that one column of whole numbers carries
_NO: Final = pl.lit(value=False)


@dataclass(frozen=True, slots=True)
class Stop:
    """One way in which a check holds files back: which effect, for which reason, and the column that says whom."""

    effect: HeldBack
    reason: str
    who: pl.Expr


def stops_of(rule: Rule, covered: Mapping[str, pl.Expr]) -> Iterator[Stop]:
    """The ways in which a rule stops files whose facts stand in `columns.readable` columns.

    `covered` says for each source which files it covers. Declines come before what refers, and both before what is
    unknown, as for one file.
    """
    about = column_of(rule.scope) if rule.scope else pl.lit(value=True)
    covers = covered[rule.source] if rule.source != ANY_SOURCE else pl.lit(value=True)
    here = covers & about.fill_null(value=False)
    before, open_to_doubt = _NO, [pl.col(name).is_null() for name in rule.names]
    for effect, condition in rule.conditions:
        holds = column_of(condition)
        yield Stop(effect, rule.reason, here & holds.fill_null(value=False) & ~before)
        before = before | holds.fill_null(value=False)
        open_to_doubt.append(holds.is_null())
    unknown = (here & ~before & reduce(or_, open_to_doubt)) | (covers & about.is_null())
    yield Stop(rule.unknown, Reason.FACTS_UNKNOWN.code if rule.unknown == "refer" else rule.reason, unknown)


def flagged(stops: Sequence[Stop]) -> list[pl.Expr]:
    """All stops packed into a few columns of whole numbers, one flag for each: `flags 0`, `flags 1`, ..."""
    words = [stops[start : start + WORD_BITS] for start in range(0, len(stops), WORD_BITS)]
    return [
        reduce(or_, (each.who.cast(pl.Int64) * (1 << bit) for bit, each in enumerate(word))).alias(f"flags {n}")
        for n, word in enumerate(words)
    ]


def told(flags: pl.DataFrame, stops: Sequence[Stop]) -> pl.DataFrame:
    """For each row of flags the `outcome` and the `reasons` in their order: what declines before what refers.

    There are far fewer different rows of flags than files, so each is put into words once.
    """
    each = flags.unique(maintain_order=True)
    found = [_outcome(list(_set(row, stops))) for row in each.rows()]
    words = each.with_columns(
        pl.Series("outcome", [outcome for outcome, _ in found], dtype=pl.String),
        pl.Series("reasons", [list(reasons) for _, reasons in found], dtype=pl.List(pl.String)),
    )
    return flags.join(words, on=flags.columns, how="left", maintain_order="left").select("outcome", "reasons")


def _set(row: tuple[int, ...], stops: Sequence[Stop]) -> Iterator[Stop]:
    for n, stop in enumerate(stops):
        if row[n // WORD_BITS] >> (n % WORD_BITS) & 1:
            yield stop


def _outcome(held: Sequence[Stop]) -> tuple[str, tuple[str, ...]]:
    effects = {stop.effect for stop in held}
    outcome = "decline" if "decline" in effects else "refer" if "refer" in effects else "approve"
    ordered = [stop.reason for effect in ("decline", "refer") for stop in held if stop.effect == effect]
    return outcome, tuple(dict.fromkeys(ordered))
