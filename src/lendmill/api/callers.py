"""Finds out who is at the door, and opens it only to those the table of roles names."""

import asyncio
from typing import Any, Final

from litestar.connection import ASGIConnection, Request
from litestar.exceptions import NotAuthorizedException, NotFoundException, PermissionDeniedException
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from lendmill.db import Database
from lendmill.people.roles import STAFF, WHO_MAY, Role, may
from lendmill.people.sign_in.queries import Caller, caller_by_access_token, caller_by_session
from lendmill.refusals import Refusal

SESSION_COOKIE: Final = "lendmill_session"
BEARER: Final = "Bearer "
OPEN_PATHS: Final = ("/static/", "/health")

Asked = Request[Caller | None, str | None, Any]


def database_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Database:
    """The house's database, as the application keeps it."""
    database = connection.app.state.database
    assert isinstance(database, Database)
    return database


def told_to(asked: Asked, refusal: Refusal) -> Refusal:
    """A refusal as whoever asks is to read it: the lender's people have work to do where a seller is told to wait."""
    caller = asked.scope.get("user")
    return refusal.for_staff() if caller is not None and caller.role in STAFF else refusal


class WhoIsThere(ASGIMiddleware):
    """Looks up the session or the access token, by one indexed query, and puts the caller beside the request.

    `auth` tells which of the two it was: only what a browser sends by itself (a cookie) needs the form's secret.
    """

    scopes = ("http",)  # type: ignore[assignment]

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Ask the database in a thread; a request that brings nothing asks nothing."""
        scope["user"], scope["auth"] = None, None
        if not scope["path"].startswith(OPEN_PATHS):
            request: Asked = Request(scope)
            bearer = request.headers.get("authorization", "")
            if bearer.startswith(BEARER):
                scope["auth"] = "token"
                scope["user"] = await asyncio.get_running_loop().run_in_executor(
                    None, _by_token, database_of(request), bearer.removeprefix(BEARER).strip()
                )
            elif session := request.cookies.get(SESSION_COOKIE):
                scope["auth"] = "session"
                scope["user"] = await asyncio.get_running_loop().run_in_executor(
                    None, _by_session, database_of(request), session
                )
        await next_app(scope, receive, send)


def _by_session(database: Database, token: str) -> Caller | None:
    with database.glance() as db:
        return caller_by_session(db, token)


def _by_token(database: Database, token: str) -> Caller | None:
    with database.glance() as db:
        return caller_by_access_token(db, token)


def route_of(scope: Scope) -> str:
    """The name a request's route has in the table of roles.

    >>> route_of({"method": "GET", "path_template": "/loans/{loan_id:uuid}"})  # type: ignore[typeddict-item]
    'GET /loans/{loan_id}'
    """
    return f"{scope['method']} {spelled(scope['path_template'])}"  # type: ignore[typeddict-item]


def spelled(template: str) -> str:
    """A path as the table of roles writes it, without the kinds of its parts."""
    return "/".join(f"{part.split(':')[0]}}}" if ":" in part else part for part in template.split("/"))


async def only_those_who_may(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Hold the table against the caller; to a seller, what belongs to another borrower is not there.

    It waits for nothing; were it not `async`, a thread would be taken for it at each request.
    """
    route, caller = route_of(connection.scope), connection.scope["user"]
    if connection.scope["path"].startswith("/static/"):
        return
    if route not in WHO_MAY:
        raise PermissionDeniedException(detail="This is not open to anybody.")
    if not may(caller.role if caller else None, route):
        if caller is None:
            raise NotAuthorizedException(detail="Please sign in first.")
        raise PermissionDeniedException(detail="Your work here does not include this.")
    borrower_id = connection.scope["path_params"].get("borrower_id")
    if caller and caller.role is Role.SELLER and borrower_id not in (None, caller.borrower_id):
        raise NotFoundException(detail="There is nothing here.")
