"""What was said of the wholesale membership of shops, for whoever reads it and for whoever says more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from lendmill.db import Db, many
from lendmill.people.memberships.membership import SaidOfShop


@dataclass(frozen=True, slots=True)
class ShopMembership:
    """That a shop is a wholesale member of the marketplace from a day on, or no longer; told by nobody: an import.

    `replaced` is one that a later word about its day, or a day before it, has taken the place of.
    """

    shop_key: str
    wholesale: bool
    from_on: date
    teller: str | None
    told_on: date
    replaced: bool


# A teller's name is told where all are named, or where it is the one that is.
TOLD: Final = """
    select s.shop_key, m.wholesale, m.from_on, a.display_name as teller, m.told_on,
           exists (select from shop_membership later
                    where (later.shop_id, later.borrower_id) = (m.shop_id, m.borrower_id)
                      and later.membership_id > m.membership_id
                      and later.from_on <= m.from_on) as replaced
      from shop_membership m
      join shop s on (s.shop_id, s.borrower_id) = (m.shop_id, m.borrower_id)
      left join account a on a.account_id = m.told_by
                         and (%(named_only)s::uuid is null or a.account_id = %(named_only)s::uuid)
"""
LATEST_FIRST: Final = "order by m.from_on desc, m.membership_id desc"

MEMBERSHIPS_OF = f"{TOLD} where m.borrower_id = %(borrower_id)s {LATEST_FIRST}"


def memberships_of(db: Db, borrower_id: UUID) -> list[ShopMembership]:
    """All that was said of the wholesale membership of a borrower's shops, the latest day first."""
    return many(db, ShopMembership, MEMBERSHIPS_OF, borrower_id=borrower_id, named_only=None)


MEMBERSHIPS_OF_SHOP = f"{TOLD} where s.shop_key = %(shop_key)s {LATEST_FIRST}"


def memberships_of_shop(db: Db, shop_key: str, *, named_only: UUID | None = None) -> list[ShopMembership]:
    """All that was said of one shop's membership, the latest day first; of the tellers only one is named, if any is."""
    return many(db, ShopMembership, MEMBERSHIPS_OF_SHOP, shop_key=shop_key, named_only=named_only)


SAID_OF_SHOPS = """
    select s.shop_id, s.borrower_id, s.shop_key, s.since_on, s.wholesale as came_with, m.from_days, m.says
      from shop s
     cross join lateral (
           select coalesce(array_agg(from_on order by membership_id desc), '{}') as from_days,
                  coalesce(array_agg(wholesale order by membership_id desc), '{}') as says
             from shop_membership
            where (shop_id, borrower_id) = (s.shop_id, s.borrower_id)
           ) m
     where s.shop_key = any(%(shop_keys)s)
     order by s.shop_key
"""


def said_of_shops(db: Db, shop_keys: Sequence[str]) -> list[SaidOfShop]:
    """These shops, each with all that was said of it; keys unknown to the house are left out."""
    return many(db, SaidOfShop, SAID_OF_SHOPS, shop_keys=list(shop_keys))
