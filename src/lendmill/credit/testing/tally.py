"""Adding up what another policy would have changed, file by file, in a few figures that do not grow with the files."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from lendmill.credit.decide import Decision
from lendmill.credit.testing.again import DecidedAgain, Made
from lendmill.credit.testing.arms import lot

Swap = Literal["both", "in", "out", "neither"]
SWAPS: Final[tuple[Swap, ...]] = ("both", "in", "out", "neither")
FIGURES: Final = (
    "files", "limit_before", "limit_after", "loss_before", "loss_after", "profit_before", "profit_after", "known",
    "defaults", "pd", "rated",
)  # fmt: skip
GROUPS: Final = 100
SEGMENTS: Final = ("grade", "kind", "region", "industry")
BANDS_CENTS: Final = (0, 1_000_00, 5_000_00, 10_000_00, 20_000_00, 50_000_00, 100_000_00, 200_000_00, 500_000_00)

Worth = Callable[[float, int, int, int, int], tuple[float, float]]
"""Expected loss and profit in cents of a line, from its PD, limit, rate (num, den) and months."""


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
    reasons_before: Counter[str] = field(default_factory=Counter)
    reasons_after: Counter[str] = field(default_factory=Counter)
    segments: dict[tuple[str, str], Segment] = field(default_factory=dict)
    limits_before: Counter[int] = field(default_factory=Counter)
    limits_after: Counter[int] = field(default_factory=Counter)

    def count(self, each: DecidedAgain, worth: Worth) -> None:
        """Add one file."""
        before, after = each.limit_before_cents, each.limit_after_cents
        swap = _swap(before, after)
        pd = each.case.rating.pd if each.case.rating is not None else None
        loss_before, profit_before = _worth(each.before, before, pd, worth)
        loss_after, profit_after = _worth(each.after, after, pd, worth)
        known = each.defaulted is not None and before > 0
        group = lot("backtest", each.case.borrower_id) * GROUPS // 10_000
        self.sums[SWAPS.index(swap), :, group] += (
            1, before, after, loss_before, loss_after, profit_before, profit_after,
            known, known and bool(each.defaulted), pd or 0.0, pd is not None,
        )  # fmt: skip
        self.outcomes[each.before.outcome, each.after.outcome] += 1
        self.reasons_before.update(each.before.reasons)
        self.reasons_after.update(each.after.reasons)
        self.limits_before[_band(before)] += 1
        self.limits_after[_band(after)] += 1
        one = Segment(1, int(before > 0), int(after > 0), before, after)
        for name in SEGMENTS:
            self.segments.setdefault((name, _in_segment(each, name)), Segment()).add(one)

    def add(self, other: "Tally") -> None:
        """Put the sums of two parts of the files together."""
        self.sums += other.sums
        for mine, theirs in (
            (self.outcomes, other.outcomes), (self.reasons_before, other.reasons_before),
            (self.reasons_after, other.reasons_after), (self.limits_before, other.limits_before),
            (self.limits_after, other.limits_after),
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


def _swap(before_cents: int, after_cents: int) -> Swap:
    if before_cents > 0:
        return "both" if after_cents > 0 else "out"
    return "in" if after_cents > 0 else "neither"


def _worth(made: Made | Decision, limit_cents: int, pd: float | None, worth: Worth) -> tuple[float, float]:
    if limit_cents == 0 or made.terms is None or pd is None:
        return 0.0, 0.0
    terms = made.terms
    return worth(pd, limit_cents, terms.rate_num, terms.rate_den, terms.months_max)


def _band(limit_cents: int) -> int:
    return max(band for band in BANDS_CENTS if limit_cents >= band)


def _in_segment(each: DecidedAgain, name: str) -> str:
    if name == "grade":
        return each.case.rating.grade if each.case.rating is not None else ""
    return str(getattr(each.case.borrower, name) or "")
