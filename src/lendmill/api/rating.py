"""The registry of cards for programs: what is kept, how it is watched, and taking a card from stage to stage."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody

from lendmill.api.approvals import Decision, caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.keys import IdempotencyKey, needed
from lendmill.people.queries import act_today, house_day
from lendmill.rating import queries as ratings
from lendmill.rating.queries import Model
from lendmill.rating.registry import actions, queries
from lendmill.rating.registry.proposal import ModelProposal, StageChange
from lendmill.rating.watching import queries as watched
from lendmill.rating.watching.figure import WatchFigure


@dataclass(frozen=True)
class ModelRow:
    """A card in the list: what it is, where it comes from, and where it stands."""

    model_id: str
    stage: str
    kind: str
    target: str
    digest: str
    data_hash: str
    code_version: str
    made_at: datetime


@dataclass(frozen=True)
class ModelTold:
    """A card whole: its document, what was measured, its page, and the way it has come."""

    model: ModelRow
    card: dict[str, Any]
    report: dict[str, Any]
    page: str
    stages: list[StageChange]


@dataclass(frozen=True)
class ProposalTold:
    """A proposal about a card with where it stands today and, once it is decided, by whom and why."""

    proposal_id: UUID
    model_id: str
    to_stage: str
    reason: str
    state: str
    proposer: str
    proposed_on: date
    expires_on: date
    decider: str | None
    decided_on: date | None
    decided_why: str | None


@dataclass(frozen=True)
class Step:
    """A stage one person may take a card to, and why."""

    to_stage: Literal["shadow", "retired"]
    reason: str


@dataclass(frozen=True)
class Wish:
    """A stage that takes two people, and why a card should go there."""

    to_stage: Literal["live", "retired"]
    reason: str


@dataclass(frozen=True)
class Watched:
    """The figures a card was last watched by; no day where it never was."""

    watched_on: date | None
    figures: list[WatchFigure]


def model_row(model: Model) -> ModelRow:
    """A card as the list tells it."""
    return ModelRow(
        model.model_id, model.stage, model.kind, model.target, model.digest, model.data_hash, model.code_version,
        model.made_at,
    )  # fmt: skip


def proposal_told(proposal: ModelProposal, today: date) -> ProposalTold:
    """A proposal as it is told outside."""
    return ProposalTold(
        proposal_id=proposal.proposal_id,
        model_id=proposal.model_id,
        to_stage=proposal.to_stage,
        reason=proposal.reason,
        state=proposal.state(today),
        proposer=proposal.proposer,
        proposed_on=proposal.proposed_on,
        expires_on=proposal.expires_on,
        decider=proposal.decider,
        decided_on=proposal.decided_on,
        decided_why=proposal.decided_why,
    )


@get("/models", sync_to_thread=True)
def models(request: Asked) -> list[ModelRow]:
    """Every card kept, the newest first."""
    with database_of(request).transaction() as db:
        return [model_row(model) for model in ratings.models(db)]


@get("/models/{model_id:str}", sync_to_thread=True)
def model(request: Asked, model_id: FromPath[str]) -> ModelTold:
    """One card: the document another system can rate with, what was measured, and the way it has come."""
    with database_of(request).transaction() as db:
        kept = ratings.model(db, model_id)
        return ModelTold(model_row(kept), kept.body, kept.report, kept.page, queries.stages_of(db, model_id))


@get("/models/{model_id:str}/watch", sync_to_thread=True)
def watch(request: Asked, model_id: FromPath[str]) -> Watched:
    """The figures a card was last watched by."""
    with database_of(request).transaction() as db:
        ratings.model(db, model_id)
        on = watched.last_watched(db, model_id)
        return Watched(on, watched.figures(db, model_id, on) if on else [])


@post("/models/{model_id:str}/stage", sync_to_thread=True)
def move(request: Asked, model_id: FromPath[str], data: JSONBody[Step]) -> ModelRow:
    """Take a draft into the shadow, or retire a card that does not rate; a card that stands there already stays."""
    database = database_of(request)
    act_today(
        database, actions.move, model_id=model_id, to_stage=data.to_stage, reason=data.reason, by=caller_of(request)
    )
    with database.transaction() as db:
        return model_row(ratings.model(db, model_id))


@post("/models/{model_id:str}/proposals", sync_to_thread=True)
def propose(
    request: Asked, model_id: FromPath[str], data: JSONBody[Wish], idempotency_key: IdempotencyKey = None
) -> ProposalTold:
    """Propose that a card goes live, or that the live one retires; another person decides."""
    database = database_of(request)
    proposal = act_today(
        database, actions.propose, key=needed(idempotency_key), model_id=model_id, to_stage=data.to_stage,
        reason=data.reason, by=caller_of(request),
    )  # fmt: skip
    with database.transaction() as db:
        return proposal_told(proposal, house_day(db))


@get("/model-proposals", sync_to_thread=True)
def proposals(request: Asked) -> list[ProposalTold]:
    """What waits for a second person today, the oldest first."""
    with database_of(request).transaction() as db:
        today = house_day(db)
        return [proposal_told(proposal, today) for proposal in queries.waiting(db, today)]


@post("/model-proposals/{proposal_id:uuid}/decision", sync_to_thread=True)
def decide(
    request: Asked, proposal_id: FromPath[UUID], data: JSONBody[Decision], idempotency_key: IdempotencyKey = None
) -> ProposalTold:
    """Approve a proposal, decline it with a reason, or take one's own back. Approved, the card changes at once."""
    database = database_of(request)
    proposal = act_today(
        database, actions.decide, key=needed(idempotency_key), proposal_id=proposal_id, verdict=data.outcome,
        reason=data.reason, by=caller_of(request),
    )  # fmt: skip
    with database.transaction() as db:
        return proposal_told(proposal, house_day(db))
