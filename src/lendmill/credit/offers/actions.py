"""Working out, in one pass over all rated shops, what each may have."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from lendmill import ids
from lendmill.credit.case import readable_facts
from lendmill.credit.cases.gathered import Facts, Gathered, case_of
from lendmill.credit.cases.queries import gathered, net_assets_cents
from lendmill.credit.decide import decide
from lendmill.credit.policy import Policy
from lendmill.db import Db, copy_in, many, scalar
from lendmill.products.document import Product

PAGE: Final = 2_000
OFFER_COLUMNS: Final = (
    "offer_id", "borrower_id", "shop_id", "product_key", "product_version", "policy_key", "policy_version", "rating_id",
    "limit_cents", "rate_num", "rate_den", "months_max", "methods", "reasons", "as_of_on", "expires_on",
)  # fmt: skip
NO_OFFER_COLUMNS: Final = (
    "borrower_id", "product_key", "as_of_on", "product_version", "policy_key", "policy_version", "rating_id", "outcome",
    "reasons",
)  # fmt: skip


@dataclass(slots=True)
class OfferReport:
    """What a night's pass came to; `looked_at` counts one borrower with one product."""

    looked_at: int = 0
    offered: int = 0
    offered_cents: int = 0
    referred: int = 0
    declined: int = 0
    line_open: int = 0
    done_before: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Waiting:
    borrower_id: UUID
    done: list[str]


RATED_BORROWERS = """
    select b.borrower_id,
           array(select product_key from offer where offer.borrower_id = b.borrower_id and as_of_on = %(today)s
                 union all
                 select product_key from no_offer where no_offer.borrower_id = b.borrower_id and as_of_on = %(today)s
                ) as done
      from borrower b
     where b.borrower_id > %(after)s
       and exists (select from rating r where r.borrower_id = b.borrower_id and r.as_of_on <= %(today)s)
     order by b.borrower_id
     limit %(page)s
"""


RATED_COUNT = """
    select count(distinct borrower_id) from rating where as_of_on <= %(today)s
"""


def make_offers(
    db: Db,
    *,
    today: date,
    policy: Policy,
    products: Sequence[Product],
    progress: Callable[[int, int], None] | None = None,
) -> OfferReport:
    """Decide every rated borrower for every product as if they had asked, and write what they may have.

    Page by page: read by one statement, decide by the same rule an application is decided by, copy in. Run again for
    the same day it finds everything done.
    """
    report, assets_cents, after = OfferReport(), net_assets_cents(db, today), UUID(int=0)
    seen, rated = 0, int(scalar(db, RATED_COUNT, today=today))
    while waiting := many(db, _Waiting, RATED_BORROWERS, after=after, today=today, page=PAGE):
        after = waiting[-1].borrower_id
        night = _Night(today, policy, assets_cents, report)
        done = {each.borrower_id: each.done for each in waiting}
        open_for = [each.borrower_id for each in waiting if not {product.key for product in products} <= set(each.done)]
        report.done_before += len(products) * (len(waiting) - len(open_for))
        for row in gathered(db, open_for, today):
            facts = readable_facts(row.facts or {})
            for product in products:
                if product.key in done[row.borrower_id]:
                    report.done_before += 1
                else:
                    night.look_at(row, product, facts)
        copy_in(db, "offer", OFFER_COLUMNS, night.offers)
        copy_in(db, "no_offer", NO_OFFER_COLUMNS, night.no_offers)
        seen += len(waiting)
        if progress is not None:
            progress(seen, rated)
    return report


@dataclass(slots=True)
class _Night:
    today: date
    policy: Policy
    assets_cents: int | None
    report: OfferReport
    offers: list[Sequence[Any]] = field(default_factory=list)
    no_offers: list[Sequence[Any]] = field(default_factory=list)

    def look_at(self, row: Gathered, product: Product, facts: Facts) -> None:
        """Decide one borrower for one product, and note what comes of it."""
        report = self.report
        report.looked_at += 1
        if row.has_line(product.key):
            report.line_open += 1
            return
        case = case_of(row, product, today=self.today, net_assets_cents=self.assets_cents, ask=None, facts_read=facts)
        decision = decide(case, self.policy, product)
        for reason in decision.reasons:
            report.reasons[reason] = report.reasons.get(reason, 0) + 1
        named = (product.key, product.version, self.policy.key, self.policy.version, row.rating_id)
        told = json.dumps(decision.reasons)
        if decision.outcome == "approve" and decision.terms is not None:
            terms = decision.terms
            report.offered += 1
            report.offered_cents += terms.limit_cents
            expires_on = self.today + timedelta(days=product.offer_days)
            self.offers.append(
                (ids.new(), row.borrower_id, row.shop_id, *named, terms.limit_cents, terms.rate_num, terms.rate_den,
                 terms.months_max, list(terms.methods), told, self.today, expires_on)
            )  # fmt: skip
            return
        report.referred += decision.outcome == "refer"
        report.declined += decision.outcome == "decline"
        key, version, policy_key, policy_version, rating_id = named
        self.no_offers.append(
            (row.borrower_id, key, self.today, version, policy_key, policy_version, rating_id, decision.outcome, told)
        )
