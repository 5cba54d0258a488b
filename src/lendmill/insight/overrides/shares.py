"""Shares of defaults among those a person let through and those the computer did, with how sure they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from lendmill.rating.watching.chance import share_interval


@dataclass(frozen=True, slots=True)
class OverrideCount:
    """Approvals with a known outcome, by who decided, at which grade, and for which reason where a person did."""

    by: str  # computer, person, override
    grade: str
    reason: str
    approved: int
    defaulted: int


@dataclass(frozen=True, slots=True)
class DefaultShare:
    """How many of those approved defaulted, and between which shares the true one lies, 95 times in 100."""

    approved: int
    defaulted: int
    share: float | None
    low: float | None
    high: float | None


def share_of(approved: int, defaulted: int) -> DefaultShare:
    """A share with its interval; of nobody there is none.

    >>> share_of(100, 5).low, share_of(0, 0).share
    (0.02154367915436798, None)
    """
    if not approved:
        return DefaultShare(0, 0, None, None, None)
    low, high = share_interval(defaulted, approved)
    return DefaultShare(approved, defaulted, defaulted / approved, low, high)


def together(counts: Iterable[OverrideCount]) -> DefaultShare:
    """Several counts as one share."""
    held = list(counts)
    return share_of(sum(each.approved for each in held), sum(each.defaulted for each in held))


def as_graded(counts: Iterable[OverrideCount], weights: dict[str, int]) -> float | None:
    """The share of defaults the computer's approvals would have, were their grades mixed like those of others.

        sum over grades of  share of the grade  x  weight of the grade / all weights

    A grade the computer has approved nobody of cannot be told; then there is no figure.
    """
    by_grade = {each.grade: each for each in counts}
    total = sum(weights.values())
    if not total or any(grade not in by_grade or not by_grade[grade].approved for grade in weights):
        return None
    return sum(by_grade[grade].defaulted / by_grade[grade].approved * n for grade, n in weights.items()) / total
