"""Keeping what a price was worked out from, so that whoever looks at it later sees who assumed what."""

from collections.abc import Sequence
from datetime import date

from lendmill import ids
from lendmill.credit.pricing import store
from lendmill.credit.pricing.assumptions import Assumptions, text_of
from lendmill.credit.pricing.best import GradePrice
from lendmill.credit.pricing.proposal import proposal
from lendmill.db import Db
from lendmill.people.canonical import digest_of
from lendmill.people.sign_in.queries import Caller
from lendmill.products.document import Product


def keep_proposal(
    db: Db, *, prices: Sequence[GradePrice], assumptions: Assumptions, product: Product, by: Caller | None,
    today: date, gentlest: bool = False,
) -> None:  # fmt: skip
    """Write down the assumptions, the rates they led to, and who had them worked out; the same again is once a day."""
    said, rates = text_of(assumptions), proposal(prices, assumptions, product, today, gentlest=gentlest)
    store.keep(
        db,
        proposal_id=ids.new(),
        product_key=product.key,
        product_version=product.version,
        assumptions_key=assumptions.key,
        said_by=assumptions.said_by,
        assumptions=said,
        rates=rates,
        digest=digest_of(f"{product.key} {product.version}\n{said}\n{rates}"),
        worked_by=by.account_id if by else None,
        today=today,
    )
