"""Writes files of the desk, what happened to them, and ties; of a file only who has it and where it stands changes."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.db import Db, note, run

OPEN = """
    insert into review_case (case_id, borrower_id, why, product_key, outcome, asked_cents, reasons, fast_lane, rank,
                             opened_on, due_on)
    values (%(case_id)s, %(borrower_id)s, %(why)s, %(product_key)s, %(outcome)s, %(asked_cents)s, %(reasons)s,
            %(fast_lane)s, %(rank)s, %(opened_on)s, %(due_on)s)
    on conflict do nothing
"""


def open_case(db: Db, *, reasons: Collection[str], **case: object) -> None:
    """Lay a file on the desk; one that lies there already stays as it is."""
    note(db, OPEN, reasons=list(reasons), **case)


TELL = """
    insert into review_event (event_id, case_id, borrower_id, what, account_id, words, happened_on)
    select %(event_id)s, case_id, borrower_id, %(what)s, %(account_id)s, %(words)s, %(today)s
      from review_case
     where case_id = %(case_id)s
       and borrower_id = %(borrower_id)s
       and (%(what)s <> 'opened' or not exists (
           select from review_event e
            where (e.case_id, e.borrower_id) = (review_case.case_id, review_case.borrower_id)
              and e.what = 'opened'))
"""


def tell(
    db: Db,
    *,
    case_id: UUID,
    borrower_id: UUID,
    what: str,
    account_id: UUID | None,
    today: date,
    words: str = "",
) -> None:
    """Note what happened to a file; it is opened once."""
    note(
        db, TELL, event_id=ids.new(), case_id=case_id, borrower_id=borrower_id, what=what, account_id=account_id,
        words=words, today=today,
    )  # fmt: skip


TAKE = """
    update review_case
       set held_by = %(account_id)s,
           held_until_at = now() + make_interval(mins => %(minutes)s)
     where case_id = %(case_id)s
       and borrower_id = %(borrower_id)s
       and (status in ('open', 'asked') or (status = 'second' and waits_until_on < %(today)s))
       and (held_by is null or held_by = %(account_id)s or held_until_at <= now())
"""


def take(db: Db, *, case_id: UUID, borrower_id: UUID, account_id: UUID, minutes: int, today: date) -> bool:
    """Give a file to a reviewer for so long, unless somebody else has it."""
    asked = {"case_id": case_id, "borrower_id": borrower_id, "account_id": account_id}
    return bool(run(db, TAKE, **asked, minutes=minutes, today=today))


SET_STATUS = """
    update review_case
       set status = %(status)s,
           waits_until_on = %(until_on)s,
           held_by = null,
           held_until_at = null
     where case_id = %(case_id)s
       and borrower_id = %(borrower_id)s
       and status <> 'decided'
"""


def set_status(db: Db, *, case_id: UUID, borrower_id: UUID, status: str, until_on: date | None = None) -> None:
    """Where a file stands now; nobody has it any longer. One that is decided stays decided."""
    run(db, SET_STATUS, case_id=case_id, borrower_id=borrower_id, status=status, until_on=until_on)


HAND_BACK = """
    update review_case
       set held_by = null,
           held_until_at = null
     where case_id = %(case_id)s
       and borrower_id = %(borrower_id)s
       and held_by = %(account_id)s
"""


def hand_back(db: Db, *, case_id: UUID, borrower_id: UUID, account_id: UUID) -> bool:
    """Let a file go, where this person has it."""
    return bool(run(db, HAND_BACK, case_id=case_id, borrower_id=borrower_id, account_id=account_id))


TIE = """
    insert into staff_tie (account_id, borrower_id, kind, told_by, told_on)
    values (%(account_id)s, %(borrower_id)s, %(kind)s, %(told_by)s, %(today)s)
    on conflict do nothing
"""


def tie(db: Db, *, account_id: UUID, borrower_id: UUID, kind: str, told_by: UUID, today: date) -> None:
    """Note that a member of staff is tied to a borrower."""
    run(db, TIE, account_id=account_id, borrower_id=borrower_id, kind=kind, told_by=told_by, today=today)


WISH_REVIEW = """
    insert into review_wish (decision_id, borrower_id, words, wished_on)
    values (%(decision_id)s, %(borrower_id)s, %(words)s, %(today)s)
    on conflict do nothing
"""


def wish_review(db: Db, *, decision_id: UUID, borrower_id: UUID, words: str, today: date) -> bool:
    """Note that a borrower wants a person to look again; once is enough."""
    return bool(run(db, WISH_REVIEW, decision_id=decision_id, borrower_id=borrower_id, words=words, today=today))
