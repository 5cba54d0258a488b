"""Writes what went wrong for programs, as problem details (RFC 9457)."""

import logging
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final

from litestar import Response
from litestar.exceptions import HTTPException

from lendmill.api.callers import Asked, told_to
from lendmill.api.statuses import status
from lendmill.refusals import Refusal

PROBLEM: Final = "application/problem+json"
log = logging.getLogger("lendmill.doors")


class IdempotencyKeyMissing(Refusal):
    """A request that moves money needs the header Idempotency-Key, 8 to 200 characters, the same when sent again."""


class NotThere(Refusal):
    """There is no such {what}."""


@dataclass(frozen=True)
class Problem:
    """What a program reads of a problem: `code` names its kind, `title` says it in a sentence."""

    type: str
    status: int
    title: str
    code: str


def problem(status_code: int, *, code: str, title: str, **more: Any) -> Response[dict[str, Any]]:
    """One problem: `type` names the kind of problem, `title` says it in a sentence."""
    body = {"type": f"urn:lendmill:problem:{code}", "status": status_code, "title": title, "code": code, **more}
    return Response(body, status_code=status_code, media_type=PROBLEM)


def refused(asked: Asked, refusal: Refusal) -> Response[dict[str, Any]]:
    """A refusal as a problem, with the facts of its sentence beside it."""
    refusal = told_to(asked, refusal)
    said = {name for _, name, _, _ in Formatter().parse(refusal.template()) if name}
    facts = {name: _plain(value) for name, value in refusal.facts.items() if name in said}
    return problem(status(refusal), code=refusal.code(), title=str(refusal), facts=facts)


def wrong_request(_: Asked, error: HTTPException) -> Response[dict[str, Any]]:
    """A request that cannot be read, is not allowed, or asks for what is not there."""
    names = {400: "bad-request", 401: "not-signed-in", 403: "not-allowed", 404: "not-there", 405: "method-not-allowed"}
    more = {"errors": error.extra} if error.extra else {}
    code = names.get(error.status_code, f"http-{error.status_code}")
    answer = problem(error.status_code, code=code, title=error.detail or code, **more)
    if error.status_code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def crashed(asked: Asked, error: Exception) -> Response[dict[str, Any]]:
    """A mistake of ours: written to the log in full, told without its insides."""
    log.error("%s %s", asked.method, printable(asked.scope["path"]), exc_info=error)
    return problem(500, code="our-mistake", title="Something went wrong on our side; nothing was changed by halves.")


def printable(path: str) -> str:
    """A path as the log tells it: what cannot be printed is spelled out, so that nobody writes lines of their own.

    >>> printable("/loans/额\\0\\n")
    '/loans/额\\\\x00\\\\n'
    """
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in path)


def _plain(value: Any) -> str | int | bool | None:
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return str(value)
