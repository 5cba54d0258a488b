"""Figures expected beside figures found: only what a check lists is compared, to the last digit."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .case import MalformedCaseError, number

NOT_FIGURES = {"as_of", "on", "rounded_to", "tolerance", "note", "comment"}
NAMED_BY = {"schedule": "n", "plan": "n", "instalments": "n", "allocated": "id"}


def differences(check: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    """What a check lists and what came out instead, a sentence each."""
    for name, expected in check.items():
        if name not in NOT_FIGURES:
            if name not in found:
                yield f"{name}: this kind has no such figure"
            else:
                yield from _differ(name, name, expected, found[name], check)


def _differ(name: str, where: str, expected: Any, found: Any, check: dict[str, Any]) -> Iterator[str]:
    if isinstance(expected, list) and isinstance(found, list):
        yield from _lists_differ(name, where, expected, found, check)
    elif isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            if key not in found:
                yield f"{where} {key}: expected {value}, found nothing"
            else:
                yield from _differ(key, f"{where} {key}", value, found[key], check)
    elif not _same(expected, found, check):
        yield f"{where}: expected {_said(expected)}, found {_said(found)}"


def _lists_differ(name: str, where: str, expected: list[Any], found: list[Any], check: dict[str, Any]) -> Iterator[str]:
    key = NAMED_BY.get(name)
    if key is None:
        for n, value in enumerate(expected):
            if n >= len(found):
                yield f"{where} {n + 1}: expected {_said(value)}, found nothing"
            else:
                yield from _differ(name, f"{where} {n + 1}", value, found[n], check)
        return
    by_name = {row[key]: row for row in found}
    for row in expected:
        if not isinstance(row, dict) or key not in row:
            raise MalformedCaseError(f"a row of {name} has no {key}")
        if row[key] not in by_name:
            yield f"{where} {row[key]}: expected, found nothing"
        else:
            yield from _differ(str(row[key]), f"{where} {row[key]}", row, by_name[row[key]], check)


def _same(expected: Any, found: Any, check: dict[str, Any]) -> bool:
    if isinstance(found, Fraction | Decimal | int) and not isinstance(found, bool):
        if not isinstance(expected, str | int):
            return False
        exact, wanted = Fraction(found), number(expected)
        if "rounded_to" in check and not isinstance(found, int):
            unit = number(check["rounded_to"])
            exact = unit * ((exact / unit) + Fraction(1, 2)).__floor__()
        return abs(exact - wanted) <= number(check.get("tolerance", "0"))
    if isinstance(found, date):
        return bool(found.isoformat() == expected)
    return bool(found == expected)


def _said(value: Any) -> str:
    if isinstance(value, Fraction):
        return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
    return str(value)
