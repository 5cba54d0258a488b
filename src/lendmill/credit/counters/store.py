"""Writing offers of less than was asked down, and what became of them; rows are only ever added."""

from datetime import date, timedelta
from uuid import UUID

from lendmill.credit.counters.counter import CounterOffer, CounterState
from lendmill.credit.decide import Terms
from lendmill.db import Db, note, run
from lendmill.products.document import Product

KEEP = """
    insert into counter_offer (decision_id, borrower_id, product_key, product_version, limit_cents, rate_num, rate_den,
                               months_max, made_on, expires_on)
    values (%(decision_id)s, %(borrower_id)s, %(product_key)s, %(product_version)s, %(limit_cents)s, %(rate_num)s,
            %(rate_den)s, %(months_max)s, %(today)s, %(expires_on)s)
"""


def keep(db: Db, *, decision_id: UUID, borrower_id: UUID, product: Product, terms: Terms, today: date) -> None:
    """Keep what a decision offers, for as many days as the product's ready offers stand."""
    note(
        db,
        KEEP,
        decision_id=decision_id,
        borrower_id=borrower_id,
        product_key=product.key,
        product_version=product.version,
        limit_cents=terms.limit_cents,
        rate_num=terms.rate_num,
        rate_den=terms.rate_den,
        months_max=terms.months_max,
        today=today,
        expires_on=today + timedelta(days=product.offer_days),
    )


ANSWER = """
    insert into counter_answer (decision_id, borrower_id, outcome, line_id, answered_on)
    values (%(decision_id)s, %(borrower_id)s, %(outcome)s, %(line_id)s, %(today)s)
    on conflict do nothing
"""


def answer(db: Db, offer: CounterOffer, outcome: CounterState, *, today: date, line_id: UUID | None = None) -> bool:
    """Note what became of an offer, and whether this was the first answer."""
    assert outcome != "open"
    return bool(
        run(
            db,
            ANSWER,
            decision_id=offer.decision_id,
            borrower_id=offer.borrower_id,
            outcome=outcome,
            line_id=line_id,
            today=today,
        )
    )
