"""Publishing a policy, and keeping a decision."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from lendmill import ids
from lendmill.credit.case import Case
from lendmill.credit.decide import Decision, decide
from lendmill.credit.decisions import store
from lendmill.credit.decisions.queries import preset_policy
from lendmill.credit.policy import Policy
from lendmill.credit.publishing.queries import LAW_FIGURES, POLICY, PRODUCT
from lendmill.credit.record import content
from lendmill.credit.testing.actions import keep_shipped_cases
from lendmill.db import Db
from lendmill.products.document import Product
from lendmill.products.law import check_named
from lendmill.products.publishing import queries as published
from lendmill.products.publishing.actions import draft, first_live
from lendmill.products.publishing.kind import Document, DocumentKind
from lendmill.products.queries import presets

SHIPPED: Final = "shipped with this release"


def publish_policy(db: Db, policy: Policy, *, today: date) -> None:
    """Put the first version of a policy in force; the same rules again change nothing.

    A house that lives through the past may begin with rules of today. Refuses with `PublishedAlready`,
    `TakesTwoPeople`, `LawUnnamed`.
    """
    check_named(policy.laws or (), LAW_FIGURES, document=f"Policy {policy.key}")
    first_live(db, POLICY, policy, today=today)


def publish_presets(db: Db, *, today: date) -> list[str]:
    """Put the shipped products and policy in force where the house begins; gives what waits as a draft instead.

    What stands already stays: to a house that has begun, another shipped version is a draft like any other.
    """
    shipped: list[tuple[DocumentKind[Any], Document]] = [
        *((PRODUCT, product) for product in presets()),
        (POLICY, preset_policy()),
    ]
    keep_shipped_cases(db, preset_policy(), today=today)
    return [
        f"{document.key}, version {document.version}"
        for kind, document in shipped
        if _drafted(db, kind, document, today)
    ]


def _drafted(db: Db, kind: DocumentKind[Any], document: Document, today: date) -> bool:
    """Let a shipped document go live in a house that begins, or keep it as a draft; says whether it is a new draft."""
    if published.stored(db, kind.name, document.key, document.version) is not None:
        return False
    if published.begun(db, kind.name, document.key, today):
        known = published.drafts(db, kind.name, document.key, document.version)
        if not known:
            draft(db, kind, document, by=None, today=today, note=SHIPPED)
        return not known
    first_live(db, kind, document, today=today)
    return False


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
