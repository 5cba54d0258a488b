"""Decisions as kept: one by its id, a borrower's, the policy they used, their story, and their proof."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Final
from uuid import UUID

import msgspec

from lendmill.credit import why as story
from lendmill.credit.case import Case
from lendmill.credit.cases.gathered import Ask, case_of
from lendmill.credit.cases.queries import gathered_of_one, net_assets_cents
from lendmill.credit.policy import Policy
from lendmill.credit.publishing.queries import STANDARD, live_policy, policy_version
from lendmill.credit.publishing.queries import NoSuchPolicy as NoSuchPolicy
from lendmill.credit.publishing.queries import policy_in as policy_in
from lendmill.credit.record import Content, Replay, content_of, replayed
from lendmill.credit.trials.queries import arms_of, policy_trials, product_for
from lendmill.db import Db, many, maybe
from lendmill.people.queries import house_day
from lendmill.products.document import Product
from lendmill.products.queries import product
from lendmill.rating.stated.queries import figures_stated
from lendmill.refusals import Refusal


class NoSuchDecision(Refusal):
    """There is no decision {decision_id}."""


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """A decision as kept, its content under its fingerprint."""

    decision_id: UUID
    borrower_id: UUID
    application_id: UUID | None
    product_key: str
    outcome: str
    grade: str | None
    limit_cents: int | None
    reasons: list[str]
    content: str
    content_hash: str
    decided_on: date
    decided_at: datetime

    @property
    def opened(self) -> Content:
        """The case, the documents' names and the decision, as data."""
        return content_of(self.content)


COLUMNS: Final = """
           decision_id, borrower_id, application_id, product_key, outcome, grade, limit_cents, reasons, content,
           content_hash, decided_on, decided_at
"""

DECISION = f"""
    select {COLUMNS}
      from decision
     where decision_id = %(decision_id)s
       and (%(borrower_id)s::uuid is null or borrower_id = %(borrower_id)s::uuid)
"""


def decision(db: Db, decision_id: UUID, borrower_id: UUID | None = None) -> KeptDecision:
    """One decision, or the refusal `NoSuchDecision`; with a borrower named, only if it is theirs."""
    found = maybe(db, KeptDecision, DECISION, decision_id=decision_id, borrower_id=borrower_id)
    if found is None:
        raise NoSuchDecision(decision_id=decision_id)
    return found


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """What a decision was about, as of today: the case gathered anew, and the documents that decide it now."""

    case: Case
    policy: Policy
    product: Product


def asked_again(
    db: Db, kept: KeptDecision, today: date, *, amount_cents: int | None = None, groups: Sequence[UUID] | None = None
) -> AskedAgain:
    """Gather a decision's case again as of today, for what was asked then or for another amount, under the policy and
    the product that decide the borrower today.

    Who goes on to grant something names the groups whose locks are held.
    """
    asked = kept.opened.case
    rules = policy_trials(db, today).drawn(kept.borrower_id).document
    sold = product_for(db, kept.product_key, kept.borrower_id, today)
    row = gathered_of_one(db, kept.borrower_id, today)
    if groups is not None:
        row.held_under(groups)
    ask = Ask(
        amount_cents=amount_cents or asked.asked_cents or sold.limit_min_cents,
        purpose=asked.purpose or "",
        stated=None if asked.stated_version is msgspec.UNSET else figures_stated(db, kept.borrower_id),
    )
    return AskedAgain(
        case_of(row, sold, today=today, net_assets_cents=net_assets_cents(db, today), ask=ask), rules, sold
    )


DECISIONS_OF = f"""
    select {COLUMNS}
      from decision
     where borrower_id = %(borrower_id)s
     order by decision_id desc
     limit %(size)s
"""


def decisions_of(db: Db, borrower_id: UUID, size: int = 50) -> list[KeptDecision]:
    """A borrower's decisions, the newest first."""
    return many(db, KeptDecision, DECISIONS_OF, borrower_id=borrower_id, size=size)


DECISIONS_AFTER = f"""
    select {COLUMNS}
      from decision
     where decision_id > %(after)s
     order by decision_id
     limit %(size)s
"""


def every_decision(db: Db, page: int = 500) -> Iterator[KeptDecision]:
    """All decisions there are, the oldest first, read page by page."""
    after = UUID(int=0)
    while found := many(db, KeptDecision, DECISIONS_AFTER, after=after, size=page):
        yield from found
        after = found[-1].decision_id


def policy(db: Db, key: str = STANDARD, version: int | None = None) -> Policy:
    """A policy: the version live on the house's day, or exactly the one named; else the refusal `NoSuchPolicy`."""
    return live_policy(db, key, on=house_day(db)) if version is None else policy_version(db, key, version)


def preset_policy() -> Policy:
    """The policy as shipped with the house; every fact it reads is one the house knows."""
    return policy_in((files("lendmill.credit") / "presets" / "policy-standard.toml").read_text("utf-8"))


def why(db: Db, decision_id: UUID, language: str = "en", borrower_id: UUID | None = None) -> str:
    """The story of a decision: every finding with what was required and what was found."""
    kept = decision(db, decision_id, borrower_id)
    content = kept.opened
    used = policy(db, content.policy.key, content.policy.version)
    sold = product(db, content.product.key, content.product.version)
    arms = [(each.trial, each.arm) for each in arms_of(db, kept.borrower_id, kept.decision_id)]
    return story.told(
        content, used, sold, language=language, decision_id=kept.decision_id, fingerprint=kept.content_hash, arms=arms
    )


def replay(db: Db, decision_id: UUID) -> Replay:
    """Make a decision again from what was kept, and say whether it is the same to the last byte."""
    return replayed_now(db, decision(db, decision_id))


def replayed_now(db: Db, kept: KeptDecision) -> Replay:
    """The same for a decision already at hand."""
    content = kept.opened
    used = policy(db, content.policy.key, content.policy.version)
    sold = product(db, content.product.key, content.product.version)
    return replayed(kept.content, kept.content_hash, used, sold)
