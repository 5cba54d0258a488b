"""One borrower's stated figures beside the record and the trade, and what third parties say; with asking again."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill.api.callers import Asked, database_of
from lendmill.api.figures import FiguresNow, figures_now
from lendmill.api.statuses import status
from lendmill.outside.parties.carrying import ConsentNeeded, ask_party
from lendmill.people.queries import act_today, borrower, house_day
from lendmill.people.roles import may
from lendmill.rating.parties.party import BY_NAME, PARTIES, party_called
from lendmill.rating.parties.queries import party_standings
from lendmill.rating.stated.figures import AMOUNTS, SHARES, StatedFigures
from lendmill.rating.stated.peers import PeerSpread, place
from lendmill.refusals import Refusal
from lendmill.web.entrance import Form
from lendmill.web.pages import go, page, words_of
from lendmill.web.sheets import sheet
from lendmill.web.words import marked

ASKING: Final = "POST /staff/borrowers/{borrower_id}/parties/{party}"


@get("/staff/borrowers/{borrower_id:uuid}/figures", sync_to_thread=True)
def staff_figures_page(request: Asked, borrower_id: FromPath[UUID], csv: FromQuery[str] = "") -> Response[str]:
    """Stated, observed and the trade, side by side; below, each third party with its state and figures."""
    if csv == "figures":
        with database_of(request).transaction() as db:
            now = figures_now(db, borrower_id)
        heads = words_of(request).heads(*marked("Figure", "Stated", "Observed", "Closeness", "How it is worked out"))
        rows = ((each.name, each.stated, each.observed, each.closeness, each.formula) for each in now.comparisons)
        return sheet(f"figures-{borrower_id}", heads, rows)
    return _page(request, borrower_id)


@post("/staff/borrowers/{borrower_id:uuid}/parties/{party:str}", sync_to_thread=True)
def ask_again(
    request: Asked, borrower_id: FromPath[UUID], party: FromPath[str], data: Form
) -> Response[str] | Redirect:
    """Ask a third party, once more or for the first time; what stands against it is told on the page."""
    del data  # nothing but the form's secret
    assert request.user is not None
    try:
        party_called(party)
        act_today(
            database_of(request), ask_party, borrower_id=borrower_id, party=party, asked_by=request.user.account_id
        )
    except Refusal as refusal:
        words = words_of(request)
        named = (
            ConsentNeeded(party=BY_NAME[party].title(words.language)) if isinstance(refusal, ConsentNeeded) else refusal
        )
        return _page(request, borrower_id, mistake=words.refusal(named), status_code=status(refusal))
    return go(f"/staff/borrowers/{borrower_id}/figures#{party}")


def _page(request: Asked, borrower_id: UUID, *, mistake: str = "", status_code: int = 200) -> Response[str]:
    assert request.user is not None
    with database_of(request).transaction() as db:
        who, today = borrower(db, borrower_id), house_day(db)
        now = figures_now(db, borrower_id)
        standings = party_standings(db, borrower_id, today)
    return page(
        request,
        "staff_figures.html",
        status_code=status_code,
        borrower=who,
        now=now,
        version=now.versions[0] if now.versions else None,
        amounts=(*AMOUNTS, "sales_declared"),
        shares=SHARES,
        trade=_trade(now),
        standings=standings,
        titles={party.name: party.title(words_of(request).language) for party in PARTIES},
        may_ask=may(request.user.role, ASKING),
        mistake=mistake,
    )


def _trade(now: FiguresNow) -> list[dict[str, Any]]:
    """Each ratio the trade states, and where this seller lies among them."""
    if not now.versions:
        return []
    own = _ratios(now.versions[0].said, now)
    return [_placed(spread, own[name]) for name, spread in now.spreads.items()]


def _placed(spread: PeerSpread, own: float | None) -> dict[str, Any]:
    return {"spread": spread, "own": own, "place": place(own, spread)}


def _ratios(figures: StatedFigures, now: FiguresNow) -> dict[str, float | None]:
    sales = next(each for each in now.comparisons if each.name == "sales_year")
    assets, debts = figures.assets_cents, figures.liabilities_cents
    return {
        "sales_to_seen": sales.stated / sales.observed if sales.stated is not None and sales.observed else None,
        "net_margin": figures.net_margin,
        "top1_share": figures.top1_share,
        "debt_share": debts / assets if assets and debts is not None else None,
    }
