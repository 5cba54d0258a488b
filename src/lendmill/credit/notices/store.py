"""Writes notices down; one about the same thing is written once and never changed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.credit.notice import LENDER
from lendmill.db import Db, note, run

KEEP = """
    with told as (
        select replace(%(text_en)s, %(lender)s, lender_name) as text_en,
               replace(%(text_zh)s, %(lender)s, lender_name) as text_zh,
               replace(%(content)s, %(lender)s, lender_name) as content
          from house
    )
    insert into notice (notice_id, borrower_id, kind, about_id, reasons, text_en, text_zh, content, content_hash,
                        sent_on)
    select %(notice_id)s, %(borrower_id)s, %(kind)s, %(about_id)s, %(reasons)s, text_en, text_zh, content,
           encode(sha256(convert_to(content, 'UTF8')), 'hex'), %(today)s
      from told
    on conflict do nothing
"""


def keep(
    db: Db,
    *,
    borrower_id: UUID,
    kind: str,
    about_id: UUID,
    reasons: Sequence[str],
    text_en: str,
    text_zh: str,
    content: str,
    today: date,
) -> None:
    """Keep a notice as it is sent, with the lender's name as it stands."""
    note(
        db, KEEP, notice_id=ids.new(), borrower_id=borrower_id, kind=kind, about_id=about_id, reasons=list(reasons),
        text_en=text_en, text_zh=text_zh, content=content, lender=LENDER, today=today,
    )  # fmt: skip


NAME_LENDER = """
    update house
       set lender_name = %(name)s
"""


def name_lender(db: Db, name: str) -> None:
    """Say who lends; notices sent before keep the name they were sent under."""
    run(db, NAME_LENDER, name=name)
