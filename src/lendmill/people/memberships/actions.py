"""Saying that a shop is a wholesale member (诚信通) from a day on, or no longer: by hand, or of many by an import."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from lendmill import ids
from lendmill.db import Database, Db, copy_in, run
from lendmill.people.memberships.queries import said_of_shops
from lendmill.people.queries import NoSuchShop, shops_by_key
from lendmill.people.seller import Seller
from lendmill.refusals import Refusal

PAGE: Final = 500
COLUMNS: Final = ("membership_id", "borrower_id", "shop_id", "wholesale", "from_on", "told_by", "told_on")

LOCK_OWNERS = """
    select borrower_id
      from borrower
     where borrower_id in (select borrower_id from shop where shop_key = any(%(shop_keys)s))
     order by borrower_id
       for update
"""


def set_wholesale(db: Db, *, shop_key: str, wholesale: bool, from_on: date, told_by: UUID | None, today: date) -> bool:
    """Say that a shop is a wholesale member from a day on, or no longer; gives whether that is new.

    What was decided stays as it was. From that day on who applies states a year's figures, or is asked for none.
    Refuses with `NoSuchShop`, `MembershipDayOut`, and `SaidFromLaterOn` where it would undo what begins or ends later.
    """
    if not run(db, LOCK_OWNERS, shop_keys=[shop_key]):
        raise NoSuchShop(shop_key=shop_key[:60])
    changed, refused = _say(db, {shop_key: wholesale}, from_on=from_on, told_by=told_by, today=today)
    for refusal in refused.values():
        raise refusal
    return bool(changed)


def bring_memberships(
    database: Database, *, sellers: Sequence[Seller], today: date
) -> tuple[list[str], dict[str, Refusal]]:
    """What an import says of shops the house knows already holds from today on, page by page, each in a transaction.

    Gives the shops of which it is new, and those of which it cannot be said, with the refusal; all others are taken. An
    import that says nothing of a shop's membership leaves it as it is.
    """
    said = {seller.shop_key: seller.wholesale for seller in sellers if seller.wholesale is not None}
    keys, changed, refused = sorted(said), list[str](), dict[str, Refusal]()
    for at in range(0, len(keys), PAGE):
        page = {key: said[key] for key in keys[at : at + PAGE]}
        new, wrong = database.act(_bring_page, said=page, today=today)
        changed += new
        refused |= wrong
    return changed, refused


def _bring_page(db: Db, *, said: Mapping[str, bool], today: date) -> tuple[list[str], dict[str, Refusal]]:
    """A page of an import; only borrowers of whom something changes are locked."""
    known = shops_by_key(db, list(said), today)
    changing = {key: said[key] for key, shop in known.items() if shop.wholesale != said[key]}
    if not changing:
        return [], {}
    run(db, LOCK_OWNERS, shop_keys=list(changing))
    return _say(db, changing, from_on=today, told_by=None, today=today)


def _say(
    db: Db, said: Mapping[str, bool], *, from_on: date, told_by: UUID | None, today: date
) -> tuple[list[str], dict[str, Refusal]]:
    """Write down what is new, once the borrowers are locked: read by one statement, written by one."""
    rows, changed, refused = [], list[str](), dict[str, Refusal]()
    for shop in said_of_shops(db, list(said)):
        wholesale = said[shop.shop_key]
        try:
            if not shop.is_new(wholesale=wholesale, from_on=from_on, today=today):
                continue
        except Refusal as refusal:
            refused[shop.shop_key] = refusal
            continue
        changed.append(shop.shop_key)
        rows.append((ids.new(), shop.borrower_id, shop.shop_id, wholesale, from_on, told_by, today))
    if rows:
        copy_in(db, "shop_membership", COLUMNS, rows)
    return changed, refused
