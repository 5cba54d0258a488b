"""The public index: a formula as data, of what others may see, for as much of it as is known and agreed to."""

from datetime import date
from typing import Any

import pytest

from lendmill.features.catalogue import FEATURES
from lendmill.rating.telling.index import (
    FORMULAS,
    IDENTITY,
    LATE_DAYS,
    REPAID,
    YEARS,
    Formula,
    formula_on,
    public_index,
)
from lendmill.rating.telling.words import LEVEL_NAMES, PART_NAMES, STRENGTH_NAMES

DAY = date(2026, 1, 1)
FORMULA = FORMULAS[0]
BEST = {
    IDENTITY: 1.0, YEARS: 6.0, "registry_active": 1.0, "registry_enforcement": 0.0, "registry_legal_cases": 0.0,
    "refund_rate_365": 0.0, "dispute_rate_365": 0.0, "order_cancelled_share_90": 0.0, "message_answer_minutes_90": 5.0,
    "message_unanswered_share_90": 0.0, "review_mean_365": 4.9, REPAID: 4.0, LATE_DAYS: 0.0,
}  # fmt: skip
SHOWN = frozenset({"index"})
ALL = SHOWN | {"index-repayment"}


def points(facts: dict[str, Any], purposes: frozenset[str] = ALL) -> int | None:
    return public_index(FORMULA, facts, purposes, as_of_on=DAY).points


def test_the_best_shop_has_a_thousand_and_the_worst_little() -> None:
    assert points(BEST) == 1000
    worst = {name: 0.0 if name in (IDENTITY, YEARS, "registry_active", REPAID) else 9_999.0 for name in BEST}
    worst["review_mean_365"] = 1.0
    assert points(worst) == 26
    assert public_index(FORMULA, worst, ALL, as_of_on=DAY).level == "building"


def test_the_weakest_known_measure_of_a_part_counts() -> None:
    assert points(BEST | {"registry_enforcement": 1.0}) == points(BEST | {"registry_active": 0.0}) == 870
    assert points(BEST | {"registry_legal_cases": 4.0, "registry_active": None}) == 922


def test_a_part_not_known_or_not_agreed_to_neither_helps_nor_harms() -> None:
    late = BEST | {LATE_DAYS: 40.0}
    assert (points(late), points(late, SHOWN)) == (896, 1000)
    shown = public_index(FORMULA, late, SHOWN, as_of_on=DAY)
    assert "repayment" not in [part.key for part in shown.parts]
    assert points(BEST | {"dispute_rate_365": None}) == 1000


def test_there_is_no_index_of_next_to_nothing() -> None:
    shown = public_index(FORMULA, {IDENTITY: 1.0, YEARS: 6.0, "refund_rate_365": 0.0}, ALL, as_of_on=None)
    assert (shown.points, shown.level) == (None, "not enough known")
    assert {part.strength for part in shown.parts} == {"strong", "unknown"}


@pytest.mark.parametrize("name", [name for name in BEST if name not in (IDENTITY, YEARS, REPAID, LATE_DAYS)])
def test_the_index_reads_only_what_the_catalogue_lets_others_see(name: str) -> None:
    (feature,) = [feature for feature in FEATURES if feature.name == name]
    assert "public index" not in feature.not_for
    assert feature.unit not in ("yuan", "count") or name == "registry_legal_cases"
    assert not feature.protected


def test_every_formula_is_whole_and_named_in_both_languages() -> None:
    for formula in FORMULAS:
        assert all(part.measures and part.key in PART_NAMES for part in formula.parts)
        assert all(level in LEVEL_NAMES for level, _ in formula.levels)
        assert formula.levels[-1][1] == 0
        assert sum(part.weight for part in formula.parts) >= 2 * formula.known_weight_min
        for measure in (measure for part in formula.parts for measure in part.measures):
            edges = [edge for edge, _ in measure.steps]
            assert edges == sorted(set(edges))
            assert edges[0] == 0.0
            assert all(0 <= worth <= 1000 for _, worth in measure.steps)
            assert set(BEST) >= {measure.feature}
    assert {"strong", "fair", "weak", "unknown"} == set(STRENGTH_NAMES)


def test_a_formula_holds_from_its_day() -> None:
    later = Formula("index-2", date(2026, 7, 1), FORMULA.parts, FORMULA.levels, 400)
    assert formula_on(DAY, (FORMULA, later)).name == "index-1"
    assert formula_on(date(2026, 7, 1), (FORMULA, later)).name == "index-2"
