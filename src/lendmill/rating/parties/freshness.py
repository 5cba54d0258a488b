"""How old a third party's data may be when they are used: a dated table, by party and product."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec


class FreshnessLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row: so many days at most, for a party and a product (or any), from a day on, and why."""

    party: str
    product: str
    in_force_on: date
    days_max: int
    source: str


@cache
def limits() -> tuple[FreshnessLimit, ...]:
    """The whole table, the oldest row first."""
    text = (files("lendmill.rating.parties") / "freshness.toml").read_text("utf-8")
    rows = msgspec.convert(tomllib.loads(text)["limit"], list[FreshnessLimit])
    return tuple(sorted(rows, key=lambda row: row.in_force_on))


def days_max(party: str, product_key: str, on: date) -> int:
    """The most days in force on a day; the product's own figure goes before the one for any.

    >>> days_max("bureau", "credit-line", date(2026, 1, 1)), days_max("bureau", "consumer-loan", date(2026, 1, 1))
    (30, 7)
    """
    found = {row.product: row.days_max for row in limits() if row.party == party and row.in_force_on <= on}
    assert "any" in found, f"no limit for {party} is in force on {on}"
    return found.get(product_key, found["any"])
