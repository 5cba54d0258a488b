"""An answer that drips in is cut off in time, whoever outside gives it; nothing is then believed of it."""

import threading
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lendmill.outside.line import Heard, Line
from lendmill.outside.parties.over_http import HttpParty
from lendmill.outside.parties.party import Enquiry
from lendmill.outside.rail import Answer, HttpRail, Request
from lendmill.rating.parties.answer import PartyAnswer

DAY = date(2026, 1, 1)
TIMEOUT_SECONDS = 0.2
TOO_LONG = "the answer took too long as a whole"


@pytest.fixture(params=["head", "body"])
def dripping(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server of which a part of each answer comes letter by letter, without end."""
    stop = threading.Event()

    class Dripping(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(200)
            if request.param == "body":
                self.end_headers()
            self.flush_headers()
            while not stop.wait(0.02):
                self.wfile.write(b"a")

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    server.handle_error = lambda *_: None  # type: ignore[method-assign,assignment]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    stop.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_answer_that_drips_in_is_cut_off(dripping: str) -> None:
    begun = time.monotonic()
    rail = HttpRail(dripping, timeout_seconds=TIMEOUT_SECONDS)
    asked = Request("payout-1", "payout", 700_000, DAY)
    assert rail.send(asked) == rail.ask(asked) == Answer("unknown", reason=TOO_LONG)
    rail.close()
    party = HttpParty("registry", dripping, timeout_seconds=TIMEOUT_SECONDS)
    enquiry = Enquiry("registry-1", "registry", "690007199005170003", "consent-1", DAY)
    assert party.send(enquiry) == party.ask(enquiry) == PartyAnswer("timed out", reason=TOO_LONG)
    party.close()
    assert time.monotonic() - begun < 20


def test_what_is_never_answered_is_told_as_slow_and_what_is_not_there_as_silent() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as deaf:
        line = Line(f"http://127.0.0.1:{deaf.server_port}", timeout_seconds=TIMEOUT_SECONDS)
        assert (line.get("/").silence, line.get("/").too_slow) == ("no answer in time: ReadTimeout", True)
        line.close()
    assert (line_to_nobody().silence, line_to_nobody().too_slow) == ("no answer: ConnectError", False)


def line_to_nobody() -> Heard:
    line = Line("http://127.0.0.1:9", timeout_seconds=TIMEOUT_SECONDS)
    heard = line.get("/")
    line.close()
    return heard
