"""Only a whole answer about this very payment settles it; anything else, from any server, is unknown."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from lender import Lender
from lendmill.db import Database, run, scalar
from lendmill.loans import queries
from lendmill.outside.carrying import carry
from lendmill.outside.rail import Answer, HttpRail, Request

DAY = date(2026, 1, 1)
ASKED = Request("payout-1", "payout", 700_000, DAY)
WHOLE: dict[str, Any] = {"key": "payout-1", "amount_cents": 700_000, "status": "confirmed", "value_on": "2026-01-01"}


class _Anybody(BaseHTTPRequestHandler):
    """A server that gives one answer to everything."""

    protocol_version = "HTTP/1.1"
    status: int
    text: bytes

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self.status)
        self.send_header("content-length", str(len(self.text)))
        self.end_headers()
        self.wfile.write(self.text)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def answered(request: pytest.FixtureRequest) -> Iterator[HttpRail]:
    """A rail that is reached, and answers as the test says."""
    status, body = request.param
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Anybody,), {"status": status, "text": text}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    rail = HttpRail(f"http://127.0.0.1:{server.server_port}")
    yield rail
    rail.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "answered",
    [
        (500, WHOLE), (502, b"bad gateway"), (400, {**WHOLE, "status": "failed"}), (202, WHOLE), (403, b""),
        (200, b""), (200, b"<html>"), (200, b"[]"), (200, b"null"), (200, {**WHOLE, "key": "payout-2"}),
        (200, {**WHOLE, "amount_cents": 700_001}), (200, {**WHOLE, "amount_cents": "700000"}),
        (200, {**WHOLE, "value_on": None}), (200, {**WHOLE, "value_on": "soon"}), (200, {"status": "failed"}),
        (200, {**WHOLE, "status": "Confirmed"}), (200, {**WHOLE, "key": "payout-2", "status": "failed"}),
    ],
    indirect=True,
)  # fmt: skip
def test_what_is_not_whole_is_unknown(answered: HttpRail) -> None:
    assert (answered.send(ASKED).status, answered.ask(ASKED).status) == ("unknown", "unknown")


@pytest.mark.parametrize("answered", [(200, WHOLE)], indirect=True)
def test_a_whole_answer_is_believed(answered: HttpRail) -> None:
    assert answered.send(ASKED) == answered.ask(ASKED) == Answer("confirmed", DAY)


@pytest.mark.parametrize("answered", [(404, b"")], indirect=True)
def test_not_found_is_never_heard_when_asked_and_unknown_when_sent(answered: HttpRail) -> None:
    assert (answered.send(ASKED).status, answered.ask(ASKED).status) == ("unknown", "never heard")


class _Slow:
    """A rail that takes so long that another carrier comes by; it keeps what it was asked."""

    def __init__(self, database: Database, answers: list[Answer]) -> None:
        self.database, self.answers = database, answers
        self.heard: list[tuple[str, str]] = []
        self.carried_meanwhile: list[int] = []

    def send(self, request: Request) -> Answer:
        self.heard.append(("send", request.key))
        self.carried_meanwhile.append(carry(self.database, self))
        return self.answers.pop(0)

    def ask(self, request: Request) -> Answer:
        self.heard.append(("ask", request.key))
        return self.answers.pop(0)


def test_while_one_carrier_asks_another_finds_nothing_to_carry(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    lender.ask_draw(borrower_id, line_id, 700_000)
    rail = _Slow(database, [Answer("confirmed", DAY)])
    assert carry(database, rail) == 1
    assert (rail.carried_meanwhile, len(rail.heard)) == ([0], 1)
    lender.keeps_its_promises()


def test_a_payment_is_asked_after_and_sent_again_only_if_never_heard_of_under_one_key(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    lender.ask_draw(borrower_id, line_id, 700_000)
    with database.transaction() as db:
        key = scalar(db, "select rail_key from instruction")
    never, unknown = Answer("never heard"), Answer("unknown")
    rail = _Slow(database, [unknown, unknown, never, unknown, Answer("confirmed", DAY)])
    for _ in range(4):
        with database.transaction() as db:
            run(db, "update instruction set next_try_at = now()")
        assert carry(database, rail) == 1
    assert rail.heard == [(verb, key) for verb in ("send", "ask", "ask", "send", "ask")]
    with database.transaction() as db:
        assert [(asked.status, asked.tries) for asked in queries.instructions_of(db, borrower_id)] == [("confirmed", 4)]
    lender.keeps_its_promises()
