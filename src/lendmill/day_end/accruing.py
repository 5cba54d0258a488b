"""The night's interest of the whole book, in one line a product, from the sum of all loans' nightly interest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lendmill import ids
from lendmill.day_end.report import Counts
from lendmill.db import Db, many, scalar
from lendmill.ledger import actions as books
from lendmill.ledger.accounts import exact_unit
from lendmill.ledger.entry import Entry
from lendmill.loans import postings_accruing

FOLD = """
    with new as (
        delete from accrual_delta returning product_key, kind, rate_den, from_on, per_night
    ), changes as (
        select product_key, kind, rate_den,
               sum(per_night) as per_night,
               sum(per_night::numeric * (%(opens)s::date - from_on)) as total
          from new
         group by product_key, kind, rate_den
    ), last as (
        select distinct on (product_key, kind, rate_den) product_key, kind, rate_den, through_on, per_night, total
          from accrual_fold
         order by product_key, kind, rate_den, through_on desc
    ), folded as (
        insert into accrual_fold (product_key, kind, rate_den, through_on, per_night, total)
        select coalesce(l.product_key, c.product_key), coalesce(l.kind, c.kind), coalesce(l.rate_den, c.rate_den),
               %(opens)s,
               coalesce(l.per_night, 0) + coalesce(c.per_night, 0),
               coalesce(l.total + l.per_night * (%(opens)s::date - l.through_on), 0) + coalesce(c.total, 0)
          from last l
          full join changes c on (l.product_key, l.kind, l.rate_den) = (c.product_key, c.kind, c.rate_den)
        returning product_key, kind, rate_den, total
    )
    select f.product_key, f.kind, f.rate_den, f.total - coalesce(l.total, 0) as earned
      from folded f
      left join last l on (l.product_key, l.kind, l.rate_den) = (f.product_key, f.kind, f.rate_den)
     order by f.product_key, f.kind, f.rate_den
"""

AFTER_BATCHES = "select max(ids_from_ms) + 1 from day_end_batch where closes_on = %(day)s"


@dataclass(frozen=True, slots=True)
class Earned:
    """What one night earned on one product, of one kind, as a numerator over a denominator."""

    product_key: str
    kind: str
    rate_den: int
    earned: Decimal


def accrue(db: Db, day: date, opens: date) -> Counts:
    """Post what the night earned: one line a product, exact.

    The fold is cumulative: a change with an earlier day brings the difference of all nights since in the next line.
    """
    earned = many(db, Earned, FOLD, opens=opens)
    with ids.numbered_from(scalar(db, AFTER_BATCHES, day=day) or ids.now_ms()):
        books.post(db, [_entry(one, opens) for one in earned])
    return counts_of(earned)


def counts_of(earned: Sequence[Earned]) -> Counts:
    """How many lines that makes, and what they come to by kind, in cents and rounded down."""
    sums: dict[str, Decimal] = {}
    for one in earned:
        sums[one.kind] = sums.get(one.kind, Decimal(0)) + one.earned // one.rate_den
    told = {f"{kind.replace(' ', '_')}_cents": int(cents) for kind, cents in sorted(sums.items()) if cents}
    return {"lines": sum(bool(one.earned) for one in earned)} | told


def _entry(one: Earned, opens: date) -> Entry:
    outside = one.kind.startswith("memo ")
    return (postings_accruing.accrued_outside if outside else postings_accruing.accrued)(
        kind=one.kind.removeprefix("memo "),
        product_key=one.product_key,
        unit=exact_unit("CNY", one.rate_den),
        earned=int(one.earned),
        value_on=opens,
        booked_on=opens,
    )
