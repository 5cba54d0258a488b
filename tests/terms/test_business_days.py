"""Due dates on holidays go where the product says; weekends worked in lieu are business days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lendmill.terms.business_days import BUSINESS_DAYS, BusinessCalendar, UnknownBusinessDays, UnknownCountry

HOME = BusinessCalendar()
days = st.dates(date(2020, 1, 1), date(2026, 12, 1))


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        (date(2025, 9, 26), True),  # a Friday
        (date(2025, 9, 27), False),  # a Saturday
        (date(2025, 9, 28), True),  # a Sunday worked in lieu of 7 October
        (date(2025, 10, 1), False),  # National Day
        (date(2025, 10, 8), False),  # a Wednesday off in lieu
        (date(2025, 10, 11), True),  # a Saturday worked
        (date(2026, 2, 28), True),  # a Saturday worked after Spring Festival
    ],
)
def test_weekends_worked_in_lieu_are_business_days(day: date, is_one: bool) -> None:
    assert HOME.is_business_day(day) is is_one


@pytest.mark.parametrize(
    ("day", "unchanged", "following", "modified", "preceding"),
    [
        (date(2026, 1, 31), date(2026, 1, 31), date(2026, 2, 2), date(2026, 1, 30), date(2026, 1, 30)),
        (date(2025, 10, 1), date(2025, 10, 1), date(2025, 10, 9), date(2025, 10, 9), date(2025, 9, 30)),
        (date(2025, 9, 28), *[date(2025, 9, 28)] * 4),
    ],
)
def test_each_convention_moves_a_due_date_its_own_way(
    day: date, unchanged: date, following: date, modified: date, preceding: date
) -> None:
    assert [HOME.moved(day, way) for way in BUSINESS_DAYS] == [unchanged, following, modified, preceding]


@given(days, st.sampled_from(BUSINESS_DAYS[1:]))
def test_a_moved_date_is_a_business_day_near_by_and_stays(day: date, convention: str) -> None:
    moved = HOME.moved(day, convention)
    assert HOME.is_business_day(moved)
    assert abs(moved - day) < timedelta(days=12)
    assert HOME.moved(moved, convention) == moved
    if convention == "modified-following":
        assert moved.month == day.month


def test_the_lender_adds_holidays_and_working_days_of_its_own() -> None:
    friday, saturday = date(2026, 3, 6), date(2026, 3, 7)
    own = BusinessCalendar(more_holidays=frozenset({friday}), more_working_days=frozenset({saturday}))
    assert (HOME.is_business_day(friday), HOME.is_business_day(saturday)) == (True, False)
    assert (own.is_business_day(friday), own.is_business_day(saturday)) == (False, True)
    assert own.moved_dates([friday, saturday, date(2026, 3, 8)], "following") == (saturday, saturday, date(2026, 3, 9))


def test_another_countrys_calendar_is_a_word_away() -> None:
    assert not BusinessCalendar("DE").is_business_day(date(2026, 12, 25))
    assert HOME.is_business_day(date(2026, 12, 25))
    with pytest.raises(UnknownCountry, match="'XX'"):
        BusinessCalendar("XX")
    with pytest.raises(UnknownBusinessDays, match="'nearest' is not a rule"):
        HOME.moved(date(2026, 1, 31), "nearest")
