"""Adding up what another policy would have changed, page by page, in a few figures that do not grow with the files."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from lendmill.credit.decide import Decision
from lendmill.credit.testing.again import DecidedAgain, Made
from lendmill.credit.testing.arms import lot
from lendmill.credit.testing.worth import Floats, Grant, Worth

Swap = Literal["both", "in", "out", "neither"]
SWAPS: Final[tuple[Swap, ...]] = ("both", "in", "out", "neither")
FIGURES: Final = (
    "files", "limit_before", "limit_after", "at_risk_before", "at_risk_after", "loss_before", "loss_after",
    "profit_before", "profit_after", "unpriced_before", "unpriced_after", "known", "defaults", "known_pd", "pd",
    "rated", "unpaid_after",
)  # fmt: skip
GROUPS: Final = 100
SEGMENTS: Final = ("grade", "kind", "product", "region", "industry", "month")
BANDS_CENTS: Final = (0, 1_000_00, 5_000_00, 10_000_00, 20_000_00, 50_000_00, 100_000_00, 200_000_00, 500_000_00)


@dataclass(slots=True)
class Segment:
    """One group of files: how many, how many granted before and after, and the money."""

    files: int = 0
    granted_before: int = 0
    granted_after: int = 0
    limit_before_cents: int = 0
    limit_after_cents: int = 0

    def add(self, other: "Segment") -> None:
        """Put two counts of one group together."""
        self.files += other.files
        self.granted_before += other.granted_before
        self.granted_after += other.granted_after
        self.limit_before_cents += other.limit_before_cents
        self.limit_after_cents += other.limit_after_cents


@dataclass(slots=True)
class Tally:
    """The sums of a backtest. Files of one borrower fall into one of 100 groups, by lot: the spread between the groups
    is what the confidence bounds rest on, so that a borrower decided many times counts as one."""

    sums: np.ndarray = field(default_factory=lambda: np.zeros((len(SWAPS), len(FIGURES), GROUPS)))
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    persons: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons_before: Counter[str] = field(default_factory=Counter)
    reasons_after: Counter[str] = field(default_factory=Counter)
    segments: dict[tuple[str, str], Segment] = field(default_factory=dict)
    limits_before: Counter[int] = field(default_factory=Counter)
    limits_after: Counter[int] = field(default_factory=Counter)

    def count(self, page: Sequence[DecidedAgain], worth: Worth | None = None) -> None:
        """Add a page of files; without a worth nothing is said of losses and profits."""
        if not page:
            return
        for each in page:
            self._count_one(each)
        before = np.array([each.limit_before_cents for each in page], dtype=np.float64)
        after = np.array([each.limit_after_cents for each in page], dtype=np.float64)
        pd = np.array([_pd(each) if _pd(each) is not None else np.nan for each in page], dtype=np.float64)
        known = np.array([each.defaulted is not None for each in page], dtype=np.float64)
        rated, likely = ~np.isnan(pd), np.nan_to_num(pd)
        loss_before, profit_before, _, unpriced_before = _worth(page, "before", before, worth)
        loss_after, profit_after, unpaid_after, unpriced_after = _worth(page, "after", after, worth)
        values = np.stack([
            np.ones(len(page)), before, after, before * likely, after * likely, loss_before, loss_after,
            profit_before, profit_after, unpriced_before, unpriced_after, known,
            np.array([bool(each.defaulted) for each in page]), known * likely, likely, rated, unpaid_after,
        ])  # fmt: skip
        swap = np.where(before > 0, np.where(after > 0, 0, 2), np.where(after > 0, 1, 3))
        group = np.array([lot("backtest", each.case.borrower_id) * GROUPS // 10_000 for each in page])
        np.add.at(self.sums, (swap[None, :], np.arange(len(FIGURES))[:, None], group[None, :]), values)

    def _count_one(self, each: DecidedAgain) -> None:
        before, after = each.limit_before_cents, each.limit_after_cents
        self.outcomes[each.before.outcome, each.after.outcome] += 1
        if each.by_person is not None:
            self.persons[each.before.outcome, each.by_person] += 1
        self.reasons_before.update(each.before.reasons)
        self.reasons_after.update(each.after.reasons)
        self.limits_before[_band(before)] += 1
        self.limits_after[_band(after)] += 1
        for key in _segments(each):
            found = self.segments.get(key)
            if found is None:
                found = self.segments[key] = Segment()
            found.files += 1
            found.granted_before += before > 0
            found.granted_after += after > 0
            found.limit_before_cents += before
            found.limit_after_cents += after

    def add(self, other: "Tally") -> None:
        """Put the sums of two parts of the files together."""
        self.sums += other.sums
        for mine, theirs in (
            (self.outcomes, other.outcomes), (self.persons, other.persons),
            (self.reasons_before, other.reasons_before), (self.reasons_after, other.reasons_after),
            (self.limits_before, other.limits_before), (self.limits_after, other.limits_after),
        ):  # fmt: skip
            mine.update(theirs)  # type: ignore[arg-type]
        for key, segment in other.segments.items():
            self.segments.setdefault(key, Segment()).add(segment)

    @property
    def files(self) -> int:
        """How many files were decided again."""
        return int(self.sums[:, 0].sum())

    def groups(self, figure: str, *swaps: Swap) -> np.ndarray:
        """A figure by group, over the files of these swaps (all of them where none is named)."""
        rows = [SWAPS.index(swap) for swap in swaps or SWAPS]
        found: np.ndarray = self.sums[rows, FIGURES.index(figure)].sum(axis=0)
        return found

    def whole(self, figure: str, *swaps: Swap) -> float:
        """A figure over all groups."""
        return float(self.groups(figure, *swaps).sum())


def _pd(each: DecidedAgain) -> float | None:
    return each.case.rating.pd if each.case.rating is not None else None


def _worth(
    page: Sequence[DecidedAgain], when: Literal["before", "after"], limits: Floats, worth: Worth | None
) -> tuple[Floats, Floats, Floats, Floats]:
    """Expected loss, profit and unpaid interest of what was or would be granted, and where a grant has none."""
    granted = limits > 0
    if worth is None:
        return np.zeros(len(page)), np.zeros(len(page)), np.zeros(len(page)), granted.astype(np.float64)
    loss, profit, unpaid = worth([_grant(each, each.before if when == "before" else each.after) for each in page])
    unpriced = granted & np.isnan(loss)
    return np.nan_to_num(loss), np.nan_to_num(profit), np.nan_to_num(unpaid), unpriced.astype(np.float64)


def _grant(each: DecidedAgain, made: Made | Decision) -> Grant | None:
    terms, pd = made.terms, _pd(each)
    limit_cents = each.limit_before_cents if made is each.before else each.limit_after_cents
    if limit_cents == 0 or terms is None or pd is None:
        return None
    rate, was = (terms.rate_num, terms.rate_den), each.before.terms
    before = (was.rate_num, was.rate_den) if was is not None and each.limit_before_cents > 0 else rate
    return Grant(pd, terms.grade, limit_cents, rate, before)


def _band(limit_cents: int) -> int:
    return BANDS_CENTS[bisect_right(BANDS_CENTS, limit_cents) - 1]


def _segments(each: DecidedAgain) -> Iterator[tuple[str, str]]:
    who = each.case.borrower
    yield "grade", each.case.rating.grade if each.case.rating is not None else ""
    yield "kind", str(who.kind or "")
    yield "product", each.product_key
    yield "region", str(who.region or "")
    yield "industry", str(who.industry or "")
    yield "month", f"{each.decided_on:%Y-%m}"
