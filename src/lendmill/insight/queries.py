"""The portfolio in figures, day by day, and whether the books equal the loans."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from lendmill.arrears.stages import NON_PERFORMING_FROM_DAYS
from lendmill.db import Db, many, one
from lendmill.ledger.accounts import Account


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The book on a day; late amounts are the outstanding principal of late loans, by stage."""

    borrowers: int
    running: int
    paying: int
    closed: int
    drawn_loans: int
    drawn_cents: int
    outstanding_cents: int
    short_loans: int
    short_cents: int
    medium_loans: int
    medium_cents: int
    long_loans: int
    long_cents: int
    nonperforming_cents: int

    @property
    def late_loans(self) -> int:
        """Loans with anything past due."""
        return self.short_loans + self.medium_loans + self.long_loans

    @property
    def late_cents(self) -> int:
        """Outstanding principal of late loans."""
        return self.short_cents + self.medium_cents + self.long_cents

    @property
    def late_bp(self) -> int:
        """Share of the outstanding principal that is late, in basis points."""
        return self._share_bp(self.late_cents)

    @property
    def nonperforming_bp(self) -> int:
        """The non-performing ratio (不良率) in basis points."""
        return self._share_bp(self.nonperforming_cents)

    def _share_bp(self, part_cents: int) -> int:
        return part_cents * 10_000 // self.outstanding_cents if self.outstanding_cents else 0


PORTFOLIO = """
    with book as (
        select borrower_id, status, principal_cents, outstanding_cents,
               case when status = 'running' and oldest_due_on < %(today)s
                    then %(today)s::date - oldest_due_on else 0 end as days_past_due
          from loan
    )
    select (count(distinct borrower_id) filter (where status = 'running'))::int as borrowers,
           (count(*) filter (where status = 'running'))::int as running,
           (count(*) filter (where status = 'paying'))::int as paying,
           (count(*) filter (where status = 'closed'))::int as closed,
           (count(*) filter (where status in ('running', 'closed')))::int as drawn_loans,
           coalesce(sum(principal_cents) filter (where status in ('running', 'closed')), 0)::bigint as drawn_cents,
           coalesce(sum(outstanding_cents) filter (where status = 'running'), 0)::bigint as outstanding_cents,
           (count(*) filter (where days_past_due between 1 and 30))::int as short_loans,
           coalesce(sum(outstanding_cents) filter (where days_past_due between 1 and 30), 0)::bigint as short_cents,
           (count(*) filter (where days_past_due between 31 and 90))::int as medium_loans,
           coalesce(sum(outstanding_cents) filter (where days_past_due between 31 and 90), 0)::bigint as medium_cents,
           (count(*) filter (where days_past_due > 90))::int as long_loans,
           coalesce(sum(outstanding_cents) filter (where days_past_due > 90), 0)::bigint as long_cents,
           coalesce(sum(outstanding_cents) filter (where days_past_due >= %(bad_from)s), 0)::bigint
               as nonperforming_cents
      from book
"""


def portfolio(db: Db, today: date) -> Portfolio:
    """The book as of today."""
    return one(db, Portfolio, PORTFOLIO, today=today, bad_from=NON_PERFORMING_FROM_DAYS)


@dataclass(frozen=True, slots=True)
class PortfolioDay:
    """The book of one product as it stood at the end of a day."""

    on_day: date
    product_key: str
    loans: int
    outstanding_cents: int
    late_loans: int
    late_cents: int
    nonperforming_cents: int
    drawn_cents: int


PORTFOLIO_DAYS = """
    select on_day, product_key, loans, outstanding_cents, late_loans, late_cents, nonperforming_cents, drawn_cents
      from portfolio_day
     where on_day between %(first)s and %(last)s
     order by on_day, product_key
"""


def portfolio_days(db: Db, first: date, last: date) -> list[PortfolioDay]:
    """How the book went, day by day."""
    return many(db, PortfolioDay, PORTFOLIO_DAYS, first=first, last=last)


@dataclass(frozen=True, slots=True)
class Control:
    """One comparison of the books with the loans; they must be equal to the last numerator."""

    what: str
    unit: str
    books: str
    loans: str

    @property
    def difference(self) -> int:
        """Books less loans: nothing, or a defect."""
        return int(self.books) - int(self.loans)


CONTROLS: Final = """
    with books as (
        select account, unit, sum(amount) as amount
          from line_item
         where account = any(%(accounts)s)
         group by account, unit
    ), rows as (
        select l.nonaccrual, l.written_off,
               sum(i.principal_cents - i.principal_paid_cents) as principal,
               sum(i.interest_cents - i.interest_paid_cents) as interest,
               sum(i.penalty_cents - i.penalty_paid_cents) as penalty,
               sum(i.fees_cents - i.fees_paid_cents) as fees,
               sum(i.earns_cents) as earns
          from instalment i
          join loan l using (loan_id, borrower_id)
         where l.status in ('running', 'written-off', 'closed')
         group by l.nonaccrual, l.written_off
    ), accrued as (
        select 'CNY/' || rate_den as unit, nonaccrual,
               sum(interest_accrued + interest_per_night * (%(today)s::date - seen_on)::numeric) as interest,
               sum(penalty_accrued + penalty_per_night * (%(today)s::date - seen_on)::numeric) as penalty
          from loan
         where status in ('running', 'written-off')
         group by rate_den, nonaccrual
    ), folds as (
        select distinct on (product_key, kind, rate_den) kind, 'CNY/' || rate_den as unit,
               per_night * (%(today)s::date - through_on) as amount
          from accrual_fold
         order by product_key, kind, rate_den, through_on desc
    ), unposted as (
        select kind, unit, sum(amount) as amount
          from (select kind, unit, amount from folds
                 union all
                select kind, 'CNY/' || rate_den, per_night::numeric * (%(today)s::date - from_on)
                  from accrual_delta) parts
         group by kind, unit
    ), units as (
        select unit from accrued union select unit from unposted union select unit from books where unit <> 'CNY'
    ), compared as (
        select 'principal' as what, 'CNY' as unit, %(loans)s as account,
               (select sum(principal) from rows where not written_off) as owed
        union all
        select 'interest billed', 'CNY', %(interest)s, (select sum(interest) from rows where not nonaccrual)
        union all
        select 'penalty billed', 'CNY', %(penalty)s, (select sum(penalty) from rows where not nonaccrual)
        union all
        select 'fees', 'CNY', %(fees)s, (select sum(fees) from rows where not written_off)
        union all
        select 'fees not yet earned', 'CNY', %(unearned)s, -(select sum(earns) from rows)
        union all
        select 'written-off principal', 'CNY', %(memo_principal)s, (select sum(principal) from rows where written_off)
        union all
        select 'interest outside', 'CNY', %(memo_interest)s, (select sum(interest) from rows where nonaccrual)
        union all
        select 'penalty outside', 'CNY', %(memo_penalty)s, (select sum(penalty) from rows where nonaccrual)
        union all
        select 'fees outside', 'CNY', %(memo_fees)s, (select sum(fees) from rows where written_off)
        union all
        select 'interest accrued', u.unit, %(interest_accrued)s, a.interest
          from units u left join accrued a on a.unit = u.unit and not a.nonaccrual
        union all
        select 'penalty accrued', u.unit, %(penalty_accrued)s, a.penalty
          from units u left join accrued a on a.unit = u.unit and not a.nonaccrual
        union all
        select 'interest accrued outside', u.unit, %(memo_interest_accrued)s, a.interest
          from units u left join accrued a on a.unit = u.unit and a.nonaccrual
        union all
        select 'penalty accrued outside', u.unit, %(memo_penalty_accrued)s, a.penalty
          from units u left join accrued a on a.unit = u.unit and a.nonaccrual
        union all
        select 'held for borrowers', 'CNY', %(held)s,
               (select coalesce(sum(amount_cents), 0) from receipt where from_held)
               - (select coalesce(sum(held_cents), 0) from receipt_part)
        union all
        select 'claims on borrowers', 'CNY', %(claims)s, -(select coalesce(sum(claimed_cents), 0) from receipt_part)
    )
    select c.what, c.unit,
           trunc(coalesce(b.amount, 0) + coalesce(u.amount, 0))::text as books,
           trunc(coalesce(c.owed, 0))::text as loans
      from compared c
      left join books b on b.account = c.account and b.unit = c.unit
      left join unposted u on u.unit = c.unit
                          and u.kind = case c.what when 'interest accrued' then 'interest'
                                                   when 'penalty accrued' then 'penalty'
                                                   when 'interest accrued outside' then 'memo interest'
                                                   when 'penalty accrued outside' then 'memo penalty' end
     order by c.what, c.unit
"""

CONTROL_ACCOUNTS: Final = {
    "loans": Account.LOANS,
    "interest": Account.INTEREST,
    "penalty": Account.PENALTY,
    "fees": Account.FEES,
    "unearned": Account.UNEARNED_FEES,
    "interest_accrued": Account.INTEREST_ACCRUED,
    "penalty_accrued": Account.PENALTY_ACCRUED,
    "memo_principal": Account.MEMO_PRINCIPAL,
    "memo_interest": Account.MEMO_INTEREST,
    "memo_penalty": Account.MEMO_PENALTY,
    "memo_fees": Account.MEMO_FEES,
    "memo_interest_accrued": Account.MEMO_INTEREST_ACCRUED,
    "memo_penalty_accrued": Account.MEMO_PENALTY_ACCRUED,
    "held": Account.HELD,
    "claims": Account.CLAIMS,
}


def controls(db: Db, today: date) -> list[Control]:
    """The control accounts, with what tonight will still post, against the sum of the loans (DOMAIN section 11, 2)."""
    numbers = {name: account.number for name, account in CONTROL_ACCOUNTS.items()}
    return many(db, Control, CONTROLS, today=today, accounts=list(numbers.values()), **numbers)
