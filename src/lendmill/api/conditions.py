"""What lines wait for, and what changes of them a borrower was told, for programs."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody

from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.credit.changes.change import LineChange
from lendmill.credit.changes.queries import line_changes_of
from lendmill.credit.conditions import actions, queries
from lendmill.credit.conditions.told import ConditionTold, LineCondition, State
from lendmill.credit.publishing.queries import lapsed_before
from lendmill.people.queries import act_today, house_day


@dataclass(frozen=True)
class ConditionOut:
    """A condition of a line, where it stands today, and what was brought forward for it."""

    condition_id: UUID
    borrower_id: UUID
    line_id: UUID
    line_status: str
    product_key: str
    label_en: str
    label_zh: str
    ways: list[str]
    cover_cents: int
    covered_cents: int
    until_on: date
    state: State
    told: list[ConditionTold]


@dataclass(frozen=True)
class ConditionBroughtForward:
    """Who answers for the debt, or what is pledged, and for how much; a guarantor may be a borrower of the house."""

    way: str
    described: str
    cover_cents: int
    guarantor_id: UUID | None = None


@dataclass(frozen=True)
class ConditionVerdict:
    """Whether what was brought forward was found to be so, and how that is known."""

    verified: bool
    reason: str


def condition_out(each: LineCondition, before: date) -> ConditionOut:
    """A condition as it is told outside; what had its last day before a day is over."""
    return ConditionOut(
        condition_id=each.condition_id,
        borrower_id=each.borrower_id,
        line_id=each.line_id,
        line_status=each.line_status,
        product_key=each.product_key,
        label_en=each.label_en,
        label_zh=each.label_zh,
        ways=each.ways,
        cover_cents=each.cover_cents,
        covered_cents=each.covered_cents,
        until_on=each.until_on,
        state=each.state(before),
        told=each.told,
    )


@get("/conditions", sync_to_thread=True)
def open_conditions(request: Asked) -> list[ConditionOut]:
    """What lines wait for, the soonest to lapse first."""
    with database_of(request).transaction() as db:
        today = house_day(db)
        before = lapsed_before(db, today)
        return [condition_out(each, before) for each in queries.conditions_open(db, today)]


@get("/borrowers/{borrower_id:uuid}/conditions", sync_to_thread=True)
def conditions(request: Asked, borrower_id: FromPath[UUID]) -> list[ConditionOut]:
    """What was asked for beside a borrower's lines, and where it stands."""
    with database_of(request).transaction() as db:
        before = lapsed_before(db, house_day(db))
        return [condition_out(each, before) for each in queries.conditions_of(db, borrower_id)]


@post("/borrowers/{borrower_id:uuid}/conditions/{condition_id:uuid}/told", sync_to_thread=True)
def tell(
    request: Asked, borrower_id: FromPath[UUID], condition_id: FromPath[UUID], data: JSONBody[ConditionBroughtForward]
) -> ConditionTold:
    """Bring forward who answers or what is pledged; the same again while it waits is the same once."""
    return act_today(
        database_of(request),
        actions.tell_condition,
        borrower_id=borrower_id,
        condition_id=condition_id,
        way=data.way,
        described=data.described,
        cover_cents=data.cover_cents,
        guarantor_id=data.guarantor_id,
        by=caller_of(request),
    )


@post("/borrowers/{borrower_id:uuid}/conditions/told/{told_id:uuid}/verdict", sync_to_thread=True)
def judge(
    request: Asked, borrower_id: FromPath[UUID], told_id: FromPath[UUID], data: JSONBody[ConditionVerdict]
) -> ConditionOut:
    """Say whether what somebody else brought forward is so; once all is met the line opens."""
    found = act_today(
        database_of(request),
        actions.judge_condition,
        borrower_id=borrower_id,
        told_id=told_id,
        verified=data.verified,
        reason=data.reason,
        by=caller_of(request),
    )
    with database_of(request).transaction() as db:
        return condition_out(found, lapsed_before(db, house_day(db)))


@get("/borrowers/{borrower_id:uuid}/line-changes", sync_to_thread=True)
def line_changes(request: Asked, borrower_id: FromPath[UUID]) -> list[LineChange]:
    """Raises, cuts and new prices of a borrower's lines with their notices, the newest first."""
    with database_of(request).transaction() as db:
        return line_changes_of(db, borrower_id)
