"""A seller's own figures on a phone: typed in, left, taken up again, confirmed, corrected; and a free consent."""

from collections import defaultdict
from typing import Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from lendmill.api.callers import Asked, database_of
from lendmill.api.figures import figures_now
from lendmill.credit.consented.actions import give_consent, take_back_consent
from lendmill.credit.consented.queries import consent_in_force
from lendmill.credit.consents import BY_PURPOSE
from lendmill.people.queries import act_today, house_day
from lendmill.rating.stated.actions import save_draft, state_figures
from lendmill.rating.stated.figures import AMOUNTS, NAMES, SHARES, as_typed, typed_in
from lendmill.web.entrance import Form
from lendmill.web.own import seller_of
from lendmill.web.pages import go, page, words_of
from lendmill.web.words import marked

PURPOSE: Final = "official-records"
TITLES: Final = marked("The last twelve months", "What the business has and owes", "The two largest customers")
GROUPS: Final = tuple(zip(TITLES, (NAMES[:4], NAMES[4:8], NAMES[8:]), strict=True))
UNPROCESSABLE: Final = 422


@get("/figures", sync_to_thread=True)
def figures_page(request: Asked, done: FromQuery[str] = "") -> Response[str]:
    """The form with what was typed or confirmed last, and what the confirmed figures come to."""
    return _page(request, done=done)


@post("/figures", sync_to_thread=True)
def take_figures(request: Asked, data: Form) -> Response[str] | Redirect:
    """Keep what was typed; where it is to be confirmed, only if nothing in it cannot be right."""
    database, borrower_id = database_of(request), seller_of(request)
    typed = {name: data.get(name, "") for name in NAMES}
    if data.get("do") != "confirm":
        database.act(save_draft, borrower_id=borrower_id, typed=typed)
        return go("/figures?done=saved")
    figures, mistakes = typed_in(typed)
    if figures is None:
        database.act(save_draft, borrower_id=borrower_id, typed=typed)
        told = {each.field: each.sentence for each in reversed(mistakes)}
        return _page(request, typed=typed, mistakes=told, status_code=UNPROCESSABLE)
    act_today(database, state_figures, borrower_id=borrower_id, figures=figures)
    return go("/figures?done=confirmed")


@post("/figures/consent", sync_to_thread=True)
def choose_consent(request: Asked, data: Form) -> Redirect:
    """Agree that customs, tax office and registry are asked, or take that back."""
    database, borrower_id = database_of(request), seller_of(request)
    if data.get("do") == "give":
        language = words_of(request).language
        act_today(database, give_consent, borrower_id=borrower_id, purpose=PURPOSE, language=language)
    else:
        act_today(database, take_back_consent, borrower_id=borrower_id, purpose=PURPOSE)
    return go("/figures#consent")


def _page(
    request: Asked,
    *,
    done: str = "",
    typed: dict[str, str] | None = None,
    mistakes: dict[str, str] | None = None,
    status_code: int = 200,
) -> Response[str]:
    borrower_id = seller_of(request)
    with database_of(request).transaction() as db:
        now = figures_now(db, borrower_id)
        agreed = consent_in_force(db, borrower_id, PURPOSE, house_day(db)) is not None
    last = as_typed(now.versions[0].said) if now.versions else {}
    return page(
        request,
        "figures.html",
        status_code=status_code,
        groups=GROUPS,
        amounts=AMOUNTS,
        shares=SHARES,
        known=defaultdict(str, typed or now.draft or last),
        mistakes=defaultdict(str, mistakes or {}),
        version=now.versions[0] if now.versions else None,
        drafted=now.draft is not None,
        verdict=now.verdict,
        alike=[each.name for each in now.comparisons if each.closeness is not None],
        done=done,
        agreed=agreed,
        consent=BY_PURPOSE[PURPOSE],
    )
