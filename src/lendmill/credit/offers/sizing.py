"""The limit of many files at once: the sums of `credit.caps` over columns, and what stops a file on the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from lendmill.credit.amounts import Amounts, amounts_in
from lendmill.credit.caps import (
    Cap,
    Sized,
    about,
    base_of,
    cap_of,
    caps_before_tables,
    caps_for_all,
    short_part,
)
from lendmill.credit.limit import GROUP_AMOUNT, needed_amounts
from lendmill.credit.offers.files import Setting, covers
from lendmill.credit.reasons import Reason
from lendmill.credit.rules.stops import Stop
from lendmill.credit.tables import ANY_SOURCE, LimitTable, Table
from lendmill.terms.rates import BASIS_POINTS

LARGEST: Final = 2**63 - 1
AMOUNTS: Final = (
    "sales_cents", "orders_cents", "cash_flow_cents", "granted_cents", "joint_cents", "group_cents", "debts_cents",
    "owed_cents",
)  # fmt: skip
REPAID: Final = "loans repaid that count"


def amount_column(name: str) -> str:
    """What an amount's column is called, beside the fact of the same name that a rule reads."""
    return f"amount {name}"


def with_amounts(table: pl.DataFrame, on: Setting) -> pl.DataFrame:
    """The table with every amount a limit is worked out from."""
    amounts = amounts_in(on.policy.limit, on.net_assets_cents)
    repaid = pl.when(pl.col("loans_repaid") >= 0).then(pl.col("loans_repaid")).otherwise(0)
    return table.with_columns_seq(
        *(getattr(amounts, name).alias(amount_column(name)) for name in AMOUNTS), repaid.alias(REPAID)
    )


def amounts_kept(on: Setting) -> Amounts[pl.Expr]:
    """The amounts as columns of a table that has them; of a lender too large for one every file is `too_large`."""
    columns = {name: pl.col(amount_column(name)) for name in AMOUNTS}
    net_cents = amounts_in(on.policy.limit, on.net_assets_cents).net_assets_cents
    return Amounts(net_assets_cents=None if net_cents is None else min(net_cents, LARGEST), **columns)


@dataclass(frozen=True, slots=True)
class Limits:
    """The table with the caps and the limit of each file, whom that stops, and which caps there are, by column."""

    table: pl.DataFrame
    stops: tuple[Stop, ...]
    conditions: tuple[Stop, ...]
    caps: tuple[Cap[pl.Expr], ...]


def figure_column(step: str, table: Table) -> str:
    """What the column of a table's figures is called."""
    return f"{step} figure: {table.table}"


def cap_column(n: int) -> str:
    """What the column of a cap is called; null where it is not about a file."""
    return f"cap {n}"


def limits(table: pl.DataFrame, on: Setting) -> Limits:
    """The least of all caps, rounded down, as `limit.limit` finds it for one file.

    The table has the amounts, the tables' figures, rate and months.
    """
    rules, product = on.policy.limit, on.product
    unknown = list(_unknown(on))
    granted = pl.col("graded").is_in(on.policy.grades)
    no_gap = ~reduce(or_, (stop.who for stop in unknown), pl.lit(value=False))
    known = granted & pl.col("rate_num").is_not_null() & pl.col("months").is_not_null() & no_gap
    lazily, caps = _with_caps(table.lazy().with_columns_seq(known.fill_null(value=False).alias("sized")), on)
    columns = [cap_column(n) for n in range(len(caps))]
    lazily = lazily.with_columns_seq(pl.min_horizontal(columns).alias("tightest"))
    most = pl.max_horizontal(pl.col("tightest") - pl.col("tightest") % rules.round_down_to_cents, 0)
    bound = pl.coalesce(pl.when(pl.col(each) == pl.col("tightest")).then(n) for n, each in enumerate(columns))
    lazily = lazily.with_columns_seq(pl.when("sized").then(most).alias("most"), bound.cast(pl.Int32).alias("bound"))
    small = pl.col("sized") & (pl.col("most") < product.limit_min_cents)
    reasons = dict.fromkeys(cap.reason for cap in caps)
    by_reason = {each: [n for n, cap in enumerate(caps) if cap.reason is each] for each in reasons}
    stops = [Stop("limit", "decline", why.code, small & pl.col("bound").is_in(ns)) for why, ns in by_reason.items()]
    many = (pl.col("most") > rules.review_above_cents).fill_null(value=False)
    looked_at = Stop("conditions", "refer", Reason.AMOUNT_NEEDS_REVIEW.code, many)
    return Limits(lazily.collect(engine="in-memory"), (*unknown, *stops), (looked_at,), caps)


def _unknown(on: Setting) -> Iterator[Stop]:
    """What is needed and not known: the amounts every limit needs, then what the tables of the policy read."""
    amounts = amounts_kept(on)
    for each in needed_amounts(on.policy, on.product):
        if each.aside:
            continue
        amount = getattr(amounts, each.amount)
        missing = amount.is_null() if isinstance(amount, pl.Expr) else pl.lit(value=amount is None)
        about_group = pl.col("groups") > 0 if each.amount == GROUP_AMOUNT else pl.lit(value=True)
        yield Stop("limit", "refer", each.reason.code, missing & about_group)
    granted = pl.col("graded").is_in(on.policy.grades).fill_null(value=False)
    for table in _tables(on):
        figure = pl.col(figure_column("limit", table))
        base, here = base_of(table, amounts, figure), granted & covered(table)
        assert base is not None
        yield Stop("limit", table.unknown, Reason.FACTS_UNKNOWN.code, here & figure.is_null())
        yield Stop("limit", table.unknown, Reason.SALES_UNKNOWN.code, here & figure.is_not_null() & base.is_null())


def _tables(on: Setting) -> list[LimitTable]:
    return [table for table in on.policy.limit.tables or () if about(table, on.product)]


def covered(table: Table) -> pl.Expr:
    """Whom a table is about: shops that its source covers."""
    return pl.col(covers(table.source)) if table.source != ANY_SOURCE else pl.lit(value=True)


def _with_caps(table: pl.LazyFrame, on: Setting) -> tuple[pl.LazyFrame, tuple[Cap[pl.Expr], ...]]:
    """The caps as columns, those of the tables first: of the least of them a short record counts for a part."""
    policy, rules = on.policy, on.policy.limit
    sized = Sized(
        amounts_kept(on), pl.col(REPAID), pl.col("rate_num"), pl.col("rate_den"), pl.col("months"), pl.col("thin"),
        pl.col("groups") > 0,
    )  # fmt: skip
    caps = []
    for each in _tables(on):
        figure = pl.col(figure_column("limit", each))
        base = base_of(each, sized.amounts, figure)
        assert base is not None
        cap = cap_of(each, rules, figure, base, sized)
        caps.append(Cap(cap.rule, cap.cents, cap.reason, covered(each)))
    table = _columns(table, caps, 0)
    if policy.thin and caps:
        least = pl.min_horizontal(cap_column(n) for n in range(len(caps)))
        caps.append(short_part(policy, least, sized.thin))
    if not rules.tables:
        share_bp = pl.col("graded").replace_strict(dict(rules.share_bp or {}), default=None, return_dtype=pl.Int64)
        caps += caps_before_tables(rules, share_bp, sized)
    if sized.amounts.net_assets_cents is not None:
        caps += caps_for_all(policy, on.product, sized, unasked=True)
    return _columns(table, caps, len(_tables(on))), tuple(caps)


def _columns(table: pl.LazyFrame, caps: list[Cap[pl.Expr]], first: int) -> pl.LazyFrame:
    columns = []
    for n, cap in enumerate(caps[first:], start=first):
        whom = pl.col("sized") if cap.about is True else pl.col("sized") & cap.about
        columns.append(pl.when(whom).then(cap.cents).cast(pl.Int64).alias(cap_column(n)))
    return table.with_columns_seq(columns)


def too_large(table: pl.DataFrame, on: Setting) -> pl.Expr:
    """The files whose sums would not fit into 64 bits: those are worked out one by one."""
    amounts = (pl.col(amount_column(name)).abs() for name in ("sales_cents", "orders_cents", "cash_flow_cents"))
    owed = ("outstanding_cents", "reserved_cents", "granted_cents", "joint_granted_cents", "group_granted_cents")
    net_cents = on.net_assets_cents or 0
    den = int(table.get_column("rate_den").max() or 1)  # type: ignore[arg-type]
    past = pl.max_horizontal(*amounts) > LARGEST // _factor(on, den)
    past_owed = pl.max_horizontal(pl.col(name).abs() for name in owed) > LARGEST // 8
    return past.fill_null(value=False) | past_owed.fill_null(value=False) | pl.lit(value=net_cents > LARGEST // 8)


def _factor(on: Setting, den: int) -> int:
    """By how much an amount is multiplied at most on its way to a cap."""
    rules, product = on.policy.limit, on.product
    bonus = BASIS_POINTS + rules.repaid_bonus_bp * rules.repaid_counted_max
    shares = [figure for table in _tables(on) if table.of != "amount" for figure in table.figures()]
    shares += [*(rules.share_bp or {}).values(), rules.budget_share_bp or 0, product.advance_rate_bp or 0]
    share = max(shares, default=1)
    return max(share * bonus, (share // BASIS_POINTS + 1) * product.months_max * den, 1)
