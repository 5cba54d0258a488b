"""Somebody outside, played by a process of its own: it answers in JSON, as well or badly as it is told to.

Which request meets which mishap is decided by a hash of its key, so a run can be repeated.
"""

import argparse
import hashlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lendmill.db.programs import tied_to_us


def chance(key: str, what: str) -> float:
    """A number in [0, 1) that is always the same for a key and a kind of mishap."""
    return int.from_bytes(hashlib.sha256(f"{what}:{key}".encode()).digest()[:6]) / 2**48


class Playing(BaseHTTPRequestHandler):
    """Reads and answers JSON, and writes no log."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a short answer is not held back for 40 ms
    wbufsize = -1

    def do_POST(self) -> None:
        """Take what was sent."""
        self.taken(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def do_GET(self) -> None:
        """Answer what was asked."""
        self.asked()

    def taken(self, body: Any) -> None:  # noqa: ARG002 (who plays it reads it)
        """Say what comes of something sent; nothing is taken unless somebody plays it."""
        self.say(404, {"reason": "nothing is taken here"})

    def asked(self) -> None:
        """Say what is known of `path`; nothing is, unless somebody plays it."""
        self.say(404, {"reason": "nothing is known here"})

    def say(self, status: int, body: dict[str, Any]) -> None:
        """Answer."""
        self.write(status, json.dumps(body).encode())

    def write(self, status: int, text: bytes) -> None:
        """Answer with these very bytes."""
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Keep quiet."""


class Player(ThreadingHTTPServer):
    """A server that does not mind a caller who hangs up."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody hung up: that is theirs to do."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def played(program: str, *manners: str) -> Iterator[str]:
    """A simulator in a process of its own, by its address; it ends with the block."""
    command = [sys.executable, "-m", program, "--port", "0", *manners]
    with subprocess.Popen(tied_to_us(command, signal.SIGTERM), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready, _, port = process.stdout.readline().rpartition(" ")
            assert ready.endswith("ready on port"), f"{program} did not start"
            yield f"http://127.0.0.1:{port.strip()}"
        finally:
            process.terminate()


def play(
    who: str, serve: Callable[[str, int, Any], Player], manners: type[Any], *, about: str | None, port: int
) -> None:
    """Run until told to stop, with the manners the command line names."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=port)
    for manner in fields(manners):
        parser.add_argument(f"--{manner.name.replace('_', '-')}", type=type(manner.default), default=manner.default)
    asked = vars(parser.parse_args())
    server = serve(asked.pop("host"), asked.pop("port"), manners(**asked))
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
    print(f"{who} ready on port {server.server_address[1]}", flush=True)
    server.serve_forever(poll_interval=0.1)
