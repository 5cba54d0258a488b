"""Sending a notice: about a decision, or about a change of a line; in the transaction it tells of."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from lendmill.credit.notice import LENDER, NoticedDecision, NoticeKind, kind_of, notice_of
from lendmill.credit.notices import store
from lendmill.credit.review.queries import rules_of
from lendmill.db import Db
from lendmill.people.canonical import canonical
from lendmill.refusals import Refusal

NAME_MAX: Final = 100


class LenderNameMissing(Refusal):
    """The lender's name is one line of at most {letters_max} letters."""


def send_notice(db: Db, decided: NoticedDecision, *, today: date) -> None:
    """Tell a borrower of a decision that calls for it, once; a decision that does not is passed over.

    It only writes, so that it can travel in the caller's pipeline.
    """
    kind = kind_of(decided)
    if kind is None:
        return
    made = notice_of(decided, kind, rules_of(decided.policy).answer_days)
    store.keep(
        db, borrower_id=decided.case.borrower_id, kind=kind, about_id=made.about_id, reasons=made.reasons,
        text_en=made.text_en, text_zh=made.text_zh, content=made.content, today=today,
    )  # fmt: skip


def send_text(
    db: Db,
    *,
    borrower_id: UUID,
    kind: NoticeKind,
    about_id: UUID,
    reasons: Sequence[str],
    text_en: str,
    text_zh: str,
    today: date,
) -> None:
    """Tell a borrower of something else, a cut or a raise, in words made elsewhere; once for each thing it is about."""
    content = canonical(
        {
            "kind": kind,
            "about_id": about_id,
            "reasons": reasons,
            "text_en": text_en,
            "text_zh": text_zh,
            "lender": LENDER,
        }
    )
    store.keep(
        db, borrower_id=borrower_id, kind=kind, about_id=about_id, reasons=reasons, text_en=text_en, text_zh=text_zh,
        content=content, today=today,
    )  # fmt: skip


def name_lender(db: Db, *, name: str) -> None:
    """Say under which name the house lends."""
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= NAME_MAX or not clean.isprintable() or any(sign in clean for sign in '"\\{}'):
        raise LenderNameMissing(letters_max=NAME_MAX)
    store.name_lender(db, clean)
