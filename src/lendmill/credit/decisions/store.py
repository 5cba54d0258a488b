"""Writing decisions down; none is ever changed."""

import json
from datetime import date
from uuid import UUID

from lendmill.credit.decide import Decision
from lendmill.credit.record import Content, text_of
from lendmill.db import Db, note
from lendmill.people.canonical import digest_of

KEEP_DECISION = """
    insert into decision (decision_id, borrower_id, application_id, product_key, outcome, grade, limit_cents, reasons,
                          content, content_hash, decided_on)
    values (%(decision_id)s, %(borrower_id)s, %(application_id)s, %(product_key)s, %(outcome)s, %(grade)s,
            %(limit_cents)s, %(reasons)s::jsonb, %(content)s, %(content_hash)s, %(today)s)
"""


def keep_decision(
    db: Db, *, decision_id: UUID, application_id: UUID | None, content: Content, decision: Decision, today: date
) -> None:
    """Keep a decision with everything it was made from."""
    text = text_of(content)
    rating, terms = content.case.rating, decision.terms
    note(
        db,
        KEEP_DECISION,
        decision_id=decision_id,
        borrower_id=content.case.borrower_id,
        application_id=application_id,
        product_key=content.product.key,
        outcome=decision.outcome,
        grade=rating.grade if rating else None,
        limit_cents=terms.limit_cents if terms else None,
        reasons=json.dumps(decision.reasons),
        content=text,
        content_hash=digest_of(text),
        today=today,
    )
