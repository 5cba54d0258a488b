"""Writes journal entries and their lines; nothing here can change one."""

from collections.abc import Sequence
from uuid import UUID

from lendmill import ids
from lendmill.db import Db
from lendmill.ledger.entry import Entry

INSERT_ENTRY = """
    insert into entry (entry_id, borrower_id, what, loan_id, product_key, value_on, booked_on)
    values (%s, %s, %s, %s, %s, %s, %s)
"""

INSERT_LINE = """
    insert into line_item (entry_id, n, account, unit, amount, value_on, booked_on)
    values (%s, %s, %s, %s, %s, %s, %s)
"""


def save_entries(db: Db, entries: Sequence[Entry]) -> list[UUID]:
    """Write balanced entries in the order given."""
    made = [(ids.new(), entry) for entry in entries]
    heads = [
        (key, entry.borrower_id, entry.what, entry.loan_id, entry.product_key, entry.value_on, entry.booked_on)
        for key, entry in made
    ]
    rows = [
        (key, n, line.account.number, line.unit, line.amount, entry.value_on, entry.booked_on)
        for key, entry in made
        for n, line in enumerate(entry.lines, start=1)
    ]
    with db.cursor() as cursor:
        cursor.executemany(INSERT_ENTRY, heads)
        cursor.executemany(INSERT_LINE, rows)
    return [key for key, _ in made]
