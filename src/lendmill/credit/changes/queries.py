"""Open lines to be weighed, changes that wait for their day, and what a borrower was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from lendmill.credit.changes.change import LineChange
from lendmill.credit.changes.weighing import History
from lendmill.credit.lines.line import Line
from lendmill.credit.lines.queries import LINE_COLUMNS
from lendmill.db import Db, many

LINES_TO_WEIGH = """
    select borrower_id, line_id
      from line
     where status = 'open'
       and expires_on > %(today)s
       and (borrower_id, line_id) > (%(after_borrower)s, %(after_line)s)
       and not exists (select from line_change c
                        where c.line_id = line.line_id
                          and c.borrower_id = line.borrower_id
                          and c.noted_on = %(today)s)
     order by borrower_id, line_id
     limit %(size)s
"""


@dataclass(frozen=True, slots=True)
class Weighable:
    """An open line, by its name."""

    borrower_id: UUID
    line_id: UUID


def lines_to_weigh(db: Db, *, today: date, after: Weighable, size: int) -> list[Weighable]:
    """Open lines not changed today, in the order of borrowers and lines."""
    return many(
        db,
        Weighable,
        LINES_TO_WEIGH,
        today=today,
        after_borrower=after.borrower_id,
        after_line=after.line_id,
        size=size,
    )


HISTORY = """
    select l.line_id,
           (select max(noted_on) from line_change c
             where c.line_id = l.line_id and c.borrower_id = l.borrower_id) as changed_on,
           exists (select from line_change c
                    where c.line_id = l.line_id
                      and c.borrower_id = l.borrower_id
                      and not exists (select from line_change_done d
                                       where d.change_id = c.change_id and d.borrower_id = c.borrower_id)) as waiting,
           (select grade from decision d
             where d.decision_id = l.decision_id and d.borrower_id = l.borrower_id) as grade_at_opening,
           (select late_since_on from standing s where s.borrower_id = l.borrower_id) as late_since_on,
           past.rules, past.rules_on
      from line l
     cross join lateral (
           select coalesce(array_agg(rule order by rule), '{}') as rules,
                  coalesce(array_agg(last_on order by rule), '{}') as rules_on
             from (select rule, max(noted_on) as last_on
                     from line_change c
                    where c.line_id = l.line_id
                      and c.borrower_id = l.borrower_id
                    group by rule) each_rule
           ) past
     where l.borrower_id = any(%(borrower_ids)s)
       and l.line_id = any(%(line_ids)s)
     order by l.line_id
"""


def histories(db: Db, page: Sequence[Weighable]) -> dict[UUID, History]:
    """What each line's own past says, by line."""
    found = many(db, History, HISTORY, borrower_ids=_borrowers(page), line_ids=_lines(page))
    return {each.line_id: each for each in found}


LINES_NOW = f"""
    select {LINE_COLUMNS}
      from line
     where borrower_id = any(%(borrower_ids)s)
       and line_id = any(%(line_ids)s)
     order by borrower_id, line_id
"""


def lines_now(db: Db, page: Sequence[Weighable]) -> list[Line]:
    """These lines as they stand, in the order of borrowers and lines."""
    return many(db, Line, LINES_NOW, borrower_ids=_borrowers(page), line_ids=_lines(page))


def _borrowers(page: Sequence[Weighable]) -> list[UUID]:
    return sorted({each.borrower_id for each in page})


def _lines(page: Sequence[Weighable]) -> list[UUID]:
    return [each.line_id for each in page]


CHANGE_COLUMNS: Final = """
           c.change_id, c.borrower_id, c.line_id, c.kind, c.rule, c.policy_key, c.policy_version, c.facts,
           c.limit_before_cents, c.limit_cents, c.rate_before_num, c.rate_num, c.penalty_num, c.rate_den, c.reason,
           c.notice_en, c.notice_zh, c.urgent, c.noted_on, c.effective_on, c.made_at, d.outcome
"""

CHANGES_OF = f"""
    select {CHANGE_COLUMNS}
      from line_change c
      left join line_change_done d on d.change_id = c.change_id and d.borrower_id = c.borrower_id
     where c.borrower_id = %(borrower_id)s
     order by c.change_id desc
     limit %(size)s
"""


def line_changes_of(db: Db, borrower_id: UUID, size: int = 50) -> list[LineChange]:
    """What a borrower was told about their lines, the newest first."""
    return many(db, LineChange, CHANGES_OF, borrower_id=borrower_id, size=size)


def line_changes_since(db: Db, borrower_id: UUID, day: date) -> list[LineChange]:
    """What a borrower was told since a day and that did not lapse, the newest first."""
    return [each for each in line_changes_of(db, borrower_id, 5) if each.noted_on >= day and each.outcome != "lapsed"]


CHANGES_WAITING = f"""
    select {CHANGE_COLUMNS}
      from line_change c
      left join line_change_done d on d.change_id = c.change_id and d.borrower_id = c.borrower_id
     where d.change_id is null
       and c.borrower_id = %(borrower_id)s
       and c.line_id = %(line_id)s
     order by c.change_id
"""


def changes_waiting(db: Db, line: Line) -> list[LineChange]:
    """What was told of a line and is neither done nor lapsed."""
    return many(db, LineChange, CHANGES_WAITING, borrower_id=line.borrower_id, line_id=line.line_id)


CHANGES_DUE = f"""
    select {CHANGE_COLUMNS}
      from line_change c
      left join line_change_done d on d.change_id = c.change_id and d.borrower_id = c.borrower_id
     where d.change_id is null
       and c.effective_on <= %(today)s
     order by c.borrower_id, c.change_id
     limit %(size)s
"""


def changes_due(db: Db, *, today: date, size: int | None) -> list[LineChange]:
    """Changes whose day has come and that are not done yet; all of them where no size is given."""
    return many(db, LineChange, CHANGES_DUE, today=today, size=size)


LINES_TO_FORESEE = """
    select borrower_id, line_id
      from line
     where (borrower_id, line_id) > (%(after_borrower)s, %(after_line)s)
       and (%(ruled)s and status = 'open'
            or exists (select from line_change c
                        where c.line_id = line.line_id
                          and c.borrower_id = line.borrower_id
                          and not exists (select from line_change_done d
                                           where d.change_id = c.change_id and d.borrower_id = c.borrower_id)))
     order by borrower_id, line_id
     limit %(size)s
"""


def lines_to_foresee(db: Db, *, ruled: bool, after: Weighable, size: int) -> list[Weighable]:
    """Lines for which a change waits and, where there are rules, all open ones, in the order of their borrowers."""
    return many(
        db, Weighable, LINES_TO_FORESEE, ruled=ruled, after_borrower=after.borrower_id, after_line=after.line_id,
        size=size,
    )  # fmt: skip
