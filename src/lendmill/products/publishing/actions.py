"""Publishing by stages: writing a draft, proposing it, deciding about it as a second person, and holding it back."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from lendmill import ids
from lendmill.db import Db
from lendmill.people.approvals.approval import DecidedAlready, NotTheProposer, OwnProposal, ProposalExpired
from lendmill.people.approvals.rules import reason_given
from lendmill.people.canonical import canonical, digest_of
from lendmill.people.command import CommandReused
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing import queries, stages, store
from lendmill.products.publishing.kept import (
    NOTE_LETTERS_MAX,
    OUTCOMES,
    TEXT_LETTERS_MAX,
    CasesChanged,
    DocumentDraft,
    DocumentProposal,
    DocumentText,
    InReview,
    LiveVersionChanged,
    NumberClosed,
    NumberTaken,
    TextTooLong,
    Verdict,
    WroteItYourself,
    last_day,
)
from lendmill.products.publishing.kind import Document, DocumentKind, KindName
from lendmill.products.publishing.stages import Logged, Stage
from lendmill.products.reading import content_of
from lendmill.refusals import Refusal

D = TypeVar("D", bound=Document)


class PublishedAlready(Refusal):
    """Version {version} of {key} stands with another content and never changes: give the new one a new number."""


class ProposedForPublication(Refusal):
    """{proposer} proposed this already, and it waits until {expires_on} for somebody else."""


def first_live(db: Db, kind: DocumentKind[D], document: D, *, today: date, by: Caller | None = None) -> None:
    """Let the first version of a document go live at once, on the day the house begins with its kind.

    The same again changes nothing. Refuses with `PublishedAlready` what stands otherwise, and with `TakesTwoPeople`
    every later version and whatever comes on a later day.
    """
    name, key, version = kind.name, document.key, document.version
    store.lock(db, name, key)
    if (standing := queries.stored(db, name, key, version)) is not None:
        if standing.digest != document.fingerprint:
            raise PublishedAlready(key=key, version=version)
        return
    if queries.begun(db, name, key, today):
        raise stages.TakesTwoPeople(kinds=plural(name))
    body = canonical(content_of(document))
    store.let_stand(db, name, key, version, body=body, digest=digest_of(body), today=today)
    store.add_step(
        db, name, key, version=version, digest=digest_of(body), stage="live", was="draft", share_bp=None,
        effective_on=today, reason=stages.FIRST, changed_on=today, changed_by=by.account_id if by else None,
        alone=stages.FIRST, proposal_id=None,
    )  # fmt: skip


def draft(
    db: Db, kind: DocumentKind[D], document: D, *, by: Caller | None, today: date, note: str = ""
) -> DocumentDraft:
    """Write a version, or write it anew while it is a draft; the same text again is the same revision.

    Written by nobody, it is one that was shipped. Refuses with `NotPublishersWork`, `NumberTaken`, `NumberClosed`,
    `InReview`, `TextTooLong`.
    """
    if by is not None:
        stages.check_writer(by.role)
    name, key, version = kind.name, document.key, document.version
    content = content_of(document)
    _check_letters(content)
    body = canonical(content)
    store.lock(db, name, key)
    _check_number(db, name, key, version, today)
    before = queries.drafts(db, name, key, version)
    if not before or before[0].digest != digest_of(body):
        store.write(
            db, name, key, version, body=body, digest=digest_of(body), note=_noted(note),
            written_by=by.account_id if by else None, today=today,
        )  # fmt: skip
    return queries.drafts(db, name, key, version)[0]


def _check_number(db: Db, kind: KindName, key: str, version: int, today: date) -> None:
    """Refuse a number under which nothing can be written any more, or not now."""
    if queries.stored(db, kind, key, version) is not None:
        raise NumberTaken(key=key, version=version, free=queries.free_number(db, kind, key))
    if queries.day_of(db, kind, key, today).stage_of(version) == "retired":
        raise NumberClosed(key=key, version=version, free=queries.free_number(db, kind, key))
    for waiting in queries.waiting(db, kind, today, key, version):
        raise InReview(key=key, version=version, proposer=waiting.proposer, expires_on=waiting.expires_on)


def propose(
    db: Db,
    kind: DocumentKind[D],
    *,
    command_key: str,
    key: str,
    version: int,
    to_stage: Logged,
    reason: str,
    by: Caller,
    today: date,
    share_bp: int | None = None,
    effective_on: date | None = None,
) -> DocumentProposal:
    """Propose that a version goes to a stage, from a day on or from the day somebody else agrees.

    The same command key with the same content is the same proposal. Refuses with `NotPublishersWork`,
    `ReasonMissing`, `NotAShare`, `BackDated`, `NoSuchVersion`, `WayClosed`, `ScheduledAlready`,
    `ProposedForPublication`, `CommandReused`, what the share needs, and whatever the document does not fit.
    """
    stages.check_writer(by.role)
    why = reason_given(reason)
    stages.check_share(to_stage, share_bp)
    store.lock(db, kind.name, key)
    if (earlier := queries.proposal_by_key(db, command_key)) is not None:
        if earlier.asked != (kind.name, key, version, to_stage, share_bp, effective_on, why, by.account_id):
            raise CommandReused(key=command_key)
        return earlier
    stages.check_day(effective_on, today)
    found = queries.text(db, kind.name, key, version)
    _check_way(db, kind, key, version, found, to_stage, share_bp, effective_on, today)
    for other in queries.waiting(db, kind.name, today, key, version):
        raise ProposedForPublication(proposer=other.proposer, expires_on=other.expires_on)
    proposal_id, live = ids.new(), queries.day_of(db, kind.name, key, effective_on or today).live
    store.propose(
        db, proposal_id=proposal_id, kind=kind.name, document_key=key, version=version, digest=found.digest,
        to_stage=to_stage, share_bp=share_bp, effective_on=effective_on, live_version=live.version if live else None,
        reason=why, command_key=command_key, proposed_by=by.account_id, proposed_role=by.role.value,
        written_by=_writers(db, kind.name, key, version), proposed_on=today, expires_on=last_day(today),
        cases_digest=kind.held_to(db, key),
    )  # fmt: skip
    return queries.proposal(db, proposal_id)


def decide(
    db: Db, kind: DocumentKind[D], *, command_key: str, proposal_id: UUID, verdict: Verdict, by: Caller, today: date,
    reason: str = "",
) -> DocumentProposal:  # fmt: skip
    """Another person agrees, and the version goes its way; or says no and why; or the proposer takes it back.

    Refuses with `NoSuchPublication`, `OwnProposal`, `WroteItYourself`, `NotTheProposer`, `NotPublishersWork`,
    `DecidedAlready`, `ProposalExpired`, `BackDated`, `LiveVersionChanged`, `CasesChanged`, `WayClosed`,
    `ReasonMissing`, `CommandReused`, and whatever the document does not fit any more.
    """
    proposal = queries.proposal(db, proposal_id)
    store.lock(db, proposal.kind, proposal.document_key)
    proposal = queries.proposal(db, proposal_id)
    if (earlier := queries.decided_by_key(db, command_key)) is not None:
        told = (earlier.proposal_id, earlier.outcome, earlier.decided_by, earlier.decided_why)
        if told != (proposal_id, OUTCOMES[verdict], by.account_id, " ".join(reason.split())):
            raise CommandReused(key=command_key)
        return earlier
    _check_person(proposal, verdict, by)
    if proposal.outcome is not None:
        raise DecidedAlready(outcome=proposal.outcome, decided_on=proposal.decided_on)
    if today > proposal.expires_on:
        raise ProposalExpired(expires_on=proposal.expires_on)
    why = reason_given(reason) if verdict == "decline" or reason.strip() else ""
    was = _check_still_right(db, kind, proposal, today) if verdict == "approve" else None
    store.decide(db, proposal, outcome=OUTCOMES[verdict], by=by, decided_on=today, reason=why, command_key=command_key)
    if was is not None:
        _carry_out(db, proposal, was, by, today)
    return queries.proposal(db, proposal_id)


def hold_back(
    db: Db,
    kind: DocumentKind[D],
    *,
    key: str,
    version: int,
    reason: str,
    by: Caller,
    today: date,
    share_bp: int | None = None,
) -> None:
    """Retire what is not live, call off what was agreed for a coming day, or lower a share: one person, at once.

    Refuses with `NotPublishersWork`, `ReasonMissing`, `NotAShare`, `NoSuchVersion`, `WayClosed`, and with
    `TakesTwoPeople` what only two may do.
    """
    stages.check_writer(by.role)
    why = reason_given(reason)
    to_stage: Logged = "retired" if share_bp is None else "share"
    stages.check_share(to_stage, share_bp)
    store.lock(db, kind.name, key)
    found = queries.text(db, kind.name, key, version)
    stage = queries.stage_of(db, kind.name, key, version, today)
    day = queries.day_of(db, kind.name, key, today)
    agreed = [each for each in queries.coming(db, kind.name, today, key) if each.version == version]
    share_before = next((each.share_bp for each in day.shares if each.version == version), None)
    calls_off = to_stage == "retired" and stage != "live" and bool(agreed)
    if agreed and not calls_off:
        raise stages.ScheduledAlready(
            key=key, version=version, stage=agreed[0].stage, effective_on=agreed[0].effective_on
        )
    if not calls_off and not stages.holds_back(stage, to_stage, share_before, share_bp):
        if (stage, to_stage) in stages.BY_TWO:
            raise stages.TakesTwoPeople(kinds=plural(kind.name))
        raise stages.WayClosed(key=key, version=version, stage=stage, to_stage=to_stage)
    for waiting in queries.waiting(db, kind.name, today, key, version):
        raise InReview(key=key, version=version, proposer=waiting.proposer, expires_on=waiting.expires_on)
    store.add_step(
        db, kind.name, key, version=version, digest=found.digest, stage=to_stage, was=stage, share_bp=share_bp,
        effective_on=today, reason=why, changed_on=today, changed_by=by.account_id, alone=stages.HOLDS_BACK,
        proposal_id=None,
    )  # fmt: skip


def plural(kind: KindName) -> str:
    """What a kind is called where several are meant.

    >>> plural("policy"), plural("product")
    ('policies', 'products')
    """
    return "policies" if kind == "policy" else "products"


def _check_way(
    db: Db, kind: DocumentKind[D], key: str, version: int, found: DocumentText, to_stage: Logged, share_bp: int | None,
    effective_on: date | None, today: date,
) -> Stage:  # fmt: skip
    """Refuse a step there is no way for, or a document that does not fit the day; gives where the version stands."""
    on = effective_on or today
    stage = queries.day_of(db, kind.name, key, today).stage_of(version) or "draft"
    for agreed in queries.coming(db, kind.name, today, key):
        if agreed.version == version:
            raise stages.ScheduledAlready(
                key=key, version=version, stage=agreed.stage, effective_on=agreed.effective_on
            )
    stages.check_by_two(key, version, stage, to_stage)
    if stage == "retired" and not found.stands:
        raise NumberClosed(key=key, version=version, free=queries.free_number(db, kind.name, key))
    if to_stage == "retired":
        if on > today:
            raise stages.RetiresAtOnce
        stages.check_nothing_beside(key, queries.days_from(db, kind.name, key, on), version)
        return stage
    if share_bp is not None:
        stages.check_shares(key, queries.days_from(db, kind.name, key, on), kind.held_out(db, on), version, share_bp)
    kind.fits(db, kind.read(json.loads(found.body)), on)
    return stage


def _check_person(proposal: DocumentProposal, verdict: Verdict, by: Caller) -> None:
    own = proposal.proposed_by == by.account_id
    if verdict == "withdraw":
        if not own:
            raise NotTheProposer
        return
    if own:
        raise OwnProposal
    if verdict == "approve" and by.account_id in proposal.written_by:
        raise WroteItYourself
    stages.check_decider(by.role)


def _check_still_right(db: Db, kind: DocumentKind[D], proposal: DocumentProposal, today: date) -> Stage:
    """Hold a proposal to the house as it is when somebody agrees to it."""
    key, version = proposal.document_key, proposal.version
    stages.check_day(proposal.effective_on, today)
    found = queries.text(db, proposal.kind, key, version)
    assert found.digest == proposal.digest, "a version that waits for its review is not written anew"
    live = queries.day_of(db, proposal.kind, key, proposal.effective_on or today).live
    if (live.version if live else None) != proposal.live_version:
        raise LiveVersionChanged(key=key, proposed_on=proposal.proposed_on)
    if proposal.to_stage != "retired" and kind.held_to(db, key) != proposal.cases_digest:
        raise CasesChanged(key=key, proposed_on=proposal.proposed_on)
    return _check_way(db, kind, key, version, found, proposal.to_stage, proposal.share_bp, proposal.effective_on, today)


def _carry_out(db: Db, proposal: DocumentProposal, was: Stage, by: Caller, today: date) -> None:
    kind, key, version = proposal.kind, proposal.document_key, proposal.version
    found = queries.text(db, kind, key, version)
    store.let_stand(db, kind, key, version, body=found.body, digest=found.digest, today=today)
    store.add_step(
        db, kind, key, version=version, digest=proposal.digest, stage=proposal.to_stage, was=was,
        share_bp=proposal.share_bp, effective_on=proposal.effective_on or today, reason=proposal.reason,
        changed_on=today, changed_by=by.account_id, alone=None, proposal_id=proposal.proposal_id,
    )  # fmt: skip


def _writers(db: Db, kind: KindName, key: str, version: int) -> list[UUID]:
    """Everybody who wrote a revision of a version."""
    found = {each.written_by for each in queries.drafts(db, kind, key, version)}
    return sorted(writer for writer in found if writer is not None)


def _noted(note: str) -> str:
    return " ".join(note.split())[:NOTE_LETTERS_MAX]


def _check_letters(content: Any) -> None:
    for field, text in _texts(content, ""):
        if len(text) > TEXT_LETTERS_MAX:
            raise TextTooLong(field=field, letters=len(text), most=TEXT_LETTERS_MAX)


def _texts(content: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(content, str):
        yield at, content
    elif isinstance(content, dict):
        for key, each in content.items():
            yield from _texts(each, f"{at}.{key}" if at else str(key))
    elif isinstance(content, list):
        for n, each in enumerate(content):
            yield from _texts(each, f"{at}[{n}]")
