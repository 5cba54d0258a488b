"""Posting to the books, and closing them."""

import hashlib
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.db import Db
from lendmill.ledger import queries, store
from lendmill.ledger.alike import AlikeEntries
from lendmill.ledger.entry import Entry
from lendmill.refusals import Refusal


class PeriodClosed(Refusal):
    """The books are closed through {closed_on}: what belongs to {booked_on} is booked today, with its value date."""


class DayMoved(Refusal):
    """The house's day is {today}, not {booked_on}: ask again, and it is booked on the house's day."""

    passes = True


class BooksBroken(Refusal):
    """The books do not balance ({what}): nothing is closed until they do."""


class ClosedAlready(Refusal):
    """The books are closed through {closed_on} already: a closed period stays closed."""


class NotOver(Refusal):
    """{through_on} is not over, the house's day is {today}: the books are closed through a day that is past."""


def post(db: Db, entries: Sequence[Entry]) -> list[UUID]:
    """Put entries into the journal for good, booked on the house's day; one of nothing is not an event and is left out.

    Many go in by COPY, a few in one statement. The day is looked at once more where it cannot move before this
    transaction ends: whoever read it just before the cut-over does not book into the day that was closed.
    """
    entries = [entry for entry in entries if entry.lines]
    if not entries:
        return []
    keys = [ids.new() for _ in entries]
    store.hold_gate(db)
    if len(entries) < store.COPIED_FROM:
        done = store.insert_entries(db, keys, entries, _booked_on(entries))
        _check_day(done, entries)
        assert done.lines == sum(len(entry.lines) for entry in entries), (
            "an entry balanced here, and not in the database"
        )
    else:
        _check_day(store.books_at(db), entries)
        wrong = store.copy_entries(db, keys, entries)
        assert not wrong, f"{wrong} entries balanced here, and not in the database"
    return keys


def post_alike(db: Db, alike: Sequence[AlikeEntries]) -> None:
    """Put entries that are columns into the journal, under the same rules as one."""
    alike = [one for one in alike if len(one.entry_id)]
    if alike:
        store.hold_gate(db)
        _check_day(store.books_at(db), [one.entry(0) for one in alike])
        wrong = store.copy_alike(db, alike)
        assert not wrong, f"{wrong} entries balanced here, and not in the database"


def _booked_on(entries: Sequence[Entry]) -> date:
    """The one day a set of entries is booked on."""
    days = {entry.booked_on for entry in entries}
    assert len(days) == 1, f"entries of one transaction are booked on one day, not on {sorted(days)}"
    return entries[0].booked_on


def _check_day(at: store.Posted, entries: Sequence[Entry]) -> None:
    booked_on = _booked_on(entries)
    if at.closed_on is not None and booked_on <= at.closed_on:
        raise PeriodClosed(closed_on=at.closed_on, booked_on=booked_on)
    if booked_on != at.today_on:
        raise DayMoved(today=at.today_on, booked_on=booked_on)


def hold_postings(db: Db) -> None:
    """Wait for all who are posting; until this transaction ends nobody else posts: the cut-over moves the day so."""
    store.shut_gate(db)


def close(db: Db, *, through_on: date, closed_by: UUID) -> queries.Closing:
    """Close the books through a day that is over: what they say of it is written down, and is the same for ever.

    There is no way back: what becomes known later is booked on the day it becomes known, with its value date. Nobody
    waits: on a day that is over nothing is posted any more (`post`), so its figures stand still by themselves.
    """
    store.close_alone(db)
    at = store.books_at(db)
    if through_on >= at.today_on:
        raise NotOver(through_on=through_on, today=at.today_on)
    if at.closed_on is not None and through_on <= at.closed_on:
        raise ClosedAlready(closed_on=at.closed_on)
    rows = queries.trial_balance(db, through_on)
    if broken := queries.out_of_balance(rows):
        raise BooksBroken(what=", ".join(f"{total} in {unit}" for unit, total in broken.items()))
    if wrong := queries.unbalanced_entries(db, after=at.closed_on, through=through_on):
        raise BooksBroken(what=f"entries {', '.join(map(str, wrong))}")
    figures = queries.figures_of(rows)
    digest = hashlib.sha256(figures.encode()).hexdigest()
    store.add_closing(db, through_on=through_on, closed_by=closed_by, figures=figures, digest=digest)
    return queries.closings(db, most=1)[0]
