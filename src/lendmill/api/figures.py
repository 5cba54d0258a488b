"""A seller's stated figures and free consents, for programs; the figures beside the record for the staff."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import delete, get, put
from litestar.params import FromPath, JSONBody

from lendmill.api.callers import Asked, database_of
from lendmill.credit.cases.queries import gathered_of_one
from lendmill.credit.consented.actions import give_consent, take_back_consent
from lendmill.credit.publishing.queries import lending_paused
from lendmill.credit.trials.queries import policy_trials
from lendmill.db import Db
from lendmill.people.queries import act_today, borrower, house_day, shop_of
from lendmill.rating.stated.actions import state_figures
from lendmill.rating.stated.closeness import StatedComparison, Verdict, compared, facts_now, verdict
from lendmill.rating.stated.figures import checked
from lendmill.rating.stated.peers import PeerSpread
from lendmill.rating.stated.queries import StatedVersion, peer_spreads, record_then, stated_draft, stated_versions


@dataclass(frozen=True)
class FiguresNow:
    """What a seller stated last, beside the record of that time and the trade, and what it comes to."""

    draft: dict[str, str] | None
    versions: list[StatedVersion]
    record_on: date | None
    comparisons: tuple[StatedComparison, ...]
    verdict: Verdict
    spreads: dict[str, PeerSpread]


def figures_now(db: Db, borrower_id: UUID) -> FiguresNow:
    """Everything about a borrower's stated figures, as of the house's day."""
    who, shop, today = borrower(db, borrower_id), shop_of(db, borrower_id), house_day(db)
    if shop is None:
        return FiguresNow(None, [], None, (), "cannot tell", {})
    draft, versions = stated_draft(db, borrower_id, shop.shop_id), stated_versions(db, borrower_id)
    if not versions:
        return FiguresNow(draft, [], None, (), "cannot tell", {})
    judged = gathered_of_one(db, borrower_id, today).shop_id or shop.shop_id
    figures, then = versions[0].said, record_then(db, borrower_id, judged, versions[0].stated_on)
    facts = then.facts if then else {}
    paused = lending_paused(db, today)
    rules = msgspec.UNSET if paused else policy_trials(db, today).drawn(borrower_id).document.stated
    told: Verdict = "cannot tell"
    if rules is not msgspec.UNSET:
        close = facts_now(figures, facts)
        told = verdict(close, matches_from=rules.matches_from, differs_below=rules.differs_below)
    return FiguresNow(
        draft, versions, then.as_of_on if then else None, compared(figures, facts), told,
        peer_spreads(db, borrower_id, who.industry, today),
    )  # fmt: skip


@dataclass(frozen=True)
class StatedOut:
    """A seller's figures as last confirmed (cents, shares, years), which version they are, and what they come to."""

    version: int | None
    stated_on: date | None
    figures: dict[str, Any] | None
    verdict: Verdict


def _told(now: FiguresNow) -> StatedOut:
    if not now.versions:
        return StatedOut(None, None, None, now.verdict)
    last = now.versions[0]
    return StatedOut(last.n, last.stated_on, last.figures, now.verdict)


@get("/borrowers/{borrower_id:uuid}/figures", sync_to_thread=True)
def figures(request: Asked, borrower_id: FromPath[UUID]) -> StatedOut:
    """The figures a seller stated last, and whether they match the record, differ, or cannot be told."""
    with database_of(request).transaction() as db:
        return _told(figures_now(db, borrower_id))


@put("/borrowers/{borrower_id:uuid}/figures", sync_to_thread=True)
def state(request: Asked, borrower_id: FromPath[UUID], data: JSONBody[dict[str, Any]]) -> StatedOut:
    """State figures: amounts in cents (`sales_year_cents` is needed), shares from 0 to 1, years. A change is a new
    version; the same figures again are the version there is."""
    database = database_of(request)
    act_today(database, state_figures, borrower_id=borrower_id, figures=checked(data))
    with database.transaction() as db:
        return _told(figures_now(db, borrower_id))


@dataclass(frozen=True)
class Agreed:
    """A consent in force."""

    consent_id: UUID
    purpose: str


@dataclass(frozen=True)
class ReadIn:
    """The language a consent was read in."""

    language: Literal["zh-Hans", "en"]


@put("/borrowers/{borrower_id:uuid}/consents/{purpose:str}", sync_to_thread=True)
def give(request: Asked, borrower_id: FromPath[UUID], purpose: FromPath[str], data: JSONBody[ReadIn]) -> Agreed:
    """Agree to something that needs no application: official-records, credit-report."""
    consent_id = act_today(
        database_of(request), give_consent, borrower_id=borrower_id, purpose=purpose, language=data.language
    )
    return Agreed(consent_id, purpose)


@delete("/borrowers/{borrower_id:uuid}/consents/{purpose:str}", sync_to_thread=True)
def take_back(request: Asked, borrower_id: FromPath[UUID], purpose: FromPath[str]) -> None:
    """Take such a consent back: nobody is asked on its strength any more."""
    act_today(database_of(request), take_back_consent, borrower_id=borrower_id, purpose=purpose)
