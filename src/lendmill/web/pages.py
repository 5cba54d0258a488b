"""Draws a page: the template, the reader's language, their menu, and the secret of their forms."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from litestar import MediaType, Response
from litestar.response import Redirect
from litestar.template.base import csrf_token

from lendmill.api.callers import Asked, database_of
from lendmill.credit.publishing.queries import lending_back_on, lending_paused
from lendmill.people.queries import house_day
from lendmill.people.roles import Role, opens
from lendmill.people.sign_in.queries import Caller
from lendmill.web import names
from lendmill.web.words import NAMES, Words, language_of

LANGUAGE_COOKIE: Final = "lendmill_language"

SELLER_MENU: Final = (
    ("/", "Home", "home"),
    ("/borrow", "Borrow", "coins"),
    ("/loans", "My loans", "list"),
    ("/rating", "My rating", "chart"),
)
STAFF_MENU: Final = (
    ("/staff", "Portfolio", "chart"),
    ("/staff/applications", "Applications", "inbox"),
    ("/staff/reviews", "Review desk", "search"),
    ("/staff/conditions", "Conditions", "check"),
    ("/staff/borrowers", "Borrowers", "people"),
    ("/staff/groups", "Related borrowers", "people"),
    ("/staff/ratings", "Ratings", "chart"),
    ("/staff/models", "Rating cards", "list"),
    ("/staff/pricing", "Pricing", "coins"),
    ("/staff/policies", "Policies", "list"),
    ("/staff/approvals", "Approvals", "check"),
    ("/staff/books", "Books", "book"),
    ("/staff/accounts", "Accounts", "key"),
)


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu; `here` when the page belongs to it."""

    path: str
    name: str
    icon: str
    here: bool


@cache
def environment() -> Environment:
    """The templates, read once; a name missing in a template is a mistake, never an empty space."""
    made = Environment(
        loader=PackageLoader("lendmill.web", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = asset
    made.globals["names"] = names
    return made


@cache
def asset(name: str) -> str:
    """The address of one of our files, which changes with its content, so that browsers may keep it."""
    content = (files("lendmill.web") / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


def words_of(asked: Asked) -> Words:
    """The words for this reader."""
    language = language_of(
        asked.cookies.get(LANGUAGE_COOKIE), asked.headers.get("accept-language", ""), asked.app.state.settings.language
    )
    return Words(language)


def menu(caller: Caller | None, path: str) -> list[MenuItem]:
    """The menu for this person's work."""
    if caller is None:
        return []
    entries = SELLER_MENU if caller.role is Role.SELLER else STAFF_MENU
    allowed = [entry for entry in entries if opens(caller.role, entry[0])]
    under = [entry[0] for entry in allowed if path == entry[0] or path.startswith(entry[0].rstrip("/") + "/")]
    here = max(under, key=len, default="")
    return [MenuItem(at, name, icon, at == here) for at, name, icon in allowed]


def page(asked: Asked, template: str, *, status_code: int = 200, **facts: Any) -> Response[str]:
    """One page, or a part of one for a page that is already open."""
    words = words_of(asked)
    caller = asked.scope.get("user")
    path = asked.scope["path"]
    html = (
        environment()
        .get_template(template)
        .render(
            _=words.say,
            words=words,
            languages=[(code, name) for code, name in NAMES.items() if code != words.language],
            reader=caller,
            menu=menu(caller, path),
            path=path,
            back=_back(asked),
            csrf=csrf_token({"request": asked}),
            new_key=new_key,
            pause=partial(_pause, asked),
            **facts,
        )
    )
    return Response(html, media_type=MediaType.HTML, status_code=status_code)


def _back(asked: Asked) -> str:
    """Where this page can be seen again: itself, or the page that the form stood on that was sent."""
    path, query = asked.scope["path"], asked.scope["query_string"].decode("latin-1")
    if asked.method in ("GET", "HEAD"):
        return f"{path}?{query}" if query else path
    form = urlsplit(asked.headers.get("referer", ""))
    if form.path in ("", path):  # sent from the answer to a form that was sent before
        return path.rpartition("/")[0] or "/"
    return f"{form.path}?{form.query}" if form.query else form.path


@dataclass(frozen=True)
class _Pause:
    """That lending is paused, and until which day, where one is agreed."""

    until_on: date | None


def _pause(asked: Asked) -> _Pause | None:
    with database_of(asked).transaction() as db:
        today = house_day(db)
        return _Pause(lending_back_on(db, today)) if lending_paused(db, today) else None


def new_key() -> str:
    """A key for one form, so that sending the form twice does the thing once."""
    return secrets.token_urlsafe(18)


def go(path: str) -> Redirect:
    """Send the browser on to another page after a form was taken in."""
    return Redirect(path, status_code=303)
