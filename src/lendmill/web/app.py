"""Puts the doors together: pages for people, calls for programs, one table of who may do what."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.resources import as_file, files
from typing import Any, Final

from litestar import Litestar, Router
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import MutableScopeHeaders, State
from litestar.exceptions import ClientException, HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router
from litestar.types import Message, Scope
from psycopg import DataError

from lendmill.api import problems
from lendmill.api.callers import WhoIsThere, only_those_who_may, spelled
from lendmill.api.described import described
from lendmill.api.routes import ROUTES as API_ROUTES
from lendmill.db import Database
from lendmill.people.roles import WHO_MAY
from lendmill.people.seal import Seal
from lendmill.refusals import Refusal
from lendmill.settings import Settings
from lendmill.web import sorry
from lendmill.web.csrf import forms_secret
from lendmill.web.routes import ROUTES as PAGE_ROUTES

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ONE_YEAR: Final = 365 * 24 * 3600
log = logging.getLogger("lendmill.doors")


def create_app(settings: Settings, database: Database | None = None) -> Litestar:
    """The whole of the doors as one application; it opens the database unless it is given one."""
    app = Litestar(
        route_handlers=[_pages(), _programs(), _files()],
        middleware=[WhoIsThere(), forms_secret(CSRFConfig(secret=settings.secret_key().hex(), cookie_httponly=True))],
        guards=[only_those_who_may],
        exception_handlers={
            Refusal: _either(problems.refused, sorry.refused),
            HTTPException: _either(problems.wrong_request, sorry.wrong_request),
            DataError: _unkeepable,
            RecursionError: _unkeepable,
            Exception: _either(problems.crashed, sorry.crashed),
        },
        before_send=[_secure],
        lifespan=[_open(settings, database)],
        state=State({"settings": settings, "seal": Seal(settings.secret_key())}),
        openapi_config=OpenAPIConfig(
            title="lendmill",
            version="1",
            description="Offers, applications, draws, repayments and the books of one lender. Amounts are whole cents.",
            path="/api",
            use_handler_docstrings=True,
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
        request_max_body_size=1_000_000,
    )
    _every_door_is_in_the_table(app)
    return app


def _pages() -> Router:
    return Router("/", route_handlers=list(PAGE_ROUTES), include_in_schema=False)


def _programs() -> Router:
    return Router("/api/v1", route_handlers=described(API_ROUTES), security=[{"bearer": []}])


def _files() -> Router:
    with as_file(files("lendmill.web") / "static") as folder:
        return create_static_files_router(
            "/static", directories=[folder], include_in_schema=False, opt={"exclude_from_csrf": True}
        )


def _open(settings: Settings, database: Database | None) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """As many threads as database connections: no request waits for a connection while it holds a thread."""

    @asynccontextmanager
    async def opened(app: Litestar) -> AsyncIterator[None]:
        threads = ThreadPoolExecutor(max_workers=settings.connections, thread_name_prefix="door")
        asyncio.get_running_loop().set_default_executor(threads)
        app.state.database = database or Database(_address(settings), connections=settings.connections)
        try:
            yield
        finally:
            if database is None:
                app.state.database.close()

    return opened


def _address(settings: Settings) -> str:
    assert settings.database_url, "the address of the database is known before the doors open"
    return settings.database_url


def _either(
    for_programs: Callable[[Any, Any], Any], for_people: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], Any]:
    """Programs are told in problem details, people in a page."""

    def answer(asked: Any, error: Any) -> Any:
        teller = for_programs if asked.scope["path"].startswith("/api/") else for_people
        return teller(asked, error)

    return answer


def _unkeepable(asked: Any, error: DataError | RecursionError) -> Any:
    """What cannot be kept, or is nested without end, is the sender's mistake; what it says stays out of the log."""
    log.warning("%s %s: %s", asked.method, problems.printable(asked.scope["path"]), type(error).__name__)
    wrong = ClientException(
        detail="The request holds something that cannot be kept: a sign, a number, or nesting too deep."
    )
    return _either(problems.wrong_request, sorry.wrong_request)(asked, wrong)


async def _secure(message: Message, scope: Scope) -> None:
    """Put the protecting headers on every answer; pages are never kept, files with a digest in their address are."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in HEADERS.items():
        headers[name] = value
    versioned = scope["path"].startswith("/static/") and scope["query_string"]
    headers.setdefault("Cache-Control", f"public, max-age={ONE_YEAR}, immutable" if versioned else "no-store")


def doors_of(app: Litestar) -> set[str]:
    """Every route of the application, spelled as in the table of roles."""
    return {
        f"{method} {spelled(route.path)}"
        for route in app.routes
        for handler in _handlers(route)
        for method in handler.http_methods
        if method not in ("OPTIONS", "HEAD") and not route.path.startswith("/static")
    }


def _handlers(route: Any) -> Sequence[HTTPRouteHandler]:
    return [handler for handler in getattr(route, "route_handlers", ()) if isinstance(handler, HTTPRouteHandler)]


def _every_door_is_in_the_table(app: Litestar) -> None:
    assert doors_of(app) == set(WHO_MAY), f"doors and table of roles differ: {sorted(doors_of(app) ^ set(WHO_MAY))}"
