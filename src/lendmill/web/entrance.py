"""Signing in and out, and choosing a language."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from lendmill.api.callers import SESSION_COOKIE, Asked, database_of
from lendmill.api.statuses import status
from lendmill.people.sign_in import actions as sign_ins
from lendmill.people.sign_in.actions import SESSION_LASTS
from lendmill.refusals import Refusal
from lendmill.web.pages import LANGUAGE_COOKIE, go, page, words_of
from lendmill.web.words import NAMES

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/health", sync_to_thread=False)
def health() -> dict[str, str]:
    """Whether the doors are open."""
    return {"status": "open"}


@get("/sign-in", sync_to_thread=True)
def sign_in_page(request: Asked, next: FromQuery[str] = "/") -> Response[str] | Redirect:  # noqa: A002 - the word in the address
    """The form to sign in with."""
    if request.user is not None:
        return go(inside(next))
    return page(request, "sign_in.html", next=inside(next), name="", mistake="")


@post("/sign-in", sync_to_thread=True)
def sign_in(request: Asked, data: Form) -> Response[Any]:
    """Let somebody in, or say that name or password is not right; the name typed is kept."""
    name, database = data.get("name", "").strip().lower(), database_of(request)
    address = request.client.host if request.client else "unknown"
    try:
        with database.transaction() as db:
            sign_ins.count_try(db, sign_in_name=name[:100], address=address)
    except sign_ins.TooManyTries as refusal:
        return _again(request, data, refusal)
    try:
        _, token = database.act(sign_ins.sign_in, sign_in_name=name, password=data.get("password", ""))
    except sign_ins.WrongSignIn as refusal:
        return _again(request, data, refusal)
    answer = go(inside(data.get("next", "/")))
    answer.set_cookie(_session_cookie(request, token, int(SESSION_LASTS.total_seconds())))
    return answer


def _again(request: Asked, data: dict[str, str], refusal: Refusal) -> Response[str]:
    return page(
        request,
        "sign_in.html",
        status_code=status(refusal),
        next=inside(data.get("next", "/")),
        name=data.get("name", ""),
        mistake=words_of(request).refusal(refusal),
    )


@post("/sign-out", sync_to_thread=True)
def sign_out(request: Asked) -> Redirect:
    """End the session, here and in the house."""
    if token := request.cookies.get(SESSION_COOKIE):
        database_of(request).act(sign_ins.sign_out, token=token)
    answer = go("/sign-in")
    answer.set_cookie(_session_cookie(request, "", 0))
    return answer


def _session_cookie(request: Asked, token: str, seconds: int) -> Cookie:
    return Cookie(
        key=SESSION_COOKIE,
        value=token,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


@get("/language/{code:str}", sync_to_thread=False)
def choose_language(request: Asked, code: FromPath[str], back: FromQuery[str] = "/") -> Redirect:
    """Show the pages in another language from now on."""
    if code not in NAMES:
        raise NotFoundException
    answer = go(inside(back))
    answer.set_cookie(
        Cookie(
            key=LANGUAGE_COOKIE,
            value=code,
            max_age=365 * 24 * 3600,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    )
    return answer


def inside(path: str) -> str:
    """A page of ours to go on to; an address elsewhere leads home instead.

    >>> inside("/loans"), inside("//elsewhere.example"), inside("https://elsewhere.example"), inside("/\\\\elsewhere")
    ('/loans', '/', '/', '/')
    """
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if plain and path.isprintable() else "/"
