"""Working out, in one pass over all rated shops, what each may have."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

import polars as pl

from lendmill import ids
from lendmill.credit.cases.pages import FilesPage
from lendmill.credit.cases.queries import gathered_page, net_assets_cents
from lendmill.credit.offers import store
from lendmill.credit.offers.at_once import Answers, decided
from lendmill.credit.offers.deciding import MADE_BY, made_by
from lendmill.credit.offers.files import Setting, facts_read
from lendmill.credit.offers.store import WrittenNight
from lendmill.credit.policy import Policy
from lendmill.credit.publishing.queries import NoSuchPolicy
from lendmill.credit.trials.queries import policy_trials, product_trials
from lendmill.credit.trials.trial import Trials
from lendmill.db import Db, many, scalar
from lendmill.products.document import Product
from lendmill.products.queries import NoSuchProduct

D = TypeVar("D", Policy, Product)
PAGE: Final = 50_000


@dataclass(slots=True)
class OfferReport:
    """What a night's pass came to; `looked_at` counts one borrower with one product.

    `alone` of them were decided one by one, because their sums are too long for a column.
    """

    looked_at: int = 0
    offered: int = 0
    offered_cents: int = 0
    referred: int = 0
    declined: int = 0
    line_open: int = 0
    done_before: int = 0
    alone: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Waiting:
    borrower_id: UUID
    done: list[str]


RATED_BORROWERS = f"""
    select b.borrower_id,
           array(select {MADE_BY} from offer where offer.borrower_id = b.borrower_id and as_of_on = %(today)s
                 union all
                 select {MADE_BY} from no_offer where no_offer.borrower_id = b.borrower_id and as_of_on = %(today)s
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


def make_offers(db: Db, *, today: date, policy: Policy, products: Sequence[Product]) -> OfferReport:
    """The whole pass in one transaction: see `make_offers_by_page`."""
    return make_offers_by_page(lambda: nullcontext(db), today=today, policy=policy, products=products)


# One pass at a time: another waits for each page, and finds it done. The number is any that nothing else locks.
ONE_AT_A_TIME = """
    select pg_advisory_xact_lock(5_701_001)
"""


def make_offers_by_page(
    transaction: Callable[[], AbstractContextManager[Db]],
    *,
    today: date,
    policy: Policy,
    products: Sequence[Product],
    progress: Callable[[int, int], None] | None = None,
    page: int = PAGE,
) -> OfferReport:
    """Decide every rated borrower for every product as if they had asked, and write what they may have.

    Page by page, each in a transaction of its own: read by one statement, decide in columns by the rules an application
    is decided by, copy in. Whoever has drawn another version of policy or product is decided by that. Stopped anywhere
    and run again for the same day it does what is left; what is done it finds done.
    """
    with transaction() as db:
        rules = _trials_of(policy, partial(policy_trials, db, today))
        versions = [_trials_of(each, partial(product_trials, db, each.key, today)) for each in products]
        night = _Night(today, rules, versions, net_assets_cents(db, today))
        rated = int(scalar(db, RATED_COUNT, today=today)) if progress else 0
    after, seen = UUID(int=0), 0
    while True:
        with transaction() as db:
            db.execute(ONE_AT_A_TIME)
            waiting = many(db, _Waiting, RATED_BORROWERS, after=after, today=today, page=page)
            if not waiting:
                return night.report
            night.look_at(db, {each.borrower_id: each.done for each in waiting})
        after = waiting[-1].borrower_id
        seen += len(waiting)
        if progress is not None:
            progress(seen, rated)


def _trials_of(document: D, found: Callable[[], Trials[D]]) -> Trials[D]:
    """The trials that run beside a version, where it is the one that is live."""
    try:
        trials = found()
    except (NoSuchPolicy, NoSuchProduct):
        return Trials(document)
    return trials if trials.champion.fingerprint == document.fingerprint else Trials(document)


@dataclass(slots=True)
class _Night:
    today: date
    rules: Trials[Policy]
    products: Sequence[Trials[Product]]
    assets_cents: int | None
    report: OfferReport = field(default_factory=OfferReport)
    settings: dict[tuple[str, str], Setting] = field(default_factory=dict)

    def look_at(self, db: Db, done: Mapping[UUID, list[str]]) -> None:
        """Decide one page, and write what comes of it."""
        named = {borrower_id: self._named(borrower_id) for borrower_id in done}
        waiting = [borrower_id for borrower_id, already in done.items() if not set(named[borrower_id]) <= set(already)]
        self.report.done_before += len(self.products) * (len(done) - len(waiting))
        if not waiting:
            return
        policies = (self.rules.champion, *(each.document for each in self.rules.challengers))
        facts = dict.fromkeys(fact for policy in policies for fact in facts_read(policy))
        page = gathered_page(db, waiting, self.today, tuple(facts))
        table = page.table()
        for product in self.products:
            for policy, version, places in self._parted(page, done, product):
                files = table.with_columns(page.joint_cents(version))[places]
                on = self._setting(policy, version)
                self._write(db, page, places, on, decided(files, on))

    def _named(self, borrower_id: UUID) -> list[str]:
        """What decides a borrower today, product by product."""
        policy = self.rules.drawn(borrower_id).document
        return [
            made_by(each.champion.key, policy.version, each.drawn(borrower_id).document.version)
            for each in self.products
        ]

    def _setting(self, policy: Policy, product: Product) -> Setting:
        """The same for every page, for it keeps what is answered for each kind of file."""
        named = (policy.fingerprint, product.fingerprint)
        return self.settings.setdefault(named, Setting(policy, product, self.today, self.assets_cents))

    def _parted(
        self, page: FilesPage, done: Mapping[UUID, list[str]], product: Trials[Product]
    ) -> list[tuple[Policy, Product, list[int]]]:
        """Who is decided by which versions: those of the page who have neither a line nor today's answer."""
        key, parts = product.champion.key, dict[tuple[str, str], tuple[Policy, Product, list[int]]]()
        with_line = page.with_line(key)
        for place, borrower_id in enumerate(page.borrower_ids):
            policy, version = self.rules.drawn(borrower_id).document, product.drawn(borrower_id).document
            if made_by(key, policy.version, version.version) in done[borrower_id]:
                self.report.done_before += 1
                continue
            self.report.looked_at += 1
            if place in with_line:
                self.report.line_open += 1
                continue
            named = (policy.fingerprint, version.fingerprint)
            parts.setdefault(named, (policy, version, []))[2].append(place)
        return list(parts.values())

    def _write(self, db: Db, page: FilesPage, places: Sequence[int], on: Setting, answers: Answers) -> None:
        night = WrittenNight(page, places, on, answers)
        store.add_answers(db, night, ids.new)
        report, table = self.report, answers.table
        report.alone += answers.alone
        report.offered += night.offered.height
        report.offered_cents += int(night.offered.get_column("limit_cents").sum())
        report.referred += int((table["outcome"] == "refer").sum())
        report.declined += int((table["outcome"] == "decline").sum())
        for reason, count in (
            table.select(pl.col("reasons").explode().drop_nulls().value_counts()).unnest("reasons").rows()
        ):
            report.reasons[reason] = report.reasons.get(reason, 0) + count
