"""Paying out and collecting through a payment rail that may be slow, late, silent or wrong."""

import json
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Final, Literal, Protocol

from lendmill.outside.line import Heard, Line, readable

AnswerStatus = Literal["confirmed", "failed", "unknown", "never heard"]
TIMEOUT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Request:
    """What the rail is asked to do: the key makes a repeated request the same request."""

    key: str
    kind: str
    amount_cents: int
    asked_on: date


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a request; `value_on` is the day the money moved, in the lender's calendar."""

    status: AnswerStatus
    value_on: date | None = None
    reason: str = ""


class Rail(Protocol):
    """A way for money to go out and come in."""

    def send(self, request: Request) -> Answer:
        """Ask for a payment. Sending the same key again is safe: it happens once."""
        ...

    def ask(self, request: Request) -> Answer:
        """Ask what became of a payment; `never heard` when the rail has no such key."""
        ...


class HttpRail:
    """A rail reached over HTTP with JSON; anything but a clear answer is `unknown`."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._line = Line(url, timeout_seconds=timeout_seconds)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def send(self, request: Request) -> Answer:
        """Post the payment under its key."""
        body = {
            "key": request.key,
            "kind": request.kind,
            "amount_cents": request.amount_cents,
            "asked_on": request.asked_on.isoformat(),
        }
        return _read(self._line.post("/payments", body), request)

    def ask(self, request: Request) -> Answer:
        """Look the payment up by its key."""
        heard = self._line.get(f"/payments/{request.key}")
        return Answer("never heard") if heard.status == HTTPStatus.NOT_FOUND else _read(heard, request)


def _read(heard: Heard, request: Request) -> Answer:
    """Believe only an answer that is whole and about this very payment."""
    if heard.silence:
        return Answer("unknown", reason=heard.silence)
    if heard.status != HTTPStatus.OK:
        return Answer("unknown", reason=f"the rail answered with status {heard.status}")
    try:
        body = json.loads(heard.text)
        status, amount_cents = body["status"], body["amount_cents"]
        value_on = date.fromisoformat(body["value_on"]) if body.get("value_on") else None
        reason = readable(str(body.get("reason", "")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Answer("unknown", reason="the rail's answer cannot be read")
    if body.get("key") != request.key or amount_cents != request.amount_cents:
        return Answer("unknown", reason="the rail answered about another payment or another amount: ask the rail")
    if status == "confirmed" and value_on is not None:
        return Answer("confirmed", value_on)
    if status == "failed":
        return Answer("failed", reason=reason or "the rail refused")
    return Answer("unknown", reason=reason or "the rail is still at it")
