"""Offers, lines, applications and decisions, for programs."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from lendmill.api.callers import Asked, database_of
from lendmill.api.keys import IdempotencyKey, needed
from lendmill.credit import actions
from lendmill.credit import queries as credit
from lendmill.credit.applications.application import Application
from lendmill.credit.applications.queries import ApplicationRow
from lendmill.credit.lines.line import Line
from lendmill.credit.offers.behind import BehindTold
from lendmill.credit.reasons import Reason
from lendmill.people.command import Command
from lendmill.people.identity import spelled
from lendmill.people.queries import act_today, house_day
from lendmill.people.roles import STAFF
from lendmill.people.seal import Seal


@dataclass(frozen=True)
class OfferOut:
    """A ready offer: how much, at what daily rate, at what yearly rate, until when; what set the amount, what held."""

    offer_id: UUID
    product_key: str
    limit_cents: int
    daily_rate: str
    annual_rate: str
    months_max: int
    methods: list[str]
    expires_on: date
    reasons_en: BehindTold | None
    reasons_zh: BehindTold | None


@get("/borrowers/{borrower_id:uuid}/offers", sync_to_thread=True)
def offers(request: Asked, borrower_id: FromPath[UUID]) -> list[OfferOut]:
    """What a borrower can have today, and why this much: what set the amount, the other caps, what was looked at.

    Caps that tell of the lender's own capital or of others who belong to the borrower are for staff.
    """
    to_staff = request.user is not None and request.user.role in STAFF
    with database_of(request).transaction() as db:
        found = credit.offers_of(db, borrower_id, house_day(db))
        behind = [
            [credit.behind(db, each, language, to_staff=to_staff) for language in ("en", "zh-Hans")] for each in found
        ]
    return [
        OfferOut(
            each.offer_id,
            each.product_key,
            each.limit_cents,
            str(each.rate),
            str(each.rate.nominal_annual()),
            each.months_max,
            each.methods,
            each.expires_on,
            *reasons,
        )
        for each, reasons in zip(found, behind, strict=True)
    ]


@dataclass(frozen=True)
class LineOut:
    """A line: its limit, what is left of it, its rates and its end."""

    line_id: UUID
    product_key: str
    status: str
    limit_cents: int
    available_cents: int
    used_cents: int
    reserved_cents: int
    daily_rate: str
    annual_rate: str
    penalty_daily_rate: str
    grace_days: int
    months_max: int
    methods: list[str]
    opened_on: date
    expires_on: date


@get("/borrowers/{borrower_id:uuid}/lines", sync_to_thread=True)
def lines(request: Asked, borrower_id: FromPath[UUID]) -> list[LineOut]:
    """The contracts a borrower can draw on."""
    with database_of(request).transaction() as db:
        found = credit.lines_of(db, borrower_id)
    return [line_out(each) for each in found]


def line_out(each: Line) -> LineOut:
    """A line as it is told outside."""
    return LineOut(
        each.line_id,
        each.product_key,
        each.status,
        each.limit_cents,
        each.available_cents,
        each.used_cents,
        each.reserved_cents,
        str(each.rate),
        str(each.rate.nominal_annual()),
        str(each.penalty_rate),
        each.grace_days,
        each.months_max,
        each.methods,
        each.opened_on,
        each.expires_on,
    )


@dataclass(frozen=True)
class Start:
    """Which product is applied for."""

    product_key: str


@post("/borrowers/{borrower_id:uuid}/applications", sync_to_thread=True)
def start_application(request: Asked, borrower_id: FromPath[UUID], data: JSONBody[Start]) -> Application:
    """Begin an application, or take up the one already begun for this product."""
    database = database_of(request)
    application_id = act_today(
        database, actions.start_application, borrower_id=borrower_id, product_key=data.product_key
    )
    with database.transaction() as db:
        return credit.application(db, borrower_id, application_id)


@get("/borrowers/{borrower_id:uuid}/applications/{application_id:uuid}", sync_to_thread=True)
def application(request: Asked, borrower_id: FromPath[UUID], application_id: FromPath[UUID]) -> Application:
    """An application as far as it has come."""
    with database_of(request).transaction() as db:
        return credit.application(db, borrower_id, application_id)


@put("/borrowers/{borrower_id:uuid}/applications/{application_id:uuid}/steps/{step:int}", sync_to_thread=True)
def save_step(
    request: Asked,
    borrower_id: FromPath[UUID],
    application_id: FromPath[UUID],
    step: FromPath[int],
    data: JSONBody[dict[str, Any]],
) -> Application:
    """Keep a step's answers. 1: amount_cents, purpose. 2: language, consents, identity_no where unverified, figures of
    a wholesale member where none are on file."""
    return database_of(request).act(
        actions.save_step,
        borrower_id=borrower_id,
        application_id=application_id,
        step=step,
        answers=data,
        seal=request.app.state.seal,
    )


@dataclass(frozen=True)
class DecidedOut:
    """What was decided: approve, counter (less offered), refer or decline; the line opened; why, in both languages: the
    main reasons, four at most, as the notice tells them."""

    decision_id: UUID
    outcome: str
    line_id: UUID | None
    limit_cents: int
    reasons: list[str]
    sentences_en: list[str]
    sentences_zh: list[str]


def _told(decided: actions.Decided) -> DecidedOut:
    reasons = [Reason.of(code) for code in decided.told]
    return DecidedOut(
        decided.decision_id,
        decided.outcome,
        decided.line_id,
        decided.limit_cents,
        list(decided.told),
        [reason.en for reason in reasons],
        [reason.zh for reason in reasons],
    )


@post("/borrowers/{borrower_id:uuid}/applications/{application_id:uuid}/submission", sync_to_thread=True)
def submit(
    request: Asked, borrower_id: FromPath[UUID], application_id: FromPath[UUID], idempotency_key: IdempotencyKey = None
) -> DecidedOut:
    """Decide an application now; where it is approved the line is open when the answer comes."""
    command = Command.of(needed(idempotency_key), action="submit", application_id=str(application_id))
    return _told(
        act_today(
            database_of(request),
            actions.submit,
            command=command,
            borrower_id=borrower_id,
            application_id=application_id,
        )
    )


@dataclass(frozen=True)
class Ask:
    """A whole application in one call, for a marketplace with a form of its own.

    `figures` are those of a wholesale member's year, in cents, shares and years, unless fresh ones are on file.
    """

    product_key: str
    amount_cents: int
    purpose: str
    language: Literal["zh-Hans", "en"]
    consents: list[str]
    identity_no: str | None = None
    figures: dict[str, Any] | None = None


@post("/borrowers/{borrower_id:uuid}/decisions", sync_to_thread=True)
def decide(
    request: Asked, borrower_id: FromPath[UUID], data: JSONBody[Ask], idempotency_key: IdempotencyKey = None
) -> DecidedOut:
    """Apply and be decided in one call; where it is approved the line is open when the answer comes."""
    answers: dict[str, Any] = {
        "amount_cents": data.amount_cents,
        "purpose": data.purpose,
        "language": data.language,
        "consents": data.consents,
        "identity_no": data.identity_no,
    }
    if data.figures is not None:
        answers["figures"] = data.figures
    asked = {**answers, "identity_no": _indexed(request, data.identity_no)}
    command = Command.of(needed(idempotency_key), action="decide", product_key=data.product_key, **asked)
    return _told(
        act_today(
            database_of(request),
            actions.apply_at_once,
            command=command,
            borrower_id=borrower_id,
            product_key=data.product_key,
            answers=answers,
            seal=request.app.state.seal,
        )
    )


def _indexed(request: Asked, identity_no: str | None) -> str | None:
    """The number as its index: a digest without the house's secret could be guessed back to the number."""
    if identity_no is None:
        return None
    seal: Seal = request.app.state.seal
    return seal.index("identity", spelled(identity_no)).hex()


@dataclass(frozen=True)
class Why:
    """The story of a decision, every finding told, with the fingerprint it is kept under."""

    decision_id: UUID
    outcome: str
    content_hash: str
    story: str


@get("/borrowers/{borrower_id:uuid}/decisions/{decision_id:uuid}/why", sync_to_thread=True)
def why(
    request: Asked,
    borrower_id: FromPath[UUID],
    decision_id: FromPath[UUID],
    language: FromQuery[Literal["zh-Hans", "en"]] = "zh-Hans",
) -> Why:
    """Why it was decided so."""
    with database_of(request).transaction() as db:
        kept = credit.decision(db, decision_id, borrower_id)
        story = credit.why(db, decision_id, language, borrower_id)
    return Why(kept.decision_id, kept.outcome, kept.content_hash, story)


@get("/applications", sync_to_thread=True)
def applications(
    request: Asked,
    before: FromQuery[UUID | None] = None,
    outcome: FromQuery[Literal["approve", "counter", "refer", "decline"] | None] = None,
    product_key: FromQuery[str | None] = None,
) -> list[ApplicationRow]:
    """Applications, the newest first, fifty at a time; give the last one's id as `before` for the next."""
    with database_of(request).transaction() as db:
        return credit.applications_page(db, before, outcome=outcome, product_key=product_key)
