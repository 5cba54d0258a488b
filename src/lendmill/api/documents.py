"""Products and policies for programs: each version, what it says, what differs, and taking it further by two people."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, RawBody

from lendmill.api.approvals import Decision, caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.keys import IdempotencyKey, needed
from lendmill.api.problems import problem
from lendmill.api.statuses import status
from lendmill.credit.publishing.queries import KINDS, document, kind_named
from lendmill.credit.publishing.stating import differences_told, spreadsheet
from lendmill.db import Db
from lendmill.people.queries import act_today, house_day
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing import actions, queries
from lendmill.products.publishing.files import FileWrong, document_in
from lendmill.products.publishing.kept import DocumentProposal, DocumentStep, DocumentVersion
from lendmill.products.publishing.kind import Document
from lendmill.products.publishing.stages import Stage, logged_named
from lendmill.products.publishing.toml import toml_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class DocumentTold:
    """One version whole: its content exactly as its digest names it, where it stands, and its log."""

    key: str
    version: int
    stage: Stage
    digest: str
    stands: bool
    content: dict[str, Any]
    log: list[DocumentStep]


@dataclass(frozen=True)
class PublicationTold:
    """A proposal to publish with where it stands today and, once it is decided, by whom and why."""

    proposal_id: UUID
    kind: str
    key: str
    version: int
    to_stage: str
    share_bp: int | None
    effective_on: date | None
    reason: str
    state: str
    proposer: str
    proposed_on: date
    expires_on: date
    decider: str | None
    decided_on: date | None
    decided_why: str | None


@dataclass(frozen=True)
class PublicationAsked:
    """A stage for a version, from which day, for which share of borrowers in basis points, and why."""

    to_stage: str
    reason: str
    effective_on: date | None = None
    share_bp: int | None = None


@dataclass(frozen=True)
class HoldingBack:
    """Why something is held back: a smaller share in basis points, or without one all of it."""

    reason: str
    share_bp: int | None = None


@dataclass(frozen=True)
class DraftKept:
    """What was taken in as a draft."""

    key: str
    version: int
    revision: int
    digest: str


@dataclass(frozen=True)
class DifferencesTold:
    """What a version says otherwise than another one, a sentence each; no other where none is live."""

    other: int | None
    sentences: list[str]


def publication_told(proposal: DocumentProposal, today: date) -> PublicationTold:
    """A proposal as it is told outside."""
    return PublicationTold(
        proposal_id=proposal.proposal_id,
        kind=proposal.kind,
        key=proposal.document_key,
        version=proposal.version,
        to_stage=proposal.to_stage,
        share_bp=proposal.share_bp,
        effective_on=proposal.effective_on,
        reason=proposal.reason,
        state=proposal.state(today),
        proposer=proposal.proposer,
        proposed_on=proposal.proposed_on,
        expires_on=proposal.expires_on,
        decider=proposal.decider,
        decided_on=proposal.decided_on,
        decided_why=proposal.decided_why,
    )


@get("/documents/{kind:str}", sync_to_thread=True)
def documents(request: Asked, kind: FromPath[str]) -> list[DocumentVersion]:
    """Every version of the policies or the products with where it stands today, the newest of each first."""
    with database_of(request).transaction() as db:
        return queries.versions(db, kind_named(kind).name, house_day(db))


@get("/documents/{kind:str}/{key:str}/{version:int}", sync_to_thread=True)
def document_version(request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int]) -> DocumentTold:
    """One version: what it says, where it stands, and how it came there."""
    name = kind_named(kind).name
    with database_of(request).transaction() as db:
        found = queries.text(db, name, key, version)
        stage = queries.stage_of(db, name, key, version, house_day(db))
        log = queries.log(db, name, key, version)
    return DocumentTold(key, version, stage, found.digest, found.stands, json.loads(found.body), log)


@get("/documents/{kind:str}/{key:str}/{version:int}/differences", sync_to_thread=True)
def document_differences(
    request: Asked,
    kind: FromPath[str],
    key: FromPath[str],
    version: FromPath[int],
    other: FromQuery[int | None] = None,
    language: FromQuery[str] = "en",
) -> DifferencesTold:
    """What a version says otherwise than another, or than the one that is live: each difference in a sentence."""
    named = kind_named(kind)
    with database_of(request).transaction() as db:
        after = document(db, named, key, version)
        live = queries.day_of(db, named.name, key, house_day(db)).live
        beside = other if other is not None or live is None else live.version
        if beside is None:
            return DifferencesTold(None, [])
        before = document(db, named, key, beside)
    return DifferencesTold(beside, differences_told(named, before, after, chinese=language.startswith("zh")))


@get("/documents/{kind:str}/{key:str}/{version:int}/workbook", sync_to_thread=True)
def document_workbook(
    request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int], language: FromQuery[str] = "en"
) -> Response[bytes]:
    """A version as an Excel file, from which the very same version is read again."""
    named = kind_named(kind)
    with database_of(request).transaction() as db:
        found = document(db, named, key, version)
    return workbook_answer(spreadsheet(named, found, chinese=language.startswith("zh")), found.key, version)


def toml_answer(document: Document) -> Response[str]:
    """A TOML file under the document's name."""
    headers = {"Content-Disposition": f'attachment; filename="{_safe(document.key)}-{document.version}.toml"'}
    note = f"{document.key}, version {document.version}\n{document.fingerprint}"
    return Response(toml_of(document, note), media_type="application/toml", headers=headers)


def _safe(key: str) -> str:
    return "".join(letter for letter in key if letter.isascii() and (letter.isalnum() or letter in "._-"))


def workbook_answer(content: bytes, key: str, version: int) -> Response[bytes]:
    """An Excel file under the document's name."""
    headers = {"Content-Disposition": f'attachment; filename="{_safe(key)}-{version}.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


@get("/documents/{kind:str}/{key:str}/{version:int}/toml", sync_to_thread=True)
def document_toml(request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int]) -> Response[str]:
    """A version as a TOML file, from which the very same version is read again."""
    with database_of(request).transaction() as db:
        return toml_answer(document(db, kind_named(kind), key, version))


@post("/documents/{kind:str}/drafts", sync_to_thread=True)
def draft_document(
    request: Asked, kind: FromPath[str], body: RawBody, note: FromQuery[str] = ""
) -> DraftKept | Response[dict[str, Any]]:
    """Keep a document as a draft: the body is a TOML or an Excel file. Every mistake in it is told by its place."""
    named, by = kind_named(kind), caller_of(request)
    try:
        written = document_in(named, body, "the file")
    except FileWrong as wrong:
        return wrong_file(wrong)

    def keep(db: Db, *, today: date) -> DraftKept:
        kept = actions.draft(db, named, written, by=by, today=today, note=note)
        return DraftKept(kept.document_key, kept.version, kept.revision, kept.digest)

    return act_today(database_of(request), keep)


@post("/documents/{kind:str}/checks", sync_to_thread=True, status_code=200)
def check_document(
    request: Asked, kind: FromPath[str], body: RawBody, on: FromQuery[date | None] = None
) -> dict[str, bool] | Response[dict[str, Any]]:
    """Whether a file could be published as the house is, today or for a day; nothing is kept."""
    named = kind_named(kind)
    try:
        written = document_in(named, body, "the file")
    except FileWrong as wrong:
        return wrong_file(wrong)
    with database_of(request).transaction() as db:
        named.fits(db, written, on or house_day(db))
    return {"fits": True}


def wrong_file(wrong: FileWrong) -> Response[dict[str, Any]]:
    """A file that cannot be taken over, with every mistake in it."""
    mistakes = [asdict(each) for each in wrong.facts["mistakes"]]
    return problem(status(wrong), code=wrong.code(), title=str(wrong), mistakes=mistakes)


@post("/documents/{kind:str}/{key:str}/{version:int}/proposals", sync_to_thread=True)
def propose_document(
    request: Asked,
    kind: FromPath[str],
    key: FromPath[str],
    version: FromPath[int],
    data: JSONBody[PublicationAsked],
    idempotency_key: IdempotencyKey = None,
) -> PublicationTold:
    """Propose that a version goes to a stage; another person decides."""
    named, by, once = kind_named(kind), caller_of(request), needed(idempotency_key)
    to_stage = logged_named(data.to_stage)

    def ask(db: Db, *, today: date) -> PublicationTold:
        proposal = actions.propose(
            db, named, command_key=once, key=key, version=version, to_stage=to_stage, reason=data.reason, by=by,
            today=today, share_bp=data.share_bp, effective_on=data.effective_on,
        )  # fmt: skip
        return publication_told(proposal, today)

    return act_today(database_of(request), ask)


@post("/documents/{kind:str}/{key:str}/{version:int}/holding-back", sync_to_thread=True)
def hold_back_document(
    request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int], data: JSONBody[HoldingBack]
) -> list[DocumentStep]:
    """Retire what is not live, call off what is agreed for a coming day, or lower a share; gives the version's log."""
    named, by = kind_named(kind), caller_of(request)

    def hold(db: Db, *, today: date) -> list[DocumentStep]:
        actions.hold_back(
            db, named, key=key, version=version, reason=data.reason, by=by, today=today, share_bp=data.share_bp
        )
        return queries.log(db, named.name, key, version)

    return act_today(database_of(request), hold)


@get("/document-proposals", sync_to_thread=True)
def document_proposals(request: Asked) -> list[PublicationTold]:
    """What waits for a second person today, policies first, the oldest first."""
    with database_of(request).transaction() as db:
        today = house_day(db)
        return [publication_told(each, today) for kind in KINDS for each in queries.waiting(db, kind, today)]


@post("/document-proposals/{proposal_id:uuid}/decision", sync_to_thread=True)
def decide_document(
    request: Asked, proposal_id: FromPath[UUID], data: JSONBody[Decision], idempotency_key: IdempotencyKey = None
) -> PublicationTold:
    """Approve what another wrote and proposed, decline it with a reason, or take one's own back."""
    by, once = caller_of(request), needed(idempotency_key)

    def say(db: Db, *, today: date) -> PublicationTold:
        return publication_told(
            decide_about(db, proposal_id, data.outcome, by=by, once=once, today=today, reason=data.reason), today
        )

    return act_today(database_of(request), say)


def decide_about(
    db: Db, proposal_id: UUID, verdict: Any, *, by: Caller, once: str, today: date, reason: str
) -> DocumentProposal:
    """Decide about a proposal of whichever kind of document it is."""
    kind = KINDS[queries.proposal(db, proposal_id).kind]
    return actions.decide(
        db, kind, command_key=once, proposal_id=proposal_id, verdict=verdict, by=by, today=today, reason=reason
    )
