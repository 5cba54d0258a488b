"""Writing decisions and policies down; neither is ever changed."""

import json
from datetime import date
from uuid import UUID

from lendmill.credit.decide import Decision
from lendmill.credit.record import Content, text_of
from lendmill.db import Db, note, run, scalar
from lendmill.people.canonical import digest_of

KEEP_DECISION = """
    insert into decision (decision_id, borrower_id, application_id, product_key, outcome, grade, limit_cents, reasons,
                          content, content_hash, decided_on)
    values (%(decision_id)s, %(borrower_id)s, %(application_id)s, %(product_key)s, %(outcome)s, %(grade)s,
            %(limit_cents)s, %(reasons)s::jsonb, %(content)s, %(content_hash)s, %(today)s)
"""


def keep_decision(
    db: Db, *, decision_id: UUID, application_id: UUID, content: Content, decision: Decision, today: date
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


PUBLISH = """
    insert into policy_version (policy_key, version, body, digest, published_on)
    values (%(key)s, %(version)s, %(body)s, %(digest)s, %(today)s)
    on conflict do nothing
"""

PUBLISHED_DIGEST = """
    select digest from policy_version where policy_key = %(key)s and version = %(version)s
"""


def publish_policy(db: Db, *, key: str, version: int, body: str, today: date) -> bool:
    """Write a policy version down, and say whether what stands there is this one."""
    digest = digest_of(body)
    run(db, PUBLISH, key=key, version=version, body=body, digest=digest, today=today)
    return bool(scalar(db, PUBLISHED_DIGEST, key=key, version=version) == digest)


WISH_REVIEW = """
    insert into review_wish (decision_id, borrower_id, words, wished_on)
    values (%(decision_id)s, %(borrower_id)s, %(words)s, %(today)s)
    on conflict do nothing
"""


def wish_review(db: Db, *, decision_id: UUID, borrower_id: UUID, words: str, today: date) -> None:
    """Note that a borrower wants a person to look again; once is enough."""
    run(db, WISH_REVIEW, decision_id=decision_id, borrower_id=borrower_id, words=words, today=today)
