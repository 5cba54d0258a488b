"""Which versions decide on a day, who is decided by which, and which arm a kept decision was in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from lendmill.credit.policy import Policy
from lendmill.credit.publishing.queries import POLICY, PRODUCT, STANDARD, NoSuchPolicy
from lendmill.credit.trials.trial import Challenger, Trials
from lendmill.db import Db, many, scalar
from lendmill.products.document import Product
from lendmill.products.publishing import queries as published
from lendmill.products.publishing.kind import Document, DocumentKind, KindName
from lendmill.products.publishing.stages import DocumentDay, VersionStanding
from lendmill.products.queries import NoSuchProduct

D = TypeVar("D", bound=Document)
OF_PRODUCT: Final = "product "  # a product's trial has a lot of its own, whatever policies are called


def policy_trials(db: Db, on: date) -> Trials[Policy]:
    """The live policy and its challengers of a day; refuses with `NoSuchPolicy`."""
    found = _trials(db, POLICY, STANDARD, on, named="")
    if found is None:
        raise NoSuchPolicy(key=STANDARD, version="")
    return found


def product_trials(db: Db, key: str, on: date) -> Trials[Product]:
    """The version of a product that is for sale on a day, and those for a share; refuses with `NoSuchProduct`."""
    found = _trials(db, PRODUCT, key, on, named=OF_PRODUCT)
    if found is None:
        raise NoSuchProduct(key=key, version="")
    return found


def policy_for(db: Db, borrower_ids: Sequence[UUID], on: date) -> Mapping[UUID, Policy]:
    """The policy that decides each of these borrowers on a day."""
    trials = policy_trials(db, on)
    return {borrower_id: trials.drawn(borrower_id).document for borrower_id in borrower_ids}


def product_for(db: Db, key: str, borrower_id: UUID, on: date) -> Product:
    """The version of a product that a borrower is sold on a day."""
    return product_trials(db, key, on).drawn(borrower_id).document


def _trials(db: Db, kind: DocumentKind[D], key: str, on: date, *, named: str) -> Trials[D] | None:
    day = published.day_of(db, kind.name, key, on)
    champion = _opened(db, kind, day.live)
    if champion is None:
        return None
    if not day.shares:
        return Trials(champion)
    found = []
    for each in _begun_first(db, kind.name, key, day, on):
        document = _opened(db, kind, each)
        assert document is not None, "a version that has a share stands"
        assert each.share_bp is not None, "a share is of some size"
        found.append(Challenger(f"{named}{key}/{each.version}", each.share_bp, document))
    return Trials(champion, tuple(found), hold_out_bp(db, on))


def _opened(db: Db, kind: DocumentKind[D], standing: VersionStanding | None) -> D | None:
    if standing is None:
        return None
    return published.opened(db, kind, standing.document_key, standing.version, standing.digest)


BEGUN = """
    select version, min(n) as n
      from document_step
     where (kind, document_key, stage) = (%(kind)s, %(key)s, 'share')
       and effective_on <= %(on)s
     group by version
"""


@dataclass(frozen=True, slots=True)
class _Begun:
    version: int
    n: int


def _begun_first(db: Db, kind: KindName, key: str, day: DocumentDay, on: date) -> list[VersionStanding]:
    """The versions that have a share in the order in which they first had one: a share that grows passes nobody."""
    if len(day.shares) < 2:
        return list(day.shares)
    begun = {each.version: each.n for each in many(db, _Begun, BEGUN, kind=kind, key=key, on=on)}
    return sorted(day.shares, key=lambda each: begun[each.version])


HOLD_OUT = """
    select share_bp
      from hold_out
     where from_on <= %(on)s
     order by from_on desc, hold_out_id desc
     limit 1
"""


def hold_out_bp(db: Db, on: date) -> int:
    """The share of borrowers who are in no trial on a day; nobody, where nothing was said."""
    return int(scalar(db, HOLD_OUT, on=on) or 0)


@dataclass(frozen=True, slots=True)
class TrialArm:
    """The arm of a trial that a kept decision was in."""

    trial: str
    arm: str


ARMS_OF = """
    select trial, arm
      from decision_arm
     where borrower_id = %(borrower_id)s
       and decision_id = %(decision_id)s
     order by trial
"""


def arms_of(db: Db, borrower_id: UUID, decision_id: UUID) -> list[TrialArm]:
    """The arms a decision was in; none where no trial ran."""
    return many(db, TrialArm, ARMS_OF, borrower_id=borrower_id, decision_id=decision_id)
