"""Third parties for programs of the staff: what each was asked, what it said, and asking again."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from lendmill.api.callers import Asked, database_of
from lendmill.outside.parties.carrying import ask_party
from lendmill.people.queries import act_today, borrower, house_day
from lendmill.rating.parties.answer import PartyFigure
from lendmill.rating.parties.queries import PartyStanding, party_standings


@dataclass(frozen=True)
class PartyOut:
    """One third party: the state of the last question, and the newest answer that counts with its figures."""

    party: str
    state: str
    asked_at: datetime | None
    missing: list[str]
    reason: str
    answered_by: str
    counts_as_of_on: date | None
    figures: tuple[PartyFigure, ...]


def _told(each: PartyStanding) -> PartyOut:
    newest, counting = each.newest, each.counting
    return PartyOut(
        each.party.name,
        each.state,
        each.request.asked_at if each.request else None,
        newest.missing if newest else [],
        newest.reason if newest else "",
        newest.answered_by if newest else "",
        counting.as_of_on if counting else None,
        counting.said if counting else (),
    )


@get("/borrowers/{borrower_id:uuid}/parties", sync_to_thread=True)
def parties(request: Asked, borrower_id: FromPath[UUID]) -> list[PartyOut]:
    """How things stand with customs, tax office, credit bureau and business registry."""
    with database_of(request).transaction() as db:
        borrower(db, borrower_id)
        return [_told(each) for each in party_standings(db, borrower_id, house_day(db))]


@dataclass(frozen=True)
class AskedOut:
    """The question written down; it is carried at once and its answer read from the list of parties."""

    request_id: UUID
    party: str


@post("/borrowers/{borrower_id:uuid}/parties/{party:str}", sync_to_thread=True)
def ask(request: Asked, borrower_id: FromPath[UUID], party: FromPath[str]) -> AskedOut:
    """Ask a third party, with the consent the borrower gave; a question still open is the same question."""
    assert request.user is not None
    request_id = act_today(
        database_of(request), ask_party, borrower_id=borrower_id, party=party, asked_by=request.user.account_id
    )
    return AskedOut(request_id, party)
