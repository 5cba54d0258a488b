"""Sending the notice about a decision, in the transaction that keeps it; and naming the lender under it."""

from datetime import date
from typing import Final

from lendmill.credit.counters.counter import CounterOffer
from lendmill.credit.decisions.queries import KeptDecision
from lendmill.credit.notice import NoticedDecision, kind_of, lapse_notice, notice_of
from lendmill.credit.notices import store
from lendmill.credit.review.queries import rules_of
from lendmill.db import Db
from lendmill.products.queries import product
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


def send_lapse(db: Db, offer: CounterOffer, kept: KeptDecision, *, today: date) -> None:
    """Tell a borrower, once, that what was offered in place of what they asked has lapsed."""
    made = lapse_notice(
        offer.decision_id, kept.opened.case, product(db, offer.product_key, offer.product_version),
        limit_cents=offer.limit_cents, made_on=offer.made_on, expires_on=offer.expires_on,
    )  # fmt: skip
    store.keep(
        db, borrower_id=offer.borrower_id, kind=made.kind, about_id=made.about_id, reasons=made.reasons,
        text_en=made.text_en, text_zh=made.text_zh, content=made.content, today=today,
    )  # fmt: skip


def name_lender(db: Db, *, name: str) -> None:
    """Say under which name the house lends."""
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= NAME_MAX or not clean.isprintable() or any(sign in clean for sign in '"\\{}'):
        raise LenderNameMissing(letters_max=NAME_MAX)
    store.name_lender(db, clean)
