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

FLAGS_MAX: Final = 63  # that one column of whole numbers carries
EFFECTS: Final[tuple[HeldBack, ...]] = ("decline", "refer")
Way = tuple[HeldBack, str]
"""An effect and the reason for it."""
_ORDER: Final = {reason.code: n for n, reason in enumerate(Reason)}
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


def held_back(files: pl.DataFrame, stops: Sequence[Stop]) -> tuple[pl.Series, list[Way]]:
    """One whole number for each file, with a flag in it for each way in which it is held back, and these ways.

    Stops of one effect and reason are one way; the ways stand in the order in which reasons are told. Each step is
    worked out before the next, for one long expression is not taken apart and worked out once.
    """
    by: dict[Way, list[str]] = {}
    for n, stop in enumerate(stops):
        by.setdefault((stop.effect, stop.reason), []).append(f"stop {n}")
    ways = sorted(by, key=lambda way: (EFFECTS.index(way[0]), _ORDER[way[1]]))
    assert len(ways) <= FLAGS_MAX, "more ways than one number has flags"
    each = files.select(stop.who.alias(f"stop {n}") for n, stop in enumerate(stops))
    told = each.select(pl.any_horizontal(by[way]).alias(f"way {n}") for n, way in enumerate(ways))
    packed = (pl.col(f"way {n}").cast(pl.Int64) * (1 << n) for n in range(len(ways)))
    return told.select(pl.sum_horizontal(packed).alias("flags")).to_series(), ways


def told(flagged: pl.Series, ways: Sequence[Way]) -> pl.DataFrame:
    """For each file the `outcome` and its `reasons`, in their order; every different number is put into words once."""
    different = flagged.unique()
    words = [_words([way for bit, way in enumerate(ways) if flag >> bit & 1]) for flag in different.to_list()]
    outcomes = pl.Series("outcome", [outcome for outcome, _ in words], dtype=pl.String)
    reasons = pl.Series("reasons", [list(codes) for _, codes in words], dtype=pl.List(pl.String))
    known = pl.DataFrame([different.alias("flags"), outcomes, reasons])
    return flagged.alias("flags").to_frame().join(known, on="flags", how="left", maintain_order="left").drop("flags")


def _words(held: Sequence[Way]) -> tuple[str, tuple[str, ...]]:
    outcome = held[0][0] if held else "approve"  # what declines stands in front
    return outcome, tuple(dict.fromkeys(reason for _, reason in held))
