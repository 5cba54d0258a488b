"""How many borrowers a rate drives away, as the lender measured it: pooled so that it never falls, drawn smoothly."""

import csv
import math
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from lendmill.refusals import Refusal

Floats = npt.NDArray[np.float64]

POINTS_MIN: Final = 2
POINTS_MAX: Final = 1_000
PREFIX: Final = "churn_"
SEPARATORS: Final = "\t;,"


class CurveUnclear(Refusal):
    """The table of borrowers lost cannot be used: {what}."""


class ChurnCurve(msgspec.Struct, frozen=True, dict=True):
    """The share of borrowers lost at each yearly rate, for one group of grades, as it was measured.

    Beyond the rates measured it says nothing, and nothing is priced there.
    """

    name: str
    yearly_rates: tuple[float, ...]
    lost_shares: tuple[float, ...]

    def __post_init__(self) -> None:
        rates, shares = self.yearly_rates, self.lost_shares
        for holds, what in (
            (len(rates) == len(shares), f"{self.name} has {len(rates)} rates, but {len(shares)} shares"),
            (len(rates) >= POINTS_MIN, f"{self.name} needs at least {POINTS_MIN} rates"),
            (len(rates) <= POINTS_MAX, f"{self.name} has more than {POINTS_MAX} rates"),
            (all(0 <= each < 1 for each in rates), f"{self.name} has a rate outside 0 to 1: write 4 % as 0.04 or 4%"),
            (all(low < high for low, high in pairwise(rates)), f"{self.name} has rates that do not rise"),
            (all(0 <= each <= 1 for each in shares), f"{self.name} has a share outside 0 to 1"),
        ):  # fmt: skip
            if not holds:
                raise CurveUnclear(what=what)

    @cached_property
    def pooled(self) -> Floats:
        """The shares with every fall evened out: a dearer loan never keeps more borrowers."""
        return never_falling(np.array(self.lost_shares))

    @property
    def evened_out(self) -> int:
        """How many of the measured shares were moved to take a fall out."""
        return int((self.pooled != np.array(self.lost_shares)).sum())

    def without(self, place: int) -> "ChurnCurve":
        """The curve as it would be had one rate not been measured."""
        return ChurnCurve(
            self.name,
            self.yearly_rates[:place] + self.yearly_rates[place + 1 :],
            self.lost_shares[:place] + self.lost_shares[place + 1 :],
        )

    def lost(self, yearly_rates: Any) -> Floats:
        """The share lost at any rate between the lowest and the highest measured."""
        return between(np.array(self.yearly_rates), self.pooled, np.asarray(yearly_rates, dtype=np.float64))


def never_falling(values: Floats) -> Floats:
    """The nearest values, by squares, that never fall: neighbours that do are replaced by their mean (pool adjacent
    violators).

    >>> never_falling(np.array([0.0, 0.3, 0.2, 0.4])).tolist()
    [0.0, 0.25, 0.25, 0.4]
    """
    blocks: list[tuple[float, int]] = []
    for value in values.tolist():
        mean, count = value, 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        blocks.append((mean, count))
    return np.repeat([mean for mean, _ in blocks], [count for _, count in blocks])


def between(at: Floats, values: Floats, wanted: Floats) -> Floats:
    """A smooth curve through points that is nowhere steeper in the wrong direction than they are (Fritsch and Butland,
    1984): values that never fall give a curve that never falls.

    >>> between(np.array([0.0, 1.0]), np.array([0.0, 0.5]), np.array([0.5])).tolist()
    [0.25]
    """
    widths = np.diff(at)
    slopes = np.diff(values) / widths
    tangents = _tangents(widths, slopes)
    which = np.clip(np.searchsorted(at, wanted, side="right") - 1, 0, len(widths) - 1)
    width, part = widths[which], (wanted - at[which]) / widths[which]
    rest = 1 - part
    return np.asarray(
        values[which] * (1 + 2 * part) * rest**2
        + values[which + 1] * part**2 * (3 - 2 * part)
        + width * part * rest * (tangents[which] * rest - tangents[which + 1] * part)
    )


def _tangents(widths: Floats, slopes: Floats) -> Floats:
    """How steep the curve is at each point: the weighted harmonic mean of both sides, flat where they turn."""
    if len(slopes) == 1:
        return np.repeat(slopes, 2)
    before, after = slopes[:-1], slopes[1:]
    heavy, light = 2 * widths[1:] + widths[:-1], widths[1:] + 2 * widths[:-1]
    rising = before * after > 0
    safe_before, safe_after = np.where(rising, before, 1.0), np.where(rising, after, 1.0)
    with np.errstate(over="ignore"):  # beside a slope of next to nothing the curve is flat
        inner = np.where(rising, (heavy + light) / (heavy / safe_before + light / safe_after), 0.0)
    first = _end(widths[0], widths[1], slopes[0], slopes[1])
    last = _end(widths[-1], widths[-2], slopes[-1], slopes[-2])
    return np.concatenate([[first], inner, [last]])


def _end(near: float, far: float, slope: float, next_slope: float) -> float:
    found = ((2 * near + far) * slope - near * next_slope) / (near + far)
    if found * slope <= 0:
        return 0.0
    return 3 * slope if slope * next_slope <= 0 and abs(found) > 3 * abs(slope) else float(found)


def curves_of(text: str) -> dict[str, ChurnCurve]:
    """Read curves from a table as a spreadsheet writes or copies it: the yearly rate first, then a column per group.

    Rates and shares are written as 0.04 or 4%. A cell left empty leaves that rate out of that group's curve.

    >>> curves_of("annual_rate,churn_A\\n4%,0\\n0.06,0.25").popitem()[1].lost([0.05]).round(6).tolist()
    [0.125]
    """
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if len(lines) <= POINTS_MIN:
        raise CurveUnclear(what=f"it needs a line of names and at least {POINTS_MIN} rates")
    separator = max(SEPARATORS, key=lines[0].count)
    try:
        heads, *rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    except csv.Error as error:  # a cell of more letters than are read at all
        raise CurveUnclear(what=f"it is no table: {error}") from None
    names = [head.removeprefix(PREFIX) for head in heads[1:]]
    if not names or not all(names) or len(set(names)) != len(names):
        raise CurveUnclear(what="each column after the rate needs a name of its own")
    points: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for number, row in enumerate(rows, start=2):
        if len(row) != len(heads):
            raise CurveUnclear(what=f"line {number} has {len(row)} cells, the first line {len(heads)}")
        for name, cell in zip(names, row[1:], strict=True):
            if cell:
                points[name].append((_share(row[0], number), _share(cell, number)))
    return {name: curve_of(name, found) for name, found in points.items()}


def curve_of(name: str, points: Sequence[tuple[float, float]]) -> ChurnCurve:
    """A curve from its points."""
    return ChurnCurve(name, tuple(rate for rate, _ in points), tuple(share for _, share in points))


def _share(cell: str, line: int) -> float:
    plain = cell.removesuffix("%").strip()
    try:
        value = float(plain) / (100 if plain != cell else 1)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CurveUnclear(what=f"line {line} says {cell[:30]!r}, which is not a number")
    return value
