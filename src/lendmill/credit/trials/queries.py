"""Which versions decide on a day, who is decided by which, and which arm a kept decision was in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from lendmill.credit.policy import Policy
from lendmill.credit.publishing.queries import POLICY, PRODUCT, STANDARD, LendingPaused
from lendmill.credit.testing.arms import HOLD_OUT, Spans, allotted
from lendmill.credit.testing.queries import hold_out_bp
from lendmill.credit.trials.trial import Challenger, Trials
from lendmill.db import Db, many
from lendmill.products.document import Product
from lendmill.products.publishing import queries as published
from lendmill.products.publishing.kind import Document, DocumentKind, KindName
from lendmill.products.publishing.stages import VersionStanding
from lendmill.products.queries import NoSuchProduct

D = TypeVar("D", bound=Document)
OF_PRODUCT: Final = "product "  # a product's trial has a lot of its own, whatever policies are called


def policy_trials(db: Db, on: date) -> Trials[Policy]:
    """The live policy and its challengers of a day; refuses with `LendingPaused`."""
    found = _trials(db, POLICY, STANDARD, on, named="")
    if found is None:
        raise LendingPaused(key=STANDARD, version="")
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
    standing = {each.version: each for each in day.shares}
    found = []
    for version, spans in _spans(db, kind.name, key, on, named=named).items():
        each = standing[version]
        document = _opened(db, kind, each)
        assert document is not None, "a version that has a share stands"
        assert each.share_bp is not None, "a share is of some size"
        found.append(Challenger(_name(named, key, version), each.share_bp, document, spans))
    return Trials(champion, tuple(found), hold_out_bp(db, on))


def _name(named: str, key: str, version: int) -> str:
    return f"{named}{key}/{version}"


def _opened(db: Db, kind: DocumentKind[D], standing: VersionStanding | None) -> D | None:
    if standing is None:
        return None
    return published.opened(db, kind, standing.document_key, standing.version, standing.digest)


@dataclass(frozen=True, slots=True)
class _Change:
    """A step of the log, or a hold-out that begins, which no later one of the same called off before its day."""

    version: int
    stage: str
    share_bp: int | None


# In the order in which they came to count; a hold-out said in the middle of a day stands where it was said.
CHANGES = """
    select version, stage, share_bp
      from (select t.effective_on, t.n, t.version, t.stage, t.share_bp,
                   max(t.made_at) over (partition by t.effective_on order by t.n) as said_at
              from document_step t
             where (t.kind, t.document_key) = (%(kind)s, %(key)s)
               and t.effective_on <= %(on)s
               and not exists (select from document_step later
                                where (later.kind, later.document_key) = (t.kind, t.document_key)
                                  and later.version = t.version
                                  and later.n > t.n
                                  and later.effective_on < t.effective_on)
             union all
            select h.from_on, 0, 0, 'hold-out', h.share_bp, h.made_at
              from hold_out h
             where h.from_on <= %(on)s) changed
     order by effective_on, said_at, n
"""


def _spans(db: Db, kind: KindName, key: str, on: date, *, named: str) -> dict[int, Spans]:
    """The lots of each version that has a share, in the order in which they began: gone through from the first step on.

    So whoever was drawn for a version stays, whatever others began, grew or ended in between.
    """
    shares: dict[int, int] = {}
    spans: dict[str, Spans] = {}
    held_bp = 0
    for each in many(db, _Change, CHANGES, kind=kind, key=key, on=on):
        if each.stage == HOLD_OUT:
            held_bp = each.share_bp or 0
        elif each.stage == "share":
            shares[each.version] = each.share_bp or 0
        else:
            shares.pop(each.version, None)
        spans = allotted(spans, {_name(named, key, version): bp for version, bp in shares.items()}, held_bp)
    return {version: spans[_name(named, key, version)] for version in shares}


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
