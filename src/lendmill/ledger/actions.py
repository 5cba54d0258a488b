"""Posting to the books."""

from collections.abc import Sequence
from uuid import UUID

from lendmill.db import Db
from lendmill.ledger import store
from lendmill.ledger.entry import Entry


def post(db: Db, entries: Sequence[Entry]) -> list[UUID]:
    """Put entries into the journal for good; one of nothing is not an event and is left out."""
    return store.save_entries(db, [entry for entry in entries if entry.lines])
