"""Reading who may see the way in today, for one shop or page by page through all of them, by one statement."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from lendmill.credit.offers.deciding import MADE_BY, Deciding
from lendmill.credit.offers.entries.entry import EntryRow, ShopEntry, entry
from lendmill.credit.offers.queries import STILL_STANDS, deciding
from lendmill.db import Db, many

PAGE: Final = 1_000

# Of each pair of versions that decides somebody the newest offer, found by a step into its index; what said no since
# ends an offer sooner. Whoever has a line or an application for the product is not offered it again. What may not be
# drawn is not left: of a line that waits or is frozen, or of whoever is late or shut out, nothing is.
_TOLD: Final = f"""
     cross join lateral (
           select json_agg(json_build_object('product_key', line.product_key, 'expires_on', line.expires_on,
                           'available_cents', case when line.status = 'open' and d.late_since_on is null
                                                    and not b.banned
                                                   then greatest(0, limit_cents - used_cents - reserved_cents)
                                                   else 0
                                               end) order by line.product_key) as lines
             from line
            where line.borrower_id = s.borrower_id
              and line.status <> 'closed'
              and line.expires_on > %(today)s
           ) l
     cross join lateral (
           select json_agg(json_build_object('application_id', a.application_id, 'product_key', a.product_key,
                           'step', a.step) order by a.application_id) as applications
             from application a
            where a.borrower_id = s.borrower_id
              and a.status = 'open'
           ) a
     cross join lateral (
           select json_agg(json_build_object('offer_id', o.offer_id, 'product_key', o.product_key,
                           'limit_cents', o.limit_cents, 'rate_num', o.rate_num, 'rate_den', o.rate_den,
                           'months_max', o.months_max, 'expires_on', o.expires_on,
                           'made_by', o.made_by) order by o.product_key) as offers
             from unnest(%(products)s::text[], %(policy_versions)s::int[], %(product_versions)s::int[])
                  as decides (product_key, policy_version, product_version)
            cross join lateral (
                  select offer_id, borrower_id, product_key, product_version, policy_version, rating_id, limit_cents,
                         rate_num, rate_den, months_max, as_of_on, expires_on, {MADE_BY} as made_by
                    from offer
                   where offer.borrower_id = s.borrower_id
                     and offer.product_key = decides.product_key
                     and offer.policy_version = decides.policy_version
                     and offer.product_version = decides.product_version
                     and offer.as_of_on <= %(today)s
                   order by as_of_on desc
                   limit 1
                  ) o
            where {STILL_STANDS.strip()}
              and not exists (select from line
                               where line.borrower_id = s.borrower_id
                                 and line.product_key = o.product_key
                                 and line.status <> 'closed'
                                 and line.expires_on > %(today)s)
              and not exists (select from application a
                               where a.borrower_id = s.borrower_id
                                 and a.product_key = o.product_key
                                 and a.status = 'open')
           ) o
"""

ENTRY_OF = f"""
    select s.shop_key, s.borrower_id, o.offers, l.lines, a.applications
      from shop s
      join borrower b on b.borrower_id = s.borrower_id
      left join standing d on d.borrower_id = s.borrower_id
      {_TOLD}
     where s.shop_key = %(shop_key)s
     order by s.shop_id
     limit 1
"""


def entry_of(db: Db, shop_key: str, today: date) -> ShopEntry | None:
    """What one shop sees today; nothing where there is no such shop."""
    decides = deciding(db, today)
    found = many(db, EntryRow, ENTRY_OF, shop_key=shop_key, today=today, **_told_by(decides))
    return _entry(found[0], decides) if found else None


ENTRIES = f"""
    select s.shop_key, s.borrower_id, o.offers, l.lines, a.applications
      from shop s
      join borrower b on b.borrower_id = s.borrower_id
      left join standing d on d.borrower_id = s.borrower_id
      {_TOLD}
     where s.shop_key > %(after)s
       and (o.offers is not null or l.lines is not null or a.applications is not null)
     order by s.shop_key
     limit %(most)s
"""


def entries(db: Db, after: str, most: int, today: date) -> list[ShopEntry]:
    """The next shops that see something today, in the order of the marketplace's own names."""
    found: list[ShopEntry] = []
    decides = deciding(db, today)
    asked = {"today": today, "most": most, **_told_by(decides)}
    while len(found) < most and (rows := many(db, EntryRow, ENTRIES, after=after, **asked)):
        found += (told for told in (_entry(row, decides) for row in rows) if told.may_see)
        after = rows[-1].shop_key
    return found[:most]


def every_entry(db: Db, today: date) -> Iterator[ShopEntry]:
    """All of them, read page by page."""
    after = ""
    while page := entries(db, after, PAGE, today):
        yield from page
        after = page[-1].shop_key


def _told_by(decides: Deciding) -> dict[str, list[Any]]:
    """What can be had, and by which versions: nothing while no policy is live, for nobody could decide about it."""
    return {
        name: [pair[n] for pair in decides.pairs]
        for n, name in enumerate(("products", "policy_versions", "product_versions"))
    }


def _entry(row: EntryRow, decides: Deciding) -> ShopEntry:
    """What a shop sees, of its offers those by the very versions that decide it; while lending is paused its lines."""
    offers = [
        each for each in row.offers or () if each["made_by"] == decides.made(row.borrower_id, each["product_key"])
    ]
    begun = None if decides.rules is None else row.applications
    return entry(replace(row, offers=offers, applications=begun))
