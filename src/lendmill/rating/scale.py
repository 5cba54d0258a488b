"""How the odds of paying back become points, a probability of default and a grade."""

from decimal import Context, Decimal
from functools import lru_cache
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from lendmill.refusals import Refusal

LOGIT_UNITS: Final = 10**15  # a cell of 1 is 10^-15 of a logit: sums are whole numbers, the same in any order
PD_DIGITS: Final = 6
_EXACT: Final = Context(prec=28)


class InvalidScale(Refusal):
    """The scale's {field} is {value}; allowed: {allowed}."""


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A grade and the fewest points that earn it; the last grade has no floor."""

    name: str
    points_min: int | None = None


GRADES: Final = (
    Grade("AAA", 640),
    Grade("AA", 620),
    Grade("A", 600),
    Grade("BBB", 580),
    Grade("BB", 560),
    Grade("B", 540),
    Grade("C", 520),
    Grade("D"),
)


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base points at base odds, and how many points double the odds; each shipped grade is one doubling.

        points = base_points + round((logit - ln base_odds) / (ln 2 / double_points))

    The logit is the log odds of paying back, ln((1 - PD) / PD), as a whole number of 10^-15. Works alike on ints and on
    int64 arrays.

    >>> scale = Scale()
    >>> scale.points(logit_of(1 / 51)), scale.points(logit_of(1 / 101)), scale.grade(599)
    (600, 620, 'BBB')
    """

    base_points: int = 600
    base_odds: int = 50
    double_points: int = 20
    grades: tuple[Grade, ...] = GRADES

    def __post_init__(self) -> None:
        for field, most in (("base_points", 100_000), ("base_odds", 100_000), ("double_points", 1_000)):
            value = getattr(self, field)
            if not 1 <= value <= most:
                raise InvalidScale(field=field, value=value, allowed=f"a whole number from 1 to {most}")
        floors = [grade.points_min for grade in self.grades]
        known = [floor for floor in floors[:-1] if floor is not None]
        if not floors or len(known) != len(floors) - 1 or floors[-1] is not None:
            raise InvalidScale(field="grades", value=floors, allowed="a floor for each grade but the last")
        if known != sorted(set(known), reverse=True):
            raise InvalidScale(field="grades", value=floors, allowed="floors that fall from grade to grade")
        names = [grade.name for grade in self.grades]
        if len(set(names)) != len(names):
            raise InvalidScale(field="grades", value=names, allowed="names used once")

    @property
    def per_point(self) -> int:
        """The logit that one point stands for, in units of 10^-15."""
        return _per_point(self.double_points)

    @property
    def base_logit(self) -> int:
        """The logit at which the base points stand, in units of 10^-15."""
        return _ln(self.base_odds)

    def points(self, logit: Any) -> Any:
        """The points of a logit, rounded half-up."""
        return self.base_points + self._rounded(logit - _ln(self.base_odds))

    def weight(self, cell: Any) -> Any:
        """The points one cell adds to or takes from the whole, rounded half-up."""
        return self._rounded(cell)

    def _rounded(self, logit: Any) -> Any:
        per_point = _per_point(self.double_points)
        return (logit + per_point // 2) // per_point

    def grade(self, points: int) -> str:
        """The best grade whose floor the points reach."""
        return next(g.name for g in self.grades if g.points_min is None or points >= g.points_min)

    def grades_of(self, points: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """For many points at once: which grade, as its place in `grades`."""
        floors = np.array([g.points_min for g in self.grades if g.points_min is not None][::-1], dtype=np.int64)
        return (len(self.grades) - 1 - np.searchsorted(floors, points, side="right")).astype(np.int64)

    def pd_at(self, points: int) -> float:
        """The PD a number of points stands for; a grade's floor says how risky its worst member is.

        >>> Scale().pd_at(600)
        0.019608
        """
        return probability((points - self.base_points) * _per_point(self.double_points) + _ln(self.base_odds))


def probability(logit: int) -> float:
    """The PD of a logit, worked out in decimal so that every machine rounds it alike, to 6 digits.

        pd = 1 / (1 + e ** logit)

    >>> probability(0)
    0.5
    """
    odds = _EXACT.exp(Decimal(logit).scaleb(-15))
    return float(round(_EXACT.divide(Decimal(1), 1 + odds), PD_DIGITS))


def logit_of(pd: float) -> int:
    """The logit of a PD, in units of 10^-15."""
    share = Decimal(pd)
    return int(_EXACT.ln(_EXACT.divide(1 - share, share)).scaleb(15).to_integral_value())


@lru_cache
def _ln(odds: int) -> int:
    return int(_EXACT.ln(Decimal(odds)).scaleb(15).to_integral_value())


@lru_cache
def _per_point(double_points: int) -> int:
    return int((_EXACT.ln(Decimal(2)) / double_points).scaleb(15).to_integral_value())
