"""The pages of products and policies: every version, one of them in words beside the live one, and drafts by upload."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.documents import decide_about, toml_answer, workbook_answer
from lendmill.api.statuses import status
from lendmill.credit.publishing.queries import KINDS, back_on, document, ends, kind_named
from lendmill.credit.publishing.stating import differences_told, spreadsheet, stated
from lendmill.credit.testing.queries import case_sets
from lendmill.db import Db
from lendmill.people.queries import act_today, house_day
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing import actions, queries, stages
from lendmill.products.publishing.actions import plural
from lendmill.products.publishing.files import FileWrong, document_in
from lendmill.products.publishing.kept import DocumentProposal, NoSuchVersion, Verdict
from lendmill.refusals import Refusal
from lendmill.terms.rates import BASIS_POINTS
from lendmill.web.entrance import Form
from lendmill.web.own import form_key, product_names
from lendmill.web.pages import go, page, words_of
from lendmill.web.words import CHINESE

Upload = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
VERDICTS: Final[tuple[Verdict, ...]] = ("approve", "decline", "withdraw")
FIELD_LETTERS_MAX: Final = 400


class ShareUnreadable(Refusal):
    """{text!r} is no share of borrowers: write per cent, such as 5 or 12.5."""


class DayUnreadable(Refusal):
    """{text!r} is no day: write it as in 2026-01-31."""


@get("/staff/policies", sync_to_thread=True)
def documents_page(request: Asked) -> Response[str]:
    """Every version of the policies and the products, what waits, and where a draft is brought in."""
    return _list(request)


def _list(request: Asked, refusal: Refusal | None = None) -> Response[str]:
    words, reader = words_of(request), caller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        groups = [(plural(kind), queries.versions(db, kind, today)) for kind in KINDS]
        waiting = [each for kind in KINDS for each in queries.waiting(db, kind, today)]
        named = product_names(db, request)
    wrong = isinstance(refusal, FileWrong)
    return page(
        request,
        "documents.html",
        status_code=status(refusal) if refusal else 200,
        today=today,
        groups=groups,
        waiting=waiting,
        named=named,
        plural=plural,
        mine={each.proposal_id for each in waiting if _may_decide(reader, each)},
        may_write=reader.role in stages.WRITERS,
        refused=words.refusal(refusal) if refusal and not wrong else "",
        wrong_file=refusal.facts if refusal and wrong else None,
    )


@post("/staff/policies/drafts", sync_to_thread=True)
def upload_draft(request: Asked, data: Upload) -> Response[str] | Redirect:
    """Keep an uploaded file as a draft; where it cannot be taken over, the page lists what to put right."""
    by, sent = caller_of(request), data.get("file")
    try:
        kind = kind_named(str(data.get("kind", "")))
        content, name = (sent.file.read(), sent.filename) if isinstance(sent, UploadFile) else (b"", "")
        written = document_in(kind, content, name[:FIELD_LETTERS_MAX])

        def keep(db: Db, *, today: date) -> None:
            actions.draft(db, kind, written, by=by, today=today, note=str(data.get("note", "")))

        act_today(database_of(request), keep)
    except Refusal as refusal:
        return _list(request, refusal)
    return go(f"/staff/policies/{plural(kind.name)}/{written.key}/{written.version}")


@get("/staff/policies/{kind:str}/{key:str}/{version:int}", sync_to_thread=True)
def document_page(request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int]) -> Response[str]:
    """One version in words, with its log, what differs from the live one, and what may be done with it."""
    return _version(request, kind, key, version)


def _version(
    request: Asked, kind_text: str, key: str, version: int, refusal: Refusal | None = None, reason: str = ""
) -> Response[str]:
    kind, words, reader = kind_named(kind_text), words_of(request), caller_of(request)
    chinese = words.language == CHINESE
    with database_of(request).transaction() as db:
        today = house_day(db)
        shown = document(db, kind, key, version)
        day = queries.day_of(db, kind.name, key, today)
        here = next(each for each in queries.versions(db, kind.name, today, key) if each.version == version)
        live = day.live
        beside = document(db, kind, key, live.version) if live and live.version != version else None
        proposals = queries.proposals(db, kind.name, key, version)
        log = queries.log(db, kind.name, key, version)
        drafts = queries.drafts(db, kind.name, key, version)
        sets = case_sets(db, key, size=50) if kind.name == "policy" else []
        again_on = back_on(db, kind.name, key, today)
        kept_by = _kept_by_shares(queries.days_from(db, kind.name, key, today), key, version)
        named = product_names(db, request)
    waiting = next((each for each in proposals if each.state(today) == "waiting"), None)
    writes = reader.role in stages.WRITERS
    return page(
        request,
        "document.html",
        status_code=status(refusal) if refusal else 200,
        today=today,
        kinds=kind_text,
        document=shown,
        called=named.beside(key) if kind.name == "product" else key,
        here=here,
        parts=stated(kind, shown, chinese=chinese),
        live=live,
        differs=differences_told(kind, beside, shown, chinese=chinese) if beside is not None else None,
        cases=sets[0] if sets else None,
        cases_proposed=next((each for each in sets if waiting and each.digest == waiting.cases_digest), None),
        waiting=waiting,
        past=[each for each in proposals if each is not waiting],
        log=log,
        drafts=drafts,
        may_decide=waiting is not None and _may_decide(reader, waiting),
        ends=ends(kind.name, key, here.stage),
        back_on=again_on,
        may_withdraw=waiting is not None and waiting.proposed_by == reader.account_id,
        kept_by=words.refusal(kept_by) if kept_by else "",
        ways=_ways(here.stage, kept=kept_by is not None) if writes and waiting is None and not here.coming else [],
        holds_back=writes and waiting is None and (_holds_back(here.stage) or bool(here.coming)),
        share_percent=None if here.share_bp is None or here.coming else here.share_bp * 100 / BASIS_POINTS,
        refused=words.refusal(refusal) if refusal else "",
        reason=reason,
    )


def _may_decide(reader: Caller, proposal: DocumentProposal) -> bool:
    own = reader.account_id in (proposal.proposed_by, *proposal.written_by)
    return not own and reader.role in stages.DECIDERS


def _ways(stage: str, *, kept: bool) -> list[str]:
    """To which stages a version that stands here can be proposed; none retires what shares stand beside."""
    here = "draft" if stage == "review" else stage
    ways = [to_stage for to_stage in stages.LOGGED if (here, to_stage) in stages.BY_TWO]
    return [way for way in ways if not (kept and way == "retired")]


def _kept_by_shares(days: Mapping[date, stages.DocumentDay], key: str, version: int) -> stages.SharesRun | None:
    """Why the live version cannot retire, where others have a share beside it."""
    try:
        stages.check_nothing_beside(key, days, version)
    except stages.SharesRun as refusal:
        return refusal
    return None


def _holds_back(stage: str) -> bool:
    return (stage, "retired") in stages.ALONE


@get("/staff/policies/{kind:str}/{key:str}/{version:int}/workbook", sync_to_thread=True)
def workbook(request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int]) -> Response[bytes]:
    """A version as an Excel file in the reader's language."""
    named = kind_named(kind)
    with database_of(request).transaction() as db:
        found = document(db, named, key, version)
    return workbook_answer(spreadsheet(named, found, chinese=words_of(request).language == CHINESE), key, version)


@get("/staff/policies/{kind:str}/{key:str}/{version:int}/toml", sync_to_thread=True)
def toml(request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int]) -> Response[str]:
    """A version as a TOML file."""
    with database_of(request).transaction() as db:
        return toml_answer(document(db, kind_named(kind), key, version))


@post("/staff/policies/{kind:str}/{key:str}/{version:int}/proposals", sync_to_thread=True)
def propose(
    request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int], data: Form
) -> Response[str] | Redirect:
    """Propose a version for a stage; where that is refused, the page says why."""
    named, by, once = kind_named(kind), caller_of(request), form_key(data)

    def ask(db: Db, *, today: date) -> None:
        to_stage = stages.logged_named(data.get("to_stage", ""))
        actions.propose(
            db, named, command_key=once, key=key, version=version, to_stage=to_stage, reason=data.get("reason", ""),
            by=by, today=today, share_bp=_share(data) if to_stage == "share" else None,
            effective_on=day_typed(data.get("from", "")),
        )  # fmt: skip

    return _done(request, kind, key, version, data, ask)


@post("/staff/policies/{kind:str}/{key:str}/{version:int}/holding-back", sync_to_thread=True)
def hold_back(
    request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int], data: Form
) -> Response[str] | Redirect:
    """Retire a version, call off what is agreed, or lower its share, at once."""
    named, by = kind_named(kind), caller_of(request)

    def hold(db: Db, *, today: date) -> None:
        actions.hold_back(
            db, named, key=key, version=version, reason=data.get("reason", ""), by=by, today=today,
            share_bp=_share(data),
        )  # fmt: skip

    return _done(request, kind, key, version, data, hold)


@post("/staff/document-proposals/{proposal_id:uuid}", sync_to_thread=True)
def decide(request: Asked, proposal_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Approve, decline or withdraw, once; where that is refused, the page says why."""
    by, once, outcome = caller_of(request), form_key(data), data.get("outcome", "")
    verdict = next((each for each in VERDICTS if each == outcome), "decline")
    with database_of(request).transaction() as db:
        asked = queries.proposal(db, proposal_id)

    def say(db: Db, *, today: date) -> None:
        decide_about(db, proposal_id, verdict, by=by, once=once, today=today, reason=data.get("reason", ""))

    return _done(request, plural(asked.kind), asked.document_key, asked.version, data, say)


def _done(
    request: Asked, kind: str, key: str, version: int, data: dict[str, str], act: Any
) -> Response[str] | Redirect:
    try:
        act_today(database_of(request), act)
    except NoSuchVersion:
        raise
    except Refusal as refusal:
        return _version(request, kind, key, version, refusal, data.get("reason", ""))
    return go(f"/staff/policies/{kind}/{key}/{version}")


def _share(data: dict[str, str]) -> int | None:
    """A share typed in per cent, in basis points."""
    text = data.get("share", "").strip().rstrip("%").strip()
    if not text:
        return None
    try:
        return round(float(text) * 100)
    except (ValueError, OverflowError):
        raise ShareUnreadable(text=text[:40]) from None


def day_typed(text: str) -> date | None:
    """A day as a form gives it, or none where nothing was typed; refuses with `DayUnreadable`."""
    text = text.strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise DayUnreadable(text=text[:40]) from None
