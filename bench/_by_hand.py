"""The same day end written by hand: the set-based SQL somebody would write who knew this one book and this one day.

It knows that every loan is of one product, that no fees are charged, that nothing is late, and that what happens is
only a first instalment falling due. It does the same writes as the house's own day end, in one transaction; it is the
ceiling that one is measured against.
"""

from datetime import date

import psycopg

from lendmill.days import ONE_DAY

DUE = """
    create temporary table due on commit drop as
    select l.loan_id, l.borrower_id, l.product_key, l.rate_den, i.n,
           f.accrued, f.cents, f.accrued - f.cents * l.rate_den as rest,
           (select min(day)
              from instalment c
             cross join lateral (values (c.due_on), (c.due_on + 1), (c.due_on + l.grace_days)) days (day)
             where (c.loan_id, c.borrower_id) = (l.loan_id, l.borrower_id)
               and day > %(opens)s) as next_on,
           uuidv7() as entry_id
      from agenda a
      join loan l on (l.loan_id, l.borrower_id) = (a.loan_id, a.borrower_id)
      join instalment i on (i.loan_id, i.borrower_id) = (l.loan_id, l.borrower_id) and i.due_on = %(opens)s
     cross join lateral (
           select s.accrued, (2 * s.accrued + l.rate_den) / (2 * l.rate_den) as cents
             from (select l.interest_accrued + l.outstanding_cents * l.rate_num * (%(opens)s::date - l.seen_on)
                       as accrued) s) f
     where a.happens_on <= %(opens)s
       and l.status = 'running'
     order by l.borrower_id
"""

STATEMENTS = (
    "select from house for update",
    "update house set today_on = %(opens)s where today_on = %(day)s",
    """
    insert into portfolio_day (on_day, product_key, loans, outstanding_cents, late_loans, late_cents,
                               nonperforming_cents, drawn_cents)
    select %(day)s, product_key, count(*), sum(outstanding_cents), 0, 0, 0, 0
      from loan
     where status = 'running'
     group by product_key
    """,
    DUE,
    "analyze due",
    """
    select from borrower where borrower_id in (select borrower_id from due) for update
    """,
    """
    update loan l
       set seen_on = %(opens)s, interest_accrued = d.rest, next_on = d.next_on
      from due d
     where (l.loan_id, l.borrower_id) = (d.loan_id, d.borrower_id)
    """,
    """
    update instalment i
       set interest_cents = i.interest_cents + d.cents
      from due d
     where (i.loan_id, i.borrower_id, i.n) = (d.loan_id, d.borrower_id, d.n)
    """,
    "delete from agenda where happens_on <= %(opens)s",
    "insert into agenda (happens_on, borrower_id, loan_id) select next_on, borrower_id, loan_id from due",
    """
    insert into entry (entry_id, borrower_id, what, loan_id, product_key, value_on, booked_on)
    select entry_id, borrower_id, 'billed', loan_id, product_key, %(opens)s, %(opens)s from due
    """,
    """
    insert into line_item (entry_id, n, account, unit, amount, value_on, booked_on)
    select d.entry_id, line.n, line.account, line.unit, line.amount, %(opens)s, %(opens)s
      from due d
     cross join lateral (values (1, '1302', 'CNY', d.cents::numeric),
                                (2, '9001', 'CNY', -d.cents),
                                (3, '9002', 'CNY/' || d.rate_den, d.cents::numeric * d.rate_den),
                                (4, '1311', 'CNY/' || d.rate_den, -d.cents::numeric * d.rate_den)
           ) line (n, account, unit, amount)
    """,
    """
    with earned as (
        insert into accrual_fold (product_key, kind, rate_den, through_on, per_night, total)
        select product_key, kind, rate_den, %(opens)s, per_night, total + per_night * (%(opens)s::date - through_on)
          from (select distinct on (product_key, kind, rate_den) product_key, kind, rate_den, through_on, per_night,
                       total
                  from accrual_fold
                 order by product_key, kind, rate_den, through_on desc) last
        returning product_key, kind, rate_den, per_night
    ), head as (
        insert into entry (entry_id, what, product_key, value_on, booked_on)
        select uuidv7(), kind || ' accrued', product_key, %(opens)s, %(opens)s from earned
        returning entry_id
    )
    insert into line_item (entry_id, n, account, unit, amount, value_on, booked_on)
    select h.entry_id, line.n, line.account, 'CNY/' || e.rate_den, line.amount, %(opens)s, %(opens)s
      from head h, earned e
     cross join lateral (values (1, '1311', e.per_night), (2, '5001', -e.per_night)) line (n, account, amount)
    """,
    """
    insert into day_end_step (closes_on, step, counts)
    select %(day)s, step, '{}' from unnest(array['cut-over', 'bring-up', 'accrue', 'funding', 'done']) step
    """,
)


def day_end_by_hand(url: str, day: date) -> None:
    """Close a day, as the owner, in one transaction."""
    with psycopg.connect(url) as db:
        db.execute("set local enable_hashjoin = off")  # by nested loop: the planner would read the whole book
        db.execute("set local enable_mergejoin = off")
        for statement in STATEMENTS:
            db.execute(statement, {"day": day, "opens": day + ONE_DAY} if "%(" in statement else None)
