"""Conditions of a borrower's lines, and those that wait for a member of staff."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from lendmill.credit.conditions.condition import condition_names
from lendmill.credit.conditions.told import ConditionTold, LineCondition, NoSuchCondition, NothingTold
from lendmill.credit.decisions.queries import decision, policy
from lendmill.credit.publishing.queries import lapsed_before
from lendmill.db import Db, many, maybe

# A line waits as a whole, or only a raise of it.
WAITS: Final = "(l.status = 'pending' or l.status <> 'closed' and l.raise_to_cents is not null)"

# What was asked before a person's verdict is over with it.
WAITED_FOR: Final = f"c.decision_id = coalesce(l.verdict_id, l.decision_id) and {WAITS}"

# Whoever answers, or whatever is pledged, counts once: with the most that was verified of it.
UNMET: Final = """
    c.decision_id = coalesce(l.verdict_id, l.decision_id)
    and c.cover_cents > (select coalesce(sum(most_cents), 0)
                           from (select max(t.cover_cents) as most_cents
                                   from condition_told t
                                   join condition_verdict v on (v.told_id, v.borrower_id) = (t.told_id, t.borrower_id)
                                  where t.condition_id = c.condition_id
                                    and t.borrower_id = c.borrower_id
                                    and v.verified
                                  group by t.way, coalesce(t.guarantor_id::text, lower(t.described))) each_once)
"""

CONDITION_COLUMNS: Final = f"""
           c.condition_id, c.borrower_id, b.display_name, c.line_id, l.status as line_status, l.product_key,
           c.decision_id, c.condition, c.condition as label_en, c.condition as label_zh, c.ways, c.cover_cents,
           c.asked_on, c.until_on,
           ({WAITED_FOR}) as waited_for
"""

CONDITIONS_OF = f"""
    select {CONDITION_COLUMNS}
      from line_condition c
      join borrower b on b.borrower_id = c.borrower_id
      join line l on l.line_id = c.line_id and l.borrower_id = c.borrower_id
     where c.borrower_id = %(borrower_id)s
     order by c.condition_id
"""


def conditions_of(db: Db, borrower_id: UUID) -> list[LineCondition]:
    """Everything asked for beside a borrower's lines, the oldest first."""
    return _with_told(db, many(db, LineCondition, CONDITIONS_OF, borrower_id=borrower_id))


CONDITIONS_OPEN = f"""
    select {CONDITION_COLUMNS}
      from line_condition c
      join borrower b on b.borrower_id = c.borrower_id
      join line l on l.line_id = c.line_id and l.borrower_id = c.borrower_id
     where {WAITED_FOR}
       and c.until_on >= %(before)s
       and l.expires_on > %(today)s
     order by c.until_on, c.condition_id
     limit %(size)s
"""


def conditions_open(db: Db, today: date, size: int = 200) -> list[LineCondition]:
    """Conditions of lines that wait for them, the soonest to lapse first."""
    before = lapsed_before(db, today)
    found = _with_told(db, many(db, LineCondition, CONDITIONS_OPEN, before=before, today=today, size=size))
    return [each for each in found if each.state(before) != "met"]


CONDITION = f"""
    select {CONDITION_COLUMNS}
      from line_condition c
      join borrower b on b.borrower_id = c.borrower_id
      join line l on l.line_id = c.line_id and l.borrower_id = c.borrower_id
     where c.borrower_id = %(borrower_id)s
       and c.condition_id = %(condition_id)s
"""


def condition(db: Db, borrower_id: UUID, condition_id: UUID) -> LineCondition:
    """One condition, or the refusal `NoSuchCondition`; another borrower's is not there either."""
    found = many(db, LineCondition, CONDITION, borrower_id=borrower_id, condition_id=condition_id)
    if not found:
        raise NoSuchCondition(condition_id=condition_id)
    return _with_told(db, found)[0]


TOLD: Final = """
    select t.told_id, t.condition_id, t.way, t.guarantor_id, t.described, t.cover_cents, t.told_by, t.told_on,
           v.verified, v.decided_by, v.decided_on, v.reason
      from condition_told t
      left join condition_verdict v on v.told_id = t.told_id and v.borrower_id = t.borrower_id
"""

TOLD_FOR = f"""
    {TOLD.strip()}
     where t.borrower_id = any(%(borrower_ids)s)
       and t.condition_id = any(%(condition_ids)s)
     order by t.told_id
"""

TOLD_ONE = f"""
    {TOLD.strip()}
     where t.borrower_id = %(borrower_id)s
       and t.told_id = %(told_id)s
"""


def told(db: Db, borrower_id: UUID, told_id: UUID) -> ConditionTold:
    """What was brought forward under an id, or the refusal `NothingTold`."""
    found = maybe(db, ConditionTold, TOLD_ONE, borrower_id=borrower_id, told_id=told_id)
    if found is None:
        raise NothingTold(told_id=told_id)
    return found


def _with_told(db: Db, found: Sequence[LineCondition]) -> list[LineCondition]:
    """Conditions with what was brought forward for each, in the words of the policy that asked."""
    if not found:
        return []
    values: dict[str, Any] = {
        "borrower_ids": list({each.borrower_id for each in found}),
        "condition_ids": [each.condition_id for each in found],
    }
    rows = many(db, ConditionTold, TOLD_FOR, **values)
    labels = {decision_id: _labels(db, decision_id) for decision_id in {each.decision_id for each in found}}
    whole = []
    for each in found:
        en, zh = labels[each.decision_id].get(each.condition, (each.condition, each.condition))
        own = [row for row in rows if row.condition_id == each.condition_id]
        whole.append(replace(each, label_en=en, label_zh=zh, told=own))
    return whole


def _labels(db: Db, decision_id: UUID) -> dict[str, tuple[str, str]]:
    used = decision(db, decision_id).opened.policy
    return condition_names(policy(db, used.key, used.version))
