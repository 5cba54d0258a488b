"""Writes drafts, versions that stand, proposals, decisions and steps; none of them is ever changed."""

from datetime import date
from typing import Final
from uuid import UUID

from lendmill.db import Db, run, scalar
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing.kept import DocumentProposal, Outcome
from lendmill.products.publishing.kind import KindName

BEGIN = """
    insert into document (kind, document_key)
    values (%(kind)s, %(key)s)
    on conflict do nothing
"""

LOCK = """
    select steps
      from document
     where (kind, document_key) = (%(kind)s, %(key)s)
       for update
"""


def lock(db: Db, kind: KindName, key: str) -> None:
    """Take a document up, with nobody else changing where its versions stand until this transaction is over."""
    run(db, BEGIN, kind=kind, key=key)
    scalar(db, LOCK, kind=kind, key=key)


WRITE = """
    insert into document_draft (kind, document_key, version, revision, body, digest, note, written_by, written_on)
    select %(kind)s, %(key)s, %(version)s, coalesce(max(revision), 0) + 1, %(body)s, %(digest)s, %(note)s,
           %(written_by)s::uuid, %(today)s
      from document_draft
     where (kind, document_key, version) = (%(kind)s, %(key)s, %(version)s)
"""


def write(
    db: Db, kind: KindName, key: str, version: int, *, body: str, digest: str, note: str, written_by: UUID | None,
    today: date,
) -> None:  # fmt: skip
    """Keep one more revision of a version."""
    run(
        db, WRITE, kind=kind, key=key, version=version, body=body, digest=digest, note=note, written_by=written_by,
        today=today,
    )  # fmt: skip


STAND: Final = {
    name: f"""
    insert into {name}_version ({name}_key, version, body, digest, published_on)
    values (%(key)s, %(version)s, %(body)s, %(digest)s, %(today)s)
    on conflict do nothing
"""
    for name in ("product", "policy")
}


def let_stand(db: Db, kind: KindName, key: str, version: int, *, body: str, digest: str, today: date) -> None:
    """Write a version down for good; one that stands already stays as it is."""
    run(db, STAND[kind], key=key, version=version, body=body, digest=digest, today=today)


PROPOSE = """
    insert into document_proposal (proposal_id, kind, document_key, version, digest, to_stage, share_bp, effective_on,
                                   live_version, reason, command_key, proposed_by, proposed_role, written_by,
                                   proposed_on, expires_on, cases_digest)
    values (%(proposal_id)s, %(kind)s, %(document_key)s, %(version)s, %(digest)s, %(to_stage)s, %(share_bp)s,
            %(effective_on)s, %(live_version)s, %(reason)s, %(command_key)s, %(proposed_by)s, %(proposed_role)s,
            %(written_by)s, %(proposed_on)s, %(expires_on)s, %(cases_digest)s)
"""


def propose(db: Db, **proposal: object) -> None:
    """Write down what somebody proposes."""
    run(db, PROPOSE, **proposal)


DECIDE = """
    insert into document_proposal_decision (proposal_id, kind, document_key, version, digest, to_stage, proposed_by,
                                            written_by, outcome, decided_by, decided_role, decided_on, reason,
                                            command_key)
    values (%(proposal_id)s, %(kind)s, %(document_key)s, %(version)s, %(digest)s, %(to_stage)s, %(proposed_by)s,
            %(written_by)s, %(outcome)s, %(decided_by)s, %(decided_role)s, %(decided_on)s, %(reason)s,
            %(command_key)s)
"""


def decide(
    db: Db, proposal: DocumentProposal, *, outcome: Outcome, by: Caller, decided_on: date, reason: str, command_key: str
) -> None:
    """Write down what became of a proposal; a second decision about it fails."""
    run(
        db,
        DECIDE,
        proposal_id=proposal.proposal_id,
        kind=proposal.kind,
        document_key=proposal.document_key,
        version=proposal.version,
        digest=proposal.digest,
        to_stage=proposal.to_stage,
        proposed_by=proposal.proposed_by,
        written_by=proposal.written_by,
        outcome=outcome,
        decided_by=by.account_id,
        decided_role=by.role.value,
        decided_on=decided_on,
        reason=reason,
        command_key=command_key,
    )


COUNT = """
    update document
       set steps = steps + 1
     where (kind, document_key) = (%(kind)s, %(document_key)s)
    returning steps
"""

STEP = """
    insert into document_step (kind, document_key, n, version, digest, stage, was, share_bp, effective_on, reason,
                               changed_on, changed_by, alone, proposal_id, outcome)
    values (%(kind)s, %(document_key)s, %(n)s, %(version)s, %(digest)s, %(stage)s, %(was)s, %(share_bp)s,
            %(effective_on)s, %(reason)s, %(changed_on)s, %(changed_by)s, %(alone)s, %(proposal_id)s::uuid,
            case when %(proposal_id)s::uuid is not null then 'approved' end)
"""


def add_step(db: Db, kind: KindName, document_key: str, **step: object) -> None:
    """Write the next step of the log."""
    n = scalar(db, COUNT, kind=kind, document_key=document_key)
    run(db, STEP, kind=kind, document_key=document_key, n=n, **step)
