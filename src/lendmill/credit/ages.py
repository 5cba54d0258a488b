"""How old somebody is and how long somebody has been there, counted as people count it."""

from datetime import date

import polars as pl


def whole_years(born_on: object, today: date) -> int | None:
    """A person's age, counted as on a birthday card.

    >>> whole_years(date(2000, 2, 29), date(2018, 2, 28)), whole_years(date(2000, 2, 29), date(2018, 3, 1))
    (17, 18)
    """
    if not isinstance(born_on, date) or born_on > today:
        return None
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def whole_months(since_on: object, today: date) -> int | None:
    """Full months since a day.

    >>> whole_months(date(2025, 7, 2), date(2026, 1, 1)), whole_months(date(2025, 7, 1), date(2026, 1, 1))
    (5, 6)
    """
    if not isinstance(since_on, date) or since_on > today:
        return None
    months = (today.year - since_on.year) * 12 + today.month - since_on.month
    return months - (today.day < since_on.day)


def years_in(born_on: pl.Expr, today: date) -> pl.Expr:
    """The same ages of a column of days."""
    month, day = born_on.dt.month(), born_on.dt.day()
    to_come = (month > today.month) | ((month == today.month) & (day > today.day))
    return pl.when(born_on <= today).then(today.year - born_on.dt.year().cast(pl.Int64) - to_come.cast(pl.Int64))


def months_in(since_on: pl.Expr, today: date) -> pl.Expr:
    """The same full months of a column of days."""
    months = (today.year - since_on.dt.year().cast(pl.Int64)) * 12 + today.month - since_on.dt.month().cast(pl.Int64)
    return pl.when(since_on <= today).then(months - (since_on.dt.day() > today.day).cast(pl.Int64))
