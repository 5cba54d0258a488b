"""Who a borrower is, which shop is theirs, and what day it is in the house."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

from lendmill.db import Database, Db, many, maybe, scalar
from lendmill.refusals import Refusal

T = TypeVar("T")


class NoSuchBorrower(Refusal):
    """There is no borrower {borrower_id}."""


class HouseNotOpen(Refusal):
    """The house has no day yet: `lendmill up`, `lendmill demo` or an import with --sellers opens it."""


@dataclass(frozen=True, slots=True)
class Borrower:
    """The legal debtor: a firm, or the person who runs the shop."""

    borrower_id: UUID
    kind: str
    display_name: str
    industry: str
    region: str
    born_on: date | None
    member_since_on: date | None
    identity_verified: bool
    banned: bool


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop and whose it is."""

    shop_id: UUID
    borrower_id: UUID
    shop_key: str
    since_on: date | None
    wholesale: bool = False  # today, under a membership of the marketplace (诚信通)


class NoSuchShop(Refusal):
    """There is no shop {shop_key!r} here."""


HOUSE_DAY = """
    select today_on from house
"""


def house_day(db: Db) -> date:
    """The lender's day: one for the whole house, moved by the day end, read at the doors."""
    found = scalar(db, HOUSE_DAY)
    if found is None:
        raise HouseNotOpen
    assert isinstance(found, date)
    return found


def act_today(database: Database, action: Callable[..., T], /, **asked: Any) -> T:
    """Run an action on the house's day, read in the action's own transaction.

    So that a day that moves on meanwhile is no refusal: the action runs again, and reads the new one.
    """

    def on_the_day(db: Db) -> T:
        return action(db, today=house_day(db), **asked)

    return database.act(on_the_day)


BORROWER = """
    select borrower_id, kind, display_name, industry, region, born_on, member_since_on, identity_verified, banned
      from borrower
     where borrower_id = %(borrower_id)s
"""


def borrower(db: Db, borrower_id: UUID) -> Borrower:
    """One borrower, or the refusal `NoSuchBorrower`."""
    found = maybe(db, Borrower, BORROWER, borrower_id=borrower_id)
    if found is None:
        raise NoSuchBorrower(borrower_id=borrower_id)
    return found


BORROWERS_PAGE = """
    select b.borrower_id, b.kind, b.display_name, b.industry, b.region, b.born_on, b.member_since_on,
           b.identity_verified, b.banned
      from borrower b
     where (%(after)s::uuid is null or b.borrower_id > %(after)s::uuid)
       and (%(pattern)s::text is null
            or b.display_name ilike %(pattern)s
            or exists (select from shop s where s.borrower_id = b.borrower_id and s.shop_key ilike %(pattern)s))
     order by b.borrower_id
     limit %(size)s
"""


def borrowers_page(db: Db, after: UUID | None = None, search: str = "", size: int = 50) -> list[Borrower]:
    """The next borrowers after a given one, by part of their name or shop where something is searched for."""
    escaped = search.strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return many(
        db, Borrower, BORROWERS_PAGE, after=after, pattern=f"%{escaped}%" if escaped else None, size=min(size, 500)
    )


# As of the house's day where no other is asked for; the newest word about a day counts.
SHOP_COLUMNS: Final = """
           s.shop_id, s.borrower_id, s.shop_key, s.since_on,
           coalesce((select m.wholesale
                       from shop_membership m
                      where (m.shop_id, m.borrower_id) = (s.shop_id, s.borrower_id)
                        and m.from_on <= coalesce(%(on)s::date, (select today_on from house))
                      order by m.membership_id desc
                      limit 1), s.wholesale) as wholesale
      from shop s
"""

SHOPS_OF = f"""
    select {SHOP_COLUMNS.strip()}
     where s.borrower_id = %(borrower_id)s
     order by s.shop_id
"""


def shops_of(db: Db, borrower_id: UUID) -> list[Shop]:
    """All shops of a borrower, the first known first."""
    return many(db, Shop, SHOPS_OF, borrower_id=borrower_id, on=None)


def shop_of(db: Db, borrower_id: UUID) -> Shop | None:
    """The shop a borrower came to us with."""
    found = shops_of(db, borrower_id)
    return found[0] if found else None


SHOPS_BY_KEY = f"""
    select {SHOP_COLUMNS.strip()}
     where s.shop_key = any(%(shop_keys)s)
     order by s.shop_id
"""


def shops_by_key(db: Db, shop_keys: Sequence[str], on: date | None = None) -> dict[str, Shop]:
    """The shops the marketplace names, as of a day, found by their keys; keys unknown to the house are left out."""
    found = many(db, Shop, SHOPS_BY_KEY, shop_keys=list(shop_keys), on=on)
    return {shop.shop_key: shop for shop in found}
