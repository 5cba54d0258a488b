"""A bank's problem with a known statement: a fixed sum over small firms whose invoices it knows, for one year.

Problem C of the 2020 national contest in mathematical modelling (CUMCM): each firm may be lent 100,000 to 1,000,000
yuan at 4 to 15 % a year or nothing, those of the worst grade nothing; the dearer, the more firms go elsewhere. Sought
are amounts and rates. What the statement leaves open is written down in `Terms`, and can be moved.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

import numpy as np
import polars as pl

from lendmill.credit.pricing.assumptions import Assumptions, GradeAssumptions, Utilisation
from lendmill.credit.pricing.curve import ChurnCurve, Floats
from lendmill.credit.pricing.profit import ASKED, PricingGround, expected
from lendmill.credit.pricing.sharing import IMPOSSIBLE, Ceiling, Sharing, Whole, ceiling, greedy, shared
from lendmill.terms.rates import BASIS_POINTS, DAYS_A_YEAR

A_NIGHT: Final = Fraction(1, BASIS_POINTS * DAYS_A_YEAR)  # a hundredth of a percent a year, per night
GRADE: Final = "A"  # the formula wants a grade; each firm is one of its own here
YEAR: Final = date(2020, 1, 1)

Counted = Literal["granted", "taken up"]


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm as the lender sees it: its PD of a year, the curve its grade follows, its invoiced sales of a month."""

    firm: str
    pd: float
    curve: str
    monthly_sales_cents: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What the statement fixes, and what it leaves to be assumed.

    `counted`: whether the sum counts what is granted, or only what is expected to be taken up. `odds_per_doubling`: by
    how much a loan twice the size multiplies a firm's odds of default; its PD is taken as that of a loan of a month's
    sales then.
    """

    unit_cents: int = 1_000_000
    least_units: int = 10
    most_units: int = 100
    rate_min_bp: int = 400
    rate_max_bp: int = 1_500
    loss_given_default_bp: int = 6_000
    funding_yearly_bp: int = 0
    operating_cents: int = 0
    odds_per_doubling: float = 1.0
    counted: Counted = "granted"

    @property
    def rates_bp(self) -> Whole:
        """Every rate to choose from."""
        return np.arange(self.rate_min_bp, self.rate_max_bp + 1)

    @property
    def amounts_units(self) -> Whole:
        """Every amount to choose from, but nothing."""
        return np.arange(self.least_units, self.most_units + 1)


@dataclass(frozen=True, slots=True)
class Choices:
    """For each firm (row) and each number of units of the sum (column): the most it is worth, and how.

    `worths` are thousandths of a cent, whole; `rates_bp` and `amounts_units` what to offer for it.
    """

    worths: Whole
    rates_bp: Whole
    amounts_units: Whole


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What each firm is offered, at which rate, and what all of it is expected to bring in a year."""

    amounts_units: Whole
    rates_bp: Whole
    worth: int
    counted_units: int

    @property
    def profit_cents(self) -> int:
        """The expected profit, rounded half-even to the cent."""
        return round(Fraction(self.worth, ASKED))

    @property
    def firms(self) -> int:
        """How many firms are offered something."""
        return int((self.amounts_units > 0).sum())


@dataclass(frozen=True, slots=True)
class Solved:
    """The best portfolio, what bounds every other, and what two simpler ways would bring."""

    best: Portfolio
    ceiling: Ceiling
    by_total: Whole
    greedy: Portfolio
    equal: Portfolio

    @property
    def gap_share(self) -> float:
        """By how much at most the best could be bettered, as a share of it."""
        return max(0.0, self.ceiling.worth / self.best.worth - 1) if self.best.worth > 0 else float("inf")


def ground_of(firm: Firm, curves: Mapping[str, ChurnCurve], terms: Terms) -> PricingGround:
    """A firm as the formula of expected profit wants it: all of the amount drawn, for a year of 365 days."""
    own = GradeAssumptions(
        pd=firm.pd, pd_low=firm.pd, pd_high=firm.pd, curve=firm.curve, limit_cents=firm.monthly_sales_cents
    )
    stated = Assumptions(
        key="contest", said_by="the statement", in_force_on=YEAR, source="CUMCM 2020 C", product="one year",
        days=DAYS_A_YEAR, loss_given_default_bp=terms.loss_given_default_bp,
        funding_yearly_bp=terms.funding_yearly_bp, operating_cents=terms.operating_cents,
        drawn_at_default_bp=BASIS_POINTS, interest_paid_before_default_bp=0,
        utilisation=(Utilisation(limit_cents=terms.unit_cents, share_bp=BASIS_POINTS),), grades={GRADE: own},
        odds_per_limit_doubling=terms.odds_per_doubling,
    )  # fmt: skip
    return PricingGround(stated, own, curves[firm.curve], terms.rate_min_bp / BASIS_POINTS)


def choices(firms: Sequence[Firm], curves: Mapping[str, ChurnCurve], terms: Terms) -> Choices:
    """The best each firm can bring for each number of units it takes of the sum.

    Counted as granted, an amount takes itself. Counted as taken up, it takes the share of firms kept at its rate,
    rounded up to the unit, so that the sum is never passed; several pairs of amount and rate then take the same.
    """
    columns = terms.most_units + 1
    worths = np.full((len(firms), columns), IMPOSSIBLE, dtype=np.int64)
    rates, amounts = np.zeros_like(worths), np.zeros_like(worths)
    worths[:, 0] = 0
    offered, asked = terms.amounts_units, terms.rates_bp
    for row, firm in enumerate(firms):
        found = expected(ground_of(firm, curves, terms), A_NIGHT, asked, offered * terms.unit_cents)
        profit = found.profit_cents
        if terms.counted == "granted":
            at = np.argmax(profit, axis=0)
            worths[row, offered], rates[row, offered] = profit[at, np.arange(len(offered))], asked[at]
            amounts[row, offered] = offered
            continue
        takes = np.ceil(found.kept_share * offered - 1e-9).astype(np.int64)
        order = np.argsort(profit, axis=None, kind="stable")  # of those that take the same, the best is written last
        which, what = np.unravel_index(order, profit.shape)
        worths[row, takes[which, what]] = profit[which, what]
        rates[row, takes[which, what]], amounts[row, takes[which, what]] = asked[which], offered[what]
    return Choices(worths, rates, amounts)


def solved(firms: Sequence[Firm], curves: Mapping[str, ChurnCurve], terms: Terms, total_units: int) -> Solved:
    """The best way to lend a sum, exactly that much, beside the greedy way and an equal split at one rate.

    Refuses with `TotalOutOfReach` where the firms cannot take so much, or so little.
    """
    open_to = choices(firms, curves, terms)
    sharing = shared(open_to.worths, total_units)
    assert sharing.worth_by_total is not None
    units = np.arange(open_to.worths.shape[1])
    return Solved(
        portfolio(open_to, sharing),
        ceiling(open_to.worths, units, total_units),
        sharing.worth_by_total,
        portfolio(open_to, greedy(open_to.worths, total_units)),
        equal_split(firms, curves, terms, total_units),
    )


def portfolio(open_to: Choices, sharing: Sharing) -> Portfolio:
    """What is offered to each firm that takes so many units."""
    rows = np.arange(len(sharing.units))
    return Portfolio(
        open_to.amounts_units[rows, sharing.units],
        open_to.rates_bp[rows, sharing.units],
        sharing.worth,
        sharing.total,
    )


def equal_split(firms: Sequence[Firm], curves: Mapping[str, ChurnCurve], terms: Terms, total_units: int) -> Portfolio:
    """Every firm the same, to the unit, at the one rate that brings most for all together.

    What does not divide goes to the first firms, a unit each. Counted as granted, whatever `terms` count.
    """
    each, more = divmod(total_units, len(firms))
    amounts = np.clip(np.full(len(firms), each) + (np.arange(len(firms)) < more), terms.least_units, terms.most_units)
    by_rate = np.zeros(len(terms.rates_bp), dtype=np.int64)
    for firm, units in zip(firms, amounts.tolist(), strict=True):
        found = expected(ground_of(firm, curves, terms), A_NIGHT, terms.rates_bp, units * terms.unit_cents)
        by_rate += found.profit_cents[:, 0]
    at = int(np.argmax(by_rate))
    return Portfolio(amounts, np.full(len(firms), terms.rates_bp[at]), int(by_rate[at]), int(amounts.sum()))


def worth_under(found: Portfolio, firms: Sequence[Firm], curves: Mapping[str, ChurnCurve], terms: Terms) -> int:
    """What a portfolio would bring if other assumptions held than those it was made under; thousandths of a cent."""
    worth = 0
    for firm, units, rate_bp in zip(firms, found.amounts_units.tolist(), found.rates_bp.tolist(), strict=True):
        if units:
            told = expected(ground_of(firm, curves, terms), A_NIGHT, rate_bp, units * terms.unit_cents)
            worth += int(told.profit_cents[0, 0])
    return worth


def spread_cents(found: Portfolio, firms: Sequence[Firm], curves: Mapping[str, ChurnCurve], terms: Terms) -> int:
    """How far chance alone moves the year's profit: one standard deviation, each firm staying and paying by itself.

        variance of a firm = kept x ((1 - pd) x earned^2 + pd x lost^2) - expected^2

    Firms that fail together, as in a bad year, spread it wider.
    """
    variance = 0.0
    for firm, units, rate_bp in zip(firms, found.amounts_units.tolist(), found.rates_bp.tolist(), strict=True):
        if not units:
            continue
        amount = units * terms.unit_cents
        told = expected(ground_of(firm, curves, terms), A_NIGHT, rate_bp, amount).at(0, 0)
        kept, default = float(told.kept_share), float(told.default_share)
        cost = amount * terms.funding_yearly_bp / BASIS_POINTS + terms.operating_cents
        earned = amount * rate_bp / BASIS_POINTS - cost
        lost = -amount * terms.loss_given_default_bp / BASIS_POINTS - cost
        mean = int(told.profit_cents) / ASKED
        variance += kept * ((1 - default) * earned**2 + default * lost**2) - mean**2
    return round(math.sqrt(variance))


def started_anew(pds: Floats, bad_share: float) -> Floats:
    """PDs of one population carried over to another: all odds moved by one factor until the mean is the share there.

    The order stays, and so do the ratios of odds. Found by halving.

    >>> started_anew(np.array([0.2, 0.5]), 0.2).round(4).tolist()
    [0.0977, 0.3023]
    """
    odds, low, high = pds / (1 - pds), -30.0, 30.0
    for _ in range(200):
        middle = (low + high) / 2
        moved = odds * np.exp(middle)
        low, high = (low, middle) if (moved / (1 + moved)).mean() > bad_share else (middle, high)
    moved = odds * np.exp((low + high) / 2)
    return np.asarray(moved / (1 + moved))


def out_of_fold(frame: pl.DataFrame, bad: Floats, folds: int = 5) -> Floats:
    """What a classic card said of each firm that had not seen it, as when a card is measured: PDs, seed 0."""
    from sklearn.model_selection import StratifiedKFold

    told = np.zeros(frame.height)
    for learned, held in StratifiedKFold(folds, shuffle=True, random_state=0).split(np.zeros(len(bad)), bad):
        told[held] = card_pds(frame[learned], bad[learned], frame[held])
    return told


def card_pds(learned: pl.DataFrame, bad: Floats, asked: pl.DataFrame) -> Floats:
    """What a classic card learned from some firms says of others."""
    from lendmill.rating.crowd import probabilities
    from lendmill.rating.scale import Scale
    from lendmill.rating.training.learners import LEARNERS, Asked
    from lendmill.rating.training.record import FEATURES_MAX, READ

    catalogue = [feature for feature in READ if feature.name in learned.columns]
    wanted = Asked(catalogue, (), "contest", "defaulted", Scale(), features_max=FEATURES_MAX)
    card = LEARNERS["classic"](learned, bad.astype(np.bool_), np.arange(len(bad)), wanted).card
    return np.asarray(probabilities(card.logits(asked)[0]), dtype=np.float64)
