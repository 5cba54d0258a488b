"""Writing down groups and who belongs to them; rows are only ever added."""

from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.db import Db, note

ADD_GROUP = """
    insert into borrower_group (group_id, kind, named, made_on)
    values (%(group_id)s, %(kind)s, %(named)s, %(today)s)
"""


def add_group(db: Db, *, group_id: UUID, kind: str, named: str, today: date) -> None:
    """Begin a group."""
    note(db, ADD_GROUP, group_id=group_id, kind=kind, named=named, today=today)


ADD_MEMBERSHIP = """
    insert into group_membership (membership_id, borrower_id, group_id, belongs, from_on, source, told_by, told_on)
    values (%(membership_id)s, %(borrower_id)s, %(group_id)s, %(belongs)s, %(from_on)s, %(source)s, %(told_by)s,
            %(today)s)
"""


def add_membership(
    db: Db,
    *,
    group_id: UUID,
    borrower_id: UUID,
    belongs: bool,
    from_on: date,
    source: str,
    told_by: UUID | None,
    today: date,
) -> None:
    """Note that a borrower belongs to a group from a day on, or no longer does."""
    note(
        db,
        ADD_MEMBERSHIP,
        membership_id=ids.new(),
        borrower_id=borrower_id,
        group_id=group_id,
        belongs=belongs,
        from_on=from_on,
        source=source,
        told_by=told_by,
        today=today,
    )
