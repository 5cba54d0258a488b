"""What was offered in place of what was asked, taken up or declined by programs."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from lendmill.api.callers import Asked, database_of
from lendmill.api.credit import LineOut, line_out
from lendmill.api.keys import IdempotencyKey, needed
from lendmill.credit.counters import actions, queries
from lendmill.credit.counters.counter import CounterOffer, CounterState
from lendmill.credit.publishing.queries import lending_paused
from lendmill.people.command import Command
from lendmill.people.queries import act_today, house_day


@dataclass(frozen=True)
class CounterOfferOut:
    """Less than was asked: how much, at what rates, until when, where it stands, and its line once accepted.

    `paused` is one that can be declined, but not accepted before lending goes on. `closed` is why it cannot be answered
    any more, as a sentence; none while it can.
    """

    decision_id: UUID
    product_key: str
    limit_cents: int
    daily_rate: str
    annual_rate: str
    months_max: int
    made_on: date
    expires_on: date
    state: CounterState | Literal["paused"]
    closed: str | None
    answered_on: date | None
    line_id: UUID | None


def counter_out(each: CounterOffer, today: date, *, paused: bool) -> CounterOfferOut:
    """An offer as it is told outside."""
    state, closed = each.state(today), each.closed(today)
    return CounterOfferOut(
        decision_id=each.decision_id,
        product_key=each.product_key,
        limit_cents=each.limit_cents,
        daily_rate=str(each.rate),
        annual_rate=str(each.rate.nominal_annual()),
        months_max=each.months_max,
        made_on=each.made_on,
        expires_on=each.expires_on,
        state="paused" if paused and state == "open" else state,
        closed=str(closed) if closed else None,
        answered_on=each.answered_on,
        line_id=each.line_id,
    )


@get("/borrowers/{borrower_id:uuid}/counter-offers", sync_to_thread=True)
def counter_offers(request: Asked, borrower_id: FromPath[UUID]) -> list[CounterOfferOut]:
    """What a borrower was offered in place of what they asked, the newest first."""
    with database_of(request).transaction() as db:
        today = house_day(db)
        paused = lending_paused(db, today)
        return [counter_out(each, today, paused=paused) for each in queries.counter_offers_of(db, borrower_id, today)]


@post("/borrowers/{borrower_id:uuid}/counter-offers/{decision_id:uuid}/acceptance", sync_to_thread=True)
def accept(
    request: Asked, borrower_id: FromPath[UUID], decision_id: FromPath[UUID], idempotency_key: IdempotencyKey = None
) -> LineOut:
    """Take up what was offered: the line is there when the answer comes; the same key again gives the same line."""
    command = Command.of(needed(idempotency_key), action=actions.ACCEPT, decision_id=str(decision_id))
    opened = act_today(
        database_of(request),
        actions.accept_counter_offer,
        command=command,
        borrower_id=borrower_id,
        decision_id=decision_id,
    )
    return line_out(opened)


@post("/borrowers/{borrower_id:uuid}/counter-offers/{decision_id:uuid}/refusal", sync_to_thread=True)
def decline(request: Asked, borrower_id: FromPath[UUID], decision_id: FromPath[UUID]) -> CounterOfferOut:
    """Say no to what was offered; said again it is said once."""
    database = database_of(request)
    declined = act_today(database, actions.decline_counter_offer, borrower_id=borrower_id, decision_id=decision_id)
    with database.transaction() as db:
        today = house_day(db)
        return counter_out(declined, today, paused=lending_paused(db, today))
