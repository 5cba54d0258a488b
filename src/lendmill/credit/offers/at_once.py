"""Deciding a table of files at once: every file gets what `decide` gives it by itself, stage `offer`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import polars as pl

from lendmill.credit.decide import FRESH, RATING, decide
from lendmill.credit.eligibility import STANDING, WHO_MAY_ASK, over_the_records
from lendmill.credit.finding import Finding
from lendmill.credit.look import Look
from lendmill.credit.offers.files import OneFile, Setting, as_rules_read, covers, forgotten, prepared
from lendmill.credit.offers.kinds import Kinds, Sorter
from lendmill.credit.offers.sizing import LARGEST, Limits, cap_column, figure_column, limits, too_large, with_amounts
from lendmill.credit.price import Price, price, table_for
from lendmill.credit.rules.columns import EveryFile
from lendmill.credit.rules.stops import Stop, stop_of_condition, stopped, stops_of
from lendmill.credit.tables import ANY_SOURCE, Table
from lendmill.credit.term import Term, term

TERMS: Final = ("limit_cents", "rate_num", "rate_den", "penalty_num", "months_max")


@dataclass(frozen=True, slots=True)
class Answers:
    """For each file, in the table's order: outcome, reasons, terms, the caps' amounts, which sources cover it.

    `caps` names the columns of caps; a cap is null where it is not about a file or nothing could be worked out.
    `aside` and `asked` name the rules that are about some files only, and the conditions, each by the column that says
    whom it is not about, or of whom it is asked. `alone` counts the files that were decided one by one.
    """

    table: pl.DataFrame
    caps: tuple[str, ...]
    aside: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, str], ...]
    alone: int

    @property
    def cap_columns(self) -> tuple[str, ...]:
        """The columns of the caps."""
        return tuple(map(cap_column, range(len(self.caps))))


def decided(files: pl.DataFrame, on: Setting) -> Answers:
    """Decide all of them. The table has the columns of `files.FILE` and the facts of the record the policy reads.

    Its columns are small pieces of work, done one after the other in this thread: handing them round costs more.
    """
    base = prepared(files, on).with_row_index("file no")
    fresh = Sorter(base, on).kinds(("record_age_days",))
    in_date = fresh.spread(fresh.each("in date", _in_date), pl.Boolean)
    if in_date.all():
        done = [_decided(base, on, fresh=True)]
    else:
        parts = ((forgotten(base.filter(~in_date), on), False), (base.filter(in_date), True))
        done = [_decided(part, on, fresh=fresh) for part, fresh in parts if part.height]
    caps = done[0][1]
    table = pl.concat(each for each, _ in done)
    alone = table.filter("alone")
    if alone.height:
        one_by_one = [_by_itself(row, base, caps, on) for row in alone.rows(named=True)]
        table = pl.concat([table.filter(~pl.col("alone")), pl.DataFrame(one_by_one, schema=table.schema)])
    aside = tuple((_aside(rule.rule), rule.rule) for rule in on.policy.rules or () if rule.scope)
    asked = tuple((_asked(each.condition), each.condition) for each in on.policy.conditions or ())
    return Answers(table.sort("file no").drop("file no", "alone"), caps, aside, asked, alone.height)


def _aside(rule: str) -> str:
    return f"not about: {rule}"


def _asked(condition: str) -> str:
    return f"asked: {condition}"


def _by_itself(row: Mapping[str, Any], base: pl.DataFrame, caps: Sequence[str], on: Setting) -> dict[str, Any]:
    """The row of a file whose sums are too long for a column; a cap that is too long itself is the most it can hold."""
    made = decide(OneFile(base.row(row["file no"], named=True), on).case, on.policy, on.product)
    noted = [each for each in made.findings if each.step == "limit" and each.verdict == "noted"]
    found = {each.rule: min(each.value, LARGEST) for each in noted if isinstance(each.value, int)}
    terms = {name: getattr(made.terms, name) if made.terms else None for name in TERMS}
    told = {cap_column(n): found.get(rule) for n, rule in enumerate(caps)}
    return {**row, "outcome": made.outcome, "reasons": list(made.reasons), **terms, **told}


def _in_date(one: OneFile) -> bool:
    return all(found.effect == "none" for look in FRESH for found in _found(look, one))


def _found(look: Look, one: OneFile) -> tuple[Finding, ...]:
    return look.found(one.ground.case, one.on.policy, one.ground.sources)


def _decided(base: pl.DataFrame, on: Setting, *, fresh: bool) -> tuple[pl.DataFrame, tuple[str, ...]]:
    base = with_amounts(base, on)
    table = _with_figures(as_rules_read(base, on), on)
    files = Sorter(base, on)
    priced, prices = _priced(table, files, on)
    lasting, terms = _lasting(table, files, on)
    table = table.with_columns_seq(
        *_price_columns(priced, prices), lasting.spread([t.months for t in terms], pl.Int64).alias("months")
    )
    table = table.with_columns_seq(too_large(table, on).alias("alone"))
    sized = limits(table, on)
    every_file = EveryFile(sized.table)
    stops = [
        *_looked(WHO_MAY_ASK, files, on),
        *_looked(STANDING, files, on),
        *(stop for rule in on.policy.knock_outs or () for stop in over_the_records(rule, _covered(on))),
        *_looked(FRESH, files, on),
        *_looked(RATING, files, on),
        *sized.stops,
        *priced.stops([each.findings for each in prices]),
        *lasting.stops([each.findings for each in terms]),
        *sized.conditions,
        *_ruled(every_file, on, fresh=fresh),
        *(stop_of_condition(each.asked_when, each.unknown, every_file) for each in on.policy.conditions or ()),
    ]
    return _told(sized, every_file, stopped(every_file, stops), on), tuple(cap.rule for cap in sized.caps)


def _covered(on: Setting) -> dict[str, pl.Expr]:
    return {name: pl.col(covers(name)) for name in on.policy.sources}


def _ruled(files: EveryFile, on: Setting, *, fresh: bool) -> Iterator[Stop]:
    """Whom the analysts' rules stop."""
    covered = {name: files.holds(covers(name)) for name in on.policy.sources}
    for rule in on.policy.rules or ():
        yield from stops_of(rule, files, covered, fresh=fresh)


def _looked(looks: Iterable[Look], files: Sorter, on: Setting) -> Iterator[Stop]:
    """Whom each look stops, asked once for each kind of file."""
    for look in looks:
        if look.asked_only:
            continue
        named = [*look.by, *(map(covers, on.policy.sources) if "covered" in look.by else ())]
        kinds = files.kinds([name for name in named if name in files.table.columns])
        yield from kinds.stops(kinds.each(look, partial(_found, look)))


def _with_figures(told: pl.DataFrame, on: Setting) -> pl.DataFrame:
    """The table with the figure of each table of the policy that is about the product."""
    columns = [
        table.figure_in().alias(figure_column(step, table))
        for step, tables in (
            ("limit", on.policy.limit.tables or ()),
            ("term", _term_tables(on)),
            ("price", _price_tables(on)),
        )
        for table in tables
    ]
    return told.lazy().with_columns_seq(columns).collect(engine="in-memory")


def _term_tables(on: Setting) -> list[Table]:
    return [table for table in (on.policy.term.tables if on.policy.term else ()) if table.for_product(on.product.key)]


def _price_tables(on: Setting) -> list[Table]:
    table = table_for(on.policy, on.product)
    return [] if table is None or on.product.band is None else [table]


def _priced(table: pl.DataFrame, files: Sorter, on: Setting) -> tuple[Kinds, list[Price]]:
    figures = [figure_column("price", each) for each in _price_tables(on)]
    kinds = files.kinds(("graded", *figures), table.select_seq(figures))
    return kinds, kinds.each("price", lambda one: price(one.ground))


def _lasting(table: pl.DataFrame, files: Sorter, on: Setting) -> tuple[Kinds, list[Term]]:
    tables = _term_tables(on)
    sources = [covers(each.source) for each in tables if each.source != ANY_SOURCE]
    figures = [figure_column("term", each) for each in tables]
    kinds = files.kinds(("graded", "thin", *dict.fromkeys(sources), *figures), table.select_seq(figures))
    return kinds, kinds.each("term", lambda one: term(one.ground))


def _price_columns(kinds: Kinds, prices: list[Price]) -> Iterator[pl.Series]:
    yield kinds.spread([each.rate.num if each.rate else None for each in prices], pl.Int64).alias("rate_num")
    yield kinds.spread([each.rate.den if each.rate else None for each in prices], pl.Int64).alias("rate_den")
    yield kinds.spread([each.penalty.num if each.penalty else None for each in prices], pl.Int64).alias("penalty_num")


def _told(sized: Limits, files: EveryFile, answers: pl.DataFrame, on: Setting) -> pl.DataFrame:
    """Terms where there are any: of what is not declined, for a grade, above nothing."""
    granted = (answers["outcome"] != "decline") & sized.table["graded"].is_not_null() & (sized.table["most"] > 0)
    terms = pl.DataFrame({"granted": granted.fill_null(value=False)}).hstack(
        sized.table.select_seq(
            pl.col("most").alias("limit_cents"),
            "rate_num",
            "rate_den",
            "penalty_num",
            pl.col("months").alias("months_max"),
        )
    )
    kept = terms.select_seq(pl.when("granted").then(pl.col(name)).alias(name) for name in TERMS)
    policy = on.policy
    whom = [
        files.column(rule.scope).not_().fill_null(value=False).alias(_aside(rule.rule))
        for rule in policy.rules or ()
        if rule.scope
    ]
    whom += [
        files.column(each.asked_when).fill_null(value=False).alias(_asked(each.condition))
        for each in policy.conditions or ()
    ]
    caps = (cap_column(n) for n in range(len(sized.caps)))
    beside = sized.table.select_seq("file no", "alone", *caps, *map(covers, policy.sources))
    return answers.hstack(kept).hstack(beside).hstack(whom)
