"""The files of many shops as one table: which columns there are, and how one file is read back out of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import msgspec
import polars as pl

from lendmill.credit.ages import months_in, years_in
from lendmill.credit.case import Case, CaseBorrower, CaseGroup, CaseRating, CaseStanding
from lendmill.credit.ground import Ground
from lendmill.credit.policy import Policy
from lendmill.credit.rules.columns import in_full, readable
from lendmill.credit.rules.reading import facts_of
from lendmill.credit.rules.vocabulary import FILE_FACTS
from lendmill.credit.stated import READ as STATED_FACTS
from lendmill.credit.stated import with_stated
from lendmill.credit.thin import THIN
from lendmill.products.document import GRADES, Product

# What a table of files has beside the facts of the shops' record; null is not known.
FILE: Final[Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "kind": pl.String, "born_on": pl.Date, "member_since_on": pl.Date, "region": pl.String, "industry": pl.String,
    "identity_verified": pl.Boolean, "banned": pl.Boolean, "rated": pl.Boolean, "rated_on": pl.Date,
    "points": pl.Int64, "pd": pl.Float64, "told_grade": pl.String, "doubtful": pl.Boolean, "file": pl.String,
    "facts_as_of_on": pl.Date, "outstanding_cents": pl.Int64, "reserved_cents": pl.Int64,
    "days_past_due_worst": pl.Int64, "late_since_on": pl.Date, "loans_drawn": pl.Int64, "loans_repaid": pl.Int64,
    "granted_cents": pl.Int64, "joint_granted_cents": pl.Int64, "groups": pl.Int64, "group_granted_cents": pl.Int64,
}  # fmt: skip
NOBODY: Final = UUID(int=0)
_FILE_FACTS: Final = frozenset(fact.name for fact in FILE_FACTS)


@dataclass(frozen=True)
class Setting:
    """What is the same for every file of a night: the documents, the day, and the lender's own money."""

    policy: Policy
    product: Product
    today: date
    net_assets_cents: int | None

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts of the record that a table of files needs for the policy."""
        return facts_read(self.policy)

    @cached_property
    def answered(self) -> dict[Any, Any]:
        """What steps answered for kinds of file: for each step and what settles it, the answer to each kind met."""
        return {}


def covers(source: str) -> str:
    """The name of the column that says whether a source covers a shop."""
    return f"covered by {source}"


def facts_read(policy: Policy) -> tuple[str, ...]:
    """The facts of the record that a table of files needs for a policy."""
    said = STATED_FACTS if policy.stated else ()
    return tuple(fact for fact in dict.fromkeys((*policy.facts, *said)) if fact not in _FILE_FACTS)


def prepared(files: pl.DataFrame, on: Setting) -> pl.DataFrame:
    """A table of files with everything that is worked out from its columns by themselves."""
    facts = on.facts
    on_file = files.select_seq(pl.col(name).cast(kind) for name, kind in FILE.items())
    table = on_file.hstack(_facts(files, facts))
    sources = [pl.col(fact).is_not_null().alias(covers(name)) for name, fact in on.policy.sources.items()]
    told = table.with_columns_seq(
        *sources,
        age_years=years_in(pl.col("born_on"), on.today),
        member_months=months_in(pl.col("member_since_on"), on.today),
        rating_age_days=_days_since("rated_on", on.today),
        record_age_days=_days_since("facts_as_of_on", on.today),
        grade=pl.when(pl.col("points").is_not_null()).then(pl.col("told_grade")),
        graded=pl.when(pl.col("told_grade").is_in(GRADES)).then(pl.col("told_grade")),
        thin=THIN,
    )
    return with_stated(told, on.policy)


def _facts(files: pl.DataFrame, facts: Sequence[str]) -> pl.DataFrame:
    return readable(files.select_seq(each for each in facts if each in files.columns).with_row_index("row"), facts)


def _days_since(name: str, today: date) -> pl.Expr:
    on = pl.col(name)
    return pl.when(on <= today).then((pl.lit(today) - on).dt.total_days())


def forgotten(table: pl.DataFrame, on: Setting) -> pl.DataFrame:
    """The same files with nothing of the record known, for what is out of date is not."""
    nothing = [pl.lit(None, dtype=pl.Float64).alias(fact) for fact in on.facts]
    return with_stated(in_full(table.with_columns_seq(nothing)), on.policy)


def as_rules_read(table: pl.DataFrame, on: Setting) -> pl.DataFrame:
    """The table with every fact of the file that the policy's rules, tables and conditions name, as they read it.

    It takes the place of the column it is read from.
    """
    policy = on.policy
    names = [name for rule in policy.rules or () for name in rule.facts]
    names += [name for each in policy.tables for name in each.axes]
    names += [name for each in policy.conditions or () for name in each.asked_when.names]
    wanted = [name for name in dict.fromkeys(names) if name in _FILE_FACTS]
    if not wanted:
        return table
    granted_cents = pl.when(pl.col("groups") > 0).then(pl.col("group_granted_cents")).otherwise(0)
    told = table.with_columns_seq(stage=pl.lit("offer"), today=pl.lit(on.today), group_granted_cents=granted_cents)
    return table.with_columns_seq(readable(told, wanted).get_columns())


@dataclass(frozen=True)
class OneFile:
    """A file of the table, as a case."""

    values: Mapping[str, Any]
    on: Setting

    @cached_property
    def ground(self) -> Ground:
        """What a decision about it stands on."""
        told = self.values.get("told_grade")
        grade = told if told in GRADES else None
        sources = tuple(sorted(name for name in self.on.policy.sources if self.values.get(covers(name))))
        return Ground(self.case, self.on.policy, self.on.product, grade, facts_of(self.case), sources)

    @cached_property
    def case(self) -> Case:
        """The file as `decide` reads it."""
        said: Callable[[str], Any] = self.values.get
        facts = {fact: said(fact) for fact in self.on.facts}
        return Case(
            stage="offer", today=self.on.today, borrower_id=NOBODY, shop_id=None,
            borrower=CaseBorrower(
                kind=said("kind"), born_on=said("born_on"), member_since_on=said("member_since_on"),
                region=said("region"), industry=said("industry"), identity_verified=said("identity_verified"),
                banned=said("banned"),
            ),
            rating=self._rating() if said("rated") else None,
            facts=facts, facts_as_of_on=said("facts_as_of_on"), snapshot_id=None,
            facts_unreadable=("?",) if said("doubtful") else (),
            standing=CaseStanding(
                outstanding_cents=said("outstanding_cents"), reserved_cents=said("reserved_cents"),
                days_past_due_worst=said("days_past_due_worst"), late_since_on=said("late_since_on"),
                loans_drawn=said("loans_drawn"), loans_repaid=said("loans_repaid"),
            ),
            granted_cents=said("granted_cents"), joint_granted_cents=said("joint_granted_cents"),
            net_assets_cents=self.on.net_assets_cents, asked_cents=None, purpose=None, offer_id=None,
            offer_limit_cents=None, group=self._group(),
        )  # fmt: skip

    def _group(self) -> CaseGroup | None:
        groups, granted_cents = self.values.get("groups"), self.values.get("group_granted_cents")
        return CaseGroup(groups=groups, members=0, granted_cents=granted_cents) if groups else None

    def _rating(self) -> CaseRating:
        said: Callable[[str], Any] = self.values.get
        return CaseRating(
            rating_id=NOBODY, model_id="", model_digest="", as_of_on=said("rated_on"), points=said("points"),
            pd=said("pd"), grade=said("told_grade"), doubts=(), file=said("file") or msgspec.UNSET,
        )  # fmt: skip
