"""Adjustments of ratings by industry and region, proposed by one and agreed to by another, for programs."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody

from lendmill.api.approvals import Decision, caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.people.queries import house_day
from lendmill.rating.adjusting import actions, queries
from lendmill.rating.adjusting.table import Adjustment, Outcome


@dataclass(frozen=True)
class AdjustmentAsked:
    """Points for or against the shops of an industry, a region or both, and why."""

    points: int
    from_on: date
    until_on: date
    reason: str
    source: str
    industry: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class EndAsked:
    """The last day an adjustment shall count, and why."""

    until_on: date
    reason: str


OUTCOMES: dict[str, Outcome] = {"approve": "approved", "decline": "declined", "withdraw": "withdrawn"}


@get("/adjustments", sync_to_thread=True)
def adjustments(request: Asked, before: FromQuery[UUID | None] = None) -> list[Adjustment]:
    """All adjustments ever proposed with what became of them, the latest first, fifty at a time."""
    with database_of(request).transaction() as db:
        return queries.adjustments(db, before=before)


@get("/adjustments/in-force", sync_to_thread=True)
def in_force(request: Asked, on: FromQuery[date | None] = None) -> list[Adjustment]:
    """The adjustments in force on a day, by what was agreed on that day; without a day, today's."""
    with database_of(request).transaction() as db:
        return queries.in_force(db, on or house_day(db))


@post("/adjustments", sync_to_thread=True)
def propose(request: Asked, data: JSONBody[AdjustmentAsked]) -> Adjustment:
    """Propose an adjustment; it counts once another person agrees. The same sent twice while it waits is one."""
    with database_of(request).transaction() as db:
        return actions.propose(
            db, industry=data.industry, region=data.region, points=data.points, from_on=data.from_on,
            until_on=data.until_on, reason=data.reason, source=data.source, by=caller_of(request), today=house_day(db),
        )  # fmt: skip


@post("/adjustments/{adjustment_id:uuid}/end", sync_to_thread=True)
def propose_end(request: Asked, adjustment_id: FromPath[UUID], data: JSONBody[EndAsked]) -> Adjustment:
    """Propose that an adjustment ends sooner; that too takes another person."""
    with database_of(request).transaction() as db:
        return actions.propose_end(
            db, adjustment_id=adjustment_id, until_on=data.until_on, reason=data.reason, by=caller_of(request),
            today=house_day(db),
        )  # fmt: skip


@post("/adjustments/{adjustment_id:uuid}/decision", sync_to_thread=True)
def decide(request: Asked, adjustment_id: FromPath[UUID], data: JSONBody[Decision]) -> Adjustment:
    """Approve or decline what another proposed, or withdraw one's own; said twice it is done once."""
    with database_of(request).transaction() as db:
        return actions.decide(
            db, adjustment_id=adjustment_id, outcome=OUTCOMES[data.outcome], reason=data.reason,
            by=caller_of(request), today=house_day(db),
        )  # fmt: skip
