"""Who is calling, who borrows here, and how the book stands, for programs."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from litestar import get, put
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, JSONBody

from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.db import Db
from lendmill.funding import queries as funding
from lendmill.insight import queries as insight
from lendmill.people import queries as people
from lendmill.people.memberships.actions import set_wholesale
from lendmill.people.memberships.queries import ShopMembership, memberships_of_shop
from lendmill.people.roles import Role


@dataclass(frozen=True)
class Me:
    """Who the house takes the caller for."""

    display_name: str
    role: str
    borrower_id: UUID | None
    house_day: date


@get("/me", sync_to_thread=True)
def me(request: Asked) -> Me:
    """Who I am here, and what day it is in the house."""
    assert request.user is not None
    with database_of(request).transaction() as db:
        today = people.house_day(db)
    return Me(request.user.display_name, request.user.role.value, request.user.borrower_id, today)


@get("/borrowers", sync_to_thread=True)
def borrowers(
    request: Asked, after: FromQuery[UUID | None] = None, search: FromQuery[str] = ""
) -> list[people.Borrower]:
    """Borrowers, fifty at a time; give the last one's id as `after` for the next."""
    with database_of(request).transaction() as db:
        return people.borrowers_page(db, after, search)


@get("/shops/{shop_key:str}", sync_to_thread=True)
def shop(request: Asked, shop_key: FromPath[str]) -> people.Shop:
    """A shop by the marketplace's own name for it, with the id of its borrower, which all other calls take.

    Partners act for sellers by that id, so they learn here that a shop is in the house, whether its index is shared or
    not; the wording of the index's consent tells the seller.
    """
    with database_of(request).transaction() as db:
        found = people.shops_by_key(db, [shop_key])
    if shop_key not in found:
        raise NotFoundException(detail="There is no such shop here.")
    return found[shop_key]


@dataclass(frozen=True)
class Membership:
    """Whether a shop is a wholesale member of the marketplace (诚信通), from a day on."""

    wholesale: bool
    from_on: date


@put("/shops/{shop_key:str}/membership", sync_to_thread=True)
def set_membership(request: Asked, shop_key: FromPath[str], data: JSONBody[Membership]) -> list[ShopMembership]:
    """Say that a shop is a wholesale member from a day on, or no longer; gives all that was said of it, the latest day
    first. `teller` is null for an import; a partner reads no name but its own.

    Said twice it is so once. Who applies from that day on states a year's figures, or is asked for none.
    """
    by = caller_of(request)
    named_only = by.account_id if by.role is Role.PARTNER else None

    def said(db: Db, *, today: date) -> list[ShopMembership]:
        set_wholesale(
            db, shop_key=shop_key, wholesale=data.wholesale, from_on=data.from_on, told_by=by.account_id, today=today
        )
        return memberships_of_shop(db, shop_key, named_only=named_only)

    return people.act_today(database_of(request), said)


@dataclass(frozen=True)
class PortfolioNow:
    """The book today, and what is left to lend."""

    today: date
    book: insight.Portfolio
    late_bp: int
    nonperforming_bp: int
    available_cents: int
    lendable_cents: int


@get("/portfolio", sync_to_thread=True)
def portfolio(request: Asked) -> PortfolioNow:
    """What is lent, what is late, what is left to lend."""
    with database_of(request).transaction() as db:
        today = people.house_day(db)
        book = insight.portfolio(db, today)
        return PortfolioNow(
            today,
            book,
            book.late_bp,
            book.nonperforming_bp,
            funding.available_cents(db),
            funding.lendable_cents(db),
        )
