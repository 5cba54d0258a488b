"""Notices a borrower was sent: all of them, or one, as it was sent."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from lendmill.db import Db, many, maybe, scalar
from lendmill.refusals import Refusal


class NoSuchNotice(Refusal):
    """There is no notice {notice_id}."""


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """A notice as it was sent, its content under its fingerprint."""

    notice_id: UUID
    borrower_id: UUID
    kind: str
    about_id: UUID
    reasons: list[str]
    text_en: str
    text_zh: str
    content: str
    content_hash: str
    sent_on: date
    made_at: datetime

    def text(self, language: str) -> str:
        """What it says, in the reader's language."""
        return self.text_zh if language.startswith("zh") else self.text_en


# Of a change of a line its own row tells; what it says is put beside the notices of decisions.
TOLD: Final = """
           select notice_id, borrower_id, kind, about_id, reasons, text_en, text_zh, content, content_hash, sent_on,
                  made_at
             from notice
        union all
           select c.change_id, c.borrower_id, c.kind, c.line_id, array[c.reason], c.notice_en, c.notice_zh, t.content,
                  encode(sha256(convert_to(t.content, 'UTF8')), 'hex'), c.noted_on, c.made_at
             from line_change c
            cross join lateral (
                  select jsonb_build_object('kind', c.kind, 'line_id', c.line_id, 'rule', c.rule, 'facts', c.facts,
                                            'effective_on', c.effective_on, 'text_en', c.notice_en,
                                            'text_zh', c.notice_zh)::text as content
                 ) t
"""
COLUMNS: Final = """
           notice_id, borrower_id, kind, about_id, reasons, text_en, text_zh, content, content_hash, sent_on, made_at
"""

NOTICE = f"""
    with told as (
{TOLD}
    )
    select {COLUMNS}
      from told
     where notice_id = %(notice_id)s
       and (%(borrower_id)s::uuid is null or borrower_id = %(borrower_id)s::uuid)
"""


def notice(db: Db, notice_id: UUID, borrower_id: UUID | None = None) -> KeptNotice:
    """One notice, or the refusal `NoSuchNotice`; with a borrower named, only if it is theirs."""
    found = maybe(db, KeptNotice, NOTICE, notice_id=notice_id, borrower_id=borrower_id)
    if found is None:
        raise NoSuchNotice(notice_id=notice_id)
    return found


NOTICES_OF = f"""
    with told as (
{TOLD}
    )
    select {COLUMNS}
      from told
     where borrower_id = %(borrower_id)s
       and (%(about_id)s::uuid is null or about_id = %(about_id)s::uuid)
     order by notice_id desc
     limit %(size)s
"""


def notices_of(db: Db, borrower_id: UUID, about_id: UUID | None = None, size: int = 50) -> list[KeptNotice]:
    """A borrower's notices, the newest first; those about one decision where one is named."""
    return many(db, KeptNotice, NOTICES_OF, borrower_id=borrower_id, about_id=about_id, size=min(size, 500))


LENDER_NAME = """
    select lender_name from house
"""


def lender_name(db: Db) -> str:
    """Who lends."""
    return str(scalar(db, LENDER_NAME))
