"""A borrower's row as the database gives it, and the case that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from lendmill.credit.case import (
    Case,
    CaseBorrower,
    CaseGroup,
    CaseRating,
    CaseStanding,
    FileClass,
    readable_facts,
)
from lendmill.features.stated import as_stated
from lendmill.people.groups.group import GroupsChanged
from lendmill.products.document import Product
from lendmill.rating.stated.queries import StatedVersion


@dataclass(frozen=True, slots=True)
class Gathered:
    """One borrower with the latest rating, the facts it was made from, debts, lines, and the night's work done."""

    borrower_id: UUID
    kind: str
    born_on: date | None
    member_since_on: date | None
    region: str
    industry: str
    identity_verified: bool
    banned: bool
    rating_id: UUID | None
    shop_id: UUID | None
    model_id: str | None
    model_digest: str | None
    rated_on: date | None
    points: int | None
    pd: float | None
    grade: str | None
    doubts: list[str] | None
    snapshot_id: UUID | None
    facts: dict[str, Any] | None
    facts_as_of_on: date | None
    outstanding_cents: int
    reserved_cents: int
    days_past_due_worst: int
    late_since_on: date | None
    loans_drawn: int
    loans_repaid: int
    line_products: list[str]
    line_statuses: list[str]
    line_amounts: list[int]
    file: FileClass | None = None
    group_ids: list[UUID] = field(default_factory=list)
    group_members: int = 0
    group_granted_cents: int = 0

    def has_line(self, product_key: str) -> bool:
        """Whether the borrower has a contract for a product that has neither ended nor been closed."""
        return any((product_key, status) in self._lines for status in ("open", "frozen", "pending"))

    def held_under(self, group_ids: Sequence[UUID]) -> "Gathered":
        """This, if the groups whose locks are held are the borrower's; else the refusal `GroupsChanged`."""
        if set(self.group_ids) - set(group_ids):
            raise GroupsChanged
        return self

    @property
    def _lines(self) -> set[tuple[str, str]]:
        return set(zip(self.line_products, self.line_statuses, strict=True))


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody who applies adds: how much, what for, the offer they hold, and the figures of a year they state."""

    amount_cents: int
    purpose: str
    offer_id: UUID | None = None
    offer_limit_cents: int | None = None
    stated: StatedVersion | None = None


Facts = tuple[dict[str, float | None], tuple[str, ...]]


def case_of(
    row: Gathered,
    product: Product,
    *,
    today: date,
    net_assets_cents: int | None,
    ask: Ask | None,
    facts_read: Facts | None = None,
) -> Case:
    """The case of one borrower for one product: an application where something is asked, an offer otherwise.

    Whoever asks for several products can read the facts once (`readable_facts`) and hand them in. Figures stated with
    an application are part of the facts at once, as they will be when the next rating has read them.
    """
    facts, unreadable = facts_read or readable_facts(row.facts or {})
    stated = ask.stated if ask else None
    if stated is not None:
        facts = {**facts, **as_stated(stated.said.whole, (today - stated.stated_on).days, facts)}
    lines = list(zip(row.line_products, row.line_amounts, strict=True))
    return Case(
        stage="offer" if ask is None else "application",
        today=today,
        borrower_id=row.borrower_id,
        shop_id=row.shop_id,
        borrower=CaseBorrower(
            kind=row.kind,
            born_on=row.born_on,
            member_since_on=row.member_since_on,
            region=row.region,
            industry=row.industry,
            identity_verified=row.identity_verified,
            banned=row.banned,
        ),
        rating=_rating(row),
        facts=facts,
        facts_as_of_on=row.facts_as_of_on,
        snapshot_id=row.snapshot_id,
        facts_unreadable=unreadable,
        standing=_standing(row),
        granted_cents=sum(amount for _, amount in lines),
        joint_granted_cents=sum(amount for key, amount in lines if key in product.joint_products),
        net_assets_cents=net_assets_cents,
        asked_cents=ask.amount_cents if ask else None,
        purpose=ask.purpose if ask else None,
        offer_id=ask.offer_id if ask else None,
        offer_limit_cents=ask.offer_limit_cents if ask else None,
        group=_group(row),
        stated_version=msgspec.UNSET if stated is None else stated.n,
    )


def _standing(row: Gathered) -> CaseStanding:
    return CaseStanding(
        outstanding_cents=row.outstanding_cents,
        reserved_cents=row.reserved_cents,
        days_past_due_worst=row.days_past_due_worst,
        late_since_on=row.late_since_on,
        loans_drawn=row.loans_drawn,
        loans_repaid=row.loans_repaid,
    )


def _group(row: Gathered) -> CaseGroup | None:
    if not row.group_ids:
        return None
    return CaseGroup(groups=len(row.group_ids), members=row.group_members, granted_cents=row.group_granted_cents)


def _rating(row: Gathered) -> CaseRating | None:
    if row.rating_id is None or row.model_id is None or row.model_digest is None or row.rated_on is None:
        return None
    if row.grade is None:
        return None
    return CaseRating(
        rating_id=row.rating_id,
        model_id=row.model_id,
        model_digest=row.model_digest,
        as_of_on=row.rated_on,
        points=row.points,
        pd=row.pd,
        grade=row.grade,
        doubts=tuple(row.doubts or ()),
        file=row.file or "unjudged",
    )
