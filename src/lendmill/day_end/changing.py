"""The night's look at the lines: what rules raise, cut and reprice, what was announced and is due, what lapses."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from lendmill.credit.case import Case
from lendmill.credit.cases.gathered import Gathered, case_of
from lendmill.credit.cases.queries import gathered, net_assets_cents
from lendmill.credit.changes import queries
from lendmill.credit.changes.actions import FIRST, change_lines, rules_on
from lendmill.credit.changes.change import LineChange
from lendmill.credit.changes.foreseen import foreseen
from lendmill.credit.conditions.queries import UNMET, WAITS
from lendmill.credit.counters.queries import OFFER_AND_ANSWER, REPLACED
from lendmill.credit.publishing.queries import lending_paused
from lendmill.day_end.report import Counts
from lendmill.day_end.steps import done, step
from lendmill.days import ONE_DAY
from lendmill.db import Database, Db, many, one
from lendmill.products.document import Product
from lendmill.products.queries import product

STEP: Final = "limits"
PAGE: Final = 500
COUNTS: Final = ("raised", "cut", "priced", "carried_out", "lapsed", "conditions_lapsed", "offers_lapsed")


def change(database: Database, day: date, opens: date) -> None:
    """Weigh the open lines once, line by line, before the step is noted: no other work waits for it."""
    with database.transaction() as db:
        if done(db, day, STEP) is not None:
            return
    change_lines(database, today=opens)
    step(database, day, STEP, lambda db: _counted(db, day, opens))


@dataclass(frozen=True, slots=True)
class _Counted:
    raised: int
    cut: int
    priced: int
    carried_out: int
    lapsed: int
    conditions_lapsed: int
    offers_lapsed: int


# Counted from the rows, so that a night that broke off and went on tells of the whole of it.
CHANGED = f"""
    select count(*) filter (where noted and kind = 'raise') as raised,
           count(*) filter (where noted and kind = 'cut') as cut,
           count(*) filter (where noted and kind in ('cheaper', 'dearer')) as priced,
           count(*) filter (where not noted and outcome = 'done') as carried_out,
           count(*) filter (where not noted and outcome = 'lapsed') as lapsed,
           (select count(distinct l.line_id)
              from line_condition c
              join line l on (l.line_id, l.borrower_id) = (c.line_id, c.borrower_id)
             where c.until_on = %(day)s
               and (l.status = 'closed' or l.verdict_id is not null and l.raise_to_cents is null)
               and {UNMET.strip()}) as conditions_lapsed,
           (select count(*) from counter_answer where outcome = 'lapsed' and answered_on = %(opens)s) as offers_lapsed
      from (select c.kind, true as noted, null as outcome
              from line_change c
             where c.noted_on = %(opens)s
             union all
            select c.kind, false, d.outcome
              from line_change_done d
              join line_change c on (c.change_id, c.borrower_id) = (d.change_id, d.borrower_id)
             where d.done_on = %(opens)s
               and c.noted_on < %(opens)s) told
"""


def _counted(db: Db, day: date, opens: date) -> Counts:
    return asdict(one(db, _Counted, CHANGED, day=day, opens=opens))


LAPSING = f"""
    select line_id as about_id, min(until_on) as until_on
      from (select c.line_id, c.until_on
              from line_condition c
              join line l on (l.line_id, l.borrower_id) = (c.line_id, c.borrower_id)
             where {WAITS}
               and c.until_on <= %(last)s
               and {UNMET.strip()}) unmet
     group by line_id
"""

OFFERS_LAPSING = f"""
    select c.decision_id as about_id, c.expires_on as until_on
      from {OFFER_AND_ANSWER.strip()}
     where c.expires_on <= %(last)s
       and a.decision_id is null
       and not {REPLACED.strip()}
"""


@dataclass(frozen=True, slots=True)
class _Lapsing:
    about_id: UUID
    until_on: date


def foresee(db: Db, days: Sequence[date]) -> dict[date, Counts]:
    """What `change` would count on each of these days, were nothing but the rules at work; nothing is written."""
    nights = [day + ONE_DAY for day in days]
    counts = {day: Counter[str](dict.fromkeys(COUNTS, 0)) for day in days}
    lapsing = {} if lending_paused(db, nights[0]) else {"conditions_lapsed": LAPSING, "offers_lapsed": OFFERS_LAPSING}
    for what, statement in lapsing.items():
        for each in many(db, _Lapsing, statement, last=days[-1]):
            counts[max(each.until_on, days[0])][what] += 1
    for opens, what in _by_rule(db, nights):
        counts[opens - ONE_DAY][what] += 1
    return {day: dict(found) for day, found in counts.items()}


def _by_rule(db: Db, nights: Sequence[date]) -> list[tuple[date, str]]:
    """Every line's nights, page by page."""
    rules, after = rules_on(db, nights[0]), FIRST
    told: list[tuple[date, str]] = []
    due: dict[UUID, list[LineChange]] = {}
    for waiting in queries.changes_due(db, today=nights[-1], size=None):
        due.setdefault(waiting.line_id, []).append(waiting)
    assets_cents, sold = net_assets_cents(db, nights[0]), partial(_sold, db, {})
    while page := queries.lines_to_foresee(db, ruled=rules is not None, after=after, size=PAGE):
        after = page[-1]
        rows = {row.borrower_id: row for row in gathered(db, sorted({each.borrower_id for each in page}), nights[0])}
        past = queries.histories(db, page)
        for line in queries.lines_now(db, page):
            found = sold(line.product_key, line.product_version)
            policy = None if rules is None else rules.drawn(line.borrower_id).document
            case_on = partial(_case, rows[line.borrower_id], found, assets_cents)
            told += foreseen(line, past[line.line_id], due.get(line.line_id, ()), case_on, policy, found, nights)
    return told


def _case(row: Gathered, product: Product, assets_cents: int | None, on: date) -> Case:
    return case_of(row, product, today=on, net_assets_cents=assets_cents, ask=None)


def _sold(db: Db, known: dict[tuple[str, int], Product], key: str, version: int) -> Product:
    """A product, read once."""
    if (key, version) not in known:
        known[key, version] = product(db, key, version)
    return known[key, version]
