"""The house at work for a season: sellers take their offers, draw and repay, day after day, through the house's own
actions."""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol
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
from lendmill.outside.carrying import carry
from lendmill.outside.rail import HttpRail
from lendmill.outside.simulated_rail import started
from lendmill.people.actions import Command
from lendmill.products.queries import on_sale
from lendmill.rating import actions as rating
from lendmill.rating.queries import live_card

PRODUCT: Final = "credit-line"
SMALLEST_CENTS: Final = 100_000
BOASTING: Final = 0.06  # the share of wholesale members whose stated figures are far from the record
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
    tries_without: float
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
        """Some of those with an offer take it, and a few without one try: all three steps, decided at once."""
        with self.database.transaction() as db:
            ready = many(db, _Ready, READY, today=today, product=PRODUCT)
        for one in ready:
            share = self.conduct.takes_offer if one.limit_cents else self.conduct.tries_without
            if self.conduct.chance("apply", one.shop_key, today) >= share:
                continue
            wished_cents = int(one.limit_cents * (0.4 + self.conduct.chance("ask", one.shop_key))) // 100_000 * 100_000
            answers: dict[str, Any] = {
                "amount_cents": max(SMALLEST_CENTS, min(wished_cents, one.limit_cents)),
                "purpose": "stock",
                "language": "zh-Hans",
                "consents": ["shop-record", "credit-report", "automated-decision", "official-records"],
            }
            if one.wholesale:
                answers["figures"] = self._figures(one)
            self.database.act(
                credit.apply_at_once,
                command=Command.of(f"apply-{one.shop_key}-{today}", **answers),
                borrower_id=one.borrower_id,
                product_key=PRODUCT,
                answers=answers,
                today=today,
            )

    def _figures(self, one: "_Ready") -> dict[str, int]:
        """What a wholesale member states of a year: most come near what was sold, a few say more than twice as much."""
        share = 0.9 + 0.25 * self.conduct.chance("state", one.shop_key)
        if self.conduct.chance("boast", one.shop_key) < BOASTING:
            share *= 2.5
        return {"sales_year_cents": max(0, round((one.sales_yuan or 0.0) * share)) * 100}

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
                command=Command.of(f"draw-{one.shop_key}-{today}"),
                borrower_id=one.borrower_id,
                line_id=one.line_id,
                amount_cents=amount_cents,
                method=method,
                months=min(months, one.months_max),
                today=today,
            )

    def sellers_repay(self, today: date) -> None:
        """Each instalment is paid on the day the seller's habit says, early, on time, late, or never.

        Only the last instalment, which carries the principal, can be paid before its day: with it all is settled.
        """
        with self.database.transaction() as db:
            owing = many(db, _Owing, OWING, today=today)
        for one in owing:
            paid_on = self.conduct.pays(one.shop_key, one.due_on).paid_on
            if paid_on is not None and today >= (paid_on if one.last else max(paid_on, one.due_on)):
                self._pay(one, today)

    def _pay(self, one: "_Owing", today: date) -> None:
        with self.database.transaction() as db:
            loan = loans_now.loan(db, one.borrower_id, one.loan_id, today)
        if amount_cents := loan.payoff_cents if one.last else loan.due_now_cents:
            self.database.act(
                loans.request_repayment,
                command=Command.of(f"repay-{loan.loan_id}-{one.n}"),
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
    wholesale: bool
    sales_yuan: float | None


READY = """
    with asked as (
        select o.borrower_id, o.shop_id, o.limit_cents
          from offer o
         where o.as_of_on = %(today)s
           and o.product_key = %(product)s
         union all
        select n.borrower_id, null, 0
          from no_offer n
         where n.as_of_on = %(today)s
           and n.product_key = %(product)s
    )
    select a.borrower_id, s.shop_key, a.limit_cents, s.wholesale, f.sales_yuan
      from asked a
      join shop s on s.borrower_id = a.borrower_id and s.shop_id = coalesce(a.shop_id, s.shop_id)
      left join lateral (
           select (facts ->> 'sales_net_365')::float8 as sales_yuan
             from feature_snapshot
            where feature_snapshot.borrower_id = s.borrower_id
              and feature_snapshot.shop_id = s.shop_id
              and feature_snapshot.as_of_on <= %(today)s
            order by as_of_on desc, snapshot_id desc
            limit 1
           ) f on s.wholesale
     where not exists (
           select from review_case
            where review_case.borrower_id = a.borrower_id
              and review_case.product_key = %(product)s
              and review_case.status <> 'decided'
           )
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
    n: int
    due_on: date
    last: bool


# The instalment each running loan is at: the first that is to come or has something unpaid.
OWING = """
    select distinct on (s.shop_key, l.loan_id)
           l.borrower_id, l.loan_id, s.shop_key, i.n, i.due_on, i.due_on = l.matures_on as last
      from loan l
      join shop s on s.borrower_id = l.borrower_id
      join instalment i on (i.loan_id, i.borrower_id) = (l.loan_id, l.borrower_id)
     where l.status = 'running'
       and (i.due_on >= %(today)s
            or i.principal_cents > i.principal_paid_cents
            or i.interest_cents > i.interest_paid_cents
            or i.penalty_cents > i.penalty_paid_cents)
     order by s.shop_key, l.loan_id, i.n
"""
