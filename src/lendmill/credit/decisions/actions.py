"""Publishing a policy, keeping a decision, and a borrower's wish that a person looks again."""

from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.credit.case import Case
from lendmill.credit.decide import Decision, decide
from lendmill.credit.decisions import store
from lendmill.credit.decisions.queries import decision, preset_policy
from lendmill.credit.policy import Policy, text_of
from lendmill.credit.record import content
from lendmill.db import Db
from lendmill.products.actions import publish_all
from lendmill.products.document import Product
from lendmill.products.queries import presets
from lendmill.refusals import Refusal


class PolicyPublishedAlready(Refusal):
    """Version {version} of policy {key} stands with other rules and never changes: give the new ones a new number."""


def publish_policy(db: Db, policy: Policy, *, today: date) -> None:
    """Put a policy version in force; the same rules again change nothing, other rules need a new version."""
    if not store.publish_policy(db, key=policy.key, version=policy.version, body=text_of(policy), today=today):
        raise PolicyPublishedAlready(key=policy.key, version=policy.version)


def publish_presets(db: Db, *, today: date) -> None:
    """Put the shipped products and the shipped policy in force; what stands already stays."""
    publish_all(db, presets(), today=today)
    publish_policy(db, preset_policy(), today=today)


def decide_and_keep(
    db: Db, case: Case, policy: Policy, product: Product, *, application_id: UUID, today: date
) -> tuple[UUID, Decision]:
    """Decide a case and keep the decision with everything it was made from."""
    made = decide(case, policy, product)
    decision_id = ids.new()
    kept = content(case, policy, product, made)
    store.keep_decision(
        db, decision_id=decision_id, application_id=application_id, content=kept, decision=made, today=today
    )
    return decision_id, made


def ask_for_review(db: Db, *, borrower_id: UUID, decision_id: UUID, words: str = "", today: date) -> None:
    """A borrower wants a person to look at their decision again (人工复核)."""
    kept = decision(db, decision_id, borrower_id)
    store.wish_review(db, decision_id=kept.decision_id, borrower_id=borrower_id, words=words[:2_000], today=today)
