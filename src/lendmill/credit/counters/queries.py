"""Offers of less than was asked: one, a borrower's, and those whose last day is over."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from lendmill.credit.counters.counter import CounterOffer, NoSuchCounterOffer
from lendmill.credit.publishing.queries import lapsed_before
from lendmill.db import Db, many
from lendmill.products.publishing.queries import days_of_all

# A later decision about the same product takes an offer's place.
REPLACED: Final = """
    exists (select from decision later
             where later.borrower_id = c.borrower_id
               and later.decision_id > c.decision_id
               and later.product_key = c.product_key)
"""

OFFER_AND_ANSWER: Final = """
    counter_offer c
      left join counter_answer a on (a.decision_id, a.borrower_id) = (c.decision_id, c.borrower_id)
"""

COLUMNS: Final = f"""
           c.decision_id, c.borrower_id, c.product_key, c.product_version, c.limit_cents, c.rate_num, c.rate_den,
           c.months_max, c.made_on, c.expires_on, c.made_at, a.outcome as answer, a.answered_on, a.line_id,
           {REPLACED.strip()} as replaced
      from {OFFER_AND_ANSWER.strip()}
"""

COUNTER_OFFER = f"""
    select {COLUMNS.strip()}
     where c.borrower_id = %(borrower_id)s
       and c.decision_id = %(decision_id)s
"""


def counter_offer(db: Db, borrower_id: UUID, decision_id: UUID, today: date) -> CounterOffer:
    """What a decision offers in place of what was asked, or the refusal `NoSuchCounterOffer`."""
    found = many(db, CounterOffer, COUNTER_OFFER, borrower_id=borrower_id, decision_id=decision_id)
    if not found:
        raise NoSuchCounterOffer(decision_id=decision_id)
    return _as_sold(db, found, today)[0]


def _as_sold(db: Db, found: Sequence[CounterOffer], today: date) -> list[CounterOffer]:
    """Offers with whether their products are for sale on a day, and as the last day of those whose own fell into a
    pause of lending that day, while it lasts and on the first one after it."""
    days = days_of_all(db, "product", today) if found else {}
    over = any(each.answer is None and each.expires_on < today for each in found)
    before = lapsed_before(db, today) if over else today
    return [
        replace(
            each,
            sold=each.product_key in days and days[each.product_key].live is not None,
            expires_on=today if before <= each.expires_on < today else each.expires_on,
        )
        for each in found
    ]


COUNTER_OFFERS_OF = f"""
    select {COLUMNS.strip()}
     where c.borrower_id = %(borrower_id)s
     order by c.decision_id desc
     limit %(size)s
"""


def counter_offers_of(db: Db, borrower_id: UUID, today: date, size: int = 50) -> list[CounterOffer]:
    """All that a borrower was offered in place of what they asked, the newest first."""
    found = many(db, CounterOffer, COUNTER_OFFERS_OF, borrower_id=borrower_id, size=min(size, 500))
    return _as_sold(db, found, today)


def counter_offers_open(db: Db, borrower_id: UUID, today: date) -> list[CounterOffer]:
    """Those a borrower can still take up."""
    return [each for each in counter_offers_of(db, borrower_id, today) if each.state(today) == "open"]


ENDED = f"""
    select {COLUMNS.strip()}
     where c.expires_on < %(before)s
       and a.decision_id is null
     order by c.expires_on, c.decision_id
     limit %(size)s
"""


def ended(db: Db, before: date, size: int = 500) -> list[CounterOffer]:
    """Those whose last day was before one, and which nobody has answered."""
    return many(db, CounterOffer, ENDED, before=before, size=size)
