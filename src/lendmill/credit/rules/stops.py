"""What stops files of a table, and the reasons, as `decide` gives them one by one: by effect, by step, by place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa

from lendmill.credit.finding import STEPS, HeldBack, Step
from lendmill.credit.reasons import Reason
from lendmill.credit.rules.columns import EveryFile
from lendmill.credit.rules.expression import Expression
from lendmill.credit.rules.rule import ANY_SOURCE, Rule
from lendmill.credit.rules.whom import Whom, as_said, places_of, surely

EFFECTS: Final[tuple[HeldBack, ...]] = ("decline", "refer")


@dataclass(frozen=True, slots=True)
class Stop:
    """One way in which a check holds files back: in which step, to which effect, why, and whom."""

    step: Step
    effect: HeldBack
    reason: str
    who: pl.Expr | Whom


def stops_of(rule: Rule, files: EveryFile, covered: Mapping[str, Whom], *, fresh: bool = True) -> Iterator[Stop]:
    """The ways in which a rule stops files.

    `covered` says for each source which files it covers. Declines come before what refers, which adds no reason of its
    own to them, and both before what is unknown, as for one file; where the record is not `fresh`, what is unknown says
    nothing about the shop.
    """
    covers = files.everybody if rule.source == ANY_SOURCE else covered[rule.source]
    here = covers & files.holds(rule.scope) if rule.scope else covers
    told, unclear = files.nobody, files.nobody
    for effect, condition in rule.conditions:
        holds = files.holds(condition)
        yield Stop(rule.step, effect, rule.reason, here & holds)  # what declines gives the reason once
        told, unclear = told | holds, unclear | files.unknown(condition)
    for name in rule.names:
        unclear = unclear | files.unknown(name)
    unclear = here & unclear & ~told
    if rule.scope:
        unclear |= covers & files.unknown(rule.scope)
    follows = rule.unknown if fresh else "refer"
    yield Stop(rule.step, follows, Reason.FACTS_UNKNOWN.code if follows == "refer" else rule.reason, unclear)


def stop_of_condition(asked_when: Expression, unknown: HeldBack, files: EveryFile) -> Stop:
    """A condition of which nobody can say whether it is to be asked."""
    open_to_doubt = reduce(or_, map(files.unknown, asked_when.names), files.unknown(asked_when))
    return Stop("conditions", unknown, Reason.FACTS_UNKNOWN.code, open_to_doubt & ~files.holds(asked_when))


def stopped(files: EveryFile, stops: Sequence[Stop]) -> pl.DataFrame:
    """For each file the `outcome` and its `reasons`, in their order: every reason once, where it is given first."""
    in_order = _spelled_out(files, sorted(stops, key=lambda stop: (EFFECTS.index(stop.effect), STEPS.index(stop.step))))
    height, count = files.table.height, max(1, len(in_order))
    by_effect = dict.fromkeys(EFFECTS, files.nobody)
    by_reason = dict.fromkeys((stop.reason for stop, _ in in_order), files.nobody)
    said = [np.zeros(0, np.int64)]  # the file, and the stop that gives it a reason, as one number
    for n, (stop, who) in enumerate(in_order):
        said.append(places_of(who & ~by_reason[stop.reason]) * count + n)
        by_effect[stop.effect] = by_effect[stop.effect] | who
        by_reason[stop.reason] = by_reason[stop.reason] | who
    file, at = np.divmod(np.sort(np.concatenate(said)), count)
    ends = np.concatenate([[0], np.cumsum(np.bincount(file, minlength=height))])
    reasons = pl.Series([stop.reason for stop, _ in in_order], dtype=pl.String).gather(at)
    declined, referred = (as_said(by_effect[effect], height) for effect in EFFECTS)
    outcomes = pl.Series(["approve", "refer", "decline", "decline"]).gather(2 * declined + referred)
    return pl.DataFrame({"outcome": outcomes, "reasons": _lists(ends, reasons)})


def _spelled_out(files: EveryFile, stops: Sequence[Stop]) -> list[tuple[Stop, Whom]]:
    """Each stop that stops anybody, with whom; those that are spelled as expressions are worked out together."""
    spelled = [stop.who.alias(f"stop {n}") for n, stop in enumerate(stops) if isinstance(stop.who, pl.Expr)]
    # Lazily, for what several ask is then worked out once; each in full, as long as the table.
    held = (
        files.table.lazy()
        .with_columns_seq(spelled)
        .select(each.meta.output_name() for each in spelled)
        .collect(engine="in-memory")
    )
    columns = iter(held.get_columns())
    whom = [surely(next(columns), files.everybody) if isinstance(stop.who, pl.Expr) else stop.who for stop in stops]
    return [(stop, who) for stop, who in zip(stops, whom, strict=True) if who.any()]


def _lists(ends: Any, flat: pl.Series) -> pl.Series:
    """A column of lists, each from one end to the next of one long column."""
    lists = pa.LargeListArray.from_arrays(pl.Series(ends).to_arrow(), flat.to_arrow())
    return pl.DataFrame(pa.RecordBatch.from_arrays([lists], ["lists"])).to_series()
