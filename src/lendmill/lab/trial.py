"""The house at work for a season: sellers take their offers, draw and repay, day after day, through the house's own
actions."""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol
from uuid import UUID

import polars as pl

from lendmill.credit import actions as credit
from lendmill.credit import queries as credit_now
from lendmill.day_end import day_end
from lendmill.days import each_day
from lendmill.db import Database, Db, many
from lendmill.features.actions import keep_snapshot
from lendmill.loans import actions as loans
from lendmill.loans import queries as loans_now
from lendmill.loans.view import LoanView, RowView
from lendmill.outside.carrying import carry
from lendmill.outside.rail import HttpRail
from lendmill.outside.simulated_rail import started
from lendmill.people.actions import Command
from lendmill.products.queries import on_sale
from lendmill.rating import actions as rating
from lendmill.rating.queries import live_card

PRODUCT: Final = "credit-line"
Progress = Callable[[str, int, int], None]
FeaturesAsOf = Callable[[date], pl.DataFrame]


class Habit(Protocol):
    """How a seller meets one due date: the day on which the money comes, if it does."""

    @property
    def paid_on(self) -> date | None: ...


@dataclass(frozen=True)
class Conduct:
    """How the sellers of a trial behave; `stream` makes one trial's chances different from another's."""

    pays: Callable[[str, date], Habit]
    takes_offer: float
    draws_again: float
    months: tuple[int, ...]
    stream: str = "trial"

    def chance(self, *about: object) -> float:
        """A number in [0, 1), the same whenever the same thing is asked."""
        text = ":".join(map(str, (self.stream, *about)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48


@dataclass
class Trial:
    """A season of the house, from one day to another; `evening` is told each day when its business is done."""

    database: Database
    features_as_of: FeaturesAsOf
    conduct: Conduct
    progress: Progress
    rail_manners: tuple[str, ...] = ()
    evening: Callable[[date], None] = lambda _: None

    def run(self, first: date, here: date, last: date) -> None:
        """Live through the days from where the house is to the last; monthly, all shops are rated and offered anew."""
        days = list(each_day(first, last))
        with ExitStack() as stack:
            rail = HttpRail(stack.enter_context(started(*self.rail_manners)))
            stack.callback(rail.close)
            for n, today in enumerate(days):
                if today < here:
                    continue
                if today == first or today.day == 1:
                    self.rate_and_offer(today)
                    self.sellers_apply(today)
                self.sellers_draw(today)
                self.sellers_repay(today)
                while carry(self.database, rail):
                    pass
                self.evening(today)
                if today < last:
                    day_end(self.database, through=today)
                self.progress("living through the season", n + 1, len(days))

    def rate_and_offer(self, today: date) -> credit.OfferReport:
        """Read what is known of every shop, rate it, and make ready offers."""
        frame = self.features_as_of(today)

        def rate(db: Db) -> None:
            snapshot_id = keep_snapshot(db, frame, as_of_on=today)
            rating.rate_all(db, live_card(db), frame, today=today, snapshot_id=snapshot_id)

        self.database.act(rate)
        with self.database.transaction() as db:
            policy, products = credit_now.policy(db), [each for each in on_sale(db) if each.key == PRODUCT]
        return self.database.act(credit.make_offers, today=today, policy=policy, products=products)

    def sellers_apply(self, today: date) -> None:
        """Some of those with an offer take it: all three steps, decided at once."""
        with self.database.transaction() as db:
            ready = many(db, _Ready, READY, today=today, product=PRODUCT)
        for one in ready:
            if self.conduct.chance("apply", one.shop_key, today) >= self.conduct.takes_offer:
                continue
            asked_cents = max(
                100_000, int(one.limit_cents * (0.4 + self.conduct.chance("ask", one.shop_key))) // 100_000 * 100_000
            )
            answers = {
                "amount_cents": min(asked_cents, one.limit_cents),
                "purpose": "stock",
                "language": "zh-Hans",
                "consents": ["shop-record", "credit-report", "automated-decision"],
            }
            self.database.act(
                credit.apply_at_once,
                command=Command.of(f"apply-{one.shop_key}-{today}", **answers),
                borrower_id=one.borrower_id,
                product_key=PRODUCT,
                answers=answers,
                today=today,
            )

    def sellers_draw(self, today: date) -> None:
        """Who has room on a line and is not late draws now and then."""
        with self.database.transaction() as db:
            lines = many(db, _Open, OPEN_LINES, today=today)
        for one in lines:
            if self.conduct.chance("draw", one.shop_key, today) >= self.conduct.draws_again:
                continue
            share = 0.2 + 0.6 * self.conduct.chance("share", one.shop_key, today)
            amount_cents = int(one.left_cents * share) // 10_000 * 10_000
            if amount_cents < 10_000:
                continue
            months = self.conduct.months[
                int(self.conduct.chance("months", one.shop_key, today) * len(self.conduct.months))
            ]
            method = "on-demand" if self.conduct.chance("method", one.shop_key, today) < 0.5 else "interest-first"
            self.database.act(
                loans.draw,
                command=Command.of(f"draw-{one.shop_key}-{today}", amount_cents=amount_cents),
                borrower_id=one.borrower_id,
                line_id=one.line_id,
                amount_cents=amount_cents,
                method=method,
                months=min(months, one.months_max),
                today=today,
            )

    def sellers_repay(self, today: date) -> None:
        """Each instalment is paid on the day the seller's habit says, early, on time, late, or never."""
        with self.database.transaction() as db:
            owing = many(db, _Owing, OWING, today=today)
        for one in owing:
            with self.database.transaction() as db:
                loan = loans_now.loan(db, one.borrower_id, one.loan_id, today)
            if (coming := next((row for row in loan.rows if row.status != "paid"), None)) is not None:
                self._pay(one.shop_key, loan, coming, today)

    def _pay(self, shop_key: str, loan: LoanView, row: RowView, today: date) -> None:
        """Only the last instalment, which carries the principal, can be paid before its day: with it all is settled."""
        paid_on = self.conduct.pays(shop_key, row.due_on).paid_on
        last = row.n == len(loan.rows)
        if paid_on is None or today < (paid_on if last else max(paid_on, row.due_on)):
            return
        if amount_cents := loan.payoff_cents if last else loan.due_now_cents:
            self.database.act(
                loans.request_repayment,
                command=Command.of(f"repay-{loan.loan_id}-{row.n}"),
                borrower_id=loan.borrower_id,
                amount_cents=amount_cents,
                loan_id=loan.loan_id,
                today=today,
            )


@dataclass(frozen=True, slots=True)
class _Ready:
    borrower_id: UUID
    shop_key: str
    limit_cents: int


READY = """
    select o.borrower_id, s.shop_key, o.limit_cents
      from offer o
      join shop s on s.shop_id = o.shop_id and s.borrower_id = o.borrower_id
     where o.as_of_on = %(today)s
       and o.product_key = %(product)s
     order by s.shop_key
"""


@dataclass(frozen=True, slots=True)
class _Open:
    borrower_id: UUID
    line_id: UUID
    shop_key: str
    left_cents: int
    months_max: int


OPEN_LINES = """
    select l.borrower_id, l.line_id, s.shop_key, l.limit_cents - l.used_cents - l.reserved_cents as left_cents,
           l.months_max
      from line l
      join shop s on s.borrower_id = l.borrower_id
      left join standing t on t.borrower_id = l.borrower_id
     where l.status = 'open'
       and l.expires_on > %(today)s
       and t.late_since_on is null
       and l.limit_cents - l.used_cents - l.reserved_cents > 0
     order by s.shop_key
"""


@dataclass(frozen=True, slots=True)
class _Owing:
    borrower_id: UUID
    loan_id: UUID
    shop_key: str


OWING = """
    select l.borrower_id, l.loan_id, s.shop_key
      from loan l
      join shop s on s.borrower_id = l.borrower_id
     where l.status = 'running'
       and (l.oldest_due_on is not null
            or exists (select from instalment i
                        where (i.loan_id, i.borrower_id) = (l.loan_id, l.borrower_id)
                          and i.due_on between %(today)s::date - 1 and %(today)s::date + 14))
     order by s.shop_key, l.loan_id
"""
