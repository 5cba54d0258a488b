"""A borrower's lines, and how they stand with the house."""

from datetime import date
from typing import Final
from uuid import UUID

from lendmill.credit.lines.line import Line, NoSuchLine, Standing
from lendmill.db import Db, many, maybe, scalar
from lendmill.people.groups.queries import GROUPS_OF_ONE, MEMBERS_OF_ONE

LINE_COLUMNS: Final = """
           line_id, borrower_id, product_key, product_version, decision_id, limit_cents, reserved_cents, used_cents,
           rate_den, rate_num, penalty_num, grace_days, months_max, methods, joint_products, joint_max_cents,
           opened_on, expires_on, status, verdict_id, raise_to_cents
"""

LINE = f"""
    select {LINE_COLUMNS}
      from line
     where borrower_id = %(borrower_id)s
       and line_id = %(line_id)s
"""


def line(db: Db, borrower_id: UUID, line_id: UUID) -> Line:
    """One line of a borrower, or the refusal `NoSuchLine`; another borrower's line is not there either."""
    found = maybe(db, Line, LINE, borrower_id=borrower_id, line_id=line_id)
    if found is None:
        raise NoSuchLine(line_id=line_id)
    return found


LINES_OF = f"""
    select {LINE_COLUMNS}
      from line
     where borrower_id = %(borrower_id)s
     order by line_id
"""


def lines_of(db: Db, borrower_id: UUID) -> list[Line]:
    """All lines of a borrower, the oldest first."""
    return many(db, Line, LINES_OF, borrower_id=borrower_id)


STANDING = """
    select coalesce(s.outstanding_cents, 0) as outstanding_cents, coalesce(s.reserved_cents, 0) as reserved_cents,
           coalesce(s.days_past_due_worst, 0) as days_past_due_worst, s.late_since_on,
           coalesce(s.loans_drawn, 0) as loans_drawn, coalesce(s.loans_repaid, 0) as loans_repaid, b.banned
      from borrower b
      left join standing s on s.borrower_id = b.borrower_id
     where b.borrower_id = %(borrower_id)s
"""


def standing(db: Db, borrower_id: UUID) -> Standing:
    """A borrower's debts and record with the house, and whether they are shut out; who never borrowed owes nothing."""
    return maybe(db, Standing, STANDING, borrower_id=borrower_id) or Standing()


GROUP_USE = f"""
    select max(used_cents)::bigint
      from (select own.group_id, sum(line.reserved_cents + line.used_cents) as used_cents
              from borrower b
             cross join lateral ({GROUPS_OF_ONE}) own
             cross join lateral ({MEMBERS_OF_ONE}) member
              join line on line.borrower_id = member.borrower_id
             where b.borrower_id = %(borrower_id)s
             group by own.group_id) each_group
"""


def group_use(db: Db, borrower_id: UUID, today: date) -> int | None:
    """What those who belong together with a borrower have reserved and used: of several groups the most; or None."""
    found = scalar(db, GROUP_USE, borrower_id=borrower_id, today=today)
    return None if found is None else int(found)


JOINT_USE = """
    select coalesce(sum(reserved_cents + used_cents), 0)::bigint
      from line
     where borrower_id = %(borrower_id)s
       and product_key = any(%(products)s)
"""


def joint_use(db: Db, borrower_id: UUID, products: list[str]) -> int:
    """What a borrower has reserved and used over several products, on lines open or not."""
    found = scalar(db, JOINT_USE, borrower_id=borrower_id, products=products)
    assert isinstance(found, int)
    return found
