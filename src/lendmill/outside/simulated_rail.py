"""A payment rail to try the house against: a process of its own that can be slow, late, double, silent or wrong.

    python -m lendmill.outside.simulated_rail --port 8011 --silent 0.1 --late 0.2

Which payment misbehaves is decided by a hash of its key, so a run can be repeated.
"""

import argparse
import hashlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from lendmill.db.programs import tied_to_us

KINDS: Final = ("payout", "collect", "refund")


@dataclass(frozen=True, slots=True)
class Manners:
    """How the rail behaves: shares of payments, between 0 and 1, and delays."""

    slow_seconds: float = 0.0
    silent: float = 0.0
    refused: float = 0.0
    late: float = 0.0
    late_days: int = 1
    wrong: float = 0.0
    pending_asks: int = 0


@dataclass
class Book:
    """Every payment the rail has heard of, by key, and how often it was asked after."""

    manners: Manners
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pay(self, body: dict[str, Any]) -> dict[str, Any]:
        """Carry out a payment once; the same key again gets the same answer."""
        with self.lock:
            return self.payments.setdefault(body["key"], self._outcome(body))

    def _outcome(self, body: dict[str, Any]) -> dict[str, Any]:
        key, manners = body["key"], self.manners
        asked_on = date.fromisoformat(body["asked_on"])
        late = manners.late_days if chance(key, "late") < manners.late else 0
        refused = chance(key, "refused") < manners.refused
        amount_cents = int(body["amount_cents"])
        wrong = chance(key, "wrong") < manners.wrong
        return {
            "key": key,
            "kind": body["kind"],
            "amount_cents": amount_cents + 1 if wrong else amount_cents,
            "status": "failed" if refused else "confirmed",
            "value_on": None if refused else (asked_on + timedelta(days=late)).isoformat(),
            "reason": "the account is closed" if refused else "",
        }

    def answer(self, key: str) -> dict[str, Any] | None:
        """What became of a payment; the first few times it may still be on its way."""
        with self.lock:
            payment = self.payments.get(key)
            self.asked[key] = self.asked.get(key, 0) + 1
            if payment is not None and self.asked[key] <= self.manners.pending_asks:
                return {**payment, "status": "pending", "value_on": None}
            return payment

    def silent(self, key: str) -> bool:
        """Whether this payment's first answer is lost on the way, though the money moves."""
        return chance(key, "silent") < self.manners.silent


def chance(key: str, what: str) -> float:
    """A number in [0, 1) that is always the same for a payment and a kind of mishap."""
    return int.from_bytes(hashlib.sha256(f"{what}:{key}".encode()).digest()[:6]) / 2**48


class Handler(BaseHTTPRequestHandler):
    """Answers /payments in JSON."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a short answer is not held back for 40 ms
    wbufsize = -1
    book: Book

    def do_POST(self) -> None:
        """Take a payment."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path != "/payments" or body.get("kind") not in KINDS or int(body.get("amount_cents", 0)) <= 0:
            return self._say(400, {"reason": "not a payment"})
        payment = self.book.pay(body)
        time.sleep(self.book.manners.slow_seconds)
        if self.book.silent(body["key"]):
            self.close_connection = True
            return None
        if self.book.manners.pending_asks:
            return self._say(200, {**payment, "status": "pending", "value_on": None})
        return self._say(200, payment)

    def do_GET(self) -> None:
        """Say what became of a payment, or that all is well."""
        if self.path == "/health":
            return self._say(200, {"status": "ok", "payments": len(self.book.payments)})
        found = self.book.answer(self.path.removeprefix("/payments/"))
        return self._say(404, {"reason": "never heard of it"}) if found is None else self._say(200, found)

    def _say(self, status: int, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Keep quiet."""


def serve(host: str, port: int, manners: Manners) -> ThreadingHTTPServer:
    """A rail ready to answer; the port is 0 for any free one."""
    handler = type("RailHandler", (Handler,), {"book": Book(manners)})
    return ThreadingHTTPServer((host, port), handler)


@contextmanager
def started(*manners: str) -> Iterator[str]:
    """A simulated rail in a process of its own, by its address; it ends with the block."""
    command = [sys.executable, "-m", "lendmill.outside.simulated_rail", "--port", "0", *manners]
    with subprocess.Popen(tied_to_us(command, signal.SIGTERM), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            assert ready.startswith("rail ready"), "the simulated rail did not start"
            yield f"http://127.0.0.1:{ready.split()[-1]}"
        finally:
            process.terminate()


def main() -> None:
    """Run until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8011)
    parser.add_argument("--slow-seconds", type=float, default=0.0)
    for share in ("silent", "refused", "late", "wrong"):
        parser.add_argument(f"--{share}", type=float, default=0.0)
    parser.add_argument("--late-days", type=int, default=1)
    parser.add_argument("--pending-asks", type=int, default=0)
    asked = vars(parser.parse_args())
    server = serve(asked.pop("host"), asked.pop("port"), Manners(**asked))
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
    print(f"rail ready on port {server.server_address[1]}", flush=True)
    server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
