"""Products and policies as they stand: what is live on a day, what is drafted, what waits, and the log."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

from lendmill.db import Db, many, maybe, scalar
from lendmill.people.canonical import digest_of
from lendmill.products.publishing.kept import (
    DocumentDraft,
    DocumentProposal,
    DocumentStep,
    DocumentText,
    DocumentVersion,
    NoSuchPublication,
    NoSuchVersion,
)
from lendmill.products.publishing.kind import Document, DocumentKind, KindName
from lendmill.products.publishing.stages import DocumentDay, Stage, VersionStanding, placed

D = TypeVar("D", bound=Document)
KEPT_OPEN_MAX: Final = 256
_OPEN: Final[dict[tuple[KindName, str], Any]] = {}
"""Documents read before, by their digest: what can never change."""

# A version that was let go live and called off before its day never went live.
STANDINGS = """
    select distinct on (document_key, version)
           document_key, version, n, stage, was, effective_on, share_bp, digest,
           bool_or(went_live) over (partition by document_key, version)
               and version = first_value(version) over (partition by document_key
                                                            order by went_live desc, effective_on desc, n desc)
               as live_last
      from (select document_key, version, n, stage, was, effective_on, share_bp, digest,
                   stage = 'live' and coalesce(lead(effective_on) over next >= effective_on, true) as went_live
              from document_step
             where kind = %(kind)s
               and (%(key)s::text is null or document_key = %(key)s::text)
               and effective_on <= %(on)s
            window next as (partition by document_key, version order by n)) step
     order by document_key, version, n desc
"""


def day_of(db: Db, kind: KindName, key: str, on: date) -> DocumentDay:
    """What stands where of one document on a day."""
    return placed(many(db, VersionStanding, STANDINGS, kind=kind, key=key, on=on))


def days_of_all(db: Db, kind: KindName, on: date) -> dict[str, DocumentDay]:
    """The same of every document of a kind that the log names by that day."""
    by_key: dict[str, list[VersionStanding]] = {}
    for each in many(db, VersionStanding, STANDINGS, kind=kind, key=None, on=on):
        by_key.setdefault(each.document_key, []).append(each)
    return {key: placed(found) for key, found in by_key.items()}


COMING = """
    select distinct on (document_key, version)
           document_key, version, n, stage, was, effective_on, share_bp, digest
      from document_step
     where kind = %(kind)s
       and (%(key)s::text is null or document_key = %(key)s::text)
     order by document_key, version, n desc
"""


def coming(db: Db, kind: KindName, today: date, key: str | None = None) -> list[VersionStanding]:
    """What is agreed for a day that has not come yet."""
    return [each for each in many(db, VersionStanding, COMING, kind=kind, key=key) if each.effective_on > today]


def days_from(db: Db, kind: KindName, key: str, on: date) -> dict[date, DocumentDay]:
    """What stands where of one document on a day, and on every later day on which something agreed changes it."""
    days = {on, *(each.effective_on for each in coming(db, kind, on, key))}
    return {day: day_of(db, kind, key, day) for day in sorted(days)}


@dataclass(frozen=True, slots=True)
class _Stored:
    version: int
    body: str
    digest: str


TEXTS: Final = {
    name: f"""
    select version, body, digest
      from {name}_version
     where {name}_key = %(key)s
       and version = %(version)s
"""
    for name in ("product", "policy")
}

LAST_DRAFT = """
    select version, body, digest
      from document_draft
     where (kind, document_key, version) = (%(kind)s, %(key)s, %(version)s)
     order by revision desc
     limit 1
"""


def text(db: Db, kind: KindName, key: str, version: int) -> DocumentText:
    """The text of a version, the one that stands or else the draft's last; or the refusal `NoSuchVersion`."""
    found = stored(db, kind, key, version) or maybe(db, _Stored, LAST_DRAFT, kind=kind, key=key, version=version)
    if found is None:
        raise NoSuchVersion(key=key, version=version)
    return DocumentText(found.body, found.digest, stored(db, kind, key, version) is not None)


def stored(db: Db, kind: KindName, key: str, version: int) -> _Stored | None:
    """A version that stands for good, if there is one under this number."""
    return maybe(db, _Stored, TEXTS[kind], key=key, version=version)


def opened(db: Db, kind: DocumentKind[D], key: str, version: int, digest: str | None = None) -> D | None:
    """A version that stands, read; None where there is none. One named by its digest is read only once."""
    if digest is not None and (known := _OPEN.get((kind.name, digest))) is not None:
        return known  # type: ignore[no-any-return]
    found = stored(db, kind.name, key, version)
    if found is None:
        return None
    if (known := _OPEN.get((kind.name, found.digest))) is None:
        known = _read(kind, found.body, found.digest)
        if len(_OPEN) >= KEPT_OPEN_MAX:
            _OPEN.clear()
        _OPEN[kind.name, found.digest] = known
    return known


def _read(kind: DocumentKind[D], body: str, digest: str) -> D:
    assert digest_of(body) == digest, f"a published {kind.name} no longer matches its digest"
    return kind.read(json.loads(body))


def live(db: Db, kind: DocumentKind[D], key: str, on: date) -> D | None:
    """The version of a document that is live on a day, if one is."""
    return _opened(db, kind, day_of(db, kind.name, key, on).live)


def live_last(db: Db, kind: DocumentKind[D], key: str, on: date) -> D | None:
    """The version of a document that is live on a day or, where none is, the one that was live last."""
    return _opened(db, kind, day_of(db, kind.name, key, on).last)


def all_live(db: Db, kind: DocumentKind[D], on: date) -> list[D]:
    """Of every document of a kind the version that is live on a day, in the order of their keys."""
    found = [_opened(db, kind, day.live) for _, day in sorted(days_of_all(db, kind.name, on).items())]
    return [each for each in found if each is not None]


def all_live_last(db: Db, kind: DocumentKind[D], on: date) -> list[D]:
    """Of every document of a kind the version that is live on a day or, where none is, the one that was live last."""
    found = [_opened(db, kind, day.last) for _, day in sorted(days_of_all(db, kind.name, on).items())]
    return [each for each in found if each is not None]


def all_shared(db: Db, kind: DocumentKind[D], on: date) -> list[tuple[D, int]]:
    """Every version that is live for a share of borrowers on a day, with that share in basis points."""
    days = sorted(days_of_all(db, kind.name, on).items())
    found = [(_opened(db, kind, each), each.share_bp) for _, day in days for each in day.shares]
    return [(document, share_bp) for document, share_bp in found if document is not None and share_bp is not None]


def all_shadows(db: Db, kind: DocumentKind[D], on: date) -> list[D]:
    """Every version that is tried in the shadow on a day."""
    days = sorted(days_of_all(db, kind.name, on).items())
    found = [_opened(db, kind, each) for _, day in days for each in day.shadows]
    return [document for document in found if document is not None]


def _opened(db: Db, kind: DocumentKind[D], standing: VersionStanding | None) -> D | None:
    if standing is None:
        return None
    return opened(db, kind, standing.document_key, standing.version, standing.digest)


DRAFTS = """
    select d.kind, d.document_key, d.version, d.revision, d.body, d.digest, d.note, d.written_by,
           a.display_name as writer, d.written_on, d.made_at
      from document_draft d
      left join account a on a.account_id = d.written_by
     where d.kind = %(kind)s
       and (%(key)s::text is null or d.document_key = %(key)s::text)
       and (%(version)s::integer is null or d.version = %(version)s::integer)
     order by d.document_key, d.version, d.revision desc
"""


def drafts(db: Db, kind: KindName, key: str | None = None, version: int | None = None) -> list[DocumentDraft]:
    """Every revision of what was written, the last of each version first."""
    return many(db, DocumentDraft, DRAFTS, kind=kind, key=key, version=version)


PROPOSED: Final = """
           p.proposal_id, p.kind, p.document_key, p.version, p.digest, p.to_stage, p.share_bp, p.effective_on,
           p.live_version, p.reason, p.command_key, p.proposed_by, a.display_name as proposer, p.written_by,
           p.proposed_on, p.expires_on, p.made_at, d.outcome, d.decided_by, s.display_name as decider, d.decided_on,
           d.reason as decided_why, p.cases_digest
      from document_proposal p
      join account a on a.account_id = p.proposed_by
      left join document_proposal_decision d on d.proposal_id = p.proposal_id
      left join account s on s.account_id = d.decided_by
"""

PROPOSAL = f"""
    select {PROPOSED}
     where p.proposal_id = %(proposal_id)s
"""


def proposal(db: Db, proposal_id: UUID) -> DocumentProposal:
    """One proposal, or the refusal `NoSuchPublication`."""
    found = maybe(db, DocumentProposal, PROPOSAL, proposal_id=proposal_id)
    if found is None:
        raise NoSuchPublication(proposal_id=proposal_id)
    return found


BY_KEY = f"""
    select {PROPOSED}
     where p.command_key = %(command_key)s
"""


def proposal_by_key(db: Db, command_key: str) -> DocumentProposal | None:
    """What was proposed under a sender's key before."""
    return maybe(db, DocumentProposal, BY_KEY, command_key=command_key)


DECIDED_BY_KEY = f"""
    select {PROPOSED}
     where d.command_key = %(command_key)s
"""


def decided_by_key(db: Db, command_key: str) -> DocumentProposal | None:
    """What was decided under a sender's key before."""
    return maybe(db, DocumentProposal, DECIDED_BY_KEY, command_key=command_key)


PROPOSALS = f"""
    select {PROPOSED}
     where p.kind = %(kind)s
       and (%(key)s::text is null or p.document_key = %(key)s::text)
       and (%(version)s::integer is null or p.version = %(version)s::integer)
     order by p.proposal_id desc
     limit 200
"""


def proposals(db: Db, kind: KindName, key: str | None = None, version: int | None = None) -> list[DocumentProposal]:
    """What was proposed about a kind of document, one document or one version, the latest first."""
    return many(db, DocumentProposal, PROPOSALS, kind=kind, key=key, version=version)


WAITING = f"""
    select {PROPOSED}
     where d.proposal_id is null
       and p.expires_on >= %(today)s
       and p.kind = %(kind)s
       and (%(key)s::text is null or p.document_key = %(key)s::text)
       and (%(version)s::integer is null or p.version = %(version)s::integer)
     order by p.proposal_id
     limit 200
"""


def waiting(
    db: Db, kind: KindName, today: date, key: str | None = None, version: int | None = None
) -> list[DocumentProposal]:
    """What waits for a second person today, the oldest first."""
    return many(db, DocumentProposal, WAITING, kind=kind, today=today, key=key, version=version)


STEPS = """
    select t.kind, t.document_key, t.n, t.version, t.stage, t.was, t.share_bp, t.effective_on, t.reason, t.changed_on,
           a.display_name as changer, b.display_name as proposer, t.alone, t.made_at
      from document_step t
      left join account a on a.account_id = t.changed_by
      left join document_proposal p on p.proposal_id = t.proposal_id
      left join account b on b.account_id = p.proposed_by
     where t.kind = %(kind)s
       and t.document_key = %(key)s
       and (%(version)s::integer is null or t.version = %(version)s::integer)
     order by t.n
"""


def log(db: Db, kind: KindName, key: str, version: int | None = None) -> list[DocumentStep]:
    """The log of a document, or of one version: every step, the first one first."""
    return many(db, DocumentStep, STEPS, kind=kind, key=key, version=version)


WAS_LIVE = """
    select exists (select from document_step
                    where (kind, document_key, version, stage) = (%(kind)s, %(key)s, %(version)s, 'live'))
"""


def was_live(db: Db, kind: KindName, key: str, version: int) -> bool:
    """Whether a version was ever let go live."""
    return bool(scalar(db, WAS_LIVE, kind=kind, key=key, version=version))


ANY_STEP_BEFORE = """
    select exists (select from document_step
                    where kind = %(kind)s
                      and (document_key = %(key)s or changed_on < %(today)s))
"""


def begun(db: Db, kind: KindName, key: str, today: date) -> bool:
    """Whether the house has published this document, or anything of its kind on an earlier day."""
    return bool(scalar(db, ANY_STEP_BEFORE, kind=kind, key=key, today=today))


NUMBERS: Final = {
    name: f"""
    select coalesce(max(version), 0)
      from (select version
              from document_draft
             where (kind, document_key) = ('{name}', %(key)s)
             union all
            select version
              from {name}_version
             where {name}_key = %(key)s) as numbered
"""
    for name in ("product", "policy")
}


def free_number(db: Db, kind: KindName, key: str) -> int:
    """The next number that nothing of this document has."""
    found = scalar(db, NUMBERS[kind], key=key)
    assert isinstance(found, int)
    return found + 1


def stage_of(db: Db, kind: KindName, key: str, version: int, today: date) -> Stage:
    """Where a version stands today; agreed for a coming day and never used before, it is still in its review."""
    logged = day_of(db, kind, key, today).stage_of(version)
    if logged is not None:
        return logged
    if text(db, kind, key, version).stands or waiting(db, kind, today, key, version):
        return "review"
    return "draft"


def versions(db: Db, kind: KindName, today: date, key: str | None = None) -> list[DocumentVersion]:
    """Every version there is of a kind, or of one document, the newest first, each where it stands today."""
    days = days_of_all(db, kind, today)
    agreed = {(each.document_key, each.version): each for each in coming(db, kind, today, key)}
    asked = {(each.document_key, each.version) for each in waiting(db, kind, today, key)}
    found: dict[tuple[str, int], DocumentVersion] = {}
    for each in _standing(days, key):
        found[each.document_key, each.version] = DocumentVersion(
            kind, each.document_key, each.version, days[each.document_key].said[each.version], each.share_bp,
            each.effective_on, each.digest, stands=(each.was, each.stage) != ("draft", "retired"),
        )  # fmt: skip
    for name, later in agreed.items():
        before = found.get(name)
        found[name] = DocumentVersion(
            kind, *name, before.stage if before else "review", before.share_bp if before else None,
            before.since_on if before else None, later.digest, stands=True, coming=later.stage,
            coming_on=later.effective_on,
        )  # fmt: skip
    for draft in drafts(db, kind, key):
        name = (draft.document_key, draft.version)
        stage: Stage = "review" if name in asked else "draft"
        found.setdefault(name, DocumentVersion(kind, *name, stage, None, draft.written_on, draft.digest, stands=False))
    return sorted(found.values(), key=lambda each: (each.document_key, -each.version))


def _standing(days: dict[str, DocumentDay], key: str | None) -> Sequence[VersionStanding]:
    return [each for name, day in days.items() if key in (None, name) for each in day.rows]
