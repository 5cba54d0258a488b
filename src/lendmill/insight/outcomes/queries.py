"""Which decisions have their outcome, a default within twelve months or none; and which grades can be approved."""

from datetime import date
from typing import Final

from lendmill.credit import queries as credit
from lendmill.credit.decisions.queries import NoSuchPolicy
from lendmill.db import Db, many
from lendmill.rating.queries import Model
from lendmill.rating.watching.outcome import RatingOutcome
from lendmill.rating.watching.ripening import MonthCount

DEFAULT_FROM_DAYS: Final = 91

# A loan belongs to the decision its line was opened by. Default (DOMAIN section 6): 91 contractual days past due or
# write-off, whichever came first, within 12 months of the decision. No source of proven fraud exists yet.
LENT: Final = """
      join line n on (n.line_id, n.borrower_id) = (l.line_id, l.borrower_id)
      join decision d on (d.decision_id, d.borrower_id) = (n.decision_id, n.borrower_id)
"""

DRAWN: Final = """
               exists (select from line n
                         join loan l on (l.line_id, l.borrower_id) = (n.line_id, n.borrower_id)
                        where (n.decision_id, n.borrower_id) = (d.decision_id, d.borrower_id)
                          and l.drawn_on is not null)
"""

NO_OUTCOME_YET: Final = """
               not exists (select from outcome o
                            where (o.decision_id, o.borrower_id) = (d.decision_id, d.borrower_id))
"""

RATED: Final = """
           (content::jsonb #>> '{case,rating,rating_id}')::uuid as rating_id,
           content::jsonb #>> '{case,rating,model_id}' as model_id,
           (content::jsonb #>> '{case,rating,points}')::integer as points,
           (content::jsonb #>> '{case,rating,pd}')::double precision as pd
"""

DEFAULTED = f"""
    with late as (
        select l.loan_id, l.borrower_id, l.line_id,
               case when l.oldest_due_on <= %(today)s::date - %(from_days)s
                    then l.oldest_due_on + %(from_days)s end as late_on,
               (select min(e.value_on)
                  from loan_event e
                 where e.loan_id = l.loan_id
                   and e.borrower_id = l.borrower_id
                   and e.kind = 'written-off'
                   and l.written_off) as written_off_on
          from loan l
         where (l.status = 'running' and l.oldest_due_on <= %(today)s::date - %(from_days)s)
            or l.written_off
    ), bad as (
        select distinct on (d.decision_id) d.decision_id, d.borrower_id, d.decided_on, d.content,
               case when l.late_on <= l.written_off_on or l.written_off_on is null
                    then 'late' else 'written-off' end as cause
          from late l
    {LENT.strip()}
         where least(l.late_on, l.written_off_on) < d.decided_on + interval '12 months'
           and d.outcome in ('approve', 'counter')
           and {NO_OUTCOME_YET.strip()}
         order by d.decision_id, least(l.late_on, l.written_off_on)
    ), told as (
        select decision_id, borrower_id, decided_on, cause,
    {RATED.rstrip()}
          from bad
    )
    select decision_id, borrower_id, rating_id, model_id, decided_on, points, pd, true as defaulted, cause,
           %(today)s::date as known_on
      from told
     where pd is not null
     order by decision_id
"""


def defaulted(db: Db, today: date) -> list[RatingOutcome]:
    """Decisions found in default today whose outcome was not known before."""
    return many(db, RatingOutcome, DEFAULTED, today=today, from_days=DEFAULT_FROM_DAYS)


PAID = f"""
    with ripe as (
        select d.decision_id, d.borrower_id, d.decided_on, d.content
          from decision d
         where d.outcome in ('approve', 'counter')
           and d.decided_on + interval '12 months' <= %(today)s::date
           and d.decided_on >= %(since)s::date
           and {DRAWN.strip()}
           and {NO_OUTCOME_YET.strip()}
    ), told as (
        select decision_id, borrower_id, decided_on,
    {RATED.rstrip()}
          from ripe
    )
    select decision_id, borrower_id, rating_id, model_id, decided_on, points, pd, false as defaulted, '' as cause,
           %(today)s::date as known_on
      from told
     where pd is not null
     order by decision_id
"""


def paid(db: Db, today: date, since: date) -> list[RatingOutcome]:
    """Decisions taken since a day that lent and are twelve months old without a default; defaults come first."""
    return many(db, RatingOutcome, PAID, today=today, since=since)


OPEN_MONTHS = f"""
    with still_open as (
        select d.decided_on, d.content
          from decision d
         where d.outcome in ('approve', 'counter')
           and d.decided_on + interval '12 months' > %(today)s::date
           and d.decided_on <= %(today)s
           and {DRAWN.strip()}
           and {NO_OUTCOME_YET.strip()}
    ), told as (
        select decided_on,
    {RATED.rstrip()}
          from still_open
    )
    select date_trunc('month', decided_on)::date as month_on, count(*)::integer as counted, avg(pd) as mean_pd,
           0 as bads
      from told
     where model_id = %(model_id)s
       and pd is not null
     group by 1
     order by 1
"""


def open_months(db: Db, model_id: str, today: date) -> list[MonthCount]:
    """Decisions that lent on a card's word, whose twelve months still run and that have not defaulted, by month."""
    return many(db, MonthCount, OPEN_MONTHS, model_id=model_id, today=today)


def approvable(db: Db, model: Model) -> list[str]:
    """The grades the policy in force may approve; all of them where there is no policy yet."""
    try:
        declined = set(credit.policy(db).rating.declined)
    except NoSuchPolicy:
        declined = set()
    return [grade.name for grade in model.card.scale.grades if grade.name not in declined]
