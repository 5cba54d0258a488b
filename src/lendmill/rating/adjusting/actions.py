"""Proposing an adjustment or its end, and deciding about it: two people, once."""

from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.db import Db
from lendmill.people.approvals.approval import DecidedAlready, NotTheProposer, OwnProposal
from lendmill.people.sign_in.queries import Caller
from lendmill.rating.adjusting import queries, store
from lendmill.rating.adjusting.table import (
    DECIDERS,
    PROPOSERS,
    Adjustment,
    AdjustmentOver,
    NobodyConcerned,
    Outcome,
    check,
    check_end,
    check_role,
    in_words,
)


def propose(
    db: Db,
    *,
    industry: str | None,
    region: str | None,
    points: int,
    from_on: date,
    until_on: date | None,
    reason: str,
    source: str,
    by: Caller,
    today: date,
) -> Adjustment:
    """Propose points for or against an industry, a region or both; nothing counts before another person agrees.

    Refuses with `NotYourAdjustment`, `NobodyConcerned`, and as `table.check` and `table.in_words` do.
    """
    check_role(by.role, PROPOSERS)
    check(industry=industry, region=region, points=points, from_on=from_on, until_on=until_on, today=today)
    if not queries.concerns_anybody(db, industry, region):
        raise NobodyConcerned(whom=", ".join(filter(None, (industry, region))))
    return _proposed(
        db,
        ends=None,
        industry=industry,
        region=region,
        points=points,
        from_on=from_on,
        until_on=until_on,
        reason=in_words(reason),
        source=in_words(source),
        by=by,
        today=today,
    )


def propose_end(db: Db, *, adjustment_id: UUID, until_on: date, reason: str, by: Caller, today: date) -> Adjustment:
    """Propose that an adjustment counts for the last time on a day; that too takes another person.

    Refuses with `NotYourAdjustment`, `NoSuchAdjustment`, `AdjustmentOver`, `NoSoonerEnd`, `NotExplained`.
    """
    check_role(by.role, PROPOSERS)
    ended = queries.adjustment(db, adjustment_id)
    check_end(ended, until_on, today)
    return _proposed(
        db,
        ends=adjustment_id,
        industry=ended.industry,
        region=ended.region,
        points=0,
        from_on=today,
        until_on=until_on,
        reason=in_words(reason),
        source=ended.source,
        by=by,
        today=today,
    )


def _proposed(db: Db, *, by: Caller, today: date, **proposed: object) -> Adjustment:
    """Written once, however often the same person sends the same while it waits, also at the same moment."""
    store.lock_proposer(db, by.account_id)
    earlier = queries.same_waiting(db, proposed_by=by.account_id, **proposed)
    if earlier is not None:
        return earlier
    adjustment_id = ids.new()
    store.add(db, adjustment_id=adjustment_id, by=by, today=today, **proposed)
    return queries.adjustment(db, adjustment_id)


def decide(db: Db, *, adjustment_id: UUID, outcome: Outcome, reason: str = "", by: Caller, today: date) -> Adjustment:
    """Approve or decline what another person proposed, or withdraw one's own; said twice it is done once.

    Refuses with `NoSuchAdjustment`, `OwnProposal`, `NotTheProposer`, `NotYourAdjustment`, `DecidedAlready`,
    `AdjustmentOver`, an end whose day went by with `NoSoonerEnd`, and where a refusal gives no reason with
    `NotExplained`.
    """
    found = queries.adjustment(db, adjustment_id)
    own = found.proposed_by == by.account_id
    if outcome == "withdrawn" and not own:
        raise NotTheProposer
    if outcome != "withdrawn" and own:
        raise OwnProposal
    if outcome != "withdrawn":
        check_role(by.role, DECIDERS)
    if outcome == "approved" and found.ends is None and found.until_on is not None and found.until_on < today:
        raise AdjustmentOver()
    if outcome == "approved" and found.outcome is None and found.ends is not None and found.until_on is not None:
        check_end(queries.adjustment(db, found.ends), found.until_on, today)
    said = in_words(reason) if outcome == "declined" or reason.strip() else ""
    first = store.decide(db, found, outcome=outcome, by=by, today=today, reason=said)
    decided = queries.adjustment(db, adjustment_id)
    if not first and (decided.outcome, decided.decided_by) != (outcome, by.account_id):
        raise DecidedAlready(outcome=decided.outcome, decided_on=decided.decided_on)
    return decided
