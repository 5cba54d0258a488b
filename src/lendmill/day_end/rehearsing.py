"""A dry run: what closing days would do, worked out from one snapshot of the book; nothing is written or locked.

What happens by itself is told: rows billed, lateness, the nights' interest, money that comes back to be lent, lines
raised and cut by rule. Changes planned ahead and money held for borrowers are not begun here, and the rules for lines
take what is rated, owed and late as it stands now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final
from uuid import UUID

from lendmill.arrears.stages import STAGES
from lendmill.day_end.accruing import Earned, counts_of
from lendmill.day_end.changing import foresee
from lendmill.day_end.nights import book_at, first_open_day
from lendmill.day_end.report import Counts, Report
from lendmill.days import ONE_DAY, each_day
from lendmill.db import Database, Db, many, note, one
from lendmill.loans import life
from lendmill.loans.account import days_past_due
from lendmill.loans.life import Change
from lendmill.loans.loan import OPEN, Loan
from lendmill.loans.passing import next_on
from lendmill.loans.queries import stored_loans
from lendmill.loans.sweeping.tally import Tally, tally_of_change

Price = tuple[str, str, int]  # product, kind, denominator: what the night's lines are kept by
KINDS: Final = (
    ("interest", "interest_accrued"), ("penalty", "penalty_accrued"), ("memo interest", "memo_interest_accrued"),
    ("memo penalty", "memo_penalty_accrued"),
)  # fmt: skip
ONE_MOMENT = "set transaction isolation level repeatable read, read only"


def rehearse(
    database: Database, *, through: date, watch: Callable[[date, str, int, int], None] = lambda *_: None
) -> list[Report]:
    """What closing every open day up to and with one would do. The house's day, the loans and the books stay."""
    with database.transaction() as db:
        note(db, ONE_MOMENT)
        days = list(each_day(first_open_day(db), through))
        if not days:
            return []
        told = _Rehearsal({day: Tally() for day in days}, {day: {} for day in days}, {day: [] for day in days})
        noted = many(db, _Noted, DIARY, last=through + ONE_DAY)
        borrowers = [
            (key, {row.happens_on for row in rows}) for key, rows in groupby(noted, lambda row: row.borrower_id)
        ]
        for seen, (borrower_id, dates) in enumerate(borrowers, start=1):
            told.live(stored_loans(db, borrower_id, statuses=OPEN), dates)
            watch(through, "rehearsal", seen, len(borrowers))
        earned = _earned(db, days, told.repriced)
        funding, limits = one(db, _Releases, RELEASES), foresee(db, days)
        return [
            _report(db, day, told, earned[day], funding if day == days[0] else _Releases(0, 0), limits[day])
            for day in days
        ]


@dataclass(frozen=True, slots=True)
class _Noted:
    borrower_id: UUID
    happens_on: date


DIARY = """
    select distinct borrower_id, happens_on
      from agenda
     where happens_on <= %(last)s
     order by borrower_id, happens_on
"""


@dataclass(frozen=True, slots=True)
class _Releases:
    releases: int
    released_cents: int


RELEASES = "select count(*) as releases, coalesce(sum(amount_cents), 0)::bigint as released_cents from funding_release"


@dataclass(frozen=True, slots=True)
class _Rehearsal:
    """What has been told so far, by the day that closes."""

    tallies: dict[date, Tally]
    repriced: dict[date, dict[tuple[Price, date], int]]
    became_late: dict[date, list[date]]

    def live(self, loans: list[Loan], dates: set[date]) -> None:
        """Take one borrower's loans through all the days; `dates` are theirs in the diary."""
        for day in self.tallies:
            opens = day + ONE_DAY
            if not any(noted <= opens for noted in dates):
                continue
            dates -= {noted for noted in dates if noted <= opens}
            for place, loan in enumerate(loans):
                change = life.brought_up(loan, opens)
                if change is not None:
                    self._note(day, change)
                    loans[place] = change.loan
                    coming = next_on(change.loan.owing)
                    dates |= {coming} if coming else set()
            self.tallies[day] += Tally(borrowers=1)

    def _note(self, day: date, change: Change) -> None:
        loan, tally = change.loan, tally_of_change(change)
        self.tallies[day] += tally
        if tally.became_late and days_past_due(loan.owing) == 1:
            self.became_late[day].append(day)
        for from_on, nightly in change.repricing.items():
            for kind, field in KINDS:
                per_night = getattr(nightly, field)
                key = (loan.product_key, kind, loan.terms.rate_den), from_on
                self.repriced[day][key] = self.repriced[day].get(key, 0) + per_night


@dataclass(frozen=True, slots=True)
class _Price:
    product_key: str
    kind: str
    rate_den: int
    per_night: Decimal
    earned: Decimal


PRICES = """
    select product_key, kind, rate_den, sum(per_night) as per_night, sum(earned) as earned
      from (select product_key, kind, rate_den, per_night,
                   per_night * (%(opens)s::date - through_on) as earned
              from (select distinct on (product_key, kind, rate_den) product_key, kind, rate_den, through_on, per_night
                      from accrual_fold
                     order by product_key, kind, rate_den, through_on desc) last
             union all
            select product_key, kind, rate_den, per_night, per_night::numeric * (%(opens)s::date - from_on)
              from accrual_delta) changes
     group by product_key, kind, rate_den
"""


def _earned(
    db: Db, days: list[date], repriced: Mapping[date, Mapping[tuple[Price, date], int]]
) -> dict[date, list[Earned]]:
    """What each night would earn: what is known now, and every change of price from the night after it."""
    known = many(db, _Price, PRICES, opens=days[0] + ONE_DAY)
    nightly: dict[Price, Decimal] = {(one.product_key, one.kind, one.rate_den): one.per_night for one in known}
    first = {(one.product_key, one.kind, one.rate_den): one.earned for one in known}
    earned: dict[date, list[Earned]] = {}
    for day in days:
        opens, sums = day + ONE_DAY, dict(first if day == days[0] else nightly)
        for (price, from_on), per_night in repriced[day].items():
            sums[price] = sums.get(price, Decimal(0)) + per_night * (opens - from_on).days
            nightly[price] = nightly.get(price, Decimal(0)) + per_night
        earned[day] = [Earned(*price, total) for price, total in sorted(sums.items())]
    return earned


def _report(db: Db, day: date, told: _Rehearsal, earned: list[Earned], funding: _Releases, limits: Counts) -> Report:
    cut_over = book_at(db, day)
    for first_day, stage in STAGES:
        newly = [late for late, loans in told.became_late.items() if late + timedelta(days=first_day - 1) == day
                 for _ in loans]  # fmt: skip
        if stage != "short":
            cut_over[f"became_{stage}"] += len(newly)
    return Report(day, {
        "cut-over": cut_over,
        "bring-up": told.tallies[day].counts(),
        "accrue": counts_of(earned),
        "funding": _counts(funding),
        "limits": limits,
    })  # fmt: skip


def _counts(funding: _Releases) -> Counts:
    return {"releases": funding.releases, "released_cents": funding.released_cents}
