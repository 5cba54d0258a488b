"""A night's look at the open lines: what is due is carried out, then the rules raise, cut and reprice, with notice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from lendmill.credit.cases.gathered import case_of
from lendmill.credit.cases.queries import gathered, gathered_of_one, net_assets_cents
from lendmill.credit.changes import queries, store
from lendmill.credit.changes.change import ChangesReport, LineChange, LineWeighed
from lendmill.credit.changes.queries import Weighable
from lendmill.credit.changes.weighing import weighed
from lendmill.credit.conditions.actions import lapse_conditions
from lendmill.credit.counters.actions import lapse_counter_offers
from lendmill.credit.lines.actions import lock_line
from lendmill.credit.lines.line import Line
from lendmill.credit.policy import Policy
from lendmill.credit.publishing.queries import NoSuchPolicy
from lendmill.credit.trials.queries import policy_trials
from lendmill.credit.trials.trial import Trials
from lendmill.db import Database, Db
from lendmill.people.groups.actions import lock_related
from lendmill.people.groups.group import GroupsChanged
from lendmill.products.document import Product
from lendmill.products.queries import product

T = TypeVar("T")
PAGE: Final = 500
TRIES: Final = 3
FIRST: Final = Weighable(UUID(int=0), UUID(int=0))
Progress = Callable[[int], None]


def change_lines(database: Database, *, today: date, progress: Progress = lambda _: None) -> ChangesReport:
    """Carry out what is due, close what waited in vain, and weigh every open line once today.

    Each line is looked at without a lock; only where something is found are its groups, its borrower and the line
    locked, and all is looked at again. Killed anywhere and run again, it goes on where it was and ends the same.
    """
    report = ChangesReport()
    while due := database.act(partial(queries.changes_due, today=today, size=PAGE)):
        for change in due:
            outcome = _settled(database, partial(_carry_out, change=change, today=today))
            report.carried_out += outcome == "done"
            report.lapsed += outcome == "lapsed"
    report.conditions_lapsed = database.act(partial(lapse_conditions, today=today))
    while noted := database.act(partial(lapse_counter_offers, today=today)):
        report.offers_lapsed += noted.count("lapsed")
    rules = database.act(partial(rules_on, today=today))
    after = FIRST
    while rules is not None and (page := database.act(partial(_page, after=after, today=today))):
        after = page[-1]
        for each in database.act(partial(_worth_a_look, page=page, rules=rules, today=today)):
            found = _settled(database, partial(_change, of=each, rules=rules, today=today))
            if found is not None:
                _count(report, found)
        report.looked_at += len(page)
        progress(report.looked_at)
    return report


def rules_on(db: Db, today: date) -> Trials[Policy] | None:
    """The policies that decide today, if any says when lines change; before the first one is published nothing does."""
    try:
        rules = policy_trials(db, today)
    except NoSuchPolicy:
        return None
    live = (rules.champion, *(each.document for each in rules.challengers))
    return rules if any(each.changes for each in live) else None


def _settled(database: Database, deed: Callable[[Db], T]) -> T:
    """Do it, and again where somebody joined a group of the borrower's meanwhile."""
    for _ in range(TRIES - 1):
        try:
            return database.act(deed)
        except GroupsChanged:
            continue
    return database.act(deed)


def _page(db: Db, *, after: Weighable, today: date) -> list[Weighable]:
    return queries.lines_to_weigh(db, today=today, after=after, size=PAGE)


def _worth_a_look(db: Db, *, page: list[Weighable], rules: Trials[Policy], today: date) -> list[Weighable]:
    """Those of a page for which a rule would change something, as they stand without a lock."""
    rows = {row.borrower_id: row for row in gathered(db, sorted({each.borrower_id for each in page}), today)}
    assets_cents, past, sold = net_assets_cents(db, today), queries.histories(db, page), _Sold(db)
    found = []
    for line in queries.lines_now(db, page):
        product = sold(line)
        case = case_of(rows[line.borrower_id], product, today=today, net_assets_cents=assets_cents, ask=None)
        if weighed(line, past[line.line_id], case, rules.drawn(line.borrower_id).document, product) is not None:
            found.append(Weighable(line.borrower_id, line.line_id))
    return found


@dataclass
class _Sold:
    """The products of lines, each read once."""

    db: Db
    known: dict[tuple[str, int], Product] = field(default_factory=dict)

    def __call__(self, line: Line) -> Product:
        named = (line.product_key, line.product_version)
        if named not in self.known:
            self.known[named] = product(self.db, *named)
        return self.known[named]


def _change(db: Db, *, of: Weighable, rules: Trials[Policy], today: date) -> LineWeighed | None:
    """Weigh one line under its locks, and note what comes of it; what is due at once is carried out at once."""
    groups = lock_related(db, of.borrower_id, today)
    line = lock_line(db, borrower_id=of.borrower_id, line_id=of.line_id)
    if line.status != "open" or line.ended(today):
        return None
    row = gathered_of_one(db, of.borrower_id, today).held_under(groups)
    sold = product(db, line.product_key, line.product_version)
    case = case_of(row, sold, today=today, net_assets_cents=net_assets_cents(db, today), ask=None)
    policy = rules.drawn(of.borrower_id).document
    found = weighed(line, queries.histories(db, [of])[of.line_id], case, policy, sold)
    if found is None:
        return None
    change_id = store.note_change(db, line, found, policy, today=today)
    if change_id is None:
        return None
    for change in queries.line_changes_of(db, of.borrower_id):
        if change.change_id == change_id and change.effective_on <= today:
            _done(db, change, line, today)
    return found


def lapse_changes(db: Db, line: Line, *, today: date) -> None:
    """A person decided about a line: what it was to become before comes to nothing. The caller has locked it."""
    for change in queries.changes_waiting(db, line):
        store.lapse(db, change, line, today=today)


def _carry_out(db: Db, *, change: LineChange, today: date) -> str:
    """Carry out a change whose day has come, under its locks, once: `done`, `lapsed`, or nothing where it was over."""
    lock_related(db, change.borrower_id, today)
    line = lock_line(db, borrower_id=change.borrower_id, line_id=change.line_id)
    if all(each.change_id != change.change_id for each in queries.changes_waiting(db, line)):
        return ""
    return "done" if _done(db, change, line, today) else "lapsed"


def _done(db: Db, change: LineChange, line: Line, today: date) -> bool:
    """A cut leaves what is used and reserved; a line that has ended, or has no more than that already, stays."""
    limit_cents = change.limit_cents
    if change.kind == "cut":
        limit_cents = max(limit_cents, line.used_cents + line.reserved_cents)
    over = line.status == "closed" or line.ended(today)
    if over or (change.kind == "cut" and limit_cents >= line.limit_cents):
        store.lapse(db, change, line, today=today)
        return False
    store.carry_out(db, change, line, limit_cents=limit_cents, today=today)
    return True


def _count(report: ChangesReport, found: LineWeighed) -> None:
    report.raised += found.kind == "raise"
    report.cut += found.kind == "cut"
    report.priced += found.kind in ("cheaper", "dearer")
    report.reasons[found.reason] = report.reasons.get(found.reason, 0) + 1
