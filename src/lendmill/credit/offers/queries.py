"""Which offers a borrower holds today, and why there is none where there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from lendmill.credit.offers.behind import Behind, BehindTold, behind_of, told
from lendmill.credit.offers.deciding import MADE_BY, Deciding, made_by
from lendmill.credit.policy import Policy
from lendmill.credit.publishing.queries import LendingPaused, policy_version
from lendmill.credit.reasons import A_PERSON_LOOKS
from lendmill.credit.trials.queries import policy_trials, product_trials
from lendmill.db import Db, many
from lendmill.products.document import Product
from lendmill.products.queries import live_products
from lendmill.terms.rates import Rate


@dataclass(frozen=True, slots=True)
class Offer:
    """A ready offer and the day it ends."""

    offer_id: UUID
    borrower_id: UUID
    shop_id: UUID
    product_key: str
    product_version: int
    policy_key: str
    policy_version: int
    rating_id: UUID
    limit_cents: int
    rate_num: int
    rate_den: int
    months_max: int
    methods: list[str]
    reasons: Any
    as_of_on: date
    expires_on: date

    @property
    def made_by(self) -> str:
        """By which versions, as `deciding.made_by` spells it."""
        return made_by(self.product_key, self.policy_version, self.product_version)

    @property
    def behind(self) -> Behind | None:
        """What set the amount and what was looked at, as it was kept; nothing of an offer from before that."""
        return behind_of(self.reasons)

    @property
    def rate(self) -> Rate:
        """The daily rate offered."""
        return Rate(self.rate_num, self.rate_den)


@dataclass(frozen=True, slots=True)
class NoOffer:
    """That nothing could be offered, and the reasons."""

    borrower_id: UUID
    product_key: str
    as_of_on: date
    outcome: str
    reasons: list[str]

    @property
    def told(self) -> list[str]:
        """The reasons for the borrower: who was declined is not told that a person will look."""
        declining = [code for code in self.reasons if code not in A_PERSON_LOOKS]
        return declining if self.outcome == "decline" and declining else self.reasons


def deciding(db: Db, today: date, keys: Iterable[str] | None = None) -> Deciding:
    """What decides today, of some products or of all on sale."""
    try:
        rules = policy_trials(db, today)
    except LendingPaused:
        return Deciding(None, {})
    sold = {each.key for each in live_products(db, today)}
    wanted = sorted(sold if keys is None else sold & set(keys))
    return Deciding(rules, {key: product_trials(db, key, today) for key in wanted})


# What an offer `o`, the newest for its product by its versions, needs to be shown: nothing said no after it. That is a
# night's no (of the same day only by the same versions), a ban, a decline of the product (ids of one clock: what was
# decided later is greater), a rating of another grade.
STILL_STANDS: Final = """
    o.expires_on >= %(today)s
    and not exists (
        select from no_offer n
         where n.borrower_id = o.borrower_id
           and n.product_key = o.product_key
           and n.as_of_on between o.as_of_on and %(today)s
           and (n.as_of_on > o.as_of_on
                or (n.policy_version, n.product_version) = (o.policy_version, o.product_version))
        )
    and not exists (
        select from borrower shut
         where shut.borrower_id = o.borrower_id
           and shut.banned
        )
    and not exists (
        select from decision said
         where said.borrower_id = o.borrower_id
           and said.decision_id > o.offer_id
           and said.product_key = o.product_key
           and said.outcome = 'decline'
           and said.decided_on between o.as_of_on and %(today)s
        )
    and not exists (
        select from rating was
         where was.rating_id = o.rating_id
           and was.borrower_id = o.borrower_id
           and was.grade <> (
               select grade
                 from rating newest
                where newest.borrower_id = o.borrower_id
                  and newest.as_of_on <= %(today)s
                order by newest.as_of_on desc, newest.rating_id desc
                limit 1
               )
        )
"""

# The newest answer for each product and its versions: an older offer does not outlive a later no.
OFFERS_OF = f"""
    select o.offer_id, o.borrower_id, o.shop_id, o.product_key, o.product_version, o.policy_key, o.policy_version,
           o.rating_id, o.limit_cents, o.rate_num, o.rate_den, o.months_max, o.methods, o.reasons, o.as_of_on,
           o.expires_on
      from (
           select distinct on (product_key, policy_version, product_version)
                  offer_id, borrower_id, shop_id, product_key, product_version, policy_key, policy_version,
                  rating_id, limit_cents, rate_num, rate_den, months_max, methods, reasons, as_of_on, expires_on
             from offer
            where borrower_id = %(borrower_id)s
              and as_of_on <= %(today)s
            order by product_key, policy_version, product_version, as_of_on desc
           ) o
     where {STILL_STANDS.strip()}
     order by o.product_key
"""


def offers_of(db: Db, borrower_id: UUID, today: date) -> list[Offer]:
    """The offers a borrower can take today, one for each product at most: those by the versions that decide them."""
    found = many(db, Offer, OFFERS_OF, borrower_id=borrower_id, today=today)
    if not found:
        return []
    decides = deciding(db, today, {each.product_key for each in found})
    return [each for each in found if each.made_by == decides.made(borrower_id, each.product_key)]


def offer_by(db: Db, borrower_id: UUID, policy: Policy, product: Product, today: date) -> Offer | None:
    """The offer a borrower can take today by the versions that decide them, where those are known already."""
    made = made_by(product.key, policy.version, product.version)
    found = many(db, Offer, OFFERS_OF, borrower_id=borrower_id, today=today)
    return next((each for each in found if each.made_by == made), None)


NO_OFFERS_OF = f"""
    select distinct on (product_key) borrower_id, product_key, as_of_on, outcome, reasons
      from no_offer
     where borrower_id = %(borrower_id)s
       and as_of_on <= %(today)s
       and {MADE_BY} = any(%(made)s)
     order by product_key, as_of_on desc
"""


def no_offers_of(db: Db, borrower_id: UUID, today: date) -> list[NoOffer]:
    """For each product the latest night on which nothing could be offered, and why, by the versions that decide."""
    decides = deciding(db, today)
    made = [decides.made(borrower_id, product_key) for product_key in decides.products]
    return many(db, NoOffer, NO_OFFERS_OF, borrower_id=borrower_id, today=today, made=made)


def behind(db: Db, offer: Offer, language: str, *, to_staff: bool = False) -> BehindTold | None:
    """What stands behind an offer in words, by the policy's version it was made by; staff are told all of it."""
    if offer.behind is None:
        return None
    return told(offer.behind, policy_version(db, offer.policy_key, offer.policy_version), language, to_staff=to_staff)
