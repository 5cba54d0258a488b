"""The desk: its queue, one file, what happened to it, and who is tied to whom."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from lendmill.credit.policy import Policy
from lendmill.credit.review.case import LookedAtAlready, NoSuchReview, ReviewCase, ReviewEvent
from lendmill.credit.review.rules import USUAL, ReviewRules
from lendmill.db import Db, many, maybe, scalar
from lendmill.people.groups.queries import groups_of

COLUMNS: Final = """
           c.case_id, c.borrower_id, b.display_name, c.why, c.product_key, c.outcome, c.asked_cents, c.reasons,
           c.fast_lane, c.rank, c.opened_on, c.due_on, c.status, c.waits_until_on,
           case when c.held_until_at > now() then c.held_by end as held_by,
           case when c.held_until_at > now() then a.display_name end as holder,
           case when c.held_until_at > now() then c.held_until_at end as held_until_at,
           exists (select from review_event e
                    where (e.case_id, e.borrower_id) = (c.case_id, c.borrower_id)
                      and e.what = 'answered'
                      and not exists (select from review_event later
                                       where (later.case_id, later.borrower_id) = (c.case_id, c.borrower_id)
                                         and later.what = 'asked'
                                         and later.event_id > e.event_id)) as answered,
           v.decision_id as verdict_id, v.outcome as verdict_outcome, v.decided_on
      from review_case c
      join borrower b on b.borrower_id = c.borrower_id
      left join account a on a.account_id = c.held_by
      left join review_verdict v on (v.case_id, v.borrower_id) = (c.case_id, c.borrower_id)
"""

CASE = f"""
    select {COLUMNS}
     where c.case_id = %(case_id)s
       and (%(borrower_id)s::uuid is null or c.borrower_id = %(borrower_id)s::uuid)
"""


def review_case(db: Db, case_id: UUID, borrower_id: UUID | None = None) -> ReviewCase:
    """One file, or the refusal `NoSuchReview`; with a borrower named, only if it is theirs."""
    found = maybe(db, ReviewCase, CASE, case_id=case_id, borrower_id=borrower_id)
    if found is None:
        raise NoSuchReview(case_id=case_id)
    return found


def case_about(db: Db, borrower_id: UUID, decision_id: UUID) -> ReviewCase | None:
    """The file about a borrower's decision, or the file that this decision of a person settled."""
    return maybe(db, ReviewCase, CASE_ABOUT, borrower_id=borrower_id, decision_id=decision_id)


CASE_ABOUT = f"""
    select {COLUMNS}
     where c.borrower_id = %(borrower_id)s
       and (c.case_id = %(decision_id)s or v.decision_id = %(decision_id)s)
"""

CASES_OF = f"""
    select {COLUMNS}
     where c.borrower_id = %(borrower_id)s
     order by c.case_id desc
     limit %(size)s
"""


def cases_of(db: Db, borrower_id: UUID, size: int = 20) -> list[ReviewCase]:
    """A borrower's files, the newest first."""
    return many(db, ReviewCase, CASES_OF, borrower_id=borrower_id, size=size)


DUE = """
    select min(due_on)
      from review_case
     where borrower_id = %(borrower_id)s
       and product_key = %(product_key)s
       and status <> 'decided'
"""


def check_not_looked_at(db: Db, borrower_id: UUID, product_key: str) -> None:
    """Refuse, by `LookedAtAlready`, a second file about a product while a person has the first."""
    due_on = scalar(db, DUE, borrower_id=borrower_id, product_key=product_key)
    if due_on is not None:
        raise LookedAtAlready(product_key=product_key, due_on=due_on)


# What waits for the seller or for a second person lies aside; a wait that is over, or answered, is over.
QUEUE = f"""
    with desk as (
    select {COLUMNS}
     where c.status <> 'decided'
    )
    select case_id, borrower_id, display_name, why, product_key, outcome, asked_cents, reasons, fast_lane, rank,
           opened_on, due_on, status, waits_until_on, held_by, holder, held_until_at, answered, verdict_id,
           verdict_outcome, decided_on
      from desk
     where (%(view)s = 'all'
            or (%(view)s = 'mine' and held_by = %(account_id)s::uuid)
            or (%(view)s = 'waiting' and waits_until_on >= %(today)s and not (status = 'asked' and answered))
            or (%(view)s = 'late' and due_on < %(today)s)
            or (%(view)s = 'open'
                and (waits_until_on is null or waits_until_on < %(today)s or (status = 'asked' and answered))))
       and (%(after)s::uuid is null
            or exists (select from review_case last
                        where last.case_id = %(after)s::uuid
                          and (desk.rank < last.rank or (desk.rank = last.rank and desk.case_id > last.case_id))))
     order by rank desc, case_id
     limit %(size)s
"""
VIEWS: Final = ("open", "mine", "waiting", "late", "all")


def queue(
    db: Db,
    today: date,
    *,
    view: str = "open",
    account_id: UUID | None = None,
    after: UUID | None = None,
    size: int = 50,
) -> list[ReviewCase]:
    """Files not decided yet, the weightiest first: those to be looked at, one's own, those that wait, those overdue."""
    assert view in VIEWS
    return many(db, ReviewCase, QUEUE, today=today, view=view, account_id=account_id, after=after, size=min(size, 500))


DECIDED = f"""
    select {COLUMNS}
     where v.decision_id is not null
       and (%(before)s::uuid is null or v.decision_id < %(before)s::uuid)
     order by v.decision_id desc
     limit %(size)s
"""


def decided_cases(db: Db, *, before: UUID | None = None, size: int = 50) -> list[ReviewCase]:
    """Files a person has decided, the latest first; `before` is the verdict's decision."""
    return many(db, ReviewCase, DECIDED, before=before, size=min(size, 500))


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """How many files lie at the desk, and how many of them should have been decided by now."""

    to_look_at: int
    waiting: int
    late: int


COUNTS = """
    select count(*) filter (where waits_until_on is null or waits_until_on < %(today)s)::integer as to_look_at,
           count(*) filter (where waits_until_on >= %(today)s)::integer as waiting,
           count(*) filter (where due_on < %(today)s)::integer as late
      from review_case
     where status <> 'decided'
"""


def desk_counts(db: Db, today: date) -> DeskCounts:
    """The desk in three figures."""
    found = maybe(db, DeskCounts, COUNTS, today=today)
    assert found is not None
    return found


EVENTS = """
    select e.event_id, e.what, a.display_name as by, e.words, e.happened_on, e.made_at
      from review_event e
      left join account a on a.account_id = e.account_id
     where e.borrower_id = %(borrower_id)s
       and e.case_id = %(case_id)s
     order by e.event_id
"""


def events_of(db: Db, borrower_id: UUID, case_id: UUID) -> list[ReviewEvent]:
    """All that happened to a file, in order, who opened it included."""
    return many(db, ReviewEvent, EVENTS, borrower_id=borrower_id, case_id=case_id)


TIE_OF = """
    select kind
      from staff_tie
     where account_id = %(account_id)s
       and borrower_id = any(%(borrower_ids)s)
     order by kind
     limit 1
"""


def tie_of(db: Db, account_id: UUID, borrower_id: UUID, today: date) -> str | None:
    """How a member of staff is tied to a borrower, or to somebody related to them; None where nothing is known."""
    members = {member for group in groups_of(db, borrower_id, today) for member in group.borrower_ids}
    borrower_ids = sorted({borrower_id, *members})
    found = scalar(db, TIE_OF, account_id=account_id, borrower_ids=borrower_ids)
    return None if found is None else str(found)


def rules_of(policy: Policy) -> ReviewRules:
    """The policy's figures for the desk."""
    return policy.review or USUAL
