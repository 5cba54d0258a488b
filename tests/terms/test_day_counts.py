"""Nights are counted as each convention says, and splitting a period never gains or loses one."""

from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lendmill.terms.day_counts import (
    DAY_COUNTS,
    PRORATED,
    Period,
    PeriodMissing,
    UnknownDayCount,
    basis,
    next_weight_change,
    weight,
    year_fraction,
)
from lendmill.terms.interest import DIRECTIONS, UnknownDirection, billed, rounded

days = st.dates(date(1999, 1, 1), date(2032, 12, 31))
spans = st.tuples(days, st.integers(1, 800)).map(lambda span: (span[0], span[0] + timedelta(days=span[1])))


@pytest.mark.parametrize(
    ("day_count", "start", "end", "fraction"),
    [
        ("days", date(2024, 2, 1), date(2024, 3, 1), Fraction(29)),
        ("actual/365", date(2024, 2, 1), date(2024, 3, 1), Fraction(29, 365)),
        ("actual/360", date(2024, 2, 1), date(2024, 3, 1), Fraction(29, 360)),
        ("actual/364", date(2024, 2, 1), date(2024, 3, 1), Fraction(29, 364)),
        ("actual/actual", date(2023, 12, 12), date(2024, 1, 12), Fraction(19, 365) + Fraction(12, 366)),
        ("actual/actual", date(2022, 12, 31), date(2025, 1, 1), 2 + Fraction(1, 365)),
        ("30/360", date(2025, 11, 29), date(2026, 3, 31), Fraction(122, 360)),
        ("30/360", date(2025, 8, 30), date(2026, 1, 31), Fraction(150, 360)),
        ("30/360", date(2025, 1, 29), date(2025, 1, 31), Fraction(2, 360)),
        ("30E/360", date(2025, 1, 31), date(2025, 2, 28), Fraction(28, 360)),
        ("30E/360", date(2025, 2, 28), date(2025, 3, 31), Fraction(32, 360)),
        ("30E/360", date(2025, 1, 29), date(2025, 1, 31), Fraction(1, 360)),
    ],
)
def test_a_fraction_of_a_year_is_the_one_a_person_counts(
    day_count: str, start: date, end: date, fraction: Fraction
) -> None:
    assert year_fraction(day_count, None, start, end) == fraction


def test_a_month_shared_out_is_a_twelfth_however_long_it_is() -> None:
    february = Period(date(2024, 2, 1), date(2024, 3, 1))
    assert year_fraction(PRORATED, february, date(2024, 2, 1), date(2024, 2, 15)) == Fraction(14, 12 * 29)
    for moved in (date(2024, 2, 20), date(2024, 3, 25)):
        assert year_fraction(PRORATED, Period(date(2024, 2, 1), moved), date(2024, 2, 1), moved) == Fraction(1, 12)
    with pytest.raises(PeriodMissing, match="no whole months"):
        weight(PRORATED, Period(date(2024, 2, 1), date(2024, 2, 9), 0), date(2024, 2, 1), date(2024, 2, 9), 12)


@pytest.mark.parametrize("day_count", DAY_COUNTS)
@given(span=spans, data=st.data())
def test_splitting_a_period_never_gains_or_loses_a_night(
    day_count: str, span: tuple[date, date], data: st.DataObject
) -> None:
    period = Period(*span, months=data.draw(st.integers(1, 12)))
    cuts = sorted(data.draw(st.lists(st.dates(*span), max_size=4)))
    over = basis(day_count, [period])
    edges = [period.starts_on, *cuts, period.ends_on]
    parts = [weight(day_count, period, a, b, over) for a, b in pairwise(edges)]
    assert sum(parts) == weight(day_count, period, *span, over)
    assert min(parts) >= 0
    assert Fraction(sum(parts), over) == year_fraction(day_count, period, *span)


@pytest.mark.parametrize("day_count", DAY_COUNTS)
@given(span=spans)
def test_until_the_day_named_every_night_weighs_the_same(day_count: str, span: tuple[date, date]) -> None:
    period = Period(*span)
    over = basis(day_count, [period])
    each = [
        weight(day_count, period, day, day + timedelta(days=1), over)
        for day in (span[0] + timedelta(days=n) for n in range(period.nights))
    ]
    named = next_weight_change(day_count, period, *span)
    first = next((n for n, night in enumerate(each) if night != each[0]), None)
    assert named == (None if first is None else span[0] + timedelta(days=first))


def test_a_name_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownDayCount, match="'30/365' is not a day count"):
        basis("30/365")
    with pytest.raises(UnknownDirection, match="'nearest' is not a way of rounding"):
        rounded(5, 10, "nearest")


@given(st.integers(-10_000, 10_000), st.sampled_from([1, 2, 3, 7, 10, 100]))
def test_rounding_goes_where_its_name_says(exact: int, den: int) -> None:
    half_up, half_even, up, down = (rounded(exact, den, direction) for direction in DIRECTIONS)
    assert half_even == round(Fraction(exact, den))
    assert half_up == (Fraction(exact, den) + Fraction(1, 2)).__floor__()
    quotient = Decimal(exact) / Decimal(den)
    assert (up, down) == (
        int(quotient.to_integral_value(ROUND_CEILING)), int(quotient.to_integral_value(ROUND_FLOOR)),
    )  # fmt: skip


@given(st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=20), st.sampled_from([2, 3, 10]))
def test_an_array_is_rounded_as_its_numbers_are(exact: list[int], den: int) -> None:
    for direction in DIRECTIONS:
        cents, rest = billed(np.array(exact, dtype=np.int64), den, direction)
        one_by_one = [billed(one, den, direction) for one in exact]
        assert list(zip(cents.tolist(), rest.tolist(), strict=True)) == one_by_one
