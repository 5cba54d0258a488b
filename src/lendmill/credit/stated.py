"""Whether what the seller states fits the record: close figures speed a file up, distant ones a person looks at.

Nobody has to state anything; where nothing is stated, or nothing can be held against it, the step is set aside.
"""

from typing import Final

import msgspec
import polars as pl

from lendmill.credit.case import Case
from lendmill.credit.finding import Finding, at_least, known_number, not_applicable, noted
from lendmill.credit.policy import Policy
from lendmill.credit.reasons import Reason
from lendmill.features.stated import ON_PLATFORM_MIN_SHARE
from lendmill.rating.stated.closeness import (
    HISTORY_FACT,
    SALES_FACT,
    WEIGHTS,
    YEAR_DAYS,
    overall,
    share_too_small,
    verdict,
)

FAST_LANE = "fast lane"
SHARE_FACT = "stated_platform_share"
SEEN_FACT = "sales_net_365"
READ: Final = (*WEIGHTS, HISTORY_FACT, SHARE_FACT, SEEN_FACT)
STATED: Final = ("stated_said", "stated_short", "stated_small", "stated_band", *(f"{name} exactly" for name in WEIGHTS))
NEAR: Final = 1e-6


def stated_figures(case: Case, policy: Policy) -> tuple[Finding, ...]:
    """The lower of the closeness of all figures together and that of the sales alone, held to the policy's threshold.

    Where so small a share is said to be sold on the platform that any sales would fit, that share is looked at.

    A policy from before there were stated figures has no such step, so that its decisions replay as they were.
    """
    rules = policy.stated
    if rules is msgspec.UNSET:
        return ()
    facts = {name: known_number(case.facts.get(name)) for name in (*WEIGHTS, HISTORY_FACT)}
    thresholds = {"matches_from": rules.matches_from, "differs_below": rules.differs_below}
    told, whole, sales = verdict(facts, **thresholds), overall(facts), facts[SALES_FACT]
    said_share, seen = (known_number(case.facts.get(name)) for name in (SHARE_FACT, SEEN_FACT))
    if sales is None and share_too_small(said_share) and (seen or 0) > 0:
        return (_looked_at(said_share, ON_PLATFORM_MIN_SHARE),)
    if whole is None or sales is None:
        return (not_applicable("rating", "stated figures match", "nothing stated that can be compared"),)
    if told == "cannot tell" and min(whole, sales) < rules.differs_below:
        return (not_applicable("rating", "stated figures match", "the record is shorter than the year stated"),)
    held = _looked_at(min(whole, sales), rules.differs_below)
    return (held, noted("rating", FAST_LANE, told == "matches"))


def _looked_at(share: float | None, least: float) -> Finding:
    return at_least(
        "rating", "stated figures match", share, least, Reason.STATED_FIGURES_DIFFER, otherwise="refer", unit="share"
    )


def with_stated(files: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """A table of files with the columns `STATED`: files alike in them find alike.

    Where the closeness is clearly above or below the threshold it does not matter what it is exactly.
    """
    if policy.stated is msgspec.UNSET:
        return files.with_columns_seq(pl.lit(None, dtype=pl.Int8).alias(name) for name in STATED)
    least, sales = policy.stated.differs_below, pl.col(SALES_FACT)
    close = {name: _closeness_in(name) for name in WEIGHTS}
    weight = pl.sum_horizontal(pl.when(each.is_not_null()).then(WEIGHTS[name]) for name, each in close.items())
    whole = pl.sum_horizontal(WEIGHTS[name] * each for name, each in close.items()) / weight
    beyond = pl.max_horizontal(each.abs() for each in close.values()) > 1  # no share: order and rounding may count
    together = files.select_seq(*READ, whole.alias("whole"), beyond.alias("beyond"))
    told = together.with_columns_seq(lower=pl.min_horizontal("whole", SALES_FACT))
    lower, odd = pl.when(sales.is_not_null()).then(pl.col("lower")), ~pl.col("whole").is_finite() | pl.col("beyond")
    band = pl.when(lower > least + NEAR).then(1).when(lower < least - NEAR).then(-1).otherwise(0).cast(pl.Int8)
    small = (pl.col(SHARE_FACT) < ON_PLATFORM_MIN_SHARE) & (pl.col(SEEN_FACT) > 0)
    said = {
        "stated_said": sales.is_not_null(),
        "stated_short": (pl.col(HISTORY_FACT) + 1 < YEAR_DAYS).fill_null(value=False),
        "stated_small": small.fill_null(value=False),
        "stated_band": band,
        "near": ((band == 0) | odd) & sales.is_not_null(),
    }
    told = told.with_columns_seq(**said)
    exactly = [pl.when("near").then(pl.col(name)).alias(f"{name} exactly") for name in WEIGHTS]
    nothing = [pl.lit(None, dtype=pl.Float64).alias(f"{name} exactly") for name in WEIGHTS]
    told = told.with_columns_seq(exactly if told.get_column("near").any() else nothing)
    return files.with_columns_seq(told.select_seq(STATED).get_columns())


def _closeness_in(name: str) -> pl.Expr:
    value = pl.col(name)
    if not name.endswith("_difference"):
        return value
    return pl.when(value.is_not_null()).then(pl.max_horizontal(pl.lit(0.0), 1 - value))
