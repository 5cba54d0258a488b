"""What a decision may know, all of it, as of one day."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec

FileClass = Literal["full", "thin", "unjudged"]


class CaseBorrower(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who asks."""

    kind: str | None
    born_on: date | None
    member_since_on: date | None
    region: str | None
    industry: str | None
    identity_verified: bool | None
    banned: bool | None


class CaseRating(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the card said of the shop, and exactly which card.

    An UNKNOWN rating has neither points nor PD; its doubts say what the card could not read, and why. Decisions from
    before may hold doubts beside a grade.
    """

    rating_id: UUID
    model_id: str
    model_digest: str
    as_of_on: date
    points: int | None
    pd: float | None
    grade: str
    doubts: tuple[str, ...]
    file: FileClass | msgspec.UnsetType = msgspec.UNSET  # how full the record was; not told before version 3


class CaseGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Those whom the borrower belongs together with: how many groups and members, and what the largest is granted.

    What is granted is that of all members, the borrower included, over all products.
    """

    groups: int
    members: int
    granted_cents: int | None


class CaseStanding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the borrower owes the house already, and how they have paid."""

    outstanding_cents: int
    reserved_cents: int
    days_past_due_worst: int
    late_since_on: date | None
    loans_drawn: int
    loans_repaid: int


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An application, or the question what could be offered, with everything the answer may rest on."""

    stage: str  # offer: worked out at night; application: somebody asks
    today: date
    borrower_id: UUID
    shop_id: UUID | None
    borrower: CaseBorrower
    rating: CaseRating | None
    facts: dict[str, float | None]
    facts_as_of_on: date | None
    snapshot_id: UUID | None
    facts_unreadable: tuple[str, ...]
    standing: CaseStanding
    granted_cents: int | None  # limits of all open lines of this borrower
    joint_granted_cents: int | None  # of those, on products that share their limit with this one
    net_assets_cents: int | None  # the lender's own
    asked_cents: int | None
    purpose: str | None
    offer_id: UUID | None
    offer_limit_cents: int | None
    # None: the borrower belongs to no group; unset: nobody looked, as before version 3
    group: CaseGroup | msgspec.UnsetType | None = msgspec.UNSET
    # which version of the figures stated by the seller the facts tell; unset: they tell what the snapshot knew of them
    stated_version: int | msgspec.UnsetType = msgspec.UNSET


def readable_facts(facts: Mapping[str, Any]) -> tuple[dict[str, float | None], tuple[str, ...]]:
    """Facts as numbers or unknown, and the names of those that were neither a number nor missing.

    >>> readable_facts({"a": 1, "b": None, "c": "12", "d": float("nan"), "e": True})
    ({'a': 1.0, 'b': None, 'c': None, 'd': None, 'e': None}, ('c', 'd', 'e'))
    """
    clean: dict[str, float | None] = {}
    unreadable: list[str] = []
    for name in sorted(facts):
        value = facts[name]
        number = readable_number(value)
        clean[name] = number
        if number is None and value is not None:
            unreadable.append(name)
    return clean, tuple(unreadable)


def readable_number(value: Any) -> float | None:
    """A finite number as a real one; anything else is unknown."""
    if type(value) is float:
        return value if value - value == 0.0 else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
