"""A shop's figure as a seller reads it, in its unit and language, and the better range beside it."""

import math
from dataclasses import dataclass
from typing import Final

CHINESE: Final = "zh"
WHOLE: Final = frozenset({"count", "days", "months", "weeks", "hours"})
DIGITS_MAX: Final = 6
YES_OR_NO: Final = "1 or 0"

# Each unit's sentence in English and in Chinese; units that are not here are bare numbers.
UNITS: Final[dict[str, tuple[str, str]]] = {
    "yuan": ("¥{}", "¥{}"),
    "yuan per day": ("¥{} a day", "每天¥{}"),
    "share": ("{} %", "{}%"),
    "share per month": ("{} % a month", "每月{}%"),
    "days": ("{} days", "{}天"),
    "weeks": ("{} weeks", "{}周"),
    "months": ("{} months", "{}个月"),
    "years": ("{} years", "{}年"),
    "hours": ("{} hours", "{}小时"),
    "minutes": ("{} minutes", "{}分钟"),
    "seconds": ("{} seconds", "{}秒"),
    "stars": ("{} stars", "{}星"),
    "times": ("{} times", "{}倍"),
}
ONE: Final = {"days": "1 day", "weeks": "1 week", "months": "1 month", "years": "1 year", "hours": "1 hour"}


@dataclass(frozen=True)
class Range:
    """Values from one on, the lower end included, up to another, not included; an open end is None."""

    low: float | None
    high: float | None


def zh(language: str) -> bool:
    """Whether a language is Chinese."""
    return language.startswith(CHINESE)


def said(value: float, unit: str, language: str, digits: int = 3) -> str:
    """A figure with its unit.

    >>> said(0.1234, "share", "en"), said(0.1234, "share", "zh-Hans"), said(1.0, "days", "en")
    ('12.3 %', '12.3%', '1 day')
    >>> said(12345.6, "yuan", "en"), said(0.0, "1 or 0", "zh-Hans")
    ('¥12,346', '否')
    """
    if unit == YES_OR_NO:
        return (("no", "yes"), ("否", "是"))[zh(language)][value >= 0.5]
    if unit in ONE and value == 1 and not zh(language):
        return ONE[unit]
    number = _percent(value * 100, digits) if unit.startswith("share") else _number(value, digits)
    text = UNITS.get(unit, ("{}", "{}"))[zh(language)].format(number)
    return text.replace("¥-", "-¥")


def _number(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    return _rounded(value, max(0, digits - 1 - math.floor(math.log10(abs(value)))))


def _percent(value: float, digits: int) -> str:
    """A percentage: one place after the point for three digits, and never 0 where there is something.

    >>> _percent(-0.533, 3), _percent(65.94, 3), _percent(0.041, 3)
    ('-0.5', '65.9', '0.04')
    """
    if value == 0:
        return "0"
    first = math.floor(math.log10(abs(value)))
    return _rounded(value, max(0, min(digits - 1 - first, max(digits - 2, -first))))


def _rounded(value: float, places: int) -> str:
    text = f"{value:,.{min(places, 9)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def beside(value: float, better: Range, unit: str, language: str) -> tuple[str, str]:
    """The figure and the better range, with as many digits as it takes for the two to differ.

    >>> beside(0.0402, Range(None, 0.04), "share", "en")
    ('4.02 %', 'under 4 %')
    >>> beside(3.0, Range(12.5, None), "days", "zh-Hans")
    ('3天', '至少13天')
    >>> beside(3.0, Range(None, 0.5), "count", "en")
    ('3', 'none')
    """
    if unit == YES_OR_NO:
        return said(value, unit, language), said(1.0 - value, unit, language)
    better = _whole(better) if unit in WHOLE and value == int(value) else better
    ends = [end for end in (better.low, better.high) if end is not None]
    for digits in range(3, DIGITS_MAX + 1):
        own, others = said(value, unit, language, digits), [said(end, unit, language, digits) for end in ends]
        if own not in others:
            break
    return own, _range(better, unit, language, digits)


def _whole(better: Range) -> Range:
    """For what is counted: the next whole number up."""
    return Range(*(end if end is None else float(math.ceil(end)) for end in (better.low, better.high)))


def _range(better: Range, unit: str, language: str, digits: int) -> str:
    if better.high == 1 and not better.low and unit in WHOLE:
        return f"为{said(0, unit, language)}" if zh(language) else "none"
    low, high = (None if end is None else said(end, unit, language, digits) for end in (better.low, better.high))
    if low is None:
        return f"低于{high}" if zh(language) else f"under {high}"
    if high is None:
        return f"至少{low}" if zh(language) else f"at least {low}"
    return f"{low}至{high}" if zh(language) else f"from {low} to {high}"
