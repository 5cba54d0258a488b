"""What third parties were asked and what they said: as of a day, for the desk, and as rows for the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from lendmill.db import Db, many
from lendmill.rating.parties.answer import COUNTED, STATES, PartyFigure, State
from lendmill.rating.parties.freshness import days_max
from lendmill.rating.parties.party import PARTIES, ThirdParty


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """One answer as kept, with the question it belongs to."""

    answer_id: UUID
    borrower_id: UUID
    request_id: UUID
    party: str
    state: State
    as_of_on: date | None
    figures: list[dict[str, Any]]
    missing: list[str]
    reason: str
    answered_by: str
    body_digest: str | None
    product_key: str
    answered_on: date
    answered_at: datetime

    @property
    def said(self) -> tuple[PartyFigure, ...]:
        """Its figures."""
        return tuple(msgspec.convert(self.figures, list[PartyFigure]))

    def state_on(self, today: date) -> State:
        """The state as of a later day: what was fresh when it came grows stale by itself."""
        if self.state not in (*COUNTED, "no record") or self.as_of_on is None:
            return self.state
        old = (today - self.as_of_on).days > days_max(self.party, self.product_key, today)
        return "stale" if old else self.state


NEWEST = """
    select distinct on (a.party)
           a.answer_id, a.borrower_id, a.request_id, a.party, a.state, a.as_of_on, a.figures, a.missing, a.reason,
           a.answered_by, a.body_digest, r.product_key, a.answered_on, a.answered_at
      from party_answer a
      join party_request r on (r.request_id, r.borrower_id) = (a.request_id, a.borrower_id)
     where a.borrower_id = %(borrower_id)s
       and a.answered_on <= %(as_of_on)s
       and a.state = any(%(states)s)
     order by a.party, a.answer_id desc
"""


def _newest(db: Db, borrower_id: UUID, as_of_on: date, states: Sequence[State]) -> dict[str, KeptAnswer]:
    """Of each party the newest answer in one of these states."""
    found = many(db, KeptAnswer, NEWEST, borrower_id=borrower_id, as_of_on=as_of_on, states=list(states))
    return {answer.party: answer for answer in found}


def counting_answers(db: Db, borrower_id: UUID, as_of_on: date) -> dict[str, KeptAnswer]:
    """Of each party the newest answer whose figures count, as it was known at the end of a day."""
    return _newest(db, borrower_id, as_of_on, COUNTED)


@dataclass(frozen=True, slots=True)
class PartyRequest:
    """A question to a third party, and how far it has come."""

    request_id: UUID
    party: str
    status: str
    tries: int
    asked_on: date
    asked_at: datetime
    next_try_at: datetime


REQUESTS = """
    select distinct on (party) request_id, party, status, tries, asked_on, asked_at, next_try_at
      from party_request
     where borrower_id = %(borrower_id)s
       and asked_on <= %(as_of_on)s
     order by party, request_id desc
"""


@dataclass(frozen=True, slots=True)
class PartyStanding:
    """How things stand with one party: the last question, what came of it last, and the answer that counts."""

    party: ThirdParty
    request: PartyRequest | None
    newest: KeptAnswer | None
    counting: KeptAnswer | None
    state: str  # of the seven, or `not asked`, or `waiting` for the first word


def party_standings(db: Db, borrower_id: UUID, today: date) -> list[PartyStanding]:
    """How things stand with every party, in a fixed order."""
    counting = counting_answers(db, borrower_id, today)
    newest = _newest(db, borrower_id, today, STATES)
    asked = {each.party: each for each in many(db, PartyRequest, REQUESTS, borrower_id=borrower_id, as_of_on=today)}
    found = []
    for party in PARTIES:
        request, last = asked.get(party.name), newest.get(party.name)
        of_this = last is not None and request is not None and last.request_id == request.request_id
        state = "not asked" if request is None else last.state_on(today) if last and of_this else "waiting"
        found.append(PartyStanding(party, request, last if of_this else None, counting.get(party.name), state))
    return found


@dataclass(frozen=True, slots=True)
class LearnedAnswer:
    """An answer that counts, with the shops it is about."""

    answer_id: UUID
    party: str
    shop_keys: list[str]
    figures: list[dict[str, Any]]
    answered_on: date
    answered_at: datetime

    @property
    def said(self) -> tuple[PartyFigure, ...]:
        """Its figures."""
        return tuple(msgspec.convert(self.figures, list[PartyFigure]))


LEARNED_SINCE = """
    select a.answer_id, a.party, a.figures, a.answered_on, a.answered_at,
           (select array_agg(s.shop_key order by s.shop_id)
              from shop s
             where s.borrower_id = a.borrower_id) as shop_keys
      from party_answer a
     where a.answered_on >= %(since_on)s
       and a.state = any(%(states)s)
       and exists (select from shop s where s.borrower_id = a.borrower_id)
     order by a.answered_on, a.answer_id
"""


def learned_since(db: Db, since_on: date, states: Sequence[State] = COUNTED) -> list[LearnedAnswer]:
    """The answers that count of a day and the days after, ready to become part of the record."""
    return many(db, LearnedAnswer, LEARNED_SINCE, since_on=since_on, states=list(states))
