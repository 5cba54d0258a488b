"""Writing changes of lines down; a notice once given is never changed."""

from datetime import date
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from lendmill import ids
from lendmill.credit.changes.change import LineChange, LineWeighed, notices
from lendmill.credit.lines.line import Line
from lendmill.credit.policy import Policy
from lendmill.db import Db, run

NOTE_CHANGE = """
    insert into line_change (change_id, borrower_id, line_id, kind, rule, policy_key, policy_version, facts,
                             limit_before_cents, limit_cents, rate_before_num, rate_num, penalty_num, rate_den, reason,
                             notice_en, notice_zh, urgent, noted_on, effective_on)
    values (%(change_id)s, %(borrower_id)s, %(line_id)s, %(kind)s, %(rule)s, %(policy_key)s, %(policy_version)s,
            %(facts)s, %(limit_before_cents)s, %(limit_cents)s, %(rate_before_num)s, %(rate_num)s, %(penalty_num)s,
            %(rate_den)s, %(reason)s, %(notice_en)s, %(notice_zh)s, %(urgent)s, %(noted_on)s, %(effective_on)s)
    on conflict do nothing
"""


def note_change(db: Db, line: Line, found: LineWeighed, policy: Policy, *, today: date) -> UUID | None:
    """Note what a rule makes of a line, with its notice; a line is changed once a day."""
    en, zh = notices(found, line.limit_cents, line.rate)
    change_id, den = ids.new(), found.rate.den
    values: dict[str, Any] = {
        "change_id": change_id,
        "borrower_id": line.borrower_id,
        "line_id": line.line_id,
        "kind": found.kind,
        "rule": found.rule,
        "policy_key": policy.key,
        "policy_version": policy.version,
        "facts": Jsonb({name: _told(value) for name, value in found.facts.items()}),
        "limit_before_cents": line.limit_cents,
        "limit_cents": found.limit_cents,
        "rate_before_num": line.rate.over(den).num,
        "rate_num": found.rate.num,
        "penalty_num": found.penalty.num,
        "rate_den": den,
        "reason": found.reason,
        "notice_en": en,
        "notice_zh": zh,
        "urgent": found.urgent,
        "noted_on": today,
        "effective_on": found.effective_on,
    }
    return change_id if run(db, NOTE_CHANGE, **values) else None


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


SET_TERMS = """
    update line
       set limit_cents = %(limit_cents)s,
           rate_num = %(rate_num)s,
           penalty_num = %(penalty_num)s,
           rate_den = %(rate_den)s,
           raise_to_cents = %(raise_to_cents)s
     where borrower_id = %(borrower_id)s
       and line_id = %(line_id)s
"""

NOTE_DONE = """
    insert into line_change_done (change_id, borrower_id, outcome, limit_cents, rate_num, done_on)
    values (%(change_id)s, %(borrower_id)s, %(outcome)s, %(limit_cents)s, %(rate_num)s, %(today)s)
    on conflict do nothing
"""


def carry_out(db: Db, change: LineChange, line: Line, *, limit_cents: int, today: date) -> None:
    """Give the line its new limit and price, and note that it was done; no raise waits on after a cut."""
    of_limit = change.kind in ("raise", "cut")
    terms = {
        "limit_cents": limit_cents if of_limit else line.limit_cents,
        "rate_num": line.rate_num if of_limit else change.rate_num,
        "penalty_num": line.penalty_num if of_limit else change.penalty_num,
        "rate_den": line.rate_den if of_limit else change.rate_den,
        "raise_to_cents": None if change.kind == "cut" else line.raise_to_cents,
    }
    run(db, SET_TERMS, borrower_id=line.borrower_id, line_id=line.line_id, **terms)
    run(
        db,
        NOTE_DONE,
        change_id=change.change_id,
        borrower_id=change.borrower_id,
        outcome="done",
        limit_cents=terms["limit_cents"],
        rate_num=terms["rate_num"],
        today=today,
    )


def lapse(db: Db, change: LineChange, line: Line, *, today: date) -> None:
    """Note that a change came to nothing."""
    run(
        db,
        NOTE_DONE,
        change_id=change.change_id,
        borrower_id=change.borrower_id,
        outcome="lapsed",
        limit_cents=line.limit_cents,
        rate_num=line.rate_num,
        today=today,
    )
