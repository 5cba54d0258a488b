"""A seller's first page: what can be borrowed, what is owed, and when something is due."""

from datetime import timedelta
from typing import Final

from litestar import Response, get
from litestar.response import Redirect

from lendmill.api.callers import Asked, database_of
from lendmill.credit import queries as credit
from lendmill.credit.changes.queries import line_changes_since
from lendmill.credit.counters.queries import counter_offers_open
from lendmill.credit.notice import REASONS_MAX
from lendmill.credit.offers.queries import NoOffer
from lendmill.credit.publishing.queries import STANDARD, LendingPaused, lending_paused
from lendmill.credit.review.queries import cases_of
from lendmill.loans import queries as loans
from lendmill.loans.loan import OPEN
from lendmill.loans.receipts.queries import beside
from lendmill.loans.view import LoanView
from lendmill.people.queries import house_day
from lendmill.people.roles import Role
from lendmill.web.own import product_names, seller_of
from lendmill.web.pages import go, page, words_of

NEWS_FOR: Final = timedelta(days=30)


@get("/", sync_to_thread=True)
def home(request: Asked) -> Response[str] | Redirect:
    """The ready offer or the open line, the next payment, the loans; staff are led to their own first page."""
    assert request.user is not None
    if request.user.role is not Role.SELLER:
        return go("/staff")
    borrower_id = seller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        lines = [line for line in credit.lines_of(db, borrower_id) if line.status != "closed"]
        taken = {line.product_key for line in lines}
        started = credit.open_applications(db, borrower_id)
        begun = {each.product_key for each in started}
        paused = lending_paused(db, today)
        ready = {each.product_key: each for each in credit.offers_of(db, borrower_id, today)}
        reviews = [case for case in cases_of(db, borrower_id) if case.status != "decided"]
        held = counter_offers_open(db, borrower_id, today)
        answered = {each.product_key for each in reviews} | {each.product_key for each in held}
        offers = [each for each in ready.values() if each.product_key not in taken | begun | answered]
        behind = {offer.offer_id: credit.behind(db, offer, words_of(request).language) for offer in offers}
        running = [loan for loan in loans.loans_of(db, borrower_id, today) if loan.status in (*OPEN, "paying")]
        named = product_names(db, request)
        no_offers = credit.no_offers_of(db, borrower_id, today)
        standing = credit.standing(db, borrower_id)
        claimed_cents = beside(db, borrower_id).claimed_cents
        counters = [each for each in held if each.product_key not in taken]
        told_of_lines = line_changes_since(db, borrower_id, today - NEWS_FOR)
    return page(
        request,
        "home.html",
        told_of_lines=told_of_lines,
        today=today,
        lines=lines,
        offers=offers,
        answered=answered,
        behind=behind,
        counters=counters,
        loans=running,
        started=started,
        ready=ready,
        paused=words_of(request).refusal(LendingPaused(key=STANDARD, version="")) if paused else "",
        named=named,
        reasons=words_of(request).reasons(_main_reasons(no_offers)),
        next_due=next_due(running),
        blocked=standing.banned or standing.late_since_on is not None,
        late=[loan for loan in running if loan.days_past_due],
        claimed_cents=claimed_cents,
        reviews=reviews,
        questionnaire_offered=request.app.state.settings.questionnaire,
    )


def _main_reasons(no_offers: list[NoOffer]) -> list[str]:
    """Why there is no offer, each reason once, as many as a notice would tell."""
    return [*dict.fromkeys(code for each in no_offers for code in each.told)][:REASONS_MAX]


def next_due(running: list[LoanView]) -> LoanView | None:
    """The loan that asks for money first: the longest late, else the one due soonest."""
    late = max((loan for loan in running if loan.days_past_due), key=lambda loan: loan.days_past_due, default=None)
    coming = [loan for loan in running if loan.next_due_on is not None]
    return late or min(coming, key=lambda loan: (loan.next_due_on, loan.loan_id), default=None)
