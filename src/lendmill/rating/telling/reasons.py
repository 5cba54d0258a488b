"""The four things that tell most against a shop, by the card's points: each specific, each in the seller's hands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lendmill.features.catalogue import FEATURES
from lendmill.features.feature import Direction, Feature
from lendmill.rating.card import Card, Contribution
from lendmill.rating.tables import Axis, Table
from lendmill.rating.telling.figures import Range
from lendmill.rating.telling.themes import theme_of

REASONS_MAX: Final = 4
LOSS_MIN: Final = 2
"""Fewer points than this are rounding, and no reason."""
BY_NAME: Final[dict[str, Feature]] = {feature.name: feature for feature in FEATURES}


@dataclass(frozen=True)
class Shown:
    """One feature of a reason: the shop's figure (None: not known), and the nearest range that tells against nobody."""

    feature: Feature
    value: Any
    better: Range | None


@dataclass(frozen=True)
class Against:
    """Something that told against a shop: what the table gave, the best it could have given, and its features."""

    table: str
    points: int
    points_max: int
    themes: tuple[str, ...]
    shown: tuple[Shown, ...]
    theme_points: int = field(default=0)


def may_be_told(feature: Feature | None) -> bool:
    """Whether a feature may be a reason: one of the catalogue, not protected, and something a seller can change."""
    return (
        feature is not None
        and not getattr(feature, "protected", False)
        and getattr(feature, "actionable", True)
        and "reason" not in getattr(feature, "not_for", ())
    )


def may_be_named(feature: Feature | None) -> bool:
    """Whether a feature may be named beside another in a pair: it need not be changeable, but is never protected."""
    return feature is not None and not getattr(feature, "protected", False)


def reasons(
    card: Card, contributions: Iterable[Contribution], facts: Mapping[str, Any], most: int = REASONS_MAX
) -> tuple[Against, ...]:
    """What told most against a shop, the worst first: one for each theme.

    A table counts where it gave less than nothing and less than its best, and where a better range is in the seller's
    hands. A theme is weighed with all its tables together, those that told for the shop included, and is told by its
    worst, unless it is hardly a loss. (Specific and principal reasons, as 12 CFR 1002.9(b)(2) asks for; the number
    follows its commentary.)
    """
    tables = {table.feature: table for table in card.tables}
    given = [each for each in contributions if each.feature in tables]
    weights = _weights(given, tables)
    found = []
    for each in given:
        if each.points < 0 and each.points < each.points_max:
            against = _against(tables[each.feature], each, facts)
            if against is not None:
                found.append(_weighed(against, weights))
    return _one_a_theme(sorted(found, key=lambda a: (a.theme_points, a.points, a.table)), most)


def _weights(given: Sequence[Contribution], tables: Mapping[str, Table]) -> dict[tuple[str, ...], int]:
    weights: dict[tuple[str, ...], int] = {}
    for each in given:
        themes = _themes(tables[each.feature])
        weights[themes] = weights.get(themes, 0) + each.points
    return weights


def _weighed(against: Against, weights: Mapping[tuple[str, ...], int]) -> Against:
    points = weights[against.themes]
    return Against(against.table, against.points, against.points_max, against.themes, against.shown, points)


def _themes(table: Table) -> tuple[str, ...]:
    return tuple(sorted({theme_of(axis.feature).key for axis in table.axes}))


def _one_a_theme(ordered: Sequence[Against], most: int) -> tuple[Against, ...]:
    told: set[str] = set()
    kept = []
    for each in ordered:
        if each.theme_points <= -LOSS_MIN and not told & set(each.themes):
            kept.append(each)
            told |= set(each.themes)
    return tuple(kept[:most])


def _against(table: Table, given: Contribution, facts: Mapping[str, Any]) -> Against | None:
    """The reason a table gives, or None where nothing of it can be told or changed."""
    features = [BY_NAME.get(axis.feature) for axis in table.axes]
    if not all(map(may_be_named, features)) or not any(map(may_be_told, features)):
        return None
    at = [axis.place(facts.get(axis.feature))[0] for axis in table.axes]
    shown = []
    for n, (axis, feature) in enumerate(zip(table.axes, features, strict=True)):
        assert feature is not None
        better = _better(table, at, n, feature.higher_is) if may_be_told(feature) else None
        shown.append(Shown(feature, facts.get(axis.feature), better))
    missing_only = all(each.value is None for each in shown if each.better is not None)
    if all(each.better is None for each in shown) or (missing_only and not _can_be_known(shown, facts)):
        return None
    return Against(given.feature, given.points, given.points_max, _themes(table), tuple(shown))


def _better(table: Table, at: Sequence[int], n: int, higher_is: Direction | None) -> Range | None:
    """The nearest values of one axis that no longer tell against a shop, the other axis staying as it is.

    The next bin is seldom worth a seller's while: a card of many bins may give it a thousandth of a point more. Where
    no value reaches neutral, the best there is; where the value is not known, the best once it is known. A card may
    have learned that less of a good thing is rated higher; nobody is told to have less of it.
    """
    axis, own = table.axes[n], _cell(table, at)
    if not isinstance(axis, Axis):
        return None
    missing = axis.size - 1
    way = None if at[n] == missing else higher_is
    sensible = [each for each in range(missing) if way is None or (each > at[n]) == (way == "better")]
    cells = {each: _cell(table, [*at[:n], each, *at[n + 1 :]]) for each in sensible}
    best = max(cells.values(), default=own)
    enough = [each for each, cell in cells.items() if cell >= min(0, best) and cell > own]
    if not enough:
        return None
    if at[n] == missing:
        return _range(axis, next(each for each in cells if cells[each] == best), enough)
    return _range(axis, min(enough, key=lambda each: (abs(each - at[n]), -cells[each])), enough)


def _range(axis: Axis, bin_n: int, enough: Sequence[int]) -> Range:
    """The values of a bin and of those beside it that are as good as needed."""
    first = last = bin_n
    while first - 1 in enough:
        first -= 1
    while last + 1 in enough:
        last += 1
    return Range(axis.edges[first - 1] if first > 0 else None, axis.edges[last] if last < len(axis.edges) else None)


def _cell(table: Table, at: Sequence[int]) -> int:
    cell = 0
    for axis, n in zip(table.axes, at, strict=True):
        cell = cell * axis.size + n
    return table.cells[cell]


def _can_be_known(shown: Sequence[Shown], facts: Mapping[str, Any]) -> bool:
    """Whether what is missing waits for a source the seller could share, and not merely for time to pass.

    Where another feature of the same source is known, the source is there already.
    """
    for each in shown:
        if each.value is None and each.feature.needs:
            same = (f.name for f in FEATURES if f.needs == each.feature.needs)
            if all(facts.get(name) is None for name in same):
                return True
    return False
