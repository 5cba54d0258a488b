"""Writing down what is asked for, what is brought forward, and what was found; rows are only ever added."""

from datetime import date, timedelta
from uuid import UUID

from lendmill import ids
from lendmill.credit.conditions.condition import Condition
from lendmill.credit.conditions.queries import UNMET, WAITS
from lendmill.credit.conditions.told import ConditionTold
from lendmill.credit.lines.line import Line
from lendmill.db import Db, note, run
from lendmill.people.sign_in.queries import Caller

ASK = """
    insert into line_condition (condition_id, borrower_id, line_id, decision_id, condition, ways, cover_cents, asked_on,
                                until_on)
    values (%(condition_id)s, %(borrower_id)s, %(line_id)s, %(decision_id)s, %(condition)s, %(ways)s, %(cover_cents)s,
            %(today)s, %(until_on)s)
"""


def ask(db: Db, line: Line, asked: Condition, *, decision_id: UUID, today: date) -> None:
    """Note that a line waits for a condition of a decision."""
    note(
        db,
        ASK,
        condition_id=ids.new(),
        borrower_id=line.borrower_id,
        line_id=line.line_id,
        decision_id=decision_id,
        condition=asked.condition,
        ways=list(asked.by),
        cover_cents=asked.cover_cents,
        today=today,
        until_on=today + timedelta(days=asked.days),
    )


BRING_TO = """
    update line
       set verdict_id = %(verdict_id)s,
           limit_cents = greatest(limit_cents, %(limit_cents)s),
           months_max = greatest(months_max, %(months_max)s),
           raise_to_cents = null
     where borrower_id = %(borrower_id)s
       and line_id = %(line_id)s
"""


def bring_to(db: Db, line: Line, *, verdict_id: UUID, limit_cents: int, months_max: int) -> None:
    """Let what a person decided hold of a line, never less than it has; its price and its end stay."""
    run(
        db, BRING_TO, borrower_id=line.borrower_id, line_id=line.line_id, verdict_id=verdict_id,
        limit_cents=limit_cents, months_max=months_max,
    )  # fmt: skip


PROMISE = """
    update line
       set verdict_id = %(verdict_id)s,
           raise_to_cents = %(limit_cents)s
     where borrower_id = %(borrower_id)s
       and line_id = %(line_id)s
"""


def promise(db: Db, line: Line, *, verdict_id: UUID, limit_cents: int) -> None:
    """Reserve what a person raises a line to, until what they ask is met."""
    run(db, PROMISE, borrower_id=line.borrower_id, line_id=line.line_id, verdict_id=verdict_id, limit_cents=limit_cents)


TELL = """
    insert into condition_told (told_id, borrower_id, condition_id, way, guarantor_id, described, cover_cents, told_by,
                                told_on)
    values (%(told_id)s, %(borrower_id)s, %(condition_id)s, %(way)s, %(guarantor_id)s, %(described)s, %(cover_cents)s,
            %(told_by)s, %(today)s)
"""


def tell(
    db: Db,
    *,
    borrower_id: UUID,
    condition_id: UUID,
    way: str,
    guarantor_id: UUID | None,
    described: str,
    cover_cents: int,
    told_by: UUID,
    today: date,
) -> UUID:
    """Note what somebody brings forward."""
    told_id = ids.new()
    note(
        db,
        TELL,
        told_id=told_id,
        borrower_id=borrower_id,
        condition_id=condition_id,
        way=way,
        guarantor_id=guarantor_id,
        described=described,
        cover_cents=cover_cents,
        told_by=told_by,
        today=today,
    )
    return told_id


JUDGE = """
    insert into condition_verdict (told_id, borrower_id, told_by, verified, decided_by, decided_role, decided_on,
                                   reason)
    values (%(told_id)s, %(borrower_id)s, %(told_by)s, %(verified)s, %(decided_by)s, %(decided_role)s, %(today)s,
            %(reason)s)
    on conflict do nothing
"""


def judge(
    db: Db, told: ConditionTold, *, borrower_id: UUID, verified: bool, reason: str, by: Caller, today: date
) -> bool:
    """Note what was found, and whether this was the first word on it."""
    return bool(
        run(
            db,
            JUDGE,
            told_id=told.told_id,
            borrower_id=borrower_id,
            told_by=told.told_by,
            verified=verified,
            decided_by=by.account_id,
            decided_role=by.role.value,
            today=today,
            reason=reason,
        )
    )


LAPSED = f"""
    update line l
       set status = case when status = 'pending' then 'closed' else status end,
           raise_to_cents = null
     where {WAITS}
       and exists (select from line_condition c
                    where c.line_id = l.line_id
                      and c.borrower_id = l.borrower_id
                      and c.until_on < %(before)s
                      and {UNMET.strip()})
"""


def close_lapsed(db: Db, *, before: date) -> int:
    """Close the lines whose conditions had their last day before one, let such raises go, and say how many."""
    return run(db, LAPSED, before=before)
