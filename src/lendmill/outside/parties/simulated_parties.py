"""Third parties to try the house against: a process that can be slow, silent, partial, stale, double or plainly wrong.

    python -m lendmill.outside.parties.simulated_parties --port 8012 --silent 0.1 --stale 0.2

All four answer in one process, under /customs, /tax, /bureau and /registry. Which question meets which mishap is
decided by a hash of its key, what is said of somebody by a hash of their number: a run can be repeated. None of it is
true.
"""

import argparse
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from lendmill.db.programs import tied_to_us
from lendmill.outside.parties.simulated_figures import figures_of
from lendmill.outside.simulated_rail import chance
from lendmill.rating.parties.party import BY_NAME

STALE_DAYS: Final = 500
HUGE_BYTES: Final = 3_000_000


@dataclass(frozen=True, slots=True)
class PartyManners:
    """How the parties behave: shares of questions, between 0 and 1, and a delay.

    Of the mishaps `silent`, `failing`, `garbled`, `huge` and `pending` only a question's first answer is struck; asked
    again by its key, the party answers.
    """

    slow_seconds: float = 0.0
    silent: float = 0.0
    failing: float = 0.0
    garbled: float = 0.0
    huge: float = 0.0
    pending: float = 0.0
    refused: float = 0.0
    no_record: float = 0.0
    partial: float = 0.0
    stale: float = 0.0
    wrong_person: float = 0.0
    wrong_key: float = 0.0
    double: float = 0.0
    future: float = 0.0


@dataclass
class Archive:
    """Every question the parties have heard, by key, and how often each was worked on: once, whatever is repeated."""

    manners: PartyManners
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    worked_on: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def enquire(self, party: str, body: dict[str, Any]) -> dict[str, Any]:
        """Work on a question once; the same key again gets the same answer."""
        with self.lock:
            key = body["key"]
            if key not in self.answers:
                self.worked_on[key] = self.worked_on.get(key, 0) + 1
                self.answers[key] = self._answer(party, body)
            return self.answers[key]

    def meets(self, mishap: str, key: str) -> bool:
        """Whether a question meets a mishap."""
        return chance(key, mishap) < float(getattr(self.manners, mishap))

    def _answer(self, party: str, body: dict[str, Any]) -> dict[str, Any]:
        key, number, asked_on = body["key"], body["identity_no"], date.fromisoformat(body["asked_on"])
        as_of_on = asked_on - timedelta(days=STALE_DAYS if self.meets("stale", key) else 1)
        if self.meets("future", key):
            as_of_on = asked_on + timedelta(days=30)
        answer = {
            "key": key + "-other" if self.meets("wrong_key", key) else key,
            "party": party,
            "identity_no": number[:-4] + "0000" if self.meets("wrong_person", key) else number,
            "state": "answered",
            "as_of_on": as_of_on.isoformat(),
            "figures": figures_of(party, number, as_of_on),
            "missing": [],
            "reason": "",
            "answered_by": f"simulated {party}",
        }
        if self.meets("refused", key):
            return {**answer, "state": "refused", "figures": [], "reason": "the consent is not registered with us"}
        if self.meets("no_record", key):
            return {**answer, "state": "no record", "figures": []}
        if self.meets("partial", key):
            needed = BY_NAME[party].needed or BY_NAME[party].numbered
            kept = [each for each in answer["figures"] if each["subject"] != needed[-1]]
            return {**answer, "figures": kept, "missing": [needed[-1]]}
        if self.meets("double", key):
            return {**answer, "figures": answer["figures"] * 2}
        return answer


class Handler(BaseHTTPRequestHandler):
    """Answers /PARTY/enquiries in JSON."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    archive: Archive

    def do_POST(self) -> None:
        """Take a question."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        party = self.path.strip("/").split("/")[0]
        if party not in BY_NAME or body.get("party") != party or self.headers["idempotency-key"] != body.get("key"):
            return self._say(400, {"reason": "not an enquiry"})
        if not body.get("consent_id"):
            return self._say(403, {"reason": "without a consent nobody is told anything"})
        key, archive = body["key"], self.archive
        first = key not in archive.answers
        answer = archive.enquire(party, body)
        time.sleep(archive.manners.slow_seconds)
        return self._say(200, answer) if not first else self._first(key, answer)

    def _first(self, key: str, answer: dict[str, Any]) -> None:
        """The first answer to a question, with whatever befalls it."""
        if self.archive.meets("silent", key):
            self.close_connection = True
            return None
        if self.archive.meets("failing", key):
            return self._say(503, {"reason": "come again"})
        if self.archive.meets("pending", key):
            return self._say(202, {"reason": "working on it"})
        if self.archive.meets("garbled", key):
            return self._write(200, json.dumps(answer).encode()[: len(json.dumps(answer)) // 2])
        if self.archive.meets("huge", key):
            return self._say(200, {**answer, "padding": "x" * HUGE_BYTES})
        return self._say(200, answer)

    def do_GET(self) -> None:
        """Say what came of a question, or that all is well."""
        if self.path == "/health":
            return self._say(200, {"status": "ok", "worked_on": sum(self.archive.worked_on.values())})
        found = self.archive.answers.get(self.path.rsplit("/", 1)[-1])
        return self._say(404, {"reason": "never heard of it"}) if found is None else self._say(200, found)

    def _say(self, status: int, body: dict[str, Any]) -> None:
        self._write(status, json.dumps(body).encode())

    def _write(self, status: int, text: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    """A server that does not mind a caller who hangs up."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody hung up: that is theirs to do."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def serve(host: str, port: int, manners: PartyManners) -> ThreadingHTTPServer:
    """Parties ready to answer; the port is 0 for any free one."""
    return _Server((host, port), type("PartyHandler", (Handler,), {"archive": Archive(manners)}))


@contextmanager
def parties_started(*manners: str) -> Iterator[str]:
    """Simulated parties in a process of their own, by their address; it ends with the block."""
    command = [sys.executable, "-m", "lendmill.outside.parties.simulated_parties", "--port", "0", *manners]
    with subprocess.Popen(tied_to_us(command, signal.SIGTERM), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            assert ready.startswith("parties ready"), "the simulated parties did not start"
            yield f"http://127.0.0.1:{ready.split()[-1]}"
        finally:
            process.terminate()


def main() -> None:
    """Run until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8012)
    for manner in fields(PartyManners):
        parser.add_argument(f"--{manner.name.replace('_', '-')}", type=float, default=0.0)
    asked = vars(parser.parse_args())
    server = serve(asked.pop("host"), asked.pop("port"), PartyManners(**asked))
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
    print(f"parties ready on port {server.server_address[1]}", flush=True)
    server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
